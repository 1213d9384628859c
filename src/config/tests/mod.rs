//! The whole module: what a good file comes to, and that every mistake is found.

mod examples;
mod files;
mod good;
mod hostile;
mod printed;
mod right;
mod taming;
mod wrong;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::{Color, Environment as _, Loaded, Problem, Problems, Secrets, Severity, load_text};

/// A home and nothing else.
fn environment() -> BTreeMap<String, OsString> {
    BTreeMap::from([("HOME".to_owned(), OsString::from("/home/me"))])
}

/// Loads a text as the file `t.toml` of the folder `/etc/newswatch`.
fn load(text: &str) -> Result<Loaded, Problems> {
    load_text(
        "t.toml",
        text,
        Path::new("/etc/newswatch"),
        &environment(),
        Secrets::Optional,
    )
}

/// The errors of a text.
fn errors(text: &str) -> Vec<Problem> {
    match load(text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .0
            .into_iter()
            .filter(|problem| problem.severity == Severity::Error)
            .collect(),
    }
}

/// The warnings of a text that can be used.
fn warnings(text: &str) -> Vec<Problem> {
    load(text).expect("the text can be used").warnings
}
