//! `reprint feeds`: what is published.

use std::path::Path;

use serde_json::{Value, json};

use super::{Failure, load_without_secrets, say, table};
use crate::daemon;
use crate::pipeline;
use crate::store::Store;

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
    if as_json {
        let object: Value = json!({ "feeds": feeds });
        say(serde_json::to_string_pretty(&object).map_err(Failure::failed)?);
    } else {
        for line in table::lines(&["FEED", "TITLE", "ARTICLES", "NEWEST (UTC)", "ADDRESS"], &rows) {
            say(line);
        }
    }
    Ok(())
}
