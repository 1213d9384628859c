//! Looking after the file of what is made outside the configuration: what a command writes there is in force at once.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::Clock;
use crate::config::managed_file;

/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The file, as it was when it was read.
#[derive(Debug)]
pub(super) struct ManagedFile {
    path: PathBuf,
    clock: Clock,
    seen: Option<Mark>,
}

/// What tells one state of a file from the next: it is written in one move, so each is another file.
type Mark = (u64, i64, i64, u64);

impl ManagedFile {
    /// Remembers the file as it is.
    pub(super) fn of(state_dir: &Path, clock: Clock) -> Self {
        let path = managed_file(state_dir);
        let seen = mark(&path);
        Self { path, clock, seen }
    }

    /// Waits until it is another one.
    pub(super) async fn changed(&mut self) {
        loop {
            self.clock.sleep(LOOK_EVERY).await;
            let now = mark(&self.path);
            if now != self.seen {
                self.seen = now;
                return;
            }
        }
    }
}

fn mark(path: &Path) -> Option<Mark> {
    let found = std::fs::metadata(path).ok()?;
    Some((found.ino(), found.mtime(), found.mtime_nsec(), found.size()))
}
