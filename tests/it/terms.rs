//! The terms of outlets, on every output: both feeds, the page of the article, the pages that list it, and what is on disk.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reprint::daemon::now;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::harness::{Answer, Partner, Reply, Reprint, get};

const RSS: &str = "application/rss+xml; charset=utf-8";

/// An item of everything: a short form, a picture with its caption, a text of several sentences with a link, sound and a picture as enclosures.
fn item(number: u32, language: &str, at: DateTime<Utc>) -> String {
    let (first, second) = match language {
        "en" => (
            "Dr. Quill waters the harbour lilies at dawn, as the town has asked for years.",
            "Nobody else has the key, she says, and nobody has asked.",
        ),
        _ => ("老园丁每天清晨给港口的睡莲浇水，镇上的人已经习惯了。", "除了他没有人有钥匙，也没有人问过。"),
    };
    format!(
        "<item><title>Lilies {number} {language}</title><link>http://bolin.example/{number}</link><guid>http://bolin.example/{number}</guid>\
         <dc:language>{language}</dc:language><dc:creator>Ines Bolin</dc:creator><pubDate>{}</pubDate><category>garden</category>\
         <description>A short form that tells the secret of the lilies in a few words only, more than any excerpt would.</description>\
         <content:encoded><![CDATA[<figure><img src=\"http://img.bolin.example/{number}.jpg\" alt=\"lilies\"><figcaption>Lilies at dawn.</figcaption></figure>\
         <p>{first} <a href=\"http://bolin.example/more\">{second}</a></p>\
         <p>And here the hidden ending is told, with the audio of the bell. <audio src=\"http://img.bolin.example/bell.mp3\" controls></audio></p>]]></content:encoded>\
         <enclosure url=\"http://img.bolin.example/{number}-large.png\" type=\"image/png\" length=\"10\"/>\
         <enclosure url=\"http://img.bolin.example/{number}.mp3\" type=\"audio/mpeg\" length=\"10\"/></item>",
        at.format("%a, %d %b %Y %H:%M:%S +0000")
    )
}

fn feed(items: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Bolin</title><link>http://bolin.example/</link>\
         <description>d</description>{}</channel></rss>",
        items.concat()
    )
}

fn past() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_360_800, 0).expect("a time")
}

fn toml(partner: &Partner, terms: &str) -> String {
    format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nallow_networks = [\"127.0.0.2/32\"]\n\
         [[outlet]]\nid = \"bolin\"\nname = \"Bolin Post\"\nhomepage = \"http://bolin.example/\"\nfeed = \"{}\"\nschedule = \"0 0 1 1 *\"\n\
         [outlet.terms]\n{terms}\n",
        partner.url("/rss")
    )
}

async fn start(folder: &Arc<TempDir>, toml: &str) -> Reprint {
    Reprint::start_in(folder.clone(), toml)
        .await
        .unwrap_or_else(|failure| panic!("it ended with {}: {}", failure.status, failure.stderr))
}

async fn partner(items: &[String]) -> Partner {
    let partner = Partner::start().await;
    partner.put("/rss", Reply::ok(RSS, feed(items)));
    partner
}

fn folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().expect("a folder"))
}

async fn text(program: &Reprint, path: &str) -> String {
    let answer = get(&program.url(path), &[]).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.text()
}

