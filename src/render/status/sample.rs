//! A status with one of everything.

use std::collections::BTreeMap;

use url::Url;

use super::page::WHOLE;
use super::{
    Charts, FeedHealth, HOURS, HeldHealth, OutletHealth, PartnerHealth, SourceHealth, Status, TranslatorHealth, WebsubHealth,
};
use crate::model::{
    Advertised, Fault, HubStanding, LastPull, Problem, SourceStanding, SubscriptionState, TopicStanding, WebsubFigures,
};
use crate::render::EMPTY_FEED_UPDATED;

/// To try the template on.
pub(super) fn sample() -> Status {
    let at = EMPTY_FEED_UPDATED;
    let problem = Problem { code: "timeout".into(), fault: Fault::Network, message: "no answer".into(), since: at };
    let charts = Charts { polls: vec![[1, 2, 3]; HOURS], new: vec![1; HOURS], lag: vec![Some(60); HOURS] };
    let source = SourceHealth {
        address: "https://nanan.example/feed".into(),
        last_poll: Some(at),
        last_success: None,
        last_change: None,
        next_poll: at,
        failures: 1,
        problem: Some(problem),
        moved_to: Some("https://nanan.example/rss".into()),
    };
    let outlet = |number: usize| OutletHealth {
        id: format!("nanan-{number}"),
        name: "南岸新闻".into(),
        schedule: "*/30 * * * *".into(),
        time_zone: "UTC".into(),
        articles: 1,
        held: 1,
        sources: vec![source.clone()],
        charts: charts.clone(),
    };
    let held = HeldHealth {
        outlet: "nanan-0".into(),
        title: "标题".into(),
        url: Some("https://nanan.example/1".into()),
        code: "no_source".into(),
        reason: "reason".into(),
        first_seen: at,
    };
    let topics = BTreeMap::from([("feeds/all.atom".to_owned(), TopicStanding { subscriptions: 2, behind: 1, failing: 1 })]);
    let address = Url::parse("https://nanan.example/hub").unwrap_or_else(|_| unreachable!("a constant address"));
    let source_standing = SourceStanding {
        outlet: "nanan-0".into(),
        source: address.clone(),
        advertised: Advertised { hub: address.clone(), topic: address.clone() },
        state: SubscriptionState::Active,
        denied: false,
        asked_at: Some(at),
        lease_until: Some(at),
        tries: 1,
        next_try: at,
        problem: Some("it answered 500".into()),
    };
    let pull = LastPull { at, status: 200, how: "bearer".into(), network: None, agent: None };
    Status {
        at,
        started: at,
        ready: Err("the scheduler has not run".into()),
        outlets: (0..=WHOLE).map(outlet).collect(),
        charts: charts.clone(),
        feeds: vec![FeedHealth {
            id: "all".into(),
            title: "All".into(),
            changed: Some(at),
            articles: Some(1),
            newest: Some(at),
            readers: Some(3),
            translation: Some(("zh-Hans".into(), "opencc".into())),
        }],
        websub: WebsubHealth {
            hub: Some(HubStanding { address: address.clone(), built_in: true, topics, verifications: 1 }),
            sources: Some(vec![source_standing]),
            figures: WebsubFigures::default(),
        },
        partners: vec![PartnerHealth {
            id: "pier".into(),
            name: "码头报".into(),
            feeds: vec!["all".into()],
            today: 1,
            week: 2,
            refused: 1,
            bytes: 1,
            last: Some(pull),
            expires: Some(at),
        }],
        strangers: 1,
        translators: vec![TranslatorHealth {
            id: "deepl".into(),
            unit: "characters".into(),
            spent: 1,
            calls: 1,
            budget: Some(2),
        }],
        held: vec![held],
    }
}
