//! A Teams channel: the address of a Workflows webhook.

use url::Url;

use super::{Check, address};
use crate::channel::{ChannelKind, TeamsSettings};
use crate::config::problem::Report;
use crate::config::section::Section;

/// What the address is, and where it is found.
const EXPECTED: (&str, &str) = (
    "the address that a Teams workflow is posted to",
    "this is a link to a channel; make a workflow \"when a webhook request is received\" and take its address",
);

fn looks_right(url: &Url) -> bool {
    url.domain() != Some("teams.microsoft.com")
}

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let url = address::read(section, "url", report);
    Box::new(move |checking| {
        let kept = url.as_ref()?;
        let url = address::check(kept, checking)?;
        address::expect(kept, &url, looks_right, EXPECTED, checking);
        Some(ChannelKind::Teams(TeamsSettings { url }))
    })
}
