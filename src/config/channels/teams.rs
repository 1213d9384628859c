//! A Teams channel: the address of a Workflows webhook.

use super::{Check, address};
use crate::channel::{ChannelKind, TeamsSettings};
use crate::config::problem::Report;
use crate::config::section::Section;

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let url = address::read(section, "url", report);
    Box::new(move |checking| {
        let url = address::check(url.as_ref()?, checking)?;
        Some(ChannelKind::Teams(TeamsSettings { url }))
    })
}
