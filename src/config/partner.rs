//! Reading `[[partner]]`: who pulls feeds with a token.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use ipnet::IpNet;
use toml::Spanned;

use super::check::Places;
use super::credentials::{Files, Warnings};
use super::keys::nearest;
use super::read::Section;
use super::report::{Mistakes, shown};
use super::value::{self, Wrong, wrong};
use crate::model::Secret;

/// Shortest token, characters: 96 bits in base64.
const SHORTEST: usize = 16;

/// Longest token, characters.
const LONGEST: usize = 512;

/// Tokens of a partner: the old one and the new one.
const MOST_TOKENS: usize = 2;

/// Most requests a minute that can be written.
const FASTEST: u64 = 60_000;

/// `[[partner]]`: who pulls feeds with a token.
#[derive(Debug, Clone)]
pub struct Partner {
    /// `[a-z0-9-]+`, unique among partners: its user name.
    pub id: String,
    /// Name as people know it.
    pub name: String,
    /// Its tokens: one, or two while they are changed.
    pub tokens: Vec<Token>,
    /// Ids of the feeds it may read; never empty.
    pub feeds: Vec<String>,
    /// Networks it may come from; empty: any.
    pub allow: Vec<IpNet>,
    /// Requests a minute.
    pub rate: Option<u32>,
    /// From then on it may not read any more.
    pub expires: Option<DateTime<Utc>>,
}

/// A token of a partner.
#[derive(Debug, Clone)]
pub struct Token {
    /// The file it is in.
    pub file: PathBuf,
    /// The token. Read by [`super::load`] only.
    pub secret: Option<Secret>,
}

/// A `[[partner]]` as written.
#[derive(Debug)]
pub(super) struct Draft {
    id: Option<Spanned<String>>,
    feeds: Vec<Spanned<String>>,
    tokens: Vec<Spanned<(PathBuf, Option<Secret>)>>,
    never_back: Option<Spanned<String>>,
    partner: Option<Partner>,
}

impl Draft {
    /// The partner, if it could be read.
    pub(super) fn complete(self) -> Option<Partner> {
        self.partner
    }
}

/// A `[[feed]]`, as far as partners are concerned.
#[derive(Debug)]
pub(super) struct Named {
    /// Its id.
    pub(super) id: String,
    /// Where it is said that it is for partners only.
    pub(super) restricted: Option<Range<usize>>,
}

/// Reads a `[[partner]]`.
pub(super) fn read(
    section: &Section<'_, '_>,
    mistakes: &mut Mistakes,
    broken: bool,
    places: Option<&Places<'_>>,
    warnings: &mut Warnings,
) -> Draft {
    // Whoever writes the token itself here is not to find it in a bug report.
    section.hide_strangers(mistakes, &[]);
    section.check_keys(mistakes);
    if !broken {
        section.require(mistakes, "id", "\"harbour-ledger\"");
        section.require(mistakes, "feeds", "[\"for-partners\"]");
        if !section.has("token_files") {
            section.require(mistakes, "token_file", "\"harbour-ledger.token\"");
        }
    }
    for (key, help) in [
        ("feeds", "list ids of feeds; a partner that may read nothing is taken out of the file"),
        ("token_files", "name a file that holds the token alone; a partner whose token is revoked is taken out of the file"),
        ("allow", "list networks, or leave the key out for any"),
    ] {
        if section.is_empty_list(key) {
            mistakes.add(format!("`partner.{key}` is an empty list"), section.value_span(key), help.to_owned());
        }
    }
    if section.has("token_file") && section.has("token_files") {
        mistakes.add_with(
            "`partner.token_file` and `partner.token_files` are both there".to_owned(),
            section.key_span("token_files"),
            "put both files into `token_files`, and leave `token_file` out".to_owned(),
            section.key_span("token_file"),
            "the other one",
        );
    }
    let id = section.string(mistakes, "id", value::id);
    let name = section.string(mistakes, "name", value::line);
    let mut files = Files::new(places, warnings);
    let mut tokens = files.one_secret(section, mistakes, "token_file", &token);
    tokens.extend(files.secrets(section, mistakes, "token_files", &token));
    if tokens.len() > MOST_TOKENS && !section.has("token_file") {
        mistakes.add(
            format!("`partner.token_files` names more than {MOST_TOKENS} files"),
            section.value_span("token_files"),
            "keep the old token and the new one; give another site a [[partner]] of its own".to_owned(),
        );
    }
    let feeds = section.strings(mistakes, "feeds", |written| Ok(written.to_owned())).unwrap_or_default();
    let allow = section.strings(mistakes, "allow", value::network);
    let rate = section.integer(mistakes, "rate", 1..=FASTEST).and_then(|rate| u32::try_from(rate).ok());
    let expires = section.string(mistakes, "expires", last_day);
    let never_back = section.string(mistakes, "never_back", |written| Ok(written.to_owned()));
    let partner = id.as_ref().map(|id| Partner {
        id: id.get_ref().clone(),
        name: name.map_or_else(|| id.get_ref().clone(), Spanned::into_inner),
        tokens: tokens
            .iter()
            .map(|token| {
                let (file, secret) = token.get_ref().clone();
                Token { file, secret }
            })
            .collect(),
        feeds: feeds.iter().map(|feed| feed.get_ref().clone()).collect(),
        allow: allow.into_iter().flatten().map(Spanned::into_inner).collect(),
        rate,
        expires: expires.map(Spanned::into_inner),
    });
    Draft { id, feeds, tokens, never_back, partner }
}

