//! `[outlet.terms]`: on what terms we repost an outlet's articles, as data that decides what may be shown of an article, and when.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use toml::Spanned;
use url::Url;

use super::credentials::Warnings;
use super::language::language;
use super::read::Section;
use super::report::{Mistakes, shown};
use super::value::{self, Wrong};
use super::{Outlet, address};
use crate::model::{Article, StoredArticle};

/// Longest embargo: whoever writes more has mistaken the unit.
const LONGEST_EMBARGO: Duration = Duration::from_secs(366 * 24 * 3600);

/// Longest life of an article that can be written: ten years.
const LONGEST_LIFE: Duration = Duration::from_secs(3653 * 24 * 3600);

/// Characters of the longest excerpt.
const LONGEST_EXCERPT: u64 = 100_000;

/// How much of an article is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Publish {
    /// All of it.
    #[default]
    Full,
    /// Its beginning, up to the end of a sentence, and a link to the rest.
    Excerpt {
        /// Most characters that a reader sees; `None`: what suits the script.
        characters: Option<usize>,
    },
    /// Its title, and a link to the text.
    Title,
}

/// `[outlet.terms]`: on what terms we repost an outlet's articles.
#[derive(Debug, Clone)]
pub struct Terms {
    /// How much of an article is shown.
    pub publish: Publish,
    /// Time from the date of an article during which it is not shown.
    pub embargo: Option<Duration>,
    /// Time from the date of an article after which it is not shown any more.
    pub expire: Option<Duration>,
    /// Language ranges (RFC 4647) of the articles that are relayed; empty: every language.
    pub languages: Vec<String>,
    /// Whether pictures are shown, from the outlet's own server.
    pub images: bool,
    /// Whether the outlet's counter of republications, a picture of one pixel, stays in its texts.
    pub counter: bool,
    /// Whether search engines are asked to leave its articles out.
    pub noindex: bool,
    /// Disclaimer at both ends of each of its articles.
    pub disclaimer: Option<String>,
    /// Rights text where the feed has none.
    pub rights: Option<String>,
    /// Licence where the feed has none.
    pub licence: Option<Url>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            publish: Publish::Full,
            embargo: None,
            expire: None,
            languages: Vec::new(),
            images: true,
            counter: false,
            noindex: false,
            disclaimer: None,
            rights: None,
            licence: None,
        }
    }
}

/// Whether an article is shown at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Shown,
    /// Not before then.
    Embargoed(DateTime<Utc>),
    /// Not any more, since then.
    Expired(DateTime<Utc>),
    /// Its language is none of those that are relayed, or not known.
    OtherLanguage,
}

impl Terms {
    /// When an article of this date may be shown. A date in the future is one that its outlet has put on it as an embargo.
    pub fn released(&self, date: DateTime<Utc>) -> DateTime<Utc> {
        later(date, self.embargo.unwrap_or_default())
    }

    /// When an article of this date has to be gone, if ever.
    pub fn expires(&self, date: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.expire.map(|life| later(date, life))
    }

    /// Whether articles in this language are relayed: extended filtering (RFC 4647 § 3.3.2), so that `zh` takes every Chinese, `zh-Hant` the
    /// traditional script whatever the region, and `zh-TW` what says Taiwan with or without the script.
    pub fn relays(&self, language: Option<&str>) -> bool {
        self.languages.is_empty() || language.is_some_and(|tag| self.languages.iter().any(|range| matches(range, tag)))
    }

    /// Whether anything but the article itself decides if it is shown.
    pub fn is_open(&self) -> bool {
        self.embargo.is_none() && self.expire.is_none() && self.languages.is_empty()
    }
}

impl Outlet {
    /// Whether an article of this outlet is shown at `now`. What it would not be shown for ever counts first.
    pub fn standing(&self, article: &StoredArticle, now: DateTime<Utc>) -> Standing {
        self.standing_of(&article.attributed.article, article.identity.first_seen, now)
    }

