//! One conditional GET: bounded in bytes and time, never to an address that is not public unless the admin allows it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use ipnet::IpNet;

use crate::model::{Fault, Fetched, PollRequest};

/// How a client behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// `User-Agent`.
    pub user_agent: String,
    /// Decoded bytes of one body.
    pub body_bytes: u64,
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Time for a whole request, redirects and body included.
    pub total_timeout: Duration,
    /// Redirects followed.
    pub redirects: usize,
    /// Non-public networks that may be asked nevertheless, on any port.
    pub allow_networks: Vec<IpNet>,
    /// Ports that may be asked elsewhere.
    pub allow_ports: Vec<u16>,
}

/// Why nothing came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FetchError {
    /// Short stable name: `ssrf_denied`, `too_large`, `timeout`, `connect`, `dns`, `tls`, `http_500`, `too_many_redirects`, `bad_scheme`,
    /// `truncated`, `bad_response`, `bad_304`, `gone`.
    pub code: String,
    /// Who has to act.
    pub fault: Fault,
    /// What happened and what to do, for an admin, without a final stop.
    pub message: String,
    /// How long the partner asks us to wait (`Retry-After`), clamped to 60 s … 24 h.
    pub retry_after: Option<Duration>,
}

/// An HTTP client with an address guard.
#[derive(Debug, Clone)]
pub struct Client {
    // reqwest client, guard, options
}

impl Client {
    /// Builds the client. The error says which option is unusable.
    pub fn new(options: Options) -> Result<Self, String> {
        let _ = options;
        todo!()
    }

    /// Makes the request; `now` becomes `fetched_at`.
    pub async fn fetch(&self, request: &PollRequest, now: DateTime<Utc>) -> Result<Fetched, FetchError> {
        let _ = (request, now);
        todo!()
    }
}
