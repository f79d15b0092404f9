//! What is said of one article, ready to be written: worked out once, the same in every format (standards digest § 27).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use url::Url;

use crate::config::Publish;
use crate::model::{
    Article, Awaited, Earlier, HopAction, Party, Person, Precision, Provenance, StoredArticle, TranslationKind, primary_language,
};

use super::terms::{self, Allowed};
use super::text::{language_tag, line, name, rfc3339, uri, uri_of};
use super::words::Language;
use super::{Relayed, Renderer};

mod media;
mod way;

use media::{files, images};
use way::{responsible, upstream, way};

/// A name and where it leads, both ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub name: String,
    pub url: Option<String>,
}

/// The original, where it is not the outlet's own.
#[derive(Debug, Clone)]
pub(super) struct OriginalFacts {
    pub outlet: Named,
    pub language: Option<String>,
    pub published: Option<DateTime<Utc>>,
}

/// A translation.
#[derive(Debug, Clone)]
pub(super) struct TranslationFacts {
    pub kind: TranslationKind,
    pub from: Option<String>,
    pub to: Option<String>,
    pub engine: Option<String>,
    pub source: Option<String>,
    /// It is of an earlier version of its source.
    pub is_outdated: bool,
}

/// A translation that another one was made of.
#[derive(Debug, Clone)]
pub(super) struct EarlierFacts {
    pub kind: TranslationKind,
    pub engine: Option<String>,
    pub translators: Vec<Named>,
}

/// Another language the article is in here.
#[derive(Debug, Clone)]
pub(super) struct EditionFacts {
    /// Our page.
    pub page: String,
    pub id: String,
    pub language: String,
    pub title: String,
    /// How it was translated; `None`: the original.
    pub kind: Option<TranslationKind>,
}

/// A step of the way here, ours included.
#[derive(Debug, Clone)]
pub(super) struct HopFacts {
    pub action: HopAction,
    pub party: Named,
    pub at: Option<DateTime<Utc>>,
    pub language: Option<String>,
}

/// A picture that the text shows.
#[derive(Debug, Clone)]
pub(super) struct ImageFacts {
    pub url: String,
    pub caption: Option<String>,
    pub credit: Option<String>,
    pub copyright: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub media_type: Option<String>,
}

/// A file that goes with the article.
#[derive(Debug, Clone)]
pub(super) struct FileFacts {
    pub url: String,
    pub media_type: String,
    pub length: u64,
}

/// A section or tag: never empty.
#[derive(Debug, Clone)]
pub(super) struct CategoryFacts {
    pub term: String,
    pub scheme: Option<String>,
    pub label: Option<String>,
}

/// Everything that is said of an article.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub words: &'a Language,
    /// Permanent id, the same in every format.
    pub id: &'a str,
    /// Our page.
    pub page: String,
    pub title: String,
    /// Language of the text, plain.
    pub language: Option<String>,
    /// Language of the text with how it came about (BCP 47 -t-, RFC 6497): for `lang` and `xml:lang` of the text itself.
    pub content_language: Option<String>,
    pub published: DateTime<Utc>,
    pub published_precision: Precision,
    pub updated: DateTime<Utc>,
    pub first_seen: DateTime<Utc>,
    /// The outlet we took it from, with its page of the article.
    pub source: Named,
    pub source_feed: String,
    pub source_home: Option<String>,
    /// The feed the outlet itself says it copied the article from: name, home and address (RFC 4287 § 4.2.11: kept as it is).
    pub upstream_feed: Option<(Named, String)>,
    pub authors: Vec<Named>,
    pub translators: Vec<Named>,
    pub translation: Option<TranslationFacts>,
    /// The translation that this one was made of, the one that this in turn was made of, and so on.
    pub earlier: Vec<EarlierFacts>,
    pub original: Option<OriginalFacts>,
    /// The outlet that answers for the text as it stands: who wrote, translated or edited it last. Its address is the text's first page.
    pub responsible: Named,
    /// "Author / Translator (transl.) / Outlet" without ASCII comma or semicolon, where readers would split it.
    pub byline: String,
    /// The way here, origin first, ours last.
    pub hops: Vec<HopFacts>,
    /// Pages between the original and us, nearest first.
    pub via: Vec<Named>,
    /// The way back from the outlet to the original for people, nearest first, without either end.
    pub between: Vec<Named>,
    pub disclaimer: String,
    pub rights: Option<String>,
    pub licence: Option<String>,
    pub summary: Option<String>,
    /// The text as HTML, without our additions, as far as it may be shown; the summary where there is nothing else.
    pub text: String,
    /// There is more of the text at the outlet.
    pub is_part: bool,
    /// When it has to be gone.
    pub expires: Option<DateTime<Utc>>,
    /// Search engines are asked to leave it out.
    pub noindex: bool,
    pub images: Vec<ImageFacts>,
    pub files: Vec<FileFacts>,
    pub categories: Vec<CategoryFacts>,
    pub comments_url: Option<String>,
    pub comment_count: Option<u64>,
    /// The language it is still to be translated to.
    pub pending: Option<String>,
    /// What readers are told of a translation that is still to come, and the language of those words.
    pub notice: Option<(String, String)>,
    /// The other languages it is in, ours only.
    pub editions: Vec<EditionFacts>,
}

