//! The three charts of an outlet, or of all: drawings that say in words what they show.

use minijinja::{Value, context};

use super::words::Tongue;
use super::{Charts, HOURS};
use crate::render::text::html;

/// The charts `of` an outlet.
pub(super) fn charts(charts: &Charts, of: &str, tongue: Tongue) -> Vec<Value> {
    let sum = |which: usize| charts.polls.iter().map(|polls| u64::from(polls[which])).sum::<u64>();
    let polls: Vec<u64> = charts.polls.iter().map(|polls| polls.iter().map(|number| u64::from(*number)).sum()).collect();
    let failed: Vec<u64> = charts.polls.iter().map(|polls| u64::from(polls[2])).collect();
    let all = sum(0) + sum(1) + sum(2);
    let polled = tongue.fill("polls_say", &[("all", &all), ("news", &sum(0)), ("failed", &sum(2))]);
    let new: Vec<u64> = charts.new.iter().map(|number| u64::from(*number)).collect();
    let mut lags: Vec<u64> = charts.lag.iter().flatten().copied().collect();
    lags.sort_unstable();
    let lagged = match lags.get(lags.len() / 2) {
        Some(median) => tongue.fill("lag_say", &[("span", &tongue.span(*median))]),
        None => tongue.word("lag_none").to_owned(),
    };
    let lag: Vec<u64> = charts.lag.iter().map(|lag| lag.unwrap_or_default()).collect();
    let total: u64 = new.iter().sum();
    let chart = |title: &str, says: String, bars: &[u64], bad: &[u64]| {
        let title = tongue.word(title);
        let label =
            tongue.fill("chart_label", &[("of", &of), ("title", &title.to_lowercase()), ("hours", &HOURS), ("says", &says)]);
        context! { title, says, drawing => Value::from_safe_string(drawing(&label, bars, bad)) }
    };
    vec![
        chart("polls", polled, &polls, &failed),
        chart("new_articles", tongue.fill("new_say", &[("n", &total)]), &new, &[]),
        chart("lag", lagged, &lag, &[]),
    ]
}

/// Bars as one path, and those that are `bad` as another over them.
fn drawing(label: &str, bars: &[u64], bad: &[u64]) -> String {
    const HEIGHT: u64 = 32;
    let most = bars.iter().copied().max().unwrap_or_default().max(1);
    let path = |bars: &[u64]| -> String {
        let tall = |number: u64| (u128::from(number) * u128::from(HEIGHT)).div_ceil(u128::from(most));
        let bar = |(place, number): (usize, &u64)| format!("M{} {HEIGHT}v-{}h3V{HEIGHT}z", 4 * place, tall(*number));
        bars.iter().enumerate().filter(|(_, number)| **number > 0).map(bar).collect()
    };
    let failed =
        if bad.iter().any(|number| *number > 0) { format!("<path class=\"bad\" d=\"{}\"/>", path(bad)) } else { String::new() };
    format!(
        "<svg class=\"chart\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\"><path class=\"floor\" d=\"M0 {HEIGHT}h{}\"/>\
         <path class=\"bar\" d=\"{}\"/>{failed}</svg>",
        html(label),
        4 * HOURS,
        HEIGHT + 1,
        4 * HOURS,
        path(bars),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_of_nothing_is_flat_and_one_of_much_stays_inside() {
        assert!(drawing("x", &[], &[]).contains("class=\"bar\" d=\"\""));
        let drawn = drawing("x", &[0, 1, u64::MAX], &[0, 0, u64::MAX]);
        assert!(
            drawn.contains("d=\"M4 32v-1h3V32zM8 32v-32h3V32z\"") && drawn.contains("class=\"bad\" d=\"M8 32v-32h3V32z\""),
            "{drawn}"
        );
    }
}
