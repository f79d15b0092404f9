//! `reprint partners`: who pulls which feed; `reprint partners link`: an address that opens one.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Failure, load, load_without_secrets, say, table};
use crate::config::Partner;
use crate::daemon;
use crate::model::{LastPull, Pulls};
use crate::serve;
use crate::store::Store;

/// Days of which requests are counted beside today's.
const WEEK: i64 = 7;

/// Days that are looked back for the last pull.
const LOOKED_BACK: i64 = 400;

/// A token of which nothing shows that it will end: warned of when it is older.
const OLD: TimeDelta = TimeDelta::days(365);

/// What one partner pulled, of one feed or all.
#[derive(Debug, Default)]
struct Sum {
    today: u64,
    week: u64,
    refused: u64,
    bytes: u64,
    last: Option<LastPull>,
}

impl Sum {
    fn add(&mut self, row: &Pulls, today: i64) {
        let answered = row.whole + row.unchanged;
        if row.day == today {
            self.today += answered;
        }
        if row.day > today - WEEK {
            self.week += answered;
            self.refused += row.refused;
            self.bytes = self.bytes.saturating_add(row.bytes);
        }
        if let Some(last) = &row.last
            && self.last.as_ref().is_none_or(|known| known.at < last.at)
        {
            self.last = Some(last.clone());
        }
    }
}

pub(super) async fn run(path: &Path, as_json: bool) -> Result<(), Failure> {
    let config = load_without_secrets(path)?;
    let now = daemon::now();
    let database = &config.site.database;
    let rows = if database.exists() {
        Store::open_read_only(database).await?.pulls(now - TimeDelta::days(LOOKED_BACK)).await?
    } else {
        Vec::new()
    };
    let today = now.timestamp().div_euclid(24 * 60 * 60);
    let mut sums: BTreeMap<Option<&str>, Sum> = BTreeMap::new();
    let mut of_feeds: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
    for row in &rows {
        sums.entry(row.partner.as_deref()).or_default().add(row, today);
        if let (Some(partner), Some(feed)) = (&row.partner, &row.feed) {
            of_feeds.entry((partner, feed)).or_default().add(row, today);
        }
    }
    let unknown = sums.get(&None).map_or(0, |sum| sum.refused);
    let nothing = Sum::default();
    let sum_of =
        |partner: &Partner| sums.iter().find(|(id, _)| **id == Some(partner.id.as_str())).map_or(&nothing, |(_, sum)| sum);
    if as_json {
        let partners: Vec<Value> = config
            .partners
            .iter()
            .map(|partner| {
                let feeds: Vec<Value> = partner
                    .feeds
                    .iter()
                    .map(|feed| {
                        let sum = of_feeds.get(&(partner.id.as_str(), feed.as_str())).unwrap_or(&nothing);
                        sum_json(sum, json!({ "id": feed }))
                    })
                    .collect();
                let networks: Vec<String> = partner.allow.iter().map(ToString::to_string).collect();
                sum_json(
                    sum_of(partner),
                    json!({
                        "id": partner.id,
                        "name": partner.name,
                        "feeds": feeds,
                        "allow": networks,
                        "rate": partner.rate,
                        "expires": partner.expires.map(rfc3339),
                        "expired": partner.expires.is_some_and(|end| end <= now),
                        "tokens_since": partner.tokens.iter().map(|token| since(&token.file).map(rfc3339)).collect::<Vec<_>>(),
                    }),
                )
            })
            .collect();
        let object = json!({ "partners": partners, "refused_unknown_7_days": unknown });
        say(serde_json::to_string_pretty(&object).map_err(Failure::failed)?);
        return Ok(());
    }
    let cells = |partner: &Partner| {
        let sum = sum_of(partner);
        let tokens: Vec<String> = partner.tokens.iter().map(|token| age(since(&token.file), now)).collect();
        let expires = match partner.expires {
            Some(end) if end <= now => "expired".to_owned(),
            Some(end) => (end - TimeDelta::days(1)).format("%F").to_string(),
            None => "–".to_owned(),
        };
        vec![
            partner.id.clone(),
            partner.name.clone(),
            partner.feeds.join(","),
            sum.last.as_ref().map_or("never".to_owned(), |last| last.at.format("%F %H:%M").to_string()),
            sum.last.as_ref().map_or("–".to_owned(), |last| last.how.clone()),
            sum.today.to_string(),
            sum.week.to_string(),
            sum.refused.to_string(),
            tokens.join(", "),
            expires,
        ]
    };
    let cells: Vec<Vec<String>> = config.partners.iter().map(cells).collect();
    let header = ["PARTNER", "NAME", "FEEDS", "LAST PULL (UTC)", "BY", "TODAY", "7 DAYS", "REFUSED", "TOKEN", "EXPIRES"];
    for line in table::lines(&header, &cells) {
        say(line);
    }
    if unknown > 0 {
        say(format_args!("\n{unknown} requests without valid credentials were refused in 7 days"));
    }
    for partner in &config.partners {
        for token in &partner.tokens {
            if since(&token.file).is_some_and(|since| now - since > OLD) && partner.expires.is_none() {
                say(format_args!(
                    "warning: the token of `{}` is older than a year: put a new one beside it with token_files",
                    partner.id
                ));
            }
        }
    }
    Ok(())
}

