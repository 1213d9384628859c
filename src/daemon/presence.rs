//! What the process says of itself beside the store, for whoever asks how it is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::Mode;
use crate::clock::Clock;
use crate::domain::Timestamp;
use crate::pipeline::Context;
use crate::store::{Presence, ServiceMark};

/// How often it says that it is alive.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// The sign on the door: who works here, since when, and how.
#[derive(Debug)]
pub(super) struct Sign {
    state_dir: PathBuf,
    clock: Clock,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    presence: Option<Presence>,
    mark: ServiceMark,
    turns: BTreeMap<&'static str, Timestamp>,
}

impl Sign {
    pub(super) fn new(state_dir: &Path, config: &Path, mode: Mode, clock: Clock) -> Self {
        let now = clock.now();
        let mark = ServiceMark {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            once: mode == Mode::Once,
            config: config.display().to_string(),
            since: now,
            at: now,
            ..ServiceMark::default()
        };
        Self {
            state_dir: state_dir.to_owned(),
            clock,
            kept: Mutex::new(Kept {
                presence: None,
                mark,
                turns: BTreeMap::new(),
            }),
        }
    }

    /// Notes that a stage looks for work.
    pub(super) fn turn(&self, stage: &'static str) {
        let now = self.clock.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.turns.insert(stage, now);
    }

    /// Says how it is; where that cannot be written, nobody can read it either.
    pub(super) fn tell(&self, trouble: Option<String>) {
        self.write(|mark| mark.trouble = trouble);
    }

    /// Says that it ends as it was told to.
    pub(super) fn tell_of_the_end(&self) {
        self.write(|mark| mark.stopped_at = Some(mark.at));
    }

    fn write(&self, change: impl FnOnce(&mut ServiceMark)) {
        let now = self.clock.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept {
            presence,
            mark,
            turns,
        } = &mut *kept;
        mark.at = now;
        mark.stages = turns
            .iter()
            .map(|(stage, at)| ((*stage).to_owned(), *at))
            .collect();
        change(mark);
        if presence.is_none() {
            *presence = Presence::take(&self.state_dir);
        }
        if let Some(Err(error)) = presence.as_ref().map(|presence| presence.tell(mark)) {
            debug!(error = %error, "the mark of the service cannot be written");
        }
    }
}

/// Says again and again how it is, until it is told to stop.
pub(super) async fn keep_telling(ctx: Arc<Context>, sign: Arc<Sign>, stop: CancellationToken) {
    let mut trouble = ctx.trouble.subscribe();
    while !stop.is_cancelled() {
        let told = trouble
            .borrow_and_update()
            .as_ref()
            .map(ToString::to_string);
        sign.tell(told);
        tokio::select! {
            () = stop.cancelled() => {}
            () = ctx.clock.sleep(TELL_EVERY) => {}
            _ = trouble.changed() => {}
        }
    }
}
