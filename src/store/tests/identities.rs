//! Identities survive whatever an outlet does with its guids.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;
use crate::model::Marks;

fn digest(text: &str) -> Option<[u8; 16]> {
    let essence: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (!essence.is_empty()).then(|| Sha256::digest(essence.as_bytes())[..16].try_into().unwrap())
}

/// An entry as it stands in a document of the outlet "bay". Empty is absent.
#[derive(Debug, Clone)]
struct Told {
    guid: String,
    page: String,
    title: String,
    text: String,
    minute: Option<i64>,
}

/// A story with everything of its own.
fn story(number: u64) -> Told {
    Told {
        guid: format!("g{number}"),
        page: format!("p{number}"),
        title: format!("{} {number}", words(number, 3)),
        text: words(number + 1_000_000, 40),
        minute: Some(i64::try_from(number % 10_000).unwrap()),
    }
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

impl Told {
    fn guid(mut self, guid: &str) -> Self {
        self.guid = guid.to_owned();
        self
    }

    fn page(mut self, page: &str) -> Self {
        self.page = page.to_owned();
        self
    }

    fn title(mut self, title: &str) -> Self {
        self.title = title.to_owned();
        self
    }

    fn text(mut self, text: &str) -> Self {
        self.text = text.to_owned();
        self
    }

    fn minute(mut self, minute: Option<i64>) -> Self {
        self.minute = minute;
        self
    }

    fn verdict(&self) -> Verdict {
        let filled = |value: &String| Some(value.clone()).filter(|value| !value.is_empty());
        let mut told = short("bay", "");
        let article = &mut told.article;
        article.url = filled(&self.page).map(|page| url(&format!("https://bay.example.com/{page}")));
        article.marks = Marks {
            guid: filled(&self.guid),
            address: filled(&self.page).map(|page| format!("//bay.example.com/{page}")),
            title: digest(&self.title),
            text: digest(&self.text),
            text_length: self.text.chars().filter(|c| c.is_alphanumeric()).count(),
        };
        article.source_key =
            [&self.guid, &self.page, &self.title].into_iter().find(|value| !value.is_empty()).cloned().unwrap_or_default();
        article.title.clone_from(&self.title);
        article.body = Html::from_sanitized(format!("<p>{}</p>", self.text));
        article.published = self.minute.map(stamp);
        ready(&told)
    }
}

/// A store, and what was new and changed in each poll, by title.
struct Outlet {
    _place: Place,
    store: Store,
    minute: i64,
}

impl Outlet {
    async fn new() -> Self {
        let place = Place::new();
        let store = place.open().await;
        Self { _place: place, store, minute: 0 }
    }

    /// Polls a document: titles of the new articles and of the changed ones, sorted.
    async fn poll(&mut self, document: &[Told]) -> (Vec<String>, Vec<String>) {
        self.poll_from("https://bay.example.com/rss", document).await
    }

    async fn poll_from(&mut self, feed: &str, document: &[Told]) -> (Vec<String>, Vec<String>) {
        let mut verdicts: Vec<Verdict> = document.iter().map(Told::verdict).collect();
        for verdict in &mut verdicts {
            if let Verdict::Ready(ready) = verdict {
                ready.article.feed_url = url(feed);
            }
        }
        self.minute += 60;
        let previewed = self.store.preview(&verdicts).await.unwrap();
        let state = PollState::new("bay", url(feed), at(0));
        let change = self.store.record(&state, &verdicts, at(self.minute)).await.unwrap();
        assert_eq!(previewed, change, "preview and record agree");
        let titles = |keys: &[String]| {
            let mut titles: Vec<String> = keys.iter().map(|key| change.titles[key].clone()).collect();
            titles.sort();
            titles
        };
        (titles(&change.new), titles(&change.changed))
    }

    async fn size(&self) -> u64 {
        self.store.counts().await.unwrap().get("bay").map_or(0, |count| count.ready + count.held)
    }

    async fn level(&self) -> String {
        let row = sqlx::query_scalar("SELECT level FROM feed_identity").fetch_optional(&self.store.shared.readers).await.unwrap();
        row.unwrap_or_else(|| "guid".to_owned())
    }

    async fn marks(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM article_mark").fetch_one(&self.store.shared.readers).await.unwrap()
    }

    /// Keys, ids and first-seen dates of everything.
    async fn identities(&self) -> Vec<(String, String, i64)> {
        sqlx::query_as("SELECT key, tag, first_seen FROM article ORDER BY id")
            .fetch_all(&self.store.shared.readers)
            .await
            .unwrap()
    }
}

fn stories(numbers: std::ops::Range<u64>) -> Vec<Told> {
    numbers.map(story).collect()
}

/// Polls the documents in turn; gives the articles there are after each, and the level after the last.
#[track_caller]
fn check(documents: &[Vec<Told>], sizes: &[u64], level: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (got, at_last) = runtime.block_on(async {
        let mut outlet = Outlet::new().await;
        let mut got = Vec::new();
        let mut before = Vec::new();
        for document in documents {
            outlet.poll(document).await;
            let after = outlet.identities().await;
            assert!(after.starts_with(&before), "an identity changed");
            got.push(outlet.size().await);
            before = after;
        }
        (got, outlet.level().await)
    });
    assert_eq!((got.as_slice(), at_last.as_str()), (sizes, level));
}

/// Every story with what `edit` makes of it.
fn with(stories: Vec<Told>, edit: impl Fn(usize, Told) -> Told) -> Vec<Told> {
    stories.into_iter().enumerate().map(|(place, story)| edit(place, story)).collect()
}

#[test]
fn a_sound_feed_is_taken_at_its_word() {
    let all = || stories(0..10);
    check(&[all(), stories(3..13), all()], &[10, 13, 13], "guid");
    // The whole site moves, is retitled or rewritten, or is dated anew: the guids still say which is which.
    check(&[all(), with(all(), |place, story| story.page(&format!("new/{place}")))], &[10, 10], "guid");
    check(&[all(), with(all(), |place, story| story.title(&format!("Retitled {place}")))], &[10, 10], "guid");
    check(&[all(), with(all(), |place, story| story.text(&format!("Rewritten {place}.")))], &[10, 10], "guid");
    check(&[all(), with(all(), |_, story| story.minute(Some(7)))], &[10, 10], "guid");
    check(
        &[all(), with(all(), |place, story| story.title(&format!("Both {place}")).text(&format!("New text {place}.")))],
        &[10, 10],
        "guid",
    );
    // The same headline, the same page, the same words: the outlet says that they are several.
    let weather = |day: u64| story(day).title("Weather").text("Sunny.").minute(Some(i64::try_from(day).unwrap()));
    check(&[vec![weather(0)], vec![weather(1)], vec![weather(0), weather(1), weather(2)]], &[1, 2, 3], "guid");
    let briefing = |day: u64| story(day).title("Briefing").page("briefing");
    check(&[vec![briefing(0)], vec![briefing(1)], vec![briefing(1), briefing(2)], vec![briefing(2)]], &[1, 2, 3, 3], "guid");
}

#[test]
fn one_guid_given_twice_is_a_slip() {
    let slip = || with(stories(0..300), |place, story| if place == 9 { story.guid("g8") } else { story });
    check(&[slip(), slip(), stories(0..300)], &[300, 300, 300], "guid");
    // One after the other, then together.
    let [one, other] = [story(0), story(1).guid("g0")];
    let pair = || vec![one.clone(), other.clone()];
    check(&[vec![one.clone()], vec![other.clone()], pair(), vec![one.clone()], vec![other.clone()]], &[1, 2, 2, 2, 2], "guid");
    check(&[pair(), vec![other.clone(), one.clone()], vec![other.clone().title("Other")]], &[2, 2, 2], "guid");
    // The same article listed twice is one, also under two guids.
    check(&[vec![one.clone(), one.clone().title("Late edition")]], &[1], "guid");
    check(&[vec![one.clone(), one.clone().page("section/p0")]], &[1], "guid");
    check(&[vec![one.clone(), one.clone().guid("g0-section")], vec![one.clone().guid("g0-section")]], &[1, 1], "guid");
}

#[test]
fn guids_repeated_by_habit_do_not_identify() {
    let repeated = |every: usize| {
        move |place: usize, story: Told| if place % every == 1 { story.guid(&format!("g{}", place - 1)) } else { story }
    };
    let document = || with(stories(0..300), repeated(20));
    let turned = || document().into_iter().rev().collect::<Vec<_>>();
    check(&[document(), turned(), document()[5..].to_vec()], &[300, 300, 300], "address");
    check(&[stories(0..300), document(), stories(0..300)], &[300, 300, 300], "address");
    check(&[with(stories(0..40), |_, story| story.guid("0")), stories(0..41)], &[40, 41], "address");
    let nowhere = |_, story: Told| story.guid("0").page("");
    check(&[with(stories(0..3), nowhere)], &[1], "guid"); // without pages the guid is all there is
    let home = || with(stories(0..40), |_, story| story.guid("0").page("home"));
    check(&[home()], &[1], "guid"); // one guid on one page is one article, whatever it says
}

#[test]
fn guids_that_change_do_not_identify() {
    let renamed = |poll: &'static str| {
        move |_: usize, story: Told| {
            let guid = format!("{poll}-{}", story.guid);
            story.guid(&guid)
        }
    };
    let all = || stories(0..300);
    check(
        &[all(), all(), with(all(), renamed("a")), with(stories(2..302), renamed("b")), all()],
        &[300, 300, 300, 302, 302],
        "address",
    );
    // With corrections at the same time and after.
    let corrected = |place: usize, story: Told| {
        let (title, text) = (format!("Corrected {}", story.title), format!("Corrected {}", story.text));
        let story = renamed("c")(place, story);
        match place % 10 {
            0 => story.title(&title),
            1 => story.text(&text),
            _ => story,
        }
    };
    check(&[all(), with(all(), corrected), with(all(), renamed("d"))], &[300, 300, 300], "address");
    // A short feed: not judged at once, doubled never.
    check(&[vec![story(1)], vec![story(1).guid("a")]], &[1, 1], "guid");
    let each = ["a", "b", "c", "d"].map(|guid| vec![story(1).guid(guid).text(&format!("{} {guid}", story(1).text))]);
    check(&each, &[1, 1, 1, 1], "address");
    // Without pages, or all on one: by content.
    for page in ["", "home"] {
        let placed = move |poll| move |place, story: Told| renamed(poll)(place, story).page(page);
        let edited = move |place: usize, story: Told| {
            let text = format!("{} Corrected.", story.text);
            if place == 3 { placed("c")(place, story).text(&text) } else { placed("c")(place, story) }
        };
        let repeated = with(stories(0..40), |place, story| story.guid(&format!("g{}", place % 30)).page(page));
        check(&[repeated], &[if page.is_empty() { 30 } else { 40 }], if page.is_empty() { "guid" } else { "fingerprint" });
        check(&[with(all(), placed("a")), with(all(), placed("b")), with(all(), edited)], &[300, 300, 300], "fingerprint");
    }
    // Pages named after the session.
    let session = |poll: &'static str| {
        move |place: usize, story: Told| {
            let page = format!("{}?session={poll}", story.page);
            renamed(poll)(place, story).page(&page)
        }
    };
    check(
        &[with(all(), session("a")), with(all(), session("b")), with(stories(1..301), session("c"))],
        &[300, 300, 301],
        "fingerprint",
    );
    // A feed without guids whose addresses change, and one whose addresses stay.
    let bare = |place: usize, story: Told| session("x")(place, story).guid("");
    check(&[with(all(), |_, story| story.guid("")), with(all(), bare)], &[300, 300], "fingerprint");
    let plain = || with(all(), |_, story| story.guid(""));
    check(&[plain(), with(plain(), |place, story| story.title(&format!("Retitled {place}")))], &[300, 300], "guid");
}

