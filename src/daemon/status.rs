//! The line that `systemctl status` shows.

use std::time::Duration;

use crate::pipeline::Context;
use crate::systemd;

/// How often it is brought up to date.
const STATUS_EVERY: Duration = Duration::from_secs(30);

pub(super) async fn tell_and_wait(ctx: &Context) {
    tell(ctx).await;
    let mut trouble = ctx.trouble.subscribe();
    tokio::select! {
        () = ctx.clock.sleep(STATUS_EVERY) => {}
        // The context holds the other end: this waits for a change.
        _ = trouble.changed() => {}
    }
}

async fn tell(ctx: &Context) {
    let trouble = ctx.trouble.borrow().clone();
    if let Some(error) = trouble {
        systemd::status(&cannot_write(&error));
        return;
    }
    match ctx.store.summary().await {
        Ok(summary) => systemd::status(&format!(
            "{} feeds, {} failing; {} alerts delivered, {} waiting, {} given up",
            ctx.plan().feeds.len(),
            summary.feeds_failing,
            summary.delivered,
            summary.waiting,
            summary.abandoned
        )),
        Err(error) => systemd::status(&format!("cannot read: {error}")),
    }
}

/// Says that nothing can be stored, and why.
pub(super) fn cannot_write(error: &impl std::fmt::Display) -> String {
    format!("cannot write: {error}")
}
