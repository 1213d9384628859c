//! What the tests share: clients and servers on loopback, an authority for certificates, a sample alert.

pub mod alerts;
pub mod http;
pub mod tls;
