//! `reprint check [--online]`.

use std::path::Path;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::poll::{Look, look};
use super::{Failure, load, say, tell};
use crate::config::{Config, Outlet, Publish, Standing};
use crate::daemon;
use crate::fetch::Turns;
use crate::model::{AttributedArticle, Verdict};
use crate::pipeline;
use crate::pipeline::translate::{Translators, estimate};
use crate::render::Renderer;
use crate::translate::Unit;

pub(super) async fn run(path: &Path, online: bool) -> Result<(), Failure> {
    let config = load(path)?;
    Renderer::new(&config, config.site.templates.as_deref()).map_err(Failure::Configuration)?;
    let client = pipeline::client(&config).map_err(Failure::Configuration)?;
    let translators = Translators::new(&config).map_err(Failure::Configuration)?;
    for warning in &config.warnings {
        tell(format_args!("warning: {warning}"));
    }
    say(format_args!("{}: {}", path.display(), summary(&config)));
    for outlet in &config.outlets {
        let mut fires = Vec::new();
        let mut at = daemon::now();
        while let Some(next) = outlet.schedule.next(outlet.time_zone, at).filter(|_| fires.len() < 3) {
            fires.push(next.with_timezone(&outlet.time_zone).format("%m-%d %H:%M").to_string());
            at = next;
        }
        say(format_args!("  {:<20} polls at {} ({}) …", outlet.id, fires.join(", "), outlet.time_zone));
    }
    if !online {
        return Ok(());
    }
    let mut unreadable = 0;
    let mut sent: BTreeMap<&str, Vec<AttributedArticle>> = BTreeMap::new();
    let turns = Turns::new(config.limits.host_spacing);
    for outlet in &config.outlets {
        for feed in outlet.sources() {
            say(format_args!("\n{} ({}): {feed}", outlet.name, outlet.id));
            match look(&config, &client, &turns, outlet, feed, daemon::now()).await {
                Look::Failed { fault, message } => {
                    unreadable += 1;
                    say(format_args!("  FAILED (fault: {}): {message}", fault.name()));
                }
                Look::Read(reading) => {
                    say(format_args!("  {}, {} entries", reading.format.name(), reading.entries));
                    for warning in &reading.warnings {
                        say(format_args!("  warning: {}", warning.message));
                    }
                    for verdict in reading.verdicts {
                        say_verdict(outlet, &verdict, daemon::now());
                        if let Verdict::Ready(ready) = verdict {
                            sent.entry(&outlet.id).or_default().push(*ready);
                        }
                    }
                }
            }
        }
    }
    say_costs(&config, &translators, &sent);
    match unreadable {
        0 => Ok(()),
        1 => Err(Failure::failed("1 address could not be read; the others are fine")),
        _ => Err(Failure::failed(format!("{unreadable} addresses could not be read"))),
    }
}

/// What feeds that ask for a language would cost, by what their outlets send right now.
fn say_costs(config: &Config, translators: &Translators, sent: &BTreeMap<&str, Vec<AttributedArticle>>) {
    for feed in &config.feeds {
        let Some(target) = &feed.translate else { continue };
        let articles: Vec<&AttributedArticle> =
            feed.outlets.iter().filter_map(|outlet| sent.get(outlet.as_str())).flatten().collect();
        let Some((most, unit)) = estimate(config, translators, target, &articles) else { continue };
        let (id, to, engine) = (&feed.id, &target.to, &target.engine);
        let unit = match unit {
            Unit::Nothing => {
                say(format_args!("\n{id}: `{engine}` brings {} articles into {to} at no cost", articles.len()));
                continue;
            }
            Unit::Characters => "characters",
            Unit::Tokens => "tokens",
        };
        let dates = || articles.iter().filter_map(|one| one.article.published).map(|published| published.at);
        let days = dates().max().zip(dates().min()).map_or(1, |(newest, oldest)| (newest - oldest).num_days().max(1));
        let daily = most / u64::try_from(days).unwrap_or(1).max(1);
        let budget = [config.translator(engine).and_then(|translator| translator.budget), target.budget];
        let budget = match budget.into_iter().flatten().min() {
            Some(budget) if daily > budget => format!("more than its budget of {budget} a day"),
            Some(budget) => format!("within its budget of {budget} a day"),
            None => "and there is no budget".to_owned(),
        };
        say(format_args!(
            "\n{id}: `{engine}` would bring what is sent now into {to} for {most} {unit} at the most: {} articles of {days} days, about {daily} \
             {unit} a day, {budget}",
            articles.len()
        ));
    }
}

fn summary(config: &Config) -> String {
    let count = |number: usize, thing: &str| format!("{number} {thing}{}", if number == 1 { "" } else { "s" });
    format!("no mistakes; {}, {}", count(config.outlets.len(), "outlet"), count(config.feeds.len(), "feed"))
}

fn say_verdict(outlet: &Outlet, verdict: &Verdict, now: DateTime<Utc>) {
    match verdict {
        Verdict::Ready(ready) => {
            let rules: Vec<&str> = ready.provenance.evidence.iter().map(|evidence| evidence.rule).collect();
            let authors: Vec<&str> = ready.provenance.authors.iter().filter_map(|author| author.name.as_deref()).collect();
            let (what, why) = match outlet.standing_of(&ready.article, now, now) {
                Standing::Shown => ("publish", how_much(outlet.terms.publish).to_owned()),
                Standing::Embargoed(until) => ("wait   ", format!("embargo until {}; ", until.format("%F %T UTC"))),
                Standing::Expired(since) => ("drop   ", format!("expired on {}; ", since.format("%F %T UTC"))),
                Standing::OtherLanguage => {
                    let language = ready.article.language.as_deref().unwrap_or("not known");
                    ("drop   ", format!("its language ({language}) is not relayed; "))
                }
            };
            say(format_args!("  {what}  {}", ready.article.title));
            say(format_args!("           {why}by {}; rules: {}", authors.join(", "), rules.join(", ")));
        }
        Verdict::Held { article, code, reason } => {
            say(format_args!("  hold     {}", article.title));
            say(format_args!("           {reason} [{code}]"));
        }
    }
}

/// How much of an article is published, where it is not all.
fn how_much(publish: Publish) -> &'static str {
    match publish {
        Publish::Full => "",
        Publish::Excerpt { .. } => "an excerpt; ",
        Publish::Title => "its title; ",
    }
}
