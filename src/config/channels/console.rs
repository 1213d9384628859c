//! Standard output: there is nothing to set.

use super::Check;
use crate::channel::{ChannelKind, ConsoleSettings};
use crate::config::problem::Report;
use crate::config::section::Section;

/// Reads the keys of such a channel, of which there are none.
pub(super) fn read(_: &mut Section<'_>, _: &Report) -> Check {
    Box::new(|_| Some(ChannelKind::Console(ConsoleSettings)))
}
