//! A room of Matrix.

use super::{Check, address};
use crate::channel::{ChannelKind, MatrixSettings};
use crate::config::problem::{Kind, Problem, Report, quoted};
use crate::config::section::Section;
use crate::config::source::At;

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
        let room =
            address::word(room.as_ref(), "a room", "!abc:example.org", report).filter(|text| {
                room.as_ref()
                    .is_some_and(|room| is_room(text, room, report))
            });
        Some(ChannelKind::Matrix(MatrixSettings {
            server: address::server(Some(server.as_ref()?), "", checking)?,
            room: room?,
            token: address::token(token.as_ref(), checking)?,
        }))
    })
}

/// Whether a text is the id of a room.
fn is_room(text: &str, written: &At<String>, report: &Report) -> bool {
    if text.starts_with('!') && text.len() > 1 {
        return true;
    }
    let message = if text.starts_with('#') {
        format!("{} is an alias of a room, and not its id", quoted(text))
    } else {
        format!("{} is not the id of a room", quoted(text))
    };
    let hint = "the id begins with !, as \"!abc:example.org\"; a client shows it in the room's settings, under Advanced";
    report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
    false
}
