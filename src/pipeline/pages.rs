//! The way of an article whose text is on its page: a journey of its own.
//!
//! ```text
//! poll     … attribute → held until its page has been read, and queued with the poll
//! pages    queue → robots → fetch → parse → (next page →) normalize → attribute → store.record_page
//! ```

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{Stages, Walk};
use crate::config::Outlet;
use crate::fetch::FetchError;
use crate::model::{
    Article, Fault, Fetched, FetchedDocument, PageSelectors, ParsedPage, PollRequest, Problem, Unreadable, Validators, Verdict,
    Warning,
};
use crate::parse::html::{self, Asked};
use crate::store::{Change, PageOutcome, StoreError, WaitingPage};
use crate::{attribute, normalize};

/// Why an article is held whose page is still to be read.
pub const AWAITING_PAGE: &str = "awaiting_page";

/// Tries before a page is given up until the outlet changes the entry.
const TRIES: u32 = 3;

/// Pauses after the first and the second try that failed; `limits.longest_backoff` shortens them.
const PAUSES: [TimeDelta; 2] = [TimeDelta::minutes(5), TimeDelta::minutes(30)];

/// Holds an article back until its page has been read, if that is where its text is. One that is published already stays so meanwhile: the store sees
/// to that.
pub(super) fn hold(outlet: &Outlet, source: &Url, verdict: Verdict) -> Verdict {
    if !(outlet.full_text || outlet.listing(source).is_some()) {
        return verdict;
    }
    let article = match verdict {
        Verdict::Ready(ready) if wants_page(&ready.article, source) => Box::new(ready.article),
        Verdict::Held { article, code: "no_text", .. } if wants_page(&article, source) => article,
        other => return other,
    };
    let reason = "its text is on its own page, which is to be read first".to_owned();
    Verdict::Held { article, code: AWAITING_PAGE, reason }
}

fn wants_page(article: &Article, source: &Url) -> bool {
    article.complete && article.url.as_ref().is_some_and(|url| url != source) && !normalize::page::is_whole(article)
}

/// The articles of a poll whose pages are to be queued.
pub(super) fn followed(verdicts: &[Verdict]) -> Vec<&Article> {
    let waits = |verdict| match verdict {
        &Verdict::Held { ref article, code: AWAITING_PAGE, .. } => Some(&**article),
        _ => None,
    };
    verdicts.iter().filter_map(waits).collect()
}

/// What reading a page came to.
#[derive(Debug)]
pub struct PageRead {
    /// What it changed.
    pub change: Change,
    /// Why it could not be read, if so.
    pub problem: Option<Problem>,
    /// When it is tried again, if so.
    pub next_try: Option<DateTime<Utc>>,
    /// Pages that were read.
    pub pages: u32,
}

/// Why a page could not be read.
struct Failure {
    code: String,
    fault: Fault,
    message: String,
    retry_after: Option<Duration>,
    /// Trying again is of no use.
    for_good: bool,
    /// It is the article's first page that could not be read.
    is_first: bool,
}

impl Failure {
    /// The outlet's server says that the page of the article is gone: 410; or 404 for a page that was there before, as often as it was asked.
    fn is_withdrawal(&self, read_before: bool) -> bool {
        self.is_first && (self.code == "gone" || (read_before && self.code == "http_404"))
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        // 410 says so; rules and addresses that are forbidden stay so for longer than the tries last.
        let for_good = matches!(error.code.as_str(), "gone" | "robots_denied" | "ssrf_denied" | "bad_scheme" | "bad_url");
        Self {
            code: error.code,
            fault: error.fault,
            message: error.message,
            retry_after: error.retry_after,
            for_good,
            is_first: false,
        }
    }
}

impl From<Unreadable> for Failure {
    fn from(unreadable: Unreadable) -> Self {
        let fault = Fault::Partner;
        Self {
            code: unreadable.code.to_owned(),
            fault,
            message: unreadable.message,
            retry_after: None,
            for_good: false,
            is_first: false,
        }
    }
}

/// Reads an article from its pages and records it. `now` is asked for before every request, for the pauses between them add up.
///
/// # Errors
/// The store did not answer; the page is still due.
pub async fn read_page(
    stages: &Stages,
    outlet: &Outlet,
    page: &WaitingPage,
    now: fn() -> DateTime<Utc>,
) -> Result<PageRead, StoreError> {
    let failure = match whole(stages, outlet, page, now).await {
        Ok((verdict, pages)) => {
            let outcome = PageOutcome::Read { verdict: &verdict, pages };
            let change = record(stages, page, outcome, now()).await?;
            return Ok(PageRead { change, problem: None, next_try: None, pages });
        }
        Err(failure) => failure,
    };
    let at = now();
    let withdrawn = failure.is_withdrawal(page.read_before);
    let problem =
        Problem { code: failure.code, fault: failure.fault, message: failure.message, since: page.failing_since.unwrap_or(at) };
    let tries = page.tries + 1;
    let pause = usize::try_from(page.tries).ok().and_then(|tries| PAUSES.get(tries)).copied();
    if let Some(pause) = pause.filter(|_| tries < TRIES && !failure.for_good) {
        let longest = TimeDelta::from_std(stages.config.limits.longest_backoff).unwrap_or(PAUSES[1]);
        let asked = failure.retry_after.and_then(|wait| TimeDelta::from_std(wait).ok()).unwrap_or_default();
        let next = at + pause.max(asked).min(longest);
        let change = record(stages, page, PageOutcome::Again { problem: &problem, at: next }, at).await?;
        return Ok(PageRead { change, problem: Some(problem), next_try: Some(next), pages: 0 });
    }
    if withdrawn {
        let change = record(stages, page, PageOutcome::Withdrawn { problem: &problem }, at).await?;
        return Ok(PageRead { change, problem: Some(problem), next_try: None, pages: 0 });
    }
    // A text that was read whole once is better than what the feed has.
    let verdict = (!page.read_before).then(|| super::recordable(&stages.own(), without_page(outlet, page, &problem)));
    let change = record(stages, page, PageOutcome::GivenUp { problem: &problem, verdict: verdict.as_ref() }, at).await?;
    Ok(PageRead { change, problem: Some(problem), next_try: None, pages: 0 })
}

