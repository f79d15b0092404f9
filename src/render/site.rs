//! What every site has whatever its articles: style sheets, the namespace for people, its rules for machines.

use minijinja::{Value, context};
use sha2::{Digest, Sha256};

use crate::model::{GONE_PAGE, HopAction, NOT_FOUND_PAGE, PublishedDocument, TranslationKind};

use super::page::{HTML, plain_page};
use super::text::html;
use super::{EMPTY_FEED_UPDATED, REPRINT_NAMESPACE, Renderer, SiteFacts, document};

const CSS: &str = "text/css; charset=utf-8";

/// Where the namespace is explained, below the site's root.
const NAMESPACE_PAGE: &str = "ns/1.0";

/// The licence for machines (RSL 1.0), below the site's root.
const RSL: &str = "rsl.xml";

impl SiteFacts {
    /// Where people read what the reprint namespace and the members of `_reprint` mean.
    pub(super) fn namespace_page(&self) -> String {
        format!("{}{NAMESPACE_PAGE}", self.address)
    }

    /// Path of the site's root with a slash at both ends. Style sheets are asked for by path: they come from wherever the page came from, also
    /// before the site's name leads here.
    fn root(&self) -> &str {
        let after_scheme = self.address.find("://").map_or(0, |at| at + 3);
        let root =
            self.address.get(after_scheme..).and_then(|rest| rest.find('/')).map_or("/", |at| &self.address[after_scheme + at..]);
        root.split(['?', '#']).next().unwrap_or("/")
    }
}

impl Renderer {
    /// The documents that depend on feeds.toml and the templates only: style sheets, `/outlets`, `/ns/1.0`, robots.txt, and the signals for
    /// text and data mining (RSL 1.0, TDMRep).
    pub fn site_documents(&self) -> Vec<PublishedDocument> {
        let put =
            |path: &str, content_type: &str, body: String| document(path.to_owned(), content_type, body, EMPTY_FEED_UPDATED);
        let rsl = format!("{}{RSL}", self.site.address);
        vec![
            put(&self.style_path(), CSS, self.templates.style.clone()),
            put("static/feed.css", CSS, self.feed_style()),
            put("outlets", HTML, self.outlets_page()),
            put(NOT_FOUND_PAGE, HTML, self.said("not_found", "not_found_text")),
            put(GONE_PAGE, HTML, self.said("gone", "gone_text")),
            put(NAMESPACE_PAGE, HTML, self.namespace_page()),
            // RFC 9309, with the record of RSL 1.0 § 4.1 that names the licence.
            put("robots.txt", "text/plain; charset=utf-8", format!("User-agent: *\nAllow: /\n\nLicense: {rsl}\n")),
            put(
                RSL,
                "application/rsl+xml; charset=utf-8",
                format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}\n", licence("/")),
            ),
            put(".well-known/tdmrep.json", "application/json", "[{\"location\":\"/*\",\"tdm-reservation\":1}]\n".to_owned()),
        ]
    }

    /// Path of the style sheet, another one for every content: browsers may keep it for ever.
    fn style_path(&self) -> String {
        let hash: String = Sha256::digest(&self.templates.style)[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("static/style.{hash}.css")
    }

    /// Address of the style sheet.
    pub(super) fn stylesheet(&self) -> String {
        format!("{}{}", self.site.root(), self.style_path())
    }

    /// Address of the licence for machines.
    pub(super) fn rsl_address(&self) -> String {
        format!("{}{RSL}", self.site.address)
    }

    /// A feed with the instruction that lets a browser show it (xml-stylesheet, CSS only: browsers give up XSLT).
    pub(super) fn styled(&self, mut feed: String) -> String {
        let declared = feed.starts_with("<?xml ");
        if let Some(end) = feed.find("?>\n").filter(|_| declared) {
            let instruction =
                format!("<?xml-stylesheet type=\"text/css\" href=\"{}static/feed.css\"?>\n", html(self.site.root()));
            feed.insert_str(end + 3, &instruction);
        }
        feed
    }

    /// The style of feeds, with the one sentence that a style sheet can add to a document.
    fn feed_style(&self) -> String {
        let words = self.words.of([Some(self.site.language.as_str())]);
        let notice: String = words.get("feed_notice").chars().map(|c| format!("\\{:x} ", u32::from(c))).collect();
        format!("{}:root::before {{ content: \"{notice}\"; }}\n", self.templates.feed_style)
    }

    /// A page that says one thing, in the site's language: words.html has its title and its text under these keys.
    fn said(&self, title: &str, text: &str) -> String {
        let words = self.words.of([Some(self.site.language.as_str())]);
        self.notice(words.get(title), Value::from(words.get(text)), None)
    }

    /// The page in place of one that cannot be shown. `says`: a sentence, escaped if it is marked as safe; `reason`: somebody's words.
    pub(super) fn notice(&self, title: &str, says: Value, reason: Option<&str>) -> String {
        let context = self.notice_context(title, says, reason);
        self.templates.render("notice.html", &context).unwrap_or_else(|| plain_page(title, &html(reason.unwrap_or_default())))
    }

    fn notice_context(&self, title: &str, says: Value, reason: Option<&str>) -> Value {
        let words = self.words.of([Some(self.site.language.as_str())]);
        // No address of its own: it is served at those of others.
        context! { says, reason, ..self.frame(title, words, Some(&self.site.language), &self.site.address) }
    }

    /// What the namespace means, in English: its readers write programs.
    fn namespace_page(&self) -> String {
        let words = self.words.of([Some("en")]);
        let title = "The reprint namespace, version 1.0";
        let context = context! {
            namespace => REPRINT_NAMESPACE,
            kinds => TranslationKind::ALL.map(|(_, name)| name).to_vec(),
            actions => HopAction::ALL.map(|(_, name)| name).to_vec(),
            ..self.frame(title, words, Some("en"), &self.site.namespace_page())
        };
        self.templates.render("namespace.html", &context).unwrap_or_default()
    }

    /// The pages of this file, tried out; the error names file, line and what is wrong.
    pub(super) fn try_site_pages(&self) -> Result<(), String> {
        self.templates.try_render("outlets.html", &self.outlets_context())?;
        for reason in [None, Some("reason")] {
            self.templates.try_render("notice.html", &self.notice_context("title", Value::from("says"), reason))?;
        }
        let words = self.words.of([Some("en")]);
        let context = context! {
            namespace => REPRINT_NAMESPACE,
            kinds => ["human"],
            actions => ["created"],
            ..self.frame("", words, Some("en"), &self.site.address)
        };
        self.templates.try_render("namespace.html", &context)?;
        self.try_status_page()
    }
}

