//! Entries: each is taken in once, however often a feed shows it.
//!
//! What an entry may be is looked for by its keys, and judged by `domain::identity`.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::tx::{Row, StoreError, Tx, Val};
use super::{indexed, json_ids, json_rows, ms, slot};
use crate::domain::{
    Entry, EntryFacts, EntryKey, FeedId, Known, Place, Suspect, Timestamp, Trust, verdict,
};

/// How far an entry has come, as the schema numbers it; 2 is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    ToScrape = 0,
    ToFlag = 1,
    Seen = 3,
    /// Seen at the first poll, and to be read when nothing else is: it raises no alert.
    Backlog = 4,
}

impl From<State> for Val {
    fn from(state: State) -> Self {
        Self::Int(state as i64)
    }
}

/// The entries of one document, each with the state it gets if it is new, in the order of the document.
pub(super) type Shown<'a> = Vec<(&'a Entry, State)>;

/// An entry of the feed as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Which {
    /// Stored before, under this id.
    Stored(i64),
    /// New; its place among the new ones.
    New(usize),
}

/// Whose a key is.
#[derive(Debug, Clone, Copy)]
struct Owner {
    which: Which,
    /// Whether two different entries have had it.
    shared: bool,
}

/// What came of one document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Added {
    /// Entries that the feed has not shown before.
    pub(super) new: usize,
    /// Entries that it has.
    pub(super) known: usize,
}

/// Adds the entries that the feed has not shown before.
///
/// A known entry that comes with a new key (a regenerated guid, a moved link) is known by that one too. However many
/// entries there are, this takes six statements.
pub(super) fn add(
    tx: &mut dyn Tx,
    feed: FeedId,
    shown: &Shown<'_>,
    now: Timestamp,
) -> Result<Added, StoreError> {
    let shown: Vec<_> = shown
        .iter()
        .filter(|(entry, _)| !entry.keys.is_empty())
        .collect();
    if shown.is_empty() {
        return Ok(Added::default());
    }
    let entries: Vec<&Entry> = shown.iter().map(|(entry, _)| *entry).collect();
    let mut intake = Intake::of(tx, feed, &entries)?;
    let places = intake.judge(&entries);
    let grown: Vec<(i64, &Entry)> = places
        .iter()
        .zip(&entries)
        .filter(|(which, _)| intake.grown.contains(which))
        .filter_map(|(which, entry)| match which {
            Which::Stored(id) => Some((*id, *entry)),
            Which::New(_) => None,
        })
        .collect();
    let new: Vec<(&Entry, State)> = {
        let of = |place: &usize| shown.get(*place).map(|(entry, state)| (*entry, *state));
        intake.new.iter().filter_map(of).collect()
    };
    let keys = intake.first_keys(&entries);
    let ids = insert(tx, feed, &new, &keys, now)?;
    intake.learn(tx, feed, &ids)?;
    read_again(tx, &grown, now)?;
    let known: HashSet<Which> = places
        .into_iter()
        .filter(|which| matches!(which, Which::Stored(_)))
        .collect();
    Ok(Added {
        new: new.len(),
        known: known.len(),
    })
}

/// What is known of the entries of a document while they are judged.
struct Intake {
    owners: HashMap<String, Owner>,
    facts: HashMap<Which, EntryFacts>,
    /// Known entries that one of this document is.
    claimed: HashSet<Which>,
    /// The places in the document of those that are new.
    new: Vec<usize>,
    /// Keys that are new, or whose owner has changed.
    learned: HashSet<String>,
    /// Known entries whose facts have changed.
    changed: HashSet<Which>,
    /// Those of them that say something else: another headline, date or text.
    grown: HashSet<Which>,
}

impl Intake {
    fn of(tx: &mut dyn Tx, feed: FeedId, entries: &[&Entry]) -> Result<Self, StoreError> {
        let owners = owners(tx, feed, entries)?;
        let facts = stored_facts(tx, &owners)?;
        Ok(Self {
            owners,
            facts,
            claimed: HashSet::new(),
            new: Vec::new(),
            learned: HashSet::new(),
            changed: HashSet::new(),
            grown: HashSet::new(),
        })
    }

