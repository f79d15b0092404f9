//! `reprint feeds`: what is published.

use std::path::Path;

use serde_json::{Value, json};

use super::{Failure, load_without_secrets, say, table};
use crate::daemon;
use crate::model::Withdrawal;
use crate::pipeline;
use crate::store::Store;

/// Withdrawals listed, the latest.
const WITHDRAWN_LISTED: usize = 1_000;

pub(super) async fn run(path: &Path, as_json: bool) -> Result<(), Failure> {
    let config = load_without_secrets(path)?;
    let database = &config.site.database;
    let store = if database.exists() { Some(Store::open_read_only(database).await?) } else { None };
    let mut rows = Vec::new();
    let mut feeds = Vec::new();
    for feed in &config.feeds {
        let window = match &store {
            Some(store) => pipeline::window(store, &config, feed, daemon::now()).await?.articles,
            None => Vec::new(),
        };
        let newest = window.first().map(|article| article.date());
        let address = |extension: &str| format!("{}feeds/{}.{extension}", config.site.url, feed.id);
        rows.push(vec![
            feed.id.clone(),
            feed.title.clone(),
            window.len().to_string(),
            newest.map_or("–".to_owned(), |at| at.format("%F %H:%M").to_string()),
            address("atom"),
        ]);
        feeds.push(json!({
            "id": feed.id,
            "title": feed.title,
            "language": feed.language,
            "outlets": feed.outlets,
            "articles": window.len(),
            "newest": newest.map(|at| at.format("%FT%TZ").to_string()),
            "rss": address("rss"),
            "atom": address("atom"),
            "json": address("json"),
        }));
    }
    let withdrawn = match &store {
        Some(store) => store.withdrawals(None, WITHDRAWN_LISTED).await?,
        None => Vec::new(),
    };
    if as_json {
        let listed: Vec<Value> = withdrawn.iter().map(withdrawal_json).collect();
        let object: Value = json!({ "feeds": feeds, "withdrawn": listed });
        say(serde_json::to_string_pretty(&object).map_err(Failure::failed)?);
    } else {
        for line in table::lines(&["FEED", "TITLE", "ARTICLES", "NEWEST (UTC)", "ADDRESS"], &rows) {
            say(line);
        }
        for withdrawal in &withdrawn {
            let (by, at) = (withdrawal.by.name(), withdrawal.at.format("%F %H:%M UTC"));
            let outlets: Vec<&str> = withdrawal.outlets.iter().map(String::as_str).collect();
            say(format_args!(
                "\nwithdrawn {at} ({by}): {}\n  {}  {}\n  {}",
                withdrawal.title,
                withdrawal.key,
                outlets.join(", "),
                withdrawal.reason
            ));
        }
        if !withdrawn.is_empty() {
            say("\nwhat is withdrawn stays so, until `reprint withdraw ID --restore`");
        }
    }
    Ok(())
}

fn withdrawal_json(withdrawal: &Withdrawal) -> Value {
    json!({
        "key": withdrawal.key,
        "id": withdrawal.id,
        "title": withdrawal.title,
        "url": withdrawal.url.as_ref().map(|url| url.as_str()),
        "outlets": withdrawal.outlets,
        "by": withdrawal.by.name(),
        "at": withdrawal.at.format("%FT%TZ").to_string(),
        "reason": withdrawal.reason,
    })
}
