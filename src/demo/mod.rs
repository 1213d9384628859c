//! The demonstration: what `newswatch demo` runs beside the real thing, all of it on loopback.

pub mod smtp_sink;
