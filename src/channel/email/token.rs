//! A token of OAuth 2.0 in the place of a password: a program of the operator's says it, and it is kept until a server
//! refuses it.
//!
//! Tokens hold for an hour or so and every provider gives them in its own way, with secrets of its own: that is the
//! program's business (developers.google.com: "OAuth 2.0 Mechanism", learn.microsoft.com: "Authenticate an IMAP, POP or SMTP
//! connection using OAuth").

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;

use crate::channel::command::{Ended, NotEnded, Program};
use crate::domain::Shown;
use crate::http::in_words;

/// The longest token: what a server takes of a line is 12,288 (RFC 4954 §4), and base64 makes four of three.
const MAX_TOKEN_BYTES: usize = 8_000;

/// The program that says a token, and the last one that it said.
pub(super) struct Tokens {
    command: Vec<String>,
    limit: Duration,
    kept: Mutex<Option<SecretString>>,
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoToken {
    /// The reason, as a clause for people.
    pub(super) reason: String,
    /// Whether somebody must change something.
    pub(super) is_lasting: bool,
}

/// A token, and whether it was asked for just now.
pub(super) struct Token {
    pub(super) secret: SecretString,
    pub(super) is_new: bool,
}

impl Tokens {
    pub(super) fn new(command: Vec<String>, limit: Duration) -> Self {
        Self {
            command,
            limit,
            kept: Mutex::new(None),
        }
    }

    /// The token that is kept, or one that is asked for now.
    pub(super) async fn get(&self) -> Result<Token, NoToken> {
        let kept = self.slot().clone();
        if let Some(secret) = kept {
            return Ok(Token {
                secret,
                is_new: false,
            });
        }
        let secret = self.ask().await?;
        *self.slot() = Some(secret.clone());
        Ok(Token {
            secret,
            is_new: true,
        })
    }

    /// Forgets the token: a server has refused it.
    pub(super) fn forget(&self) {
        *self.slot() = None;
    }

    async fn ask(&self) -> Result<SecretString, NoToken> {
        let program = Program {
            command: &self.command,
            folder: Path::new("/"),
            environment: &[],
            input: "",
            limit: self.limit,
        };
        let name = program.name();
        let may_pass = |reason: String| NoToken {
            reason,
            is_lasting: false,
        };
        match program.run().await {
            Ok(ended) => token(name, &ended),
            Err(NotEnded::NotStarted(error)) => Err(NoToken {
                reason: format!("the token command {name} cannot be started: {error}"),
                is_lasting: true,
            }),
            Err(NotEnded::TooSlow) => Err(may_pass(format!(
                "the token command {name} did not end within {}",
                in_words(self.limit)
            ))),
            Err(NotEnded::Lost(error)) => Err(may_pass(format!(
                "the token command {name} was lost: {error}"
            ))),
        }
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<SecretString>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

/// The token that a program said: its only line. What it wrote to its standard output is never repeated.
fn token(name: &str, ended: &Ended) -> Result<SecretString, NoToken> {
    if ended.code != Some(0) {
        let how = ended.code.map_or_else(
            || "was killed by a signal".to_owned(),
            |code| format!("ended with {code}"),
        );
        let wrong = String::from(Shown::up_to(&ended.wrong, 200));
        let told = if wrong.is_empty() {
            String::new()
        } else {
            format!(": {wrong}")
        };
        return Err(NoToken {
            reason: format!("the token command {name} {how}{told}"),
            is_lasting: ended.code == Some(78),
        });
    }
    let said = ended.said.trim();
    let is_token = !said.is_empty()
        && said.len() <= MAX_TOKEN_BYTES
        && said.bytes().all(|b| b.is_ascii_graphic());
    if is_token {
        return Ok(SecretString::from(said));
    }
    Err(NoToken {
        reason: format!("the token command {name} did not print one line with a token"),
        is_lasting: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn said(code: Option<i32>, said: &str, wrong: &str) -> Result<String, NoToken> {
        let ended = Ended {
            code,
            said: said.into(),
            wrong: wrong.into(),
        };
        token("/bin/token", &ended).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_token_is_the_only_line_of_a_program_that_ended_well() {
        assert_eq!(
            said(Some(0), "ya29.abc-_~+/=\n", ""),
            Ok("ya29.abc-_~+/=".into())
        );
        for (code, text, wrong, reason, is_lasting) in [
            (Some(0), "", "", "did not print one line with a token", true),
            (
                Some(0),
                "two words",
                "",
                "did not print one line with a token",
                true,
            ),
            (
                Some(0),
                "a\nb",
                "",
                "did not print one line with a token",
                true,
            ),
            (
                Some(1),
                "ya29.secret",
                "invalid_grant",
                "ended with 1: invalid_grant",
                false,
            ),
            (Some(78), "", "", "ended with 78", true),
            (None, "", "", "was killed by a signal", false),
        ] {
            let refused = said(code, text, wrong).unwrap_err();
            assert_eq!(
                refused.reason,
                format!("the token command /bin/token {reason}")
            );
            assert_eq!(refused.is_lasting, is_lasting, "{reason}");
        }
    }
}
