//! A command: the message as JSON on its standard input, no shell, a clean environment, a time limit.
//!
//! What ends with 0 has taken the message; 75 (`EX_TEMPFAIL` of sysexits.h) and a time that ran out may pass, 78
//! (`EX_CONFIG`) and a program that is not there want a change, anything else is a failure that is tried again.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use crate::domain::{AttemptOutcome, Shown};
use crate::http::in_words;
use crate::render::{self, Telling};

use super::{Attempt, ChannelError, Form, Sending, Service, Setup, Tools, Trying};

/// What is read of a command's words.
const MAX_OUTPUT_BYTES: u64 = 16 * 1024;

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
        let Some((program, arguments)) = self.command.split_first() else {
            return misconfigured("there is no command".to_owned());
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env("NEWSWATCH_DELIVERY", &sending.delivery.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                return misconfigured(format!("the command {program} cannot be started: {error}"));
            }
        };
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let talking = async {
            let feeding = async {
                if let Some(mut stdin) = stdin {
                    // A command that reads nothing closes the pipe, and may be content all the same.
                    drop(stdin.write_all(sending.body.as_bytes()).await);
                    drop(stdin.shutdown().await);
                }
            };
            let ((), said, wrong, status) =
                tokio::join!(feeding, words(stdout), words(stderr), child.wait());
            (status, if wrong.is_empty() { said } else { wrong })
        };
        match timeout(self.timeout, talking).await {
            Err(_) => Attempt::of(AttemptOutcome::Failed {
                reason: format!(
                    "the command {program} did not end within {}",
                    in_words(self.timeout)
                ),
            }),
            Ok((Err(error), _)) => Attempt::of(AttemptOutcome::Failed {
                reason: format!("the command {program} was lost: {error}"),
            }),
            Ok((Ok(status), said)) => ended(program, status.code(), &said),
        }
    }
}

/// The first words of a pipe; the rest is read and forgotten, so that nobody waits to write it.
async fn words<R: tokio::io::AsyncRead + Unpin>(pipe: Option<R>) -> String {
    let Some(mut pipe) = pipe else {
        return String::new();
    };
    let mut bytes = Vec::new();
    drop(
        (&mut pipe)
            .take(MAX_OUTPUT_BYTES)
            .read_to_end(&mut bytes)
            .await,
    );
    drop(tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn misconfigured(reason: String) -> Attempt {
    Attempt::of(AttemptOutcome::Misconfigured { reason })
}

fn ended(program: &str, code: Option<i32>, said: &str) -> Attempt {
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
    }
}