async fn record(stages: &Stages, page: &WaitingPage, outcome: PageOutcome<'_>, now: DateTime<Utc>) -> Result<Change, StoreError> {
    let change = stages.store.record_page(page, outcome, now).await?;
    if change.is_visible() {
        stages.pages.forget(change.altered());
    }
    Ok(change)
}

/// The article with what the feed has of it.
fn without_page(outlet: &Outlet, page: &WaitingPage, problem: &Problem) -> Verdict {
    let mut article = page.article.clone();
    article.warnings.push(Warning::new(
        "page_unread",
        format!("its page could not be read, so it has only the text of the feed: {}", problem.message),
    ));
    attribute::article(outlet, article)
}

/// Every page of an article in order, and what they make together.
async fn whole(
    stages: &Stages,
    outlet: &Outlet,
    page: &WaitingPage,
    now: fn() -> DateTime<Utc>,
) -> Result<(Verdict, u32), Failure> {
    let mut walk = Walk::new(&page.address);
    let mut fetched_at = now();
    while let Some((address, number)) = walk.ask() {
        match one(stages, outlet, &address, walk.first().cloned(), number, now).await {
            Ok(page) => {
                if number == 1 {
                    fetched_at = page.fetched_at;
                }
                walk.read(page.answered, page.parsed);
            }
            Err(failure) => {
                if !walk.failed() {
                    return Err(Failure { is_first: number == 1, ..failure });
                }
            }
        }
    }
    let pages = walk.finish();
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let (reader, article, own) = (outlet.clone(), page.article.clone(), stages.own());
    let verdict = blocking(stages, move || {
        let found = normalize::page::Pages { outlet: &reader, pages: &pages, fetched_at };
        super::recordable(&own, attribute::article(&reader, normalize::page::article(article, &found)))
    })
    .await?;
    Ok((verdict, count))
}

/// A page that was read.
struct One {
    answered: Url,
    fetched_at: DateTime<Utc>,
    parsed: ParsedPage,
}

/// Fetches and reads one page of an article.
async fn one(
    stages: &Stages,
    outlet: &Outlet,
    address: &Url,
    first: Option<Url>,
    number: u32,
    now: fn() -> DateTime<Utc>,
) -> Result<One, Failure> {
    let doc = fetch(stages, outlet, address, now).await?;
    let (answered, fetched_at) = (doc.url.clone(), doc.fetched_at);
    let parsed = parse(stages, outlet, doc, first.unwrap_or_else(|| answered.clone()), number).await?;
    Ok(One { answered, fetched_at, parsed })
}

/// One page: allowed by robots.txt, in a turn at its host, at an address that still is the article's.
async fn fetch(stages: &Stages, outlet: &Outlet, address: &Url, now: fn() -> DateTime<Utc>) -> Result<FetchedDocument, Failure> {
    stages.robots.admit(&stages.client, &stages.turns, None, address, now()).await?;
    let request = PollRequest { outlet: outlet.id.clone(), source: address.clone(), validators: Validators::default() };
    let turn = stages.turns.take(address.host_str().unwrap_or_default()).await;
    let fetched = stages.client.fetch(&request, now()).await;
    drop(turn);
    let failed = |code: &str, message: String| Failure {
        code: code.to_owned(),
        fault: Fault::Partner,
        message,
        retry_after: None,
        for_good: false,
        is_first: false,
    };
    let doc = match fetched? {
        Fetched::Document(doc) => doc,
        Fetched::NotModified { .. } => {
            return Err(failed("bad_304", "the page answers 304 although nothing was asked".to_owned()));
        }
    };
    if doc.url != *address {
        // A page that is gone is often answered with the front page.
        if doc.url.path() == "/" && doc.url.query().is_none() && address.path() != "/" {
            let host = doc.url.host_str().unwrap_or_default();
            return Err(failed(
                "page_gone",
                format!("the page leads to the front page of {host}: the article is no longer there"),
            ));
        }
        stages.robots.admit(&stages.client, &stages.turns, None, &doc.url, now()).await?;
    }
    Ok(doc)
}

async fn parse(stages: &Stages, outlet: &Outlet, doc: FetchedDocument, first: Url, number: u32) -> Result<ParsedPage, Failure> {
    let (charset, selectors) = (outlet.charset.clone(), outlet.extract.clone());
    // The outlet's own selectors say better than anybody's rules what is what.
    let own = selectors != PageSelectors::default();
    let rules = stages.config.site_rules.of(doc.url.host_str().unwrap_or_default()).filter(|_| !own).cloned();
    let parsed = blocking(stages, move || {
        let asked =
            Asked { first: &first, number, selectors: &selectors, bounded: normalize::html::bounded, rules: rules.as_deref() };
        html::page(&doc, charset.as_deref(), &asked)
    })
    .await?;
    Ok(parsed?)
}

async fn blocking<T: Send + 'static>(stages: &Stages, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    stages.blocking(work).await.map_err(|panic| Failure {
        code: "panic".to_owned(),
        fault: Fault::Us,
        message: format!("reading the page failed inside reprint ({panic}): report it as a bug, with the page"),
        retry_after: None,
        for_good: false,
        is_first: false,
    })
}
