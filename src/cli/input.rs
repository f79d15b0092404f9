//! A document named on the command line: a file or an address.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use url::Url;

use super::Failure;
use crate::daemon;
use crate::fetch::{Client, Options, Robots, Turns};
use crate::model::{Fetched, FetchedDocument, PollRequest, Validators};

/// Bytes of a document that a command reads at most: the default of `limits.body_bytes`.
const BODY_BYTES: u64 = 8 << 20;

/// Pause between two requests to one host.
const SPACING: Duration = Duration::from_secs(1);

/// What a command reads, and what it should believe about it.
#[derive(Debug, clap::Args)]
pub(super) struct Input {
    /// The document
    #[arg(value_name = "FILE-or-URL")]
    from: String,
    /// Address it came from: the base of relative references
    #[arg(long, value_name = "URL", visible_alias = "url")]
    base: Option<String>,
    /// Content-Type it was served with
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// When it was fetched, RFC 3339; the offset is the outlet's, for dates without one
    #[arg(long, value_name = "TIME")]
    fetched_at: Option<String>,
    /// Asks addresses that are not public, too
    #[arg(long)]
    allow_private: bool,
}

impl Input {
    /// The document, and the outlet's zone.
    pub(super) async fn read(&self) -> Result<(FetchedDocument, Tz), Failure> {
        let fetched_at = match &self.fetched_at {
            Some(text) => DateTime::parse_from_rfc3339(text)
                .map_err(|_| Failure::Usage(format!("--fetched-at {text}: not a time like 2026-06-02T08:40:00+08:00")))?,
            None => daemon::now().fixed_offset(),
        };
        let (zone, fetched_at) = (zone_of(&fetched_at), fetched_at.with_timezone(&Utc));
        let base = match &self.base {
            Some(text) => Some(Url::parse(text).map_err(|error| Failure::Usage(format!("--base {text}: {error}")))?),
            None => None,
        };
        let mut doc = match Url::parse(&self.from) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => self.fetch(url, fetched_at).await?,
            _ => self.open(fetched_at)?,
        };
        if let Some(base) = base {
            doc.url = base;
        }
        if let Some(content_type) = &self.content_type {
            doc.content_type = Some(content_type.clone());
        }
        Ok((doc, zone))
    }

    fn open(&self, fetched_at: DateTime<Utc>) -> Result<FetchedDocument, Failure> {
        let path = PathBuf::from(&self.from);
        let cannot = |error: std::io::Error| Failure::failed(format!("cannot read {}: {error}", self.from));
        let size = std::fs::metadata(&path).map_err(cannot)?.len();
        if size > BODY_BYTES {
            return Err(Failure::failed(format!("{} has {size} bytes; a document may have {BODY_BYTES}", self.from)));
        }
        let body = std::fs::read(&path).map_err(cannot)?;
        let absolute = std::path::absolute(&path).map_err(cannot)?;
        let url = Url::from_file_path(&absolute).map_err(|()| Failure::failed(format!("{}: not a path", self.from)))?;
        Ok(FetchedDocument::from_bytes(url, None, body, fetched_at))
    }

    async fn fetch(&self, url: Url, fetched_at: DateTime<Utc>) -> Result<FetchedDocument, Failure> {
        ask(&self.client()?, url, fetched_at).await.map_err(Failure::Failed)
    }

    fn client(&self) -> Result<Client, Failure> {
        let everything = ["0.0.0.0/0", "::/0"].map(|network| network.parse().expect("a constant network"));
        Client::new(Options {
            user_agent: format!("reprint/{}", env!("CARGO_PKG_VERSION")),
            body_bytes: BODY_BYTES,
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(30),
            redirects: 5,
            allow_networks: if self.allow_private { everything.to_vec() } else { Vec::new() },
            allow_ports: vec![80, 443, 8080, 8443],
        })
        .map_err(Failure::failed)
    }

    /// What further pages of the article are asked with, when the document was asked for; `None`: it is a file.
    pub(super) fn further(&self, doc: &FetchedDocument) -> Result<Option<Further>, Failure> {
        let is_asked = Url::parse(&self.from).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_asked || self.base.is_some() {
            return Ok(None);
        }
        let further =
            Further { client: self.client()?, turns: Turns::new(SPACING), robots: Robots::default(), fetched_at: doc.fetched_at };
        Ok(Some(further))
    }
}

/// Asks for further pages of an article, as the daemon does: where robots.txt lets it, and not at once.
pub(super) struct Further {
    client: Client,
    turns: Turns,
    robots: Robots,
    fetched_at: DateTime<Utc>,
}

impl Further {
    /// One page; the error is one sentence.
    pub(super) async fn ask(&self, address: &Url) -> Result<FetchedDocument, String> {
        let allowed = self.robots.admit(&self.client, &self.turns, None, address, self.fetched_at).await;
        allowed.map_err(|error| error.message)?;
        let _turn = self.turns.take(address.host_str().unwrap_or_default()).await;
        ask(&self.client, address.clone(), self.fetched_at).await
    }
}

async fn ask(client: &Client, url: Url, fetched_at: DateTime<Utc>) -> Result<FetchedDocument, String> {
    let request = PollRequest { outlet: String::new(), source: url, validators: Validators::default() };
    match client.fetch(&request, fetched_at).await {
        Ok(Fetched::Document(doc)) => Ok(doc),
        Ok(Fetched::NotModified { .. }) => Err("the server answers 304 although nothing was asked conditionally".to_owned()),
        Err(error) => Err(error.message),
    }
}

/// A zone of the same offset as a time that was given with one (`--fetched-at`): the partner's own.
fn zone_of(moment: &DateTime<FixedOffset>) -> Tz {
    let minutes = moment.offset().local_minus_utc() / 60;
    let by_half_hours = match minutes {
        210 => Some(Tz::Asia__Tehran),
        270 => Some(Tz::Asia__Kabul),
        330 => Some(Tz::Asia__Kolkata),
        345 => Some(Tz::Asia__Kathmandu),
        390 => Some(Tz::Asia__Yangon),
        570 => Some(Tz::Australia__Darwin),
        _ => None,
    };
    // POSIX counts west of Greenwich: Etc/GMT-8 is eight hours east
    let hours = -(minutes / 60);
    by_half_hours.or_else(|| format!("Etc/GMT{hours:+}").parse().ok()).unwrap_or(Tz::UTC)
}
