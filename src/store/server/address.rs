//! The address of a server, as it is written, and the protection on the way to it.

use std::sync::Arc;

use postgres::Config;
use postgres::config::{Host, SslMode};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Reads the address.
///
/// Whoever names no `sslmode` has TLS to another machine, and none on this one. A certificate is always checked, against
/// the authorities that this machine trusts and for the server's name.
pub(in crate::store) fn configured(
    url: &str,
    password: Option<&SecretString>,
) -> Result<Config, String> {
    let is_address = ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    if !is_address {
        return Err("the address does not begin with postgres://".to_owned());
    }
    // Both mean the same here, and the driver knows but one of them.
    let url = url.replace("sslmode=verify-full", "sslmode=require");
    // The driver's own words may repeat what was written.
    let parsed = url.parse::<Config>();
    let mut config = parsed.map_err(|_| {
        "the address is not one of the form postgres://user@host/database?sslmode=...".to_owned()
    })?;
    if config.get_password().is_some() {
        return Err("a password does not belong in the address".to_owned());
    }
    if config.get_hosts().is_empty() {
        return Err("the address names no host".to_owned());
    }
    if config.get_user().is_none() {
        return Err("the address names no user".to_owned());
    }
    if !url.contains("sslmode=") {
        let is_here = config.get_hosts().iter().all(is_this_machine);
        config.ssl_mode(if is_here {
            SslMode::Disable
        } else {
            SslMode::Require
        });
    }
    if let Some(password) = password {
        config.password(password.expose_secret());
    }
    Ok(config)
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse()
                    .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// TLS as everywhere in newswatch: the same library, and the authorities that this machine trusts.
pub(in crate::store) fn tls() -> Result<MakeRustlsConnect, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// Whether a connection was not made because of its protection.
pub(in crate::store) fn is_refused_by_tls(error: &postgres::Error) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        let inner = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        let wrapped = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if wrapped.is_some() || cause.is::<rustls::Error>() {
            return true;
        }
        next = cause.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Config, String> {
        configured(url, None)
    }

    #[test]
    fn another_machine_is_spoken_to_under_tls_and_this_one_without() {
        for (url, mode) in [
            ("postgres://me@db.example.org/news", SslMode::Require),
            ("postgres://me@localhost/news", SslMode::Disable),
            ("postgres://me@[::1]/news", SslMode::Disable),
            ("postgres://me@%2Frun%2Fpostgresql/news", SslMode::Disable),
            (
                "postgresql://me@127.0.0.1/news?sslmode=verify-full",
                SslMode::Require,
            ),
            (
                "postgres://me@db.example.org/news?sslmode=disable",
                SslMode::Disable,
            ),
        ] {
            assert_eq!(read(url).unwrap().get_ssl_mode(), mode, "{url}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_used_is_refused_without_being_repeated() {
        for url in [
            "https://me@db.example.org/news",
            "me@db.example.org",
            "postgres://me:hunter2@db.example.org/news",
            "postgres://db.example.org/news",
            "postgres://me@/news",
            "postgres://me@db.example.org/news?sslmode=verify-ca",
            "postgres://me@db.example.org:none/news",
        ] {
            let refused = read(url).unwrap_err();
            assert!(
                !refused.contains("hunter2") && !refused.contains("example"),
                "{refused}"
            );
        }
    }
}
