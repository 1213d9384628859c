//! What was being read when the process died: a small file beside the database.
//!
//! A document that takes the whole process down (out of memory, a defect that cannot be caught) is claimed again at
//! the next start and would do so for ever. So each document is marked while it is read; what is found marked at a
//! start is read alone from then on, and one that was alone when the process died, twice, is set aside. A process
//! that is killed for another reason costs nobody an article: what is read to its end is trusted again.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// Deaths of the process, alone with a document, after which that one is set aside.
const DEATHS: u32 = 2;

/// The file's name, in the state directory.
const FILE: &str = "being-read.json";

/// Documents under suspicion that are remembered; more of them would mean that it is not the documents.
const MAX_SUSPECTS: usize = 1_000;

/// What is known of a document before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing speaks against it.
    Trusted,
    /// It was being read when the process died: it is read alone.
    Suspect,
    /// The process died twice while it was read alone: it is not read any more.
    SetAside,
}

/// The marks of what is being read.
#[derive(Debug, Default)]
pub struct Marks {
    /// Nothing for a store in memory, which no process outlives.
    path: Option<PathBuf>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// What is being read, and whether alone.
    being_read: Vec<(String, bool)>,
    /// How often the process died while each of these was read alone.
    suspects: BTreeMap<String, u32>,
}

impl Marks {
    /// Reads what an earlier process left in a state directory; what cannot be read counts as nothing.
    #[must_use]
    pub fn open(state_dir: &Path) -> Self {
        let path = state_dir.join(FILE);
        let mut kept: Kept = fs::read(&path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        for (document, was_alone) in std::mem::take(&mut kept.being_read) {
            if kept.suspects.len() < MAX_SUSPECTS {
                *kept.suspects.entry(document).or_default() += u32::from(was_alone);
            }
        }
        let marks = Self {
            path: Some(path),
            kept: Mutex::new(kept),
        };
        marks.change(|_| {});
        marks
    }

    /// What is known of a document.
    #[must_use]
    pub fn standing(&self, document: &str) -> Standing {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.suspects.get(document) {
            None => Standing::Trusted,
            Some(deaths) if *deaths >= DEATHS => Standing::SetAside,
            Some(_) => Standing::Suspect,
        }
    }

    /// The documents that are not read any more.
    #[must_use]
    pub fn set_aside(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let dead = kept
            .suspects
            .iter()
            .filter(|(_, deaths)| **deaths >= DEATHS);
        dead.map(|(document, _)| document.clone()).collect()
    }

    /// Marks a document before it is read.
    pub fn begin(&self, document: &str, is_alone: bool) {
        self.change(|kept| kept.being_read.push((document.to_owned(), is_alone)));
    }

    /// Takes the mark away: the process has outlived the reading, whatever came of it.
    pub fn end(&self, document: &str) {
        self.change(|kept| {
            let mark = kept.being_read.iter().position(|(it, _)| it == document);
            if let Some(mark) = mark {
                kept.being_read.swap_remove(mark);
            }
            kept.suspects.remove(document);
        });
    }

    /// Changes what is kept, in the file before anything else happens. It need not outlive the machine: a power cut is no
    /// document's fault. Where it cannot be written, reading goes on without.
    fn change(&self, change: impl FnOnce(&mut Kept)) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut kept);
        if let Some(path) = &self.path {
            write(path, &kept).ok();
        }
    }
}

fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let beside = path.with_extension("new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    // What another one put there in between is not followed and not written to.
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(&serde_json::to_vec(kept)?)?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_kills_is_read_alone_twice_and_then_set_aside() {
        let home = tempfile::tempdir().unwrap();
        Marks::open(home.path()).begin("killer", false);
        for _ in 0..2 {
            let marks = Marks::open(home.path());
            assert_eq!(marks.standing("killer"), Standing::Suspect);
            marks.begin("killer", true);
        }
        let marks = Marks::open(home.path());
        assert_eq!(marks.standing("killer"), Standing::SetAside);
        assert_eq!(marks.set_aside(), ["killer"]);
        assert_eq!(marks.standing("other"), Standing::Trusted);
    }

    #[test]
    fn a_random_kill_costs_nobody_an_article() {
        let home = tempfile::tempdir().unwrap();
        for _ in 0..10 {
            let marks = Marks::open(home.path());
            marks.begin("one", false);
            marks.begin("two", false);
        }
        let marks = Marks::open(home.path());
        assert_eq!(marks.standing("one"), Standing::Suspect);
        marks.begin("one", true);
        marks.end("one");
        assert_eq!(Marks::open(home.path()).standing("one"), Standing::Trusted);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_no_reason_not_to_start() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(FILE), "{\"being_read\": 7").unwrap();
        let marks = Marks::open(home.path());
        assert_eq!(marks.standing("a"), Standing::Trusted);
        assert_eq!(
            fs::read_to_string(home.path().join(FILE)).unwrap(),
            "{\"being_read\":[],\"suspects\":{}}"
        );
    }
}
