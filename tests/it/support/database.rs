//! The database that a test works on: SQLite in memory.

use std::sync::Arc;

use newswatch::store::{Database, Sqlite, Store};

/// A database with nothing in it.
pub(crate) fn empty() -> Arc<dyn Database> {
    Arc::new(Sqlite::in_memory().unwrap())
}

/// A store with nothing in it.
pub(crate) async fn store() -> Store {
    Store::over(empty()).await.unwrap()
}