/// What a token consists of (RFC 6750 § 2.1, `b64token`), so that every way of sending it takes it as it is.
fn token(secret: &str) -> Result<(), Wrong> {
    const MAKE: &str = "make one with `openssl rand -hex 32`, alone in the file";
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if !secret.bytes().all(fits) {
        return wrong("has characters that no token has: it consists of A-Z, a-z, 0-9 and -._~+/=", MAKE);
    }
    if secret.len() < SHORTEST {
        return wrong(format!("is shorter than {SHORTEST} characters and can be guessed"), MAKE);
    }
    if secret.len() > LONGEST {
        return wrong(format!("is longer than {LONGEST} characters"), MAKE);
    }
    Ok(())
}

/// The end of a day of UTC.
fn last_day(written: &str) -> Result<DateTime<Utc>, Wrong> {
    let day = NaiveDate::parse_from_str(written, "%Y-%m-%d").ok().filter(|_| written.len() == 10);
    let end = day.and_then(|day| day.and_hms_opt(0, 0, 0)).and_then(|start| start.checked_add_signed(TimeDelta::days(1)));
    match end {
        Some(end) => Ok(end.and_utc()),
        None => wrong(
            format!("is `{}`, which is no day", shown(written)),
            "write year, month and day, for example \"2027-06-30\": the last day on which it may read",
        ),
    }
}

/// Reports what partners, feeds and outlets contradict each other in. `always`: ids of the feeds that need not be written. Gives the feeds that are
/// made for one partner alone, with its outlet. `complete`: all ids could be read.
pub(super) fn check(
    partners: &[Draft],
    feeds: &[Named],
    always: &[String],
    complete: bool,
    mistakes: &mut Mistakes,
    warnings: &mut Warnings,
) -> Vec<(String, Spanned<String>)> {
    let mut seen: HashMap<&str, Range<usize>> = HashMap::new();
    for id in partners.iter().filter_map(|partner| partner.id.as_ref()) {
        match seen.get(id.get_ref().as_str()) {
            Some(first) => mistakes.add_with(
                format!("two partners have the id `{}`", shown(id.get_ref())),
                id.span(),
                "choose another: it is the partner's user name".to_owned(),
                first.clone(),
                "the first one",
            ),
            None => {
                seen.insert(id.get_ref(), id.span());
            }
        }
    }
    same_tokens(partners, mistakes);

    let mut readers: HashMap<&str, usize> = HashMap::new();
    for partner in partners {
        let mut named: HashMap<&str, Range<usize>> = HashMap::new();
        for feed in &partner.feeds {
            let id = feed.get_ref().as_str();
            let restricted = feeds.iter().find(|feed| feed.id == id).map(|feed| feed.restricted.is_some());
            let restricted = restricted.or_else(|| always.iter().any(|always| always == id).then_some(false));
            if let Some(first) = named.insert(id, feed.span()) {
                mistakes.add_with(
                    format!("the partner may read the feed `{}` twice", shown(id)),
                    feed.span(),
                    "leave one out".to_owned(),
                    first,
                    "it is here already",
                );
                continue;
            }
            *readers.entry(id).or_default() += 1;
            match restricted {
                Some(true) => {}
                Some(false) => warnings.add(
                    feed.span(),
                    format!(
                        "the feed `{}` is public: everybody may read it, not only this partner; `access = \"partners\"` in its [[feed]] changes that",
                        shown(id)
                    ),
                ),
                None if complete => mistakes.add(
                    format!("there is no feed with the id `{}`", shown(id)),
                    feed.span(),
                    unknown_feed(id, feeds, always),
                ),
                None => {}
            }
        }
    }
    for feed in feeds {
        if let Some(place) = &feed.restricted
            && !readers.contains_key(feed.id.as_str())
        {
            warnings.add(place.clone(), format!("nobody may read the feed `{}`: no [[partner]] names it", shown(&feed.id)));
        }
    }
    made_for(partners, feeds, &readers, always, complete, mistakes)
}

