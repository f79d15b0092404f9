//! The text as readers get it: label → credit → disclaimer → text → disclaimer, written once, from the fields.

use std::borrow::Cow;

use minijinja::{Value, context};

use crate::model::TranslationKind;

use super::Renderer;
use super::facts::{Facts, Named};
use super::markup::{Piece, pieces, without};
use super::text::{direction, html};
use super::words::Language;

/// Begins the credit. The class is how a site that reposts us, running this same program, recognizes the block and lifts it out.
const CREDIT: &str = "<div class=\"reprint-credit\"";
/// Begins a disclaimer, recognized the same way.
const DISCLAIMER: &str = "<div class=\"reprint-disclaimer\"";

/// Begins the link to the rest of a text. It is credit, too: another site lifts it out and writes its own.
const READ_ON: &str = "<div class=\"reprint-credit reprint-more\"";

/// The link to the rest of a text of which only a part may be shown, at the outlet we took it from: there it is in this language.
fn read_on(facts: &Facts<'_>) -> Option<String> {
    let url = facts.source.url.as_deref().filter(|_| facts.is_part)?;
    let words = facts.words.get("read_on").replace("{source}", &facts.source.name);
    Some(format!("<a href=\"{}\">{}</a>", html(url), html(&words)))
}

/// A text as feeds carry it, HTML and nothing else. No reader draws SVG: its sanitizer takes the elements off and leaves the words of a drawing
/// without it, so drawings go whole. Of a formula the characters stay, without its MathML and what it repeats for other programs.
fn html_only(text: &str) -> Cow<'_, str> {
    if !text.contains("<svg") && !text.contains("<math") {
        return Cow::Borrowed(text);
    }
    let drawn = without(text, &["svg"]);
    let mut kept = String::with_capacity(drawn.len());
    let (mut formulae, mut notes) = (0_usize, 0_usize);
    for piece in pieces(&drawn) {
        match piece {
            Piece::Open { name: "math", .. } => formulae += 1,
            Piece::Close { name: "math", .. } => formulae = formulae.saturating_sub(1),
            // annotation-xml is read as far as its hyphen.
            Piece::Open { name: "annotation", .. } if formulae > 0 => notes += 1,
            Piece::Close { name: "annotation", .. } if formulae > 0 => notes = notes.saturating_sub(1),
            Piece::Text(text) if formulae == 0 || notes == 0 => kept.push_str(text),
            Piece::Open { source, .. } | Piece::Close { source, .. } if formulae == 0 => kept.push_str(source),
            _ => {}
        }
    }
    Cow::Owned(kept)
}

impl Renderer {
    /// The whole text as HTML for a feed: as [`Renderer::body`], of elements that readers know.
    pub(super) fn feed_body(&self, facts: &Facts<'_>) -> String {
        self.around(facts, &html_only(&facts.text))
    }

    /// The whole text as HTML. Whatever the templates do, source, link, author and disclaimer are in it.
    pub(super) fn body(&self, facts: &Facts<'_>) -> String {
        self.around(facts, &facts.text)
    }

    fn around(&self, facts: &Facts<'_>, text: &str) -> String {
        let credit = self.fragment("credit.html", &credit_context(facts), |html| missing_in_credit(facts, html));
        let disclaimer = self.fragment("disclaimer.html", &disclaimer_context(facts), |html| missing_in_disclaimer(facts, html));
        let credit = credit.unwrap_or_else(|| plain_credit(facts));
        let disclaimer = disclaimer.unwrap_or_else(|| format!("<p>{}</p>", html(&facts.disclaimer)));
        let direction = if direction(Some(&facts.words.tag)) == "rtl" { " dir=\"rtl\"" } else { "" };
        let text = match read_on(facts) {
            Some(link) => {
                let gap = if text.is_empty() { "" } else { "\n" };
                Cow::Owned(format!("{text}{gap}{READ_ON}{direction}><p>{link}</p></div>"))
            }
            None => Cow::Borrowed(text),
        };
        format!(
            "{CREDIT}{direction}>{credit}</div>\n{DISCLAIMER}{direction}>{disclaimer}</div>\n{text}\n<hr>\n{DISCLAIMER}{direction}>{disclaimer}</div>"
        )
    }