    /// The same of an article that was first seen then.
    pub fn standing_of(&self, article: &Article, first_seen: DateTime<Utc>, now: DateTime<Utc>) -> Standing {
        let language = article.language.as_deref().or(self.language.as_deref());
        if !self.terms.relays(language) {
            return Standing::OtherLanguage;
        }
        let date = article.date(first_seen);
        if let Some(end) = self.terms.expires(date).filter(|end| *end <= now) {
            return Standing::Expired(end);
        }
        let released = self.terms.released(date);
        if released > now { Standing::Embargoed(released) } else { Standing::Shown }
    }
}

fn later(date: DateTime<Utc>, span: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(span).ok().and_then(|span| date.checked_add_signed(span)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// RFC 4647 § 3.3.2. The range has no `*`: no language key takes one.
pub(super) fn matches(range: &str, tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let mut wanted = range.split('-');
    let first = |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b));
    if !first(wanted.next(), subtags.next()) {
        return false;
    }
    for want in wanted {
        loop {
            match subtags.next() {
                None => return false,
                Some(subtag) if subtag.eq_ignore_ascii_case(want) => break,
                // What follows a singleton belongs to an extension.
                Some(subtag) if subtag.len() == 1 => return false,
                Some(_) => {}
            }
        }
    }
    true
}

/// Reads and checks the table.
pub(super) fn read(section: &Section<'_, '_>, mistakes: &mut Mistakes) -> Terms {
    section.check_keys(mistakes);
    let mut terms = Terms {
        publish: publish(section, mistakes),
        embargo: section.duration(mistakes, "embargo", Duration::ZERO..=LONGEST_EMBARGO),
        expire: section.duration(mistakes, "expire", Duration::from_secs(1)..=LONGEST_LIFE),
        languages: Vec::new(),
        images: section.string(mistakes, "images", images).is_none_or(Spanned::into_inner),
        counter: section.string(mistakes, "counter", counter).is_some_and(Spanned::into_inner),
        noindex: section.boolean(mistakes, "noindex").unwrap_or(false),
        disclaimer: section.string(mistakes, "disclaimer", value::text).map(Spanned::into_inner),
        rights: section.string(mistakes, "rights", value::text).map(Spanned::into_inner),
        licence: section.string(mistakes, "licence", address::web).map(Spanned::into_inner),
    };
    if section.is_empty_list("languages") {
        mistakes.add(
            "`outlet.terms.languages` is empty: no article would be relayed",
            section.value_span("languages"),
            "list the languages that may be relayed, for example [\"zh-Hans\", \"en\"], or leave the key out for all of them"
                .to_owned(),
        );
    } else if let Some(languages) = section.strings(mistakes, "languages", language) {
        terms.languages = languages.into_iter().map(Spanned::into_inner).collect();
    }
    if let (Some(embargo), Some(expire)) = (terms.embargo, terms.expire)
        && embargo >= expire
    {
        mistakes.add_with(
            format!(
                "the embargo is as long as articles are shown at all ({}): none would ever be",
                value::shown_duration(expire)
            ),
            section.value_span("embargo"),
            "both are counted from the date of the article: shorten the embargo, or make `expire` longer".to_owned(),
            section.value_span("expire"),
            "it has expired by then",
        );
    }
    terms
}

fn images(written: &str) -> Result<bool, Wrong> {
    match written {
        "link" => Ok(true),
        "none" => Ok(false),
        _ => value::wrong(
            format!("is `{}`, and not one of its two values", shown(written)),
            "write \"link\" to show pictures from the outlet's server, or \"none\" to show none",
        ),
    }
}

fn counter(written: &str) -> Result<bool, Wrong> {
    match written {
        "keep" => Ok(true),
        "drop" => Ok(false),
        _ => value::wrong(
            format!("is `{}`, and not one of its two values", shown(written)),
            "write \"keep\" where the outlet's terms ask for its counter of republications, or \"drop\" to take it out",
        ),
    }
}

