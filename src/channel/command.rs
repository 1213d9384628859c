//! A program of the operator's: no shell, a clean environment, a time limit, and an end to how much is read of it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::time::timeout;

/// What is read of a program's words.
const MAX_OUTPUT_BYTES: u64 = 16 * 1024;

/// What is started.
#[derive(Debug, Clone, Copy)]
pub(super) struct Program<'a> {
    /// The program, with its whole path, and its arguments.
    pub(super) command: &'a [String],
    /// The folder it runs in.
    pub(super) folder: &'a Path,
    /// What stands in its environment beside `PATH` and `LANG`.
    pub(super) environment: &'a [(&'a str, &'a str)],
    /// What it reads on its standard input.
    pub(super) input: &'a str,
    /// How long it may take.
    pub(super) limit: Duration,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    /// Its code; absent where a signal killed it.
    pub(super) code: Option<i32>,
    /// What it wrote to its standard output.
    pub(super) said: String,
    /// What it wrote to its standard error.
    pub(super) wrong: String,
}

/// Why a program has no end that could be judged.
#[derive(Debug)]
pub(super) enum NotEnded {
    /// It could not be started.
    NotStarted(std::io::Error),
    /// It did not end in time, and was killed.
    TooSlow,
    /// It was lost on the way.
    Lost(std::io::Error),
}

impl Program<'_> {
    /// Its name, for people.
    pub(super) fn name(&self) -> &str {
        self.command.first().map_or("", String::as_str)
    }

    /// Runs it to its end.
    pub(super) async fn run(&self) -> Result<Ended, NotEnded> {
        let mut command = Command::new(self.name());
        command
            .args(self.command.iter().skip(1))
            .current_dir(self.folder)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .envs(self.environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(NotEnded::NotStarted)?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let talking = async {
            let feeding = async {
                if let Some(mut stdin) = stdin {
                    // A program that reads nothing closes the pipe, and may be content all the same.
                    drop(stdin.write_all(self.input.as_bytes()).await);
                    drop(stdin.shutdown().await);
                }
            };
            tokio::join!(feeding, words(stdout), words(stderr), child.wait())
        };
        let talked = timeout(self.limit, talking).await;
        let ((), said, wrong, status) = talked.map_err(|_| NotEnded::TooSlow)?;
        Ok(Ended {
            code: status.map_err(NotEnded::Lost)?.code(),
            said,
            wrong,
        })
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