impl Renderer {
    /// Works out what is said of an article.
    pub(super) fn facts<'a>(&'a self, stored: &'a StoredArticle) -> Facts<'a> {
        let article = &stored.attributed.article;
        let provenance = &stored.attributed.provenance;
        let outlet = self.outlets.get(&article.outlet);

        let language = [article.language.as_deref(), outlet.and_then(|o| o.language.as_deref())];
        let language = language.into_iter().flatten().find_map(language_tag).map(str::to_owned);
        let words = self.words.of([language.as_deref(), Some(&self.site.language)]);

        let page = format!("{}a/{}", self.site.address, stored.identity.key);
        let source = named(&provenance.source).unwrap_or_else(|| Named {
            name: outlet.map_or_else(|| host(&provenance.source_feed), |o| o.name.clone()),
            url: provenance.source.url.as_ref().and_then(uri),
        });
        let original = original(provenance, &source);
        let beside = &stored.beside;
        let mut translation = translation(provenance, language.as_deref());
        if let Some(translation) = &mut translation {
            translation.is_outdated = beside.awaited == Some(Awaited::Outdated);
        }
        // An engine made it, and we had it made.
        let made_here = translation.as_ref().filter(|_| beside.source.is_some()).map(|translation| match translation.kind {
            TranslationKind::ScriptConversion => HopAction::ScriptConverted,
            _ => HopAction::Translated,
        });
        let authors = people(&provenance.authors).unwrap_or_else(|| vec![source.clone()]);
        let translators = provenance.translation.as_ref().and_then(|t| people(&t.translators)).unwrap_or_default();
        let earlier = earlier(provenance);
        // For the byline: who translated it at any step, each once.
        let mut hands = translators.clone();
        for person in earlier.iter().flat_map(|earlier| &earlier.translators) {
            if !hands.iter().any(|known| known.name == person.name) {
                hands.push(person.clone());
            }
        }
        let mut hops = way(provenance, &source, original.as_ref());
        if made_here.is_some() {
            // Our own step is written below, with our page.
            hops.pop();
        }
        let (responsible, byline) = if made_here == Some(HopAction::Translated) {
            // No outlet answers for what our engine made of its text; it is named all the same.
            // Without an address: ours is no page that a text at others' would rather be read at.
            let ours = Named { name: self.site.title.clone(), url: None };
            (ours, byline(words, &authors, &hands, &source))
        } else {
            let responsible = responsible(&hops, &source, original.as_ref(), translation.as_ref());
            let byline = byline(words, &authors, &hands, &responsible);
            (responsible, byline)
        };
        let (via, between) = upstream(&hops, &source, original.as_ref());

        let terms = self.terms(&article.outlet);
        let Allowed { text, summary, is_part, is_shortened } = terms::allowed(terms, stored, language.as_deref());
        // A title that was made of the text is part of the text.
        let made = terms.publish == Publish::Title && article.warnings.iter().any(|warning| warning.code == "title_missing");
        let title = Some(line(&article.title)).filter(|t| !t.is_empty() && !made);
        let title = title.unwrap_or_else(|| untitled(&text, summary.as_deref(), &source));
        let disclaimer = self.disclaimer(outlet, provenance, words, &source, made_here.is_some());

        let date = stored.date();
        // Not before an embargo has ended: until then it was here, and not to be had.
        let first_seen = stored.identity.first_seen.max(terms.released(date));
        let hops_here = hops.into_iter().chain([HopFacts {
            action: made_here.unwrap_or(if is_shortened { HopAction::Excerpted } else { HopAction::Reposted }),
            party: Named { name: self.site.title.clone(), url: Some(page.clone()) },
            at: Some(if made_here.is_some() { stored.identity.changed.max(first_seen) } else { first_seen }),
            language: language.clone().filter(|_| made_here.is_some()),
        }]);
        Facts {
            words,
            id: &stored.identity.id,
            title,
            content_language: content_language(language.as_deref(), translation.as_ref()),
            language,
            published: date,
            published_precision: article.published.filter(|p| p.at == date).map_or(Precision::Second, |p| p.precision),
            updated: stored.updated(),
            first_seen,
            source_feed: uri(&provenance.source_feed).unwrap_or_else(|| self.site.address.clone()),
            source_home: provenance.source_home.as_ref().and_then(uri),
            upstream_feed: upstream_feed(article, &self.site.address),
            hops: hops_here.collect(),
            rights: provenance.rights.as_deref().or(terms.rights.as_deref()).map(line).filter(|r| !r.is_empty()),
            licence: provenance.license.as_ref().or(terms.licence.as_ref()).and_then(uri),
            images: images(article, &text),
            files: if is_part { Vec::new() } else { files(article, terms.images) },
            expires: terms.expires(date),
            noindex: terms.noindex,
            is_part,
            categories: categories(article),
            comments_url: article.comments.as_ref().and_then(|c| c.url.as_ref()).and_then(uri),
            comment_count: article.comments.as_ref().and_then(|c| c.count),
            pending: match &beside.awaited {
                Some(Awaited::Untranslated(to)) => language_tag(to).map(str::to_owned),
                Some(Awaited::Outdated) | None => None,
            },
            notice: beside.awaited.as_ref().map(|awaited| {
                let (words, key) = match awaited {
                    Awaited::Untranslated(to) => (self.words.of([Some(to.as_str()), Some(&words.tag)]), "pending"),
                    Awaited::Outdated => (words, "outdated"),
                };
                (words.get(key).to_owned(), words.tag.clone())
            }),
            editions: self.editions(stored),
            page,
            source,
            authors,
            translators,
            translation,
            earlier,
            original,
            responsible,
            byline,
            via,
            between,
            disclaimer,
            summary,
            text,
        }
    }