/// `publish` and `excerpt`, which belong together.
fn publish(section: &Section<'_, '_>, mistakes: &mut Mistakes) -> Publish {
    let written = section.string(mistakes, "publish", |written| match written {
        "full" | "excerpt" | "title" => Ok(written.to_owned()),
        _ => value::wrong(
            format!("is `{}`, and not one of its three values", shown(written)),
            "write \"full\", \"excerpt\" (the beginning, with a link to the rest) or \"title\" (nothing but that link)",
        ),
    });
    if section.is_zero("excerpt") {
        mistakes.add(
            "`outlet.terms.excerpt` is 0: an excerpt of nothing",
            section.value_span("excerpt"),
            "for titles alone write publish = \"title\" and leave `excerpt` out".to_owned(),
        );
        return Publish::Title;
    }
    let characters =
        section.integer(mistakes, "excerpt", 1..=LONGEST_EXCERPT).and_then(|characters| usize::try_from(characters).ok());
    match written.as_ref().map(|written| written.get_ref().as_str()) {
        Some(other @ ("full" | "title")) if section.has("excerpt") => {
            mistakes.add_with(
                format!("`outlet.terms.excerpt` says how long excerpts are, and there are none with publish = \"{other}\""),
                section.value_span("excerpt"),
                "write publish = \"excerpt\", or leave `excerpt` out".to_owned(),
                section.value_span("publish"),
                "it says so here",
            );
            Publish::Title
        }
        Some("title") => Publish::Title,
        Some("excerpt") => Publish::Excerpt { characters },
        // Whoever gives the length of excerpts wants excerpts.
        None if section.has("excerpt") => Publish::Excerpt { characters },
        _ => Publish::Full,
    }
}

/// What of an outlet's terms is no mistake, and does not do what it looks like.
pub(super) fn warn(
    terms: &Terms,
    section: &Section<'_, '_>,
    outlet_language: Option<&str>,
    full_text: bool,
    warnings: &mut Warnings,
) {
    if !terms.relays(outlet_language) && outlet_language.is_some() {
        let language = outlet_language.unwrap_or_default();
        warnings.add(
            section.value_span("languages"),
            format!(
                "`languages` leaves out `{}`, the language of the outlet: articles that do not say another are not relayed",
                shown(language)
            ),
        );
    }
    if full_text && terms.publish == Publish::Title {
        warnings.add(
            section.value_span("publish"),
            "with publish = \"title\" no text is shown, and full_text = true reads every page for it: leave full_text out"
                .to_owned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_ranges_match_as_people_mean_them() {
        let check = |range: &str, tag: &str, expected: bool| assert_eq!(matches(range, tag), expected, "{range} {tag}");
        check("zh", "zh-Hans", true);
        check("zh", "zh", true);
        check("zh-Hans", "zh-hans-CN", true);
        check("zh-Hans", "zh-Hant", false);
        check("zh-Hans", "zh", false);
        check("zh-TW", "zh-Hant-TW", true);
        check("zh-TW", "zh-Hant-HK", false);
        check("en", "eng", false);
        check("de-DE", "de-x-DE", false);
        check("pt", "es", false);
    }

    #[test]
    fn no_languages_are_all_and_an_unknown_language_is_none_of_some() {
        let some = Terms { languages: vec!["en".to_owned(), "zh-Hant".to_owned()], ..Terms::default() };
        for (tag, expected) in [(Some("en-AU"), true), (Some("zh-Hant"), true), (Some("zh-Hans"), false), (None, false)] {
            assert_eq!(some.relays(tag), expected, "{tag:?}");
            assert!(Terms::default().relays(tag));
        }
    }

    #[test]
    fn spans_are_counted_from_the_date_and_never_overflow() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let terms = Terms { embargo: Some(Duration::from_secs(60)), expire: Some(Duration::from_secs(3600)), ..Terms::default() };
        assert_eq!((terms.released(at(1000)), terms.expires(at(1000))), (at(1060), Some(at(4600))));
        let open = Terms::default();
        assert_eq!((open.released(at(1000)), open.expires(at(1000))), (at(1000), None));
        assert_eq!(terms.expires(DateTime::<Utc>::MAX_UTC), Some(DateTime::<Utc>::MAX_UTC));
    }
}
