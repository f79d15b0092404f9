//! What an outlet's terms leave of an article, before anything is said of it: every output is made from that.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::config::{Feed, Publish, Terms};
use crate::model::{Article, AttributedArticle, Conditions, Html, StoredArticle};

use super::text::{html, line, xml_safe};
use super::{Renderer, excerpt, markup};

/// What may be shown of the text of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allowed {
    /// The text as HTML.
    pub text: String,
    /// The outlet's short form of it, plain text.
    pub summary: Option<String>,
    /// Whether the whole of it is at the outlet only, as far as the terms go.
    pub is_part: bool,
    /// Whether anything of the text was left out.
    pub is_shortened: bool,
}

/// The text of an article, as far as its outlet lets us show it. `language`: BCP 47.
pub(super) fn allowed(terms: &Terms, stored: &StoredArticle, language: Option<&str>) -> Allowed {
    allowed_of(terms, &stored.attributed.article, language)
}

/// An article with nothing of its text that the terms of its outlet keep from readers: what is worth paying a translator for. The same article for
/// ever as long as what is shown is the same. `language`: BCP 47.
pub fn shown_part<'a>(terms: &Terms, attributed: &'a AttributedArticle, language: Option<&str>) -> Cow<'a, AttributedArticle> {
    let article = &attributed.article;
    if terms.publish == Publish::Full && (terms.images || !article.body.as_str().contains('<')) {
        return Cow::Borrowed(attributed);
    }
    let Allowed { text, summary, .. } = allowed_of(terms, article, language);
    let mut part = attributed.clone();
    part.article.images.retain(|image| text.contains(&html(image.url.as_str())));
    part.article.body = Html::from_sanitized(text);
    part.article.summary = summary;
    Cow::Owned(part)
}

fn allowed_of(terms: &Terms, article: &Article, language: Option<&str>) -> Allowed {
    let summary = || article.summary.as_deref().map(|s| xml_safe(s.trim()).into_owned()).filter(|s| !s.is_empty());
    if terms.publish == Publish::Title {
        return Allowed { text: String::new(), summary: None, is_part: true, is_shortened: true };
    }
    let mut body: Cow<'_, str> = xml_safe(article.body.as_str());
    if !terms.images && body.contains('<') {
        body = Cow::Owned(markup::without(&body, &["img", "svg"]));
    }
    let Publish::Excerpt { characters } = terms.publish else {
        // Nothing but a summary: it is the text.
        let (text, summary) = match summary() {
            Some(summary) if body.trim().is_empty() => (format!("<p>{}</p>", html(&summary)), None),
            // RFC 4287 § 4.2.13: a summary does not repeat the title.
            summary => (body.into_owned(), summary.filter(|s| line(s) != line(&article.title))),
        };
        return Allowed { text, summary, is_part: false, is_shortened: false };
    };
    // Sound and film are the whole of what they are, and a summary beside an excerpt is more than an excerpt.
    let kept = markup::without(&body, &["audio", "video"]);
    let is_silenced = kept != *body;
    let text = match summary() {
        Some(summary) if kept.trim().is_empty() => format!("<p>{}</p>", html(&summary)),
        _ => kept,
    };
    let excerpt = excerpt::of(&text, characters, language);
    Allowed { text: excerpt.html, summary: None, is_part: true, is_shortened: excerpt.is_cut || is_silenced }
}

impl Renderer {
    /// The terms of an outlet; of one that feeds.toml does not have the usual ones.
    pub(super) fn terms(&self, outlet: &str) -> &Terms {
        self.outlets.get(outlet).map_or(&self.usual_terms, |outlet| &outlet.terms)
    }

    /// On what the documents of a feed stand: the terms of its outlets, and the program that enforces them. The moments are left to whoever
    /// knows the articles.
    pub fn conditions(&self, feed: &Feed) -> Conditions {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for outlet in &feed.outlets {
            hash.update(format!("\0{outlet}\0{:?}", self.terms(outlet)));
        }
        if !feed.selection.is_open() {
            hash.update(format!("\0{:?}", feed.selection));
        }
        if let Some(target) = &feed.translate {
            hash.update(format!("\0{target:?}"));
        }
        let terms = hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let noindex = feed.outlets.iter().any(|outlet| self.terms(outlet).noindex);
        Conditions { terms, noindex, ..Conditions::default() }
    }

