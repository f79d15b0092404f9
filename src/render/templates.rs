//! The templates: built in, replaced file by file by those of the admin's folder, and tried out when they are loaded.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};

use super::text::html;
use super::words::Words;

/// Built-in templates by file name.
const BUILT_IN: [(&str, &str); 12] = [
    ("article.html", include_str!("../../templates/article.html")),
    ("base.html", include_str!("../../templates/base.html")),
    ("credit.html", include_str!("../../templates/credit.html")),
    ("disclaimer.html", include_str!("../../templates/disclaimer.html")),
    ("feed.html", include_str!("../../templates/feed.html")),
    ("index.html", include_str!("../../templates/index.html")),
    ("namespace.html", include_str!("../../templates/namespace.html")),
    ("notice.html", include_str!("../../templates/notice.html")),
    ("outlets.html", include_str!("../../templates/outlets.html")),
    ("parts.html", include_str!("../../templates/parts.html")),
    ("status.html", include_str!("../../templates/status.html")),
    ("words.html", include_str!("../../templates/words.html")),
];

/// The one style sheet of the pages.
const STYLE: (&str, &str) = ("style.css", include_str!("../../templates/style.css"));

/// The style sheet of feeds that are opened in a browser.
const FEED_STYLE: (&str, &str) = ("feed.css", include_str!("../../templates/feed.css"));

/// A template file larger than this is a mistake.
const LARGEST_FILE: u64 = 1 << 20;

/// What one rendering may use up: a page of thousands of feeds takes a hundredth of it, `range(100000000)` ends here.
const FUEL: u64 = 50_000_000;

/// The templates in force, and the built-in ones to fall back on.
#[derive(Debug)]
pub(super) struct Templates {
    own: Environment<'static>,
    built_in: Environment<'static>,
    /// Path or name of each file, for messages.
    files: BTreeMap<String, String>,
    /// Text of the style sheet of pages.
    pub style: String,
    /// Text of the style sheet of feeds.
    pub feed_style: String,
}

impl Templates {
    /// Reads and compiles the built-in templates and those of `folder`.
    pub fn load(folder: Option<&Path>) -> Result<(Self, Words), String> {
        let mut templates = Self {
            own: environment(),
            built_in: environment(),
            files: BUILT_IN.iter().map(|(name, _)| ((*name).to_owned(), format!("built-in {name}"))).collect(),
            style: STYLE.1.to_owned(),
            feed_style: FEED_STYLE.1.to_owned(),
        };
        for (name, source) in BUILT_IN {
            for environment in [&mut templates.built_in, &mut templates.own] {
                environment.add_template(name, source).map_err(|error| explain(&templates.files, &error))?;
            }
        }
        for (name, path, source) in folder.map(read_folder).transpose()?.unwrap_or_default() {
            if name == STYLE.0 {
                templates.style = source;
                continue;
            }
            if name == FEED_STYLE.0 {
                templates.feed_style = source;
                continue;
            }
            if !templates.files.contains_key(&name) {
                tracing::warn!(file = path, "replaces no built-in template; it is used only where another one includes it");
            }
            templates.files.insert(name.clone(), path);
            templates.own.add_template_owned(name, source).map_err(|error| explain(&templates.files, &error))?;
        }
        let words = templates.words()?;
        Ok((templates, words))
    }

    fn words(&self) -> Result<Words, String> {
        let read = |environment: &Environment<'static>| -> Result<Value, Error> {
            let captured = environment.get_template("words.html")?.render_captured(())?;
            Ok(captured.state().lookup("words").unwrap_or_default())
        };
        let built_in = read(&self.built_in).map_err(|error| explain(&self.files, &error))?;
        let file = &self.files["words.html"];
        let own = read(&self.own).map_err(|error| explain(&self.files, &error))?;
        if own.is_undefined() {
            return Err(format!("{file}: sets no \"words\"; expected {{% set words = {{\"zh-Hans\": {{…}}}} %}}"));
        }
        Words::new(&built_in, Some(&own)).map_err(|error| format!("{file}: {error}"))
    }

    /// Ends the trial: from here on errors leave out what templates and variables hold, since that is article text.
    pub fn end_trial(&mut self) {
        self.own.set_debug(false);
        self.built_in.set_debug(false);
    }

    /// Name of a file in messages.
    pub fn file<'a>(&'a self, name: &'a str) -> &'a str {
        self.files.get(name).map_or(name, String::as_str)
    }

    /// Renders a template in force; the error names file, line and what is wrong.
    pub fn try_render(&self, name: &str, context: &Value) -> Result<String, String> {
        render(&self.own, name, context).map_err(|error| explain(&self.files, &error))
    }

    /// Renders the built-in template of that name.
    pub fn built_in(&self, name: &str, context: &Value) -> Option<String> {
        let rendered = render(&self.built_in, name, context);
        rendered.inspect_err(|error| tracing::error!(template = name, %error, "a built-in template failed")).ok()
    }

    /// Renders a template in force, else (it passed on the sample and fails on this article) the built-in one.
    pub fn render(&self, name: &str, context: &Value) -> Option<String> {
        match self.try_render(name, context) {
            Ok(rendered) => Some(rendered),
            Err(error) => {
                tracing::warn!(template = name, error, "a template failed, the built-in one stands in");
                self.built_in(name, context)
            }
        }
    }
}

