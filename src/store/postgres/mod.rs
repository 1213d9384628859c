//! PostgreSQL: some connections, each on a thread of its own, that take jobs from one queue.
//!
//! Jobs that wait join one commit. A job that collided with another transaction, or whose connection was lost before
//! it was committed, runs again; one whose connection was lost while it was being committed ends with
//! [`Unknown`](super::DatabaseFailure::Unknown), as nobody knows whether it was.

mod queue;
mod session;
mod values;
mod worker;

use std::sync::Arc;

use tokio::sync::oneshot;

use super::database::{Database, Durability, Job};
use super::server::Server;
use super::sqlite::Access;
use super::tx::{DatabaseFailure, Dialect, StoreError};

use queue::{Mode, Queue, Task};
use session::Connector;
use worker::Worker;

/// Connections of a process that only looks.
const CONNECTIONS_BESIDE: usize = 2;

/// A PostgreSQL database and the threads that own its connections.
#[derive(Debug)]
pub struct Postgres {
    queue: Arc<Queue>,
}

impl Postgres {
    /// Connects, and starts the threads of all connections; the others connect when they are first needed.
    ///
    /// To work on it also ends what sessions an earlier process of the same worker has left: what they were committing
    /// is done or undone before this returns.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn open(server: &Server, access: Access) -> Result<Self, StoreError> {
        let connector = Connector::new(server, access)?;
        let queue = Arc::new(Queue::default());
        let (tell, told) = oneshot::channel();
        let mut first = Worker::new(Arc::clone(&queue), connector.clone());
        start("store", move || {
            let connected = first.connect(access);
            let is_connected = connected.is_ok();
            drop(tell.send(connected));
            if is_connected {
                first.work();
            }
        })?;
        told.await.unwrap_or(Err(StoreError::Closed))?;
        // From here on the threads end with this value.
        let database = Self { queue };
        let connections = match access {
            Access::Own => server.connections,
            Access::Beside => server.connections.min(CONNECTIONS_BESIDE),
        };
        for _ in 1..connections {
            let mut worker = Worker::new(Arc::clone(&database.queue), connector.clone());
            start("store", move || worker.work())?;
        }
        Ok(database)
    }

    /// Takes no further jobs and runs none again; those that wait are dropped.
    pub fn close(&self) {
        self.queue.close();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.queue.finish();
    }
}

impl Database for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn write(&self, job: Box<dyn Job>, durability: Durability) {
        let mode = Mode::Write(durability);
        self.queue.add(Task { job, mode });
    }

    fn read(&self, job: Box<dyn Job>) {
        let mode = Mode::Read;
        self.queue.add(Task { job, mode });
    }
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    let started = std::thread::Builder::new().name(name.into()).spawn(work);
    started.map(drop).map_err(|error| StoreError::Path {
        path: "the store's thread".into(),
        message: error.to_string(),
        kind: DatabaseFailure::Other,
    })
}
