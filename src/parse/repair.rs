//! The words in which repairs are told to people.

use super::MAX_ENTRIES;

pub(super) fn entries_left_out(count: usize) -> String {
    format!("{count} entries beside the newest {MAX_ENTRIES} were left out")
}
