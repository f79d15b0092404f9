//! `reprint feeds`: what is published.

use std::path::Path;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Failure, load_without_secrets, say, table};
use crate::config::{Config, Feed, Target};
use crate::daemon;
use crate::model::{Awaited, Spending, StoredArticle, Untranslated, Withdrawal};
use crate::pipeline;
use crate::store::Store;

/// Withdrawals listed, the latest.
const WITHDRAWN_LISTED: usize = 1_000;

/// Articles listed that could not be translated, the latest.
const UNTRANSLATED_LISTED: usize = 100;

/// Percent of a budget from which on it is warned of.
const NEARLY: u64 = 80;

pub(super) async fn run(path: &Path, as_json: bool) -> Result<(), Failure> {
    let config = load_without_secrets(path)?;
    let database = &config.site.database;
    let store = if database.exists() { Some(Store::open_read_only(database).await?) } else { None };
    // The last whole day and today: what is counted of today is not yet a day.
    let audiences = match &store {
        Some(store) => store.audiences(daemon::now() - TimeDelta::days(1)).await?,
        None => Vec::new(),
    };
    let mut rows = Vec::new();
    let mut feeds = Vec::new();
    for feed in &config.feeds {
        let window = match &store {
            Some(store) => pipeline::shown(store, &config, feed, daemon::now()).await?.articles,
            None => Vec::new(),
        };
        let of_feed = audiences.iter().filter(|audience| audience.feed == feed.id);
        let subscribers = of_feed.map(|audience| audience.readers + audience.subscribers).max().unwrap_or_default();
        let newest = window.first().map(|article| article.date());
        let address = |extension: &str| format!("{}feeds/{}.{extension}", config.site.url, feed.id);
        rows.push(vec![
            feed.id.clone(),
            feed.title.clone(),
            window.len().to_string(),
            newest.map_or("–".to_owned(), |at| at.format("%F %H:%M").to_string()),
            if feed.is_public() { subscribers.to_string() } else { "partners".to_owned() },
            address("atom"),
        ]);
        feeds.push(json!({
            "id": feed.id,
            "title": feed.title,
            "language": feed.language,
            "outlets": feed.outlets,
            "articles": window.len(),
            "access": if feed.is_public() { "public" } else { "partners" },
            "subscribers": feed.is_public().then_some(subscribers),
            "newest": newest.map(|at| at.format("%FT%TZ").to_string()),
            "rss": address("rss"),
            "atom": address("atom"),
            "json": address("json"),
            "translation": feed.translate.as_ref().map(|target| translation_json(target, &window)),
        }));
    }
    let withdrawn = match &store {
        Some(store) => store.withdrawals(None, WITHDRAWN_LISTED).await?,
        None => Vec::new(),
    };
    let (spending, untranslated) = match &store {
        Some(store) => (store.spending(daemon::now()).await?, store.untranslated(UNTRANSLATED_LISTED).await?),
        None => (Vec::new(), Vec::new()),
    };
    let ledger = ledger(&config, &spending);
    if as_json {
        let listed: Vec<Value> = withdrawn.iter().map(withdrawal_json).collect();
        let waiting: Vec<Value> = untranslated.iter().map(untranslated_json).collect();
        let spent: Vec<Value> = ledger.iter().map(Line::json).collect();
        let object: Value = json!({ "feeds": feeds, "withdrawn": listed, "untranslated": waiting, "spending": spent });
        say(serde_json::to_string_pretty(&object).map_err(Failure::failed)?);
    } else {
        for line in table::lines(&["FEED", "TITLE", "ARTICLES", "NEWEST (UTC)", "SUBSCRIBERS", "ADDRESS"], &rows) {
            say(line);
        }
        say_translations(&ledger, &untranslated);
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

/// What a translator or a feed spent today, against its budget.
struct Line {
    whose: &'static str,
    id: String,
    unit: String,
    spent: u64,
    calls: u64,
    budget: Option<u64>,
}

impl Line {
    /// Percent of the budget, rounded down.
    fn percent(&self) -> Option<u64> {
        let budget = self.budget?.max(1);
        u64::try_from(u128::from(self.spent) * 100 / u128::from(budget)).ok()
    }

    fn is_nearly_spent(&self) -> bool {
        self.percent().is_some_and(|percent| percent >= NEARLY)
    }

    fn json(&self) -> Value {
        json!({
            self.whose: self.id,
            "unit": self.unit,
            "spent": self.spent,
            "calls": self.calls,
            "budget": self.budget,
            "warning": self.is_nearly_spent(),
        })
    }
}

/// Today by translator, then by feed. What was set aside for a call counts as spent until it is settled.
fn ledger(config: &Config, spending: &[Spending]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let budget = |whose: &str, id: &str| match whose {
        "translator" => config.translator(id).and_then(|translator| translator.budget),
        _ => config.feed(id).and_then(|feed: &Feed| feed.translate.as_ref()).and_then(|target| target.budget),
    };
    for whose in ["translator", "feed"] {
        for row in spending {
            let id = if whose == "translator" { &row.translator } else { &row.feed };
            let spent = row.spent.saturating_add(row.reserved);
            match lines.iter_mut().find(|line| line.whose == whose && line.id == *id) {
                Some(line) => {
                    line.spent = line.spent.saturating_add(spent);
                    line.calls += row.calls;
                }
                None => lines.push(Line {
                    whose,
                    id: id.clone(),
                    unit: row.unit.clone(),
                    spent,
                    calls: row.calls,
                    budget: budget(whose, id),
                }),
            }
        }
    }
    lines
}

fn say_translations(ledger: &[Line], untranslated: &[Untranslated]) {
    if !ledger.is_empty() {
        let cells = |line: &Line| {
            let of = line.budget.map_or("no bound".to_owned(), |budget| budget.to_string());
            let percent = line.percent().map_or("–".to_owned(), |percent| format!("{percent} %"));
            vec![
                format!("{} {}", line.whose, line.id),
                line.spent.to_string(),
                of,
                percent,
                line.unit.clone(),
                line.calls.to_string(),
            ]
        };
        let rows: Vec<Vec<String>> = ledger.iter().map(cells).collect();
        say("");
        for line in table::lines(&["TRANSLATED TODAY (UTC)", "SPENT", "BUDGET", "USED", "UNIT", "CALLS"], &rows) {
            say(line);
        }
        for line in ledger.iter().filter(|line| line.is_nearly_spent()) {
            let percent = line.percent().unwrap_or_default();
            say(format_args!("warning: {percent} % of the budget of the {} `{}` are spent for today", line.whose, line.id));
        }
    }
    for article in untranslated {
        let next = article.next_try.map_or("at the next start".to_owned(), |next| next.format("%F %H:%M UTC").to_string());
        let outdated = if article.is_outdated { "; readers have the translation of an earlier version" } else { "" };
        say(format_args!(
            "\nnot translated to {}: {}\n  {}\n  {} tries since {}, the next {next}{outdated}",
            article.language,
            article.source,
            article.problem,
            article.tries,
            article.since.format("%F %H:%M UTC")
        ));
    }
}

fn translation_json(target: &Target, window: &[StoredArticle]) -> Value {
    let count = |wanted: fn(&StoredArticle) -> bool| window.iter().filter(|article| wanted(article)).count();
    json!({
        "to": target.to,
        "engine": target.engine,
        "translated": count(|article| article.beside.source.is_some()),
        "pending": count(|article| matches!(article.beside.awaited, Some(Awaited::Untranslated(_)))),
        "outdated": count(|article| article.beside.awaited == Some(Awaited::Outdated)),
    })
}

fn untranslated_json(article: &Untranslated) -> Value {
    json!({
        "article": article.source,
        "to": article.language,
        "problem": article.problem,
        "tries": article.tries,
        "since": article.since.format("%FT%TZ").to_string(),
        "next": article.next_try.map(|next| next.format("%FT%TZ").to_string()),
        "outdated": article.is_outdated,
    })
}
