//! newswatch reads the news for people who cannot afford to miss a story or to be woken by the wrong one.
//!
//! One entry walks one line, and the modules are named in its order:
//!
//! ```text
//! feed --poll--> entry --scrape--> article --flag--> match --> alert --notify--> delivery
//!       fetch+parse      fetch+extract       match+decide            render+send
//! ```
//!
//! The nouns are in [`domain`]. The stages of [`pipeline`] claim work in the [`store`], call a pure core, and
//! record what came of it in one transaction: [`parse`] makes entries of bytes, [`extract`] makes an article
//! of a page, [`matching`] finds the watches that fire, [`story`] what was told
//! before, [`alerting`] decides who is told, [`render`] writes
//! the message, [`schedule`] says when. Outside things have one home each: [`http`], [`channel`], [`store`],
//! [`clock`], [`config`]. [`links`] signs links that act. [`tally`] counts what the stages did. [`ops`] answers questions, [`web`] shows the answers. [`daemon`] puts them together, [`cli`] is what people type, [`demo`] shows it all.

pub mod alerting;
pub mod channel;
pub mod charset;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod defects;
pub mod demo;
pub mod domain;
pub mod extract;
pub mod http;
pub mod language;
pub mod links;
pub mod matching;
pub mod ops;
pub mod parse;
pub mod pipeline;
pub mod render;
pub mod schedule;
pub mod store;
pub mod story;
pub mod systemd;
pub mod tally;
pub mod telemetry;
pub mod web;