#[test]
fn guids_that_number_the_places_do_not_identify() {
    let numbered =
        |numbers: std::ops::Range<u64>| with(numbers.rev().map(story).collect(), |place, story| story.guid(&place.to_string()));
    check(&[numbered(0..10), numbered(0..12), numbered(4..14)], &[10, 12, 14], "address");
    check(&[numbered(0..10), numbered(10..20)], &[10, 20], "address");
    check(&[numbered(0..1), numbered(1..2), numbered(1..2)], &[1, 2, 2], "guid");
    let at_home = |numbers| with(numbered(numbers), |_, story| story.page("home"));
    check(&[at_home(0..10), at_home(0..12)], &[10, 12], "fingerprint");
}

#[tokio::test]
async fn a_feed_never_rises_again() {
    let mut outlet = Outlet::new().await;
    outlet.poll(&stories(0..30)).await;
    outlet.poll(&with(stories(0..30), |place, story| story.guid(&format!("n{place}")))).await;
    assert_eq!(outlet.level().await, "address");
    let (marks, since) = (outlet.marks().await, "SELECT since FROM feed_identity");
    let sank: i64 = sqlx::query_scalar(since).fetch_one(&outlet.store.shared.readers).await.unwrap();
    for round in 0..20 {
        outlet.poll(&with(stories(0..30), |place, story| story.guid(&format!("{round}-{place}")))).await;
        assert_eq!((outlet.level().await, outlet.size().await), ("address".to_owned(), 30));
    }
    assert_eq!(outlet.marks().await, marks, "guids made anew are not gathered");
    assert_eq!(sqlx::query_scalar::<_, i64>(since).fetch_one(&outlet.store.shared.readers).await.unwrap(), sank);
    let expected = Distrusted {
        outlet: "bay".to_owned(),
        feed: url("https://bay.example.com/rss"),
        known_by: "address",
        reason: "30 known articles of 30 entries have another guid than before".to_owned(),
        since: DateTime::from_timestamp_micros(sank).unwrap(),
    };
    assert_eq!(outlet.store.distrusted().await.unwrap(), [expected]);
}

