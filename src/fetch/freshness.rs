//! How long an answer stays fresh, and for how long the partner asks to be left alone (RFC 9111 § 4.2, RFC 9110 § 10.2.3).

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};

use crate::model::Freshness;

/// Longest span any directive is honoured for: a partner that says "ten years" has made a mistake we should not suffer for.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Shortest `Retry-After`.
const SHORTEST_RETRY: Duration = Duration::from_secs(60);

/// Reads the directives of an answer that came at `now`.
///
/// `max_age` is what is left of the freshness lifetime once the time spent in caches (`Age`) is taken off, at most 24 h. Zero: the
/// partner says that it is stale at once (`no-cache`, `max-age=0`, an `Expires` in the past or unreadable). `None`: it says nothing.
/// `retry_after` is clamped to 60 s … 24 h; what cannot be read is as good as absent.
pub(super) fn read(headers: &HeaderMap, now: DateTime<Utc>) -> Freshness {
    let answered = field(headers, &DATE).and_then(date).unwrap_or(now);
    let lifetime = match cache_control(headers) {
        Lifetime::Stale => Some(Duration::ZERO),
        Lifetime::For(lifetime) => Some(lifetime),
        // RFC 9111 § 5.3: an unreadable Expires, "0" above all, means already expired.
        Lifetime::Unsaid => {
            field(headers, &EXPIRES).map(|value| date(value).map_or(Duration::ZERO, |expires| span(answered, expires)))
        }
    };
    let age = field(headers, &AGE).and_then(delta_seconds).unwrap_or_default();
    Freshness {
        max_age: lifetime.map(|lifetime| lifetime.saturating_sub(age).min(LONGEST)),
        retry_after: field(headers, &RETRY_AFTER).and_then(|value| retry_after(value, answered)),
    }
}

enum Lifetime {
    Unsaid,
    Stale,
    For(Duration),
}

/// `Cache-Control` (RFC 9111 § 5.2). `s-maxage` is for shared caches, which we are not.
fn cache_control(headers: &HeaderMap) -> Lifetime {
    let mut lifetime = Lifetime::Unsaid;
    let values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    for directive in values.flat_map(|value| value.split(',')) {
        let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
        let name = name.trim();
        if name.eq_ignore_ascii_case("no-cache") || name.eq_ignore_ascii_case("no-store") {
            return Lifetime::Stale;
        }
        // § 4.2.1: of several, the first counts; an unreadable one means stale. § 5.2: the quoted form is to be read too.
        if name.eq_ignore_ascii_case("max-age") && matches!(lifetime, Lifetime::Unsaid) {
            let argument = argument.trim().trim_matches('"');
            lifetime = delta_seconds(argument).map_or(Lifetime::Stale, Lifetime::For);
        }
    }
    lifetime
}

/// Either form of `Retry-After`, as a span from the moment of the answer.
fn retry_after(value: &str, answered: DateTime<Utc>) -> Option<Duration> {
    let wait = delta_seconds(value).or_else(|| date(value).map(|until| span(answered, until)))?;
    Some(wait.clamp(SHORTEST_RETRY, LONGEST))
}

/// delta-seconds (RFC 9111 § 1.2.2): digits only; what overflows is the greatest there is.
fn delta_seconds(value: &str) -> Option<Duration> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(value.parse().unwrap_or(u64::MAX)))
}

/// HTTP-date in its three forms (RFC 9110 § 5.6.7), or with a numeric zone as some servers write it.
fn date(value: &str) -> Option<DateTime<Utc>> {
    match httpdate::parse_http_date(value) {
        Ok(time) => Some(DateTime::<Utc>::from(time)),
        Err(_) => DateTime::parse_from_rfc2822(value).ok().map(|time| time.to_utc()),
    }
}

/// From one time to a later one; zero if it is earlier.
fn span(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    (to - from).to_std().unwrap_or_default()
}

