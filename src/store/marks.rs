//! What was being read when the process died: two small files beside the database.
//!
//! A document that takes the whole process down (out of memory, a defect that cannot be caught) is claimed again at
//! the next start and would do so for ever. So each document is marked while it is read; what is found marked at a
//! start is read alone from then on, and one that was alone when the process died, twice, is set aside. A process
//! that is killed for another reason costs nobody an article: what is read to its end is trusted again. What stands in
//! the place of a document that was set aside, a feed that has published since, is tried once a day.
//!
//! A mark is one record of fixed length in a file that stays open: it costs one write into the memory of the system,
//! which outlives the process. It need not outlive the machine: a power cut is no document's fault.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::place;
use crate::domain::{TextHash, Timestamp};

/// Deaths of the process, alone with a document, after which that one is set aside.
const DEATHS: u32 = 2;

/// The time between two tries of a place whose documents killed: whoever builds them kills at most so often.
const BETWEEN_TRIES: SignedDuration = SignedDuration::from_hours(24);

/// The file of what is being read, in the state directory.
const BEING_READ: &str = "being-read";

/// The file of how often the process died with each document, in the state directory.
const SUSPECTS: &str = "suspects.json";

/// The beginning of the names of empty files that ask for a document to be read again.
const AGAIN: &str = "read-again-";

/// Documents under suspicion that are remembered; more of them would mean that it is not the documents.
const MAX_SUSPECTS: usize = 1_000;

/// The bytes of one mark. None crosses a page of memory, so that none is found half written.
const RECORD_BYTES: usize = 512;

/// The bytes of what a record says of the content: two numbers of sixteen hexadecimal digits.
const CONTENT_BYTES: usize = 32;

/// The bytes of a document's name: a record without its first and last byte, and without what is said of the content.
const MAX_NAME_BYTES: usize = RECORD_BYTES - 2 - CONTENT_BYTES;

/// How a record begins that marks nothing.
const FREE: u8 = b' ';

/// How a record begins of a document that is read beside others.
const READ: u8 = b'r';

/// How a record begins of a document that is read alone.
const ALONE: u8 = b'a';

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
    /// The state directory; nothing for a store in memory, which no process outlives.
    home: Option<PathBuf>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Nothing where it cannot be written: reading goes on without.
    file: Option<File>,
    /// Which records of the file are in use.
    in_use: Vec<bool>,
    suspects: Suspects,
}

/// A document as it is about to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<'a> {
    /// Its name.
    pub document: &'a str,
    /// What it holds; the same for one whose content does not count.
    pub content: TextHash,
    /// The time.
    pub at: Timestamp,
}

/// What is remembered of a document that was being read when the process died.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Suspect {
    /// How often the process died while it was read alone.
    deaths: u32,
    /// What it held then.
    content: i64,
    /// When it was read then, in milliseconds from 1970.
    read_at: i64,
}

impl Suspect {
    /// Whether something else stands in its place, which may be tried.
    fn is_followed_by(self, next: &Reading<'_>) -> bool {
        let since = next.at.as_millisecond().saturating_sub(self.read_at);
        self.content != next.content.0 && i128::from(since) >= BETWEEN_TRIES.as_millis()
    }
}

type Suspects = BTreeMap<String, Suspect>;

/// The mark of one document; the place of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record(usize);

impl Marks {
    /// Reads what an earlier process left in a state directory; what cannot be read counts as nothing.
    #[must_use]
    pub fn open(state_dir: &Path) -> Self {
        let mut suspects = suspects(state_dir);
        let left = fs::read(state_dir.join(BEING_READ)).unwrap_or_default();
        for (document, was_alone, suspect) in records(&left) {
            if suspects.contains_key(&document) || suspects.len() < MAX_SUSPECTS {
                let known = suspects.entry(document).or_default();
                let deaths = known.deaths + u32::from(was_alone);
                *known = Suspect { deaths, ..suspect };
            }
        }
        // The deaths are on disk before the marks that tell of them are gone.
        let file = write(state_dir, &suspects)
            .and_then(|()| emptied(&state_dir.join(BEING_READ)))
            .ok();
        let kept = Kept {
            file,
            in_use: Vec::new(),
            suspects,
        };
        Self {
            home: Some(state_dir.to_owned()),
            kept: Mutex::new(kept),
        }
    }

