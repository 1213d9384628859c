//! The system clock: the only place that asks the machine what time it is.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::domain::Timestamp;

/// Starts a watch that tells whether less than a limit has passed: for work that is given up when it takes long.
#[expect(
    clippy::disallowed_methods,
    reason = "the clock is the one home of the machine's times; it must run on while a fixed clock stands still"
)]
pub fn still_time(limit: Duration) -> impl Fn() -> bool {
    let begun = Instant::now();
    move || begun.elapsed() < limit
}

/// Starts a watch that tells how much time has passed.
#[expect(
    clippy::disallowed_methods,
    reason = "the clock is the one home of the machine's times; it must run on while a fixed clock stands still"
)]
pub fn stopwatch() -> impl Fn() -> Duration {
    let begun = Instant::now();
    move || begun.elapsed()
}

/// Tells the time and waits; cheap to clone.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Fixed(Arc<Mutex<Timestamp>>),
    /// The machine's, so far ahead.
    Ahead(Arc<Mutex<Duration>>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is advanced, for work that is to be repeatable.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self(Source::Fixed(Arc::new(Mutex::new(at))))
    }

    /// The machine's clock, which goes on by itself and is set forward by [`Clock::advance`], as that of a machine that
    /// has slept.
    #[must_use]
    pub fn jumping() -> Self {
        Self(Source::Ahead(Arc::default()))
    }

    /// The time now, cut to the millisecond, which is what the store keeps.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = match &self.0 {
            Source::System => Timestamp::now(),
            Source::Fixed(at) => *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
            Source::Ahead(by) => {
                let by = *by.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                Timestamp::now().checked_add(by).unwrap_or(Timestamp::MAX)
            }
        };
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Moves a fixed or a jumping clock forward; the machine's clock cannot be moved.
    pub fn advance(&self, by: Duration) {
        match &self.0 {
            Source::System => {}
            Source::Fixed(at) => {
                let mut at = at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                *at = at.checked_add(by).unwrap_or(*at);
            }
            Source::Ahead(ahead) => {
                let mut ahead = ahead
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                *ahead = ahead.saturating_add(by);
            }
        }
    }

    /// Sets a fixed clock back; the machine's clock cannot be set.
    pub fn set_back(&self, by: Duration) {
        if let Source::Fixed(at) = &self.0 {
            let mut at = at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            *at = at.checked_sub(by).unwrap_or(*at);
        }
    }

    /// Remembers the time that the clock shows and the time that has really passed.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the clock is the one home of the machine's times"
    )]
    pub fn mark(&self) -> Mark {
        Mark {
            shown: self.now(),
            passed: Instant::now(),
        }
    }

    /// How far the clock has been set back since a mark: by how much less it has advanced than time has passed.
    #[must_use]
    pub fn set_back_since(&self, mark: &Mark) -> Duration {
        let shown = self.now().duration_since(mark.shown);
        let passed = jiff::SignedDuration::try_from(mark.passed.elapsed()).unwrap_or_default();
        match &self.0 {
            Source::System | Source::Ahead(_) => {
                Duration::try_from(passed - shown).unwrap_or_default()
            }
            Source::Fixed(_) => Duration::try_from(-shown).unwrap_or_default(),
        }
    }

    /// The machine's monotonic timer, whatever the clock shows: for distances and waits, not for dates.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the clock is the one home of the machine's times"
    )]
    pub fn monotonic(&self) -> Instant {
        Instant::now()
    }

    /// By how many seconds the clock has gone astray since a mark: negative where it was set back.
    #[must_use]
    pub fn off_since(&self, mark: &Mark) -> i64 {
        let shown = self.now().duration_since(mark.shown);
        let passed = jiff::SignedDuration::try_from(mark.passed.elapsed()).unwrap_or_default();
        match &self.0 {
            Source::System | Source::Ahead(_) => (shown - passed).as_secs(),
            // A clock that stands still is moved forward on purpose.
            Source::Fixed(_) => shown.as_secs().min(0),
        }
    }

    /// Waits for this long, by the machine's monotonic timer whatever the clock shows.
    #[expect(
        clippy::disallowed_methods,
        reason = "the clock is the one home of sleep"
    )]
    pub async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// A time that the clock showed, to tell whether it was set since.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    shown: Timestamp,
    passed: Instant,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Clock(system)",
            Source::Fixed(_) => "Clock(fixed)",
            Source::Ahead(_) => "Clock(jumping)",
        })
    }
}
