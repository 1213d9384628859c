//! The loop that runs a stage, over a stage of our own whose work the store refuses.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::pipeline::{Context, Stage, StageError, Until, drive};
use newswatch::store::StoreError;
use newswatch::tally::Ending;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::support::database;

/// A stage with one piece of work, which the store refuses to record the first time.
#[derive(Clone)]
struct Refused {
    open: Arc<Mutex<VecDeque<u32>>>,
    tried: Arc<Mutex<u32>>,
    recorded: CancellationToken,
}

impl Refused {
    fn new() -> Self {
        Self {
            open: Arc::new(Mutex::new([7].into())),
            tried: Arc::default(),
            recorded: CancellationToken::new(),
        }
    }
}

impl Stage for Refused {
    type Work = u32;
    type Claim = u32;

    const NAME: &'static str = "refused";

    fn width(&self, _: &Context) -> usize {
        4
    }

    async fn claim(&self, _: &Context, _: usize) -> Result<Vec<u32>, StageError> {
        Ok(self.open.lock().unwrap().pop_front().into_iter().collect())
    }

    async fn work(&self, _: &Context, _: u32) -> Result<Ending, StageError> {
        let mut tried = self.tried.lock().unwrap();
        *tried += 1;
        if *tried == 1 {
            return Err(StoreError::Closed.into());
        }
        self.recorded.cancel();
        Ok(Ending::Done)
    }

    fn claim_of(work: &u32) -> u32 {
        *work
    }

    async fn put_back(&self, _: &Context, claims: Vec<u32>) -> Result<(), StageError> {
        self.open.lock().unwrap().extend(claims);
        Ok(())
    }

    fn bell(&self, _: &Context) -> Option<Arc<Notify>> {
        None
    }
}

async fn context() -> Context {
    newswatch::http::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let loaded = config::load_text(
        "test.toml",
        "state_dir = \"/nonexistent\"\n",
        folder.path(),
        &ProcessEnvironment,
        Secrets::Required,
    )
    .unwrap();
    daemon::context(loaded.config, database::store().await, Clock::system())
        .await
        .unwrap()
}

#[tokio::test]
async fn work_that_the_store_refused_to_record_is_put_back_and_done_again_before_its_lease_ends() {
    let ctx = Arc::new(Context {
        rest: Duration::from_millis(1),
        ..context().await
    });
    let stage = Refused::new();
    let until = Until::Stopped(stage.recorded.clone());
    drive(stage.clone(), ctx, until, || ()).await.unwrap();
    assert_eq!(*stage.tried.lock().unwrap(), 2);
}

/// A stage with two pieces of work: one that is done at once, and one that never ends.
#[derive(Clone, Default)]
struct Hanging {
    begun: Arc<Mutex<bool>>,
    put_back: Arc<Mutex<Vec<u32>>>,
    done: CancellationToken,
}

impl Stage for Hanging {
    type Work = u32;
    type Claim = u32;

    const NAME: &'static str = "hanging";

    fn width(&self, _: &Context) -> usize {
        4
    }

    fn can_be_cut_off(&self) -> bool {
        true
    }

    async fn claim(&self, _: &Context, _: usize) -> Result<Vec<u32>, StageError> {
        let mut begun = self.begun.lock().unwrap();
        let is_first = !std::mem::replace(&mut *begun, true);
        Ok(if is_first { vec![1, 2] } else { Vec::new() })
    }

    async fn work(&self, _: &Context, work: u32) -> Result<Ending, StageError> {
        if work == 2 {
            std::future::pending::<()>().await;
        }
        self.done.cancel();
        Ok(Ending::Done)
    }

    fn claim_of(work: &u32) -> u32 {
        *work
    }

    async fn put_back(&self, _: &Context, claims: Vec<u32>) -> Result<(), StageError> {
        self.put_back.lock().unwrap().extend(claims);
        Ok(())
    }

    fn bell(&self, _: &Context) -> Option<Arc<Notify>> {
        None
    }
}

