//! The lock on a state directory: one newswatch works on it at a time.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use super::place;
use super::tx::StoreError;

/// Held as long as this value lives; the kernel takes it back from a process that dies.
#[derive(Debug)]
pub(super) struct StateLock {
    _file: File,
}

impl StateLock {
    /// Takes the lock.
    pub(super) fn take(state_dir: &Path) -> Result<Self, StoreError> {
        let path = state_dir.join("lock");
        let unusable = |error: std::io::Error| place::unusable(&path, &error);
        let mut file = place::open_private(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Without its number the message is still true.
                let pid = match file.read_to_string(&mut holder) {
                    Ok(_) => holder.trim().parse().ok(),
                    Err(_) => None,
                };
                return Err(StoreError::InUse {
                    path: state_dir.display().to_string(),
                    pid,
                });
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        file.set_len(0).map_err(unusable)?;
        file.rewind().map_err(unusable)?;
        writeln!(file, "{}", std::process::id()).map_err(unusable)?;
        Ok(Self { _file: file })
    }
}
