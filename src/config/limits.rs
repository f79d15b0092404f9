//! `[limits]`: what is taken from partners and what readers may take.

use std::time::Duration;

use toml::Spanned;

use super::Limits;
use super::read::Section;
use super::report::Mistakes;
use super::value;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// The limits, and whether the lists of what may be polled are right.
pub(super) fn read(section: Option<&Section<'_, '_>>, mistakes: &mut Mistakes) -> (Limits, bool) {
    let mut limits = Limits::default();
    let Some(section) = section else { return (limits, true) };
    section.check_keys(mistakes);
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if let Some(bytes) = section.bytes(mistakes, "body_bytes", 1..=256 << 20) {
        limits.body_bytes = bytes;
    }
    if let Some(entries) = section.integer(mistakes, "entries_per_poll", 1..=100_000) {
        limits.entries_per_poll = size(entries);
    }
    if let Some(timeout) = section.duration(mistakes, "connect_timeout", Duration::from_millis(100)..=HOUR / 12) {
        limits.connect_timeout = timeout;
    }
    if let Some(timeout) = section.duration(mistakes, "total_timeout", Duration::from_millis(100)..=HOUR / 6) {
        limits.total_timeout = timeout;
    }
    if section.has("connect_timeout") && limits.connect_timeout > limits.total_timeout {
        mistakes.add(
            format!(
                "`limits.connect_timeout` is longer than the whole request may take ({})",
                value::shown_duration(limits.total_timeout)
            ),
            section.value_span("connect_timeout"),
            "shorten it, or make total_timeout longer".to_owned(),
        );
    }
    if let Some(redirects) = section.integer(mistakes, "redirects", 0..=20) {
        limits.redirects = size(redirects);
    }
    if let Some(spacing) = section.duration(mistakes, "host_spacing", Duration::ZERO..=HOUR / 6) {
        limits.host_spacing = spacing;
    }
    if let Some(polls) = section.integer(mistakes, "concurrent_polls", 1..=1000) {
        limits.concurrent_polls = size(polls);
    }
    if let Some(interval) = section.duration(mistakes, "shortest_interval", SECOND..=24 * HOUR) {
        limits.shortest_interval = interval;
    }
    if let Some(pause) = section.duration(mistakes, "longest_backoff", SECOND..=30 * 24 * HOUR) {
        limits.longest_backoff = pause;
    }
    readers_limits(section, mistakes, &mut limits);
    let before = mistakes.len();
    if let Some(networks) = section.strings(mistakes, "allow_networks", value::network) {
        limits.allow_networks = networks.into_iter().map(Spanned::into_inner).collect();
    }
    if section.is_empty_list("allow_ports") {
        mistakes.add(
            "`limits.allow_ports` is empty: nothing could be polled",
            section.value_span("allow_ports"),
            "leave the key out for the usual ports 80, 443, 8080 and 8443".to_owned(),
        );
    } else if let Some(ports) = section.integers(mistakes, "allow_ports", 1..=65_535, "[80, 443]") {
        limits.allow_ports = ports.into_iter().filter_map(|port| u16::try_from(port.into_inner()).ok()).collect();
    }
    (limits, mistakes.len() == before)
}

/// How much readers may take.
fn readers_limits(section: &Section<'_, '_>, mistakes: &mut Mistakes, limits: &mut Limits) {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if let Some(connections) = section.integer(mistakes, "connections", 1..=1_000_000) {
        limits.connections = size(connections);
    }
    if let Some(connections) = section.integer(mistakes, "connections_per_address", 1..=1_000_000) {
        limits.connections_per_address = size(connections);
    }
    if let Some(requests) = section.integer(mistakes, "requests_per_minute", 0..=60_000) {
        limits.requests_per_minute = u32::try_from(requests).unwrap_or(u32::MAX);
    }
    if let Some(networks) = section.strings(mistakes, "proxies", value::network) {
        limits.proxies = Some(networks.into_iter().map(Spanned::into_inner).collect());
    }
    if let Some(timeout) = section.duration(mistakes, "request_timeout", SECOND..=HOUR / 60) {
        limits.request_timeout = timeout;
    }
    if let Some(timeout) = section.duration(mistakes, "idle_timeout", SECOND..=HOUR) {
        limits.idle_timeout = timeout;
    }
    if let Some(timeout) = section.duration(mistakes, "stall_timeout", SECOND..=HOUR / 6) {
        limits.stall_timeout = timeout;
    }
}
