//! The stages and the pages beside them, running until they are told to stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::presence::{Sign, keep_telling};
use crate::config::Config;
use crate::pipeline::flag::Flag;
use crate::pipeline::gather::Gather;
use crate::pipeline::health::Health;
use crate::pipeline::notify::Notify;
use crate::pipeline::poll::Poll;
use crate::pipeline::retain::Retain;
use crate::pipeline::revisit::Revisit;
use crate::pipeline::scrape::Scrape;
use crate::pipeline::{Context, Stage, Until, drive};
use crate::systemd;
use crate::web;

/// The time that work under way gets to come to its end when the service stops; systemd waits 15 s.
pub(super) const DRAIN: Duration = Duration::from_secs(7);

/// How often the clock is looked at for having been set back.
const CLOCK_EVERY: Duration = Duration::from_secs(5);

/// How far a clock must go back to have been set: less is a correction.
const SET_BACK: Duration = Duration::from_secs(2);

/// The stages of the process; a reload changes their plan and begins none anew.
pub(super) struct Running {
    ctx: Arc<Context>,
    stop: CancellationToken,
    loops: JoinSet<()>,
}

impl Running {
    pub(super) fn start(
        ctx: Arc<Context>,
        sign: &Arc<Sign>,
        configs: watch::Receiver<Arc<Config>>,
    ) -> Self {
        let mut running = Self {
            ctx,
            stop: CancellationToken::new(),
            loops: JoinSet::new(),
        };
        // systemd's watchdog is fed by the loop that polls, so that it barks when polling has stopped.
        running.add(Poll::default(), sign, systemd::alive);
        running.add(Scrape::default(), sign, || ());
        running.add(Flag::default(), sign, || ());
        running.add(Gather, sign, || ());
        running.add(Notify::default(), sign, || ());
        running.add(Revisit::default(), sign, || ());
        running.add(Health::default(), sign, || ());
        running.add(Retain, sign, || ());
        let stop = running.stop.clone();
        let telling = keep_telling(Arc::clone(&running.ctx), Arc::clone(sign), stop);
        running.loops.spawn(telling);
        let watch = watch_the_clock(Arc::clone(&running.ctx), running.stop.clone());
        running.loops.spawn(watch);
        let pages = web::run(Arc::clone(&running.ctx), configs, running.stop.clone());
        running.loops.spawn(pages);
        running
    }

    fn add<S: Stage>(
        &mut self,
        stage: S,
        sign: &Arc<Sign>,
        alive: impl Fn() + Send + Sync + 'static,
    ) {
        let sign = Arc::clone(sign);
        let alive = move || {
            sign.turn(S::NAME);
            alive();
        };
        let until = Until::Stopped(self.stop.clone());
        let driven = drive(stage, Arc::clone(&self.ctx), until, alive);
        self.loops.spawn(async move {
            if let Err(error) = driven.await {
                error!(stage = S::NAME, error = %error, "stage ended");
            }
        });
    }

    pub(super) fn context(&self) -> Arc<Context> {
        Arc::clone(&self.ctx)
    }

    pub(super) async fn one_has_ended(&mut self) {
        self.loops.join_next().await;
    }

    /// Lets what is under way come to its end, for a while; the rest is claimed again by whoever runs next.
    pub(super) async fn stop(mut self) {
        self.stop.cancel();
        let finished = async { while self.loops.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, finished).await.is_err() {
            warn!("work under way did not end in time; it will be done again at the next start");
        }
    }
}

/// Brings the stored waits back when the clock was set back: polls and sends would rest until it is there again.
async fn watch_the_clock(ctx: Arc<Context>, stop: CancellationToken) {
    let mut mark = ctx.clock.mark();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = ctx.clock.sleep(CLOCK_EVERY) => {}
        }
        let set_back = ctx.clock.set_back_since(&mark);
        if set_back < SET_BACK {
            mark = ctx.clock.mark();
            continue;
        }
        // A store that refuses keeps the mark, and is asked again.
        match ctx.store.disbelieve_after(ctx.clock.now()).await {
            Ok(waits) => {
                warn!(
                    by_s = set_back.as_secs(),
                    waits, "the clock was set back; what had to wait by it waits from now"
                );
                mark = ctx.clock.mark();
            }
            Err(error) => {
                error!(error = %error, "the clock was set back, and the store cannot be told");
            }
        }
    }
}
