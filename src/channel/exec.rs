//! A command: the message as JSON on its standard input, no shell, a clean environment, a time limit.
//!
//! What ends with 0 has taken the message; 75 (`EX_TEMPFAIL` of sysexits.h) and a time that ran out may pass, 78
//! (`EX_CONFIG`) and a program that is not there want a change, anything else is a failure that is tried again.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::{AttemptOutcome, Shown};
use crate::http::in_words;
use crate::render::{self, Telling};

use super::command::{NotEnded, Program};
use super::{Attempt, ChannelError, Form, Sending, Service, Setup, Tools, Trying};

/// A command that is given each message.
#[derive(Debug, Clone)]
pub struct ExecSettings {
    /// The program, with its whole path, and its arguments.
    pub command: Vec<String>,
    /// How long it may take.
    pub timeout: Duration,
    /// The folder it runs in.
    pub folder: PathBuf,
}

impl Setup for ExecSettings {
    fn service(&self, _: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        Ok(Box::new(self.clone()))
    }
}

impl Service for ExecSettings {
    fn write(&self, telling: &Telling<'_>, form: Form) -> Result<String, String> {
        Ok(render::webhook(telling, form == Form::Short))
    }

    fn send<'a>(&'a self, sending: Sending<'a>) -> Trying<'a, Attempt> {
        Box::pin(self.run(sending))
    }
}

impl ExecSettings {
    async fn run(&self, sending: Sending<'_>) -> Attempt {
        let program = Program {
            command: &self.command,
            folder: &self.folder,
            environment: &[("NEWSWATCH_DELIVERY", &sending.delivery.0)],
            input: sending.body,
            limit: self.timeout,
        };
        let name = program.name();
        let failed = |reason: String| Attempt::of(AttemptOutcome::Failed { reason });
        match program.run().await {
            Ok(ended) => {
                let said = if ended.wrong.is_empty() {
                    &ended.said
                } else {
                    &ended.wrong
                };
                judged(name, ended.code, said)
            }
            Err(NotEnded::NotStarted(error)) => Attempt::of(AttemptOutcome::Misconfigured {
                reason: format!("the command {name} cannot be started: {error}"),
            }),
            Err(NotEnded::TooSlow) => failed(format!(
                "the command {name} did not end within {}",
                in_words(self.timeout)
            )),
            Err(NotEnded::Lost(error)) => failed(format!("the command {name} was lost: {error}")),
        }
    }
}

fn judged(program: &str, code: Option<i32>, said: &str) -> Attempt {
    let said = String::from(Shown::of(said));
    let how = match code {
        Some(code) => format!("ended with {code}"),
        None => "was killed by a signal".to_owned(),
    };
    let told = if said.is_empty() {
        String::new()
    } else {
        format!(": {said}")
    };
    let reason = format!("the command {program} {how}{told}");
    let outcome = match code {
        Some(0) => AttemptOutcome::Accepted,
        Some(78) => AttemptOutcome::Misconfigured { reason },
        _ => AttemptOutcome::Failed { reason },
    };
    Attempt {
        outcome,
        answer: (!said.is_empty()).then_some(said),
        message: None,
    }
}
