//! `reprint explain`: an article after every stage, for people.

mod sheet;

use std::io::IsTerminal;
use std::path::Path;

use chrono::SecondsFormat;
use url::Url;

use self::sheet::Sheet;
use super::input::Input;
use super::outlets::release;
use super::{Failure, inspect, load_without_secrets, say};
use crate::attribute;
use crate::config::{self, Config, Outlet, Publish, Standing};
use crate::model::{
    Article, Evidence, FetchedDocument, Identity, Link, PageSelectors, ParsedEntry, ParsedFeed, ParsedPage, Party, Person, Place,
    Precision, Provenance, StoredArticle, Text, Timestamp, Verdict,
};
use crate::normalize::page::{self, Pages};
use crate::normalize::{self, Setting, html, text};
use crate::parse::charset;
use crate::parse::html::{Asked, listing, page as parse_page};
use crate::parse::{self, Bounds};
use crate::pipeline::Walk;
use crate::render::Renderer;

/// Entries of a feed that are shown when none is asked for.
const ENTRIES: usize = 3;
/// Rows of a page that are shown.
const ROWS: usize = 16;
/// Characters of a text that are shown.
const TEXT: usize = 300;

/// Reads a document and prints what every stage makes of it.
pub(super) async fn run(input: &Input, entry: Option<usize>, id: Option<&str>, path: &Path) -> Result<(), Failure> {
    let config = match id {
        Some(_) => Some(load_without_secrets(path)?),
        None => None,
    };
    let configured = match (&config, id) {
        (Some(config), Some(id)) => Some(config.outlet(id).cloned().ok_or_else(|| {
            let known: Vec<&str> = config.outlets.iter().map(|outlet| outlet.id.as_str()).collect();
            Failure::Usage(format!("no outlet `{id}` in {}; there are: {}", path.display(), known.join(", ")))
        })?),
        _ => None,
    };
    let (doc, zone) = input.read().await?;
    let outlet = configured.unwrap_or_else(|| inspect::neutral_outlet(&doc.url, zone));
    let asking = input.further(&doc)?;
    let further = async |address: Url| match &asking {
        Some(asking) => asking.ask(&address).await,
        None => Err("further pages are read where the first one was asked for, not in a file".to_owned()),
    };
    let told = explain(&doc, &outlet, config.as_ref(), entry, std::io::stdout().is_terminal(), further).await?;
    say(told);
    Ok(())
}

/// What every stage makes of a document. `config` is the one the outlet is from, if it is from one. `further` gives a further page of an article, or
/// says why not.
async fn explain(
    doc: &FetchedDocument,
    outlet: &Outlet,
    config: Option<&Config>,
    entry: Option<usize>,
    terminal: bool,
    further: impl AsyncFn(Url) -> Result<FetchedDocument, String>,
) -> Result<String, Failure> {
    let made;
    let config = match config {
        Some(config) => config,
        None => {
            made = no_config()?;
            &made
        }
    };
    let renderer = Renderer::new(config, config.site.templates.as_deref()).map_err(Failure::Configuration)?;
    let mut told = Told { sheet: Sheet::new(terminal), doc, outlet: outlet.clone(), renderer };
    told.fetched();
    let charset = outlet.charset.as_deref();
    let is_listing = outlet.listing(&doc.url).or_else(|| outlet.listing(&doc.requested));
    let feed = match is_listing {
        Some(list) => listing(doc, charset, &list.selectors, html::bounded, Bounds::default()),
        // A page that is marked up as a feed is read as one where an entry is asked for; else it may be an article.
        None if entry.is_some() => parse::feed(doc, charset, Bounds::default(), html::bounded),
        None => parse::document(doc, charset, Bounds::default()),
    };
    match feed {
        Ok(feed) => told.feed(&feed, entry)?,
        Err(refusal) if refusal.code == "not_a_feed" && entry.is_none() => {
            let rules = config.site_rules.of(doc.url.host_str().unwrap_or_default());
            let rules = rules.filter(|_| outlet.extract == PageSelectors::default());
            let read = |doc: &FetchedDocument, first: &Url, number: u32| {
                let rules = rules.map(|rules| &**rules);
                let asked = Asked { first, number, selectors: &outlet.extract, rules, bounded: html::bounded };
                parse_page(doc, charset, &asked)
            };
            let page = read(doc, &doc.url, 1).map_err(Failure::failed)?;
            let mut walk = Walk::new(&doc.url);
            // It is here already.
            walk.ask();
            walk.read(doc.url.clone(), page.clone());
            let mut missing = None;
            while let Some((address, number)) = walk.ask() {
                let first = walk.first().cloned();
                let page = match further(address.clone()).await {
                    Ok(doc) => read(&doc, first.as_ref().unwrap_or(&doc.url), number)
                        .map(|page| (doc.url, page))
                        .map_err(|refusal| refusal.message),
                    Err(reason) => Err(reason),
                };
                match page {
                    Ok((answered, page)) => walk.read(answered, page),
                    Err(reason) => {
                        missing = Some((address, reason));
                        if !walk.failed() {
                            break;
                        }
                    }
                }
            }
            told.page(&page, &walk.finish(), missing)?;
        }
        Err(refusal) => return Err(Failure::failed(refusal)),
    }
    Ok(told.sheet.finish())
}

