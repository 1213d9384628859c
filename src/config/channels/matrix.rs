//! A room of Matrix.

use super::{Check, address};
use crate::channel::{ChannelKind, MatrixSettings};
use crate::config::problem::Report;
use crate::config::section::Section;

/// Reads the keys of such a channel. There is no server that everybody uses.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let server = section
        .required("server", report)
        .and_then(|server| server.string(report));
    let room = section
        .required("room", report)
        .and_then(|room| room.string(report));
    let token = address::read_token(section, "token", report);
    Box::new(move |checking| {
        let report = checking.vault.report;
        let room = address::word(room.as_ref(), "a room", "!abc:example.org", report);
        Some(ChannelKind::Matrix(MatrixSettings {
            server: address::server(Some(server.as_ref()?), "", checking)?,
            room: room?,
            token: address::token(token.as_ref(), checking)?,
        }))
    })
}
