//! Points in time: in UTC, and with the offset that a page wrote beside it.

use std::fmt;

pub use jiff::Timestamp;
use jiff::tz::Offset;

/// A point in time together with the UTC offset its author used.
///
/// A page that says `5:56 PM GMT+7` is shown as `17:56:00+07:00`, and compared as 10:56 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTimestamp {
    /// The point in time.
    pub at: Timestamp,
    /// The offset it was written with; UTC where none was written.
    pub offset: Offset,
}

impl LocalTimestamp {
    /// A time whose author wrote no offset, or UTC.
    #[must_use]
    pub fn utc(at: Timestamp) -> Self {
        Self {
            at,
            offset: Offset::UTC,
        }
    }
}

/// RFC 3339, whole seconds where there is no fraction: `2019-07-31T17:56:00+07:00`.
impl fmt::Display for LocalTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at.display_with_offset(self.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_with_the_offset_it_was_written_with() {
        let written = LocalTimestamp {
            at: "2019-07-31T10:56:00Z".parse().unwrap(),
            offset: Offset::from_seconds(7 * 3600).unwrap(),
        };
        assert_eq!(written.to_string(), "2019-07-31T17:56:00+07:00");
    }
}
