//! One story is one article, in any order of arrival; two stories are two.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

fn digest(text: &str) -> Option<[u8; 16]> {
    Some(Sha256::digest(text.as_bytes())[..16].try_into().unwrap())
}

/// So many invented words, other ones for every seed.
fn words(seed: u64, number: u64) -> String {
    let word = |place: u64| {
        let hash = Sha256::digest([seed.to_le_bytes(), place.to_le_bytes()].concat());
        let length = 2 + usize::from(hash[31] % 8);
        hash[..length].iter().map(|byte| char::from(b'a' + byte % 26)).collect::<String>()
    };
    (0..number).map(word).collect::<Vec<_>>().join(" ")
}

/// So many characters that stand for a Chinese text.
fn characters(seed: u64, number: u64) -> String {
    let character = |place: u64| {
        let hash = Sha256::digest([seed.to_le_bytes(), place.to_le_bytes()].concat());
        char::from_u32(0x5000 + u32::from(hash[0]) * 16 + u32::from(hash[1] % 16)).unwrap()
    };
    (0..number).map(character).collect()
}

/// A copy of an article at an outlet.
#[derive(Debug, Clone)]
pub(super) struct Copy {
    outlet: &'static str,
    number: u64,
    title: String,
    text: String,
    language: &'static str,
    minute: i64,
    /// Address of the original, by outlet "origin".
    original: Option<&'static str>,
    /// Reposters between the original and the outlet.
    through: usize,
}

impl Copy {
    pub(super) fn of(outlet: &'static str, number: u64) -> Self {
        let (title, text) = (words(number, 5), words(number + 1_000_000, 90));
        Self { outlet, number, title, text, language: "en", minute: 0, original: None, through: 0 }
    }

