//! The database that a test works on: SQLite in memory, or a schema of its own on the PostgreSQL server that
//! [`SERVER`] names.

use std::sync::Arc;

use newswatch::store::{Database, Sqlite, Store};

/// The variable that names a server, as `postgres://user@host/database`.
pub(crate) const SERVER: &str = "NEWSWATCH_TEST_DATABASE";

/// Whether the tests work on PostgreSQL.
pub(crate) fn is_postgres() -> bool {
    std::env::var_os(SERVER).is_some()
}

/// A database with nothing in it.
pub(crate) async fn empty() -> Arc<dyn Database> {
    Home::new().open().await
}

/// A store with nothing in it.
pub(crate) async fn store() -> Store {
    Store::over(empty().await).await.unwrap()
}

/// What a configuration says of a new database, where the tests do not work on SQLite.
pub(crate) fn section() -> Option<String> {
    match Home::new() {
        Home::Sqlite(_) => None,
        #[cfg(feature = "postgres")]
        Home::Postgres(schema) => Some(format!(
            "\n[store]\nurl = \"{}\"\nworker = \"{}\"\n",
            schema.url(),
            schema.server("w", 1).worker()
        )),
    }
}

/// A place for one database, which processes open one after the other.
pub(crate) enum Home {
    Sqlite(Arc<dyn Database>),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Schema),
}

impl Home {
    /// An empty place on the engine that the tests work on.
    pub(crate) fn new() -> Self {
        #[cfg(feature = "postgres")]
        if let Some(server) = std::env::var_os(SERVER) {
            let schema = postgres::Schema::new(server.to_str().unwrap());
            return Self::Postgres(schema);
        }
        Self::Sqlite(Arc::new(Sqlite::in_memory().unwrap()))
    }

    /// Opens the database as a process does that starts: whoever had it before is dead.
    pub(crate) async fn open(&self) -> Arc<dyn Database> {
        match self {
            Self::Sqlite(database) => Arc::clone(database),
            #[cfg(feature = "postgres")]
            Self::Postgres(schema) => schema.open().await,
        }
    }
}

#[cfg(feature = "postgres")]
pub(crate) mod postgres {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use newswatch::store::{Access, Database, Postgres, Server};

    /// Connections of one test: enough to get in one another's way.
    const CONNECTIONS: usize = 4;

    /// A schema of one test; it goes with its server.
    pub(crate) struct Schema {
        url: String,
        name: String,
        last: Mutex<Option<Arc<Postgres>>>,
    }

    impl Schema {
        /// Makes one, under a name that no other test has.
        pub(crate) fn new(server: &str) -> Self {
            static NUMBER: AtomicUsize = AtomicUsize::new(0);
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = format!("test_{}_{number}", std::process::id());
            execute(server, &format!("CREATE SCHEMA {name}"));
            let join = if server.contains('?') { '&' } else { '?' };
            Self {
                url: format!("{server}{join}options=-csearch_path%3D{name}"),
                name,
                last: Mutex::new(None),
            }
        }

        pub(crate) fn url(&self) -> &str {
            &self.url
        }

        /// The server as a worker of this name sees it.
        pub(crate) fn server(&self, worker: &str, connections: usize) -> Server {
            let worker = format!("{}.{worker}", self.name);
            Server::new(&self.url, None, &worker, connections).unwrap()
        }

        pub(super) async fn open(&self) -> Arc<dyn Database> {
            if let Some(last) = self.last.lock().unwrap().take() {
                last.close();
            }
            let server = self.server("w", CONNECTIONS);
            let database = Arc::new(Postgres::open(&server, Access::Own).await.unwrap());
            *self.last.lock().unwrap() = Some(Arc::clone(&database));
            database
        }
    }

    /// Runs a statement on a connection of its own.
    pub(crate) fn execute(server: &str, sql: &str) {
        let sql = sql.to_owned();
        connected(server, move |client| client.batch_execute(&sql).unwrap());
    }

    /// Does something on a connection of its own, which must not run on a thread of the test's runtime.
    pub(crate) fn connected<T: Send + 'static>(
        server: &str,
        work: impl FnOnce(&mut ::postgres::Client) -> T + Send + 'static,
    ) -> T {
        let server = server.to_owned();
        let thread = std::thread::spawn(move || {
            let mut client = ::postgres::Client::connect(&server, ::postgres::NoTls).unwrap();
            work(&mut client)
        });
        thread.join().unwrap()
    }
}
