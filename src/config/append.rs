//! New outlets at the end of a feeds.toml, every byte before them as it was.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use url::{Host, Url};

use super::check::check;
use super::read::Document;
use super::report::shown;
use super::{Config, ConfigError, address, language, value};

/// An outlet to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutlet {
    /// The id it should have, if that is still free; else one is made.
    pub id: Option<String>,
    /// Name as people know it.
    pub name: String,
    /// Its feeds, at least one.
    pub feeds: Vec<Url>,
    /// Home page.
    pub homepage: Option<Url>,
    /// Language; left out when it is no BCP 47 tag.
    pub language: Option<String>,
}

/// An outlet that polls an address already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// Line of its header in the file; none for one that has just been added.
    pub line: Option<usize>,
}

/// Why an outlet is not added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Every address of it is polled already.
    Known(Known),
    /// It could not be polled: what is wrong and what to do, without a final stop.
    Wrong(String),
}

/// A feeds.toml with outlets to be appended.
#[derive(Debug)]
pub struct Draft {
    name: String,
    text: String,
    config: Config,
    /// Outlets by address.
    known: HashMap<String, Known>,
    taken: HashSet<String>,
    /// The number to try next for an id that is taken.
    numbers: HashMap<String, usize>,
    added: String,
}

impl Draft {
    /// Begins with the text of a file, which may still be without outlets. `name` is the file name that messages show.
    pub fn read(name: &str, text: String) -> Result<Self, ConfigError> {
        let without_outlets = {
            let mut document = Document::read(text.strip_prefix('\u{feff}').unwrap_or(&text));
            document.check_root();
            document.mistakes.is_empty() && document.lacks("outlet")
        };
        let mut config = if without_outlets {
            // The rest of the file is checked with an outlet that is not there.
            let placeholder =
                format!("{text}\n[[outlet]]\nname = \"placeholder\"\nfeed = \"https://placeholder.example.com/\"\n");
            check(name, &placeholder, None)?
        } else {
            check(name, &text, None)?
        };
        // Those of the file, without the ones that outlets have by themselves.
        config.feeds.retain(|feed| config.outlets.iter().all(|outlet| outlet.id != feed.id));
        if without_outlets {
            config.outlets.clear();
        }
        let mut taken: HashSet<String> = config.feeds.iter().map(|feed| feed.id.clone()).collect();
        taken.extend(config.outlets.iter().map(|outlet| outlet.id.clone()));
        let known = known(&text, &config);
        Ok(Self { name: name.to_owned(), text, config, known, taken, numbers: HashMap::new(), added: String::new() })
    }

    /// Site and limits of the file.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The outlet that polls an address already. Scheme, `www.` and a slash at the end make no difference.
    pub fn holds(&self, address: &Url) -> Option<&Known> {
        self.known.get(&key(address))
    }

    /// Whether an address may be polled at all under the limits of the file. The error says why not and what to do.
    pub fn check_address(&self, address: &Url) -> Result<(), String> {
        let limits = &self.config.limits;
        let allowed = address::Allowed { networks: &limits.allow_networks, ports: &limits.allow_ports };
        address::polled(address.as_str(), Some(&allowed)).map(drop).map_err(|wrong| {
            let help = wrong.help.map(|help| format!(": {help}")).unwrap_or_default();
            format!("its address {}{help}", wrong.what)
        })
    }

