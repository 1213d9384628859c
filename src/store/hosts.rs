//! Hosts: on which of their last pages each line stood.
//!
//! A page counts once, however often it is read and whoever announces it. The memory is bounded: pages of a host, lines of
//! a page and of a host, and hosts. What is past a bound is forgotten in the transaction that learns, so no stage has to
//! clean up behind it.

use super::tx::{Row, StoreError, Tx};
use super::{Store, json_ids, ms, timestamp};
use crate::domain::{HostMemory, HostRest, PageKey, PageLines, TextHash, Timestamp};

/// Pages of a host that are remembered: as many as a history has bits.
const PAGES: i64 = 64;

/// Pages after which a line is forgotten that has not come a second time: nine in ten lines are sentences of one article.
/// A line that stands on one page in five comes again within so many in all but 3 of 100 cases, and else a little later.
const PAGES_FOR_A_SECOND_TIME: i64 = 16;

/// Lines of a host that are remembered; what was seen least lately goes first. An article of thirty paragraphs makes for
/// some 550, so this bounds hosts with very long pages.
const MAX_LINES: i64 = 1_024;

/// At every so manieth page the lines of its host are forgotten that are too old or too many: each time all of them are
/// looked through, and those of seven pages more are no matter.
const FORGETS_LINES_EVERY: i64 = 8;

/// Hosts that are remembered; the one whose pages were not read for the longest goes first.
const MAX_HOSTS: i64 = 2_000;

impl Store {
    /// What is remembered of the host of a page, the page itself left out.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn host_memory(&self, page: PageKey) -> Result<HostMemory, StoreError> {
        self.read(move |tx| {
            let found = tx.first(
                "SELECT id, pages FROM page_hosts WHERE name = $1",
                &[page.host.as_str().into()],
            )?;
            let Some(mut row) = found else {
                return Ok(HostMemory::default());
            };
            let (host, pages) = (row.next_int()?, row.next_int()?);
            let others = other_pages(tx, host, pages, &page)?;
            let mut memory = HostMemory {
                other_pages: others.count_ones(),
                ..HostMemory::default()
            };
            // Most lines have stood on one page only.
            for mut row in tx.rows(
                "SELECT line, last_page, history FROM host_lines WHERE host_id = $1 AND history <> 1",
                &[host.into()],
            )? {
                let (line, last_page) = (TextHash(row.next_int()?), row.next_int()?);
                let history = shifted(row.next_int()?, pages - last_page) & others;
                memory.on_pages.insert(line, history.count_ones());
            }
            Ok(memory)
        })
        .await
    }
}

impl Store {
    /// Keeps which servers have asked to be left alone; those whose time is over are forgotten.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_rests(&self, rests: Vec<HostRest>, now: Timestamp) -> Result<(), StoreError> {
        self.write_lightly(move |tx| {
            tx.exec(
                "DELETE FROM host_rests WHERE until <= $1",
                &[ms(now).into()],
            )?;
            for rest in &rests {
                tx.exec(
                    "INSERT INTO host_rests (server, of_pages, until) VALUES ($1, $2, $3)
                     ON CONFLICT (server, of_pages) DO UPDATE SET until = excluded.until",
                    &[
                        rest.server.as_str().into(),
                        i64::from(rest.is_of_pages).into(),
                        ms(rest.until).into(),
                    ],
                )?;
            }
            Ok(())
        })
        .await
    }

    /// The servers that have asked to be left alone, and for which that still holds.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn rests(&self, now: Timestamp) -> Result<Vec<HostRest>, StoreError> {
        self.read(move |tx| {
            tx.rows(
                "SELECT server, of_pages, until FROM host_rests WHERE until > $1",
                &[ms(now).into()],
            )?
            .iter_mut()
            .map(|row| {
                Ok(HostRest {
                    server: row.next_text()?,
                    is_of_pages: row.next_flag()?,
                    until: timestamp(row)?,
                })
            })
            .collect()
        })
        .await
    }
}

/// The pages of a host that are remembered and are not this one; bit n is the page n before the newest.
fn other_pages(tx: &mut dyn Tx, host: i64, pages: i64, page: &PageKey) -> Result<u64, StoreError> {
    let mut others = !shifted(-1, pages);
    for number in numbers_of(tx, host, page)? {
        others &= !shifted(1, pages - number);
    }
    Ok(others)
}

/// A history as it is seen from a page that was read so many pages later.
fn shifted(history: i64, pages: i64) -> u64 {
    u32::try_from(pages)
        .ok()
        .and_then(|pages| history.cast_unsigned().checked_shl(pages))
        .unwrap_or_default()
}

/// The numbers under which a page has been counted, as far back as pages are remembered: by its address, or as the same
/// article under another one.
fn numbers_of(tx: &mut dyn Tx, host: i64, page: &PageKey) -> Result<Vec<i64>, StoreError> {
    tx.rows(
        "SELECT number FROM host_pages WHERE host_id = $1 AND (address = $2 OR headline = $3)",
        &[
            host.into(),
            page.address.0.into(),
            page.headline.map(|headline| headline.0).into(),
        ],
    )?
    .iter_mut()
    .map(Row::next_int)
    .collect()
}

