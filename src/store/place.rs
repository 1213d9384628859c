//! Where the database lies: the state directory and the file in it, readable by their owner alone.

use std::fs::{self, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use super::tx::{DatabaseFailure, StoreError};

/// Makes the directory, readable by its owner alone; one that is there already must be so too.
pub(super) fn make_private(state_dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(OWN_DIRECTORY)
        .create(state_dir)
        .map_err(|error| unusable(state_dir, &error))?;
    let found = fs::metadata(state_dir).map_err(|error| unusable(state_dir, &error))?;
    make_own(state_dir, &found, OWN_DIRECTORY)
}

/// Makes the database's file, readable by its owner alone; SQLite gives its other files the same mode.
pub(super) fn create_private(file: &Path) -> Result<(), StoreError> {
    open_private(file).map(drop)
}

/// Opens a file of the state directory, or makes it: no other file that a link leads to, and nobody else's.
///
/// Nothing in it is changed. Who could put a link here could have another file of this user written over.
pub(super) fn open_private(file: &Path) -> Result<File, StoreError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let failed = |error: io::Error| unusable(file, &error);
    let refused = |why: &str| refused(file, why);
    match fs::symlink_metadata(file) {
        Ok(found) if found.is_symlink() => {
            return Err(refused(
                "it is a link to another file; put the file itself there",
            ));
        }
        Ok(found) if !found.is_file() => return Err(refused("it is not a file")),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        Ok(_) | Err(_) => {}
    }
    let opened = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OWN_FILE)
        .open(file)
        .map_err(failed)?;
    let found = opened.metadata().map_err(failed)?;
    // Another file took the place of the one that was looked at.
    let named = fs::symlink_metadata(file).map_err(failed)?;
    if (named.dev(), named.ino()) != (found.dev(), found.ino()) {
        return Err(refused("it was exchanged while it was opened"));
    }
    make_own(file, &found, OWN_FILE)?;
    Ok(opened)
}

/// The mode of a directory that its owner alone may look into.
const OWN_DIRECTORY: u32 = 0o700;

/// The mode of a file that its owner alone may read.
const OWN_FILE: u32 = 0o600;

/// The bits of a mode, from the lowest, that are the rights of others.
const RIGHTS_OF_OTHERS: u32 = 6;

/// The user of the administrator, whose files are anybody's to trust.
const ROOT: u32 = 0;

/// Makes sure that a place belongs to the user that newswatch runs as, or to the administrator: whoever owns it may put
/// something else there.
fn belongs_to_us(place: &Path, found: &Metadata) -> Result<(), StoreError> {
    // Where a system has no such file, the question stays open.
    let Ok(own) = fs::metadata("/proc/self") else {
        return Ok(());
    };
    if [own.uid(), ROOT].contains(&found.uid()) {
        return Ok(());
    }
    Err(refused(
        place,
        &format!(
            "it belongs to another user (number {}) than the one that newswatch runs as (number {}); run it as that user, or \
             give it to this one: chown {}",
            found.uid(),
            own.uid(),
            own.uid()
        ),
    ))
}

/// Takes the rights of others away; says why where that is not ours to do.
fn make_own(place: &Path, found: &Metadata, mode: u32) -> Result<(), StoreError> {
    belongs_to_us(place, found)?;
    if found.permissions().mode().trailing_zeros() >= RIGHTS_OF_OTHERS {
        return Ok(());
    }
    let permissions = Permissions::from_mode(found.permissions().mode() & mode);
    fs::set_permissions(place, permissions).map_err(|error| {
        // The disk is in the way, not a user: it is waited for.
        if error.kind() != io::ErrorKind::PermissionDenied {
            return unusable(place, &error);
        }
        refused(
            place,
            &format!(
                "other users may use it (mode {:o}) and this user cannot change that; its owner can: chmod {mode:o}",
                found.permissions().mode() & 0o7777
            ),
        )
    })
}

fn refused(place: &Path, why: &str) -> StoreError {
    StoreError::Path {
        path: place.display().to_string(),
        message: why.to_owned(),
        kind: DatabaseFailure::Other,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_others_may_read_is_closed_to_them() {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("state");
        fs::create_dir(&state).unwrap();
        fs::set_permissions(&state, Permissions::from_mode(0o755)).unwrap();
        let file = state.join("newswatch.db");
        fs::write(&file, "kept").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        make_private(&state).unwrap();
        create_private(&file).unwrap();
        assert_eq!((mode(&state), mode(&file)), (0o700, 0o600));
        assert_eq!(fs::read_to_string(&file).unwrap(), "kept");
    }

    #[test]
    fn a_link_is_not_followed_and_what_it_leads_to_stays_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let other = home.path().join("other");
        fs::write(&other, "precious").unwrap();
        for target in [other.as_path(), &home.path().join("missing")] {
            let link = home.path().join("lock");
            std::os::unix::fs::symlink(target, &link).unwrap();
            let error = open_private(&link).unwrap_err();
            assert!(error.to_string().contains("a link"), "{error}");
            fs::remove_file(&link).unwrap();
        }
        assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
        assert!(!home.path().join("missing").exists());
    }

    #[test]
    fn what_belongs_to_another_user_is_refused_with_the_reason() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("newswatch.db");
        fs::write(&file, "").unwrap();
        // Only the administrator can give a file away.
        if std::os::unix::fs::chown(&file, Some(12_345), None).is_err() {
            return;
        }
        let error = open_private(&file).unwrap_err().to_string();
        assert!(error.contains("another user (number 12345)"), "{error}");
        std::os::unix::fs::chown(home.path(), Some(12_345), None).unwrap();
        let error = make_private(home.path()).unwrap_err().to_string();
        assert!(error.contains("another user"), "{error}");
    }

    #[test]
    fn what_is_no_file_is_refused_with_the_reason() {
        let home = tempfile::tempdir().unwrap();
        let error = open_private(home.path()).unwrap_err();
        assert!(error.to_string().contains("not a file"), "{error}");
    }
}