#[tokio::test]
async fn an_article_in_two_feeds_is_one() {
    let mut outlet = Outlet::new().await;
    let atom = "https://bay.example.com/atom";
    let other_guids = || with(stories(0..10), |place, story| story.guid(&format!("tag:bay.example.com,2026:{place}")));
    outlet.poll(&stories(0..10)).await;
    for _ in 0..2 {
        assert_eq!(outlet.poll_from(atom, &other_guids()).await, (vec![], vec![]));
        assert_eq!(outlet.poll(&stories(0..10)).await, (vec![], vec![]));
    }
    // What the other feed does with its guids is held against the other feed alone.
    let levels: Vec<(String, String)> =
        sqlx::query_as("SELECT feed, level FROM feed_identity").fetch_all(&outlet.store.shared.readers).await.unwrap();
    assert_eq!(levels, [(atom.to_owned(), "address".to_owned())]);
}

#[tokio::test]
async fn equal_guids_of_two_outlets_are_two_articles() {
    let mut outlet = Outlet::new().await;
    outlet.poll(&stories(0..1)).await;
    let Verdict::Ready(mut copy) = story(0).verdict() else { panic!("it can be published") };
    copy.article.outlet = "harbour".to_owned();
    let change = outlet.store.record(&state("harbour"), &[Verdict::Ready(copy)], at(9)).await.unwrap();
    assert_eq!(change.new.len(), 1);
    let identities = outlet.identities().await;
    assert_ne!(identities[0].0, identities[1].0);
}