fn field<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2024-05-06T12:00:00Z".parse().expect("time")
    }

    fn read_fields(fields: &[(&'static str, &str)]) -> Freshness {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, HeaderValue::from_str(value).expect("value"));
        }
        read(&headers, now())
    }

    #[track_caller]
    fn check_max_age(fields: &[(&'static str, &str)], seconds: Option<u64>) {
        assert_eq!(read_fields(fields).max_age, seconds.map(Duration::from_secs), "{fields:?}");
    }

    #[track_caller]
    fn check_retry(value: &str, seconds: Option<u64>) {
        assert_eq!(read_fields(&[("retry-after", value)]).retry_after, seconds.map(Duration::from_secs), "{value}");
    }

    const DAY: u64 = 86_400;

    #[test]
    fn max_age_comes_from_cache_control() {
        check_max_age(&[], None);
        check_max_age(&[("cache-control", "public")], None);
        check_max_age(&[("cache-control", "public, max-age=900, stale-while-revalidate=300")], Some(900));
        check_max_age(&[("cache-control", "Max-Age = 900")], Some(900));
        check_max_age(&[("cache-control", "max-age=\"900\"")], Some(900));
        check_max_age(&[("cache-control", "max-age=900, max-age=60")], Some(900));
        check_max_age(&[("cache-control", "public"), ("cache-control", "max-age=900")], Some(900));
        check_max_age(&[("cache-control", "s-maxage=900")], None);
        check_max_age(&[("cache-control", "x-max-age=900")], None);
        check_max_age(&[("cache-control", "max-age=0")], Some(0));
        check_max_age(&[("cache-control", "max-age=-1")], Some(0));
        check_max_age(&[("cache-control", "max-age=soon")], Some(0));
        check_max_age(&[("cache-control", "max-age")], Some(0));
        check_max_age(&[("cache-control", "max-age=3600, no-cache")], Some(0));
        check_max_age(&[("cache-control", "no-store")], Some(0));
        check_max_age(&[("cache-control", "max-age=315360000")], Some(DAY));
        check_max_age(&[("cache-control", "max-age=99999999999999999999999999")], Some(DAY));
    }

    #[test]
    fn expires_counts_from_date_and_yields_to_cache_control() {
        let date = ("date", "Mon, 06 May 2024 11:50:00 GMT");
        check_max_age(&[date, ("expires", "Mon, 06 May 2024 12:20:00 GMT")], Some(1_800));
        check_max_age(&[("expires", "Mon, 06 May 2024 12:20:00 GMT")], Some(1_200));
        check_max_age(&[date, ("expires", "Monday, 06-May-24 12:20:00 GMT")], Some(1_800));
        check_max_age(&[date, ("expires", "Mon May  6 12:20:00 2024")], Some(1_800));
        check_max_age(&[date, ("expires", "Mon, 06 May 2024 20:20:00 +0800")], Some(1_800));
        check_max_age(&[date, ("expires", "Sat, 06 May 2034 12:20:00 GMT")], Some(DAY));
        check_max_age(&[date, ("expires", "Mon, 06 May 2024 11:20:00 GMT")], Some(0));
        check_max_age(&[date, ("expires", "0")], Some(0));
        check_max_age(&[date, ("expires", "Mon, 06 May 2024 12:20:00 GMT"), ("cache-control", "max-age=60")], Some(60));
        check_max_age(&[date, ("expires", "Mon, 06 May 2024 12:20:00 GMT"), ("cache-control", "no-cache")], Some(0));
    }

    #[test]
    fn time_spent_in_caches_is_taken_off() {
        check_max_age(&[("cache-control", "max-age=900"), ("age", "800")], Some(100));
        check_max_age(&[("cache-control", "max-age=900"), ("age", "5000")], Some(0));
        check_max_age(&[("cache-control", "max-age=900"), ("age", "old")], Some(900));
        check_max_age(&[("cache-control", "max-age=315360000"), ("age", "800")], Some(DAY));
        check_max_age(&[("age", "800")], None);
    }

    #[test]
    fn retry_after_in_both_forms_is_clamped_and_garbage_is_absent() {
        check_retry("3600", Some(3_600));
        check_retry(" 3600 ", Some(3_600));
        check_retry("0", Some(60));
        check_retry("5", Some(60));
        check_retry("315360000", Some(DAY));
        check_retry("99999999999999999999999999", Some(DAY));
        check_retry("Mon, 06 May 2024 13:00:00 GMT", Some(3_600));
        check_retry("Sat, 06 May 2034 13:00:00 GMT", Some(DAY));
        check_retry("Mon, 06 May 2024 11:00:00 GMT", Some(60));
        check_retry("-1", None);
        check_retry("+60", None);
        check_retry("1.5", None);
        check_retry("later", None);
        check_retry("", None);
    }

    #[test]
    fn retry_after_as_a_date_counts_from_the_partners_clock() {
        // Its clock is ten minutes behind ours.
        let fields = [("date", "Mon, 06 May 2024 11:50:00 GMT"), ("retry-after", "Mon, 06 May 2024 12:20:00 GMT")];
        assert_eq!(read_fields(&fields).retry_after, Some(Duration::from_secs(1_800)));
    }

    proptest! {
        #[test]
        fn whatever_is_sent_stays_within_bounds(cache in "[ -~]{0,40}", expires in "[ -~]{0,40}", age in "[ -~]{0,12}", retry in "[ -~]{0,40}") {
            let freshness = read_fields(&[("cache-control", &cache), ("expires", &expires), ("age", &age), ("retry-after", &retry)]);
            prop_assert!(freshness.max_age.is_none_or(|span| span <= LONGEST));
            prop_assert!(freshness.retry_after.is_none_or(|span| (SHORTEST_RETRY..=LONGEST).contains(&span)));
        }
    }
}
