//! `[websub]`: how subscribers hear of changes at once, and whether partners' hubs tell us.

use std::time::Duration;

use url::Url;

use super::read::Section;
use super::report::Mistakes;
use super::{Feed, address, value};

const HOUR: Duration = Duration::from_secs(3600);

/// Who tells the subscribers of our feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hub {
    /// Nobody: they poll.
    Off,
    /// We, at `/hub`.
    BuiltIn,
    /// A hub elsewhere, which is told of every change.
    External(Url),
}

/// `[websub]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Websub {
    /// Who tells the subscribers of our feeds.
    pub hub: Hub,
    /// Whether we subscribe at the hubs that partners' feeds name.
    pub subscribe: bool,
    /// Whether pushes signed with SHA-1 count.
    pub allow_sha1: bool,
    /// Whether the content of a signed push is taken; otherwise a push only makes us poll.
    pub take_pushed: bool,
    /// Lease that we ask for, and that subscribers get who ask for none. 1 h … 10 d.
    pub lease: Duration,
    /// Most subscriptions at our hub.
    pub subscriptions: usize,
    /// Most of them at one host.
    pub subscriptions_per_host: usize,
}

impl Default for Websub {
    fn default() -> Self {
        Self {
            hub: Hub::Off,
            subscribe: false,
            allow_sha1: false,
            take_pushed: false,
            lease: 240 * HOUR,
            subscriptions: 10_000,
            subscriptions_per_host: 50,
        }
    }
}

impl Websub {
    /// Address of the hub that our feeds name, if they name one. `site`: our public address.
    pub fn address(&self, site: &Url) -> Option<Url> {
        match &self.hub {
            Hub::Off => None,
            Hub::BuiltIn => site.join("hub").ok(),
            Hub::External(hub) => Some(hub.clone()),
        }
    }

    /// Whether changes of a feed are announced: of every one that anybody may read.
    pub fn announces(&self, feed: &Feed) -> bool {
        self.hub != Hub::Off && feed.is_public()
    }
}

/// Reads the table.
pub(super) fn read(section: Option<&Section<'_, '_>>, mistakes: &mut Mistakes) -> Websub {
    let mut websub = Websub::default();
    let Some(section) = section else { return websub };
    section.check_keys(mistakes);
    let hub = section.string(mistakes, "hub", |written| match written {
        "off" => Ok(Hub::Off),
        "built-in" => Ok(Hub::BuiltIn),
        _ => match address::web(written) {
            Ok(url) => Ok(Hub::External(url)),
            Err(_) => value::wrong("is no hub", "write \"built-in\", \"off\" or the address of a hub, https://…"),
        },
    });
    if let Some(hub) = hub {
        websub.hub = hub.into_inner();
    }
    for (key, place) in
        [("subscribe", &mut websub.subscribe), ("allow_sha1", &mut websub.allow_sha1), ("take_pushed", &mut websub.take_pushed)]
    {
        if let Some(written) = section.boolean(mistakes, key) {
            *place = written;
        }
    }
    if let Some(lease) = section.duration(mistakes, "lease", HOUR..=240 * HOUR) {
        websub.lease = lease;
    }
    for (key, place) in
        [("subscriptions", &mut websub.subscriptions), ("subscriptions_per_host", &mut websub.subscriptions_per_host)]
    {
        if let Some(most) = section.integer(mistakes, key, 1..=1_000_000) {
            *place = usize::try_from(most).unwrap_or(usize::MAX);
        }
    }
    websub
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    fn toml(websub: &str) -> String {
        format!(
            "[site]\ntitle = \"Relay\"\nurl = \"https://relay.example.net/news\"\n[websub]\n{websub}\n\
             [[outlet]]\nname = \"Quay Post\"\nfeed = \"https://quay.example/rss\"\n"
        )
    }

    #[test]
    fn the_hub_is_off_here_or_elsewhere() {
        let check = |written: &str, expected: Option<&str>| {
            let config = parse("feeds.toml", &toml(written)).expect(written);
            assert_eq!(config.websub.address(&config.site.url).as_ref().map(Url::as_str), expected, "{written}");
        };
        check("", None);
        check("hub = \"off\"", None);
        check("hub = \"built-in\"", Some("https://relay.example.net/news/hub"));
        check("hub = \"https://hub.example/\"", Some("https://hub.example/"));
    }

    #[test]
    fn what_is_no_hub_is_said() {
        let check = |written: &str, words: &str| {
            let error = parse("feeds.toml", &toml(written)).expect_err(written).to_string();
            assert!(error.contains(words), "{error}");
        };
        check("hub = \"builtin\"", "built-in");
        check("hub = \"ftp://hub.example/\"", "built-in");
        check("lease = \"11d\"", "lease");
        check("subscribe = 1", "subscribe");
        check("hubb = \"off\"", "hub");
    }
}