/// What an older schema stored has no marks: it is known by what the outlet calls it, and gets its marks then.
#[tokio::test]
async fn articles_without_marks_are_known_by_their_key() {
    let mut outlet = Outlet::new().await;
    let all = || with(stories(0..20), |place, story| if place < 5 { story.guid("") } else { story });
    outlet.poll(&all()).await;
    let marks = outlet.marks().await;
    let writer = outlet.store.shared.writer.clone().unwrap();
    sqlx::query("DELETE FROM article_mark").execute(&writer).await.unwrap();
    assert_eq!(outlet.poll(&all()).await, (vec![], vec![]));
    assert_eq!(outlet.marks().await, marks);
}

#[tokio::test]
async fn marks_do_not_pile_up() {
    let mut outlet = Outlet::new().await;
    outlet.poll(&[story(0)]).await;
    assert_eq!(outlet.marks().await, 5);
    for round in 0..30 {
        let edited = story(0).title(&format!("Edition {round}")).text(&format!("Version {round}."));
        assert_eq!(outlet.poll(std::slice::from_ref(&edited)).await.1.len(), 1);
        assert_eq!(outlet.poll(&[edited.minute(Some(900 + round))]).await, (vec![], vec![]));
    }
    assert_eq!(outlet.marks().await, 5);
}