/// No use by models without the rightsholder (RSL 1.0 § 3); `url` is theirs, never ours for what is not ours.
pub(super) fn licence(url: &str) -> String {
    format!(
        "<rsl xmlns=\"https://rslstandard.org/rsl\"><content url=\"{}\"><license><prohibits type=\"usage\">ai-all</prohibits></license></content></rsl>",
        html(url)
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, renderer};
    use super::*;

    fn site_with(address: &str) -> SiteFacts {
        SiteFacts { address: address.to_owned(), ..sample::site() }
    }

    #[test]
    fn style_sheets_are_asked_for_below_the_path_of_the_site() {
        let check = |address: &str, expected: &str| assert_eq!(site_with(address).root(), expected, "{address}");
        check("https://relay.example.net/", "/");
        check("https://relay.example.net/relay/", "/relay/");
        check("http://127.0.0.1:8080/", "/");
    }

    #[test]
    fn the_address_of_the_style_sheet_is_its_content() {
        let documents = renderer().site_documents();
        let style = documents.iter().find(|document| document.path.starts_with("static/style.")).unwrap();
        assert_eq!(renderer().stylesheet(), format!("/{}", style.path));
        assert_eq!(style.path.split('.').count(), 3);
        let other = Renderer::with(sample::site(), Vec::new(), &[], None).map(|mut renderer| {
            renderer.templates.style.push_str("p{}");
            renderer.style_path()
        });
        assert_ne!(other.unwrap(), style.path);
    }

    #[test]
    fn machines_are_told_the_rules() {
        let documents = renderer().site_documents();
        let text = |path: &str| {
            let document = documents.iter().find(|document| document.path == path).unwrap();
            String::from_utf8(document.body.to_vec()).unwrap()
        };
        assert_eq!(text("robots.txt"), "User-agent: *\nAllow: /\n\nLicense: https://relay.example.net/rsl.xml\n");
        assert!(text("rsl.xml").contains("<content url=\"/\"><license><prohibits type=\"usage\">ai-all</prohibits>"));
        let tdm: serde_json::Value = serde_json::from_str(&text(".well-known/tdmrep.json")).unwrap();
        assert_eq!((tdm[0]["location"].as_str(), tdm[0]["tdm-reservation"].as_i64()), (Some("/*"), Some(1)));
        let namespace = text("ns/1.0");
        for word in TranslationKind::ALL.iter().map(|(_, name)| *name).chain(HopAction::ALL.iter().map(|(_, name)| *name)) {
            assert!(namespace.contains(&format!("<code>{word}</code>")), "{word}");
        }
        assert!(namespace.contains(REPRINT_NAMESPACE) && namespace.contains("<html lang=\"en\" dir=\"ltr\">"));
    }

    #[test]
    fn what_is_not_there_is_said_in_the_language_of_the_site() {
        let check = |language: &str, path: &str, parts: &[&str]| {
            let site = SiteFacts { language: language.to_owned(), ..sample::site() };
            let renderer = Renderer::with(site, Vec::new(), &[], None).unwrap();
            let page = renderer.site_documents().into_iter().find(|document| document.path == path).unwrap();
            let page = String::from_utf8(page.body.to_vec()).unwrap();
            for part in parts {
                assert!(page.contains(part), "{part}\n{page}");
            }
        };
        check("zh-Hans", NOT_FOUND_PAGE, &["<html lang=\"zh-Hans\"", "<h1>页面不存在</h1>", "content=\"noindex\"", ">首页</a>"]);
        check("de", NOT_FOUND_PAGE, &["<html lang=\"de\"", "<h1>Nicht gefunden</h1>", "rel=\"stylesheet\""]);
        check("ar", GONE_PAGE, &["dir=\"rtl\"", "<h1>لم تعد متاحة</h1>"]);
    }

    #[test]
    fn feeds_name_their_style_after_the_declaration_and_nothing_else_does() {
        let styled = renderer().styled("<?xml version=\"1.0\"?>\n<rss/>".to_owned());
        let expected = "<?xml version=\"1.0\"?>\n<?xml-stylesheet type=\"text/css\" href=\"/static/feed.css\"?>\n<rss/>";
        assert_eq!(styled, expected);
        assert_eq!(renderer().styled("{\"version\":\"?>\\n\"}".to_owned()), "{\"version\":\"?>\\n\"}");
    }

    #[test]
    fn no_wording_ends_the_string_of_the_style_sheet() {
        let style = renderer().feed_style();
        let content = style.rsplit_once("content: \"").unwrap().1;
        assert!(content.starts_with("\\8fd9 "), "{content}");
        assert!(
            content
                .strip_suffix("\"; }\n")
                .unwrap()
                .bytes()
                .all(|byte| byte == b'\\' || byte == b' ' || byte.is_ascii_hexdigit())
        );
    }
}
