//! The certificate authorities of the machine, read when a server first shows its certificate: most of what a pass over
//! feeds that come over http would do at its start is reading them.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

/// Seconds after which they are read again: a service runs for years, and they change with updates of the machine.
const READ_AGAIN_S: u64 = 24 * 60 * 60;

/// What is offered of HTTP, the best first (RFC 9113, section 3.2).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why no server can be believed.
const NONE: &str = "this machine has no certificate authorities; install ca-certificates";

/// What checks the certificates of servers.
type Checks = Arc<dyn ServerCertVerifier>;

/// Reads the authorities.
type Read = fn(Arc<CryptoProvider>) -> Result<Checks, Error>;

/// The settings of TLS that all clients share; with them they share the sessions that can be taken up again.
pub(super) fn client_config() -> ClientConfig {
    let builder = ClientConfig::builder();
    let authorities = Authorities::new(Arc::clone(builder.crypto_provider()), of_this_machine);
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(authorities))
        .with_no_client_auth();
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    config
}

fn of_this_machine(provider: Arc<CryptoProvider>) -> Result<Checks, Error> {
    match Verifier::new(provider) {
        Ok(verifier) => Ok(Arc::new(verifier)),
        Err(Error::General(_)) => Err(Error::General(NONE.to_owned())),
        Err(error) => Err(error),
    }
}

/// Checks certificates against the authorities of the machine.
#[derive(Debug)]
struct Authorities {
    provider: Arc<CryptoProvider>,
    read: Read,
    /// What was read, and when.
    known: Mutex<Option<(Checks, UnixTime)>>,
}

impl Authorities {
    fn new(provider: Arc<CryptoProvider>, read: Read) -> Self {
        Self {
            provider,
            read,
            known: Mutex::new(None),
        }
    }

    /// The authorities as they were read at most a day ago.
    fn checks(&self, now: UnixTime) -> Result<Checks, Error> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((checks, at)) = &*known
            && (at.as_secs()..at.as_secs() + READ_AGAIN_S).contains(&now.as_secs())
        {
            return Ok(Arc::clone(checks));
        }
        let read = (self.read)(Arc::clone(&self.provider));
        match (read, &*known) {
            (Ok(checks), _) => {
                *known = Some((Arc::clone(&checks), now));
                Ok(checks)
            }
            // In the middle of an update there may be none: those of yesterday are better.
            (Err(_), Some((checks, _))) => Ok(Arc::clone(checks)),
            (Err(error), None) => Err(error),
        }
    }
}

impl ServerCertVerifier for Authorities {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.checks(now)?.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::super::install_tls_provider;
    use super::*;

    const CERTIFICATE: [u8; 4] = [0; 4];

    fn shown_at(authorities: &Authorities, day: u64) -> Result<ServerCertVerified, Error> {
        authorities.verify_server_cert(
            &CertificateDer::from(CERTIFICATE.as_slice()),
            &[],
            &ServerName::try_from("a.example").unwrap(),
            &[],
            UnixTime::since_unix_epoch(Duration::from_secs(day * READ_AGAIN_S)),
        )
    }

    fn authorities(read: Read) -> Authorities {
        install_tls_provider();
        let provider = CryptoProvider::get_default().unwrap();
        Authorities::new(Arc::clone(provider), read)
    }

    static READS: AtomicUsize = AtomicUsize::new(0);

    #[test]
    fn they_are_read_at_the_first_certificate_and_once_a_day() {
        let authorities = authorities(|provider| {
            if READS.fetch_add(1, Ordering::SeqCst) == 2 {
                return Err(Error::General("in the middle of an update".to_owned()));
            }
            of_this_machine(provider)
        });
        assert!(!authorities.supported_verify_schemes().is_empty());
        assert_eq!(READS.load(Ordering::SeqCst), 0);
        for (day, reads) in [(10, 1), (10, 1), (11, 2), (12, 3), (12, 4), (9, 5)] {
            let refused = shown_at(&authorities, day).unwrap_err();
            assert!(matches!(refused, Error::InvalidCertificate(_)), "{refused}");
            assert_eq!(READS.load(Ordering::SeqCst), reads, "day {day}");
        }
    }

    #[test]
    fn a_machine_that_has_none_is_told_what_to_install() {
        let authorities = authorities(|_| Err(Error::General(NONE.to_owned())));
        let refused = shown_at(&authorities, 1).unwrap_err();
        assert_eq!(super::super::explain_tls(&refused), NONE);
    }
}
