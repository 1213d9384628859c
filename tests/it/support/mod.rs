//! What the tests share: clients and servers on loopback, an authority for certificates, a sample alert.

pub(crate) mod alerts;
pub(crate) mod cases;
pub(crate) mod database;
pub(crate) mod documented;
pub(crate) mod forms;
pub(crate) mod gallery;
pub(crate) mod http;
pub(crate) mod mortal;
pub(crate) mod newsroom;
pub(crate) mod pages;
pub(crate) mod scripted;
#[cfg(feature = "postgres")]
pub(crate) mod server;
pub(crate) mod site;
pub(crate) mod tls;
