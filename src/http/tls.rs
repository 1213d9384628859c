//! TLS: the one provider of the process, and its errors in words for people.

use std::error::Error;
use std::sync::Once;

use rustls::CertificateError;
use rustls::pki_types::UnixTime;

/// Installs the TLS provider of the process; calling it again does nothing.
///
/// Both users of TLS, `http` and `channel`, need it before their first connection, and neither brings one.
pub fn install_tls_provider() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // An error says that somebody else installed a provider first: just as well.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
}

/// Finds the TLS error in a chain of errors, also inside an `io::Error`, whose `source` leaves it out.
pub(crate) fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    find_in_chain(error)
}

/// Finds an error of one type in a chain of errors, looking into `io::Error`s as well.
pub(crate) fn find_in_chain<'a, T: Error + 'static>(
    error: &'a (dyn Error + 'static),
) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<T>() {
            return Some(found);
        }
        let inner = current
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    None
}

/// Says what a TLS error means, as a clause.
pub(crate) fn explain(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(problem) => explain_certificate(problem),
        rustls::Error::InvalidMessage(_) => "the other side does not speak TLS".to_owned(),
        rustls::Error::PeerIncompatible(_) => {
            "the other side offers no version or cipher of TLS that is still safe".to_owned()
        }
        rustls::Error::General(reason) => reason.clone(),
        rustls::Error::AlertReceived(alert) => format!("the other side refused: {alert:?}"),
        other => other.to_string(),
    }
}

/// The names of a certificate that are told at most.
const MAX_NAMES: usize = 3;

fn explain_certificate(problem: &CertificateError) -> String {
    let plain = match problem {
        CertificateError::ExpiredContext { not_after, .. } => {
            return format!("the certificate was valid until {}", day(*not_after));
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            return format!("the certificate is valid from {}", day(*not_before));
        }
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => {
            let names: Vec<&str> = presented
                .iter()
                .take(MAX_NAMES)
                .map(|name| bare(name))
                .collect();
            let more = presented.len().saturating_sub(names.len());
            let more = match more {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            return format!(
                "the certificate is for another name: {}{more}",
                names.join(", ")
            );
        }
        CertificateError::Expired => "the certificate has expired",
        CertificateError::NotValidYet => "the certificate is not valid yet",
        // An authority of the same name as a trusted one, with another key, is as unknown as any.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the certificate is signed by an authority that is not trusted here"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another name"
        }
        CertificateError::Revoked => "the certificate has been revoked",
        CertificateError::BadEncoding => "the certificate cannot be read",
        _ => "the certificate is not valid",
    };
    plain.to_owned()
}

/// The name inside of `DnsName("a.example")`, which is how the verifier writes it.
fn bare(name: &str) -> &str {
    let mut parts = name.split('"');
    parts.nth(1).unwrap_or(name)
}

fn day(at: UnixTime) -> String {
    let seconds = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
    match jiff::Timestamp::from_second(seconds) {
        Ok(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => "a time beyond all calendars".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_is_told_which_certificate_it_is_and_until_when_it_was_valid() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let expired = CertificateError::ExpiredContext {
            time: at(1_800_000_000),
            not_after: at(1_790_000_000),
        };
        assert_eq!(
            explain_certificate(&expired),
            "the certificate was valid until 2026-09-21 14:13 UTC"
        );
        let other = CertificateError::NotValidForNameContext {
            expected: rustls::pki_types::ServerName::try_from("a.example").unwrap(),
            presented: vec![
                "DnsName(\"b.example\")".into(),
                "DnsName(\"*.c.example\")".into(),
            ],
        };
        assert_eq!(
            explain_certificate(&other),
            "the certificate is for another name: b.example, *.c.example"
        );
    }
}