    fn editions(&self, stored: &StoredArticle) -> Vec<EditionFacts> {
        let editions = stored.beside.editions.iter().filter_map(|edition| {
            Some(EditionFacts {
                page: format!("{}a/{}", self.site.address, edition.key),
                id: edition.id.clone(),
                language: language_tag(&edition.language)?.to_owned(),
                title: line(&edition.title),
                kind: edition.kind,
            })
        });
        editions.collect()
    }

    /// The outlet's wording, else what was found out about it, else the site's, else the one of the language. What was `translated` has it in the
    /// language of the text.
    fn disclaimer(
        &self,
        outlet: Option<&Relayed>,
        provenance: &Provenance,
        words: &Language,
        source: &Named,
        translated: bool,
    ) -> String {
        let known = provenance.disclaimer.as_deref();
        let wordings = [
            known.filter(|_| translated),
            outlet.and_then(|outlet| outlet.terms.disclaimer.as_deref()),
            known,
            self.site.disclaimer.as_deref(),
        ];
        let wording = wordings.into_iter().flatten().find(|w| !w.trim().is_empty()).unwrap_or_else(|| words.get("disclaimer"));
        line(&wording.replace("{source}", &source.name))
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or(url.as_str()).to_owned()
}

/// A party with a name; its host when it has only an address. `None`: neither.
fn named(party: &Party) -> Option<Named> {
    let url = party.url.as_ref().and_then(uri);
    let label = name(&party.name);
    let label = if label.is_empty() { party.url.as_ref().filter(|_| url.is_some()).map(host)? } else { label };
    Some(Named { name: label, url })
}

/// People with a name, each once. `None`: nobody.
fn people(people: &[Person]) -> Option<Vec<Named>> {
    let mut seen = BTreeSet::new();
    let people: Vec<_> = people
        .iter()
        .filter_map(|person| {
            let name = name(person.name.as_deref()?);
            (!name.is_empty() && seen.insert(name.clone())).then(|| Named { name, url: person.uri.as_deref().and_then(uri_of) })
        })
        .collect();
    (!people.is_empty()).then_some(people)
}

fn original(provenance: &Provenance, source: &Named) -> Option<OriginalFacts> {
    let original = provenance.original.as_ref()?;
    let outlet = named(&original.outlet).filter(|outlet| outlet != source)?;
    Some(OriginalFacts {
        outlet,
        language: original.language.as_deref().and_then(language_tag).map(str::to_owned),
        published: original.published,
    })
}

fn translation(provenance: &Provenance, language: Option<&str>) -> Option<TranslationFacts> {
    let translation = provenance.translation.as_ref()?;
    let original = provenance.original.as_ref();
    let tag = |tag: Option<&str>| tag.and_then(language_tag).map(str::to_owned);
    let source = translation.source.as_ref().or(original.and_then(|o| o.outlet.url.as_ref()));
    Some(TranslationFacts {
        kind: translation.kind,
        from: tag(translation.from.as_deref()).or_else(|| tag(original.and_then(|o| o.language.as_deref()))),
        to: tag(translation.to.as_deref()).or_else(|| language.map(str::to_owned)),
        engine: translation.engine.as_deref().map(line).filter(|e| !e.is_empty()),
        source: source.and_then(uri),
        is_outdated: false,
    })
}

/// What this translation was made of, where that was one, too; nearest first.
fn earlier(provenance: &Provenance) -> Vec<EarlierFacts> {
    let row = provenance.translation.iter().filter_map(|translation| translation.earlier.as_ref()).flat_map(Earlier::all);
    let facts = row.map(|earlier| EarlierFacts {
        kind: earlier.kind,
        engine: earlier.engine.as_deref().map(line).filter(|engine| !engine.is_empty()),
        translators: people(&earlier.translators).unwrap_or_default(),
    });
    facts.collect()
}

fn byline(words: &Language, authors: &[Named], translators: &[Named], responsible: &Named) -> String {
    let mut parts: Vec<String> = authors.iter().map(|author| author.name.clone()).collect();
    parts.extend(translators.iter().map(|translator| words.get("translated_by").replace("{name}", &translator.name)));
    if !parts.contains(&responsible.name) {
        parts.push(responsible.name.clone());
    }
    parts.join(" / ").replace(',', "，").replace(';', "；")
}

/// The source feed that the outlet passes on; never our own, which says nothing.
fn upstream_feed(article: &Article, site: &str) -> Option<(Named, String)> {
    let feed = article.hints.source_feed.as_ref().and_then(uri).filter(|feed| !feed.starts_with(site))?;
    let party = named(article.hints.source.as_ref()?)?;
    Some((party, feed))
}

/// `zh-Hans-t-en-t0-und` for text that a machine translated (RFC 6497; CLDR `t0-und`: engine not specified), `zh-Hant-t-zh-hans` for text in the
/// other script, the plain tag otherwise.
fn content_language(language: Option<&str>, translation: Option<&TranslationFacts>) -> Option<String> {
    let language = language?;
    let Some(translation) = translation else { return Some(language.to_owned()) };
    // A tag that holds extensions already cannot take another (§ 2.1), and neither can be the source.
    let plain = |tag: &str| !tag.split('-').any(|subtag| subtag.len() == 1);
    let from = translation.from.as_deref().filter(|from| plain(from)).map(|from| format!("-{}", from.to_ascii_lowercase()));
    let tag = match translation.kind {
        _ if !plain(language) => return Some(language.to_owned()),
        TranslationKind::Human => return Some(language.to_owned()),
        TranslationKind::ScriptConversion => match from {
            Some(from) => format!("{language}-t{from}"),
            None => return Some(language.to_owned()),
        },
        _ => format!("{language}-t{}-t0-und", from.unwrap_or_default()),
    };
    Some(if language_tag(&tag).is_some() { tag } else { language.to_owned() })
}

fn untitled(text: &str, summary: Option<&str>, source: &Named) -> String {
    let plain = summary.map(str::to_owned).unwrap_or_else(|| {
        // The beginning of the text; its entities do not matter for a stand-in.
        let mut inside = false;
        text.chars()
            .take(2000)
            .map(|c| {
                inside = (inside || c == '<') && c != '>';
                if inside || c == '>' { ' ' } else { c }
            })
            .collect()
    });
    let start: String = line(&plain).chars().take(60).collect();
    if start.is_empty() { source.name.clone() } else { format!("{start}…") }
}

fn categories(article: &Article) -> Vec<CategoryFacts> {
    let mut seen = BTreeSet::new();
    let categories = article.categories.iter().filter_map(|category| {
        let label = category.label.as_deref().map(line).filter(|l| !l.is_empty());
        let term = Some(line(&category.term)).filter(|t| !t.is_empty()).or_else(|| label.clone())?;
        let scheme = category.scheme.as_deref().and_then(uri_of);
        seen.insert((term.clone(), scheme.clone())).then_some(CategoryFacts { label: label.filter(|l| *l != term), term, scheme })
    });
    categories.collect()
}

impl Facts<'_> {
    /// Until when it may be shown, as a DCMI period (dcterms:valid).
    pub fn valid(&self) -> Option<String> {
        self.expires.map(|end| format!("end={}; scheme=W3C-DTF;", rfc3339(end)))
    }

