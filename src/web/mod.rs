//! The pages and the API: the only server. Routes, sessions, templates; what a page shows is a function of `ops`.
//!
//! It runs beside the stages and is stopped with them. Whoever asks gets past [`gate`] first: the name that they call us
//! by, the page that they come from, who they are, and what that lets them do, all before a handler sees the request.

mod access;
mod api;
mod assets;
mod bars;
mod elsewhere;
mod failure;
mod feeds_out;
mod fields;
mod gate;
mod listener;
mod login;
mod metrics;
mod origin;
mod pages;
mod router;
mod routes;
mod signals;
mod templates;
mod throttle;

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::pipeline::Context;

pub use access::Peer;
pub use listener::run;
pub use router::router;
pub use routes::{Needs, ROUTES, Route};

use templates::Templates;
use throttle::Throttle;

/// What every handler needs.
#[derive(Debug)]
pub struct House {
    pub(crate) ctx: Arc<Context>,
    pub(crate) configs: watch::Receiver<Arc<Config>>,
    pub(crate) templates: Templates,
    pub(crate) throttle: Throttle,
    pub(crate) stop: CancellationToken,
    pub(crate) signals: signals::Signals,
}

impl House {
    /// Makes what every handler needs.
    #[must_use]
    pub fn new(
        ctx: Arc<Context>,
        configs: watch::Receiver<Arc<Config>>,
        stop: CancellationToken,
    ) -> Arc<Self> {
        Arc::new(Self {
            ctx,
            configs,
            templates: Templates::new(),
            throttle: Throttle::default(),
            stop,
            signals: signals::Signals::default(),
        })
    }

    /// The configuration in force.
    pub(crate) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.configs.borrow())
    }

    pub(crate) fn now(&self) -> crate::domain::Timestamp {
        self.ctx.clock.now()
    }
}
