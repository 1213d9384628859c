//! The service: opens the store, makes the plan, runs the stages, answers signals, talks to systemd.
//!
//! What lives as long as the process is made once; what lives as long as a configuration is a plan, and a reload puts
//! another in its place.

mod build;
mod managed;
mod passed;
mod presence;
mod running;
mod signals;
mod status;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::config::{self, Color, Config, ProcessEnvironment, Secrets};
use crate::pipeline::flag::Flag;
use crate::pipeline::gather::Gather;
use crate::pipeline::notify::Notify;
use crate::pipeline::poll::Poll;
use crate::pipeline::retain::Retain;
use crate::pipeline::revisit::Revisit;
use crate::pipeline::scrape::Scrape;
use crate::pipeline::{Context, Stage, StageError, Until, drive};
use crate::systemd;
use crate::tally::{Ending, Tally};

pub use build::{adopt, context, open_store, open_store_beside, without_retries};
use managed::ManagedFile;
pub use passed::Passed;
use presence::Sign;
use running::{DRAIN, Running};
use signals::{Signals, Told};

/// Whether a run serves for ever or makes one pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Until a signal ends it.
    Service,
    /// Polls every due feed once, does all that follows from it, and ends.
    Once,
}

/// Runs the service over the configuration in a file.
///
/// # Errors
/// When the configuration, the state directory or a channel cannot be used, or a pass fails.
pub async fn run(config_path: &Path) -> anyhow::Result<()> {
    // Before anything else: whoever asks it to stop must not kill it because it has just begun.
    let signals = Signals::listen()?;
    let config = prepared(config_path)?;
    serve(config_path, config, signals, Clock::system()).await
}

/// Reads the configuration of a process that works by it.
fn prepared(config_path: &Path) -> anyhow::Result<Config> {
    // Each connection takes a file; the usual soft limit of 1024 is a courtesy to programs that use select(2).
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        warn!(error = %error, "the limit of open files stays as it is");
    }
    load(config_path)
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

/// Makes one pass over the configuration in a file, and tells what it did; a signal ends it after what is under way.
///
/// # Errors
/// When the configuration, the state directory or a channel cannot be used, or the store fails.
pub async fn once(config_path: &Path) -> anyhow::Result<Passed> {
    let mut signals = Signals::listen()?;
    let stop = CancellationToken::new();
    let passing = pass_over(config_path, stop.clone());
    tokio::pin!(passing);
    tokio::select! {
        passed = &mut passing => return passed,
        _ = signals.next() => {}
    }
    info!("newswatch is stopping");
    stop.cancel();
    let ended = tokio::time::timeout(DRAIN, passing).await;
    ended.context("work under way did not end in time; it will be done again at the next start")?
}

async fn pass_over(config_path: &Path, stop: CancellationToken) -> anyhow::Result<Passed> {
    let config = prepared(config_path)?;
    let clock = Clock::system();
    let sign = Sign::new(&config.state_dir, config_path, Mode::Once, clock.clone());
    let store = open_store(&config).await.context("open the store")?;
    sign.tell(None);
    let ctx = context(config, store, clock).await?;
    without_retries(&ctx);
    let passed = pass_until(Arc::new(ctx), stop).await?;
    sign.tell_of_the_end();
    Ok(passed)
}

/// Polls what is due now, once, and does all that follows from it until nothing is left to do now.
///
/// # Errors
/// When the store fails.
pub async fn pass(ctx: Arc<Context>) -> anyhow::Result<Passed> {
    pass_until(ctx, CancellationToken::new()).await
}

