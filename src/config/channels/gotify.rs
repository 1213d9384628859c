//! An application of a Gotify server.

use super::{Check, address};
use crate::channel::{ChannelKind, GotifySettings};
use crate::config::problem::Report;
use crate::config::section::Section;

/// Reads the keys of such a channel. There is no server that everybody uses.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let server = section
        .required("server", report)
        .and_then(|server| server.string(report));
    let token = address::read_token(section, "token", report);
    Box::new(move |checking| {
        Some(ChannelKind::Gotify(GotifySettings {
            server: address::server(Some(server.as_ref()?), "", checking)?,
            token: address::token(token.as_ref(), checking)?,
        }))
    })
}
