//! What cannot work although it is well written: addresses that will be refused, receivers that want another form,
//! files and folders that cannot be written, addresses that let in whoever reads the file.
//!
//! All of it is warnings: the other feeds and channels work, and `check` may run on another machine than the service.

use std::path::Path;

use url::Url;

use crate::http::{HttpSettings, Purpose};

use super::problem::{Kind, Problem, Report};
use super::source::{Place, Readers};

/// Folders that the unit of the service, or any system, lets nobody write to.
const READ_ONLY_FOLDERS: [&str; 7] = ["/etc", "/usr", "/boot", "/proc", "/sys", "/bin", "/sbin"];

/// The shortest part of an address that looks like a key and not like a word.
const MIN_TOKEN_CHARS: usize = 16;

/// Warns of all feeds that will not work.
pub(super) fn report<'a>(
    feeds: impl Iterator<Item = (&'a Place, &'a Url)>,
    http: &HttpSettings,
    report: &Report,
) {
    for (place, url) in feeds {
        report_refused(place, url, http, Purpose::Feed, report);
    }
}

/// Warns of a channel's address, as it stands in the file, that will be refused, or that others can read.
pub(super) fn report_channel(place: &Place, url: &Url, http: &HttpSettings, report: &Report) {
    report_refused(place, url, http, Purpose::Webhook, report);
    report_readable(place, url, report);
}

fn report_refused(
    place: &Place,
    url: &Url,
    http: &HttpSettings,
    purpose: Purpose,
    report: &Report,
) {
    let what = match purpose {
        Purpose::Feed | Purpose::Page => "a feed",
        Purpose::Webhook => "a channel",
    };
    let Some(address) = http.refused_address(url, purpose) else {
        return;
    };
    let port = url.port_or_known_default().unwrap_or_default();
    let socket = std::net::SocketAddr::new(address, port);
    let message = format!("the address {address} is not public: {what} there will be refused");
    let hint = format!("if it is meant, allow it: [http] allow_private = [\"{socket}\"]");
    report.add(Problem::warning(place, Kind::NotAllowed, message).hint(hint));
}

/// Warns of an address that is written to without TLS on another machine: what is said, and the key in the address, can be
/// read on the way.
pub(super) fn report_unprotected(place: &Place, url: &Url, report: &Report) {
    let is_here = match url.host() {
        Some(url::Host::Domain(name)) => {
            name == "localhost" || name.ends_with(".localhost") || name.ends_with(".invalid")
        }
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    };
    if url.scheme() == "https" || is_here {
        return;
    }
    let message = "the address begins with http://: alerts, and the key in the address, can be read on the way";
    let hint = "write https://, or use a receiver on this machine";
    report.add(Problem::warning(place, Kind::Secret, message).hint(hint));
}

/// Warns of an address that lets in whoever knows it, in a file that others can read.
fn report_readable(place: &Place, url: &Url, report: &Report) {
    let looks_like_a_key = |part: &str| {
        part.chars().count() >= MIN_TOKEN_CHARS
            && part.chars().any(|c| c.is_ascii_digit())
            && part.chars().any(char::is_alphabetic)
    };
    let mut parts = url.path_segments().into_iter().flatten();
    let is_private = parts.any(looks_like_a_key)
        || url.query_pairs().any(|(_, value)| looks_like_a_key(&value))
        || url.password().is_some();
    if place.source().readers == Readers::Owner || !is_private {
        return;
    }
    let message = "who knows this address can post to it, and others can read this file";
    let hint = "keep it elsewhere, url = { file = \"PATH\" } or { credential = \"NAME\" }, or take the others' \
                rights away: chmod 600";
    report.add(Problem::warning(place, Kind::Secret, message).hint(hint));
}

/// Why a file cannot be written, and what to do about it.
pub(super) fn unwritable(path: &Path) -> Option<(&'static str, &'static str)> {
    if path.is_dir() {
        return Some(("it is a folder", "write the path of a file"));
    }
    if READ_ONLY_FOLDERS
        .iter()
        .any(|folder| path.starts_with(folder))
    {
        let why = "the service cannot write in the folders of the system";
        let hint = "write a full path below the folder of state_dir, for example \
                    \"/var/lib/newswatch/alerts.jsonl\"; a relative path starts at the folder of this file";
        return Some((why, hint));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())?;
    if !folder.exists() {
        return Some((
            "its folder is not there",
            "make the folder, or write another path",
        ));
    }
    if !folder.is_dir() {
        return Some(("its folder is a file", "write another path"));
    }
    None
}

/// Why a folder for the state cannot be one.
pub(super) fn no_folder(path: &Path) -> Option<String> {
    let blocking = path
        .ancestors()
        .find(|part| part.exists() && !part.is_dir())?;
    Some(if blocking == path {
        "it is a file, and not a folder".to_owned()
    } else {
        format!("{} is a file, and not a folder", blocking.display())
    })
}
