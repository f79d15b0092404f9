//! Who pulled what, by the day.

use super::*;
use crate::model::{Audience, LastPull, PartnerUse, Pulls};

fn pulls(day: i64, last: Option<DateTime<Utc>>) -> Pulls {
    let last =
        last.map(|at| LastPull { at, status: 200, how: "basic".into(), network: Some("192.0.2.0/24".into()), agent: None });
    let (partner, feed) = (Some("gull".to_owned()), Some("club".to_owned()));
    Pulls { day, partner, feed, whole: 1, unchanged: 2, refused: 3, bytes: 4, last }
}

#[tokio::test]
async fn counts_of_a_day_add_up_and_old_days_are_forgotten() {
    let place = Place::new();
    let store = place.open().await;
    let today = at(0).timestamp() / 86_400;
    let crowd = |readers| Audience { day: today, feed: "all".into(), requests: 5, readers, subscribers: 7 };
    let nobody = Pulls { partner: None, feed: None, last: None, ..pulls(today, None) };
    store.add_access(&[pulls(today, Some(at(0))), pulls(today - 500, Some(at(0)))], &[crowd(3)], at(0)).await.unwrap();
    store.add_access(&[pulls(today, None), nobody.clone()], &[crowd(2)], at(1)).await.unwrap();
    let got = store.pulls(at(0)).await.unwrap();
    let sum = Pulls { whole: 2, unchanged: 4, refused: 6, bytes: 8, ..pulls(today, Some(at(0))) };
    assert_eq!(got, [nobody, sum], "a refusal does not hide who was answered last");
    assert_eq!(store.pulls(at(-60 * 24 * 1_000)).await.unwrap().len(), 2);
    assert_eq!(store.audiences(at(0)).await.unwrap(), [Audience { requests: 10, ..crowd(3) }]);
}

#[tokio::test]
async fn what_a_partner_pulled_is_summed_over_feeds_and_days() {
    let place = Place::new();
    let store = place.open().await;
    let today = at(0).timestamp() / 86_400;
    let earlier = |days: i64| at(-days * 24 * 60);
    let other = Pulls { feed: Some("cove".to_owned()), ..pulls(today, Some(at(-5))) };
    let stranger = Pulls { partner: None, feed: None, ..pulls(today - 1, None) };
    let idle = Pulls { partner: Some("heron".to_owned()), ..pulls(today - 30, Some(earlier(30))) };
    let rows = [
        pulls(today, Some(at(0))),
        other,
        pulls(today - 6, Some(earlier(6))),
        pulls(today - 7, Some(earlier(7))),
        stranger,
        idle,
    ];
    store.add_access(&rows, &[], at(0)).await.unwrap();
    let last = |at| pulls(today, Some(at)).last;
    let expected = [
        PartnerUse { refused: 3, week: 3, bytes: 4, ..PartnerUse::default() },
        PartnerUse { partner: Some("gull".into()), today: 6, week: 9, refused: 9, bytes: 12, last: last(at(0)) },
        PartnerUse { partner: Some("heron".into()), last: last(earlier(30)), ..PartnerUse::default() },
    ];
    assert_eq!(store.partner_uses(at(0)).await.unwrap(), expected);
}
