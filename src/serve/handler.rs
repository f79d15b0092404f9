//! What the rest of the site is built on: a parsed request, a reply, who answers under which path, and who may read what.
//!
//! A published document is answered from the snapshot without any of this: its heads are ready-made and no [`Request`] is built. Everything
//! else is a [`Route`], an async function from [`Request`] to [`Reply`].
//!
//! The server has already refused what is malformed, enforced the deadlines and the size of the body and put its chunks together, and does the
//! framing, `Date`, HEAD, the security fields that a reply does not set itself, and `405` with `Allow`.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};

/// A request, whole: head and body.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its method; one of the route's, or HEAD where the route has GET.
    pub method: Method,
    /// Its path as it was sent, percent signs and all, with the leading `/` and without the query.
    pub path: String,
    /// What follows the `?`, undecoded.
    pub query: Option<String>,
    /// Its fields.
    pub fields: HeaderMap,
    /// The client: the other end of the connection, or whom a trusted front proxy names. `None` behind a front proxy that names nobody.
    pub client: Option<IpAddr>,
    /// Its body, empty where there was none; never more than the route takes.
    pub body: Bytes,
}

/// What a handler answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Fields. `Content-Length`, `Date` and `Connection` are the server's affair.
    pub fields: HeaderMap,
    /// Body; not sent to HEAD.
    pub body: Bytes,
}

impl Reply {
    /// A reply of this type that nobody may keep. A type that is no field value becomes `application/octet-stream`.
    pub fn new(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Self {
        let mut fields = HeaderMap::with_capacity(8);
        let content_type = HeaderValue::from_str(content_type);
        fields.insert(header::CONTENT_TYPE, content_type.unwrap_or(HeaderValue::from_static("application/octet-stream")));
        fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self { status, fields, body: body.into() }
    }

    /// A short text that nobody may keep.
    pub fn text(status: StatusCode, text: impl Into<Bytes>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text)
    }

    /// A refusal that says after how many seconds to try again: whole seconds, for readers understand no other form.
    pub fn later(status: StatusCode, seconds: u64, text: impl Into<Bytes>) -> Self {
        Self::text(status, text).with(header::RETRY_AFTER, seconds)
    }

    /// This reply with one field set.
    pub fn with(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.fields.insert(name, value.into());
        self
    }
}

/// A future of a handler.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Answers the requests of a [`Route`].
pub trait Handler: Send + Sync + 'static {
    /// The reply. Dropped half-way when the client goes away or the server stops.
    fn answer(&self, request: Request) -> Answering<'_, Reply>;

    /// What a client is told that may not know that there is anything under the path; `None`: it may. Asked of every request, whatever its method,
    /// before anything is said of methods and bodies; `request.body` is empty. Must not block.
    fn turns_away(&self, _request: &Request) -> Option<Reply> {
        None
    }
}

/// Who answers under a path.
#[derive(Clone)]
pub struct Route {
    /// The path itself (`/status.json`), or all below it when it ends in `/` (`/websub/`).
    pub path: &'static str,
    /// Methods it takes; GET takes HEAD along.
    pub methods: &'static [Method],
    /// Bytes of body it takes; a longer one is 413. 0: none.
    pub body: usize,
    /// Time in which a body must have come; `None`: the one for writes.
    pub body_time: Option<Duration>,
    /// Who answers.
    pub handler: Arc<dyn Handler>,
}

impl Route {
    /// A route that takes no body.
    pub fn new(path: &'static str, methods: &'static [Method], handler: Arc<dyn Handler>) -> Self {
        Self { path, methods, body: 0, body_time: None, handler }
    }

    /// It takes bodies up to so many bytes.
    pub fn with_body(self, bytes: usize) -> Self {
        Self { body: bytes, ..self }
    }

    /// Its bodies come whole within this time, or the connection ends.
    pub fn within(self, time: Duration) -> Self {
        Self { body_time: Some(time), ..self }
    }
}

/// Says who may read which document. Asked before a document is looked up in the snapshot, but only about requests that can matter:
/// documents that [`Gate::guards`], and requests that carry `Authorization` or a query. All others pay nothing for it.
pub trait Gate: Send + Sync + 'static {
    /// Whether the document at this path of the snapshot (`feeds/all.rss`) is for some only. Asked once a document version, not once a
    /// request; it must not change while the program runs.
    fn guards(&self, path: &str) -> bool;

    /// May this request have the document at `path`? `request.body` is empty. Must not block.
    fn admit(&self, path: &str, request: &Request) -> Admittance;

    /// A document was answered: told of every one that the gate let pass, before it is sent. Must cost next to nothing.
    fn answered(&self, _answered: &Answered<'_>) {}
}

/// An answer with a document, for who counts them.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// Path of the document.
    pub path: &'a str,
    /// Of [`Admittance::Granted`].
    pub grant: Option<u32>,
    /// As in [`Request`].
    pub client: Option<IpAddr>,
    /// `User-Agent`.
    pub agent: Option<&'a [u8]>,
    /// Status.
    pub status: u16,
    /// Bytes of its body.
    pub bytes: u64,
}

/// What a [`Gate`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admittance {
    /// It is as public as any.
    Public,
    /// This client may have it, and no cache may give it to another: `Cache-Control: private`, `Vary: Authorization`.
    Private,
    /// It gets another document of the snapshot under this address, privately.
    Instead(String),
    /// The same, or as public as any, and [`Gate::answered`] is told what it got.
    Granted {
        /// As [`Admittance::Private`].
        private: bool,
        /// A number of the gate's own, which it is given back.
        grant: u32,
    },
    /// Not this client: 401, 403, 404, 429.
    Refused(Box<Reply>),
}