fn sum_json(sum: &Sum, mut object: Value) -> Value {
    object["last"] = sum.last.as_ref().map_or(Value::Null, |last| {
        json!({ "at": rfc3339(last.at), "status": last.status, "how": last.how, "network": last.network, "agent": last.agent })
    });
    object["requests_today"] = sum.today.into();
    object["requests_7_days"] = sum.week.into();
    object["refused_7_days"] = sum.refused.into();
    object["bytes_7_days"] = sum.bytes.into();
    object
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.format("%FT%TZ").to_string()
}

/// When a token was put into its file.
fn since(file: &Path) -> Option<DateTime<Utc>> {
    std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok().map(DateTime::from)
}

fn age(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    since.map_or("?".to_owned(), |since| format!("{} d", (now - since).num_days().max(0)))
}

/// Prints the addresses of a feed that open for who has them.
pub(super) fn link(path: &Path, partner: &str, feed: &str, days: u32) -> Result<(), Failure> {
    let config = load(path)?;
    let known = config.partners.iter().find(|known| known.id == partner);
    let Some(known) = known else {
        let ids: Vec<&str> = config.partners.iter().map(|partner| partner.id.as_str()).collect();
        return Err(Failure::Failed(format!(
            "there is no partner `{partner}` in {}; partners are: {}",
            path.display(),
            ids.join(", ")
        )));
    };
    if !known.feeds.iter().any(|id| id == feed) {
        return Err(Failure::Failed(format!(
            "the partner `{partner}` may not read the feed `{feed}`; its feeds are: {}",
            known.feeds.join(", ")
        )));
    }
    // The last of two is the new one.
    let Some(token) = known.tokens.iter().rev().find_map(|token| token.secret.as_ref()) else {
        return Err(Failure::Failed(format!("the partner `{partner}` has no token")));
    };
    let now = daemon::now();
    let end = now + TimeDelta::days(i64::from(days));
    let end = known.expires.map_or(end, |expires| end.min(expires));
    if end <= now {
        return Err(Failure::Failed(format!("the partner `{partner}` has expired")));
    }
    let segment = serve::signature(token.expose(), partner, feed, end.timestamp());
    for extension in ["atom", "rss", "json"] {
        say(format_args!("{}feeds/{segment}/{feed}.{extension}", config.site.url));
    }
    super::tell(format_args!(
        "whoever has one of these addresses reads the feed until {}, or until the token of `{partner}` is replaced",
        end.format("%F %H:%M UTC")
    ));
    Ok(())
}