    /// Adds an outlet, without those of its feeds that are polled already, and gives its id.
    pub fn add(&mut self, outlet: &NewOutlet) -> Result<String, Refused> {
        let name = value::line(&outlet.name).map_err(|wrong| Refused::Wrong(format!("its name {}", wrong.what)))?;
        let mut feeds: Vec<Url> = Vec::new();
        let mut first_known = None;
        for feed in &outlet.feeds {
            let mut feed = feed.clone();
            feed.set_fragment(None);
            self.check_address(&feed).map_err(Refused::Wrong)?;
            match self.holds(&feed) {
                Some(known) => first_known = first_known.or_else(|| Some(known.clone())),
                None if feeds.iter().any(|other| key(other) == key(&feed)) => {}
                None => feeds.push(feed),
            }
        }
        let Some(first) = feeds.first() else {
            let nothing = || Refused::Wrong("it has no address".to_owned());
            return Err(first_known.map_or_else(nothing, Refused::Known));
        };
        let id = self.free_id(outlet, &name, first);
        let block = block(&id, &name, &feeds, outlet);
        self.added.push('\n');
        self.added.push_str(&block);
        for feed in &feeds {
            self.known.insert(key(feed), Known { id: id.clone(), line: None });
        }
        Ok(id)
    }

    fn free_id(&mut self, outlet: &NewOutlet, name: &str, feed: &Url) -> String {
        let wanted = outlet.id.as_deref().and_then(|id| value::id(id).ok());
        if let Some(id) = wanted.filter(|id| id != "all" && self.taken.insert(id.clone())) {
            return id;
        }
        let mut base: String = id_for(name, Some(feed)).chars().take(50).collect();
        base.truncate(base.trim_end_matches('-').len());
        if base.is_empty() {
            base.push_str("outlet");
        }
        if base != "all" && self.taken.insert(base.clone()) {
            return base;
        }
        let number = self.numbers.entry(base.clone()).or_insert(2);
        loop {
            let id = format!("{base}-{number}");
            *number += 1;
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }

    /// What is appended, as it will be in the file.
    pub fn added(&self) -> String {
        let line_end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut before = String::new();
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            before.push('\n');
        }
        let added = if self.text.trim().is_empty() { self.added.trim_start() } else { &self.added };
        format!("{before}{added}").replace('\n', line_end)
    }

    /// The whole text, checked.
    pub fn finish(&self) -> Result<String, ConfigError> {
        let text = format!("{}{}", self.text, self.added());
        super::parse(&self.name, &text)?;
        Ok(text)
    }

    /// Writes the whole text in place of the file, all at once and with its permissions; a symbolic link stays one.
    pub fn save(&self, path: &Path) -> Result<(), SaveError> {
        let text = self.finish().map_err(SaveError::Mistakes)?;
        replace(path, &self.text, &text).map_err(|what| SaveError::Disk(format!("{} is unchanged: {what}", shown(&self.name))))
    }
}

/// Why a file could not be written. It is as it was.
#[derive(Debug)]
pub enum SaveError {
    /// The new text would have mistakes: outlets written in one list, for example, cannot be appended to.
    Mistakes(ConfigError),
    /// The file could not be replaced: what happened, without a final stop.
    Disk(String),
}

/// The id of an outlet that has none: from the Latin letters of its name if they are most of it, else from the host of its feed. Empty if
/// neither has any. It depends on nothing else in the file, so that it stays when other outlets come and go.
pub(super) fn id_for(name: &str, feed: Option<&Url>) -> String {
    let letters = name.chars().filter(|character| character.is_alphanumeric()).count();
    let from_name = value::ascii_id(name);
    let kept = from_name.chars().filter(|&character| character != '-').count();
    if kept >= 2 && kept * 2 >= letters {
        return from_name;
    }
    match feed.and_then(Url::host) {
        Some(Host::Domain(host)) => value::ascii_id(host.strip_prefix("www.").unwrap_or(host)),
        Some(Host::Ipv4(address)) => value::ascii_id(&address.to_string()),
        Some(Host::Ipv6(address)) => value::ascii_id(&address.to_string()),
        None => String::new(),
    }
}

/// What an address is recognized by.
fn key(address: &Url) -> String {
    let host = address.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let port = address.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{host}{port}{}{query}", address.path().trim_end_matches('/'))
}

