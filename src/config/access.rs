//! `user_agent`, `headers`, `auth` and `proxy` of a feed: how its requests are made.

use secrecy::ExposeSecret as _;
use url::Url;

use crate::http::{Access, AccessError, ProxyAddress};

use super::problem::{Kind, Problem};
use super::raw::{RawAuth, RawFeed};
use super::secrets::RawSecret;
use super::secrets::Vault;
use super::source::{At, Place};

/// Checks how the requests of a feed are made.
pub(super) fn check(raw: &RawFeed, url: &Url, vault: &Vault<'_>) -> Access {
    let mut access = Access::of(url);
    if let Some(written) = &raw.user_agent {
        let set = if written.value.trim().is_empty() {
            Err(AccessError::BadValue)
        } else {
            access.set_user_agent(&written.value)
        };
        report(set, &written.place, vault);
    }
    for (name, value) in &raw.headers {
        field(&mut access, name, value, vault);
    }
    if let Some(auth) = &raw.auth {
        login(&mut access, auth, raw, vault);
    }
    if let Some(written) = &raw.proxy
        && let Some(address) = vault.open_plain(written, |address| address.contains('@'))
        && !address.expose_secret().is_empty()
    {
        match ProxyAddress::parse(&address) {
            Ok(proxy) => access.set_proxy(proxy),
            Err(error) => report(Err(error), &written.place, vault),
        }
    }
    access
}

/// Whether a field of a request may let in whoever knows its value: all but those that say what is wanted.
fn is_secret_field(name: &str) -> bool {
    const WISHES: [&str; 8] = [
        "accept",
        "accept-language",
        "accept-encoding",
        "cache-control",
        "from",
        "referer",
        "dnt",
        "origin",
    ];
    !WISHES.contains(&name.to_ascii_lowercase().as_str())
}

fn field(access: &mut Access, name: &At<String>, value: &RawSecret, vault: &Vault<'_>) {
    let Some(secret) = vault.open_plain(value, |_| is_secret_field(&name.value)) else {
        return;
    };
    match access.add_field(&name.value, &secret) {
        Err(error @ AccessError::BadValue) => report(Err(error), &value.place, vault),
        set => report(set, &name.place, vault),
    }
}

fn login(access: &mut Access, auth: &RawAuth, raw: &RawFeed, vault: &Vault<'_>) {
    let (Some(username), Some(password)) = (&auth.username, &auth.password) else {
        return;
    };
    let Some(password) = vault.open(password) else {
        return;
    };
    report(
        access.set_login(&username.value, &password),
        &username.place,
        vault,
    );
    let twice = raw
        .headers
        .iter()
        .find(|(name, _)| name.value.eq_ignore_ascii_case("authorization"));
    if let Some((name, _)) = twice {
        let message = "auth sets this field, and so does headers";
        let hint = "keep one of the two";
        let problem = Problem::error(&name.place, Kind::Conflict, message);
        vault.report.add(problem.hint(hint));
    }
}

fn report(set: Result<(), AccessError>, place: &Place, vault: &Vault<'_>) {
    let Err(error) = set else { return };
    let hint = match error {
        AccessError::NoFieldName => "write for example { X-Key = { credential = \"key\" } }",
        AccessError::Reserved => {
            "leave it out; the name under which a feed is asked is user_agent = \"...\""
        }
        AccessError::BadValue => "write it without line ends and control characters",
        AccessError::NoProxy => {
            "write for example \"http://proxy.example.org:3128\"; http:// and https:// are known"
        }
    };
    let message = error.to_string();
    vault
        .report
        .add(Problem::error(place, Kind::BadValue, message).hint(hint));
}
