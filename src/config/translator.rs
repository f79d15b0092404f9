//! Reading `[[translator]]` and `translate` of a feed: each by itself, then against each other.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;
use url::Url;

use super::check::Places;
use super::credentials::{Files, Warnings, in_header};
use super::keys::nearest;
use super::language::language;
use super::read::Section;
use super::report::{Mistakes, shown};
use super::value::{self, Wrong, wrong};
use super::{Bilingual, Pending, StructuredOutput, Target, Translator, TranslatorKind, address};

/// Time for one request of a translator that says nothing of it.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Requests at once of a translator that says nothing of it.
const CONCURRENCY: usize = 2;

/// Largest budget a day: whoever writes more has mistaken the key.
const LARGEST_BUDGET: u64 = 1_000_000_000_000;

/// A `[[translator]]` as written.
#[derive(Debug)]
pub(super) struct Draft {
    id: Option<Spanned<String>>,
    kind: Option<TranslatorKind>,
    fallback: Option<Spanned<String>>,
    header: Range<usize>,
    translator: Option<Translator>,
}

/// `translate` of a feed as written.
#[derive(Debug)]
pub(super) struct Wish {
    to: Option<Spanned<String>>,
    engine: Option<Spanned<String>>,
    place: Range<usize>,
    pending: Pending,
    bilingual: Bilingual,
    budget: Option<u64>,
}

