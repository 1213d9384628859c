//! Tests of newswatch from outside: against real servers on this machine, by the library's own interface.

#![allow(missing_docs, reason = "tests are named by sentences")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "the helpers of tests may fail as tests do"
)]

mod articles;
mod backtest;
mod bells;
mod chaos;
mod circles;
mod cli;
mod copies;
mod day;
mod drive;
mod email;
mod environment;
mod every_service;
mod explain;
mod extract;
mod feeds;
mod gallery;
mod gates;
mod guard;
mod health;
mod hostile;
mod hosts;
mod http;
mod kill;
mod known;
mod line;
mod local;
mod mails;
mod managed;
mod mistakes;
mod outage;
mod plans;
mod polite;
#[cfg(feature = "postgres")]
mod postgres;
mod probes;
mod reload;
mod repeated;
mod restart;
mod revisit;
mod servers;
mod service;
mod services;
mod set_aside;
mod soak;
mod stages;
mod store;
mod storm;
mod supply;
mod support;
mod templates;
mod tidy;
mod turns;
mod web;
mod webhook;
mod why;
