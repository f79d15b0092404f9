//! `[outlet.credentials]`: how an outlet knows us. feeds.toml is kept in git, so it holds names of files; the secrets are in those.

use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use url::Url;

use super::check::{Places, Secrets};
use super::read::Section;
use super::report::{Mistakes, shown};
use super::value::{self, Wrong, wrong};
use crate::model::{Credentials, Secret};

/// Longest secret, bytes: servers refuse longer heads.
const LONGEST: usize = 4096;

/// The ways there are, one of which an outlet has.
const KINDS: [&str; 4] = ["basic", "bearer_file", "header", "query"];

/// Header fields that belong to the request itself: a secret in one of them would break it or be shown.
const OWN_FIELDS: [&str; 14] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "if-modified-since",
    "if-none-match",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// What is no mistake and should be looked at all the same.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<(Range<usize>, String)>);

impl Warnings {
    /// Adds what was found at a place of the file.
    pub(super) fn add(&mut self, span: Range<usize>, message: String) {
        self.0.push((span, message));
    }

    /// One line each, with file and line, in the order of the file.
    pub(super) fn lines(mut self, name: &str, text: &str) -> Vec<String> {
        self.0.sort_by_key(|(span, _)| span.start);
        let (mut line, mut from) = (1, 0);
        let mut lines = Vec::with_capacity(self.0.len());
        for (span, message) in self.0 {
            line += text.get(from..span.start).unwrap_or_default().matches('\n').count();
            from = span.start;
            lines.push(format!("{}:{line}: {message}", shown(name)));
        }
        lines
    }
}

/// Reads and checks the table. Where secrets are not read, the files are not looked at, and there are no credentials.
pub(super) fn read(
    section: &Section<'_, '_>,
    mistakes: &mut Mistakes,
    places: Option<&Places<'_>>,
    addresses: &[Spanned<Url>],
    warnings: &mut Warnings,
) -> Option<Credentials> {
    section.hide_strangers(mistakes, &["basic", "header", "query"]);
    section.check_keys(mistakes);
    let written: Vec<&str> = KINDS.into_iter().filter(|kind| section.has(kind)).collect();
    match written[..] {
        [_] => {}
        [] => {
            mistakes.add(
                "`outlet.credentials` says nothing",
                section.header.clone(),
                "write one of basic = { user = \"…\", password_file = \"…\" }, bearer_file = \"…\", header = { name = \"…\", value_file = \"…\" } \
                 and query = { name = \"…\", value_file = \"…\" }, or leave the table out"
                    .to_owned(),
            );
            return None;
        }
        [first, second, ..] => {
            mistakes.add_with(
                format!("`outlet.credentials.{first}` and `outlet.credentials.{second}` are both there"),
                section.key_span(second),
                "leave one of them out: an outlet knows us in one way".to_owned(),
                section.key_span(first),
                "the other one",
            );
            return None;
        }
    }
    for address in addresses.iter().filter(|address| address.get_ref().scheme() == "http") {
        warnings.add(
            address.span(),
            format!(
                "credentials are sent to {} in the clear, for everybody on the way to read: ask the partner for an https address",
                shown(address.get_ref().host_str().unwrap_or_default())
            ),
        );
    }
    let inner = |mistakes: &mut Mistakes, kind: &'static str, path: &'static str, keys: [(&str, &str); 2]| {
        let section = section.table(mistakes, kind, path)?;
        section.hide_strangers(mistakes, &[]);
        section.check_keys(mistakes);
        for (key, example) in keys {
            section.require(mistakes, key, example);
        }
        Some(section)
    };
    let mut files = Files { places, warnings };
    if section.has("basic") {
        let keys = [("user", "\"relay\""), ("password_file", "\"harbour-ledger.password\"")];
        let basic = inner(mistakes, "basic", "outlet.credentials.basic", keys)?;
        let user = basic.string(mistakes, "user", user_name);
        let password = files.secret(&basic, mistakes, "password_file", &|_| true);
        return Some(Credentials::Basic { user: user?.into_inner(), password: password? });
    }
    if section.has("bearer_file") {
        return files.secret(section, mistakes, "bearer_file", &in_header).map(Credentials::Bearer);
    }
    if section.has("header") {
        let keys = [("name", "\"X-Api-Key\""), ("value_file", "\"harbour-ledger.key\"")];
        let header = inner(mistakes, "header", "outlet.credentials.header", keys)?;
        let name = header.string(mistakes, "name", field_name);
        let value = files.secret(&header, mistakes, "value_file", &in_header);
        return Some(Credentials::Header { name: name?.into_inner(), value: value? });
    }
    let keys = [("name", "\"key\""), ("value_file", "\"harbour-ledger.key\"")];
    let query = inner(mistakes, "query", "outlet.credentials.query", keys)?;
    let name = query.string(mistakes, "name", value::line);
    let value = files.secret(&query, mistakes, "value_file", &|_| true);
    Some(Credentials::Query { name: name?.into_inner(), value: value? })
}