/// The configuration of nobody: what is rendered with the built-in templates.
fn no_config() -> Result<Config, Failure> {
    let text = "[site]\ntitle = \"reprint\"\nurl = \"https://relay.invalid/\"\n[[outlet]]\nname = \"none\"\nfeed = \"https://none.invalid/\"\n";
    config::parse("(built in)", text).map_err(Failure::failed)
}

struct Told<'a> {
    sheet: Sheet,
    doc: &'a FetchedDocument,
    outlet: Outlet,
    renderer: Renderer,
}

impl Told<'_> {
    fn fetched(&mut self) {
        let doc = self.doc;
        self.sheet.heading("fetched", &utc(doc.fetched_at));
        self.sheet.field("address", doc.url.as_str());
        if doc.requested != doc.url {
            self.sheet.field("asked for", doc.requested.as_str());
        }
        self.sheet.field("bytes", &doc.body.len().to_string());
        self.sheet.field("content type", doc.content_type.as_deref().unwrap_or("not said"));
        match charset::of(doc, self.outlet.charset.as_deref()) {
            Some(charset) => {
                self.sheet.field("charset", charset.name);
                self.sheet.because("charset", &charset.evidence.to_string());
            }
            None => self.sheet.field("charset", "none that it can be read in"),
        }
    }

    fn feed(&mut self, feed: &ParsedFeed, asked: Option<usize>) -> Result<(), Failure> {
        let head = &feed.head;
        let title = head.title.as_ref().map(text::plain).unwrap_or_default();
        if self.outlet.name.is_empty() {
            self.outlet.name.clone_from(&title);
        }
        if self.outlet.homepage.is_none() {
            let home = head.links.iter().find(|link| link.rel == "alternate");
            self.outlet.homepage = home.and_then(|link| normalize::url::resolve(&self.doc.url, &link.base, &link.href));
        }
        let sheet = &mut self.sheet;
        sheet.heading("parsed", &format!("{}, {} entries, as written", feed.format.name(), feed.entries.len()));
        sheet.field("title", &title);
        sheet.field("language", head.language.as_deref().unwrap_or_default());
        sheet.field("rights", &head.rights.as_ref().map(text::plain).unwrap_or_default());
        for warning in &feed.warnings {
            sheet.field("warning", &format!("{} [{}]", warning.message, warning.code));
        }
        if let Some(asked) = asked
            && !(1..=feed.entries.len()).contains(&asked)
        {
            return Err(Failure::Usage(format!("--entry {asked}: the feed has {} entries", feed.entries.len())));
        }
        let shown = asked.map_or(0..ENTRIES.min(feed.entries.len()), |asked| asked - 1..asked);
        for (index, entry) in feed.entries.iter().enumerate().skip(shown.start).take(shown.len()) {
            self.sheet.heading(&format!("entry {} of {}", index + 1, feed.entries.len()), "parsed, as written");
            self.entry(entry);
            let setting = Setting {
                outlet: &self.outlet,
                feed_url: &self.doc.requested,
                base: &self.doc.url,
                fetched_at: self.doc.fetched_at,
                head,
            };
            let article = normalize::entry(&setting, entry);
            self.article(article);
        }
        let left = feed.entries.len().saturating_sub(shown.end);
        if asked.is_none() && left > 0 {
            self.sheet.line("");
            self.sheet.line(&format!("{left} more entries; --entry {} shows the next one", shown.end + 1));
        }
        Ok(())
    }

    /// `page` is the document; `pages` are those that the article is made of, which it need not be among; `missing` is the one of them that cannot be
    /// read.
    fn page(&mut self, page: &ParsedPage, pages: &[(Url, ParsedPage)], missing: Option<(Url, String)>) -> Result<(), Failure> {
        if self.outlet.name.is_empty() {
            self.outlet.name = page.site.first().cloned().unwrap_or_default();
        }
        self.sheet.heading("parsed", "an article page, as written");
        self.entry(&page.entry);
        self.sheet.field("site", &page.site.join(" / "));
        self.sheet.field("next page", page.next.as_deref().unwrap_or("none"));
        for row in page.rows.iter().take(ROWS) {
            self.sheet.field(place(row.place), &text::of_html(&row.html));
        }
        if page.rows.len() > ROWS {
            self.sheet.field("", &format!("{} more rows around the text", page.rows.len() - ROWS));
        }
        for warning in &page.warnings {
            self.sheet.field("warning", &format!("{} [{}]", warning.message, warning.code));
        }
        let others = pages.iter().enumerate().filter(|(_, (address, _))| *address != self.doc.url);
        for (index, (address, other)) in others {
            self.sheet.heading(&format!("page {} of {}", index + 1, pages.len()), "parsed, as written");
            self.sheet.field("address", address.as_str());
            let content = other.entry.content.first();
            self.sheet.field("text", &format!("{} ({} bytes)", value(content), content.map_or(0, |text| text.value.len())));
            for warning in &other.warnings {
                self.sheet.field("warning", &format!("{} [{}]", warning.message, warning.code));
            }
        }
        if let Some((address, reason)) = missing {
            self.sheet.heading("a page that is missing", "");
            self.sheet.field("address", address.as_str());
            self.sheet.because("why", &reason);
        }
        let found = Pages { outlet: &self.outlet, pages, fetched_at: self.doc.fetched_at };
        let article = page::alone(&found, &self.doc.url).ok_or_else(|| Failure::failed("there is no article on the page"))?;
        self.article(article);
        Ok(())
    }

    fn entry(&mut self, entry: &ParsedEntry) {
        let sheet = &mut self.sheet;
        sheet.field("title", &value(entry.title.as_ref()));
        for (label, written) in [
            ("id", &entry.id),
            ("language", &entry.language),
            ("published", &entry.published),
            ("updated", &entry.updated),
            ("created", &entry.created),
            ("publisher", &entry.publisher),
            ("comments", &entry.comment_count),
        ] {
            if let Some(written) = written {
                sheet.field(label, written);
            }
        }
        let lists = [("authors", &entry.authors), ("translators", &entry.translators), ("contributors", &entry.contributors)];
        for (label, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            sheet.field(label, &list.iter().map(person).collect::<Vec<_>>().join(" / "));
        }
        if let Some(source) = &entry.source {
            let links: Vec<&str> = source.links.iter().map(|link| link.href.as_str()).collect();
            sheet.field("source", &format!("{} {}", value(source.title.as_ref()), links.join(" ")));
        }
        for link in entry.links.iter().chain(&entry.derived_from) {
            sheet.field("link", &written_link(link));
        }
        if !entry.categories.is_empty() {
            let terms: Vec<&str> = entry.categories.iter().map(|category| category.term.as_str()).collect();
            sheet.field("categories", &terms.join(" / "));
        }
        if let Some(rights) = &entry.rights {
            sheet.field("rights", &value(Some(rights)));
        }
        for licence in &entry.licenses {
            sheet.field("licence", licence);
        }
        for (label, written) in [("summary", entry.summary.as_ref()), ("text", entry.content.first())] {
            if let Some(written) = written {
                sheet.field(label, &format!("{} ({} bytes)", value(Some(written)), written.value.len()));
            }
        }
    }

    fn article(&mut self, article: Article) {
        self.normalized(&article);
        let verdict = attribute::article(&self.outlet, article);
        match verdict {
            Verdict::Ready(ready) => {
                self.attributed(&ready.article, Some(&ready.provenance));
                self.sheet.field("verdict", "ready to be published");
                self.published(StoredArticle {
                    identity: Identity {
                        key: "0".repeat(20),
                        id: "tag:relay.invalid,2026:0".to_owned(),
                        first_seen: self.doc.fetched_at,
                        changed: self.doc.fetched_at,
                        revision: 1,
                    },
                    attributed: *ready,
                    beside: Default::default(),
                });
            }
            Verdict::Held { article, code, reason } => {
                self.attributed(&article, None);
                self.sheet.field("verdict", &format!("HELD [{code}]"));
                self.sheet.because("why", &reason);
                self.sheet.because("released", release(code));
            }
        }
    }

    fn normalized(&mut self, article: &Article) {
        let facts = &article.hints.evidence;
        let sheet = &mut self.sheet;
        sheet.heading("normalized", "in our terms, nobody has judged yet");
        sheet.field("title", &article.title_raw);
        if article.title != article.title_raw {
            sheet.field("  cleaned", &article.title);
        }
        because(sheet, facts, &["title"]);
        let written = facts.iter().find(|fact| fact.field == "published").map_or("", |fact| fact.text.as_str());
        sheet.field("published", &article.published.map_or_else(|| "no date".to_owned(), stamp));
        if article.published.is_some() {
            because(sheet, facts, &["published"]);
        } else if !written.is_empty() {
            sheet.because("as written", written);
        }
        if let Some(updated) = article.updated {
            sheet.field("updated", &stamp(updated));
        }
        sheet.field("language", article.language.as_deref().unwrap_or("not known"));
        because(sheet, facts, &["language"]);
        for (label, said) in [
            ("says repost", &article.hints.says_repost),
            ("says translated", &article.hints.says_translation),
            ("says own", &article.hints.says_own),
        ] {
            if let Some(said) = said {
                sheet.field(label, said);
            }
        }
        for (label, parties) in
            [("in its text", &article.hints.text_chain), ("via", &article.hints.via), ("original", &article.hints.original)]
        {
            for named in parties {
                sheet.field(label, &party(named));
            }
        }
        let lifted: Vec<&Evidence> = facts.iter().filter(|fact| fact.field == "body").collect();
        for fact in &lifted {
            sheet.field("lifted out", &fact.text);
            sheet.because(fact.rule, table_of(fact.rule));
        }
        let plain = text::of_html(article.body.as_str());
        sheet.field("text", &format!("{} ({} characters)", plain.chars().take(TEXT).collect::<String>(), plain.chars().count()));
        for warning in &article.warnings {
            sheet.field("warning", &format!("{} [{}]", warning.message, warning.code));
        }
    }

    fn attributed(&mut self, article: &Article, provenance: Option<&Provenance>) {
        let facts = provenance.map_or(&article.hints.evidence, |provenance| &provenance.evidence);
        let sheet = &mut self.sheet;
        sheet.heading("attributed", "each value with the rule that fired, and the text it fired on");
        sheet.field("page", article.url.as_ref().map_or("", Url::as_str));
        because(sheet, facts, &["source"]);
        let authors = provenance.map_or(&article.authors, |provenance| &provenance.authors);
        sheet.field("authors", &people(authors));
        because(sheet, facts, &["author"]);
        let hints = &article.hints;
        for (label, field, list) in [("translators", "translator", &hints.translators), ("editors", "editor", &hints.editors)] {
            if !list.is_empty() || facts.iter().any(|fact| fact.field == field) {
                sheet.field(label, &people(list));
                because(sheet, facts, &[field]);
            }
        }
        let chain = provenance.map(|provenance| inspect::chain(&self.outlet, provenance)).unwrap_or_default();
        let own = || if provenance.is_some() { "its own text".to_owned() } else { "not established".to_owned() };
        sheet.field("source", &chain.first().map_or_else(own, party));
        for further in chain.iter().skip(1) {
            sheet.field("  from", &party(further));
        }
        because(sheet, facts, &["original", "chain"]);
        if let Some(fact) = facts.iter().find(|fact| fact.field == "confidence") {
            sheet.field("confidence", &format!("{} of 100, {}; held below {}", fact.text, fact.rule, self.outlet.hold_below));
        }
        if let Some(translation) = provenance.and_then(|provenance| provenance.translation.as_ref()) {
            let tag = |tag: &Option<String>| tag.clone().unwrap_or_else(|| "?".to_owned());
            sheet.field(
                "translation",
                &format!("{}, {} → {}", translation.kind.name(), tag(&translation.from), tag(&translation.to)),
            );
        }
        if let Some(provenance) = provenance {
            let way: Vec<String> =
                provenance.hops.iter().map(|hop| format!("{} {}", hop.action.name(), hop.party.name)).collect();
            sheet.field("way", &way.join(" → "));
        }
        let disclaimer =
            provenance.and_then(|provenance| provenance.disclaimer.clone()).unwrap_or_else(|| article.disclaimers.join(" "));
        let rights = provenance.map_or(hints.rights.clone(), |provenance| provenance.rights.clone()).unwrap_or_default();
        let licence = provenance.map_or(hints.license.clone(), |provenance| provenance.license.clone());
        let categories: Vec<&str> = article.categories.iter().map(|category| category.term.as_str()).collect();
        let count = article.comments.as_ref().and_then(|comments| comments.count);
        for (label, field, value) in [
            ("disclaimer", "disclaimer", disclaimer),
            ("rights", "rights", rights),
            ("licence", "license", licence.map(String::from).unwrap_or_default()),
            ("categories", "category", categories.join(" / ")),
            ("comments", "comment_count", count.map(|count| count.to_string()).unwrap_or_default()),
            ("pictures", "image", if article.images.is_empty() { String::new() } else { article.images.len().to_string() }),
        ] {
            if !value.is_empty() {
                sheet.field(label, &value);
                because(sheet, facts, &[field]);
            }
        }
    }

    fn published(&mut self, stored: StoredArticle) {
        let article = &stored.attributed.article;
        let at = self.doc.fetched_at;
        let standing = match self.outlet.standing_of(article, at, at) {
            Standing::Shown => match self.outlet.terms.publish {
                Publish::Full => "shown in full".to_owned(),
                Publish::Excerpt { .. } => "shown as an excerpt".to_owned(),
                Publish::Title => "shown with its title alone".to_owned(),
            },
            Standing::Embargoed(until) => format!("waits for the end of its embargo, {}", utc(until)),
            Standing::Expired(since) => format!("not shown: expired on {}", utc(since)),
            Standing::OtherLanguage => "not shown: its language is not relayed".to_owned(),
        };
        self.sheet.heading("rendered", &standing);
        let page = self.renderer.article(&stored);
        let page = String::from_utf8_lossy(&page.body);
        for (label, class) in [("credit", "<div class=\"reprint-credit\""), ("disclaimer", "<div class=\"reprint-disclaimer\"")] {
            let block = page.find(class).and_then(|at| page.get(at..)).and_then(|rest| rest.split("</div>").next());
            for line in block.unwrap_or_default().split("<br>").flat_map(|part| part.split("</p>")) {
                let line = text::of_html(line);
                if !line.trim().is_empty() {
                    self.sheet.field(label, &line);
                }
            }
        }
    }
}

