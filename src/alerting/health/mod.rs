//! What is wrong with newswatch itself, and what of it has to be said: each thing once, and its end.

mod findings;
mod verdict;

#[cfg(test)]
mod tests;

pub use findings::{
    Refuser, STORE, as_stages_move, findings, jumped_clock, refusing_store, stage_key,
};
pub use verdict::verdict;