    /// A fragment by the template in force, by the built-in one where that fails or loses what must be there.
    fn fragment(&self, name: &str, context: &Value, missing: impl Fn(&str) -> Option<String>) -> Option<String> {
        let whole = |html: &String| {
            let missing = missing(html);
            if let Some(what) = &missing {
                tracing::warn!(
                    template = self.templates.file(name),
                    missing = what,
                    "a template lost part of the credit, the built-in one stands in"
                );
            }
            missing.is_none()
        };
        let rendered = self.templates.render(name, context).map(|html| html.trim().to_owned()).filter(whole);
        rendered.or_else(|| self.templates.built_in(name, context).map(|html| html.trim().to_owned()).filter(whole))
    }

    /// Tries the fragments out on an article; the error says what is lost.
    pub(super) fn try_fragments(&self, facts: &Facts<'_>) -> Result<(), String> {
        let credit = self.templates.try_render("credit.html", &credit_context(facts))?;
        if let Some(what) = missing_in_credit(facts, &credit) {
            return Err(format!("{}: drops {what}; nothing is published without its credit", self.templates.file("credit.html")));
        }
        let disclaimer = self.templates.try_render("disclaimer.html", &disclaimer_context(facts))?;
        if let Some(what) = missing_in_disclaimer(facts, &disclaimer) {
            return Err(format!(
                "{}: drops {what}; write {{{{ disclaimer }}}} where it belongs",
                self.templates.file("disclaimer.html")
            ));
        }
        Ok(())
    }
}

/// What a credit must say and does not.
fn missing_in_credit(facts: &Facts<'_>, credit: &str) -> Option<String> {
    let has = |text: &str| credit.contains(&html(text));
    let label = label(facts);
    let original = facts.original.as_ref().and_then(|o| o.outlet.url.as_deref());
    let human = TranslationKind::Human;
    let unnamed = facts.translators.is_empty() && facts.translation.as_ref().is_some_and(|t| t.kind == human)
        || facts.earlier.iter().any(|earlier| earlier.kind == human && earlier.translators.is_empty());
    let unsaid = facts.earlier.iter().filter_map(|earlier| earlier.translators.first()).find(|first| !has(&first.name));
    let required = [
        (Some(facts.source.name.as_str()), "the source (source.name)"),
        (facts.source.url.as_deref(), "the link to the source (source.url)"),
        (facts.authors.first().map(|author| author.name.as_str()), "the author (authors)"),
        (facts.translators.first().map(|translator| translator.name.as_str()), "the translator (translators)"),
        (unsaid.map(|translator| translator.name.as_str()), "who made what was translated (earlier.translators, before)"),
        (unnamed.then(|| facts.words.get("translator_unnamed")), "that the translator is not named (words.translator_unnamed)"),
        (original, "the link to the original (chain)"),
        (label.as_deref(), "the notice of a machine translation (label)"),
        (facts.notice.as_ref().map(|(text, _)| text.as_str()), "the notice of a translation that is still to come (notice)"),
    ];
    if let Some((_, what)) = required.iter().find(|(text, _)| text.is_some_and(|text| !has(text))) {
        return Some((*what).to_owned());
    }
    unbalanced(credit)
}

fn missing_in_disclaimer(facts: &Facts<'_>, disclaimer: &str) -> Option<String> {
    if !disclaimer.contains(&html(&facts.disclaimer)) {
        return Some("the disclaimer (disclaimer)".to_owned());
    }
    unbalanced(disclaimer)
}

/// A fragment that closes more than it opens would end the block around it.
fn unbalanced(fragment: &str) -> Option<String> {
    let lower = fragment.to_ascii_lowercase();
    (lower.matches("<div").count() != lower.matches("</div").count()).then(|| "a <div> or a </div>".to_owned())
}

fn party(party: &Named) -> Value {
    context! { name => &party.name, url => &party.url }
}

/// Name of a kind of translation in a language.
pub(super) fn kind_word(words: &Language, kind: TranslationKind) -> &str {
    words.get(match kind {
        TranslationKind::Human => "kind_human",
        TranslationKind::Machine => "kind_machine",
        TranslationKind::MachineLight => "kind_machine_light",
        TranslationKind::MachineFull => "kind_machine_full",
        TranslationKind::ScriptConversion => "kind_script",
    })
}

