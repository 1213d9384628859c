//! The system's log: a line for each message to the socket of syslog, which the journal listens to as well (RFC 3164 §4.1, as
//! local sockets take it).

use std::path::PathBuf;

use tokio::net::UnixDatagram;

use crate::domain::{AttemptOutcome, Priority};
use crate::render::{self, Telling};

use super::{Attempt, ChannelError, Form, Sending, Service, Setup, Tools, Trying};

/// The facility `user` (RFC 3164 §4.1.1), times eight.
const USER: u8 = 8;

/// A socket of syslog.
#[derive(Debug, Clone)]
pub struct SyslogSettings {
    /// Where it is.
    pub socket: PathBuf,
}

impl Setup for SyslogSettings {
    fn service(&self, _: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        Ok(Box::new(self.clone()))
    }
}

impl Service for SyslogSettings {
    fn write(&self, telling: &Telling<'_>, _: Form) -> Result<String, String> {
        let (line, priority) = render::syslog(telling);
        // Warning, notice, informational: RFC 5424 §6.2.1.
        let severity = match priority {
            Priority::High => 4,
            Priority::Normal => 5,
            Priority::Low => 6,
        };
        Ok(format!("<{}>newswatch: {line}", USER + severity))
    }

    fn send<'a>(&'a self, sending: Sending<'a>) -> Trying<'a, Attempt> {
        Box::pin(async move {
            let sent = async {
                let socket = UnixDatagram::unbound()?;
                socket.send_to(sending.body.as_bytes(), &self.socket).await
            };
            Attempt::of(match sent.await {
                Ok(_) => AttemptOutcome::Accepted,
                Err(error) => AttemptOutcome::Failed {
                    reason: format!("{} does not take the line: {error}", self.socket.display()),
                },
            })
        })
    }
}