/// The outlets of a file by address, with the lines of their headers.
fn known(text: &str, config: &Config) -> HashMap<String, Known> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = Document::read(text);
    let (mut line, mut from) = (1, 0);
    let mut known = HashMap::new();
    for (section, outlet) in document.tables("outlet").iter().zip(&config.outlets) {
        line += text.get(from..section.header.start).unwrap_or_default().matches('\n').count();
        from = section.header.start.max(from);
        for feed in &outlet.feeds {
            known.insert(key(feed), Known { id: outlet.id.clone(), line: Some(line) });
        }
    }
    known
}

/// An outlet as it is written.
fn block(id: &str, name: &str, feeds: &[Url], outlet: &NewOutlet) -> String {
    let mut block = format!("[[outlet]]\nid = {}\nname = {}\n", quoted(id), quoted(name));
    // Writing into memory does not fail.
    let _ = match feeds {
        [feed] => writeln!(block, "feed = {}", quoted(feed.as_str())),
        feeds => {
            let lines: String = feeds.iter().map(|feed| format!("    {},\n", quoted(feed.as_str()))).collect();
            writeln!(block, "feeds = [\n{lines}]")
        }
    };
    let homepage = outlet.homepage.as_ref().filter(|homepage| address::web(homepage.as_str()).is_ok());
    if let Some(homepage) = homepage {
        let _ = writeln!(block, "homepage = {}", quoted(homepage.as_str()));
    }
    if let Some(language) = outlet.language.as_deref().and_then(|written| language::language(written).ok()) {
        let _ = writeln!(block, "language = {}", quoted(&language));
    }
    block
}