/// Waits until every document holds so many articles: the page of the outlet's feed is the last one made.
async fn holds(program: &Reprint, articles: usize) -> String {
    for _ in 0..1_000 {
        let atom = text(program, "feeds/all.atom").await;
        let last = text(program, "feeds/bolin").await.matches("href=\"https://relay.example.net/a/").count();
        if atom.matches("<entry").count() == articles && last == articles {
            return atom;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("never {articles} articles; it said:\n{}\n{}", program.stderr(), text(program, "feeds/all.atom").await);
}

fn page_of(atom: &str) -> String {
    let (_, after) = atom.split_once("https://relay.example.net/a/").expect("a page");
    format!("a/{}", &after[..20])
}

/// Everything a reader can get, by name, and what lies on disk.
struct Outputs {
    documents: Vec<(String, String)>,
    page: Answer,
}

impl Outputs {
    async fn of(program: &Reprint, articles: usize) -> Self {
        let atom = holds(program, articles).await;
        let mut documents = Vec::new();
        for path in [
            "feeds/all.rss",
            "feeds/all.atom",
            "feeds/all.json",
            "feeds/bolin.rss",
            "feeds/bolin.atom",
            "feeds/bolin.json",
            "feeds/all",
            "feeds/bolin",
            "",
            "feeds.opml",
        ] {
            documents.push((path.to_owned(), text(program, path).await));
        }
        let page = get(&program.url(&page_of(&atom)), &[]).await;
        documents.push(("page".to_owned(), page.text()));
        documents.push(("disk".to_owned(), on_disk(program)));
        Self { documents, page }
    }

    fn none_has(&self, part: &str) {
        for (name, document) in &self.documents {
            assert!(!document.contains(part), "{part} in {name}: {document}");
        }
    }

    /// Both feeds and the page have it.
    fn articles_have(&self, part: &str) {
        for (name, document) in
            self.documents.iter().filter(|(name, _)| name.contains('.') && name != "feeds.opml" || name == "page")
        {
            assert!(document.contains(part), "no {part} in {name}: {document}");
        }
    }

    fn get(&self, name: &str) -> &str {
        self.documents.iter().find(|(known, _)| known == name).map_or("", |(_, document)| document)
    }
}

/// The published documents as they lie on disk, decompressed.
fn on_disk(program: &Reprint) -> String {
    let mut all = String::new();
    for file in std::fs::read_dir(program.folder().join("published")).expect("the folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("readable");
        let Some(start) = bytes.windows(2).position(|magic| magic == [0x1f, 0x8b]) else { continue };
        let mut document = String::new();
        flate2::read::GzDecoder::new(&bytes[start..]).read_to_string(&mut document).expect("gzip");
        // The page that explains our namespace has examples of its own.
        if !document.contains("<title>The reprint namespace") {
            all.push_str(&document);
        }
    }
    assert!(all.contains("relay.example.net"));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_excerpt_ends_with_a_sentence_and_leads_on() {
    let partner = partner(&[item(1, "en", past())]).await;
    let program = start(&folder(), &toml(&partner, "publish = \"excerpt\"\nexcerpt = 110")).await;
    let outputs = Outputs::of(&program, 1).await;
    outputs.articles_have("as the town has asked for years.");
    outputs.articles_have("Read on at Bolin Post");
    outputs.articles_have("http://bolin.example/1");
    for hidden in ["Nobody else has the key", "hidden ending", "tells the secret", ".mp3", "-large.png"] {
        outputs.none_has(hidden);
    }
    for name in ["feeds/all.rss", "feeds/all.atom"] {
        let feed = outputs.get(name);
        let own = feed.split("<reprint:hop").find(|hop| hop.contains("party=\"Relay\"")).expect("our own step");
        assert!(own.contains("action=\"excerpted\""), "{own}");
        assert!(outputs.get(name).contains("1.jpg"), "the picture is in the beginning: {name}");
    }
    assert!(!outputs.get("page").contains("\"abstract\""));
    // A site that takes the feed from us does not pile links up.
    assert!(outputs.get("page").contains("<div class=\"reprint-credit reprint-more\"><p><a href=\"http://bolin.example/1\">"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_title_is_all_there_is() {
    let partner = partner(&[item(1, "zh-Hans", past())]).await;
    let program = start(&folder(), &toml(&partner, "publish = \"title\"")).await;
    let outputs = Outputs::of(&program, 1).await;
    outputs.articles_have("Lilies 1");
    outputs.articles_have("在Bolin Post阅读全文");
    for hidden in
        ["老园丁", "钥匙", "hidden ending", "tells the secret", ".mp3", ".png", ".jpg", "Lilies at dawn", "<img", "media:content"]
    {
        outputs.none_has(hidden);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_are_nowhere_and_the_rest_is_whole() {
    let partner = partner(&[item(1, "en", past())]).await;
    let program = start(&folder(), &toml(&partner, "images = \"none\"")).await;
    let outputs = Outputs::of(&program, 1).await;
    outputs.articles_have("hidden ending");
    outputs.articles_have("1.mp3");
    for hidden in [".jpg", ".png", "<img", "&lt;img", "media:content", "og:image", "\"image\"", "Lilies at dawn", "image/png"] {
        outputs.none_has(hidden);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn search_engines_are_asked_to_look_away() {
    let partner = partner(&[item(1, "en", past())]).await;
    let program = start(&folder(), &toml(&partner, "noindex = true")).await;
    let outputs = Outputs::of(&program, 1).await;
    let page = outputs.get("page");
    assert!(page.contains("<meta name=\"robots\" content=\"noindex\">") && !page.contains("rel=\"canonical\""), "{page}");
    assert_eq!(outputs.page.header("x-robots-tag").as_deref(), Some("noindex"));
    for (path, expected) in
        [("feeds/all.rss", Some("noindex")), ("feeds/bolin.atom", Some("noindex")), ("feeds/bolin", Some("noindex")), ("", None)]
    {
        let answer = get(&program.url(path), &[]).await;
        assert_eq!(answer.header("x-robots-tag").as_deref(), expected, "{path}");
    }
    assert!(outputs.get("").contains("Lilies 1") && !outputs.get("").contains("tells the secret"));

    let program = start(&folder(), &toml(&partner, "")).await;
    let outputs = Outputs::of(&program, 1).await;
    assert_eq!(outputs.page.header("x-robots-tag"), None);
    assert!(!outputs.get("page").contains("\"robots\"") && outputs.get("page").contains("rel=\"canonical\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_licence_is_shown_and_said_in_every_vocabulary() {
    let partner = partner(&[item(1, "en", past())]).await;
    let licence = "https://creativecommons.org/licenses/by/4.0/";
    let terms = format!("licence = \"{licence}\"\nrights = \"© Bolin Post\"\nexpire = \"3650d\"");
    let program = start(&folder(), &toml(&partner, &terms)).await;
    let outputs = Outputs::of(&program, 1).await;
    outputs.articles_have(licence);
    outputs.articles_have("© Bolin Post");
    for part in [
        format!("<creativeCommons:license>{licence}</creativeCommons:license>"),
        format!("<dcterms:license>{licence}</dcterms:license>"),
        "rel=\"license\"".to_owned(),
        "<dcterms:valid>end=2036-05-30T00:40:00Z; scheme=W3C-DTF;</dcterms:valid>".to_owned(),
    ] {
        assert!(outputs.get("feeds/all.rss").contains(&part), "{part} in {}", outputs.get("feeds/all.rss"));
    }
    let atom = outputs.get("feeds/all.atom");
    assert!(
        atom.contains("rel=\"license\"") && atom.contains("<rights>© Bolin Post</rights>") && atom.contains("end=2036-05-30"),
        "{atom}"
    );
    let page = outputs.get("page");
    for part in
        ["<link rel=\"license\" href=", "<a rel=\"license\" href=", "\"license\":", "\"expires\":\"2036-05-30T00:40:00Z\""]
    {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_languages_are_not_relayed() {
    // More of the other language, and newer, than the feed has room for.
    let mut items: Vec<String> =
        (10..40).map(|number| item(number, "zh-Hans", past() + TimeDelta::hours(i64::from(number)))).collect();
    items.extend((1..=3).map(|number| item(number, "en", past())));
    let partner = partner(&items).await;
    let folder = folder();
    let sized = |terms: &str| {
        toml(&partner, terms)
            + "[[feed]]\nid = \"all\"\nsize = 2\nkeep_hours = 0\n[[feed]]\nid = \"bolin\"\nsize = 2\nkeep_hours = 0\n"
    };
    let program = start(&folder, &sized("")).await;
    let chinese = page_of(&holds(&program, 2).await);
    assert_eq!(get(&program.url(&chinese), &[]).await.status, 200);
    let (_, folder) = program.stop().await;
    let program = start(&folder, &sized("languages = [\"en\"]")).await;
    let outputs = Outputs::of(&program, 2).await;
    outputs.none_has("老园丁");
    outputs.none_has("lang=\"zh-Hans");
    outputs.articles_have("hidden ending");
    assert_eq!(get(&program.url(&chinese), &[]).await.status, 404);
    assert_eq!(partner.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stricter_terms_hold_from_the_first_answer_after_a_restart() {
    let partner = partner(&[item(1, "en", past())]).await;
    let folder = folder();
    let program = start(&folder, &toml(&partner, "")).await;
    let outputs = Outputs::of(&program, 1).await;
    outputs.articles_have("hidden ending");
    let etag = get(&program.url("feeds/all.rss"), &[]).await.header("etag").expect("an ETag");
    program.crash();
    let program = start(&folder, &toml(&partner, "")).await;
    assert_eq!(
        get(&program.url("feeds/all.rss"), &[]).await.header("etag"),
        Some(etag.clone()),
        "the same terms, the same bytes"
    );
    program.crash();

    let program = start(&folder, &toml(&partner, "publish = \"title\"\nimages = \"none\"")).await;
    for path in ["feeds/all.rss", "feeds/all.atom", "feeds/bolin.rss", "feeds/all", ""] {
        let first = text(&program, path).await;
        assert!(
            !first.contains("hidden ending") && !first.contains("tells the secret") && !first.contains("<img"),
            "{path}: {first}"
        );
        assert!(first.contains("Lilies 1"), "{path}: {first}");
    }
    assert!(!on_disk(&program).contains("hidden ending"));
    let modified = |answer: Answer| answer.header("last-modified");
    let stricter = modified(get(&program.url("feeds/all.rss"), &[]).await);
    let (_, folder) = program.stop().await;
    // And back again: other bytes under a later date.
    let program = start(&folder, &toml(&partner, "")).await;
    let again = get(&program.url("feeds/all.rss"), &[]).await;
    assert!(again.text().contains("hidden ending"));
    assert_eq!(again.header("etag"), Some(etag));
    assert_ne!(modified(again), stricter);
    assert_eq!(partner.seen().len(), 1, "all of that without asking the outlet again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_embargo_ends_by_itself() {
    let at = now();
    let partner = partner(&[item(1, "en", past()), item(2, "en", at)]).await;
    let folder = folder();
    let terms = toml(&partner, "embargo = \"12s\"");
    let program = start(&folder, &terms).await;
    let before = holds(&program, 1).await;
    assert!(!before.contains("Lilies 2") && now() < at + TimeDelta::seconds(11), "{before}");
    assert!(!text(&program, "feeds/all.rss").await.contains("Lilies 2"));
    // Over a crash and a restart in the middle.
    program.crash();
    let program = start(&folder, &terms).await;
    let after = holds(&program, 2).await;
    assert!(now() >= at + TimeDelta::seconds(11), "a date of RSS has whole seconds");
    assert!(after.contains("Lilies 2") && now() < at + TimeDelta::seconds(30));
    assert_eq!(get(&program.url(&page_of(&after)), &[]).await.status, 200);
    assert_eq!(partner.seen().len(), 1);
    let updated = after.split_once("<updated>").and_then(|(_, rest)| rest.split_once('Z')).map(|(date, _)| date.to_owned());
    assert!(updated.expect("a date") > at.format("%FT%TZ").to_string(), "the feed is newer by the release: {after}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_article_expires_by_itself_everywhere() {
    let at = now();
    let partner = partner(&[item(1, "en", at), item(2, "en", at + TimeDelta::minutes(9))]).await;
    let folder = folder();
    // The second one's date is a few minutes ahead, so it counts from when it was seen.
    let program = start(&folder, &toml(&partner, "expire = \"12s\"")).await;
    let atom = holds(&program, 2).await;
    let pages: Vec<String> = atom.split("<entry").skip(1).map(page_of).collect();
    for page in &pages {
        assert_eq!(get(&program.url(page), &[]).await.status, 200);
    }
    holds(&program, 0).await;
    assert!(now() >= at + TimeDelta::seconds(11));
    for page in &pages {
        let gone = get(&program.url(page), &[]).await;
        assert_eq!(gone.status, 410);
        assert!(!gone.text().contains("Lilies"));
    }
    for path in ["feeds/all.rss", "feeds/bolin.rss", "feeds/bolin", ""] {
        assert!(!text(&program, path).await.contains("Lilies"), "{path}");
    }
    assert!(!on_disk(&program).contains("Lilies"));
    assert_eq!(partner.seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_expired_while_nobody_was_there_is_not_served_again() {
    let at = now();
    let partner = partner(&[item(1, "en", at)]).await;
    let folder = folder();
    let terms = toml(&partner, "expire = \"10s\"");
    let program = start(&folder, &terms).await;
    holds(&program, 1).await;
    program.crash();
    while now() < at + TimeDelta::seconds(11) {
        sleep(Duration::from_millis(50)).await;
    }
    let program = start(&folder, &terms).await;
    for path in ["feeds/all.rss", "feeds/all.atom", "feeds/all", "feeds/bolin.rss", ""] {
        assert!(!text(&program, path).await.contains("Lilies"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_date_in_the_future_is_an_embargo_only_by_the_terms() {
    let partner = partner(&[item(1, "en", past()), item(2, "en", now() + TimeDelta::hours(2))]).await;
    let folder = folder();
    let program = start(&folder, &toml(&partner, "embargo = \"0s\"")).await;
    let outputs = Outputs::of(&program, 1).await;
    outputs.none_has("Lilies 2");
    outputs.articles_have("Lilies 1");
    program.crash();
    // Accepted on these terms, it stays kept back when they change.
    let program = start(&folder, &toml(&partner, "")).await;
    Outputs::of(&program, 1).await.none_has("Lilies 2");

    let program = start(&self::folder(), &toml(&partner, "")).await;
    holds(&program, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_an_outlet_that_left_are_gone() {
    let partner = partner(&[item(1, "en", past())]).await;
    let program = start(&folder(), &toml(&partner, "")).await;
    let page = page_of(&holds(&program, 1).await);
    let (_, folder) = program.stop().await;
    let program =
        start(&folder, &toml(&partner, "").replace("id = \"bolin\"", "id = \"other\"").replace("/rss", "/elsewhere")).await;
    assert_eq!(get(&program.url(&page), &[]).await.status, 410);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_says_what_the_terms_make_of_each_article() {
    let recent = now();
    let items =
        [item(1, "en", past()), item(2, "en", recent), item(3, "zh-Hans", recent), item(4, "en", recent - TimeDelta::hours(5))];
    let partner = partner(&items).await;
    let terms = "publish = \"excerpt\"\nembargo = \"1h\"\nexpire = \"1d\"\nlanguages = [\"en\"]";
    let program = start(&folder(), &toml(&partner, terms)).await;
    let (code, stdout, stderr) = program.command(&["check", "feeds.toml", "--online"]);
    assert_eq!(code, Some(0), "{stderr}");
    let about = |number: u32| {
        let mut lines = stdout.lines().skip_while(|line| !line.contains(&format!("Lilies {number} ")));
        format!("{} | {}", lines.next().unwrap_or_default().trim(), lines.next().unwrap_or_default().trim())
    };
    assert!(about(1).starts_with("drop     Lilies 1 en | expired on 2026-06-03 00:40:00 UTC; by Ines Bolin"), "{stdout}");
    assert!(about(2).starts_with("wait     Lilies 2 en | embargo until "), "{stdout}");
    assert!(about(3).starts_with("drop     Lilies 3 zh-Hans | its language (zh-Hans) is not relayed; "), "{stdout}");
    assert!(about(4).starts_with("publish  Lilies 4 en | an excerpt; by Ines Bolin"), "{stdout}");
}