/// Reads a `[[translator]]`.
pub(super) fn read(
    section: &Section<'_, '_>,
    mistakes: &mut Mistakes,
    broken: bool,
    places: Option<&Places<'_>>,
    warnings: &mut Warnings,
) -> Draft {
    // Whoever writes the key itself here is not to find it in a bug report.
    section.hide_strangers(mistakes, &[]);
    section.check_keys(mistakes);
    if !broken {
        section.require(mistakes, "id", "\"deepl\"");
        section.require(mistakes, "kind", "\"libretranslate\"");
    }
    let id = section.string(mistakes, "id", value::id);
    let kind = section.string(mistakes, "kind", kind).map(Spanned::into_inner);
    let url = section.string(mistakes, "url", address::web);
    let model = section.string(mistakes, "model", value::line).map(Spanned::into_inner);
    let output = section.string(mistakes, "output", |written| match written {
        "json_schema" => Ok(StructuredOutput::JsonSchema),
        "json_object" => Ok(StructuredOutput::JsonObject),
        _ => wrong(
            format!("is `{}`, and not one of its two values", shown(written)),
            "write \"json_schema\", or \"json_object\" for a server that knows no JSON schemas",
        ),
    });
    let key = Files::new(places, warnings).secret(section, mistakes, "key_file", &in_header);
    let glossary = section.string(mistakes, "glossary", |written| glossary(written, places)).map(Spanned::into_inner);
    let most = LARGEST_BUDGET;
    let budget = budget(section, mistakes, most);
    let rate = section.integer(mistakes, "rate", 1..=100_000).and_then(|rate| u32::try_from(rate).ok());
    let concurrency = section.integer(mistakes, "concurrency", 1..=64).and_then(|most| usize::try_from(most).ok());
    let timeout = section.duration(mistakes, "timeout", Duration::from_secs(1)..=Duration::from_secs(600));
    let fallback = section.string(mistakes, "fallback", |written| Ok(written.to_owned()));
    if let Some(kind) = kind {
        fits(kind, section, mistakes, broken);
    }
    if let Some(url) = &url
        && section.has("key_file")
        && url.get_ref().scheme() == "http"
        && !is_here(url.get_ref())
    {
        let host = shown(url.get_ref().host_str().unwrap_or_default());
        warnings.add(url.span(), format!("the key is sent to {host} in the clear, for everybody on the way to read: use https"));
    }
    let translator = || {
        Some(Translator {
            id: id.as_ref()?.get_ref().clone(),
            kind: kind?,
            url: url.map(Spanned::into_inner),
            key,
            model,
            output: output.map_or_else(StructuredOutput::default, Spanned::into_inner),
            glossary,
            budget,
            rate,
            concurrency: concurrency.unwrap_or(CONCURRENCY),
            timeout: timeout.unwrap_or(TIMEOUT),
            fallback: fallback.as_ref().map(|id| id.get_ref().clone()),
        })
    };
    let translator = translator();
    Draft { id, kind, fallback, header: section.header.clone(), translator }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn kind(written: &str) -> Result<TranslatorKind, Wrong> {
    if let Some((kind, _)) = TranslatorKind::ALL.iter().find(|(_, name)| *name == written) {
        return Ok(*kind);
    }
    let names: Vec<&str> = TranslatorKind::ALL.iter().map(|(_, name)| *name).collect();
    let help = match nearest(written, names.iter().copied()) {
        Some(name) => format!("did you mean \"{name}\"?"),
        None => format!("kinds are {}", names.join(", ")),
    };
    wrong(format!("is `{}`, which is no kind of translator", shown(written)), help)
}

/// Where a glossary is, if it is there.
fn glossary(written: &str, places: Option<&Places<'_>>) -> Result<PathBuf, Wrong> {
    let path = value::path(written)?;
    let Some(places) = places else { return Ok(PathBuf::from(path)) };
    let path = places.folder.join(path);
    if path.is_file() {
        return Ok(path);
    }
    wrong(
        format!("is `{}`, where no file is", shown(&path.display().to_string())),
        "write the glossary there, or leave the key out; the path starts at the folder of this file",
    )
}

fn budget(section: &Section<'_, '_>, mistakes: &mut Mistakes, most: u64) -> Option<u64> {
    if section.is_zero("budget") {
        mistakes.add(
            format!("`{}.budget` is 0: nothing would be translated", section.path()),
            section.value_span("budget"),
            "write how much may be spent a day, for example 500_000, or leave the key out for no bound".to_owned(),
        );
        return None;
    }
    section.integer(mistakes, "budget", 1..=most)
}

/// What a kind needs, and what it has no use for.
fn fits(kind: TranslatorKind, section: &Section<'_, '_>, mistakes: &mut Mistakes, broken: bool) {
    let (needed, useless): (&[(&str, &str)], &[&str]) = match kind {
        TranslatorKind::OpenCc => (&[], &["url", "key_file", "model", "output", "budget", "rate", "concurrency", "timeout"]),
        TranslatorKind::Apertium => (&[("url", "\"http://127.0.0.1:2737\"")], &["key_file", "model", "output"]),
        TranslatorKind::LibreTranslate => (&[("url", "\"http://127.0.0.1:5000\"")], &["model", "output"]),
        TranslatorKind::DeepL => (&[("key_file", "\"deepl.key\"")], &["model", "output"]),
        TranslatorKind::OpenAi => (&[("url", "\"https://api.openai.com/v1\""), ("model", "\"gpt-4.1-mini\"")], &[]),
    };
    let name = kind.name();
    for (key, example) in needed.iter().filter(|(key, _)| !broken && !section.has(key)) {
        mistakes.add(
            format!("missing key `translator.{key}`: a translator of the kind `{name}` needs it"),
            section.header.clone(),
            format!("add `{key} = {example}`"),
        );
    }
    for key in useless.iter().filter(|key| section.has(key)) {
        mistakes.add(
            format!("`translator.{key}` is written, and a translator of the kind `{name}` has no use for it"),
            section.key_span(key),
            "leave the key out".to_owned(),
        );
    }
}

/// Reads `translate` of a feed.
pub(super) fn wish(feed: &Section<'_, '_>, mistakes: &mut Mistakes, broken: bool) -> Option<Wish> {
    let section = feed.table(mistakes, "translate", "feed.translate")?;
    section.check_keys(mistakes);
    if !broken {
        section.require(mistakes, "to", "\"zh-Hant-TW\"");
    }
    let pending = section.string(mistakes, "pending", |written| match written {
        "original" => Ok(Pending::Original),
        "wait" => Ok(Pending::Wait),
        _ => wrong(
            format!("is `{}`, and not one of its two values", shown(written)),
            "write \"original\" to show the original, marked, until there is a translation, or \"wait\" to show nothing until then",
        ),
    });
    let bilingual = section.string(mistakes, "bilingual", |written| match written {
        "no" => Ok(Bilingual::No),
        "title" => Ok(Bilingual::Title),
        "paragraphs" => Ok(Bilingual::Paragraphs),
        _ => wrong(
            format!("is `{}`, and not one of its three values", shown(written)),
            "write \"no\", \"title\" for both titles, or \"paragraphs\" for every paragraph beside its original too",
        ),
    });
    Some(Wish {
        to: section.string(mistakes, "to", target),
        engine: section.string(mistakes, "engine", |written| Ok(written.to_owned())),
        place: section.header.clone(),
        pending: pending.map_or(Pending::Original, Spanned::into_inner),
        bilingual: bilingual.map_or(Bilingual::No, Spanned::into_inner),
        budget: budget(&section, mistakes, LARGEST_BUDGET),
    })
}

/// A language that can be translated to. Chinese always with its script.
fn target(written: &str) -> Result<String, Wrong> {
    let tag = language(written)?;
    let tag = match tag.as_str() {
        "zh" => {
            return wrong(
                "is `zh`, which does not say which characters",
                "write \"zh-Hans\" for simplified or \"zh-Hant\" for traditional ones, \"zh-Hant-TW\" or \"zh-Hant-HK\" with the words used there",
            );
        }
        "zh-CN" | "zh-SG" | "zh-MY" | "zh-Hans-CN" | "zh-Hans-SG" => "zh-Hans",
        "zh-TW" => "zh-Hant-TW",
        "zh-HK" | "zh-MO" | "zh-Hant-MO" => "zh-Hant-HK",
        other => other,
    };
    Ok(tag.to_owned())
}

fn is_chinese(tag: &str) -> bool {
    tag.split('-').next() == Some("zh")
}

/// Holds translators against each other.
pub(super) fn check(drafts: &[Draft], mistakes: &mut Mistakes) {
    let mut seen: HashMap<&str, Range<usize>> = HashMap::new();
    for draft in drafts {
        let Some(id) = &draft.id else { continue };
        if id.get_ref() == Translator::BUILT_IN && draft.kind.is_some_and(|kind| kind != TranslatorKind::OpenCc) {
            mistakes.add(
                "the id `opencc` belongs to the translator that is built in",
                id.span(),
                "give this one another, for example its kind".to_owned(),
            );
        }
        if let Some(first) = seen.get(id.get_ref().as_str()) {
            mistakes.add_with(
                format!("two translators have the id `{}`", id.get_ref()),
                id.span(),
                "choose another: feeds name it, and what was paid for is kept under it".to_owned(),
                first.clone(),
                "the first one",
            );
        } else {
            seen.insert(id.get_ref(), id.span());
        }
    }
    let by_id: HashMap<&str, &Draft> =
        drafts.iter().filter_map(|draft| Some((draft.id.as_ref()?.get_ref().as_str(), draft))).collect();
    let mut reported: BTreeSet<&str> = BTreeSet::new();
    for draft in drafts {
        let Some(fallback) = &draft.fallback else { continue };
        let name = fallback.get_ref().as_str();
        if name != Translator::BUILT_IN && !by_id.contains_key(name) {
            unknown(fallback, drafts, mistakes);
            continue;
        }
        let Some(own) = draft.id.as_ref().map(|id| id.get_ref().as_str()) else { continue };
        let mut way = vec![own];
        let mut next = Some(name);
        while let Some(id) = next.filter(|id| !way.contains(id)) {
            way.push(id);
            next = by_id.get(id).and_then(|draft| draft.fallback.as_ref()).map(|fallback| fallback.get_ref().as_str());
        }
        // Every translator of a circle would find it: it is told once.
        if next == Some(own) && way.iter().all(|id| reported.insert(id)) {
            way.push(own);
            mistakes.add(
                format!("the fallbacks go round in a circle: {}", shown(&way.join(" → "))),
                fallback.span(),
                "leave one of them out: the last translator has no fallback".to_owned(),
            );
        }
    }
}

fn unknown(written: &Spanned<String>, drafts: &[Draft], mistakes: &mut Mistakes) {
    let ids =
        || drafts.iter().filter_map(|draft| draft.id.as_ref()).map(|id| id.get_ref().as_str()).chain([Translator::BUILT_IN]);
    let help = match nearest(written.get_ref(), ids()) {
        Some(id) => format!("did you mean `{id}`?"),
        None => {
            let mut known: Vec<&str> = ids().collect();
            known.dedup();
            format!("translators are {}; add a [[translator]] with this id for another", shown(&known.join(", ")))
        }
    };
    mistakes.add(format!("there is no translator with the id `{}`", shown(written.get_ref())), written.span(), help);
}

/// What feeds ask for, held against the translators. One a feed, in their order; `None` where it asks for nothing.
pub(super) fn targets(wishes: &[Option<Wish>], drafts: &[Draft], broken: bool, mistakes: &mut Mistakes) -> Vec<Option<Target>> {
    let mut first: HashMap<(String, Bilingual), (String, Range<usize>)> = HashMap::new();
    let mut one = |wish: &Wish| {
        let to = wish.to.as_ref()?.get_ref().clone();
        let engine = match &wish.engine {
            Some(engine) => engine.get_ref().clone(),
            None if is_chinese(&to) => Translator::BUILT_IN.to_owned(),
            None => {
                let ids = drafts.iter().filter_map(|draft| draft.id.as_ref()).map(|id| id.get_ref().as_str());
                let example = ids.into_iter().next().unwrap_or("deepl");
                mistakes.add(
                    format!("nothing says what translates to `{to}`: what is built in knows the scripts of Chinese only"),
                    wish.place.clone(),
                    format!("add `engine = \"{}\"`, the id of a [[translator]]", shown(example)),
                );
                return None;
            }
        };
        let place = wish.engine.as_ref().map_or_else(|| wish.place.clone(), Spanned::span);
        let draft = drafts.iter().find(|draft| draft.id.as_ref().is_some_and(|id| *id.get_ref() == engine));
        if draft.is_none() && engine != Translator::BUILT_IN {
            // A translator whose id could not be read may be the one that is meant.
            if let Some(written) = wish.engine.as_ref().filter(|_| !broken && drafts.iter().all(|draft| draft.id.is_some())) {
                unknown(written, drafts, mistakes);
            }
            return None;
        }
        let is_opencc = draft.is_none_or(|draft| draft.kind == Some(TranslatorKind::OpenCc));
        if is_opencc && !is_chinese(&to) && draft.is_none_or(|draft| draft.fallback.is_none()) {
            mistakes.add(
                format!("`{engine}` changes the script of Chinese, and makes no `{to}`"),
                place,
                "name a [[translator]] of another kind".to_owned(),
            );
            return None;
        }
        if let Some((other, at)) = first.get(&(to.clone(), wish.bilingual)).filter(|(other, _)| *other != engine) {
            mistakes.add_with(
                format!(
                    "two feeds ask for `{to}` from two translators: an article in one language is one article, in every feed"
                ),
                place,
                format!("let both name `{}`; another can be its fallback", shown(other)),
                at.clone(),
                "the other feed",
            );
            return None;
        }
        first.insert((to.clone(), wish.bilingual), (engine.clone(), place));
        Some(Target { to, engine, pending: wish.pending, bilingual: wish.bilingual, budget: wish.budget })
    };
    wishes.iter().map(|wish| wish.as_ref().and_then(&mut one)).collect()
}

/// The translators, complete: the one that is built in is always there.
pub(super) fn complete(drafts: Vec<Draft>, targets: &[Option<Target>], warnings: &mut Warnings) -> Vec<Translator> {
    let fallbacks: BTreeSet<String> =
        drafts.iter().filter_map(|draft| draft.fallback.as_ref()).map(|fallback| fallback.get_ref().clone()).collect();
    for draft in &drafts {
        let Some(id) = &draft.id else { continue };
        let named = targets.iter().flatten().any(|target| target.engine == *id.get_ref());
        if !named && !fallbacks.contains(id.get_ref()) {
            let id = shown(id.get_ref());
            warnings.add(
                draft.header.clone(),
                format!("no feed uses the translator `{id}`: write engine = \"{id}\" in its `translate`"),
            );
        }
    }
    let mut translators: Vec<Translator> = drafts.into_iter().filter_map(|draft| draft.translator).collect();
    if !translators.iter().any(|translator| translator.id == Translator::BUILT_IN) {
        translators.push(Translator::built_in());
    }
    translators
}

impl Translator {
    /// Id of the translator that is always there: Chinese scripts, in the process.
    pub const BUILT_IN: &'static str = "opencc";

    /// The translator that is always there.
    pub fn built_in() -> Self {
        Self {
            id: Self::BUILT_IN.to_owned(),
            kind: TranslatorKind::OpenCc,
            url: None,
            key: None,
            model: None,
            output: StructuredOutput::default(),
            glossary: None,
            budget: None,
            rate: None,
            concurrency: CONCURRENCY,
            timeout: TIMEOUT,
            fallback: None,
        }
    }
}
