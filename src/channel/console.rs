//! The console channel: alerts as lines on standard output, or on any other writer.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use crate::domain::{Alert, AttemptOutcome};
use crate::render;

use super::Attempt;

/// Writes alerts to a stream.
pub(crate) struct ConsoleSender(Mutex<Box<dyn Write + Send>>);

impl ConsoleSender {
    pub(crate) fn to(writer: Box<dyn Write + Send>) -> Self {
        Self(Mutex::new(writer))
    }

    /// Writes the alerts in one piece, so that no other line gets between theirs.
    pub(crate) fn send(&self, alerts: &[Alert]) -> Attempt {
        let text: String = alerts
            .iter()
            .map(|alert| render::console(alert) + "\n")
            .collect();
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = match write(&mut **writer, &text) {
            Ok(()) => AttemptOutcome::Accepted,
            Err(error) => AttemptOutcome::Failed {
                reason: format!("the console cannot be written to: {error}"),
            },
        };
        Attempt {
            outcome,
            answer: None,
        }
    }
}

fn write(writer: &mut (dyn Write + Send), text: &str) -> io::Result<()> {
    writer.write_all(text.as_bytes())?;
    writer.flush()
}

impl fmt::Debug for ConsoleSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConsoleSender")
    }
}
