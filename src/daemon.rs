//! The service: builds the context from a configuration, runs the stages, answers signals, talks to systemd.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::channel::Channel;
use crate::clock::Clock;
use crate::config::{self, Color, Config, ProcessEnvironment, Secrets};
use crate::http::HttpClient;
use crate::pipeline::flag::Flag;
use crate::pipeline::notify::Notify;
use crate::pipeline::poll::Poll;
use crate::pipeline::retain::Retain;
use crate::pipeline::scrape::Scrape;
use crate::pipeline::{Context, Until, Wake, drive};
use crate::store::Store;
use crate::systemd;

/// Documents that are parsed at once: a hostile one may take a core for two seconds and 100 MB.
const PARSES_AT_ONCE: usize = 2;

/// The waits before a page that failed is fetched again. They are short: until the last one is over, nobody is
/// told what the feed alone already says.
const PAGE_RETRY: [Duration; 2] = [Duration::from_secs(15), Duration::from_mins(1)];

/// How long a stage rests after the store refused its work: a full disk is not mended in a second.
const REST: Duration = Duration::from_secs(10);

/// The time that work under way gets to come to its end when the service stops; systemd waits 15 s.
const DRAIN: Duration = Duration::from_secs(8);

/// How often systemd's status line is brought up to date.
const STATUS_EVERY: Duration = Duration::from_secs(30);

/// Whether a run serves for ever or makes one pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Until a signal ends it.
    Service,
    /// Polls every due feed once, does all that follows from it, and ends.
    Once,
}

/// Runs the service over the configuration in a file.
///
/// # Errors
/// When the configuration, the state directory or a channel cannot be used, or a pass fails.
pub async fn run(config_path: &Path, mode: Mode) -> anyhow::Result<()> {
    // Each connection takes a file; the usual soft limit of 1024 is a courtesy to programs that use select(2).
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        warn!(error = %error, "the limit of open files stays as it is");
    }
    let config = load(config_path)?;
    let clock = Clock::system();
    let store = Store::open(&config.state_dir)
        .await
        .context("open the store")?;
    match mode {
        Mode::Once => once(config, store, clock).await,
        Mode::Service => serve(config_path.to_owned(), config, store, clock).await,
    }
}

/// Reads the configuration; warnings are logged, problems are the error.
fn load(path: &Path) -> anyhow::Result<Config> {
    match config::load(path, &ProcessEnvironment, Secrets::Required) {
        Ok(loaded) => {
            for warning in &loaded.warnings {
                warn!(
                    file = warning.file,
                    line = warning.line,
                    "{}",
                    warning.full_message()
                );
            }
            Ok(loaded.config)
        }
        Err(problems) => Err(anyhow::anyhow!(
            "the configuration cannot be used\n{}",
            problems.render(Color::Plain)
        )),
    }
}

async fn once(config: Config, store: Store, clock: Clock) -> anyhow::Result<()> {
    let ctx = Context {
        page_retry: Vec::new(),
        ..context(config, store, clock).await?
    };
    pass(Arc::new(ctx)).await
}

/// Polls what is due now, once, and does all that follows from it until nothing is left to do now.
///
/// # Errors
/// When the store fails.
pub async fn pass(ctx: Arc<Context>) -> anyhow::Result<()> {
    let due_by = Some(ctx.clock.now());
    drive(Poll { due_by }, Arc::clone(&ctx), Until::Idle, || ()).await?;
    drive(Scrape, Arc::clone(&ctx), Until::Idle, || ()).await?;
    drive(Flag, Arc::clone(&ctx), Until::Idle, || ()).await?;
    let mut channels = JoinSet::new();
    for channel in ctx.channels.keys().cloned() {
        channels.spawn(drive(
            Notify { channel },
            Arc::clone(&ctx),
            Until::Idle,
            || (),
        ));
    }
    while let Some(ended) = channels.join_next().await {
        ended??;
    }
    drive(Retain, ctx, Until::Idle, || ()).await?;
    Ok(())
}

/// Makes what the stages need, and makes the store's feeds those of the configuration.
///
/// # Errors
/// When a channel cannot be set up or the store fails.
pub async fn context(config: Config, store: Store, clock: Clock) -> anyhow::Result<Context> {
    let http = HttpClient::new(&config.http, clock.clone()).context("set up HTTP")?;
    let mut channels = BTreeMap::new();
    for settings in config.channels {
        let name = settings.name.clone();
        let channel = Channel::new(settings, http.clone())
            .with_context(|| format!("set up channel {name}"))?;
        channels.insert(name, channel);
    }
    let configured = config
        .feeds
        .iter()
        .map(|feed| (feed.url.clone(), feed.name.clone()))
        .collect();
    store.sync_feeds(configured, clock.now()).await?;
    let feeds = config
        .feeds
        .into_iter()
        .map(|feed| (feed.url.clone(), feed))
        .collect();
    let drawn = (u128::from(fastrand::u64(..)) << 64) | u128::from(fastrand::u64(..));
    Ok(Context {
        installation: store.installation(drawn).await?,
        store,
        http,
        clock,
        feeds,
        watches: config.watches,
        matcher: config.matcher,
        channels,
        poll: config.poll,
        page_retry: PAGE_RETRY.to_vec(),
        keep_articles: config.keep_articles,
        rest: REST,
        wake: Wake::default(),
        parsing: Arc::new(Semaphore::new(PARSES_AT_ONCE)),
    })
}

