//! Who works on a state directory, and since when: a small file beside the database, locked as long as the process lives.
//!
//! It is told apart from the database because it must be readable and writable when that is not: while the disk is full,
//! the file's own bytes are written over, and nothing grows.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::place;
use super::tx::StoreError;
use crate::domain::Timestamp;

/// The file's name, in the state directory.
const FILE: &str = "service.json";

/// The size of the file: more than a mark takes, and one block of a disk.
const FILE_BYTES: usize = 4096;

/// Bytes that are written to see whether there is room: what a transaction takes at least.
const PROBE_BYTES: usize = 64 * 1024;

/// What a process says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceMark {
    /// Its number.
    pub pid: u32,
    /// The version of newswatch.
    pub version: String,
    /// Whether it makes one pass and ends.
    pub once: bool,
    /// The configuration it works by.
    pub config: String,
    /// When it started.
    pub since: Timestamp,
    /// When it said this.
    pub at: Timestamp,
    /// When it ended as it was told to; absent while it runs, and after a kill or a crash.
    pub stopped_at: Option<Timestamp>,
    /// Why it cannot store anything now.
    pub trouble: Option<String>,
    /// When each stage last looked for work.
    pub stages: BTreeMap<String, Timestamp>,
}

/// What is known of the process that works on a state directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceSeen {
    /// None has ever worked there.
    Never,
    /// One does now; it may not have been able to say anything of itself.
    Running(Option<ServiceMark>),
    /// One did, and is gone.
    Gone(ServiceMark),
    /// The file cannot be read.
    Hidden(String),
}

/// The file, locked by this process.
#[derive(Debug)]
pub struct Presence {
    file: File,
}

impl Presence {
    /// Takes the file of a state directory; nothing where another process has it, or there is no directory yet.
    #[must_use]
    pub fn take(state_dir: &Path) -> Option<Self> {
        let file = place::open_private(&state_dir.join(FILE)).ok()?;
        file.try_lock().ok()?;
        Some(Self { file })
    }

    /// Says how it is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn tell(&self, mark: &ServiceMark) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(mark)?;
        if bytes.len() > FILE_BYTES {
            let mark = ServiceMark {
                trouble: None,
                config: String::new(),
                ..mark.clone()
            };
            bytes = serde_json::to_vec(&mark)?;
        }
        bytes.resize(FILE_BYTES.max(bytes.len()), b' ');
        self.file.write_all_at(&bytes, 0)
    }
}

/// Looks who works on a state directory.
#[must_use]
pub fn service_seen(state_dir: &Path) -> ServiceSeen {
    let mut file = match File::open(state_dir.join(FILE)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return ServiceSeen::Never,
        Err(error) => return ServiceSeen::Hidden(error.to_string()),
    };
    let mut text = String::new();
    let mark = file
        .read_to_string(&mut text)
        .ok()
        .and_then(|_| serde_json::from_str::<ServiceMark>(&text).ok());
    match (file.try_lock_shared(), mark) {
        (Err(TryLockError::WouldBlock), mark) => ServiceSeen::Running(mark),
        (_, Some(mark)) => ServiceSeen::Gone(mark),
        (_, None) => ServiceSeen::Never,
    }
}

/// Tells whether something could be stored in a state directory now, by storing something and taking it away again.
///
/// # Errors
/// Why it could not.
pub fn can_write(state_dir: &Path) -> Result<(), StoreError> {
    let tried = tempfile::tempfile_in(state_dir).and_then(|mut file| {
        file.write_all(&vec![0; PROBE_BYTES])?;
        file.sync_data()
    });
    tried.map_err(|error| place::unusable(state_dir, &error))?;
    let database = state_dir.join(super::FILE_NAME);
    match fs::OpenOptions::new().append(true).open(&database) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(place::unusable(&database, &error))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_works_on_a_directory_is_seen_until_the_process_is_gone() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(service_seen(home.path()), ServiceSeen::Never);
        let presence = Presence::take(home.path()).unwrap();
        assert_eq!(service_seen(home.path()), ServiceSeen::Running(None));
        let mut mark = ServiceMark {
            pid: 7,
            trouble: Some("a very long trouble ".repeat(20)),
            ..ServiceMark::default()
        };
        presence.tell(&mark).unwrap();
        mark.trouble = None;
        presence.tell(&mark).unwrap();
        assert_eq!(
            service_seen(home.path()),
            ServiceSeen::Running(Some(mark.clone()))
        );
        assert!(Presence::take(home.path()).is_none());
        drop(presence);
        assert_eq!(service_seen(home.path()), ServiceSeen::Gone(mark));
        assert!(can_write(home.path()).is_ok());
        assert!(can_write(&home.path().join("missing")).is_err());
    }
}
