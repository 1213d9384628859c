//! The demonstration: everything that the service talks to, on this machine alone.
//!
//! Owns a small newsroom that serves feeds and pages, a mail server and a receiver for webhooks, and the
//! configuration that points a real service at them. Everything listens on a loopback port that the system
//! picks. Nothing here is used by the service itself, and nothing here reaches beyond the machine.

pub mod config;
mod local_server;
pub mod newsroom;
pub mod smtp_sink;
pub mod webhook_sink;