    /// Says of each entry which one it is.
    ///
    /// Those that are known by their guid come first, then those known by their address, then those known by headline
    /// and date alone: what another entry of the document is already, this one is not.
    fn judge(&mut self, entries: &[&Entry]) -> Vec<Which> {
        let mut which: Vec<Option<Which>> = vec![None; entries.len()];
        for least in [Known::Guid, Known::Address, Known::Moved] {
            for place in oldest_first(entries) {
                let (Some(entry), Some(slot)) = (entries.get(place), which.get_mut(place)) else {
                    continue;
                };
                if slot.is_none() {
                    *slot = self
                        .found(entry, least)
                        .inspect(|found| self.meet(*found, entry));
                }
            }
        }
        // What is left is new, unless it stands twice in the document.
        for place in oldest_first(entries) {
            let (Some(entry), Some(slot)) = (entries.get(place), which.get_mut(place)) else {
                continue;
            };
            if slot.is_none() {
                let found = self.found(entry, Known::Address).unwrap_or_else(|| {
                    self.new.push(place);
                    Which::New(self.new.len() - 1)
                });
                self.meet(found, entry);
                *slot = Some(found);
            }
        }
        which.into_iter().flatten().collect()
    }

    /// The known entry that this one is, by evidence of this strength at least.
    fn found(&self, entry: &Entry, least: Known) -> Option<Which> {
        let mut best: Option<(Known, Which)> = None;
        let mut seen = HashSet::new();
        for key in &entry.keys {
            let Some(owner) = self.owners.get(key.0.as_str()) else {
                continue;
            };
            if is_whole(key) {
                return Some(owner.which);
            }
            let Some(facts) = self
                .facts
                .get(&owner.which)
                .filter(|_| seen.insert(owner.which))
            else {
                continue;
            };
            let suspect = Suspect {
                facts,
                place: if self.claimed.contains(&owner.which) {
                    Place::Beside
                } else {
                    Place::Before
                },
                trust: self.trust(entry),
            };
            let is_bare = *facts == EntryFacts::default() && entry.facts == *facts;
            let known = if is_bare {
                Some(Known::Guid)
            } else {
                verdict(&entry.facts, &suspect)
            };
            if let Some(known) = known.filter(|known| *known >= least)
                && best.is_none_or(|(than, _)| known > than)
            {
                best = Some((known, owner.which));
            }
        }
        best.map(|(_, which)| which)
    }

    /// Which keys of an entry have never been those of two.
    fn trust(&self, entry: &Entry) -> Trust {
        let is_shared = |kind: &str| {
            entry.keys.iter().any(|key| {
                key.0
                    .strip_prefix(kind)
                    .is_some_and(|rest| rest.starts_with(':'))
                    && self
                        .owners
                        .get(key.0.as_str())
                        .is_some_and(|owner| owner.shared)
            })
        };
        Trust {
            guid: !entry.facts.guid.as_ref().is_some_and(|_| {
                entry.keys.first().is_some_and(|key| {
                    key.0.starts_with("guid:")
                        && self
                            .owners
                            .get(key.0.as_str())
                            .is_some_and(|owner| owner.shared)
                })
            }),
            link: !is_shared("link"),
            headline: !is_shared("link+title"),
            dated: !is_shared("title"),
        }
    }

    /// Notes that an entry of the document is this one: its keys are that one's now.
    fn meet(&mut self, which: Which, entry: &Entry) {
        self.claimed.insert(which);
        for key in &entry.keys {
            match self.owners.get_mut(key.0.as_str()) {
                Some(owner) if owner.which == which => {}
                Some(owner) => {
                    *owner = Owner {
                        which,
                        shared: true,
                    };
                    self.learned.insert(key.0.clone());
                }
                None => {
                    let owner = Owner {
                        which,
                        shared: false,
                    };
                    self.owners.insert(key.0.clone(), owner);
                    self.learned.insert(key.0.clone());
                }
            }
        }
        let known = self.facts.entry(which).or_default();
        if *known != entry.facts {
            if known.says_otherwise(&entry.facts) {
                self.grown.insert(which);
            }
            known.clone_from(&entry.facts);
            self.changed.insert(which);
        }
    }

    /// The key that each new entry is named by: the first that is its alone.
    fn first_keys(&self, entries: &[&Entry]) -> Vec<String> {
        self.new
            .iter()
            .enumerate()
            .filter_map(|(number, place)| {
                let entry = entries.get(*place)?;
                let is_own = |key: &&EntryKey| {
                    self.owners
                        .get(key.0.as_str())
                        .is_some_and(|owner| owner.which == Which::New(number) && !owner.shared)
                };
                let key = entry.keys.iter().find(is_own).or(entry.keys.last())?;
                Some(key.0.replace('\0', "\u{fffd}"))
            })
            .collect()
    }

