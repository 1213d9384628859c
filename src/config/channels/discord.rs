//! A Discord channel: the address of a webhook.

use url::Url;

use super::{Check, address};
use crate::channel::{ChannelKind, DiscordSettings};
use crate::config::problem::Report;
use crate::config::section::Section;

/// What the address is, and where it is found.
const EXPECTED: (&str, &str) = (
    "the address of a webhook of Discord",
    "it begins with https://discord.com/api/webhooks/; Discord shows it under Integrations of a channel",
);

fn looks_right(url: &Url) -> bool {
    url.path().starts_with("/api/")
}

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let url = address::read(section, "url", report);
    Box::new(move |checking| {
        let kept = url.as_ref()?;
        let url = address::check(kept, checking)?;
        address::expect(kept, &url, looks_right, EXPECTED, checking);
        Some(ChannelKind::Discord(DiscordSettings { url }))
    })
}
