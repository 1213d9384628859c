//! The file channel: a line of JSON for each alert, at the end of a file.
//!
//! A line is whole and on the disk before its delivery counts as sent. A crash may leave half a line: the next one
//! starts on a line of its own, and the half one is written again in full.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::domain::AttemptOutcome;
use crate::render::{self, Telling};

use super::{Attempt, ChannelError, Form, Sending, Service, Setup, Tools, Trying};

/// How much of the file's end is searched for a delivery that is tried again: hundreds of lines, and a try is repeated
/// soon after the crash that cut it short.
const TAIL_BYTES: u64 = 256 * 1024;

/// Who may read the file: its owner, as alerts tell what is watched.
const MODE: u32 = 0o600;

/// A file that grows by a line of JSON for each alert.
#[derive(Debug, Clone)]
pub struct FileSettings {
    /// Where it is.
    pub path: PathBuf,
}

impl Setup for FileSettings {
    fn service(&self, _: &Tools) -> Result<Box<dyn Service>, ChannelError> {
        Ok(Box::new(self.clone()))
    }
}

impl Service for FileSettings {
    fn write(&self, telling: &Telling<'_>, _: Form) -> Result<String, String> {
        Ok(render::json_lines(telling))
    }

    fn send<'a>(&'a self, sending: Sending<'a>) -> Trying<'a, Attempt> {
        Box::pin(self.put(sending.body))
    }
}

impl FileSettings {
    async fn put(&self, body: &str) -> Attempt {
        let lines: Vec<Line> = body.lines().filter_map(Line::of).collect();
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || append(&path, &lines)).await;
        let outcome = match written.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok(()) => AttemptOutcome::Accepted,
            Err(error) => AttemptOutcome::Failed {
                reason: format!("{} cannot be written to: {error}", self.path.display()),
            },
        };
        Attempt::of(outcome)
    }
}

/// A line, and by what it is recognised.
struct Line {
    delivery: String,
    alert: String,
    text: String,
}

impl Line {
    /// Reads back what was written.
    fn of(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        Some(Self {
            delivery: value.get("delivery")?.as_str()?.to_owned(),
            // A message that brings no alert, or several, is known by its delivery.
            alert: value
                .pointer("/data/id")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            text: text.to_owned(),
        })
    }
}

/// Appends the lines that the file's end does not hold yet, in one write, and waits for the disk.
fn append(path: &Path, lines: &[Line]) -> io::Result<()> {
    let is_new = !path.exists();
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(MODE)
        .open(path)?;
    let tail = tail(&mut file)?;
    let missing: String = lines
        .iter()
        .filter(|line| !holds(&tail, line))
        .flat_map(|line| [line.text.as_str(), "\n"])
        .collect();
    if missing.is_empty() {
        // Written before, but perhaps not on the disk before the power went.
        return file.sync_all();
    }
    let is_cut_short = tail.last().is_some_and(|byte| *byte != b'\n');
    let separator = if is_cut_short { "\n" } else { "" };
    file.write_all(format!("{separator}{missing}").as_bytes())?;
    file.sync_all()?;
    if is_new { sync_folder_of(path) } else { Ok(()) }
}

/// The last bytes of the file.
fn tail(file: &mut File) -> io::Result<Vec<u8>> {
    let size = file.metadata()?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(TAIL_BYTES)))?;
    let mut tail = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut tail)?;
    Ok(tail)
}

/// Says whether a line of the tail carries this alert for this delivery; half a line is no JSON and carries nothing.
fn holds(tail: &[u8], line: &Line) -> bool {
    tail.split(|byte| *byte == b'\n')
        .filter_map(|written| serde_json::from_slice::<Value>(written).ok())
        .any(|written| {
            written.get("delivery").and_then(Value::as_str) == Some(&line.delivery)
                && written
                    .pointer("/data/id")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    == line.alert
        })
}

/// A new file's name is on the disk once its folder is.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn line(number: usize) -> Line {
        let delivery = format!("dlv_{number}");
        let alert = format!("alr_{number}");
        let text = format!(r#"{{"delivery":"{delivery}","data":{{"id":"{alert}","n":{number}}}}}"#);
        Line {
            delivery,
            alert,
            text,
        }
    }

    fn file_with(content: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.jsonl");
        std::fs::write(&path, content).unwrap();
        (folder, path)
    }

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_new_file_belongs_to_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.jsonl");
        append(&path, &[line(1)]).unwrap();
        assert_eq!(read(&path), format!("{}\n", line(1).text));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn lines_are_added_at_the_end() {
        let (_folder, path) = file_with("");
        append(&path, &[line(1)]).unwrap();
        append(&path, &[line(2), line(3)]).unwrap();
        let expected: String = (1..=3).map(|n| line(n).text + "\n").collect();
        assert_eq!(read(&path), expected);
    }

    #[test]
    fn a_delivery_that_is_tried_again_is_written_once() {
        let (_folder, path) = file_with("");
        append(&path, &[line(1)]).unwrap();
        append(&path, &[line(1), line(2)]).unwrap();
        append(&path, &[line(1), line(2)]).unwrap();
        assert_eq!(read(&path).lines().count(), 2);
    }

    #[test]
    fn after_half_a_line_the_whole_line_follows_on_its_own() {
        let whole = line(1).text;
        let half: String = whole.chars().take(20).collect();
        let (_folder, path) = file_with(&half);
        append(&path, &[line(1)]).unwrap();
        assert_eq!(read(&path), format!("{half}\n{whole}\n"));
    }

    #[test]
    fn a_folder_that_does_not_exist_is_an_error() {
        assert!(append(Path::new("/nonexistent/alerts.jsonl"), &[line(1)]).is_err());
    }
}
