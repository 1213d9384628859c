//! Panics, which are defects of newswatch: one log line each, with what was being read, and nothing on standard error.
//!
//! The libraries that read documents panic on some of them. Who reads catches the panic and goes on; this is how
//! an operator learns of it, and by which document to report it.

use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};

use tracing::error;

use crate::domain::Shown;

thread_local! {
    /// The document that is being read on this thread.
    static DOCUMENT: RefCell<Option<Shown>> = const { RefCell::new(None) };
}

/// Makes every panic of the process a log line from now on.
pub fn log_panics() {
    panic::set_hook(Box::new(log));
}

fn log(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let said = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it does not say why");
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    // A panic while the thread comes to its end finds no document any more.
    let document = DOCUMENT
        .try_with(|document| document.try_borrow().ok().and_then(|it| it.clone()))
        .ok()
        .flatten()
        .unwrap_or_default();
    error!(%document, place, error = %Shown::of(said), "ran into a defect of newswatch");
}

/// Does work on a document; a panic on the way is logged with its name, and then goes on to who called.
pub fn while_reading<T>(document: &str, work: impl FnOnce() -> T) -> T {
    struct Named;
    impl Drop for Named {
        fn drop(&mut self) {
            DOCUMENT.take();
        }
    }
    DOCUMENT.set(Some(Shown::of(document)));
    let _named = Named;
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_while_it_is_read_and_not_after_a_panic_either() {
        let name = || DOCUMENT.with_borrow(Clone::clone);
        let seen = while_reading("https://example.org/feed", name);
        assert_eq!(seen.unwrap(), "https://example.org/feed");
        assert_eq!(name(), None);
        let caught = panic::catch_unwind(|| while_reading("a", || panic!("in a test")));
        assert!(caught.is_err());
        assert_eq!(name(), None);
    }
}
