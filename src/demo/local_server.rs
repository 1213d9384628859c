//! An HTTP server on a loopback port that the system picks.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::warn;

/// How long a stop waits for exchanges that are under way. Every answer here is made in milliseconds, so
/// only a client that has stopped talking is cut off.
const STOP_WAIT: Duration = Duration::from_secs(2);

/// A running server; it stops when this is dropped.
#[derive(Debug)]
pub(super) struct LocalServer {
    addr: SocketAddr,
    stop: DropGuard,
    task: JoinHandle<()>,
}

impl LocalServer {
    /// Starts to serve `router` on 127.0.0.1.
    ///
    /// # Errors
    /// When no loopback port can be bound.
    pub(super) async fn start(make_router: impl FnOnce(SocketAddr) -> Router) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = listener.local_addr()?;
        let router = make_router(addr);
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let task = tokio::spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(stopped);
            if let Err(error) = serving.await {
                warn!(%error, "local server failed");
            }
        });
        Ok(Self {
            addr,
            stop: stop.drop_guard(),
            task,
        })
    }

    /// The address it listens on.
    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops: takes no new connection and lets exchanges under way finish.
    pub(super) async fn stop(self) {
        let Self { stop, mut task, .. } = self;
        drop(stop);
        if tokio::time::timeout(STOP_WAIT, &mut task).await.is_err() {
            task.abort();
        }
    }
}
