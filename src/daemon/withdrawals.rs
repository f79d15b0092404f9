//! Withdrawals follow at once: those of a command beside the daemon are found in the database, once a second.

use std::time::Duration;

use super::now;
use crate::pipeline::{self, PublishError, Stages};

/// How often the database is asked: one look at the end of an index.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// What has been followed so far.
#[derive(Debug, Default)]
pub(super) struct Watch {
    followed: i64,
    failing: bool,
}

/// Makes the documents of the last run anew that do not follow what was withdrawn since. Afterwards no document shows it, also where this failed.
///
/// # Errors
/// As [`pipeline::publish_acts`], and the store.
pub async fn follow_withdrawals(stages: &Stages) -> Result<(), PublishError> {
    let followed = stages.store.acts_followed().await?;
    pipeline::publish_acts(stages, followed, now()).await.map(drop)
}

impl Watch {
    /// Looks once, and says what it did.
    pub(super) async fn look(&mut self, stages: &Stages) {
        match self.follow(stages).await {
            Ok(()) => self.failing = false,
            // Once: it is tried again each second.
            Err(error) if !self.failing => {
                self.failing = true;
                tracing::error!(%error, "withdrawn articles cannot be taken out of documents, which are taken away until they can");
            }
            Err(_) => {}
        }
    }

    async fn follow(&mut self, stages: &Stages) -> Result<(), PublishError> {
        if self.followed == 0 {
            self.followed = stages.store.acts_followed().await?;
        }
        if let Some(taken) = pipeline::publish_acts(stages, self.followed, now()).await? {
            self.followed = taken.last;
            tracing::info!(documents = taken.publication.changed.len(), "withdrawals and restorations followed");
            for rejected in &taken.publication.rejected {
                let (path, reason) = (&rejected.path, &rejected.reason);
                tracing::error!(path, reason, "a document was taken away: it could not be made without what was withdrawn");
            }
        }
        Ok(())
    }
}
