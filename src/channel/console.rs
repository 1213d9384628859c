//! The console channel: alerts as lines on standard output, or on any other writer.
//!
//! A terminal that is stopped, or a pipe that nobody reads, blocks whoever writes to it. So the writing is done on a
//! thread of its own, and waited for only so long.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, TryLockError};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::domain::AttemptOutcome;
use crate::http::in_words;
use crate::render::{self, Telling};

use super::{Attempt, ChannelError, Form, Sending, Service, Setup, Tools, Trying};

type Writer = Box<dyn Write + Send>;

/// Standard output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// Whether colours are wanted where a terminal shows them.
    pub colours: bool,
}

impl Setup for ConsoleSettings {
    fn service(&self, tools: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        let in_colour = self.colours && io::stdout().is_terminal();
        let sender = ConsoleSender::new(Box::new(io::stdout()), tools.limits.console);
        Ok(Box::new(ConsoleSender {
            in_colour,
            ..sender
        }))
    }
}

/// Writes alerts to a stream.
pub(crate) struct ConsoleSender {
    writer: Arc<Mutex<Writer>>,
    timeout: Duration,
    in_colour: bool,
}

impl ConsoleSender {
    pub(crate) fn new(writer: Writer, timeout: Duration) -> Self {
        Self {
            writer: Arc::new(Mutex::new(writer)),
            timeout,
            in_colour: false,
        }
    }

    /// Writes the lines in one piece, so that no other line gets between theirs.
    async fn put(&self, body: &str) -> Attempt {
        let text = render::painted(body, self.in_colour);
        let writer = Arc::clone(&self.writer);
        let limit = self.timeout;
        let writing = spawn_blocking(move || put_out(&writer, &text));
        let outcome = match timeout(limit, writing).await {
            Ok(Ok(Ok(()))) => AttemptOutcome::Accepted,
            Ok(Ok(Err(error))) => failed(&error.to_string()),
            Ok(Err(_)) => failed("the writer failed"),
            Err(_) => failed(&format!("nobody read within {}", in_words(limit))),
        };
        Attempt::of(outcome)
    }
}

impl Service for ConsoleSender {
    fn write(&self, telling: &Telling<'_>, _: Form) -> Result<String, String> {
        Ok(render::console_text(telling))
    }

    fn send<'a>(&'a self, sending: Sending<'a>) -> Trying<'a, Attempt> {
        Box::pin(self.put(sending.body))
    }
}

/// Writes the text, unless an earlier one is still on its way: threads must not queue up behind it.
fn put_out(writer: &Mutex<Writer>, text: &str) -> io::Result<()> {
    let mut writer = match writer.try_lock() {
        Ok(writer) => writer,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => {
            return Err(io::Error::other("nobody reads what was written before"));
        }
    };
    writer.write_all(text.as_bytes())?;
    writer.flush()
}

fn failed(what: &str) -> AttemptOutcome {
    AttemptOutcome::Failed {
        reason: format!("the console cannot be written to: {what}"),
    }
}

impl fmt::Debug for ConsoleSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConsoleSender")
    }
}
