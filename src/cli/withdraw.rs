//! `reprint withdraw`: an article down everywhere, beside a running daemon or without one; and back, when asked for.

use std::path::Path;
use std::time::Duration;

use url::Url;

use super::{Failure, load_without_secrets, say, tell};
use crate::config::Config;
use crate::daemon;
use crate::model::WithdrawnBy;
use crate::pipeline;
use crate::store::Store;

/// How long the daemon is waited for: it looks once a second, and a publication may be under way.
const PATIENCE: Duration = Duration::from_secs(30);

/// Characters of the longest reason: it is repeated in every feed.
const LONGEST_REASON: usize = 500;

/// What is asked for.
pub(super) struct Request<'a> {
    /// Id, address here, address at the outlet, or guid of the article.
    pub(super) article: &'a str,
    /// Why, for readers.
    pub(super) reason: Option<&'a str>,
    /// For legal reasons.
    pub(super) legal: bool,
    /// The other way round.
    pub(super) restore: bool,
}

pub(super) async fn run(path: &Path, request: &Request<'_>) -> Result<(), Failure> {
    let reason = match request.reason.map(str::trim) {
        Some("") => return Err(Failure::Usage("the reason is empty: readers are told it in place of the article".to_owned())),
        Some(reason) if reason.chars().nth(LONGEST_REASON).is_some() => {
            return Err(Failure::Usage(format!("the reason is longer than {LONGEST_REASON} characters")));
        }
        reason => reason.unwrap_or("restored"),
    };
    let config = load_without_secrets(path)?;
    if !config.site.database.exists() {
        return Err(Failure::Failed(format!(
            "there is no store at {} yet: nothing is published",
            config.site.database.display()
        )));
    }
    let (store, alone) = open(&config).await?;
    let done = act(&store, &config, request, reason).await;
    let serial = match done {
        Ok(()) => store.acts_since(0).await?.last,
        Err(failure) => {
            store.close().await;
            return Err(failure);
        }
    };
    if alone {
        store.close().await;
        let stages = daemon::open(config).await?;
        daemon::follow_withdrawals(&stages).await.map_err(Failure::failed)?;
        stages.store.close().await;
        say("every published document follows; reprint is not running");
    } else {
        wait(&store, serial).await?;
        store.close().await;
    }
    Ok(())
}

/// The store, and whether nobody else has it. One that a daemon has is written to beside it.
pub(super) async fn open(config: &Config) -> Result<(Store, bool), Failure> {
    let path = &config.site.database;
    match Store::open(path, &daemon::tag_authority(config, daemon::now())).await {
        Ok(store) => Ok((store, true)),
        Err(refused) if refused.configuration => Err(refused.into()),
        Err(_) => Ok((Store::open_beside(path).await?, false)),
    }
}

async fn act(store: &Store, config: &Config, request: &Request<'_>, reason: &str) -> Result<(), Failure> {
    let key = key(store, config, request.article).await?;
    let now = daemon::now();
    if request.restore {
        if !store.restore_withdrawn(&key, reason, now).await? {
            return Err(Failure::Failed(format!("{} is not withdrawn", request.article)));
        }
        say(format_args!("restored {}a/{key}", config.site.url));
        return Ok(());
    }
    let by = if request.legal { WithdrawnBy::Legal } else { WithdrawnBy::Site };
    let Some(withdrawal) = store.withdraw(&key, by, reason, now).await? else {
        return Err(Failure::Failed(format!(
            "no article has the id {key}; `reprint feeds` and the pages of feeds show what there is"
        )));
    };
    say(format_args!("withdrawn {}a/{}  {}", config.site.url, withdrawal.key, withdrawal.title));
    for outlet in &withdrawal.outlets {
        say(format_args!("  it came from {outlet}, which may publish it still: tell them"));
    }
    Ok(())
}

/// The key of the article that is meant.
pub(super) async fn key(store: &Store, config: &Config, article: &str) -> Result<String, Failure> {
    let article = article.trim();
    if let Some(key) = own_key(store.authority(), &config.site.url, article) {
        // A translation goes with the article it was made of.
        return Ok(store.translation(&key).await?.map_or(key, |row| row.source));
    }
    let found = store.addressed(article, &pipeline::address_mark(article)).await?;
    match found.as_slice() {
        [] => Err(Failure::Failed(format!(
            "no article is known by `{article}`: give its id (tag:…), its address here ({}a/…) or its address at the outlet",
            config.site.url
        ))),
        [(key, _)] => Ok(key.clone()),
        several if several.iter().all(|(key, _)| *key == several[0].0) => Ok(several[0].0.clone()),
        several => {
            let list: Vec<String> = several.iter().map(|(key, title)| format!("\n  {key}  {title}")).collect();
            Err(Failure::Usage(format!("several articles are known by `{article}`; give the id of one:{}", list.concat())))
        }
    }
}

/// The key in an id or an address of ours.
fn own_key(authority: &str, site: &Url, article: &str) -> Option<String> {
    let is_key = |key: &&str| key.len() == 20 && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let in_id = || article.strip_prefix("tag:")?.strip_prefix(authority)?.strip_prefix(':');
    let in_address = || {
        let rest = article.strip_prefix(site.as_str())?.strip_prefix("a/")?;
        rest.split(['?', '#']).next()
    };
    Some(article).filter(is_key).or_else(|| in_id().filter(is_key)).or_else(|| in_address().filter(is_key)).map(str::to_owned)
}

/// Until the daemon has made every document anew.
async fn wait(store: &Store, serial: i64) -> Result<(), Failure> {
    let end = tokio::time::Instant::now() + PATIENCE;
    while tokio::time::Instant::now() < end {
        if store.acts_followed().await? >= serial {
            say("every published document follows");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tell("it is recorded, and the running reprint has not made its documents anew yet: look at its log");
    Err(Failure::Failed(format!("documents do not follow after {} s", PATIENCE.as_secs())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_addresses_of_ours() {
        const KEY: &str = "00112233445566778899";
        let site = Url::parse("https://relay.example.net/news/").unwrap();
        let check = |article: &str, expected: bool| {
            let expected = expected.then(|| KEY.to_owned());
            assert_eq!(own_key("relay.example.net,2026", &site, article), expected, "{article}");
        };
        check(KEY, true);
        check(&format!("tag:relay.example.net,2026:{KEY}"), true);
        check(&format!("https://relay.example.net/news/a/{KEY}?utm_source=x#top"), true);
        check(&format!("tag:other.example,2026:{KEY}"), false);
        check(&format!("https://relay.example.net/a/{KEY}"), false);
        check("0011223344556677889", false);
        check("https://bolin.example/1", false);
    }
}