    /// Stores the keys and facts that have changed.
    fn learn(&self, tx: &mut dyn Tx, feed: FeedId, ids: &[i64]) -> Result<(), StoreError> {
        let id_of = |which: Which| match which {
            Which::Stored(id) => Some(id),
            Which::New(place) => ids.get(place).copied(),
        };
        let rows: Vec<_> = self
            .learned
            .iter()
            .filter_map(|key| {
                let owner = self.owners.get(key)?;
                let id = id_of(owner.which)?;
                Some(serde_json::json!([key, id, i64::from(owner.shared)]))
            })
            .collect();
        if !rows.is_empty() {
            tx.each(
                "INSERT INTO entry_keys (feed_id, key, entry_id, shared)
                 {VALUES} CAST($1 AS BIGINT), {0}, {1 BIGINT}, {2 BIGINT} {END} ON CONFLICT (feed_id, key)
                 DO UPDATE SET entry_id = excluded.entry_id, shared = excluded.shared",
                &[feed.0.into()],
                rows,
            )?;
        }
        let rows: Vec<_> = self
            .changed
            .iter()
            .filter_map(|which| {
                let facts = serde_json::to_string(self.facts.get(which)?).ok()?;
                Some(serde_json::json!([id_of(*which)?, facts]))
            })
            .collect();
        if !rows.is_empty() {
            tx.each(
                "UPDATE entries SET facts = {1} {ROWS}
                 WHERE entries.id = {0 BIGINT}",
                &[],
                rows,
            )?;
        }
        Ok(())
    }
}

/// How often an entry is read again at most, because its feed has changed it.
pub(super) const MOST_REREADS: i64 = 6;

/// Bytes of texts from which on no further entry is stored by the same statement.
const BYTES_AT_ONCE: usize = 512 * 1024;

/// How long after it was found an entry is read again.
const READ_AGAIN_FOR: Duration = Duration::from_hours(72);

/// Has entries that say something else now be read and matched again: a stub grows into its story, a running report goes
/// on. What its watches were told of an entry is not told again.
fn read_again(tx: &mut dyn Tx, grown: &[(i64, &Entry)], now: Timestamp) -> Result<(), StoreError> {
    if grown.is_empty() {
        return Ok(());
    }
    let rows = grown.iter().map(|(id, entry)| {
        serde_json::json!([
            id,
            entry.title,
            entry.published.map(ms),
            entry.updated.map(ms),
            entry.summary,
            entry.content,
        ])
    });
    let earliest = now.checked_sub(READ_AGAIN_FOR).unwrap_or_default();
    let sql = format!(
        "UPDATE entries SET state = 0, scrapes = 0, page_at = 0, not_before = 0,
             rereads = entries.rereads + CASE WHEN entries.state = 2 THEN 1 ELSE 0 END,
             title = {{1}}, published_at = {{2 BIGINT}},
             updated_at = {{3 BIGINT}}, summary = {{4}}, content = {{5}}
         {{ROWS}}
         WHERE entries.id = {{0 BIGINT}} AND entries.found_at >= $1 AND entries.lease_until = 0
             AND (entries.state = 2 AND entries.rereads < {MOST_REREADS} OR entries.state = 0)"
    );
    tx.each(&sql, &[ms(earliest).into()], rows.collect())?;
    Ok(())
}

/// Whether a key says all that the feed says of an entry.
fn is_whole(key: &EntryKey) -> bool {
    key.0.starts_with("entry:")
}

/// The places of entries by their dates, the oldest first; where one has no date, feeds are taken to list the newest
/// first.
fn oldest_first(entries: &[&Entry]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..entries.len()).rev().collect();
    let date = |place: &usize| {
        entries
            .get(*place)
            .and_then(|entry| entry.published.or(entry.updated))
    };
    if places.iter().all(|place| date(place).is_some()) {
        places.sort_by_key(date);
    }
    places
}

/// Whether one of these keys has been that of an entry of the feed.
pub(super) fn knows_one_of(
    tx: &mut dyn Tx,
    feed: FeedId,
    keys: &[EntryKey],
) -> Result<bool, StoreError> {
    let rows = keys.iter().map(|key| serde_json::json!([key.0])).collect();
    let found = tx.first(
        "SELECT entry_id FROM entry_keys
         WHERE feed_id = $1 AND key IN (SELECT e.value ->> 0 FROM {each $2} AS e) LIMIT 1",
        &[feed.0.into(), json_rows(rows)],
    )?;
    Ok(found.is_some())
}

/// Whose the keys of the entries are, as far as the feed has shown them before.
fn owners(
    tx: &mut dyn Tx,
    feed: FeedId,
    entries: &[&Entry],
) -> Result<HashMap<String, Owner>, StoreError> {
    let keys = entries.iter().flat_map(|entry| &entry.keys);
    let rows = keys.map(|key| serde_json::json!([key.0])).collect();
    tx.rows(
        "SELECT key, entry_id, shared FROM entry_keys
         WHERE feed_id = $1 AND key IN (SELECT e.value ->> 0 FROM {each $2} AS e)",
        &[feed.0.into(), json_rows(rows)],
    )?
    .iter_mut()
    .map(|row| {
        let key = row.next_text()?;
        let owner = Owner {
            which: Which::Stored(row.next_int()?),
            shared: row.next_flag()?,
        };
        Ok((key, owner))
    })
    .collect()
}