    /// Whether nothing is known of any document: nearly always.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.lock().suspects.is_empty()
    }

    /// What is known of a document. One that is set aside gets one more try when it was asked for again, or when something
    /// else stands in its place.
    #[must_use]
    pub fn standing(&self, reading: &Reading<'_>) -> Standing {
        let mut kept = self.lock();
        let name = name(reading.document);
        let suspect = match kept.suspects.get(&name) {
            None => return Standing::Trusted,
            Some(suspect) if suspect.deaths < DEATHS => return Standing::Suspect,
            Some(suspect) => *suspect,
        };
        // Who asks cannot reach into this process: it leaves a file.
        let asked = |home: &PathBuf| fs::remove_file(home.join(asking(&name))).is_ok();
        if !self.home.as_ref().is_some_and(asked) && !suspect.is_followed_by(reading) {
            return Standing::SetAside;
        }
        let deaths = DEATHS - 1;
        kept.suspects.insert(name, Suspect { deaths, ..suspect });
        self.save(&kept);
        Standing::Suspect
    }

    /// The documents that are not read any more.
    #[must_use]
    pub fn set_aside(&self) -> Vec<String> {
        dead(&self.lock().suspects)
    }

    /// Marks a document before it is read.
    pub fn begin(&self, reading: &Reading<'_>, is_alone: bool) -> Record {
        let mut kept = self.lock();
        let free = kept.in_use.iter().position(|in_use| !in_use);
        let place = free.unwrap_or(kept.in_use.len());
        match kept.in_use.get_mut(place) {
            Some(in_use) => *in_use = true,
            None => kept.in_use.push(true),
        }
        if let Some(file) = &kept.file {
            file.write_all_at(&record(reading, is_alone), offset(place))
                .ok();
        }
        Record(place)
    }

    /// Takes the mark away: the process has outlived the reading, whatever came of it.
    pub fn end(&self, mark: Record, document: &str) {
        let mut kept = self.lock();
        if let Some(file) = &kept.file {
            file.write_all_at(&[FREE], offset(mark.0)).ok();
        }
        if let Some(in_use) = kept.in_use.get_mut(mark.0) {
            *in_use = false;
        }
        if !kept.suspects.is_empty() && kept.suspects.remove(&name(document)).is_some() {
            self.save(&kept);
        }
    }

    fn save(&self, kept: &Kept) {
        if let Some(home) = &self.home {
            write(home, &kept.suspects).ok();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The documents that are not read any more, for a process beside the one that reads.
#[must_use]
pub fn documents_set_aside(state_dir: &Path) -> Vec<String> {
    dead(&suspects(state_dir))
}

/// Asks the process that reads, or the next one, to read a document again that is set aside.
///
/// # Errors
/// When the state directory cannot be written to.
pub fn ask_again(state_dir: &Path, document: &str) -> io::Result<()> {
    let place = state_dir.join(asking(&name(document)));
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(place);
    match made {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        // It was asked for before.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn asking(name: &str) -> String {
    format!("{AGAIN}{:016x}", TextHash::of(name).0)
}

fn dead(suspects: &Suspects) -> Vec<String> {
    let dead = suspects
        .iter()
        .filter(|(_, suspect)| suspect.deaths >= DEATHS);
    dead.map(|(document, _)| document.clone()).collect()
}

/// A document's name as it fits a record: a long one is cut, and stays different from its like by its hash.
fn name(document: &str) -> String {
    let line = document.replace(char::is_control, " ");
    let line = line.trim();
    if line.len() <= MAX_NAME_BYTES {
        return line.to_owned();
    }
    let hash = format!("… {:016x}", TextHash::of(line).0);
    let end = line.floor_char_boundary(MAX_NAME_BYTES - hash.len());
    format!("{}{hash}", line.get(..end).unwrap_or_default())
}

fn record(reading: &Reading<'_>, is_alone: bool) -> Vec<u8> {
    let (content, at) = (reading.content.0, reading.at.as_millisecond());
    let mut record = vec![if is_alone { ALONE } else { READ }];
    record.extend_from_slice(format!("{content:016x}{at:016x}").as_bytes());
    record.extend_from_slice(name(reading.document).as_bytes());
    record.resize(RECORD_BYTES - 1, b' ');
    record.push(b'\n');
    record
}

/// The documents of a file of records, whether each was read alone, and what it was.
fn records(bytes: &[u8]) -> impl Iterator<Item = (String, bool, Suspect)> + '_ {
    bytes.chunks_exact(RECORD_BYTES).filter_map(|record| {
        let (first, rest) = record.split_first()?;
        let was_alone = match *first {
            READ => false,
            ALONE => true,
            _ => return None,
        };
        let (numbers, document) = std::str::from_utf8(rest)
            .ok()?
            .split_at_checked(CONTENT_BYTES)?;
        let (content, at) = numbers.split_at_checked(CONTENT_BYTES / 2)?;
        let number = |digits| u64::from_str_radix(digits, 16).ok().map(u64::cast_signed);
        let suspect = Suspect {
            deaths: 0,
            content: number(content)?,
            read_at: number(at)?,
        };
        Some((document.trim().to_owned(), was_alone, suspect))
    })
}

fn offset(place: usize) -> u64 {
    u64::try_from(place * RECORD_BYTES).unwrap_or(u64::MAX)
}

fn emptied(path: &Path) -> io::Result<File> {
    let file = place::open_private(path).map_err(io::Error::other)?;
    file.set_len(0)?;
    Ok(file)
}

fn suspects(state_dir: &Path) -> Suspects {
    fs::read(state_dir.join(SUSPECTS))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn write(state_dir: &Path, suspects: &Suspects) -> io::Result<()> {
    let path = state_dir.join(SUSPECTS);
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
    file.write_all(&serde_json::to_vec(suspects)?)?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(document: &str) -> Reading<'_> {
        Reading {
            document,
            content: TextHash(-7),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_document_that_kills_is_read_alone_twice_and_then_set_aside() {
        let home = tempfile::tempdir().unwrap();
        Marks::open(home.path()).begin(&reading("killer"), false);
        for _ in 0..2 {
            let marks = Marks::open(home.path());
            assert_eq!(marks.standing(&reading("killer")), Standing::Suspect);
            marks.begin(&reading("killer"), true);
        }
        let marks = Marks::open(home.path());
        assert_eq!(marks.standing(&reading("killer")), Standing::SetAside);
        assert_eq!(marks.set_aside(), ["killer"]);
        assert_eq!(documents_set_aside(home.path()), ["killer"]);
        assert_eq!(marks.standing(&reading("other")), Standing::Trusted);
    }

    #[test]
    fn what_is_set_aside_and_asked_for_again_gets_one_more_try() {
        let home = tempfile::tempdir().unwrap();
        let deadly = Suspects::from([(
            "killer".to_owned(),
            Suspect {
                deaths: DEATHS,
                ..Suspect::default()
            },
        )]);
        write(home.path(), &deadly).unwrap();
        let marks = Marks::open(home.path());
        assert_eq!(marks.standing(&reading("killer")), Standing::SetAside);
        ask_again(home.path(), "killer").unwrap();
        ask_again(home.path(), "killer").unwrap();
        assert_eq!(marks.standing(&reading("killer")), Standing::Suspect);
        marks.begin(&reading("killer"), true);
        let marks = Marks::open(home.path());
        assert_eq!(
            marks.standing(&reading("killer")),
            Standing::SetAside,
            "it died of it"
        );
        ask_again(home.path(), "killer").unwrap();
        assert_eq!(marks.standing(&reading("killer")), Standing::Suspect);
        let mark = marks.begin(&reading("killer"), true);
        marks.end(mark, "killer");
        assert_eq!(marks.standing(&reading("killer")), Standing::Trusted);
        assert_eq!(documents_set_aside(home.path()), [""; 0]);
    }

    #[test]
    fn what_follows_in_the_place_of_a_killer_is_tried_once_a_day() {
        let home = tempfile::tempdir().unwrap();
        for is_alone in [false, true, true] {
            Marks::open(home.path()).begin(&reading("feed"), is_alone);
        }
        let later = |hours: i64, content: i64| Reading {
            document: "feed",
            content: TextHash(content),
            at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours),
        };
        let marks = Marks::open(home.path());
        let too_early = marks.standing(&later(23, 1));
        assert_eq!(too_early, Standing::SetAside, "within a day");
        let the_same = marks.standing(&later(1_000, -7));
        assert_eq!(the_same, Standing::SetAside, "the same document");
        assert_eq!(marks.standing(&later(25, 1)), Standing::Suspect);
        marks.begin(&later(25, 1), true);
        let marks = Marks::open(home.path());
        let dead = marks.standing(&later(48, 2));
        assert_eq!(dead, Standing::SetAside, "it died of the next one too");
        assert_eq!(marks.standing(&later(49, 2)), Standing::Suspect);
        let mark = marks.begin(&later(49, 2), true);
        marks.end(mark, "feed");
        assert_eq!(marks.standing(&later(49, 3)), Standing::Trusted);
    }

    #[test]
    fn a_random_kill_costs_nobody_an_article() {
        let home = tempfile::tempdir().unwrap();
        for _ in 0..10 {
            let marks = Marks::open(home.path());
            marks.begin(&reading("one"), false);
            marks.begin(&reading("two"), false);
        }
        let marks = Marks::open(home.path());
        assert_eq!(marks.standing(&reading("one")), Standing::Suspect);
        let mark = marks.begin(&reading("one"), true);
        marks.end(mark, "one");
        assert_eq!(
            Marks::open(home.path()).standing(&reading("one")),
            Standing::Trusted
        );
    }

    #[test]
    fn what_was_read_to_its_end_leaves_no_mark_whatever_ended_before_it() {
        let home = tempfile::tempdir().unwrap();
        let marks = Marks::open(home.path());
        let [one, two, three] =
            ["one", "two", "three"].map(|name| marks.begin(&reading(name), false));
        marks.end(two, "two");
        let four = marks.begin(&reading("four"), false);
        assert_eq!(four, two, "its place is free");
        marks.end(one, "one");
        marks.end(four, "four");
        let marks = Marks::open(home.path());
        assert_eq!(marks.standing(&reading("three")), Standing::Suspect);
        for name in ["one", "two", "four"] {
            assert_eq!(marks.standing(&reading(name)), Standing::Trusted, "{name}");
        }
        assert_eq!(three, Record(2));
    }

    #[test]
    fn long_names_of_any_script_stay_apart() {
        let home = tempfile::tempdir().unwrap();
        let [one, two] = ["1", "2"].map(|end| format!("{}\n{end}", "ộ".repeat(400)));
        Marks::open(home.path()).begin(&reading(&one), false);
        let marks = Marks::open(home.path());
        assert_eq!(marks.standing(&reading(&one)), Standing::Suspect);
        assert_eq!(marks.standing(&reading(&two)), Standing::Trusted);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_no_reason_not_to_start() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(SUSPECTS), "{\"a\": ").unwrap();
        fs::write(home.path().join(BEING_READ), [0xff; 2_000]).unwrap();
        let marks = Marks::open(home.path());
        assert_eq!(marks.standing(&reading("a")), Standing::Trusted);
        assert_eq!(suspects(home.path()), Suspects::new());
        let nowhere = Marks::open(&home.path().join("missing"));
        let mark = nowhere.begin(&reading("a"), false);
        nowhere.end(mark, "a");
    }
}
