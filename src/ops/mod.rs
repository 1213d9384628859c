//! Asking: why a watch fired or did not, what watches would have found, what many articles hold.
//!
//! Each question is a function over checked values, used by the command line and by whatever else shows answers to
//! people. It prints nothing and reads no configuration; what it needs of the store it reads there and never writes.

pub mod alerts;
pub mod backtest;
pub mod channel;
pub mod channel_list;
pub mod days;
pub mod entrance;
pub mod explain;
pub mod feed;
pub mod feed_list;
pub mod in_order;
mod language;
pub mod now;
pub mod plan;
mod prose;
pub mod robots;
pub mod samples;
pub mod search;
pub mod silences;
pub mod status;
pub mod stories;
pub mod told;
pub mod watch;
pub mod watch_list;
pub mod why;

pub use language::depends_on_language;

use crate::domain::Shown;

/// A text from outside as it may be shown, of at most so many characters.
fn in_view(text: &str, max_chars: usize) -> String {
    Shown::up_to(text, max_chars).into()
}