/// The notice that comes before everything else in a machine-made text (AI Act Art. 50(4), GB 45438-2025): in the text's language, and where
/// that is not English in English too.
pub(super) fn label(facts: &Facts<'_>) -> Option<String> {
    // Other characters make a machine's text no person's.
    let kinds = std::iter::once(facts.translation.as_ref()?.kind).chain(facts.earlier.iter().map(|earlier| earlier.kind));
    let kind = kinds.into_iter().find(|kind| *kind != TranslationKind::ScriptConversion)?;
    let (key, english) = match kind {
        TranslationKind::Machine => ("label_machine", "Machine translated, not reviewed"),
        TranslationKind::MachineLight => ("label_machine_light", "Machine translated, lightly edited"),
        TranslationKind::MachineFull => ("label_machine_full", "Machine translated, fully revised"),
        TranslationKind::Human | TranslationKind::ScriptConversion => return None,
    };
    let label = facts.words.get(key);
    Some(if facts.words.tag == "en" { label.to_owned() } else { format!("{label} · {english}") })
}

fn credit_context(facts: &Facts<'_>) -> Value {
    let step = |named: &Named, original: bool| context! { name => &named.name, url => &named.url, original };
    let between = facts.between.iter().map(|hop| step(hop, false));
    let chain: Vec<Value> = between.chain(facts.original.iter().map(|original| step(&original.outlet, true))).collect();
    let translation = facts.translation.as_ref().map(|translation| {
        context! {
            kind => translation.kind.name(),
            name => kind_word(facts.words, translation.kind),
            engine => &translation.engine,
            from => &translation.from,
            to => &translation.to,
        }
    });
    let mut earlier = facts.earlier.iter().enumerate().map(|(step, earlier)| {
        context! {
            kind => earlier.kind.name(),
            name => kind_word(facts.words, earlier.kind),
            engine => &earlier.engine,
            translators => facts.made_earlier(step).iter().map(party).collect::<Vec<_>>(),
        }
    });
    let nearest = earlier.next();
    let mut before: Vec<Value> = earlier.collect();
    before.reverse();
    context! {
        words => &facts.words.value,
        label => label(facts),
        earlier => nearest,
        before,
        notice => facts.notice.as_ref().map(|(text, lang)| context! { text, lang }),
        source => party(&facts.source),
        chain,
        authors => facts.authors.iter().map(party).collect::<Vec<_>>(),
        translators => facts.translators.iter().map(party).collect::<Vec<_>>(),
        translation,
        title => &facts.title,
        page => &facts.page,
        language => &facts.words.tag,
    }
}

fn disclaimer_context(facts: &Facts<'_>) -> Value {
    context! { words => &facts.words.value, disclaimer => &facts.disclaimer, source => party(&facts.source), language => &facts.words.tag }
}