/// Articles whose text is on their pages are queued once each, by what they are known by.
#[tokio::test]
async fn pages_are_queued_by_identity() {
    let place = Place::new();
    let store = place.open().await;
    let poll = async |document: &[Told], minute: i64| {
        let waiting: Vec<Verdict> = document
            .iter()
            .map(|told| {
                let Verdict::Ready(ready) = told.verdict() else { panic!("it can be published") };
                Verdict::Held {
                    article: Box::new(ready.article),
                    code: "awaiting_page",
                    reason: "its page is to be read".to_owned(),
                }
            })
            .collect();
        let follow: Vec<&Article> = waiting
            .iter()
            .filter_map(|verdict| if let Verdict::Held { article, .. } = verdict { Some(&**article) } else { None })
            .collect();
        store.record_following(&state("bay"), &waiting, &follow, at(minute)).await.unwrap()
    };
    let repeated =
        with(stories(0..40), |place, story| if place % 4 == 1 { story.guid(&format!("g{}", place - 1)) } else { story });
    let change = poll(&repeated, 0).await;
    assert_eq!((change.queued, change.held), (40, 40));
    assert_eq!(poll(&with(stories(0..41), |place, story| story.guid(&format!("n{place}"))), 1).await.queued, 1);

    // The text of the page arrives at the article, which keeps what its feed says to know it by.
    let outlets = ["bay".to_owned()];
    for number in 0..41 {
        let page = store.pages_due(&outlets, &[], 1, at(2)).await.unwrap().remove(0);
        let mut read = short("bay", "");
        let body = Html::from_sanitized(format!("<p>{} {}</p>", page.article.body.as_str(), words(number, 300)));
        read.article = Article { body, ..page.article.clone() };
        let change = store.record_page(&page, PageOutcome::Read { verdict: &ready(&read), pages: 1 }, at(2)).await.unwrap();
        assert_eq!(change.new, std::slice::from_ref(&page.key));
    }
    assert_eq!(store.counts().await.unwrap()["bay"], Count { ready: 41, held: 0 });
    let change = poll(&with(stories(0..41), |place, story| story.guid(&format!("m{place}"))), 120).await;
    assert_eq!((change.queued, change.unchanged, change.held), (0, 41, 0));
}

#[derive(Debug, Clone, Copy)]
enum Guids {
    Own,
    None,
    Same,
    EveryTwentieth,
    FromThirdPoll,
    EachPoll,
    Places,
}

#[derive(Debug, Clone, Copy)]
enum Pages {
    Own,
    Home,
    Session,
}

/// One poll: stories that appear, the story that is corrected and how, what the order is made from.
type Step = (u64, (u64, bool), u64);

