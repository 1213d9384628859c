//! The store on PostgreSQL: the tests of the store and of what stands on it run again there, and what only several
//! workers on one server can show.

use std::process::Command;

use crate::support::database::SERVER;
use crate::support::server::Server;

/// The modules whose tests work on the database that [`SERVER`] names.
const MODULES: [&str; 5] = ["drive::", "feeds::", "hosts::", "stages::", "store::"];

/// Runs tests of this program again on a server; returns what they said.
fn run_again(server: &Server, filters: &[&str]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(filters)
        .env(SERVER, server.url())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn the_store_and_what_stands_on_it_work_on_postgresql() {
    let Some(server) = Server::start() else {
        return;
    };
    let said = run_again(&server, &MODULES);
    assert!(!said.contains(" 0 passed"), "{said}");
}

#[test]
fn a_stop_after_any_store_call_is_survived_on_postgresql() {
    let Some(server) = Server::start() else {
        return;
    };
    let said = run_again(&server, &["restart::"]);
    assert!(!said.contains(" 0 passed"), "{said}");
}
