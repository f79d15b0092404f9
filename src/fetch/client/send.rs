//! One request that is no poll (WebSub: verifications, deliveries, requests to hubs): the same address guard, no redirects followed.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{Client, Inner, place, resolve};
use crate::fetch::FetchError;
use crate::model::Fault;

/// What is sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// To where.
    pub url: Url,
    /// Type and content of a POST; `None`: a GET.
    pub post: Option<(String, bytes::Bytes)>,
    /// Further fields. Those that cannot be sent are left out.
    pub fields: Vec<(&'static str, String)>,
    /// Time for all of it.
    pub timeout: Duration,
    /// Bytes of the answer that are read; the rest is left.
    pub answer_bytes: usize,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Status.
    pub status: u16,
    /// Where a redirect leads.
    pub location: Option<Url>,
    /// The beginning of the body, as it came.
    pub body: Vec<u8>,
}

impl Sent {
    /// A status of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Client {
    /// Sends one request. The address is checked now, whatever was thought of it before: as written, as its name resolves, and as it was reached.
    ///
    /// # Errors
    /// It may not be asked (`ssrf_denied`, `bad_scheme`, `bad_url`), or did not answer (`dns`, `connect`, `tls`, `timeout`, `truncated`).
    pub async fn send(&self, outgoing: &Outgoing) -> Result<Sent, FetchError> {
        let Inner { options, guard, usual, listed, .. } = &*self.inner;
        let url = &outgoing.url;
        guard.check(url)?;
        let deadline = Instant::now() + outgoing.timeout;
        let client = if guard.needs_listing(url) { listed.as_ref().unwrap_or(usual) } else { usual };
        let mut request = match &outgoing.post {
            None => client.get(url.clone()),
            Some((content_type, body)) => client.post(url.clone()).header(CONTENT_TYPE, content_type).body(body.clone()),
        };
        request = request.header(ACCEPT, "*/*");
        for (name, value) in &outgoing.fields {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
                request = request.header(name, value);
            }
        }
        let mut response = match timeout_at(deadline, request.send()).await {
            Err(_) => return Err(FetchError::timeout(url, "sends no answer", outgoing.timeout)),
            Ok(Err(error)) => return Err(FetchError::sending(url, &error, options.connect_timeout)),
            Ok(Ok(response)) => response,
        };
        if !response.remote_addr().is_some_and(|peer| guard.allows_endpoint(peer)) {
            let message = format!("{} was reached at an address that may not be asked: its answer is thrown away", place(url));
            return Err(FetchError::new("ssrf_denied", Fault::Us, message));
        }
        let location = response.headers().get(LOCATION).and_then(|location| resolve(url, location.as_bytes()));
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while body.len() < outgoing.answer_bytes {
            match timeout_at(deadline, response.chunk()).await {
                Err(_) => return Err(FetchError::timeout(url, "does not come to an end", outgoing.timeout)),
                Ok(Err(error)) => return Err(FetchError::body(url, &error, body.len())),
                Ok(Ok(None)) => break,
                Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
            }
        }
        body.truncate(outgoing.answer_bytes);
        Ok(Sent { status, location, body })
    }
}