fn render(environment: &Environment<'static>, name: &str, context: &Value) -> Result<String, Error> {
    environment.get_template(name)?.render(context.clone())
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    // While the templates are tried out on samples, an error names the expression it points at.
    environment.set_debug(true);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(write_value);
    environment
}

/// The escaping of the rest of our HTML, so that addresses stay as they are (minijinja's own also turns `/` into a reference); nothing for none.
fn write_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let escaped = !value.is_safe() && matches!(state.auto_escape(), AutoEscape::Html);
    match value.as_str() {
        _ if value.is_none() => {}
        Some(text) if escaped => out.write_str(&html(text))?,
        Some(text) => out.write_str(text)?,
        None if escaped => out.write_str(&html(&value.to_string()))?,
        None => out.write_str(&value.to_string())?,
    }
    Ok(())
}

/// Name, path and text of every template in a folder, sorted by name.
fn read_folder(folder: &Path) -> Result<Vec<(String, String, String)>, String> {
    let unreadable = |error| format!("templates folder {}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if !(name.ends_with(".html") || name == STYLE.0 || name == FEED_STYLE.0) || name.starts_with('.') || !path.is_file() {
            continue;
        }
        let shown = path.display().to_string();
        let mut bytes = Vec::new();
        let file = std::fs::File::open(&path).map_err(|error| format!("{shown}: {error}"))?;
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(|error| format!("{shown}: {error}"))?;
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(format!("{shown}: larger than {LARGEST_FILE} bytes; a template is a few kilobytes"));
        }
        let text = String::from_utf8(bytes).map_err(|_| format!("{shown}: not UTF-8; save it as UTF-8"))?;
        found.push((name.to_owned(), shown, text.trim_start_matches('\u{feff}').to_owned()));
    }
    found.sort();
    Ok(found)
}

