//! The desk: what came to receivers lately, what waits for them, when watches were told of, and what is silenced.

use super::tx::{Row, StoreError, Tx, Val};
use super::{json_rows, ms, timestamp};
use crate::domain::{
    Desk, Destination, Inquiry, Question, Reception, ReportId, Silence, Timestamp, WatchName,
};

/// Answers an inquiry.
pub(super) fn read(tx: &mut dyn Tx, inquiry: &Inquiry, now: Timestamp) -> Result<Desk, StoreError> {
    let mut desk = Desk {
        silences: silences(tx)?,
        ..Desk::default()
    };
    for watch in &inquiry.watches {
        let told = tx.first(
            "SELECT told_at FROM alerts WHERE watch = $1 ORDER BY raised_at DESC, seq DESC LIMIT 1",
            &[watch.0.as_str().into()],
        )?;
        if let Some(mut row) = told {
            desk.told_at.insert(watch.clone(), timestamp(&mut row)?);
        }
    }
    for question in &inquiry.receivers {
        let reception = reception(tx, question, now)?;
        desk.receptions
            .insert(question.destination.clone(), reception);
    }
    Ok(desk)
}

fn place(destination: &Destination) -> [Val; 2] {
    [
        destination.channel.0.as_str().into(),
        destination.recipient.as_deref().unwrap_or_default().into(),
    ]
}

/// What is known of a receiver.
pub(super) fn reception(
    tx: &mut dyn Tx,
    question: &Question,
    now: Timestamp,
) -> Result<Reception, StoreError> {
    let [channel, recipient] = place(&question.destination);
    let mut reception = Reception::default();
    for mut row in tx.rows(
        "SELECT bundle, MAX(not_before) FROM legs
         WHERE channel = $1 AND recipient = $2 AND state = 0 AND bundle > '' AND not_before > $3 GROUP BY bundle",
        &[channel.clone(), recipient.clone(), ms(now).into()],
    )? {
        let name = row.next_text()?;
        reception.open.insert(name, timestamp(&mut row)?);
    }
    if let Some((most, since)) = question.alerts {
        // Waiting in the line of another gate is no sign of a storm, but it is alerts all the same.
        reception.alerts = times(
            tx,
            "SELECT made_at FROM legs WHERE channel = $1 AND recipient = $2 AND made_at > $3
             ORDER BY made_at DESC LIMIT $4",
            &[
                channel.clone(),
                recipient.clone(),
                ms(since).into(),
                i64::from(most).into(),
            ],
        )?;
        let storm = tx.first(
            "SELECT storm_since, storm_until FROM receivers WHERE channel = $1 AND recipient = $2 AND storm_until > $3",
            &[channel.clone(), recipient.clone(), ms(now).into()],
        )?;
        if let Some(mut row) = storm {
            reception.storm = Some((timestamp(&mut row)?, timestamp(&mut row)?));
        }
    }
    if let Some((most, since)) = question.messages {
        for mut row in tx.rows(
            "SELECT created_at, urgency FROM deliveries WHERE channel = $1 AND recipient = $2 AND created_at > $3
             ORDER BY created_at DESC LIMIT $4",
            &[channel, recipient, ms(since).into(), i64::from(most).into()],
        )? {
            let at = timestamp(&mut row)?;
            reception.messages.push(at);
            if row.next_int()? == 0 {
                reception.urgent.push(at);
            }
        }
    }
    Ok(reception)
}

fn times(tx: &mut dyn Tx, sql: &str, values: &[Val; 4]) -> Result<Vec<Timestamp>, StoreError> {
    tx.rows(sql, values)?.iter_mut().map(timestamp).collect()
}

/// Stores what the decisions have noted.
pub(super) fn write(tx: &mut dyn Tx, desk: &Desk) -> Result<(), StoreError> {
    let storms = desk.receptions.iter().filter(|(_, it)| it.storm_is_new);
    for (destination, reception) in storms {
        let Some((since, until)) = reception.storm else {
            continue;
        };
        let [channel, recipient] = place(destination);
        tx.exec(
            "INSERT INTO receivers (channel, recipient, storm_since, storm_until) VALUES ($1, $2, $3, $4)
             ON CONFLICT (channel, recipient) DO UPDATE SET storm_since = excluded.storm_since,
                 storm_until = excluded.storm_until",
            &[channel, recipient, ms(since).into(), ms(until).into()],
        )?;
    }
    if !desk.silences_told.is_empty() {
        tx.exec(
            "UPDATE silences SET told = 1 WHERE id IN (SELECT CAST(value AS BIGINT) FROM {each $1})",
            &[super::json_ids(desk.silences_told.iter().copied())],
        )?;
    }
    Ok(())
}

/// Counts legs that silences have held.
pub(super) fn count_held(tx: &mut dyn Tx, held: &[i64]) -> Result<(), StoreError> {
    if held.is_empty() {
        return Ok(());
    }
    let rows = held.iter().map(|id| serde_json::json!([id])).collect();
    tx.exec(
        "UPDATE silences SET held = held + e.number
         FROM (SELECT CAST(value ->> 0 AS BIGINT) AS silence, COUNT(*) AS number FROM {each $1} GROUP BY 1) AS e
         WHERE silences.id = e.silence",
        &[json_rows(rows)],
    )?;
    Ok(())
}

/// The silences in force or to come, and those that have ended of which nobody has been told.
pub(super) fn silences(tx: &mut dyn Tx) -> Result<Vec<Silence>, StoreError> {
    tx.rows(
        "SELECT s.id, s.watch, s.feed, s.report_id, r.story_id, s.text, s.author, s.reason, s.starts_at, s.ends_at,
             s.held
         FROM silences s LEFT JOIN reports r ON r.id = s.report_id WHERE s.told = 0 ORDER BY s.id",
        &[],
    )?
    .iter_mut()
    .map(silence)
    .collect()
}

/// Reads a silence.
pub(super) fn silence(row: &mut Row) -> Result<Silence, StoreError> {
    Ok(Silence {
        id: row.next_int()?,
        watch: row.next_opt_text()?.map(WatchName),
        feed: row.next_opt_text()?,
        story: row.next_opt_int()?.map(ReportId),
        story_id: row.next_opt_int()?,
        text: row.next_opt_text()?,
        author: row.next_text()?,
        reason: row.next_text()?,
        from: timestamp(row)?,
        until: timestamp(row)?,
        held: u64::try_from(row.next_int()?).unwrap_or_default(),
    })
}