async fn pass_until(ctx: Arc<Context>, stop: CancellationToken) -> anyhow::Result<Passed> {
    build::without_backlog(&ctx);
    let before = ctx.store.counts().await?;
    let had_failed = failed_polls(&ctx.tally);
    let polled = all_of(Poll::due_by(Some(ctx.clock.now())), &ctx, &stop).await?;
    let failed = failed_polls(&ctx.tally) - had_failed;
    let between = ctx.store.counts().await?;
    all_of(Scrape::default(), &ctx, &stop).await?;
    all_of(Flag::default(), &ctx, &stop).await?;
    all_of(Revisit::default(), &ctx, &stop).await?;
    all_of(Gather, &ctx, &stop).await?;
    all_of(Notify::default(), &ctx, &stop).await?;
    all_of(Retain, &ctx, &stop).await?;
    let after = ctx.store.counts().await?;
    Ok(Passed::between((polled, failed), &before, &between, &after))
}

fn failed_polls(tally: &Tally) -> usize {
    let stages = tally.stages();
    let polls = stages.get(Poll::NAME);
    let failed = polls.and_then(|polls| polls.endings.get(&Ending::Failed));
    failed.map_or(0, |failed| usize::try_from(*failed).unwrap_or(usize::MAX))
}

/// Does all that is left to do now for a stage.
async fn all_of<S: Stage>(
    stage: S,
    ctx: &Arc<Context>,
    stop: &CancellationToken,
) -> Result<usize, StageError> {
    let until = Until::IdleOr(stop.clone());
    drive(stage, Arc::clone(ctx), until, || ()).await
}

async fn serve(
    config_path: &Path,
    config: Config,
    mut signals: Signals,
    clock: Clock,
) -> anyhow::Result<()> {
    let fixed = build::Fixed::of(&config);
    let configs = watch::Sender::new(Arc::new(config.clone()));
    let mut managed = ManagedFile::of(&config.state_dir, clock.clone());
    let sign = Sign::new(&config.state_dir, config_path, Mode::Service, clock.clone());
    let sign = Arc::new(sign);
    let Some(ctx) = build::when_it_can_write(config, &clock, &mut signals, &sign).await? else {
        sign.tell_of_the_end();
        return Ok(());
    };
    let intervals: Vec<_> = ctx.plan().feeds.iter().map(|feed| feed.every).collect();
    build::spread_polls(&ctx.store, &intervals, ctx.clock.now()).await?;
    let mut running = Running::start(Arc::new(ctx), &sign, configs.subscribe());
    let ctx = running.context();
    info!(
        feeds = ctx.plan().feeds.len(),
        watches = ctx.plan().watches.len(),
        "newswatch is running"
    );
    systemd::ready();
    loop {
        tokio::select! {
            told = signals.next() => match told {
                Told::Stop => break,
                Told::Reload => reload(config_path, &fixed, &ctx, &configs).await,
            },
            () = managed.changed() => reload(config_path, &fixed, &ctx, &configs).await,
            // A store that is busy with it must not keep a signal waiting.
            () = status::tell_and_wait(&ctx) => {}
            // A stage ends only when it is told to: one that ended by itself has panicked.
            () = running.one_has_ended() => {
                running.stop().await;
                anyhow::bail!("a stage has ended by itself; see the log");
            }
        }
    }
    info!("newswatch is stopping");
    systemd::stopping();
    running.stop().await;
    sign.tell_of_the_end();
    Ok(())
}

/// Reads the configuration again and puts its plan in force; where it cannot be used, the old one stays.
async fn reload(
    config_path: &Path,
    fixed: &build::Fixed,
    ctx: &Context,
    configs: &watch::Sender<Arc<Config>>,
) {
    systemd::reloading();
    let next = async {
        let config = load(config_path)?;
        fixed.warn_of_changes(&config);
        let shown = Arc::new(config.clone());
        adopt(ctx, config).await?;
        configs.send_replace(shown);
        anyhow::Ok(())
    };
    match next.await {
        Ok(()) => {
            let plan = ctx.plan();
            info!(
                feeds = plan.feeds.len(),
                watches = plan.watches.len(),
                "configuration reloaded"
            );
        }
        Err(error) => {
            error!(
                error = format!("{error:#}"),
                "configuration not reloaded, the old one stays in force"
            );
        }
    }
    systemd::ready();
}
