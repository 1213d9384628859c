//! A mail server that keeps what it is sent.
use std::net::SocketAddr;
/// stub
#[derive(Debug)]
pub struct SmtpSink;
impl SmtpSink {
    /// stub
    pub async fn start() -> std::io::Result<Self> {
        Ok(Self)
    }
    /// stub
    pub fn addr(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 9))
    }
    /// stub
    pub fn mails(&self) -> Vec<String> {
        Vec::new()
    }
}