/// The credit without any template: the last resort, for a guarantee that does not depend on a template engine.
fn plain_credit(facts: &Facts<'_>) -> String {
    let words = facts.words;
    let linked = |named: &Named| match &named.url {
        Some(url) => format!("<a href=\"{}\">{}</a>", html(url), html(&named.name)),
        None => html(&named.name),
    };
    let mut credit = String::new();
    if let Some(label) = label(facts) {
        credit.push_str(&format!("<p><strong>{}</strong></p>", html(&label)));
    }
    if let Some((text, lang)) = &facts.notice {
        credit.push_str(&format!("<p lang=\"{}\"><strong>{}</strong></p>", html(lang), html(text)));
    }
    credit.push_str(&format!("<p>{}{}{}", html(words.get("source")), html(words.get("colon")), linked(&facts.source)));
    for step in facts.between.iter().chain(facts.original.iter().map(|o| &o.outlet)) {
        credit.push_str(&format!(" ← {}", linked(step)));
    }
    credit.push_str(&format!("<br>{}</p>", html(&facts.byline)));
    credit
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, Sample};
    use super::*;
    use crate::model::{Awaited, Earlier, Hop, HopAction, Html, Party, Person};

    fn body(sample: Sample) -> String {
        let renderer = sample::renderer();
        renderer.body(&renderer.facts(&sample::article(sample)))
    }

    #[test]
    fn req_08_credit_first_and_the_disclaimer_once_at_each_end() {
        let body = body(Sample::Translation);
        assert!(body.starts_with(
            "<div class=\"reprint-credit\"><p><strong>来源</strong>：<a href=\"https://nanan.example/news/4711\">南岸新闻</a> ← "
        ));
        let disclaimer = "<div class=\"reprint-disclaimer\"><p>本文转载自南岸新闻，仅代表原出处和原作者观点，仅供参考阅读，不代表本站态度和立场。</p></div>";
        assert_eq!(body.matches(disclaimer).count(), 2);
        assert!(body.ends_with(&format!("<hr>\n{disclaimer}")));
        let credit = &body[..body.find("</div>").unwrap()];
        assert_eq!(
            credit.strip_prefix("<div class=\"reprint-credit\">").unwrap(),
            "<p><strong>来源</strong>：<a href=\"https://nanan.example/news/4711\">南岸新闻</a> ← \
             <a href=\"https://cn.ledger.example/2026/06/ferry\">海港纪事中文网</a> ← \
             <a href=\"https://ledger.example/2026/05/ferry?a=1&amp;b=2\">The Harbour Ledger</a>（原文）\
             <br>作者：<a href=\"https://ledger.example/by/nora\">Nora Whitfield</a><br>译者：林书白（人工翻译）</p>"
        );
        assert!(body.find(disclaimer).unwrap() < body.find("那艘绿色渡轮").unwrap());
    }

    #[test]
    fn req_59_machine_made_texts_say_so_first_and_unnamed_translators_are_said_to_be() {
        let renderer = sample::renderer();
        let check = |kind: TranslationKind, language: &str, start: &str, line: &str| {
            let mut article = sample::article(Sample::Translation);
            article.attributed.article.language = Some(language.to_owned());
            let translation = article.attributed.provenance.translation.as_mut().unwrap();
            translation.kind = kind;
            translation.translators.clear();
            translation.engine = Some("relay-nmt 3".to_owned()).filter(|_| kind != TranslationKind::Human);
            let body = renderer.body(&renderer.facts(&article));
            let text = body.strip_prefix("<div class=\"reprint-credit\"><p><strong>").unwrap();
            assert!(text.starts_with(start), "{kind:?} {language}: {text}");
            assert!(text.contains(line), "{kind:?} {language}: {text}");
        };
        check(
            TranslationKind::Machine,
            "zh-Hans",
            "本文由机器翻译（AI）生成，未经人工审校 · Machine translated, not reviewed<",
            "<br>翻译：机器翻译、relay-nmt 3</p>",
        );
        check(TranslationKind::MachineLight, "zh-Hant", "本文由機器翻譯（AI）產生，僅經人工初步校訂", "機器翻譯，人工初步校訂");
        check(
            TranslationKind::MachineFull,
            "en",
            "Machine translated (AI), fully revised by a person</strong>",
            "Translation: machine translation, fully",
        );
        check(TranslationKind::Human, "zh-Hans", "来源</strong>", "<br>译者未署名（人工翻译）</p>");
        check(TranslationKind::Human, "ru", "Источник</strong>", "<br>Переводчик не указан (перевод выполнен человеком)</p>");
        check(TranslationKind::ScriptConversion, "zh-Hant", "來源</strong>", "<br>文字：繁簡轉換、relay-nmt 3</p>");
    }

    #[test]
    fn a_translation_of_a_translation_credits_both() {
        let renderer = sample::renderer();
        let article = |kind: TranslationKind, to: &str, earlier: TranslationKind, named: bool| {
            let mut article = sample::article(Sample::Translation);
            article.attributed.article.language = Some(to.to_owned());
            article.beside.source = Some("0".repeat(20));
            let provenance = &mut article.attributed.provenance;
            let ours = Party { name: "Relay".to_owned(), url: None };
            let action =
                if kind == TranslationKind::ScriptConversion { HopAction::ScriptConverted } else { HopAction::Translated };
            provenance.hops.push(Hop { action, party: ours, at: None, language: Some(to.to_owned()) });
            let translation = provenance.translation.as_mut().unwrap();
            let translators = std::mem::take(&mut translation.translators);
            translation.earlier = Some(Earlier {
                kind: earlier,
                engine: Some("nmt".to_owned()).filter(|_| earlier != TranslationKind::Human),
                translators: if named { translators } else { Vec::new() },
                earlier: None,
            });
            (translation.kind, translation.to) = (kind, Some(to.to_owned()));
            translation.engine = Some("Loom".to_owned());
            article
        };
        let check = |kind: TranslationKind, to: &str, earlier: TranslationKind, named: bool, label: &str, lines: &str| {
            let article = article(kind, to, earlier, named);
            let facts = renderer.facts(&article);
            let body = renderer.body(&facts);
            let credit = &body[..body.find("</div>").unwrap()];
            assert!(credit.ends_with(&format!("{lines}</p>")), "{kind:?} {to}: {credit}");
            assert!(credit.contains(label));
            assert_eq!(credit.contains("<p><strong>本文由") || credit.contains("(KI)"), !label.is_empty(), "{credit}");
            assert_eq!(facts.byline.contains("林书白"), named, "{}", facts.byline);
            assert_eq!(plain_credit(&facts).contains("林书白"), named);
            (facts.way(), missing_in_credit(&facts, &credit.replace("林书白", "")).is_some())
        };
        let (way, is_missed) = check(
            TranslationKind::Machine,
            "de",
            TranslationKind::Human,
            true,
            "(KI)",
            "<br>Übersetzt von: 林书白 (von einem Menschen übersetzt)<br>Übersetzung: maschinell übersetzt, Loom",
        );
        assert!(is_missed);
        assert!(way.contains("海港纪事中文网 (zh-Hans, translated, 林书白, 2026-06-01) → 南岸新闻"), "{way}");
        assert!(way.contains(" → ") && !way.contains(" / ") && way.contains("(de, translated"), "{way}");
        let (way, _) = check(
            TranslationKind::ScriptConversion,
            "zh-Hans",
            TranslationKind::Human,
            true,
            "",
            "<br>译者：林书白（人工翻译）<br>文字：繁简转换、Loom",
        );
        assert!(way.contains("(zh-Hans, script-converted"), "{way}");
        check(
            TranslationKind::Machine,
            "de",
            TranslationKind::Human,
            false,
            "(KI)",
            " (von einem Menschen übersetzt)<br>Übersetzung: maschinell übersetzt, Loom",
        );
        // Other characters do not make a machine's text a person's.
        check(
            TranslationKind::ScriptConversion,
            "zh-Hans",
            TranslationKind::Machine,
            false,
            "本文由机器翻译（AI）生成，未经人工审校",
            "<br>翻译：机器翻译、nmt<br>文字：繁简转换、Loom",
        );
    }

    #[test]
    fn every_translation_on_the_way_is_credited_once() {
        let renderer = sample::renderer();
        let mut article = sample::article(Sample::Translation);
        article.attributed.article.language = Some("de".to_owned());
        let provenance = &mut article.attributed.provenance;
        for (action, name) in [(HopAction::ScriptConverted, "Ferry Desk"), (HopAction::Translated, "Lamp Desk")] {
            let party = Party { name: name.to_owned(), url: None };
            provenance.hops.push(Hop { action, party, at: None, language: None });
        }
        let translation = provenance.translation.as_mut().unwrap();
        let translators = std::mem::take(&mut translation.translators);
        let step = |kind: TranslationKind, engine: Option<&str>| Earlier {
            kind,
            engine: engine.map(str::to_owned),
            translators: translators.clone(),
            earlier: None,
        };
        translation.earlier =
            Earlier::chain(vec![step(TranslationKind::ScriptConversion, Some("Reed")), step(TranslationKind::Human, None)]);
        (translation.kind, translation.engine) = (TranslationKind::Machine, Some("Loom".to_owned()));
        let facts = renderer.facts(&article);
        let body = renderer.body(&facts);
        let credit = &body[..body.find("</div>").unwrap()];
        let lines = "林书白 (von einem Menschen übersetzt)<br>Schrift: zwischen Kurz- und Langzeichen umgewandelt, Reed\
                     <br>Übersetzung: maschinell übersetzt, Loom</p>";
        assert!(credit.replace("</a>", "").ends_with(lines), "{credit}");
        assert_eq!(facts.byline.matches("林书白").count(), 1, "{}", facts.byline);
        let way = facts.way();
        assert!(
            way.contains("(zh-Hans, translated, 林书白, 2026-06-01)") && way.contains("Ferry Desk (script-converted)"),
            "{way}"
        );
        assert!(missing_in_credit(&facts, &credit.replace("林书白", "")).is_some());
        // A text of which only the script changed, twice, is a person's still.
        let translation = article.attributed.provenance.translation.as_mut().unwrap();
        translation.kind = TranslationKind::ScriptConversion;
        assert_eq!(label(&renderer.facts(&article)), None);
        // Somebody translated what a machine had made before.
        let translation = article.attributed.provenance.translation.as_mut().unwrap();
        translation.translators.clone_from(&translators);
        translation.earlier = Some(Earlier { translators: Vec::new(), ..step(TranslationKind::Machine, Some("Loom")) });
        translation.kind = TranslationKind::Human;
        let facts = renderer.facts(&article);
        let body = renderer.body(&facts);
        assert!(label(&facts).is_none() && missing_in_credit(&facts, &body).is_none(), "{body}");
    }

    #[test]
    fn req_59_a_translation_that_is_still_to_come_is_said_in_words_first() {
        let renderer = sample::renderer();
        let check = |awaited: Awaited, tag: &str, words: &str| {
            let mut article = sample::article(Sample::Translation);
            article.beside.awaited = Some(awaited);
            let facts = renderer.facts(&article);
            let start = format!("<div class=\"reprint-credit\"><p lang=\"{tag}\"><strong>{words}</strong></p><p><strong>来源");
            assert!(renderer.body(&facts).starts_with(&start), "{}", renderer.body(&facts));
            assert!(plain_credit(&facts).contains(words));
            assert_eq!(missing_in_credit(&facts, "<p>none</p>").as_deref(), Some("the source (source.name)"));
        };
        check(Awaited::Untranslated("ca".to_owned()), "ca", "Encara sense traduir; aquest és el text original");
        check(Awaited::Untranslated("zh-Hant-TW".to_owned()), "zh-Hant", "尚無譯文，以下為原文");
        check(Awaited::Outdated, "zh-Hans", "原文已有更新，译文待更新");
    }

    #[test]
    fn feeds_carry_no_drawings_and_of_formulae_the_characters() {
        let check = |text: &str, expected: &str| assert_eq!(html_only(text), expected, "{text}");
        check("<p>a &lt;svg&gt; <b>b</b></p>", "<p>a &lt;svg&gt; <b>b</b></p>");
        check("<p>a<svg><defs><text>b</text></defs></svg>c</p>", "<p>ac</p>");
        check("<p>a</p><figure><svg><path></path></svg><figcaption>b</figcaption></figure>", "<p>a</p>");
        check(
            "<p>E = <math><semantics><mrow><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></mrow>\
             <annotation encoding=\"application/x-tex\">mc^2</annotation></semantics></math>.</p>",
            "<p>E = mc2.</p>",
        );
        check("<math><mi>x</mi></math><svg></svg><annotation>y</annotation>", "x<annotation>y</annotation>");
        let renderer = sample::renderer();
        let mut article = sample::article(Sample::Bare);
        article.attributed.article.body = Html::from_sanitized("<p>a</p><svg><path d=\"M0 0\"></path></svg>".to_owned());
        let facts = renderer.facts(&article);
        assert!(renderer.body(&facts).contains("<svg>") && !renderer.feed_body(&facts).contains("<svg>"));
    }

    #[test]
    fn right_to_left_credits_say_so() {
        let renderer = sample::renderer();
        let mut article = sample::article(Sample::Bare);
        article.attributed.article.language = Some("ar".to_owned());
        let body = renderer.body(&renderer.facts(&article));
        assert!(body.starts_with("<div class=\"reprint-credit\" dir=\"rtl\"><p><strong>المصدر</strong>"), "{body}");
        assert_eq!(body.matches("<div class=\"reprint-disclaimer\" dir=\"rtl\">").count(), 2);
    }

    #[test]
    fn m05_names_are_text_and_never_markup() {
        let renderer = sample::renderer();
        let mut article = sample::article(Sample::Bare);
        let evil = "<script>alert(1)</script>\" onload='x";
        article.attributed.provenance.source.name = evil.to_owned();
        article.attributed.provenance.authors =
            vec![Person { name: Some(evil.to_owned()), uri: Some("javascript:alert(1)".to_owned()), email: None }];
        article.attributed.provenance.disclaimer = Some(format!("{evil} 本文"));
        article.attributed.article.body = Html::from_sanitized("<p>x</p>".to_owned());
        let body = renderer.body(&renderer.facts(&article));
        assert!(!body.contains("<script") && !body.contains("javascript:") && !body.contains("onload='"), "{body}");
        assert!(body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    }

    #[test]
    fn a_text_that_is_only_a_summary_is_shown_with_its_credit() {
        let renderer = sample::renderer();
        let mut article = sample::article(Sample::Bare);
        article.attributed.article.body = Html::default();
        article.attributed.article.summary = Some("一行 <摘要>".to_owned());
        let facts = renderer.facts(&article);
        assert_eq!((facts.text.as_str(), facts.summary.as_deref()), ("<p>一行 &lt;摘要&gt;</p>", None));
        assert!(renderer.body(&facts).contains("<p>一行 &lt;摘要&gt;</p>\n<hr>"));
    }

    #[test]
    fn the_last_resort_says_everything_a_credit_must() {
        let renderer = sample::renderer();
        for sample in [Sample::Translation, Sample::Bare, Sample::Machine] {
            let article = sample::article(sample);
            let facts = renderer.facts(&article);
            assert_eq!(missing_in_credit(&facts, &plain_credit(&facts)), None);
        }
    }
}
