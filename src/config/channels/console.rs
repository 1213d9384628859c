//! Standard output: there is nothing to set.

use super::Check;
use crate::channel::{ChannelKind, ConsoleSettings};
use crate::config::problem::Report;
use crate::config::section::Section;

/// Reads the keys of such a channel, of which there are none.
pub(super) fn read(_: &mut Section<'_>, _: &Report) -> Check {
    Box::new(|checking| {
        let variable = |name| checking.vault.environment.variable(name);
        // no-color.org: any value but an empty one.
        let unwanted = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
        let cannot = variable("TERM").is_some_and(|value| value == "dumb");
        let colours = !unwanted && !cannot;
        Some(ChannelKind::Console(ConsoleSettings { colours }))
    })
}
