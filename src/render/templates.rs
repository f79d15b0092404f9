//! The templates: built in, replaced file by file by those of the admin's folder, and tried out when they are loaded.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value};

use super::text::html;
use super::words::Words;

/// Built-in templates by file name.
const BUILT_IN: [(&str, &str); 8] = [
    ("article.html", include_str!("../../templates/article.html")),
    ("base.html", include_str!("../../templates/base.html")),
    ("credit.html", include_str!("../../templates/credit.html")),
    ("disclaimer.html", include_str!("../../templates/disclaimer.html")),
    ("feed.html", include_str!("../../templates/feed.html")),
    ("index.html", include_str!("../../templates/index.html")),
    ("parts.html", include_str!("../../templates/parts.html")),
    ("words.html", include_str!("../../templates/words.html")),
];

/// The one style sheet, put into every page.
const STYLE: (&str, &str) = ("style.css", include_str!("../../templates/style.css"));

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
    /// Text of the style sheet.
    pub style: String,
}

impl Templates {
    /// Reads and compiles the built-in templates and those of `folder`.
    pub fn load(folder: Option<&Path>) -> Result<(Self, Words), String> {
        let mut templates = Self {
            own: environment(),
            built_in: environment(),
            files: BUILT_IN.iter().map(|(name, _)| ((*name).to_owned(), format!("built-in {name}"))).collect(),
            style: STYLE.1.to_owned(),
        };
        for (name, source) in BUILT_IN {
            for environment in [&mut templates.built_in, &mut templates.own] {
                environment.add_template(name, source).map_err(|error| explain(&templates.files, &error))?;
            }
        }
        for (name, path, source) in folder.map(read_folder).transpose()?.unwrap_or_default() {
            if name == STYLE.0 {
                if source.to_ascii_lowercase().contains("</style") {
                    return Err(format!(
                        "{path}: holds \"</style\", which would end the style sheet in the middle of the page; take it out"
                    ));
                }
                templates.style = source;
                continue;
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
    // The values of variables (article text) do not belong in messages.
    environment.set_debug(false);
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
        if !(name.ends_with(".html") || name == STYLE.0) || name.starts_with('.') || !path.is_file() {
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
        minijinja::ErrorKind::UndefinedError => "; what a template can use is listed at the top of the built-in one",
        minijinja::ErrorKind::OutOfFuel => "; a loop runs for too long",
        _ => "",
    };
    match error.detail() {
        Some(detail) => format!("{place}{}: {detail}{hint}", error.kind()),
        None => format!("{place}{}{hint}", error.kind()),
    }
}