#[tokio::test]
async fn what_is_cut_off_is_given_back_and_what_was_done_is_not() {
    let stage = Hanging::default();
    let until = Until::Stopped(stage.done.clone());
    let ctx = Arc::new(context().await);
    let done = drive(stage.clone(), ctx, until, || ()).await.unwrap();
    assert_eq!(done, 1);
    assert_eq!(*stage.put_back.lock().unwrap(), [2]);
}

/// What the store refuses, every time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// To be asked for work.
    Claims,
    /// To record it.
    Records,
}

/// A stage over a store that refuses; counts how often it does.
#[derive(Clone)]
struct Hammering {
    refuses: Refusal,
    refused: Arc<Mutex<u32>>,
}

impl Hammering {
    fn refused<T>(&self) -> Result<T, StageError> {
        *self.refused.lock().unwrap() += 1;
        Err(StoreError::Closed.into())
    }
}

impl Stage for Hammering {
    type Work = ();
    type Claim = ();

    const NAME: &'static str = "hammering";

    fn width(&self, _: &Context) -> usize {
        1
    }

    async fn claim(&self, _: &Context, _: usize) -> Result<Vec<()>, StageError> {
        match self.refuses {
            Refusal::Claims => self.refused(),
            Refusal::Records => Ok(vec![()]),
        }
    }

    async fn work(&self, _: &Context, (): ()) -> Result<Ending, StageError> {
        self.refused()
    }

    fn claim_of((): &()) {}

    async fn put_back(&self, _: &Context, _: Vec<()>) -> Result<(), StageError> {
        Ok(())
    }

    fn bell(&self, _: &Context) -> Option<Arc<Notify>> {
        None
    }
}

#[tokio::test]
async fn a_store_that_refuses_is_let_rest_before_it_is_asked_again() {
    for refuses in [Refusal::Claims, Refusal::Records] {
        let ctx = Arc::new(Context {
            rest: Duration::from_hours(1),
            ..context().await
        });
        let stage = Hammering {
            refuses,
            refused: Arc::default(),
        };
        let stop = CancellationToken::new();
        let until = Until::Stopped(stop.clone());
        let driven = tokio::spawn(drive(stage.clone(), ctx, until, || ()));
        let refused = || *stage.refused.lock().unwrap();
        while refused() == 0 {
            tokio::task::yield_now().await;
        }
        // Who does not rest comes again within a few turns.
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(refused(), 1, "{refuses:?}");
        stop.cancel();
        assert_eq!(driven.await.unwrap().unwrap(), 0);
    }
}

/// A stage whose work runs into a defect.
#[derive(Clone)]
struct Breaking {
    claims: Arc<Mutex<u32>>,
    put_back: Arc<Mutex<u32>>,
    asked_again: CancellationToken,
}

impl Stage for Breaking {
    type Work = ();
    type Claim = ();

    const NAME: &'static str = "breaking";

    fn width(&self, _: &Context) -> usize {
        1
    }

    async fn claim(&self, _: &Context, _: usize) -> Result<Vec<()>, StageError> {
        let mut claims = self.claims.lock().unwrap();
        *claims += 1;
        if *claims == 1 {
            return Ok(vec![()]);
        }
        self.asked_again.cancel();
        Ok(Vec::new())
    }

    async fn work(&self, _: &Context, (): ()) -> Result<Ending, StageError> {
        panic!("a defect that this test is about");
    }

    fn claim_of((): &()) {}

    async fn put_back(&self, _: &Context, claims: Vec<()>) -> Result<(), StageError> {
        *self.put_back.lock().unwrap() += u32::try_from(claims.len()).unwrap();
        Ok(())
    }

    fn bell(&self, _: &Context) -> Option<Arc<Notify>> {
        None
    }
}

#[tokio::test]
async fn work_that_runs_into_a_defect_is_kept_away_by_its_lease() {
    let ctx = Arc::new(Context {
        rest: Duration::from_millis(1),
        ..context().await
    });
    let stage = Breaking {
        claims: Arc::default(),
        put_back: Arc::default(),
        asked_again: CancellationToken::new(),
    };
    let until = Until::Stopped(stage.asked_again.clone());
    let done = drive(stage.clone(), ctx, until, || ()).await.unwrap();
    assert_eq!((done, *stage.put_back.lock().unwrap()), (0, 0));
}
