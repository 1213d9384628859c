//! TLS: the one provider of the process, and its errors in words for people.

use std::error::Error;
use std::sync::Once;

use rustls::CertificateError;

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
        rustls::Error::InvalidCertificate(problem) => explain_certificate(problem).to_owned(),
        rustls::Error::InvalidMessage(_) => "the other side does not speak TLS".to_owned(),
        rustls::Error::PeerIncompatible(_) => {
            "the other side offers no version or cipher of TLS that is still safe".to_owned()
        }
        rustls::Error::AlertReceived(alert) => format!("the other side refused: {alert:?}"),
        other => other.to_string(),
    }
}

fn explain_certificate(problem: &CertificateError) -> &'static str {
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
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
    }
}
