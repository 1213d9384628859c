//! The system's log, which the journal keeps where there is one.

use std::path::PathBuf;

use super::Check;
use crate::channel::{ChannelKind, SyslogSettings};
use crate::config::paths;
use crate::config::problem::{Kind, Problem, Report, quoted};
use crate::config::section::Section;

/// Where the system listens.
const SOCKET: &str = "/dev/log";

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let socket = section.string("socket", report);
    Box::new(move |checking| {
        let Some(written) = &socket else {
            let socket = PathBuf::from(SOCKET);
            return Some(ChannelKind::Syslog(SyslogSettings { socket }));
        };
        if written.value.contains("://") {
            let message = format!("{} is not a socket of this machine", quoted(&written.value));
            let hint = "leave socket out; the system's log itself sends lines on to other machines";
            let problem = Problem::error(&written.place, Kind::BadValue, message);
            checking.vault.report.add(problem.hint(hint));
            return None;
        }
        match paths::resolve(&written.place, &written.value) {
            Ok(socket) => Some(ChannelKind::Syslog(SyslogSettings { socket })),
            Err(hint) => {
                let message = format!("{} is not a path", quoted(&written.value));
                let problem = Problem::error(&written.place, Kind::BadValue, message);
                checking.vault.report.add(problem.hint(hint));
                None
            }
        }
    })
}
