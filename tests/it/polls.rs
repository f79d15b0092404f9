//! One poll after the other with a clock of the test's own: what a source remembers from one to the next, also over a restart.

use chrono::{DateTime, TimeDelta, Utc};
use reprint::config::{self, Config};
use reprint::model::PollState;
use reprint::pipeline::{self, Polled};
use reprint::{daemon, model};
use tempfile::TempDir;

use crate::harness::{Partner, Reply};

pub fn at(minute: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-05-04T01:00:00Z".parse().expect("a time");
    start + TimeDelta::minutes(minute)
}

/// An outlet polled every ten minutes whose feed is at that address.
pub fn config(folder: &TempDir, address: &str) -> Config {
    let toml = format!(
        "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net\"\n[limits]\nhost_spacing = \"0s\"\nallow_networks = [\"127.0.0.2/32\"]\n\
         [[outlet]]\nid = \"bay\"\nname = \"The Bay\"\nfeed = \"{address}\"\nschedule = \"*/10 * * * *\"\n"
    );
    let mut config = config::parse("feeds.toml", &toml).expect("a sound file");
    config.site.database = folder.path().join("reprint.db");
    config
}

/// Polls the one source of the configuration as a program that has just been started, and gives the state as it was saved.
pub async fn poll(config: &Config, minute: i64) -> (Polled, PollState) {
    let stages = daemon::open(config.clone()).await.expect("a store");
    let state = daemon::poll_states(&stages, at(minute)).await.expect("states").remove(0);
    let polled = pipeline::poll(&stages, &config.outlets[0], state, at(minute)).await.expect("recorded");
    let saved = stages.store.poll_states().await.expect("states").remove(0);
    stages.store.close().await;
    (polled, saved)
}

pub fn feed(ttl: &str, text: &str) -> String {
    format!(
        "<rss version=\"2.0\"><channel><title>Bay</title><link>http://bay.example/</link><description>d</description>{ttl}\
         <item><title>Tide tables</title><link>http://bay.example/1</link><description>{text}</description></item></channel></rss>"
    )
}

#[tokio::test]
async fn the_state_that_is_saved_is_the_state_there_is() {
    let partner = Partner::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(&folder, partner.url("/rss").as_str());
    for (minute, text, changed) in [(0, "High at noon.", 0), (10, "High at noon.", 0), (20, "High at one.", 20)] {
        partner.put("/rss", Reply::ok("application/rss+xml", feed("", text)));
        let (polled, saved) = poll(&config, minute).await;
        assert_eq!(saved.last_change, Some(at(changed)), "minute {minute}");
        assert_eq!(saved, polled.state, "minute {minute}");
    }
    partner.put("/rss", Reply::status(500));
    let (polled, saved) = poll(&config, 30).await;
    assert_eq!((saved.last_change, saved.failures), (Some(at(20)), 1));
    assert_eq!(saved, polled.state);
}

#[tokio::test]
async fn a_304_does_not_end_what_the_feed_asked_for() {
    let partner = Partner::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(&folder, partner.url("/rss").as_str());
    let hour = "<ttl>60</ttl>";
    partner.put("/rss", Reply::ok("application/rss+xml", feed(hour, "High at noon.")).header("ETag", "\"1\""));
    assert!(poll(&config, 0).await.1.next_poll >= at(60));
    // 304, then the same bytes under another validator.
    assert!(poll(&config, 60).await.1.next_poll >= at(120));
    partner.put("/rss", Reply::ok("application/rss+xml", feed(hour, "High at noon.")).header("ETag", "\"2\""));
    assert!(poll(&config, 120).await.1.next_poll >= at(180));
    assert!(partner.seen().iter().skip(1).all(|seen| seen.header("if-none-match").is_some()));
    // A failure is the schedule's matter, and a feed that no longer asks is asked as often as the others.
    partner.put("/rss", Reply::status(500));
    assert!(poll(&config, 180).await.1.next_poll < at(202));
    partner.put("/rss", Reply::ok("application/rss+xml", feed("", "High at one.")));
    assert!(poll(&config, 240).await.1.next_poll < at(262));
}

#[tokio::test]
async fn validators_of_a_source_that_leads_elsewhere_survive_a_restart() {
    let (here, there) = (Partner::start().await, Partner::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(&folder, here.url("/rss").as_str());
    here.put("/rss", Reply::redirect(302, there.url("/rss?signature=hush")));
    let document = Reply::ok("application/rss+xml", feed("", "High at noon.")).header("ETag", "\"there\"");
    there.put("/rss?signature=hush", document);
    let (_, saved) = poll(&config, 0).await;
    assert_eq!(saved.validators.site, Some(there.url("/")));
    let (_, saved) = poll(&config, 10).await;
    assert_eq!(there.seen()[1].header("if-none-match"), Some(b"\"there\"".as_slice()));
    assert!(here.seen().iter().all(|seen| seen.header("if-none-match").is_none()), "they are not for it");
    assert_eq!((saved.last_success, saved.failures), (Some(at(10)), 0));
    let bytes = std::fs::read(&config.site.database).expect("the store");
    assert!(!bytes.windows(4).any(|window| window == b"hush"), "a signed address is kept");
}

/// Whether an outlet asks with validators depends on whether it would be read as it was read before.
#[tokio::test]
async fn other_settings_ask_once_for_the_whole_document() {
    let partner = Partner::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = config(&folder, partner.url("/rss").as_str());
    partner.put("/rss", Reply::ok("application/rss+xml", feed("", "High at noon.")).header("ETag", "\"1\""));
    let conditional = || partner.seen().last().expect("a request").header("if-none-match").is_some();
    poll(&config, 0).await;
    poll(&config, 10).await;
    assert!(conditional());
    config.outlets[0].terms.rights = Some("© The Bay".to_owned());
    let (polled, _) = poll(&config, 20).await;
    assert!(!conditional());
    assert_eq!(polled.change.changed.len(), 1, "what it is published with is another thing now");
    poll(&config, 30).await;
    assert!(conditional());
    // What fails is made up for.
    config.outlets[0].terms.rights = None;
    partner.put("/rss", Reply::status(503));
    let (polled, _) = poll(&config, 40).await;
    assert_eq!(polled.state.problem.map(|problem| problem.fault), Some(model::Fault::Partner));
    partner.put("/rss", Reply::ok("application/rss+xml", feed("", "High at noon.")).header("ETag", "\"1\""));
    let (polled, _) = poll(&config, 50).await;
    assert!(!conditional());
    assert_eq!(polled.change.changed.len(), 1);
}

/// The old address is out of feeds.toml, so nobody speaks for its version any more.
#[tokio::test]
async fn a_feed_at_another_address_brings_changes_at_once() {
    let partner = Partner::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let [old, new] = ["/old", "/new"].map(|path| config(&folder, partner.url(path).as_str()));
    partner.put("/old", Reply::ok("application/rss+xml", feed("", "High at noon.")));
    partner.put("/new", Reply::ok("application/rss+xml", feed("", "High at one.")));
    assert_eq!(poll(&old, 0).await.0.change.new.len(), 1);
    let (polled, saved) = poll(&new, 10).await;
    assert_eq!((polled.change.new.len(), polled.change.changed.len()), (0, 1));
    assert_eq!(saved.source, partner.url("/new"), "the old one is forgotten");
    partner.put("/new", Reply::ok("application/rss+xml", feed("", "High at two.")));
    assert_eq!(poll(&new, 20).await.0.change.changed.len(), 1);
}
