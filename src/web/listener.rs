//! Where the pages listen. A port in use is a warning and another try, never the end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::access::Peer;
use super::{House, metrics, router};
use crate::config::{Config, Listen, WebSettings};
use crate::pipeline::Context;

/// The wait before an address is tried again that could not be had.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// How long answers that are under way may take when the service stops.
const DRAIN: Duration = Duration::from_secs(3);

/// Serves the pages until it is told to stop; another configuration moves them.
pub async fn run(
    ctx: Arc<Context>,
    mut configs: watch::Receiver<Arc<Config>>,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        let settings = configs.borrow_and_update().web.clone();
        // Ends what was begun under these settings, and nothing else.
        let ends = stop.child_token();
        let house = House::new(Arc::clone(&ctx), configs.clone(), ends.clone());
        let pages = serve(&settings, &ctx, router(house.clone()), ends.clone());
        let figures = serve_metrics(&settings, &ctx, house, ends.clone());
        let both = async { tokio::join!(pages, figures) };
        tokio::pin!(both);
        tokio::select! {
            _ = &mut both => return,
            () = changed(&mut configs, &settings) => ends.cancel(),
        }
        if tokio::time::timeout(DRAIN, both).await.is_err() {
            warn!("answers to readers that were under way are cut off");
        }
    }
}

/// Waits until the configuration says something else of the pages.
async fn changed(configs: &mut watch::Receiver<Arc<Config>>, settings: &WebSettings) {
    loop {
        if configs.changed().await.is_err() {
            // Whoever would tell of another one is gone.
            std::future::pending::<()>().await;
        }
        if configs.borrow_and_update().web != *settings {
            return;
        }
    }
}

async fn serve(settings: &WebSettings, ctx: &Context, router: Router, stop: CancellationToken) {
    match &settings.listen {
        Listen::Off => stop.cancelled().await,
        Listen::Tcp(address) => serve_at(*address, "pages", ctx, router, &stop).await,
        Listen::Unix(path) => {
            let bind = || unix(path);
            if let Some(listener) = bound(bind, &path.display().to_string(), ctx, &stop).await {
                info!(path = %path.display(), "the pages are open");
                answer(listener, router, stop).await;
            }
        }
        Listen::Systemd => {
            let bind = || handed_over();
            if let Some(listener) = bound(bind, "the socket of systemd", ctx, &stop).await {
                info!("the pages are open at the socket of systemd");
                match listener {
                    HandedOver::Tcp(listener) => answer(listener, router, stop).await,
                    HandedOver::Unix(listener) => answer(listener, router, stop).await,
                }
            }
        }
    }
}

async fn serve_metrics(
    settings: &WebSettings,
    ctx: &Context,
    house: Arc<House>,
    stop: CancellationToken,
) {
    match settings.metrics {
        Some(address) => {
            serve_at(address, "figures", ctx, metrics::alone(house), &stop).await;
        }
        None => stop.cancelled().await,
    }
}

async fn serve_at(
    address: SocketAddr,
    what: &'static str,
    ctx: &Context,
    router: Router,
    stop: &CancellationToken,
) {
    let bind = || {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener)
    };
    if let Some(listener) = bound(bind, &address.to_string(), ctx, stop).await {
        info!(%address, what, "listening");
        answer(listener, router, stop.clone()).await;
    }
}

/// Tries to have an address until it can be had; `None` when it is told to stop before.
async fn bound<L>(
    bind: impl Fn() -> std::io::Result<L>,
    shown: &str,
    ctx: &Context,
    stop: &CancellationToken,
) -> Option<L> {
    let mut told = None;
    loop {
        match bind() {
            Ok(listener) => return Some(listener),
            // Said once, not every five seconds of a night.
            Err(error) if told != Some(error.kind()) => {
                warn!(address = shown, error = %error, "the pages cannot listen there; it is tried again");
                told = Some(error.kind());
            }
            Err(_) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return None,
            () = ctx.clock.sleep(TRY_AGAIN) => {}
        }
    }
}

async fn answer<L>(listener: L, router: Router, stop: CancellationToken)
where
    L: Listener,
    L::Addr: std::fmt::Debug,
    Peer: for<'a> axum::extract::connect_info::Connected<axum::serve::IncomingStream<'a, L>>,
{
    let service = router.into_make_service_with_connect_info::<Peer>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned());
    if let Err(error) = serving.await {
        warn!(error = %error, "the pages have stopped listening");
    }
}

/// A socket in the file system that its owner and group alone reach.
fn unix(path: &Path) -> std::io::Result<UnixListener> {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
    // What a process left behind that died; a socket that somebody answers at is left alone.
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    if is_socket && std::os::unix::net::UnixStream::connect(path).is_err() {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}

/// A socket that systemd has opened.
enum HandedOver {
    Tcp(TcpListener),
    Unix(UnixListener),
}

fn handed_over() -> std::io::Result<HandedOver> {
    let mut sockets = listenfd::ListenFd::from_env();
    for number in 0..sockets.len() {
        if let Ok(Some(listener)) = sockets.take_tcp_listener(number) {
            listener.set_nonblocking(true)?;
            return Ok(HandedOver::Tcp(TcpListener::from_std(listener)?));
        }
        if let Ok(Some(listener)) = sockets.take_unix_listener(number) {
            listener.set_nonblocking(true)?;
            return Ok(HandedOver::Unix(UnixListener::from_std(listener)?));
        }
    }
    Err(std::io::Error::new(
        std::io::ErrorKind::NotFound,
        "systemd has handed over no socket: start newswatch.socket",
    ))
}
