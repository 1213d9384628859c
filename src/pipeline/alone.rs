//! One at a time by name: what several pieces of work need is fetched by the first of them alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turnstile, OwnedMutexGuard};

/// Names that somebody is busy with; cheap to clone. Forgets a name that nobody needs any more.
#[derive(Debug, Clone, Default)]
pub(super) struct Alone(Arc<Mutex<HashMap<String, Arc<Turnstile<()>>>>>);

impl Alone {
    /// Waits until nobody else is busy with this name.
    pub(super) async fn with(&self, name: &str) -> OwnedMutexGuard<()> {
        let turnstile = {
            let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            names.retain(|_, turnstile| Arc::strong_count(turnstile) > 1);
            Arc::clone(names.entry(name.to_owned()).or_default())
        };
        turnstile.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use super::*;

    #[tokio::test]
    async fn the_second_of_a_name_waits_for_the_first_and_another_name_does_not() {
        let alone = Alone::default();
        let first = alone.with("a").await;
        let _other = alone.with("b").await;
        let mut second = pin!(alone.with("a"));
        let waits = poll_fn(|cx| Poll::Ready(second.as_mut().poll(cx).is_pending())).await;
        assert!(waits);
        drop(first);
        drop(second.await);
        let _third = alone.with("c").await;
        assert_eq!(alone.0.lock().unwrap().len(), 2);
    }
}
