//! The words in which repairs are told to people.

use super::MAX_ENTRIES;

pub(super) fn entries_left_out(count: usize) -> String {
    format!("{count} entries after the first {MAX_ENTRIES} were left out")
}
