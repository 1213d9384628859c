//! Memory: what all bodies together may take.
//!
//! Each body has its own cap, but many large ones at a time would add up to more than a small machine has. The first
//! piece of a body is free, so that documents of the usual size never wait; for each further piece a body takes a
//! share of a common store, and gives it back when the body itself is dropped.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The size of a piece: most feeds and pages have no more than one.
pub(super) const PIECE_BYTES: u64 = 256 * 1024;

/// The pieces of a common store: 20 MiB, beside one free piece for each body that is read or waits to be parsed. The largest
/// feed takes four fifths of it. Feeds and pages have a store each, so that pages keep no feed waiting.
const PIECES: usize = 80;

/// The common store; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Memory(Arc<Semaphore>);

/// What one body has taken of the store. Two bodies with the same bytes are equal whatever they took.
#[derive(Debug, Clone, Default)]
pub(super) struct Share(Vec<Arc<OwnedSemaphorePermit>>);

impl Share {
    /// Whether nothing of the store was taken.
    pub(super) fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}

impl Memory {
    pub(super) fn new() -> Self {
        Self::of(PIECES)
    }

    fn of(pieces: usize) -> Self {
        Self(Arc::new(Semaphore::new(pieces)))
    }

    /// Adds a piece to a share, as soon as there is one; the fetch's own limit ends a wait in vain.
    pub(super) async fn grow(&self, share: &mut Share) {
        let store = Arc::clone(&self.0);
        // The store is never closed; were it, no limit would be better than no news.
        if let Ok(piece) = store.acquire_owned().await {
            share.0.push(Arc::new(piece));
        }
    }
}

impl PartialEq for Share {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Share {}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use super::*;

    #[tokio::test]
    async fn a_body_waits_for_its_next_piece_until_another_is_dropped() {
        let memory = Memory::of(2);
        let (mut one, mut other) = (Share::default(), Share::default());
        memory.grow(&mut one).await;
        memory.grow(&mut one).await;
        let mut growing = pin!(memory.grow(&mut other));
        let waits = poll_fn(|cx| Poll::Ready(growing.as_mut().poll(cx).is_pending())).await;
        assert!(waits);
        drop(one);
        growing.await;
    }

    #[tokio::test]
    async fn a_copied_body_keeps_what_it_took_until_the_last_copy_is_dropped() {
        let memory = Memory::of(1);
        let mut share = Share::default();
        memory.grow(&mut share).await;
        let copy = share.clone();
        drop(share);
        assert_eq!(memory.0.available_permits(), 0);
        drop(copy);
        assert_eq!(memory.0.available_permits(), 1);
    }
}
