//! A Mattermost channel: the address of an incoming webhook.

use url::Url;

use super::{Check, address};
use crate::channel::{ChannelKind, MattermostSettings};
use crate::config::problem::Report;
use crate::config::section::Section;

/// What the address is, and where it is found.
const EXPECTED: (&str, &str) = (
    "the address of an incoming webhook of Mattermost",
    "it ends in /hooks/ and a key; Mattermost shows it under Integrations",
);

fn looks_right(url: &Url) -> bool {
    url.path().contains("/hooks/")
}

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let url = address::read(section, "url", report);
    Box::new(move |checking| {
        let kept = url.as_ref()?;
        let url = address::check(kept, checking)?;
        address::expect(kept, &url, looks_right, EXPECTED, checking);
        Some(ChannelKind::Mattermost(MattermostSettings { url }))
    })
}
