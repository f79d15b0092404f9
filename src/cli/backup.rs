//! `reprint backup` and `reprint restore`: the store in one file, beside a running daemon, and back without one.

use std::path::Path;

use super::{Failure, load_without_secrets, tell};
use crate::config::Config;
use crate::daemon;
use crate::model::{Withdrawal, WithdrawnBy};
use crate::pipeline::{self, Stages};
use crate::store::{self, Copied, Restored};

/// Makes a backup of the store at `file`.
pub(super) async fn backup(path: &Path, file: &Path) -> Result<(), Failure> {
    let config = load_without_secrets(path)?;
    let copied = store::backup(&config.site.database, file).await?;
    tell(format_args!("backed up {} to {}", contents(&copied), file.display()));
    Ok(())
}

/// Puts the backup at `file` in the place of the store, and makes the published documents those of that store.
pub(super) async fn restore(path: &Path, file: &Path) -> Result<(), Failure> {
    let config = load_without_secrets(path)?;
    let Restored { copied, aside, withdrawals, unknown } = store::restore(file, &config.site.database, daemon::now()).await?;
    tell(format_args!("restored {} from {}; ids go on being minted by {}", contents(&copied), file.display(), copied.authority));
    if let Some(aside) = aside {
        tell(format_args!("the store of before is kept as {}", aside.display()));
    }
    if let Some(why) = unknown {
        tell(format_args!("what was withdrawn after the backup is not known and has to be withdrawn again ({why})"));
    }
    let made = documents(config, &withdrawals).await;
    made.map_err(|failure| match failure {
        Failure::Failed(message) => {
            Failure::Failed(format!("the store is restored, the published documents follow when `reprint run` starts: {message}"))
        }
        other => other,
    })
}

fn contents(copied: &Copied) -> String {
    format!("{} articles ({})", copied.articles, size(copied.bytes))
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    if bytes < 1_000_000 { format!("{} kB", bytes.div_ceil(1_000)) } else { format!("{}.{} MB", tenths / 10, tenths % 10) }
}

/// Withdraws again what was withdrawn after the backup, and makes every document anew, as if the daemon had been restarted: what it serves first
/// shows nothing that the store does not have.
async fn documents(config: Config, withdrawals: &[Withdrawal]) -> Result<(), Failure> {
    let stages = daemon::open(config).await?;
    let outcome = follow(&stages, withdrawals).await;
    stages.store.close().await;
    outcome
}

async fn follow(stages: &Stages, withdrawals: &[Withdrawal]) -> Result<(), Failure> {
    // The oldest first, as they were done.
    for withdrawal in withdrawals.iter().rev() {
        if stages.store.withdrawal(&withdrawal.key).await?.is_some() {
            continue;
        }
        if withdraw(stages, withdrawal).await? {
            tell(format_args!("withdrawn since the backup, and again now: {}  {}", withdrawal.key, withdrawal.title));
        } else {
            tell(format_args!(
                "withdrawn since the backup, which does not have it; withdraw it again if an outlet still sends it: {}  {}",
                withdrawal.key, withdrawal.title
            ));
        }
    }
    let publication = pipeline::publish(stages, None, daemon::now()).await.map_err(Failure::failed)?;
    pipeline::recall(stages, daemon::now()).map_err(Failure::failed)?;
    daemon::follow_withdrawals(stages).await.map_err(Failure::failed)?;
    match publication.rejected.first() {
        None => Ok(()),
        Some(rejected) => Err(Failure::Failed(format!("{} cannot be made: {}", rejected.path, rejected.reason))),
    }
}

/// False where the store does not have the article.
async fn withdraw(stages: &Stages, withdrawal: &Withdrawal) -> Result<bool, Failure> {
    let Withdrawal { key, by, at, reason, outlets, .. } = withdrawal;
    if *by != WithdrawnBy::Outlet {
        return Ok(stages.store.withdraw(key, *by, reason, *at).await?.is_some());
    }
    let mut taken = false;
    for outlet in outlets {
        let change = stages.store.take_back(outlet, key, reason, *at).await?;
        taken |= change.held > 0 || change.is_visible();
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_rounded_up() {
        for (bytes, expected) in [(0, "0 kB"), (1, "1 kB"), (999_999, "1000 kB"), (1_000_000, "1.0 MB"), (4_210_000, "4.3 MB")] {
            assert_eq!(size(bytes), expected, "{bytes}");
        }
    }
}