/// A user name (RFC 7617 § 2).
fn user_name(written: &str) -> Result<String, Wrong> {
    if written.contains(':') {
        return wrong("has a colon in it, which ends the user name", "the password belongs into the file of `password_file`");
    }
    value::line(written)
}

/// A field name (RFC 9110 § 5.1).
fn field_name(written: &str) -> Result<String, Wrong> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if written.is_empty() || written.len() > 100 || !written.bytes().all(token) {
        return wrong(
            format!("is `{}`, which is no name of a header field", shown(written)),
            "write the name alone, for example `X-Api-Key`",
        );
    }
    if OWN_FIELDS.iter().any(|own| own.eq_ignore_ascii_case(written)) {
        return wrong(
            format!("is `{written}`, which belongs to the request itself"),
            "ask the partner for the name of the header field that takes the key, for example `X-Api-Key`",
        );
    }
    Ok(written.to_owned())
}

/// Whether a text can be the value of a header field (RFC 9110 § 5.5), ASCII only.
pub(super) fn in_header(secret: &str) -> bool {
    secret.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && secret.trim() == secret
}

/// Reads secrets from the files that keys name.
#[derive(Debug)]
pub(super) struct Files<'a, 'w> {
    places: Option<&'a Places<'a>>,
    warnings: &'w mut Warnings,
}

impl<'a, 'w> Files<'a, 'w> {
    /// Files at these places; without places nothing is read.
    pub(super) fn new(places: Option<&'a Places<'a>>, warnings: &'w mut Warnings) -> Self {
        Self { places, warnings }
    }

    /// The secret in the file that a key names.
    pub(super) fn secret(
        &mut self,
        section: &Section<'_, '_>,
        mistakes: &mut Mistakes,
        key: &str,
        fits: &dyn Fn(&str) -> bool,
    ) -> Option<Secret> {
        let places = self.places;
        let mut exposed = None;
        let secret = section.string(mistakes, key, |written| {
            let written = value::path(written)?;
            let Some(places) = places.filter(|places| places.secrets == Secrets::All) else { return Ok(None) };
            let path = find(&written, places)?;
            let (secret, open_to_all) = read_secret(&path)?;
            if !fits(secret.expose()) {
                return wrong(
                    format!("names `{}`, whose text cannot stand in a header field", shown(&path.display().to_string())),
                    "the file holds the secret alone, in ASCII, without spaces around it",
                );
            }
            exposed = open_to_all.then_some(path);
            Ok(Some(secret))
        })?;
        if let Some(path) = exposed {
            self.warn_of(secret.span(), &path);
        }
        secret.into_inner()
    }

    /// The files that a list names, and the secret in each where secrets are read.
    pub(super) fn secrets(
        &mut self,
        section: &Section<'_, '_>,
        mistakes: &mut Mistakes,
        key: &str,
        fits: &dyn Fn(&str) -> Result<(), Wrong>,
    ) -> Vec<Spanned<(PathBuf, Option<Secret>)>> {
        let places = self.places;
        let found = section.strings(mistakes, key, |written| file_of(written, places, fits)).unwrap_or_default();
        self.taken(found)
    }

    /// The same of a key that names one file.
    pub(super) fn one_secret(
        &mut self,
        section: &Section<'_, '_>,
        mistakes: &mut Mistakes,
        key: &str,
        fits: &dyn Fn(&str) -> Result<(), Wrong>,
    ) -> Vec<Spanned<(PathBuf, Option<Secret>)>> {
        let places = self.places;
        let found = section.string(mistakes, key, |written| file_of(written, places, fits));
        self.taken(found.into_iter().collect())
    }

    fn taken(&mut self, found: Vec<Spanned<Found>>) -> Vec<Spanned<(PathBuf, Option<Secret>)>> {
        let take = |found: Spanned<Found>| {
            let span = found.span();
            let Found { path, secret, exposed } = found.into_inner();
            if exposed {
                self.warn_of(span.clone(), &path);
            }
            Spanned::new(span, (path, secret))
        };
        found.into_iter().map(take).collect()
    }

    fn warn_of(&mut self, span: Range<usize>, path: &Path) {
        let path = path.display().to_string();
        let message = format!("the secret in {} can be read by every user of this machine: chmod o-rwx it", shown(&path));
        self.warnings.add(span, message);
    }
}

/// A file of a secret.
struct Found {
    path: PathBuf,
    /// Read, if secrets are.
    secret: Option<Secret>,
    /// Everybody on this machine can read it.
    exposed: bool,
}

fn file_of(written: &str, places: Option<&Places<'_>>, fits: &dyn Fn(&str) -> Result<(), Wrong>) -> Result<Found, Wrong> {
    let written = value::path(written)?;
    let Some(places) = places else { return Ok(Found { path: written.into(), secret: None, exposed: false }) };
    let path = find(&written, places)?;
    if places.secrets == Secrets::None {
        return Ok(Found { path, secret: None, exposed: false });
    }
    let (secret, exposed) = read_secret(&path)?;
    fits(secret.expose()).map_err(|wrong| Wrong {
        what: format!("names `{}`, whose text {}", shown(&path.display().to_string()), wrong.what),
        help: wrong.help,
    })?;
    Ok(Found { path, secret: Some(secret), exposed })
}