    /// The work that this text is a version of: the original of a translation (dcterms:isVersionOf). A change of script keeps the work the same
    /// (dcterms:isFormatOf).
    pub fn version_of(&self) -> Option<(&'static str, &str)> {
        let translation = self.translation.as_ref()?;
        let original = self.original.as_ref().and_then(|o| o.outlet.url.as_deref());
        if translation.kind == TranslationKind::ScriptConversion {
            return Some(("isFormatOf", translation.source.as_deref()?));
        }
        Some(("isVersionOf", original.or(translation.source.as_deref())?))
    }

    /// Pages here that are this work in other languages: the term of DCMI (another script is another format of the same), and the address.
    /// What it is a version of itself is said by [`Facts::version_of`].
    pub fn versions(&self) -> impl Iterator<Item = (&'static str, &EditionFacts)> {
        let is_original = self.translation.is_none();
        let of_same = move |edition: &&EditionFacts| {
            is_original || (edition.kind == Some(TranslationKind::ScriptConversion) && self.shares_language(&edition.language))
        };
        self.editions.iter().filter(|edition| edition.kind.is_some()).filter(of_same).map(|edition| match edition.kind {
            Some(TranslationKind::ScriptConversion) => ("hasFormat", edition),
            _ => ("hasVersion", edition),
        })
    }

    /// Whether a language is this one, in whatever script.
    fn shares_language(&self, tag: &str) -> bool {
        self.language.as_deref().is_some_and(|own| primary_language(own) == primary_language(tag))
    }

    /// What readers are shown as the original: the article at its first publisher, which may be the outlet we took it from.
    pub fn related(&self) -> Option<(&str, Option<&str>)> {
        let original = self.original.as_ref().and_then(|o| Some((o.outlet.url.as_deref()?, o.language.as_deref())));
        original.or_else(|| match (&self.original, &self.translation) {
            (None, Some(translation)) => Some((translation.source.as_deref()?, translation.from.as_deref())),
            (None, None) => Some((self.source.url.as_deref()?, self.language.as_deref())),
            (Some(_), _) => None,
        })
    }
}