    /// Whether search engines are to leave out the page of a feed, which shows titles only of articles that are left out.
    pub(super) fn is_all_noindex(&self, feed: &Feed) -> bool {
        !feed.outlets.is_empty() && feed.outlets.iter().all(|outlet| self.terms(outlet).noindex)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, Sample};
    use super::super::{Contents, FeedFormat, SiteFacts};
    use super::*;
    use crate::model::{Attachment, Image, Warning};

    fn renderer(terms: Terms) -> Renderer {
        let mut outlets = sample::outlets();
        outlets[0].terms = terms;
        let site: SiteFacts = sample::site();
        Renderer::with(site, outlets, &[sample::feed("all")], None).unwrap()
    }

    fn excerpt(characters: usize) -> Terms {
        Terms { publish: Publish::Excerpt { characters: Some(characters) }, ..Terms::default() }
    }

    fn title() -> Terms {
        Terms { publish: Publish::Title, ..Terms::default() }
    }

    #[test]
    fn texts_and_summaries_by_the_terms() {
        let check = |terms: Terms, body: &str, summary: Option<&str>, expected: (&str, Option<&str>)| {
            let mut article = sample::article(Sample::Bare);
            article.attributed.article.body = Html::from_sanitized(body.to_owned());
            article.attributed.article.summary = summary.map(str::to_owned);
            let allowed = allowed(&terms, &article, Some("zh-Hans"));
            assert_eq!((allowed.text.as_str(), allowed.summary.as_deref()), expected, "{terms:?}");
        };
        let body = "<p>渡轮停航。</p><p>没人来。</p>";
        check(Terms::default(), body, Some("短"), (body, Some("短")));
        check(Terms::default(), " ", Some("短 & 小"), ("<p>短 &amp; 小</p>", None));
        check(excerpt(6), body, Some("短"), ("<p>渡轮停航。</p>", None));
        check(excerpt(6), "", Some("渡轮停航。没人来。"), ("<p>渡轮停航。</p>", None));
        check(excerpt(90), "<p>一。</p><audio src=\"x\"></audio>", None, ("<p>一。</p>", None));
        check(excerpt(90), "<video src=\"x\"></video>", Some("短。"), ("<p>短。</p>", None));
        check(title(), body, Some("短"), ("", None));
        let no_images = Terms { images: false, ..Terms::default() };
        check(no_images.clone(), "<p><img src=\"x\">一。</p>", Some("短"), ("<p>一。</p>", Some("短")));
        // A text of nothing but a picture has its summary left.
        check(no_images, "<figure><img src=\"x\"></figure>", Some("短"), ("<p>短</p>", None));
    }

    #[test]
    fn what_readers_are_not_shown_is_no_part_of_the_article() {
        let check = |terms: Terms, expected: (&str, Option<&str>, usize)| {
            let mut article = sample::article(Sample::Bare).attributed;
            article.article.body = Html::from_sanitized(
                "<p>渡轮停航。<img src=\"https://a.example/1.jpg?x=1&amp;y=2\"></p><p>没人来。<img src=\"https://a.example/2.jpg\"></p>".to_owned(),
            );
            article.article.summary = Some("短".to_owned());
            let image = |address: &str| Image {
                url: url::Url::parse(address).unwrap(),
                caption: Some("图".to_owned()),
                credit: None,
                copyright: None,
                width: None,
                height: None,
                media_type: None,
            };
            article.article.images = vec![image("https://a.example/1.jpg?x=1&y=2"), image("https://a.example/2.jpg")];
            let part = shown_part(&terms, &article, Some("zh-Hans"));
            let Article { body, summary, images, .. } = &part.article;
            assert_eq!((body.as_str(), summary.as_deref(), images.len()), expected, "{terms:?}");
            assert_eq!(part.article.title, article.article.title);
            // Once more changes nothing.
            let again = shown_part(&terms, &part, Some("zh-Hans")).into_owned();
            assert_eq!((&again.article.body, &again.article.summary), (body, summary), "{terms:?}");
        };
        let first = "<p>渡轮停航。<img src=\"https://a.example/1.jpg?x=1&amp;y=2\"></p>";
        check(Terms::default(), (&format!("{first}<p>没人来。<img src=\"https://a.example/2.jpg\"></p>"), Some("短"), 2));
        check(Terms { images: false, ..Terms::default() }, ("<p>渡轮停航。</p><p>没人来。</p>", Some("短"), 0));
        check(title(), ("", None, 0));
        check(Terms { images: false, ..excerpt(6) }, ("<p>渡轮停航。</p>", None, 0));
    }

