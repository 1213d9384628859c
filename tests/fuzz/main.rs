//! Mutation loops over small corpora: whatever bytes come in, nothing panics, and what comes out keeps its promises.
//!
//! Short by default. `NEWSWATCH_FUZZ_SECONDS=600 cargo test --release --test fuzz -- --nocapture --test-threads=1` runs each
//! target that long and tells how many documents there were, the slowest by time per byte, and the most memory.
//! `NEWSWATCH_FUZZ_SEED` repeats a run, and `NEWSWATCH_FUZZ_SLOWEST` names a file for the document that took the longest.
//! An input that fails is left in the folder for temporary files and named.

#![allow(missing_docs, reason = "tests are named by sentences")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "the helpers of tests may fail as tests do"
)]

mod growth;
mod loops;
mod targets;
