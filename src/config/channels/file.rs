//! A file that grows.

use super::Check;
use crate::channel::{ChannelKind, FileSettings};
use crate::config::problem::{Kind, Problem, Report, quoted};
use crate::config::section::Section;
use crate::config::{paths, reach};

/// Reads the keys of such a channel.
pub(super) fn read(section: &mut Section<'_>, report: &Report) -> Check {
    let path = section
        .required("path", report)
        .and_then(|path| path.string(report));
    Box::new(move |checking| {
        let (report, written) = (checking.vault.report, path.as_ref()?);
        match paths::resolve(&written.place, &written.value) {
            Ok(path) => {
                if let Some((why, hint)) = reach::unwritable(&path) {
                    let message = format!("{} cannot be written: {why}", quoted(&written.value));
                    report.add(Problem::warning(&written.place, Kind::File, message).hint(hint));
                }
                Some(ChannelKind::File(FileSettings { path }))
            }
            Err(hint) => {
                let message = format!("{} is not a path", quoted(&written.value));
                report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
                None
            }
        }
    })
}