fn walk(guids: Guids, pages: Pages, length: u64, steps: &[Step]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut outlet = Outlet::new().await;
        let mut all: Vec<Told> = stories(0..length);
        let mut shown = 0;
        let mut identities = Vec::new();
        for (poll, (appear, (which, in_title), order)) in steps.iter().enumerate() {
            let mut corrected = None;
            if poll > 0 {
                let place = all.len() - 1 - usize::try_from(which % length).unwrap();
                let told = &mut all[place];
                let changed = if *in_title { &mut told.title } else { &mut told.text };
                changed.push_str(&format!(", corrected {poll}"));
                corrected = Some(told.clone());
                let next = all.len() as u64;
                all.extend(stories(next..next + appear));
            }
            let from = all.len() - usize::try_from(length).unwrap();
            let mut document: Vec<Told> = all[from..].to_vec();
            document.sort_by_key(|told| Sha256::digest(format!("{order} {}", told.guid)).to_vec());
            for (place, told) in document.iter_mut().enumerate() {
                let own = told.guid[1..].parse::<u64>().unwrap();
                told.guid = match guids {
                    Guids::Own => told.guid.clone(),
                    Guids::None => String::new(),
                    Guids::Same => "same".to_owned(),
                    Guids::EveryTwentieth if own % 20 == 1 => format!("g{}", own - 1),
                    Guids::EveryTwentieth => told.guid.clone(),
                    Guids::FromThirdPoll => format!("{}-{own}", poll.saturating_sub(1)),
                    Guids::EachPoll => format!("{poll}-{own}"),
                    Guids::Places => place.to_string(),
                };
                told.page = match pages {
                    Pages::Own => told.page.clone(),
                    Pages::Home => "home".to_owned(),
                    Pages::Session => format!("p{own}?{poll}"),
                };
            }
            let mut expected: Vec<String> = all[from.max(shown)..].iter().map(|told| told.title.clone()).collect();
            expected.sort();
            shown = all.len();
            let (new, changed) = outlet.poll(&document).await;
            assert_eq!(new, expected, "poll {poll}");
            if let Some(corrected) = corrected.filter(|corrected| document.iter().any(|told| told.title == corrected.title)) {
                assert!(changed.contains(&corrected.title), "poll {poll}: {changed:?}");
            }
            let after = outlet.identities().await;
            assert!(after.starts_with(&identities), "poll {poll}: an identity changed");
            identities = after;
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// As many articles as there are true stories, whatever the guids do, in whatever order, with a correction in every poll.
    #[test]
    fn nothing_doubled_and_nothing_lost(
        guids in proptest::sample::select(vec![
            Guids::Own, Guids::None, Guids::Same, Guids::EveryTwentieth, Guids::FromThirdPoll, Guids::EachPoll, Guids::Places,
        ]),
        pages in proptest::sample::select(vec![Pages::Own, Pages::Own, Pages::Home, Pages::Session]),
        length in 6_u64..60,
        steps in proptest::collection::vec((0_u64..4, (any::<u64>(), any::<bool>()), any::<u64>()), 3..7),
    ) {
        // One guid on one page says itself that it is one article.
        prop_assume!(!matches!((guids, pages), (Guids::Same, Pages::Home)));
        walk(guids, pages, length, &steps);
    }

    /// In short feeds there is less to judge by, but pages of their own.
    #[test]
    fn short_feeds(
        guids in proptest::sample::select(vec![Guids::Own, Guids::None, Guids::Same, Guids::FromThirdPoll, Guids::EachPoll, Guids::Places]),
        length in 1_u64..6,
        steps in proptest::collection::vec((0_u64..4, (any::<u64>(), any::<bool>()), any::<u64>()), 3..9),
    ) {
        walk(guids, Pages::Own, length, &steps);
    }
}

#[test]
fn versions_are_alike_and_articles_are_not() {
    let check = |one: &str, other: &str, expected: bool| {
        assert_eq!(recognise::alike(one, other), expected, "{one} {other}");
        assert_eq!(recognise::alike(other, one), expected, "{other} {one}");
    };
    check("Version 1 of the ferry", "Version 2 of the ferry", true);
    check("渡轮自周一起停航三天,码头关闭。", "快讯:渡轮自周一起停航五天,码头关闭,另行通知。", true);
    check("渡轮自周一起停航三天,码头关闭。", "图书馆新馆周日开放,市民可免费办证。", false);
    check("The ferry stops for three days.", "A library opens on Sunday near the station.", false);
    check("", "", false);
    check("ab", "AB!", true);
    check("ab", "cd", false);
    let (one, other) = (words(1, 900), words(2, 900));
    check(&one, &other, false);
    check(&one, &one[500..], true);
}

#[test]
fn walks_that_went_wrong_once() {
    let step = |which, order| (0, (which, false), order);
    walk(
        Guids::Places,
        Pages::Session,
        9,
        &[step(0, 9_285_649_813_096), step(1_494_492_544_524_873_858, 209_477_059_150_447_511)],
    );
    walk(Guids::EveryTwentieth, Pages::Home, 6, &[step(0, 0), step(1_176, 17_729_093_434_951_151_694)]);
}
