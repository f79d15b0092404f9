//! The command line: one function a subcommand, data to stdout, words to stderr.
//!
//! Exit codes: 0 done, 1 failed, 2 usage, 78 configuration (EX_CONFIG of sysexits.h).

mod add;
mod backup;
mod check;
mod convert;
mod demo;
mod explain;
mod export;
mod extract;
mod feeds;
mod import;
mod input;
mod inspect;
mod log;
mod man;
mod outlets;
mod partners;
mod poll;
mod republish;
mod run;
mod serve;
mod table;
mod translate;
mod withdraw;

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{self, Config};
use crate::daemon::DaemonError;

/// Relays reposted and translated news articles as RSS, Atom and JSON Feed, with the credit intact.
#[derive(Debug, Parser)]
#[command(
    name = "reprint",
    version,
    about,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 failed, 2 usage, 78 configuration. `reprint COMMAND --help` tells more."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows it at work, without network or configuration
    ///
    /// Made-up partner outlets start on loopback, the real pipeline relays them, and new articles keep arriving.
    Demo {
        /// Where to listen; without it 127.0.0.1:8080, or a free port where that is taken
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
    },
    /// The daemon: polls, publishes, serves
    Run {
        /// The configuration
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
        /// Listens here instead of where site.listen says
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
        /// Opens no port: polls, translates and publishes, and leaves HTTP to `reprint serve`
        #[arg(long, conflicts_with = "listen")]
        no_http: bool,
        /// With --no-http: the Unix socket for `reprint serve`; without it desk.sock in $RUNTIME_DIRECTORY, else beside the database
        #[arg(long, value_name = "PATH", requires = "no_http")]
        desk: Option<PathBuf>,
    },
    /// HTTP only, for what `reprint run --no-http` publishes
    ///
    /// Needs no network: it listens on the sockets that systemd passes, or where site.listen says. Status, metrics and WebSub come from the other process
    /// over a Unix socket; while that one is away, what it published last is served.
    Serve {
        /// The configuration, the same as of `reprint run --no-http`
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
        /// Listens here instead of where site.listen says
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
        /// The Unix socket of `reprint run --no-http`; without it desk.sock in $RUNTIME_DIRECTORY, else beside the database
        #[arg(long, value_name = "PATH")]
        desk: Option<PathBuf>,
    },
    /// Checks a configuration; with --online also what each outlet sends
    Check {
        /// The configuration
        #[arg(default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
        /// Polls each outlet once, records nothing, and reports what would be published or held, and why
        #[arg(long)]
        online: bool,
    },
    /// Polls one outlet now and shows what that changes
    Poll {
        /// Id of the outlet
        outlet: String,
        /// Records nothing
        #[arg(long)]
        dry_run: bool,
        /// The configuration
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// A feed as data, on stdout as one JSON object
    Inspect {
        /// The only form there is
        #[arg(long, required = true)]
        json: bool,
        #[command(flatten)]
        input: input::Input,
    },
    /// An article page as data, on stdout as one JSON object
    ///
    /// Who wrote it, who translated it, where it came from, and the rule and text behind each.
    Extract {
        /// The only form there is
        #[arg(long, required = true)]
        json: bool,
        #[command(flatten)]
        input: input::Input,
    },
    /// One article after every stage
    ///
    /// What was fetched, understood and lifted out, who is credited, by which rule and on which text.
    Explain {
        #[command(flatten)]
        input: input::Input,
        /// Which entry of a feed, from 1; without it the first few
        #[arg(long, value_name = "N")]
        entry: Option<usize>,
        /// Reads it as this outlet of the configuration: its rules, selectors and terms
        #[arg(long, value_name = "ID")]
        outlet: Option<String>,
        /// The configuration, where --outlet is given
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// Simplified and traditional Chinese, from stdin to stdout
    Convert {
        /// zh-Hans, zh-Hant, zh-Hant-TW or zh-Hant-HK
        #[arg(long, value_name = "TAG")]
        from: String,
        /// Another of these
        #[arg(long, value_name = "TAG")]
        to: String,
        /// Words of the region, too: 软件 → 軟體
        #[arg(long)]
        phrases: bool,
        /// A glossary of terms that go before the dictionaries, CSV or TOML as for a [[translator]]: 悉尼 → 雪梨
        #[arg(long, value_name = "FILE")]
        glossary: Option<PathBuf>,
    },
    /// One feed in, the feed as it would be published out, on stdout
    Republish {
        /// What is written
        #[arg(long, value_enum)]
        format: republish::Format,
        /// Without what the site adds to titles and texts: prefixes, credit, disclaimers
        #[arg(long)]
        plain: bool,
        #[command(flatten)]
        input: input::Input,
        /// Publishes it as this outlet of the configuration: its rules and terms, the site's templates
        #[arg(long, value_name = "ID")]
        outlet: Option<String>,
        /// The configuration, where --outlet is given
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG")]
        config: PathBuf,
    },
    /// Health and next poll of every outlet, and what is held
    Outlets {
        /// One JSON object instead of a table
        #[arg(long)]
        json: bool,
        /// The configuration
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// Finds the feeds of a site and adds the main one to the configuration
    Add {
        /// Address of the site, of one of its pages, or of a feed
        #[arg(value_name = "URL")]
        address: String,
        /// The configuration; nothing in it is changed but its end
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
        /// Asks addresses that are not public, too
        #[arg(long)]
        allow_private: bool,
    },
    /// Adds every feed of an OPML list to the configuration
    Import {
        /// The list
        #[arg(value_name = "FILE.opml")]
        list: PathBuf,
        /// The configuration; nothing in it is changed but its end
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// The outlets of the configuration as an OPML list, on stdout
    Export {
        /// The configuration
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// What is published
    Feeds {
        /// One JSON object instead of a table
        #[arg(long)]
        json: bool,
        /// The configuration
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// Has translations made anew, though their originals did not change: after a new glossary, model or engine
    ///
    /// Ids stay, and what an engine was asked in the same words before costs nothing. Beside a running daemon or without one.
    Translate {
        /// Id of a feed, or an article: its id, its address here or at the outlet
        #[arg(long, value_name = "FEED-or-ARTICLE")]
        again: String,
        /// The configuration
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// Who pulls which feed with a token, and links that open one
    ///
    /// Counts are saved by the minute. Of everybody else only the number is known: `reprint feeds`.
    #[command(args_conflicts_with_subcommands = true)]
    Partners {
        #[command(subcommand)]
        action: Option<PartnersAction>,
        /// One JSON object instead of a table
        #[arg(long)]
        json: bool,
        /// The configuration
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// Takes an article down everywhere, for good
    ///
    /// Its page answers 410 or 451, feeds tell of it, and no outlet brings it back. Beside a running daemon or without one.
    Withdraw {
        /// Its id, its address here or at the outlet, or what the outlet calls it
        #[arg(value_name = "ID-or-URL")]
        article: String,
        /// Why, in words that readers are shown
        #[arg(long, required_unless_present = "restore")]
        reason: Option<String>,
        /// The law or a court asks for it: its page answers 451
        #[arg(long)]
        legal: bool,
        /// Publishes a withdrawn article again
        #[arg(long, conflicts_with = "legal")]
        restore: bool,
        /// The configuration
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// Copies the store to one file, also while reprint runs
    ///
    /// The copy is the store as it was at one moment, looked through before it gets its name. It holds what is not published, too: only its owner can
    /// read it.
    Backup {
        /// Where to; a backup that is there is replaced when the new one is whole
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The configuration, which says where the store is
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// Puts a backup in the place of the store; not while reprint runs
    ///
    /// The backup is looked through first. The store of before is kept beside it, what was withdrawn since the backup is withdrawn again, and the
    /// published documents are made anew.
    Restore {
        /// A file that `reprint backup` made
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The configuration, which says where the store is
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
    /// A script for a shell that completes commands and options, on stdout
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// The manual page, on stdout: `reprint man | man -l -`
    Man,
}

#[derive(Debug, Subcommand)]
enum PartnersAction {
    /// Addresses of a feed that open for whoever has them, for readers that know nothing of passwords
    Link {
        /// Id of the partner
        partner: String,
        /// Id of one of its feeds
        feed: String,
        /// How long they open
        #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
        /// The configuration; the partner's token is read, so this takes the rights of the service
        #[arg(long, value_name = "FILE", default_value = "feeds.toml", env = "REPRINT_CONFIG", hide_env_values = true)]
        config: PathBuf,
    },
}

/// How a command ended, when not well.
#[derive(Debug)]
enum Failure {
    /// Exit code 1.
    Failed(String),
    /// Exit code 2.
    Usage(String),
    /// Exit code 78.
    Configuration(String),
}

impl Failure {
    fn failed(message: impl std::fmt::Display) -> Self {
        Self::Failed(message.to_string())
    }
}

impl From<DaemonError> for Failure {
    fn from(error: DaemonError) -> Self {
        if error.configuration { Self::Configuration(error.message) } else { Self::Failed(error.message) }
    }
}

impl From<crate::store::StoreError> for Failure {
    fn from(error: crate::store::StoreError) -> Self {
        DaemonError::from(error).into()
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = runtime().and_then(|runtime| runtime.block_on(dispatch(arguments.command)));
    let (code, message) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Failed(message)) => (1, message),
        Err(Failure::Usage(message)) => (2, message),
        Err(Failure::Configuration(message)) => (78, message),
    };
    // A report that already says "error:" on its first line (feeds.toml) is shown as it is.
    let mut stderr = std::io::stderr().lock();
    let _ = if message.contains("error") && message.contains("-->") {
        writeln!(stderr, "{}", message.trim_end())
    } else {
        writeln!(stderr, "reprint: {message}")
    };
    ExitCode::from(code)
}

async fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo { listen } => demo::run(listen).await,
        Command::Run { config, no_http: true, desk, .. } => run::without_http(&config, desk).await,
        Command::Run { config, listen, .. } => run::run(&config, listen).await,
        Command::Serve { config, listen, desk } => serve::run(&config, listen, desk).await,
        Command::Check { config, online } => check::run(&config, online).await,
        Command::Poll { outlet, dry_run, config } => poll::run(&config, &outlet, dry_run).await,
        Command::Inspect { json: _, input } => inspect_json(&input).await,
        Command::Extract { json: _, input } => extract_json(&input).await,
        Command::Explain { input, entry, outlet, config } => explain::run(&input, entry, outlet.as_deref(), &config).await,
        Command::Convert { from, to, phrases, glossary } => {
            let request = convert::Request { from: &from, to: &to, phrases, glossary: glossary.as_deref() };
            convert::run(&request, std::io::stdin().lock(), std::io::stdout().lock())
        }
        Command::Republish { format, plain, input, outlet, config } => {
            let origin = outlet.as_deref().map(|id| (id, config.as_path()));
            republish::run(&input, &republish::Request { format, plain, origin }).await
        }
        Command::Outlets { json, config } => outlets::run(&config, json).await,
        Command::Add { address, config, allow_private } => add::run(&address, &config, allow_private).await,
        Command::Import { list, config } => import::run(&list, &config),
        Command::Export { config } => export::run(&config),
        Command::Feeds { json, config } => feeds::run(&config, json).await,
        Command::Translate { again, config } => translate::run(&config, &again).await,
        Command::Partners { action: None, json, config } => partners::run(&config, json).await,
        Command::Partners { action: Some(PartnersAction::Link { partner, feed, days, config }), .. } => {
            partners::link(&config, &partner, &feed, days)
        }
        Command::Withdraw { article, reason, legal, restore, config } => {
            let request = withdraw::Request { article: &article, reason: reason.as_deref(), legal, restore };
            withdraw::run(&config, &request).await
        }
        Command::Backup { file, config } => backup::backup(&config, &file).await,
        Command::Restore { file, config } => backup::restore(&config, &file).await,
        Command::Completions { shell } => man::completions(shell),
        Command::Man => {
            man::man();
            Ok(())
        }
    }
}

async fn inspect_json(input: &input::Input) -> Result<(), Failure> {
    let (doc, zone) = input.read().await?;
    let object = inspect::json(&doc, &inspect::neutral_outlet(&doc.url, zone)).map_err(Failure::failed)?;
    say(serde_json::to_string_pretty(&object).map_err(Failure::failed)?);
    Ok(())
}

async fn extract_json(input: &input::Input) -> Result<(), Failure> {
    let (doc, zone) = input.read().await?;
    let object = extract::json(&doc, inspect::neutral_outlet(&doc.url, zone)).map_err(Failure::failed)?;
    say(serde_json::to_string_pretty(&object).map_err(Failure::failed)?);
    Ok(())
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    // The unit file allows 64 tasks: workers, the store's threads and blocking threads (name look-ups, parsing) stay below that.
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(16)
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))
}

fn load(path: &Path) -> Result<Config, Failure> {
    config::load(path).map_err(|error| Failure::Configuration(error.report))
}

/// The same for commands that ask nobody: without the secrets, which only the service may be able to read.
fn load_without_secrets(path: &Path) -> Result<Config, Failure> {
    config::load_without_secrets(path).map_err(|error| Failure::Configuration(error.report))
}

/// Log lines to stderr; `RUST_LOG` chooses, else `default`.
fn log_to_stderr(default: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| default.into());
    // Under systemd the journal stamps the lines itself.
    let journal = std::env::var_os("JOURNAL_STREAM").is_some();
    let coloured = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(log::Lines { coloured })
        .with_target(false)
        .with_ansi(coloured);
    let _ = if journal { builder.without_time().try_init() } else { builder.try_init() };
}

/// Writes a line to stdout; a reader that went away (`| head`) ends the output quietly.
fn say(line: impl std::fmt::Display) {
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

/// Writes a line to stderr, if anybody listens.
fn tell(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