/// Remembers the lines of a page, unless the page has been counted before.
pub(super) fn learn(tx: &mut dyn Tx, page: &PageLines, now: Timestamp) -> Result<(), StoreError> {
    // A page without text tells nothing of the others.
    if page.lines().is_empty() {
        return Ok(());
    }
    let host = met(tx, &page.key().host, now)?;
    if !numbers_of(tx, host, page.key())?.is_empty() {
        return Ok(());
    }
    let number = counted(tx, host, page.key())?;
    let lines = page.lines().iter();
    tx.each(
        "INSERT INTO host_lines (host_id, line, last_page, history)
         {VALUES} CAST($1 AS BIGINT), {0 BIGINT}, CAST($2 AS BIGINT), 1 {END}
         ON CONFLICT (host_id, line) DO UPDATE SET
             history = CASE WHEN excluded.last_page - host_lines.last_page < $3
                 THEN (host_lines.history << CAST(excluded.last_page - host_lines.last_page AS INTEGER)) | 1
                 ELSE 1 END,
             last_page = excluded.last_page",
        &[host.into(), number.into(), PAGES.into()],
        lines.map(|line| serde_json::json!([line.0])).collect(),
    )?;
    forget_old(tx, host, number)
}

/// The id of a host of which a page is being read; a new one takes the place of the one not read for the longest.
fn met(tx: &mut dyn Tx, name: &str, now: Timestamp) -> Result<i64, StoreError> {
    let row = tx.first(
        "INSERT INTO page_hosts (name, pages, read_at) VALUES ($1, 0, $2)
         ON CONFLICT (name) DO UPDATE SET read_at = $2 RETURNING id, pages",
        &[name.into(), ms(now).into()],
    )?;
    let mut row = row.ok_or(StoreError::Shape {
        column: 0,
        wanted: "the host's id",
    })?;
    let (host, pages) = (row.next_int()?, row.next_int()?);
    if pages == 0 {
        forget_hosts(tx, host)?;
    }
    Ok(host)
}

fn forget_hosts(tx: &mut dyn Tx, newest: i64) -> Result<(), StoreError> {
    let number = tx.number("SELECT COUNT(*) FROM page_hosts", &[])?;
    if number <= MAX_HOSTS {
        return Ok(());
    }
    // One that another worker is learning of is not old any more.
    let old = tx
        .rows(
            "SELECT id FROM page_hosts WHERE id <> $1 ORDER BY read_at, id LIMIT $2 {SKIP_LOCKED}",
            &[newest.into(), (number - MAX_HOSTS).into()],
        )?
        .iter_mut()
        .map(Row::next_int)
        .collect::<Result<Vec<_>, _>>()?;
    let old = [json_ids(old)];
    for sql in [
        "DELETE FROM host_lines WHERE host_id IN (SELECT CAST(value AS BIGINT) FROM {each $1})",
        "DELETE FROM host_pages WHERE host_id IN (SELECT CAST(value AS BIGINT) FROM {each $1})",
        "DELETE FROM page_hosts WHERE id IN (SELECT CAST(value AS BIGINT) FROM {each $1})",
    ] {
        tx.exec(sql, &old)?;
    }
    Ok(())
}

/// Counts a page and returns its number.
fn counted(tx: &mut dyn Tx, host: i64, page: &PageKey) -> Result<i64, StoreError> {
    let number = tx.number(
        "UPDATE page_hosts SET pages = pages + 1 WHERE id = $1 RETURNING pages",
        &[host.into()],
    )?;
    tx.exec(
        "INSERT INTO host_pages (host_id, number, address, headline) VALUES ($1, $2, $3, $4)",
        &[
            host.into(),
            number.into(),
            page.address.0.into(),
            page.headline.map(|headline| headline.0).into(),
        ],
    )?;
    Ok(number)
}

/// Forgets the pages and lines of a host that are too old, and the lines that are too many.
fn forget_old(tx: &mut dyn Tx, host: i64, newest: i64) -> Result<(), StoreError> {
    tx.exec(
        "DELETE FROM host_pages WHERE host_id = $1 AND number <= $2",
        &[host.into(), (newest - PAGES).into()],
    )?;
    if newest % FORGETS_LINES_EVERY != 0 {
        return Ok(());
    }
    tx.exec(
        "DELETE FROM host_lines WHERE host_id = $1
             AND (last_page <= $2 OR history = 1 AND last_page <= $3)",
        &[
            host.into(),
            (newest - PAGES).into(),
            (newest - PAGES_FOR_A_SECOND_TIME).into(),
        ],
    )?;
    let lines = tx.number(
        "SELECT COUNT(*) FROM host_lines WHERE host_id = $1",
        &[host.into()],
    )?;
    if lines > MAX_LINES {
        tx.exec(
            "DELETE FROM host_lines WHERE host_id = $1 AND line IN (
                 SELECT line FROM host_lines WHERE host_id = $1 ORDER BY last_page, line LIMIT $2)",
            &[host.into(), (lines - MAX_LINES).into()],
        )?;
    }
    Ok(())
}
