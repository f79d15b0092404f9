//! Noticing that another process wrote something, without reading it.

use sqlx::SqliteConnection;

use super::{Store, StoreError};

/// SQLite's own: another number on this connection after every commit of another one.
const VERSION: &str = "PRAGMA data_version";

/// A connection that remembers the state in which it last saw the store.
#[derive(Debug)]
pub struct Watch {
    store: Store,
    connection: SqliteConnection,
    seen: Option<i64>,
}

impl Store {
    /// Begins to watch; the first look finds it changed.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn watch(&self) -> Result<Watch, StoreError> {
        let connection = self.shared.readers.acquire().await.map_err(|error| self.failed(&error))?.detach();
        Ok(Watch { store: self.clone(), connection, seen: None })
    }
}

impl Watch {
    /// Whether anything was written since the last look. Costs next to nothing.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn changed(&mut self) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar(VERSION).fetch_one(&mut self.connection).await;
        let version: i64 = found.map_err(|error| self.store.failed(&error))?;
        Ok(self.seen.replace(version) != Some(version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_another_process_writes_is_noticed_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("reprint.db");
        let writer = Store::open(&path, "relay.example,2026").await.expect("a store");
        let here = Store::open_beside(&path).await.expect("the same store");
        let mut watch = here.watch().await.expect("a connection");
        assert!(watch.changed().await.expect("an answer") && !watch.changed().await.expect("an answer"));
        writer.follow_acts(7).await.expect("written");
        assert!(watch.changed().await.expect("an answer") && !watch.changed().await.expect("an answer"));
    }
}