    pub(super) fn titled(mut self, title: &str) -> Self {
        self.title = title.to_owned();
        self
    }

    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    fn language(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    pub(super) fn minute(mut self, minute: i64) -> Self {
        self.minute = minute;
        self
    }

    fn from(mut self, original: &'static str, through: usize) -> Self {
        (self.original, self.through) = (Some(original), through);
        self
    }

    pub(super) fn article(&self) -> AttributedArticle {
        let page = url(&format!("https://{}.example.com/{}", self.outlet, self.number));
        let mut told = short(self.outlet, &format!("{}", self.number));
        let article = &mut told.article;
        (article.title, article.title_raw) = (self.title.clone(), self.title.clone());
        article.body = Html::from_sanitized(format!("<p>{}</p>", self.text));
        article.language = Some(self.language.to_owned());
        article.published = Some(stamp(self.minute));
        article.marks = Marks {
            guid: Some(format!("{}", self.number)),
            address: Some(format!("//{}.example.com/{}", self.outlet, self.number)),
            title: digest(&self.title),
            text: digest(&self.text),
            text_length: self.text.len(),
            story: [
                Some(format!("//{}.example.com/{}", self.outlet, self.number)),
                self.original.map(|o| format!("//{}", &o[8..])),
            ]
            .into_iter()
            .flatten()
            .collect(),
            links: Some([0; 16]),
        };
        let provenance = &mut told.provenance;
        provenance.source = Party { name: self.outlet.to_owned(), url: Some(page) };
        let own = |action| Hop { action, party: provenance.source.clone(), at: Some(at(self.minute)), language: None };
        provenance.hops = match self.original {
            None => vec![own(HopAction::Created)],
            Some(original) => {
                let origin = party("origin", original);
                provenance.original = Some(Original { outlet: origin.clone(), language: None, published: None });
                let created = Hop { action: HopAction::Created, party: origin, at: None, language: None };
                let between = (0..self.through).map(|number| Hop {
                    action: HopAction::Reposted,
                    party: Party { name: format!("stop {number}"), url: None },
                    at: None,
                    language: None,
                });
                [created].into_iter().chain(between).chain([own(HopAction::Reposted)]).collect()
            }
        };
        told
    }

    pub(super) fn key(&self) -> String {
        key(&self.article())
    }

    pub(super) async fn arrive(&self, store: &Store, minute: i64) -> Change {
        record(store, &[ready(&self.article())], minute).await
    }
}

async fn whole(store: &Store, outlets: &[&str]) -> Vec<StoredArticle> {
    let outlets: Vec<String> = outlets.iter().map(|outlet| (*outlet).to_owned()).collect();
    store.window(&Window { outlets: &outlets, size: 100_000, since: at(-100), ceiling: 100_000 }).await.unwrap()
}

/// Records copies one after the other and says how many articles that makes.
async fn articles(copies: &[Copy]) -> usize {
    let place = Place::new();
    let store = place.open().await;
    for (minute, copy) in copies.iter().enumerate() {
        copy.arrive(&store, 100_000 + minute as i64).await;
    }
    let outlets: Vec<&str> = copies.iter().map(|copy| copy.outlet).collect();
    whole(&store, &outlets).await.len()
}

fn orders<T: Clone>(of: &[T]) -> Vec<Vec<T>> {
    let mut orders = vec![Vec::new()];
    for item in of {
        let longer = |order: &Vec<T>| {
            (0..=order.len())
                .map(|place| {
                    let mut order = order.clone();
                    order.insert(place, item.clone());
                    order
                })
                .collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

/// Everything but what the order decides: the id is that of the first, and so are the times we saw it.
fn facts(article: &StoredArticle) -> String {
    format!("{:?} {}", article.attributed, article.identity.revision)
}

const ORIGIN: &str = "https://origin.example.com/9";

#[tokio::test]
async fn three_partners_in_every_order_with_a_restart_between() {
    let mut original = Copy::of("origin", 9).minute(1);
    original.number = 9;
    let sets: [Vec<Copy>; 4] = [
        // By address, the original among them; the texts are excerpts of one.
        vec![
            original.clone(),
            Copy { outlet: "bay", text: format!("{} {}", original.text, words(7, 200)), ..original.clone() }
                .from(ORIGIN, 0)
                .minute(5),
            Copy { outlet: "cape", text: original.text[..200].to_owned(), ..original.clone() }.from(ORIGIN, 1).minute(9),
        ],
        // By address, the original unknown to us.
        vec![
            Copy { outlet: "ayr", ..original.clone() }.from(ORIGIN, 1).minute(1),
            Copy { outlet: "bay", ..original.clone() }.from(ORIGIN, 0).minute(5),
            Copy { outlet: "cape", ..original.clone() }.from(ORIGIN, 0).minute(9),
        ],
        // By text, nobody says of whom.
        vec![
            Copy { outlet: "ayr", ..original.clone() }.minute(3),
            Copy { outlet: "bay", ..original.clone() }.minute(2).titled("quite another headline"),
            Copy { outlet: "cape", text: format!("{} {}", original.text, words(8, 12)), ..original.clone() }.minute(9),
        ],
        // By text, one says of whom.
        vec![
            Copy { outlet: "ayr", ..original.clone() }.minute(1),
            Copy { outlet: "bay", ..original.clone() }.from(ORIGIN, 0).minute(5),
            Copy { outlet: "cape", ..original.clone() }.minute(0),
        ],
    ];
    for (number, copies) in sets.iter().enumerate() {
        let mut results = Vec::new();
        for order in orders(copies) {
            let place = Place::new();
            for (minute, copy) in order.iter().enumerate() {
                let store = place.open().await;
                let change = copy.arrive(&store, 100 + minute as i64).await;
                assert_eq!(
                    (change.new.len(), change.joined.len()),
                    if minute == 0 { (1, 0) } else { (0, 1) },
                    "{number}: {order:?}"
                );
                assert_eq!(change.elsewhere.len(), minute, "{number}: {:?}", change.elsewhere);
                // Again, and nothing moves.
                let again = copy.arrive(&store, 100 + minute as i64).await;
                assert_eq!((again.is_visible(), again.unchanged), (false, 1), "{again:?}");
                store.close().await;
            }
            let store = place.open().await;
            let first = store.article(&order[0].key()).await.unwrap().unwrap();
            assert_eq!((first.identity.key.clone(), first.identity.first_seen), (order[0].key(), at(100)));
            for later in &order[1..] {
                assert!(store.article(&later.key()).await.unwrap().is_none(), "an id nobody was ever given");
            }
            let outlets: Vec<&str> = copies.iter().map(|copy| copy.outlet).collect();
            for shown in [&outlets[..], &outlets[..1], &outlets[1..2], &outlets[2..]] {
                let window = whole(&store, shown).await;
                assert_eq!(window.len(), 1, "{number}: {shown:?}");
                assert_eq!((&window[0].identity, facts(&window[0])), (&first.identity, facts(&first)));
            }
            results.push(facts(&first));
            let provenance = &first.attributed.provenance;
            for outlet in &outlets {
                assert_eq!(provenance.hops.iter().filter(|hop| hop.party.name == *outlet).count(), 1, "{:?}", provenance.hops);
            }
            let expected = [("origin", 4), ("bay", 5), ("bay", 3), ("bay", 4)][number];
            assert_eq!((provenance.source.name.as_str(), provenance.hops.len()), expected, "{number}: {:?}", provenance.hops);
        }
        assert!(results.windows(2).all(|two| two[0] == two[1]), "{number}: {results:#?}");
    }
}

#[tokio::test]
async fn what_is_another_story_stays_another() {
    let check = async |one: Copy, other: Copy, expected: usize, why: &str| {
        assert_eq!(articles(&[one.clone(), other.clone()]).await, expected, "{why}");
        assert_eq!(articles(&[other, one]).await, expected, "{why}, the other way round");
    };
    let (ayr, bay) = (Copy::of("ayr", 1), Copy { outlet: "bay", ..Copy::of("bay", 1) });
    check(ayr.clone(), bay.clone(), 1, "the same").await;
    check(ayr.clone(), bay.clone().language("fr"), 2, "a translation").await;
    let chinese = |copy: &Copy| copy.clone().titled("渡口的灯").text(characters(3, 200)).language("zh-Hans");
    check(chinese(&ayr), chinese(&bay), 1, "the same in Chinese").await;
    check(chinese(&ayr), chinese(&bay).language("zh-Hant"), 2, "the other script").await;
    check(
        chinese(&ayr).from(ORIGIN, 0),
        chinese(&bay).language("zh-Hant").from(ORIGIN, 0),
        2,
        "the other script of one original",
    )
    .await;
    check(ayr.clone().from(ORIGIN, 0), bay.clone().language("fr").from(ORIGIN, 0), 2, "two translations of one original").await;
    check(chinese(&ayr).from(ORIGIN, 0), chinese(&bay).text(characters(4, 200)).from(ORIGIN, 0), 2, "by two translators").await;
    check(ayr.clone(), bay.clone().text(words(5, 90)), 2, "a headline in common").await;
    check(ayr.clone().text("Sunny."), bay.clone().text("Sunny."), 2, "a short text").await;
    check(
        ayr.clone().from(ORIGIN, 0).text("Sunny."),
        bay.clone().from(ORIGIN, 0).text("Sunny."),
        1,
        "a short text of one original",
    )
    .await;
    check(ayr.clone().minute(0), bay.clone().minute(15 * 24 * 60), 2, "weeks later").await;
    check(ayr.clone().from(ORIGIN, 0), bay.clone().from(ORIGIN, 0).minute(15 * 24 * 60), 1, "weeks later, of one original").await;
    let with = |copy: &Copy, more: &str| copy.clone().text(format!("{} {more} {}", words(6, 60), words(7, 60)));
    check(with(&ayr, "12 boats and 4 crews"), with(&bay, "12 boats and 5 crews"), 2, "another number").await;
    check(with(&ayr, "won 2 to 1"), with(&bay, "won 1 to 2"), 2, "numbers in another order").await;
    check(with(&ayr, "in Northport on Monday"), with(&bay, "in Northport on Tuesday"), 2, "another day").await;
    check(with(&ayr, "el lunes"), with(&bay, "el martes"), 2, "another day with a small letter").await;
    check(with(&ayr, "at Northport"), with(&bay, "at Southport"), 2, "another place").await;
    check(with(&ayr, "the old one"), with(&bay, "the older one"), 1, "a word put right").await;
    check(with(&ayr, "the old one"), with(&bay, "the older one").titled("another headline"), 2, "and another headline").await;
    check(with(&ayr, "old"), with(&bay, "old").titled("another headline"), 1, "another headline").await;
    let dated = |copy: &Copy, day: &str| chinese(copy).text(format!("{}星期{day}{}", characters(8, 90), characters(9, 90)));
    check(dated(&ayr, "三"), dated(&bay, "三"), 1, "one day in Chinese").await;
    check(dated(&ayr, "三"), dated(&bay, "四"), 2, "another day in Chinese").await;
    let part = |copy: &Copy, title: &str| copy.clone().from(ORIGIN, 0).titled(title);
    check(part(&ayr, "The ferry, part 1"), part(&bay, "The ferry, part 2"), 2, "parts under one address").await;
    check(part(&ayr, "The ferry"), part(&bay, "The ferry, part 2"), 1, "a number in one title only").await;
}

#[tokio::test]
async fn an_outlet_publishes_a_story_once() {
    let place = Place::new();
    let store = place.open().await;
    let text = words(1, 90);
    // Two reports of one outlet lead to one section: it is no story's address, then or later.
    let [one, two] = [1, 2].map(|number| Copy::of("bay", number).text(format!("{text} {}", words(number, 40))).from(ORIGIN, 0));
    record(&store, &[ready(&one.article()), ready(&two.article())], 1).await;
    let third = Copy::of("cape", 3).text(format!("{} {}", words(1, 60), words(99, 60))).from(ORIGIN, 0);
    assert_eq!(third.arrive(&store, 2).await.new, [third.key()]);
    // One story cannot be taken in twice, whatever an outlet calls it.
    let original = Copy::of("ayr", 7);
    original.arrive(&store, 3).await;
    let copies = [Copy { outlet: "bay", ..Copy::of("bay", 7) }, Copy { outlet: "bay", number: 8, ..Copy::of("bay", 7) }];
    let change = record(&store, &[ready(&copies[0].article())], 4).await;
    assert_eq!(change.joined, [original.key()]);
    let mut second = copies[1].article();
    second.article.published = Some(stamp(50));
    second.article.marks.title = digest("other");
    second.article.marks.text = digest("other");
    assert_eq!(record(&store, &[ready(&second)], 5).await.joined, [""; 0]);
}

#[tokio::test]
async fn what_an_outlet_takes_back_is_its_own_way_only() {
    let place = Place::new();
    let store = place.open().await;
    let [ayr, bay, cape] = ["ayr", "bay", "cape"].map(|outlet| Copy { outlet, ..Copy::of(outlet, 1) });
    let (ayr, bay, cape) = (ayr.minute(1), bay.minute(2), cape.minute(3));
    for (minute, copy) in [&bay, &ayr, &cape].into_iter().enumerate() {
        copy.arrive(&store, 10 + minute as i64).await;
    }
    let id = bay.key();
    let names =
        |article: &StoredArticle| article.attributed.provenance.hops.iter().map(|hop| hop.party.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&store.article(&id).await.unwrap().unwrap()), ["ayr", "bay", "cape"]);
    // That which is not shown: no correction.
    let change = store.take_back("cape", &id, "they asked for it", at(20)).await.unwrap();
    assert_eq!((change.changed, change.elsewhere.len()), (vec![id.clone()], 2));
    let article = store.article(&id).await.unwrap().unwrap();
    assert_eq!((names(&article), article.identity.revision), (vec!["ayr".to_owned(), "bay".to_owned()], 1));
    assert_eq!(whole(&store, &["cape"]).await.len(), 0);
    // That which is shown: another text, so a revision.
    store.take_back("ayr", &id, "they asked for it", at(30)).await.unwrap();
    let article = store.article(&id).await.unwrap().unwrap();
    assert_eq!((names(&article), article.identity.revision), (vec!["bay".to_owned()], 2));
    assert_eq!(article.attributed.provenance.source.name, "bay");
    // It stays withdrawn, whatever its feed says.
    for copy in [&ayr, &cape] {
        let change = copy.clone().arrive(&store, 40).await;
        assert_eq!((change.is_visible(), change.held), (false, 1));
        let change = record(&store, &[ready(&edited(&copy.article(), "another text"))], 41).await;
        assert_eq!((change.is_visible(), change.held), (false, 1));
    }
    store.take_back("bay", &id, "they asked for it", at(50)).await.unwrap();
    assert!(store.article(&id).await.unwrap().is_none());
    assert_eq!(whole(&store, &["ayr", "bay", "cape"]).await.len(), 0);
    assert_eq!(store.held().await.unwrap().iter().filter(|held| held.code == "withdrawn").count(), 3);
    assert_eq!(store.take_back("bay", &id, "again", at(60)).await.unwrap(), Change::default());
    // An article of one outlet is gone with it.
    let lone = Copy::of("dover", 4);
    lone.arrive(&store, 70).await;
    assert_eq!(store.take_back("ayr", &lone.key(), "not theirs", at(71)).await.unwrap(), Change::default());
    assert_eq!(store.take_back("dover", &lone.key(), "x", at(72)).await.unwrap().changed, [lone.key()]);
    assert!(store.article(&lone.key()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_correction_raises_the_revision_of_what_is_shown() {
    let place = Place::new();
    let store = place.open().await;
    let [ayr, bay] = ["ayr", "bay"].map(|outlet| Copy { outlet, ..Copy::of(outlet, 1) });
    let (mut ayr, mut bay) = (ayr.minute(1), bay.minute(2));
    ayr.arrive(&store, 10).await;
    bay.arrive(&store, 11).await;
    let identity = async |minute: i64| {
        let article = store.article(&ayr_key()).await.unwrap().unwrap();
        assert_eq!(article.identity.id, format!("tag:{AUTHORITY}:{}", ayr_key()));
        (article.identity.revision, article.identity.changed == at(minute), article.attributed.article.title)
    };
    fn ayr_key() -> String {
        Copy::of("ayr", 1).key()
    }
    assert_eq!(identity(10).await, (1, true, ayr.title.clone()));
    ayr.title.push_str(" corrected");
    assert_eq!(ayr.arrive(&store, 20).await.changed, [ayr_key()]);
    assert_eq!(identity(20).await, (2, true, ayr.title.clone()));
    // The other outlet's copy is not what readers see.
    bay.title.push_str(" corrected");
    let change = bay.arrive(&store, 30).await;
    assert_eq!((change.changed, change.elsewhere), (vec![ayr_key()], BTreeSet::from(["ayr".to_owned()])));
    assert_eq!(identity(20).await, (2, true, ayr.title.clone()));
    // Nor are comments a correction.
    let mut discussed = ayr.article();
    discussed.article.comments = Some(Comments { url: None, count: Some(7) });
    assert!(!record(&store, &[ready(&discussed)], 40).await.is_visible());
    assert_eq!(identity(20).await, (2, true, ayr.title.clone()));
    let article = store.article(&ayr_key()).await.unwrap().unwrap();
    assert_eq!(article.attributed.article.comments.and_then(|comments| comments.count), Some(7));
}

#[tokio::test]
async fn query_strings_that_move_are_no_correction() {
    let place = Place::new();
    let store = place.open().await;
    let with = |page: &str, picture: &str, links: u8| {
        let mut article = Copy::of("ayr", 1).article();
        article.article.url = Some(url(&format!("https://ayr.example.com/1{page}")));
        article.provenance.source.url = article.article.url.clone();
        article.article.body = Html::from_sanitized(format!(
            "<p><a href=\"https://ayr.example.com/2{page}\">Why?</a></p><img src=\"https://ayr.example.com/1.jpg{picture}\"><p>x=\"y\"? So it is.</p>"
        ));
        article.article.images = vec![Image {
            url: url(&format!("https://ayr.example.com/1.jpg{picture}")),
            caption: None,
            credit: None,
            copyright: None,
            width: None,
            height: None,
            media_type: None,
        }];
        article.article.marks.links = Some([links; 16]);
        article
    };
    assert_eq!(record(&store, &[ready(&with("", "", 0))], 1).await.new.len(), 1);
    assert!(!record(&store, &[ready(&with("?utm_source=rss", "?w=600", 0))], 2).await.is_visible());
    assert!(!record(&store, &[ready(&with("?utm_source=mail#top", "?w=900&sig=1", 0))], 3).await.changed.is_empty());
    // The digest says that one of them is no such thing.
    assert_eq!(record(&store, &[ready(&with("?id=7#top", "", 7))], 4).await.changed.len(), 1);
    let mut other = with("?id=7#top", "", 7);
    other.article.body = Html::from_sanitized(other.article.body.as_str().replace("So it is", "It is not"));
    assert_eq!(record(&store, &[ready(&other)], 5).await.changed.len(), 1);
}

#[tokio::test]
async fn the_hash_of_an_older_program_is_no_change() {
    let place = Place::new();
    let store = place.open().await;
    let mut article = Copy::of("ayr", 1).article();
    article.article.images = full().article.images;
    article.article.images[0].url = url("https://ayr.example.com/1.jpg?w=1");
    article.article.marks.links = None;
    record(&store, &[ready(&article)], 1).await;
    article.article.marks.links = Some([0; 16]);
    let change = record(&store, &[ready(&article)], 2).await;
    assert_eq!((change.is_visible(), change.unchanged), (false, 1));
    article.article.title.push('!');
    assert_eq!(record(&store, &[ready(&article)], 3).await.changed.len(), 1);
    article.article.images[0].url = url("https://ayr.example.com/1.jpg?w=2");
    assert!(!record(&store, &[ready(&article)], 4).await.is_visible());
}

#[tokio::test]
async fn a_held_article_joins_when_it_can_be_published() {
    let place = Place::new();
    let store = place.open().await;
    let [ayr, bay] = ["ayr", "bay"].map(|outlet| Copy { outlet, ..Copy::of(outlet, 1) });
    record(&store, &[held(&bay.article())], 1).await;
    ayr.arrive(&store, 2).await;
    assert_eq!(whole(&store, &["ayr", "bay"]).await.len(), 1);
    assert_eq!(bay.arrive(&store, 3).await.joined, [ayr.key()]);
    assert_eq!(whole(&store, &["bay"]).await[0].identity.key, ayr.key());
}

#[tokio::test]
async fn a_window_counts_a_story_once_and_an_old_one_does_not_come_back() {
    let place = Place::new();
    let store = place.open().await;
    let mut ours = Vec::new();
    for number in 0..30 {
        ours.push(Copy::of("ayr", number).minute(number as i64));
    }
    let verdicts: Vec<Verdict> = ours.iter().map(|copy| ready(&copy.article())).collect();
    record(&store, &verdicts, 100).await;
    for (place, outlet) in ["bay", "cape", "dover"].into_iter().enumerate() {
        let copies: Vec<Verdict> =
            ours[10..].iter().map(|copy| ready(&Copy { outlet, minute: copy.minute + 40, ..copy.clone() }.article())).collect();
        let change = record(&store, &copies, 200 + place as i64).await;
        assert_eq!((change.new.len(), change.joined.len()), (0, 20));
    }
    let numbers = async |outlets: &[&str], size: usize, since: i64| {
        let outlets: Vec<String> = outlets.iter().map(|outlet| (*outlet).to_owned()).collect();
        let window = store.window(&Window { outlets: &outlets, size, since: at(since), ceiling: 100 }).await.unwrap();
        window.iter().map(|article| article.attributed.article.source_key.parse().unwrap()).collect::<Vec<u64>>()
    };
    let all = ["ayr", "bay", "cape", "dover"];
    for size in [1, 7, 13, 20, 21, 30] {
        assert_eq!(numbers(&all, size, 1_000).await, (0..30).rev().take(size).collect::<Vec<_>>(), "{size}");
        assert_eq!(numbers(&["cape", "dover"], size, 1_000).await, (10..30).rev().take(size).collect::<Vec<_>>(), "{size}");
    }
    // What came another way lately is not new: it is in the window of that outlet, and not again in that of the one it came from first.
    let late = Copy { outlet: "bay", minute: 250, ..ours[3].clone() };
    assert_eq!(late.arrive(&store, 300).await.joined, [ours[3].key()]);
    assert_eq!(numbers(&["ayr", "bay"], 2, 290).await, [29, 28]);
    assert_eq!(numbers(&["bay"], 2, 290).await, [29, 28, 3]);
}

#[tokio::test]
async fn a_story_that_everybody_reposts_is_still_one() {
    let place = Place::new();
    let store = place.open().await;
    let first = Copy::of("ayr", 1);
    first.arrive(&store, 1).await;
    for number in 0..80_i64 {
        let mut copy = Copy { minute: number, ..first.clone() }.article();
        let outlet = format!("o{number}");
        copy.article.outlet.clone_from(&outlet);
        copy.article.marks.story = vec![format!("//{outlet}.example.com/1")];
        copy.provenance.source.name = outlet;
        let change = store.record(&state("o"), &[ready(&copy)], at(100 + number)).await.unwrap();
        assert_eq!(change.joined, [first.key()], "{number}");
    }
    let article = store.article(&first.key()).await.unwrap().unwrap();
    assert_eq!((article.identity.revision, article.attributed.provenance.hops.len()), (1, 32));
}

/// Reports made from one template: the same words around other numbers, names and days.
fn template(number: u64) -> Copy {
    let towns = ["Northport", "Southport", "Eastleigh", "Westbury", "Midford"];
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];
    let (town, day) = (towns[(number % 5) as usize], days[(number / 5 % 5) as usize]);
    let text = format!(
        "The harbour office of {town} gives the tides for {day} as follows. High water will be at {}:{:02} in the morning and the level will \
         reach {} centimetres above the old mark on the quay. Boats are asked to keep clear of the bar for the hour before and after, and the \
         office thanks all skippers who reported floating timber during the storm. The lamps at the entrance were tended {} times this month, \
         which is as it should be at this time of the year, and the next report follows tomorrow at the usual hour.",
        3 + number % 9,
        number * 7 % 60,
        140 + number * 13 % 90,
        number / 7
    );
    Copy::of(["ayr", "bay", "cape", "dover"][(number % 4) as usize], number)
        .titled(&format!("Tides in {town} for {day}"))
        .text(text)
}

/// Lottery reports in Chinese: only numbers differ.
fn lottery(number: u64) -> Copy {
    let balls: Vec<String> =
        (0..6).map(|ball| format!("{:02}", (number * 31 + ball * 17 + number / 9 * ball) % 49 + 1)).collect();
    let text = format!(
        "本期福利彩票开奖结果揭晓,中奖号码为{},销售额为{}元。奖池资金滚入下期,请持票人在规定的日期之内到兑奖中心办理手续,逾期视为放弃。\
         工作人员提醒,购彩应当量力而行,理性对待,未成年人不得购买或者兑换奖金,如有疑问请到附近的投注站咨询。开奖过程由公证处监督,录像保存备查。",
        balls.join("、"),
        1_000_000 + number * 7_919
    );
    let outlet = ["ayr", "bay", "cape", "dover"][(number % 4) as usize];
    Copy::of(outlet, 100_000 + number).titled("福利彩票开奖公告").text(text).language("zh-Hans")
}

#[tokio::test]
async fn ten_thousand_stories_and_templates_stay_apart() {
    let place = Place::new();
    let store = place.open().await;
    // Words that come again, so that texts are not told apart by chance alone: a thousand phrases of one stock.
    let phrases: Vec<String> = (0..1_000).map(|phrase| words(phrase, 6)).collect();
    let outlets = ["ayr", "bay", "cape", "dover"];
    let varied = |number: u64| {
        let hash = Sha256::digest(number.to_le_bytes());
        let pick =
            |place: usize| phrases[(usize::from(hash[place]) * 256 + usize::from(hash[(place + 7) % 32])) % 1_000].as_str();
        let text: Vec<&str> = (0..24).map(pick).collect();
        Copy::of(outlets[(number % 4) as usize], number).titled(pick(30)).text(text.join(" "))
    };
    let mut copies: Vec<Copy> = (0..8_000).map(varied).collect();
    copies.extend((0..1_000).map(|number| {
        let outlet = outlets[(number % 4) as usize];
        Copy::of(outlet, 200_000 + number)
            .titled(&characters(number, 12))
            .text(characters(number + 5_000, 150))
            .language("zh-Hans")
    }));
    copies.extend((0..500).map(|number| template(300_000 + number)));
    copies.extend((0..500).map(lottery));
    for outlet in outlets {
        let own: Vec<Verdict> = copies.iter().filter(|copy| copy.outlet == outlet).map(|copy| ready(&copy.article())).collect();
        for some in own.chunks(250) {
            let change = store.record(&state(outlet), some, at(10)).await.unwrap();
            let joined: Vec<&String> = change.joined.iter().collect();
            assert!(joined.is_empty(), "{outlet}: {} joined {joined:?}", joined.len());
        }
    }
    assert_eq!(whole(&store, &outlets).await.len(), 10_000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the ways are, the order they come in decides the id and nothing else.
    #[test]
    fn the_order_decides_nothing_but_the_id(
        ways in proptest::collection::vec((0_usize..4, 0_i64..5, 0_usize..3), 2..5),
        order in Just((0..5_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let outlets = ["ayr", "bay", "cape", "dover", "esk"];
        let copies: Vec<Copy> = ways.iter().enumerate().map(|(place, (through, minute, more))| {
            let copy = Copy { outlet: outlets[place], ..Copy::of(outlets[place], 1) }.minute(*minute);
            let text = format!("{} {}", copy.text, words(40, *more as u64 * 5));
            let copy = copy.text(text);
            if *through == 3 { copy } else { copy.from(ORIGIN, *through) }
        }).collect();
        let order: Vec<usize> = order.into_iter().filter(|place| *place < copies.len()).collect();
        let result = |order: Vec<usize>| {
            let copies = copies.clone();
            tokio::runtime::Runtime::new().unwrap().block_on(async move {
                let place = Place::new();
                let store = place.open().await;
                for (minute, number) in order.iter().enumerate() {
                    copies[*number].arrive(&store, 100 + minute as i64).await;
                }
                let window = whole(&store, &outlets).await;
                (window.len(), window.first().map(facts))
            })
        };
        let straight = result((0..copies.len()).collect());
        prop_assert_eq!(straight.0, 1);
        prop_assert_eq!(straight, result(order));
    }
}