/// Feeds that are read by one partner that has an outlet.
fn made_for(
    partners: &[Draft],
    feeds: &[Named],
    readers: &HashMap<&str, usize>,
    always: &[String],
    complete: bool,
    mistakes: &mut Mistakes,
) -> Vec<(String, Spanned<String>)> {
    let mut made = Vec::new();
    for partner in partners {
        let Some(outlet) = &partner.never_back else { continue };
        let outlets: Vec<&str> = always.iter().skip(1).map(String::as_str).collect();
        if complete && !outlets.contains(&outlet.get_ref().as_str()) {
            let help = match nearest(outlet.get_ref(), outlets.iter().copied()) {
                Some(id) => format!("did you mean `{id}`?"),
                None => "write the id of an [[outlet]] of this file".to_owned(),
            };
            mistakes.add(format!("there is no outlet with the id `{}`", shown(outlet.get_ref())), outlet.span(), help);
            continue;
        }
        for feed in &partner.feeds {
            let id = feed.get_ref().as_str();
            let alone = readers.get(id) == Some(&1) && feeds.iter().any(|feed| feed.id == id && feed.restricted.is_some());
            if alone {
                made.push((id.to_owned(), outlet.clone()));
            } else {
                mistakes.add_with(
                    format!(
                        "what came from this partner can be left out of feeds for it alone, and `{}` is for others too",
                        shown(id)
                    ),
                    feed.span(),
                    "give the partner a [[feed]] of its own with access = \"partners\", or write `never_back` in the feed"
                        .to_owned(),
                    outlet.span(),
                    "it is asked for here",
                );
            }
        }
    }
    made
}

/// A token says who somebody is.
fn same_tokens(partners: &[Draft], mistakes: &mut Mistakes) {
    let mut seen: HashMap<&str, Range<usize>> = HashMap::new();
    for token in partners.iter().flat_map(|partner| &partner.tokens) {
        let Some(secret) = &token.get_ref().1 else { continue };
        match seen.get(secret.expose()) {
            Some(first) => mistakes.add_with(
                "two files hold the same token".to_owned(),
                token.span(),
                "make another with `openssl rand -hex 32`: the token says who somebody is".to_owned(),
                first.clone(),
                "the first one",
            ),
            None => {
                seen.insert(secret.expose(), token.span());
            }
        }
    }
}

fn unknown_feed(written: &str, feeds: &[Named], always: &[String]) -> String {
    let ids: Vec<&str> = feeds.iter().map(|feed| feed.id.as_str()).chain(always.iter().map(String::as_str)).collect();
    match nearest(written, ids.iter().copied()) {
        Some(id) => format!("did you mean `{id}`?"),
        None => {
            const MOST: usize = 12;
            let some: Vec<&str> = ids.iter().copied().take(MOST).collect();
            format!("feeds are {}{}", some.join(", "), if ids.len() > MOST { " …" } else { "" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_can_be_sent_in_every_way() {
        let check = |secret: &str, expected: Option<&str>| match (token(secret), expected) {
            (Ok(()), None) => {}
            (Err(wrong), Some(words)) => assert!(wrong.what.contains(words), "{wrong:?}"),
            (got, _) => panic!("{secret}: {got:?}"),
        };
        check("0123456789abcdef", None);
        check("aZ09-._~+/aZ09-._~+/==", None);
        check("0123456789abcde", Some("shorter"));
        check(&"x".repeat(513), Some("longer"));
        check("0123456789 abcdef", Some("characters"));
        check("0123456789abcdeü", Some("characters"));
    }

    #[test]
    fn the_last_day_is_a_whole_day() {
        let check = |written: &str, expected: Option<&str>| {
            let end = last_day(written).ok().map(|end| end.to_rfc3339());
            assert_eq!(end.as_deref(), expected, "{written}");
        };
        check("2027-06-30", Some("2027-07-01T00:00:00+00:00"));
        check("2028-02-29", Some("2028-03-01T00:00:00+00:00"));
        for written in ["", "2027-02-29", "30.06.2027", "2027-6-30", "2027-06-30T00:00", "soon"] {
            check(written, None);
        }
    }
}