/// The rules under a value.
fn because(sheet: &mut Sheet, facts: &[Evidence], fields: &[&str]) {
    for fact in facts.iter().filter(|fact| fields.contains(&fact.field)) {
        sheet.because(fact.rule, &fact.text);
    }
}

/// Which table a line was lifted out by.
fn table_of(rule: &str) -> &'static str {
    match rule {
        "facts_lifted" => "a line of facts, by the labels of the language tables",
        "notice_lifted" => "a notice or disclaimer, by the notices of the language tables",
        "promotion_lifted" => "an invitation of the site, by the promotions of the language tables; it is not kept",
        "related_lifted" => "a list of other articles, by its heading; it is not kept",
        "disclaimer_lifted" => "a disclaimer that the entry carries as data, too",
        rule if rule.starts_with("outlet_rule") => "the outlet's own rule in feeds.toml",
        _ => "",
    }
}

fn place(place: Place) -> &'static str {
    match place {
        Place::Head => "row above",
        Place::Tail => "row below",
        Place::After => "row after",
        Place::Comments => "row comments",
        Place::Crumbs => "row crumbs",
        Place::Tags => "row tags",
    }
}

fn value(written: Option<&Text>) -> String {
    let written = written.map(text::plain).unwrap_or_default();
    let short: String = written.chars().take(TEXT).collect();
    if short.len() < written.len() { format!("{short}…") } else { short }
}

fn person(person: &Person) -> String {
    let parts = [&person.name, &person.email, &person.uri];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn people(people: &[Person]) -> String {
    people.iter().filter_map(|person| person.name.as_deref()).collect::<Vec<_>>().join(" / ")
}

fn party(party: &Party) -> String {
    let url = party.url.as_ref().map_or("", Url::as_str);
    format!("{} {url}", party.name).trim().to_owned()
}

fn written_link(link: &Link) -> String {
    let parts = [Some(link.rel.as_str()), Some(link.href.as_str()), link.hreflang.as_deref(), link.title.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn utc(at: chrono::DateTime<chrono::Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn stamp(stamp: Timestamp) -> String {
    let precision = match stamp.precision {
        Precision::Second => "to the second",
        Precision::Minute => "to the minute",
        Precision::Hour => "to the hour",
        Precision::Day => "to the day",
        Precision::Month => "to the month",
    };
    format!("{} ({precision})", utc(stamp.at))
}

#[cfg(test)]
mod tests;
