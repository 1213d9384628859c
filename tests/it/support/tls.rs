//! An authority of the tests' own, and servers that show its certificates.

use std::io::Write;
use std::sync::Arc;

use newswatch::demo::smtp_sink::{BoxedConnection, Secure};
use newswatch::http::install_tls_provider;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// An authority that no system trusts.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: tempfile::NamedTempFile,
}

impl Authority {
    pub(crate) fn new() -> Self {
        install_tls_provider();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(certificate.pem().as_bytes()).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            file,
        }
    }

    /// The file to trust it by.
    pub(crate) fn ca_file(&self) -> std::path::PathBuf {
        self.file.path().to_owned()
    }

    /// The server's side of TLS, with a certificate for this name.
    pub(crate) fn acceptor_for(&self, name: &str) -> TlsAcceptor {
        let (certificate, key) = self.signed_for(name);
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    /// A certificate for this name and its key, as the files of a server.
    pub(crate) fn files_for(&self, name: &str) -> (String, String) {
        let (certificate, key) = self.signed_for(name);
        (certificate.pem(), key.serialize_pem())
    }

    fn signed_for(&self, name: &str) -> (Certificate, KeyPair) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate, key)
    }

    /// The same for the mail sink.
    pub(crate) fn secure_for(&self, name: &str) -> Secure {
        let acceptor = self.acceptor_for(name);
        Arc::new(move |connection: BoxedConnection| {
            let acceptor = acceptor.clone();
            Box::pin(async move {
                let secured = acceptor.accept(connection).await?;
                Ok(Box::new(secured) as BoxedConnection)
            })
        })
    }
}