/// A basic string (TOML 1.0, "String").
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            character if character.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(character));
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// Replaces a file through another one beside it, unless it is not any more what it was.
fn replace(path: &Path, before: &str, after: &str) -> Result<(), String> {
    let cannot = |what: &'static str| move |error: std::io::Error| format!("{what}: {error}");
    // The file itself, not the link to it.
    let path = path.canonicalize().map_err(cannot("it cannot be found"))?;
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Err("it is not a file".to_owned()) };
    let beside = folder.join(format!(".{}.{}.new", name.to_string_lossy(), std::process::id()));
    let metadata = std::fs::metadata(&path).map_err(cannot("it cannot be looked at"))?;
    let write = || {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
            .map_err(cannot("a file beside it cannot be written"))?;
        file.write_all(after.as_bytes()).map_err(cannot("a file beside it cannot be written"))?;
        keep_owner(&metadata, &file).map_err(cannot("its owner cannot be kept, so run this as its owner or as root"))?;
        file.set_permissions(metadata.permissions()).map_err(cannot("its permissions cannot be kept"))?;
        file.sync_all().map_err(cannot("a file beside it cannot be written"))?;
        let now = std::fs::read(&path).map_err(cannot("it cannot be read again"))?;
        if now != before.as_bytes() {
            return Err("somebody else has changed it in the meantime: try again".to_owned());
        }
        std::fs::rename(&beside, &path).map_err(cannot("it cannot be replaced"))
    };
    let written = write();
    if written.is_err() {
        // Only ours: `create_new` has made it, or it was never there.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

#[cfg(unix)]
fn keep_owner(was: &std::fs::Metadata, file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let is = file.metadata()?;
    let (user, group) = (was.uid(), was.gid());
    if (user, group) == (is.uid(), is.gid()) {
        return Ok(());
    }
    std::os::unix::fs::fchown(file, Some(user), Some(group))
}

#[cfg(not(unix))]
fn keep_owner(_: &std::fs::Metadata, _: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "# 我们\n[site]\ntitle = \"T\"   # 标题\nurl = \"https://relay.example.net\"\n";
    const OUTLET: &str = "\n[[outlet]]\nname = \"Ledger\"\nfeed = \"https://www.ledger.example.com/rss/\"\n";

    fn url(text: &str) -> Url {
        Url::parse(text).expect("test address")
    }

    fn new(name: &str, feed: &str) -> NewOutlet {
        NewOutlet { id: None, name: name.into(), feeds: vec![url(feed)], homepage: None, language: None }
    }

    fn draft(text: &str) -> Draft {
        Draft::read("feeds.toml", text.to_owned()).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn outlets_are_appended_and_every_byte_before_stays() {
        let check = |text: &str, expected: &str| {
            let mut draft = draft(text);
            let outlet = NewOutlet {
                homepage: Some(url("https://hewan.example/")),
                language: Some("zh-hans".into()),
                ..new("河湾 \"日报\" \\", "https://hewan.example/rss#top")
            };
            assert_eq!(draft.add(&outlet).as_deref(), Ok("hewan-example"));
            assert_eq!(draft.finish().unwrap_or_else(|error| panic!("{error}")), format!("{text}{expected}"), "{text}");
        };
        let block = "[[outlet]]\nid = \"hewan-example\"\nname = \"河湾 \\\"日报\\\" \\\\\"\nfeed = \"https://hewan.example/rss\"\nhomepage = \"https://hewan.example/\"\nlanguage = \"zh-Hans\"\n";
        check(SITE, &format!("\n{block}"));
        check(SITE.trim_end(), &format!("\n\n{block}"));
        check(&format!("{SITE}{OUTLET}[outlet.terms]\nrights = \"R\" # x"), &format!("\n\n{block}"));
        check(&format!("{SITE}{OUTLET}\n[[feed]]\nid = \"world\"\n"), &format!("\n{block}"));
        let windows = format!("\u{feff}{SITE}{OUTLET}").replace('\n', "\r\n");
        check(&windows, &format!("\n{block}").replace('\n', "\r\n"));
    }

    #[test]
    fn what_is_polled_already_is_named_with_its_line() {
        let mut draft = draft(&format!(
            "{SITE}{OUTLET}\n[[outlet]]\nid = \"wire\"\nname = \"W\"\nfeeds = [\"https://wire.example/a\", \"https://wire.example/b\"]\n"
        ));
        let ledger = Known { id: "ledger".into(), line: Some(6) };
        for feed in ["https://www.ledger.example.com/rss/", "http://ledger.example.com/rss", "https://ledger.example.com/rss/#x"]
        {
            assert_eq!(draft.add(&new("X", feed)), Err(Refused::Known(ledger.clone())), "{feed}");
        }
        assert_eq!(draft.holds(&url("https://wire.example/b")), Some(&Known { id: "wire".into(), line: Some(10) }));
        assert_eq!(draft.holds(&url("https://ledger.example.com/rss?x")), None);
        assert_eq!(draft.add(&new("New", "https://new.example/")).as_deref(), Ok("new"));
        assert_eq!(draft.add(&new("New", "https://new.example")), Err(Refused::Known(Known { id: "new".into(), line: None })));
        // Of an outlet with several feeds, the new ones are taken.
        let some = NewOutlet {
            feeds: vec![url("https://wire.example/a"), url("https://wire.example/c")],
            ..new("W2", "https://x.example/")
        };
        assert_eq!(draft.add(&some).as_deref(), Ok("w2"));
        assert!(draft.added().ends_with("name = \"W2\"\nfeed = \"https://wire.example/c\"\n"), "{}", draft.added());
    }

    #[test]
    fn ids_are_free_ones() {
        let mut draft = draft(&format!("{SITE}{OUTLET}[[feed]]\nid = \"world\"\n"));
        for (id, name, expected) in [
            (None, "Ledger", "ledger-2"),
            (None, "Ledger", "ledger-3"),
            (Some("wattle"), "Ledger", "wattle"),
            (Some("wattle"), "Ledger", "ledger-4"),
            (Some("Not an id"), "World", "world-2"),
            (Some("all"), "All", "all-2"),
            (None, "河湾", "a7-example"),
            (None, &"x".repeat(80), &"x".repeat(50)),
            (None, &"x".repeat(80), &format!("{}-2", "x".repeat(50))),
        ] {
            let feed = format!("https://a{}.example/{}", if name == "河湾" { 7 } else { 1 }, draft.taken.len());
            let outlet = NewOutlet { id: id.map(str::to_owned), ..new(name, &feed) };
            assert_eq!(draft.add(&outlet).as_deref(), Ok(expected), "{name}");
        }
        assert!(draft.finish().is_ok());
    }

    #[test]
    fn what_could_not_be_polled_is_refused() {
        let mut draft = draft(SITE);
        let mut check = |outlet: NewOutlet, words: &str| match draft.add(&outlet) {
            Err(Refused::Wrong(what)) => assert!(what.contains(words), "{what}"),
            other => panic!("{other:?}"),
        };
        check(new("X", "http://127.0.0.1/rss"), "not a public address");
        check(new("X", "https://hewan.example:22/rss"), "on port 22");
        check(new("X", "ftp://hewan.example/rss"), "not an http or https address");
        check(new(" ", "https://hewan.example/rss"), "its name is empty");
        check(NewOutlet { feeds: Vec::new(), ..new("X", "https://x.example/") }, "no address");
        assert_eq!(draft.added(), "");
    }

    #[test]
    fn a_file_with_mistakes_is_refused_at_once() {
        for (text, words) in [
            ("", "missing table `[site]`"),
            ("[site]\ntittle = \"T\"\n", "did you mean `title`?"),
            ("[site", "not valid TOML"),
            (&format!("{SITE}[[feed]]\nid = \"a\"\noutlets = [\"b\"]\n"), "there is no outlet"),
        ] {
            let error = Draft::read("feeds.toml", text.to_owned()).expect_err(text);
            assert!(error.report.contains(words), "{error}");
        }
        // Outlets in one list: TOML does not let anything be appended to that.
        let text = format!("outlet = [{{ name = \"A\", feed = \"https://a.example/\" }}]\n{SITE}");
        let mut draft = draft(&text);
        draft.add(&new("B", "https://b.example/")).expect("an id");
        assert!(draft.finish().is_err());
    }

    #[test]
    fn files_are_replaced_whole_with_their_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let (path, link) = (folder.path().join("feeds.toml"), folder.path().join("link.toml"));
        std::fs::write(&path, SITE).expect("written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).expect("its owner");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        let mut draft = draft(SITE);
        draft.add(&new("B", "https://b.example/")).expect("an id");
        draft.save(&link).unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(std::fs::read_to_string(&path).expect("read"), draft.finish().unwrap_or_else(|error| panic!("{error}")));
        assert_eq!(std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o640);
        assert!(std::fs::symlink_metadata(&link).expect("a link").is_symlink());
        // It has changed since it was read.
        match draft.save(&path) {
            Err(SaveError::Disk(what)) => assert!(what.contains("somebody else has changed it"), "{what}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing is left behind");
    }

    proptest::proptest! {
        /// Whatever an outlet is called, the file can be read afterwards and says so.
        #[test]
        fn any_name_is_written_and_read(name in "\\PC{1,60}", path in "[a-z\"\\\\{}|^ 河]{0,20}") {
            let mut draft = draft(SITE);
            let feed = url(&format!("https://hewan.example/{path}"));
            let outlet = NewOutlet { feeds: vec![feed.clone()], ..new(&name, "https://x.example/") };
            if draft.add(&outlet).is_ok() {
                let text = draft.finish().unwrap_or_else(|error| panic!("{error}"));
                let config = super::super::parse("feeds.toml", &text).unwrap_or_else(|error| panic!("{error}"));
                proptest::prop_assert_eq!(&config.outlets[0].name, name.trim());
                proptest::prop_assert_eq!(&config.outlets[0].feeds, &[feed]);
            } else {
                proptest::prop_assert!(name.trim().is_empty());
            }
        }
    }
}