/// The signals that the service answers.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

/// What a running service is told.
enum Told {
    Stop,
    Reload,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::Stop,
            _ = self.interrupt.recv() => Told::Stop,
            _ = self.hang_up.recv() => Told::Reload,
        }
    }
}

/// The stages running over one configuration.
struct Running {
    ctx: Arc<Context>,
    stop: CancellationToken,
    loops: JoinSet<()>,
}

impl Running {
    fn start(ctx: Context) -> Self {
        let ctx = Arc::new(ctx);
        let stop = CancellationToken::new();
        let mut loops = JoinSet::new();
        let until = || Until::Stopped(stop.clone());
        // systemd's watchdog is fed by the loop that polls, so that it barks when polling has stopped.
        let poll = drive(Poll::default(), Arc::clone(&ctx), until(), systemd::alive);
        loops.spawn(ended("poll", poll));
        loops.spawn(ended(
            "scrape",
            drive(Scrape, Arc::clone(&ctx), until(), || ()),
        ));
        loops.spawn(ended("flag", drive(Flag, Arc::clone(&ctx), until(), || ())));
        loops.spawn(ended(
            "retain",
            drive(Retain, Arc::clone(&ctx), until(), || ()),
        ));
        for channel in ctx.channels.keys().cloned() {
            let notify = drive(Notify { channel }, Arc::clone(&ctx), until(), || ());
            loops.spawn(ended("notify", notify));
        }
        Self { ctx, stop, loops }
    }

    /// Lets what is under way come to its end, for a while; the rest is claimed again by whoever runs next.
    async fn stop(mut self) {
        self.stop.cancel();
        let finished = async { while self.loops.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, finished).await.is_err() {
            warn!("work under way did not end in time; it will be done again at the next start");
        }
    }
}

async fn ended(
    stage: &'static str,
    running: impl Future<Output = Result<usize, crate::pipeline::StageError>>,
) {
    if let Err(error) = running.await {
        error!(stage, error = %error, "stage ended");
    }
}

async fn serve(
    config_path: PathBuf,
    config: Config,
    store: Store,
    clock: Clock,
) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let state_dir = config.state_dir.clone();
    let mut running = Running::start(context(config, store.clone(), clock.clone()).await?);
    info!(
        feeds = running.ctx.feeds.len(),
        watches = running.ctx.watches.len(),
        "newswatch is running"
    );
    systemd::ready();
    loop {
        tokio::select! {
            told = signals.next() => match told {
                Told::Stop => break,
                Told::Reload => {
                    systemd::reloading();
                    if let Some(next) = reload(&config_path, &state_dir, &store, &clock).await {
                        // The old stages end beside the new ones; what they hold is leased to them.
                        tokio::spawn(std::mem::replace(&mut running, Running::start(next)).stop());
                    }
                    systemd::ready();
                }
            },
            // A store that is busy with it must not keep a signal waiting.
            () = tell_status_and_wait(&store, &clock) => {}
            // A stage ends only when it is told to: one that ended by itself has panicked.
            Some(_) = running.loops.join_next() => {
                running.stop().await;
                anyhow::bail!("a stage has ended by itself; see the log");
            }
        }
    }
    info!("newswatch is stopping");
    systemd::stopping();
    running.stop().await;
    Ok(())
}

/// Reads the configuration again; `None` when it cannot be used and the old one stays in force.
async fn reload(
    config_path: &Path,
    state_dir: &Path,
    store: &Store,
    clock: &Clock,
) -> Option<Context> {
    let next = async {
        let config = load(config_path)?;
        if config.state_dir != state_dir {
            warn!("state_dir has changed; that takes a restart, the old one stays in use");
        }
        context(config, store.clone(), clock.clone()).await
    };
    match next.await {
        Ok(ctx) => {
            info!(
                feeds = ctx.feeds.len(),
                watches = ctx.watches.len(),
                "configuration reloaded"
            );
            Some(ctx)
        }
        Err(error) => {
            error!(
                error = format!("{error:#}"),
                "configuration not reloaded, the old one stays in force"
            );
            None
        }
    }
}

async fn tell_status_and_wait(store: &Store, clock: &Clock) {
    tell_status(store).await;
    clock.sleep(STATUS_EVERY).await;
}

async fn tell_status(store: &Store) {
    let Ok(report) = store.report().await else {
        systemd::status("the store cannot be read; see the log");
        return;
    };
    let failing = report
        .feeds
        .iter()
        .filter(|feed| feed.error.is_some())
        .count();
    let counts = report.counts;
    systemd::status(&format!(
        "{} feeds, {failing} failing; {} alerts delivered, {} waiting, {} given up",
        report.feeds.len(),
        counts.delivered,
        counts.waiting,
        counts.dead
    ));
}
