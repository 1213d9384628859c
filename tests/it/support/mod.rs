//! What the tests share: clients and servers on loopback.

pub mod http;
pub mod newsroom;