/// What the entries that were found said of themselves.
fn stored_facts(
    tx: &mut dyn Tx,
    owners: &HashMap<String, Owner>,
) -> Result<HashMap<Which, EntryFacts>, StoreError> {
    let mut ids: Vec<i64> = owners
        .values()
        .filter_map(|owner| match owner.which {
            Which::Stored(id) => Some(id),
            Which::New(_) => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    tx.rows(
        "SELECT id, facts FROM entries WHERE id IN (SELECT CAST(value AS BIGINT) FROM {each $1})",
        &[json_ids(ids)],
    )?
    .iter_mut()
    .map(|row: &mut Row| {
        let id = row.next_int()?;
        let facts = row.next_opt_text()?;
        // What cannot be read, as what was stored before facts were, knows nothing.
        let facts = facts.and_then(|facts| serde_json::from_str(&facts).ok());
        Ok((Which::Stored(id), facts.unwrap_or_default()))
    })
    .collect()
}

/// Stores new entries in their order; returns their ids in the same order. What is bound at once is copied several times
/// on its way into the database, so it is bounded.
fn insert(
    tx: &mut dyn Tx,
    feed: FeedId,
    new: &[(&Entry, State)],
    keys: &[String],
    now: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    let mut ids = Vec::with_capacity(new.len());
    let (mut rows, mut bytes) = (Vec::new(), 0_usize);
    for ((entry, state), key) in new.iter().zip(keys) {
        rows.push((key, columns(rows.len(), entry, key, *state)));
        let texts = [&entry.summary, &entry.content];
        bytes += texts.into_iter().flatten().map(String::len).sum::<usize>();
        if bytes >= BYTES_AT_ONCE {
            ids.extend(insert_together(tx, feed, std::mem::take(&mut rows), now)?);
            bytes = 0;
        }
    }
    ids.extend(insert_together(tx, feed, rows, now)?);
    Ok(ids)
}

fn insert_together(
    tx: &mut dyn Tx,
    feed: FeedId,
    rows: Vec<(&String, serde_json::Value)>,
    now: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (keys, rows): (Vec<&String>, Vec<_>) = rows.into_iter().unzip();
    let mut stored = tx.rows(
        "INSERT INTO entries (feed_id, found_at, state, slot, key, title, link, published_at, updated_at, author,
             summary, content, lang, host)
         SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST(e.value ->> 11 AS BIGINT), CAST(e.value ->> 1 AS BIGINT),
             e.value ->> 2, e.value ->> 3, e.value ->> 4, CAST(e.value ->> 5 AS BIGINT),
             CAST(e.value ->> 6 AS BIGINT), e.value ->> 7, e.value ->> 8, e.value ->> 9, e.value ->> 10,
             e.value ->> 12
         FROM {each $3} AS e ORDER BY CAST(e.value ->> 0 AS BIGINT)
         RETURNING key, id",
        &[feed.0.into(), ms(now).into(), json_rows(rows)],
    )?;
    // RETURNING has no order; the key of a new entry is its alone.
    let ids = stored
        .iter_mut()
        .map(|row| Ok((row.next_text()?, row.next_int()?)))
        .collect::<Result<HashMap<_, _>, StoreError>>()?;
    let of = |key: &String| {
        ids.get(key).copied().ok_or(StoreError::Shape {
            column: 0,
            wanted: "the key of a new entry",
        })
    };
    keys.into_iter().map(of).collect()
}

fn columns(place: usize, entry: &Entry, key: &str, state: State) -> serde_json::Value {
    // What has only been seen will not be read again: its texts would fill the file for nothing.
    let keep = |text: &Option<String>| match state {
        State::Seen => None,
        State::ToScrape | State::ToFlag | State::Backlog => text.clone(),
    };
    serde_json::json!([
        place,
        slot(entry.link.as_ref()),
        key,
        entry.title,
        entry.link.as_ref().map(url::Url::as_str),
        entry.published.map(ms),
        entry.updated.map(ms),
        entry.author,
        keep(&entry.summary),
        keep(&entry.content),
        entry.lang,
        state as i64,
        host_of(entry.link.as_ref()),
    ])
}

/// The server that a link leads to: host and port, as two ports of one machine are two servers.
fn host_of(link: Option<&url::Url>) -> String {
    let host = link.and_then(|link| Some((link.host_str()?, link.port_or_known_default()?)));
    let whole = host.map(|(host, port)| format!("{host}:{port}"));
    whole.map(|host| indexed(&host)).unwrap_or_default()
}