    #[test]
    fn files_follow_the_terms() {
        let mut article = sample::article(Sample::Bare);
        let file = |address: &str, media_type: &str| Attachment {
            url: url::Url::parse(address).unwrap(),
            media_type: media_type.to_owned(),
            length: 1,
        };
        article.attributed.article.attachments = vec![
            file("https://a.example/a.png", "image/png"),
            file("https://a.example/b.JPEG", "application/octet-stream"),
            file("https://a.example/c.mp3", "audio/mpeg"),
        ];
        let check = |terms: Terms, expected: usize| {
            assert_eq!(renderer(terms.clone()).facts(&article).files.len(), expected, "{terms:?}")
        };
        check(Terms::default(), 3);
        check(Terms { images: false, ..Terms::default() }, 1);
        check(excerpt(10), 0);
        check(title(), 0);
    }

    #[test]
    fn a_title_made_of_the_text_is_not_shown_where_only_titles_are() {
        let mut article = sample::article(Sample::Bare);
        article.attributed.article.warnings.push(Warning::new("title_missing", "none"));
        assert_eq!(renderer(Terms::default()).facts(&article).title, article.attributed.article.title);
        assert_eq!(renderer(title()).facts(&article).title, "南岸新闻");
        article.attributed.article.title.clear();
        assert_eq!(renderer(title()).facts(&article).title, "南岸新闻");
    }

    #[test]
    fn the_rest_is_linked_at_the_outlet_in_the_words_of_the_text() {
        let link = |language: &str, terms: Terms| {
            let mut article = sample::article(Sample::Translation);
            article.attributed.article.language = Some(language.to_owned());
            let renderer = renderer(terms);
            let body = renderer.body(&renderer.facts(&article));
            body.split_once("reprint-more").map(|(_, after)| after.split_once("</div>").unwrap().0.to_owned())
        };
        let nanan = "<a href=\"https://nanan.example/news/4711\">";
        assert_eq!(link("zh-Hans", excerpt(10)), Some(format!("\"><p>{nanan}在南岸新闻阅读全文</a></p>")));
        assert_eq!(link("de", title()), Some(format!("\"><p>{nanan}Weiterlesen bei 南岸新闻</a></p>")));
        assert_eq!(link("ar", title()), Some(format!("\" dir=\"rtl\"><p>{nanan}تابع القراءة في 南岸新闻</a></p>")));
        assert_eq!(link("de", Terms::default()), None);
    }

    #[test]
    fn our_own_step_says_whether_anything_was_left_out() {
        let action = |terms: Terms, body: &str| {
            let mut article = sample::article(Sample::Bare);
            article.attributed.article.body = Html::from_sanitized(body.to_owned());
            let renderer = renderer(terms);
            let facts = renderer.facts(&article);
            (facts.hops.last().unwrap().action.name(), facts.responsible.name.clone())
        };
        let check = |terms: Terms, body: &str, expected: &str| {
            assert_eq!(action(terms.clone(), body), (expected.to_owned().as_str(), "南岸新闻".to_owned()), "{terms:?} {body}");
        };
        check(Terms::default(), "<p>一。二。</p>", "reposted");
        check(excerpt(4), "<p>一。二。</p>", "reposted");
        check(excerpt(3), "<p>一。二。</p>", "excerpted");
        check(excerpt(4), "<p>一。</p><video src=\"x\"></video>", "excerpted");
        check(title(), "<p>一。</p>", "excerpted");
    }

    #[test]
    fn conditions_change_with_the_terms_of_an_outlet_of_the_feed_and_with_nothing_else() {
        let of = |terms: Terms, feed: &str| renderer(terms).conditions(&sample::feed(feed)).terms;
        let usual = of(Terms::default(), "all");
        assert_eq!((usual.len(), &of(Terms::default(), "all")), (16, &usual));
        for terms in [
            excerpt(10),
            excerpt(11),
            title(),
            Terms { images: false, ..Terms::default() },
            Terms { noindex: true, ..Terms::default() },
            Terms { languages: vec!["en".to_owned()], ..Terms::default() },
            Terms { expire: Some(std::time::Duration::from_secs(1)), ..Terms::default() },
        ] {
            assert_ne!(of(terms.clone(), "all"), usual, "{terms:?}");
        }
        let document = renderer(title()).feed(&sample::feed("all"), FeedFormat::Rss, &Contents::default());
        assert_eq!(document.conditions.terms, of(title(), "all"));
    }
}
