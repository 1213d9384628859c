//! Starts newswatch: the TLS provider, then the command line, which starts everything else.

use std::process::ExitCode;

fn main() -> ExitCode {
    newswatch::http::install_tls_provider();
    newswatch::cli::run()
}
