//! Where the database lies: the state directory and the file in it, readable by their owner alone.

use std::fs;
use std::io;
use std::path::Path;

use super::tx::{DatabaseFailure, StoreError};

/// Makes the directory, readable by its owner alone.
pub(super) fn make_private(state_dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(state_dir)
        .map_err(|error| unusable(state_dir, &error))
}

/// Makes the database's file, readable by its owner alone; SQLite gives its other files the same mode.
pub(super) fn create_private(file: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(file)
        .map(drop)
        .map_err(|error| unusable(file, &error))
}

/// Makes sure that there is a database and that this user may read it.
pub(super) fn look_for(file: &Path) -> Result<(), StoreError> {
    match fs::File::open(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::NoDatabase {
            path: file.display().to_string(),
        }),
        Err(error) => Err(unusable(file, &error)),
    }
}

/// Says why a place cannot be used, and what to do.
pub(super) fn unusable(path: &Path, error: &io::Error) -> StoreError {
    let (kind, message) = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
            DatabaseFailure::Full,
            "there is no room left on its disk; make room there".to_owned(),
        ),
        io::ErrorKind::ReadOnlyFilesystem => (
            DatabaseFailure::ReadOnly,
            "its disk can only be read; mount it writable, or set `state_dir` to a place that is"
                .to_owned(),
        ),
        io::ErrorKind::PermissionDenied => (
            DatabaseFailure::ReadOnly,
            "this user may not use it; run as the user that newswatch runs as, or give this user the directory"
                .to_owned(),
        ),
        _ => (DatabaseFailure::Other, error.to_string()),
    };
    StoreError::Path {
        path: path.display().to_string(),
        message,
        kind,
    }
}
