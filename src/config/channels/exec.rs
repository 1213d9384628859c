//! A command that is given each message.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Check;
use crate::channel::{ChannelKind, ExecSettings};
use crate::config::durations;
use crate::config::problem::{Kind, Problem, Report, quoted};
use crate::config::section::Section;
use crate::config::source::At;

/// How long a command may take where the configuration does not say; a claim outlives the longest.
const TIMEOUT: Duration = Duration::from_secs(30);
const MAX_TIMEOUT: Duration = Duration::from_mins(2);

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let command = section
        .required("command", report)
        .and_then(|command| command.strings(report));
    let timeout = section.duration("timeout", report);
    Box::new(move |checking| {
        let report = checking.vault.report;
        let command = program(command.as_ref()?, report)?;
        let timeout = timeout.as_ref().map_or(Some(TIMEOUT), |written| {
            durations::check(written, Duration::from_secs(1)..=MAX_TIMEOUT, report)
        });
        Some(ChannelKind::Exec(ExecSettings {
            command,
            timeout: timeout?,
            folder: PathBuf::from("/"),
        }))
    })
}

/// A program with its whole path, and its arguments.
pub(super) fn program(list: &At<Vec<At<String>>>, report: &Report) -> Option<Vec<String>> {
    let command: Vec<String> = list.value.iter().map(|part| part.value.clone()).collect();
    let Some(name) = command.first().map(String::as_str) else {
        let message = "the list is empty: there is no program to start";
        let hint = "write the program with its whole path: [\"/usr/local/bin/page-me\"]";
        report.add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
        return None;
    };
    if !Path::new(name).is_absolute() {
        let message = format!("{} is not the whole path of a program", quoted(name));
        let hint = "write the program with its whole path and each argument in quotes of its own; there is no \
                    shell: [\"/usr/local/bin/page-me\", \"--now\"]";
        report.add(Problem::error(&list.place, Kind::BadValue, message).hint(hint));
        return None;
    }
    if !Path::new(name).exists() {
        let message = format!("there is no program {}", quoted(name));
        report.add(
            Problem::warning(&list.place, Kind::File, message)
                .hint("it must be there when the first alert comes"),
        );
    } else if !is_program(Path::new(name)) {
        let message = format!("{} is no program that can be started", quoted(name));
        let hint = "name a program, or make it one: chmod +x";
        report.add(Problem::warning(&list.place, Kind::File, message).hint(hint));
    }
    Some(command)
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    const ANYBODY_MAY_RUN: u32 = 0o111;
    std::fs::metadata(path)
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & ANYBODY_MAY_RUN != 0)
}