/// `file, line 3: what is wrong`, of the innermost error (an error in an included file comes wrapped in one of the including).
fn explain(files: &BTreeMap<String, String>, error: &Error) -> String {
    let mut error = error;
    while let Some(inner) = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Error>()) {
        error = inner;
    }
    let place = match error.name() {
        Some(name) => format!("{}, line {}: ", files.get(name).map_or(name, String::as_str), error.line().unwrap_or(1)),
        None => String::new(),
    };
    let hint = match error.kind() {
        ErrorKind::UndefinedError => "; what a template can use is listed at the top of the built-in one",
        ErrorKind::OutOfFuel => "; a loop runs for too long",
        _ => "",
    };
    match error.detail() {
        Some(detail) => format!("{place}{}: {detail}{hint}", error.kind()),
        None => format!("{place}{}{hint}", error.kind()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Contents, Renderer, sample};
    use crate::model::FeedFormat;

    /// A renderer with these files in the admin's folder.
    fn with(files: &[(&str, &str)]) -> Result<Renderer, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let renderer = Renderer::with(sample::site(), sample::outlets(), &[sample::feed("all")], Some(folder.path()));
        renderer.map_err(|error| error.replace(&folder.path().display().to_string(), "templates"))
    }

    #[test]
    fn g09_a_template_that_loses_the_credit_is_refused() {
        let check = |name: &str, text: &str, expected: &str| {
            let error = with(&[(name, text)]).map(|_| ()).unwrap_err();
            assert!(error.starts_with(expected), "{name}: {text}\n  got: {error}");
        };
        check("credit.html", "", "templates/credit.html: drops the source (source.name)");
        check("credit.html", "{{ source.name }}", "templates/credit.html: drops the link to the source (source.url)");
        check(
            "credit.html",
            "<a href=\"{{ source.url }}\">{{ source.name }}</a>",
            "templates/credit.html: drops the author (authors)",
        );
        let source = "<a href=\"{{ source.url }}\">{{ source.name }}</a> {{ authors[0].name }}";
        check("credit.html", source, "templates/credit.html: drops the translator (translators)");
        let translators = format!("{source}{{% for t in translators %}}{{{{ t.name }}}}{{% endfor %}}");
        check("credit.html", &translators, "templates/credit.html: drops the link to the original (chain)");
        let chain = format!("{translators}{{% for c in chain %}}<a href='{{{{ c.url }}}}'>x</a>{{% endfor %}}");
        check("credit.html", &chain, "templates/credit.html: drops the notice of a machine translation (label)");
        let label = format!("{{% if label %}}{{{{ label }}}}{{% endif %}}{chain}");
        check("credit.html", &format!("{label}</div>"), "templates/credit.html: drops a <div> or a </div>");
        assert!(with(&[("credit.html", &label)]).is_ok());

        check("disclaimer.html", "<p>ok</p>", "templates/disclaimer.html: drops the disclaimer (disclaimer)");
        check(
            "article.html",
            "<h1>{{ article.title }}</h1>",
            "templates/article.html: drops the text with its credit and disclaimer",
        );
    }

    #[test]
    fn mistakes_are_named_with_file_and_line() {
        let check = |name: &str, text: &str, expected: &str| {
            let error = with(&[(name, text)]).map(|_| ()).unwrap_err();
            assert!(error.starts_with(expected), "{name}: {text}\n  got: {error}");
        };
        check("article.html", "\n\n{% if article %}", "templates/article.html, line 3: syntax error: ");
        check(
            "index.html",
            "\n{{ fedes }}",
            "templates/index.html, line 2: undefined value: `fedes` is undefined; what a template",
        );
        check("feed.html", "{{ feed.titel }}", "templates/feed.html, line 1: undefined value: `feed.titel` is undefined; what");
        check(
            "parts.html",
            "{% macro addresses(feed) %}\n{{ feed.atmo }}{% endmacro %}",
            "templates/parts.html, line 2: undefined value",
        );
        check(
            "base.html",
            "{% for n in range(10000) %}{% for m in range(10000) %}x{% endfor %}{% endfor %}",
            "templates/base.html, line 1: ",
        );
        check("words.html", "", "templates/words.html: sets no \"words\"");
        check(
            "words.html",
            "{% set words = {'en': {'sauce': 'x'}} %}",
            "templates/words.html: \"en\" has a word \"sauce\" that nothing uses",
        );
        check(
            "words.html",
            "{% set words = {'en': {'disclaimer': 'x'}} %}",
            "templates/words.html: \"disclaimer\" of \"en\" lacks {source}",
        );
        check(
            "words.html",
            "{% set words = {'en': {'translated_by': '{name}, tr.'}} %}",
            "templates/words.html: \"translated_by\" of \"en\" holds",
        );
        check(
            "words.html",
            "{% set words = {'english tongue': {}} %}",
            "templates/words.html: \"english tongue\" is not a language tag",
        );
        check(
            "words.html",
            "{% set words = {'en': {'label_machine': ' '}} %}",
            "templates/words.html: \"label_machine\" of \"en\" is empty",
        );
        check("words.html", "{% set words = {'en': 'x'} %}", "templates/words.html: \"en\" is not a map");
        check(
            "words.html",
            "{% set words = {'cy': {'date': '{day} {month}'}} %}",
            "templates/words.html: \"date\" of \"cy\" lacks {year}",
        );
        let missing = Renderer::with(sample::site(), Vec::new(), &[], Some(std::path::Path::new("/nonexistent/templates")))
            .map(|_| ())
            .unwrap_err();
        assert!(missing.starts_with("templates folder /nonexistent/templates: "), "{missing}");
    }

    #[test]
    fn files_of_the_folder_replace_the_built_in_ones() {
        let words =
            "{% set words = {'zh-Hans': {'disclaimer': '转载自{source}，观点属于原作者。'}, 'cy': {'source': 'Ffynhonnell'}} %}";
        let renderer =
            with(&[("words.html", words), ("style.css", "p { margin: 0 }"), (".hidden.html", "{{"), ("notes.txt", "{{")])
                .unwrap();
        let mut article = sample::article(sample::Sample::Bare);
        let page = String::from_utf8(renderer.article(&article).body.to_vec()).unwrap();
        assert!(page.contains("<p>转载自南岸新闻，观点属于原作者。</p>"), "{page}");
        let style = renderer.site_documents().into_iter().find(|document| page.contains(&format!("href=\"/{}\"", document.path)));
        assert_eq!(style.unwrap().body.as_ref(), b"p { margin: 0 }");
        article.attributed.article.language = Some("cy-GB".to_owned());
        let body = renderer.body(&renderer.facts(&article));
        assert!(body.contains("<strong>Ffynhonnell</strong>: ") && body.contains("reposted from 南岸新闻"), "{body}");
    }

    #[test]
    fn a_template_that_fails_on_one_article_gives_way_to_the_built_in_one() {
        // Passes on every sample: none is in Welsh.
        let credit =
            format!("{{% if language == 'cy' %}}{{{{ nothing }}}}{{% endif %}}{}", include_str!("../../templates/credit.html"));
        let article_page = "{% if article.title == '怪' %}nothing{% else %}{{ body }}{% endif %}";
        let words = "{% set words = {'cy': {'source': 'Ffynhonnell'}} %}";
        let renderer = with(&[("credit.html", &credit), ("article.html", article_page), ("words.html", words)]).unwrap();
        let mut article = sample::article(sample::Sample::Bare);
        article.attributed.article.language = Some("cy".to_owned());
        article.attributed.article.title = "怪".to_owned();
        let credit = "<div class=\"reprint-credit\"><p><strong>Ffynhonnell</strong>: <a href=\"https://nanan.example/news/4711\">南岸新闻</a>";
        let page = String::from_utf8(renderer.article(&article).body.to_vec()).unwrap();
        assert!(page.contains(credit) && page.contains("<h1>怪</h1>"), "{page}");
        let feed = renderer.feed(&sample::feed("all"), FeedFormat::Rss, &Contents::of(&[article]));
        assert!(String::from_utf8(feed.body.to_vec()).unwrap().contains(credit));
    }
}
