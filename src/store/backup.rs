//! A copy of the SQLite database while it is in use, and the way back.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::tx::{DatabaseFailure, StoreError};
use super::{FILE_NAME, lock, place, schema};

/// What stands behind the name of a copy that is not whole yet.
const PARTIAL: &str = "partial";

/// What stands behind the name of a database that a restore has put aside.
const REPLACED: &str = "replaced";

/// The files that SQLite keeps beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Copies the database of a state directory to a file, beside whoever works on it; the copy is readable by its owner
/// alone, and has been checked when this returns. Tells its size.
///
/// # Errors
/// When there is no database, the file exists already, or either cannot be used.
pub fn backup(state_dir: &Path, to: &Path) -> Result<u64, StoreError> {
    let database = state_dir.join(FILE_NAME);
    place::look_for(&database)?;
    if to.exists() {
        return Err(unusable(to, "it exists already; name a file that does not"));
    }
    let partial = with_end(to, PARTIAL);
    // What a copy that was broken off has left.
    drop(fs::remove_file(&partial));
    drop(place::open_private(&partial)?);
    let copied = copy_into(&database, &partial).and_then(|()| check(&partial));
    let done = copied.and_then(|()| {
        synced(&partial)?;
        fs::rename(&partial, to).map_err(|error| place::unusable(to, &error))?;
        let size = fs::metadata(to).map_err(|error| place::unusable(to, &error))?;
        Ok(size.len())
    });
    if done.is_err() {
        drop(fs::remove_file(&partial));
    }
    done
}

/// Puts a copy in the place of the database of a state directory; the database that was there stays beside it, under the
/// name that this returns.
///
/// # Errors
/// When newswatch works on the directory, or the copy is not whole or none of ours.
pub fn restore(state_dir: &Path, from: &Path) -> Result<Option<PathBuf>, StoreError> {
    place::look_for(from)?;
    check(from)?;
    place::make_private(state_dir)?;
    let _lock = lock::StateLock::take(state_dir)?;
    let database = state_dir.join(FILE_NAME);
    let partial = with_end(&database, PARTIAL);
    drop(fs::remove_file(&partial));
    drop(place::open_private(&partial)?);
    let failed = |error: io::Error| place::unusable(&partial, &error);
    fs::copy(from, &partial).map_err(failed)?;
    place::create_private(&partial)?;
    synced(&partial)?;
    let replaced = put_aside(&database)?;
    fs::rename(&partial, &database).map_err(failed)?;
    Ok(replaced)
}

fn copy_into(database: &Path, to: &Path) -> Result<(), StoreError> {
    let connection = opened(database)?;
    let target = to.display().to_string();
    let copied = connection.execute("VACUUM INTO ?1", [target]);
    copied.map(drop).map_err(|error| said(to, &error))
}

/// Makes sure that a file is a whole database that this newswatch knows.
fn check(file: &Path) -> Result<(), StoreError> {
    let connection = opened(file)?;
    let verdict: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(|error| said(file, &error))?;
    if verdict != "ok" {
        return Err(unusable(file, &format!("it is damaged: {verdict}")));
    }
    let found: i64 = connection
        .query_row("SELECT MAX(number) FROM schema_steps", [], |row| row.get(0))
        .map_err(|_| unusable(file, "it is no database of newswatch"))?;
    let known = schema::newest();
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    Ok(())
}

fn opened(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(file, flags)
        .or_else(|_| {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(file, flags)
        })
        .map_err(|error| said(file, &error))
}

/// Renames a database and the files beside it; nothing where there is none.
fn put_aside(database: &Path) -> Result<Option<PathBuf>, StoreError> {
    if !database.exists() {
        return Ok(None);
    }
    let mut number = 1;
    let aside = loop {
        let aside = with_end(database, &format!("{REPLACED}-{number}"));
        if !aside.exists() {
            break aside;
        }
        number += 1;
    };
    for end in BESIDE {
        let (from, to) = (beside(database, end), beside(&aside, end));
        if from.exists() {
            fs::rename(&from, &to).map_err(|error| place::unusable(&from, &error))?;
        }
    }
    fs::rename(database, &aside).map_err(|error| place::unusable(database, &error))?;
    Ok(Some(aside))
}

fn synced(file: &Path) -> Result<(), StoreError> {
    let synced = File::open(file).and_then(|file| file.sync_all());
    synced.map_err(|error| place::unusable(file, &error))
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    beside(file, &format!(".{end}"))
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn said(file: &Path, error: &rusqlite::Error) -> StoreError {
    let text = error.to_string();
    if text.contains("not a database") {
        return unusable(file, "it is no database of newswatch");
    }
    unusable(file, &text)
}

fn unusable(file: &Path, message: &str) -> StoreError {
    StoreError::Path {
        path: file.display().to_string(),
        message: message.to_owned(),
        kind: DatabaseFailure::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::super::Store;
    use super::*;

    #[tokio::test]
    async fn a_copy_made_while_the_store_is_open_comes_back_as_it_was() {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("state");
        let copy = home.path().join("copy.db");
        assert!(matches!(
            backup(&state, &copy),
            Err(StoreError::NoDatabase { .. })
        ));
        let store = Store::open(&state).await.unwrap();
        let name = store.installation(7).await.unwrap();
        backup(&state, &copy).unwrap();
        let mode = fs::metadata(&copy).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        assert!(backup(&state, &copy).is_err(), "nothing is written over");
        assert!(matches!(
            restore(&state, &copy),
            Err(StoreError::InUse { .. })
        ));
        drop(store);

        let other = home.path().join("other");
        let first = Store::open(&other).await.unwrap();
        first.installation(8).await.unwrap();
        drop(first);
        let replaced = restore(&other, &copy).unwrap();
        assert!(replaced.unwrap().exists());
        let restored = Store::open(&other).await.unwrap();
        assert_eq!(restored.installation(9).await.unwrap(), name);
    }

    #[test]
    fn what_is_no_copy_of_ours_is_not_restored() {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("state");
        let file = home.path().join("notes.txt");
        fs::write(&file, "not a database, whatever its name says").unwrap();
        let error = restore(&state, &file).unwrap_err().to_string();
        assert!(error.contains("no database of newswatch"), "{error}");
        let error = restore(&state, &home.path().join("missing")).unwrap_err();
        assert!(error.to_string().contains("missing"), "{error}");
        assert!(!state.exists());
    }
}