/// Where a file of a secret is.
fn find(written: &str, places: &Places<'_>) -> Result<PathBuf, Wrong> {
    let beside = places.folder.join(written);
    if let Some(handed_over) = places.credentials.map(|folder| folder.join(written))
        && (handed_over.exists() || !beside.exists())
    {
        return Ok(handed_over);
    }
    Ok(beside)
}

/// The secret in a file, without the line end that editors put there, and whether everybody can read it.
fn read_secret(path: &Path) -> Result<(Secret, bool), Wrong> {
    let named = shown(&path.display().to_string());
    let cannot = |error: std::io::Error| {
        let help = match error.kind() {
            std::io::ErrorKind::NotFound => {
                "put the secret alone into that file; or hand it over with LoadCredential=NAME:FILE in the unit, which reprint finds in \
                 $CREDENTIALS_DIRECTORY: set that to the folder of the files when you check by hand"
            }
            std::io::ErrorKind::PermissionDenied => {
                "make the file readable for the user that reprint runs as, or hand it over with LoadCredential=NAME:FILE in the unit"
            }
            _ => "check the path and the disk",
        };
        Wrong { what: format!("names `{named}`, which cannot be read: {error}"), help: Some(help.to_owned()) }
    };
    // Looked at before it is opened: a named pipe would wait for a writer.
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    if !metadata.is_file() {
        return wrong(format!("names `{named}`, which is not a file"), "name a file that holds the secret alone");
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(cannot)?;
    file.take(LONGEST as u64 + 8).read_to_end(&mut bytes).map_err(cannot)?;
    let Ok(text) = String::from_utf8(bytes) else {
        return wrong(format!("names `{named}`, which is not UTF-8 text"), "the file holds the secret alone, as text in UTF-8");
    };
    let secret = text.strip_prefix('\u{feff}').unwrap_or(&text).trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return wrong(format!("names `{named}`, which is empty"), "put the secret into it, alone");
    }
    if secret.len() > LONGEST {
        return wrong(format!("names `{named}`, which is longer than {LONGEST} bytes"), "the file holds the secret alone");
    }
    if secret.chars().any(char::is_control) {
        return wrong(
            format!("names `{named}`, which has more than one line, or a control character"),
            "the file holds the secret alone, on one line",
        );
    }
    Ok((Secret::new(secret), open_to_all(&metadata)))
}

#[cfg(unix)]
fn open_to_all(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o004 != 0
}

#[cfg(not(unix))]
fn open_to_all(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_header_fields() {
        for written in ["X-Api-Key", "Authorization", "Cookie", "x_key"] {
            assert_eq!(field_name(written).as_deref(), Ok(written));
        }
        for written in ["", "X Api", "X-Api-Key:", "X-Äpi", "Host", "content-length", "User-Agent", "X\r\nY"] {
            assert!(field_name(written).is_err(), "{written:?}");
        }
    }

    #[test]
    fn files_that_hold_no_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let check = |bytes: &[u8], expected: Result<&str, &str>| {
            std::fs::write(&path, bytes).expect("written");
            match (read_secret(&path), expected) {
                (Ok((secret, _)), Ok(expected)) => assert_eq!(secret.expose(), expected),
                (Err(wrong), Err(words)) => {
                    assert!(wrong.what.contains(words) && wrong.help.is_some(), "{wrong:?}");
                    assert!(!wrong.what.contains("lantern"), "{wrong:?}");
                }
                (got, expected) => panic!("{bytes:?}: {got:?} instead of {expected:?}"),
            }
        };
        check(b"lantern", Ok("lantern"));
        check(b"lantern\n", Ok("lantern"));
        check(b"lantern\r\n", Ok("lantern"));
        check("\u{feff}lantern 潮\n\n".as_bytes(), Ok("lantern 潮"));
        check(b" lantern ", Ok(" lantern "));
        check(b"", Err("is empty"));
        check(b"\n", Err("is empty"));
        check(b"lantern\nother", Err("more than one line"));
        check(b"lantern\0", Err("control character"));
        check(b"lantern\xff", Err("not UTF-8"));
        check(&[b'x'; LONGEST], Ok(&"x".repeat(LONGEST)));
        check(&[b'x'; LONGEST + 1], Err("longer than"));
        std::fs::remove_file(&path).expect("removed");
        assert!(read_secret(&path).expect_err("gone").help.is_some_and(|help| help.contains("LoadCredential")));
        assert!(read_secret(folder.path()).expect_err("a folder").what.contains("not a file"));
    }

    #[test]
    fn warnings_have_lines_in_the_order_of_the_file() {
        let mut warnings = Warnings::default();
        warnings.add(8..9, "second".into());
        warnings.add(2..3, "first".into());
        assert_eq!(warnings.lines("feeds.toml", "a\nb\nc\n\nd"), ["feeds.toml:2: first", "feeds.toml:5: second"]);
    }
}
