//! Addresses of channels: webhooks, which let in whoever knows them, and servers that may be one's own.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::Checking;
use crate::config::names;
use crate::config::problem::{Kind, Problem, Report, quoted};
use crate::config::reach;
use crate::config::secrets::Vault;
use crate::config::secrets::{ADDRESS, RawSecret, SECRET, SecretKept};
use crate::config::section::Section;
use crate::config::source::At;

/// Warns of an address that is not what a service posts to: `looks_right` says of one that it may be. One of this machine or
/// of a network inside is somebody's own.
pub(super) fn expect(
    kept: &RawSecret,
    url: &Url,
    looks_right: impl Fn(&Url) -> bool,
    (what, hint): (&str, &str),
    checking: &Checking<'_>,
) {
    let is_elsewhere = |host: &str| host == "localhost" || host.ends_with(".invalid");
    let is_named = url.domain().is_some_and(|host| !is_elsewhere(host));
    if is_named && !looks_right(url) {
        let message = format!("this does not look like {what}");
        let problem = Problem::warning(&kept.place, Kind::BadValue, message);
        checking.vault.report.add(problem.hint(hint));
    }
}

/// Reads an address that lets in whoever knows it, wherever it is kept; that it is missing is reported.
pub(super) fn read(
    section: &mut Section<'_>,
    key: &'static str,
    report: &Report,
) -> Option<RawSecret> {
    let value = section.required(key, report)?;
    RawSecret::read(value, ADDRESS, report)
}

/// Reads a token; that it is missing is reported.
pub(super) fn read_token(
    section: &mut Section<'_>,
    key: &'static str,
    report: &Report,
) -> Option<RawSecret> {
    let value = section.required(key, report)?;
    RawSecret::read(value, SECRET, report)
}

/// Opens an address, and warns of what will not work.
pub(super) fn check(kept: &RawSecret, checking: &Checking<'_>) -> Option<Url> {
    let vault = checking.vault;
    let url = secret_address(kept, vault)?;
    if matches!(kept.kept, SecretKept::Here(_)) {
        reach::report_channel(&kept.place, &url, checking.http, vault.report);
    }
    reach::report_unprotected(&kept.place, &url, vault.report);
    Some(url)
}

/// Reads an address that lets in whoever knows it, wherever it is kept. One that could not be read, and need not
/// be, has a stand-in that leads nowhere (RFC 2606 §2).
pub(in crate::config) fn secret_address(kept: &RawSecret, vault: &Vault<'_>) -> Option<Url> {
    let is_here = matches!(kept.kept, SecretKept::Here(_));
    let text = match &kept.kept {
        SecretKept::Here(text) => text.clone(),
        _ => vault.open(kept)?,
    };
    if text.expose_secret().is_empty() && !is_here {
        return Url::parse("https://address.invalid/").ok();
    }
    let written = At {
        value: text.expose_secret().to_owned(),
        place: kept.place.clone(),
    };
    names::web_address(&written, vault.report)
}

/// Opens a token.
pub(super) fn token(kept: Option<&RawSecret>, checking: &Checking<'_>) -> Option<SecretString> {
    checking.vault.open(kept?)
}

/// Reads the address of a server that may be one's own: `server`, else the one that everybody uses.
pub(super) fn server(
    written: Option<&At<String>>,
    usual: &str,
    checking: &Checking<'_>,
) -> Option<Url> {
    let Some(written) = written else {
        return Url::parse(usual).ok();
    };
    let url = names::web_address(written, checking.vault.report)?;
    if url.query().is_some() || url.fragment().is_some() {
        let message = "more than the address of the server stands here";
        let hint = "write it up to the name of the server, as https://push.example.org; a token stands under token";
        let problem = Problem::error(&written.place, Kind::BadValue, message);
        checking.vault.report.add(problem.hint(hint));
        return None;
    }
    reach::report_channel(&written.place, &url, checking.http, checking.vault.report);
    reach::report_unprotected(&written.place, &url, checking.vault.report);
    Some(url)
}

/// A text that must not be empty and stands on one line.
pub(super) fn word(
    written: Option<&At<String>>,
    what: &str,
    example: &str,
    report: &Report,
) -> Option<String> {
    let written = written?;
    let text = written.value.trim();
    if text.is_empty() || text.chars().any(|c| c.is_control() || c == ' ') {
        let message = format!("{} is not {what}", quoted(&written.value));
        let hint = format!("write for example \"{example}\"");
        report.add(Problem::error(&written.place, Kind::BadValue, message).hint(hint));
        return None;
    }
    Some(text.to_owned())
}
