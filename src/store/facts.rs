//! What is said beside the alerts of a digest and of a storm: where they come from, what is usual, what was held back, how
//! well the sources were read. Read in the transaction that makes the message.

use std::collections::BTreeMap;
use std::time::Duration;

use super::tx::{Row, StoreError, Tx, Val};
use super::{filled, json_rows, ms, opt_timestamp, timestamp};
use crate::domain::{
    AlertId, CoverageFacts, Destination, DigestFacts, FailingSource, HoldReason, Occasion,
    StormFacts, Timestamp,
};

/// The milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Days that tell what is usual, and how many spans of them have to be known.
const USUAL_DAYS: i64 = 28;
const LEAST_SPANS: usize = 7;

/// How long before a digest the one before it is looked for: weekends and holidays lie between.
const LAST_DIGEST: Duration = Duration::from_hours(14 * 24);

/// The feeds that fail, and the reasons why pages were not read, that are named at most.
const MOST_NAMED: i64 = 50;
const MOST_REASONS: usize = 5;

/// Watches of a storm of which it is said where their alerts come from.
const MOST_SOURCES: usize = 8;

/// Adds to what a message is about what the store knows of it.
pub(super) fn add(
    tx: &mut dyn Tx,
    destination: &Destination,
    alerts: &[AlertId],
    occasion: &mut Occasion,
    now: Timestamp,
) -> Result<(), StoreError> {
    match occasion {
        Occasion::Digest(facts) => digest(tx, destination, alerts, facts, now),
        Occasion::Storm(facts) => storm(tx, alerts, facts, now),
        Occasion::Alert
        | Occasion::Group
        | Occasion::Update(_)
        | Occasion::Spike(_)
        | Occasion::Health(_)
        | Occasion::Heartbeat(_) => Ok(()),
    }
}

fn ids(alerts: &[AlertId]) -> Val {
    let rows = alerts.iter().map(|alert| serde_json::json!([alert.0]));
    json_rows(rows.collect())
}

fn digest(
    tx: &mut dyn Tx,
    destination: &Destination,
    alerts: &[AlertId],
    facts: &mut DigestFacts,
    now: Timestamp,
) -> Result<(), StoreError> {
    let until = facts.until.unwrap_or(now);
    let from = match begins(tx, destination, alerts, facts, until)? {
        Some(from) => from,
        None if facts.is_whole => until
            .checked_sub(Duration::from_hours(24))
            .unwrap_or(Timestamp::MIN),
        None => return Ok(()),
    };
    facts.from = Some(from);
    if !facts.is_whole {
        return Ok(());
    }
    let span = Span {
        from: ms(from),
        until: ms(until),
    };
    for theme in &mut facts.themes {
        theme.usual = usual(tx, &theme.watch, None, &span)?;
    }
    facts.sent_at_once = sent_at_once(tx, destination, &span)?;
    facts.held = held(tx, destination, facts, &span)?;
    facts.coverage = Some(coverage(tx, &span)?);
    Ok(())
}

/// A time from which on something is counted, and until when, in milliseconds.
struct Span {
    from: i64,
    until: i64,
}

/// When what a digest tells begins: where the last one for this receiver ended, else with its first alert.
fn begins(
    tx: &mut dyn Tx,
    destination: &Destination,
    alerts: &[AlertId],
    facts: &DigestFacts,
    until: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    if facts.is_whole {
        let [channel, recipient] = place(destination);
        let since = until.checked_sub(LAST_DIGEST).unwrap_or(Timestamp::MIN);
        let last = tx.first(
            "SELECT created_at FROM deliveries WHERE channel = $1 AND recipient = $2 AND created_at >= $3
                 AND created_at < $4 AND occasion LIKE '{\"kind\":\"digest\"%' AND occasion LIKE '%\"is_whole\":true%'
             ORDER BY created_at DESC LIMIT 1",
            &[channel, recipient, ms(since).into(), ms(until).into()],
        )?;
        if let Some(mut row) = last {
            return timestamp(&mut row).map(Some);
        }
    }
    let first = tx.first(
        "SELECT MIN(raised_at) FROM alerts WHERE id IN (SELECT e.value ->> 0 FROM {each $1} AS e)",
        &[ids(alerts)],
    )?;
    let first = first.map(|mut row| opt_timestamp(&mut row)).transpose()?;
    Ok(first.flatten())
}

fn place(destination: &Destination) -> [Val; 2] {
    [
        destination.channel.0.as_str().into(),
        destination.recipient.as_deref().unwrap_or_default().into(),
    ]
}

/// How many alerts of a watch are usual in such a span, of one feed or of all: the median of the same hours of the days
/// before. Absent where too little is known.
fn usual(
    tx: &mut dyn Tx,
    watch: &str,
    feed: Option<i64>,
    span: &Span,
) -> Result<Option<f64>, StoreError> {
    let length = (span.until - span.from).max(1);
    let step = (length + DAY_MS - 1) / DAY_MS * DAY_MS;
    let spans = USUAL_DAYS * DAY_MS / step;
    let begin = span.from - spans * step;
    let first = tx.first(
        "SELECT raised_at FROM alerts WHERE watch = $1 ORDER BY raised_at, seq LIMIT 1",
        &[watch.into()],
    )?;
    let Some(first) = first.map(|mut row| row.next_int()).transpose()? else {
        return Ok(None);
    };
    // Before its first alert a watch may not have been there.
    let unknown = ((first - begin).max(0) + step - 1) / step;
    let known = usize::try_from(spans - unknown).unwrap_or_default();
    if known < LEAST_SPANS {
        return Ok(None);
    }
    let mut values: Vec<Val> = vec![
        begin.into(),
        step.into(),
        watch.into(),
        span.from.into(),
        length.into(),
    ];
    let sql = if let Some(feed) = feed {
        values.push(feed.into());
        "SELECT (a.raised_at - $1) / $2, COUNT(*) FROM alerts a JOIN entries e ON e.id = a.entry_id
         WHERE a.watch = $3 AND a.raised_at >= $1 AND a.raised_at < $4 AND (a.raised_at - $1) % $2 < $5
             AND e.feed_id = $6 GROUP BY 1"
    } else {
        "SELECT (a.raised_at - $1) / $2, COUNT(*) FROM alerts a
         WHERE a.watch = $3 AND a.raised_at >= $1 AND a.raised_at < $4 AND (a.raised_at - $1) % $2 < $5 GROUP BY 1"
    };
    let mut counts = vec![0_u32; known];
    for row in &mut tx.rows(sql, &values)? {
        let place = usize::try_from(row.next_int()? - unknown).ok();
        let count = super::count(row)?;
        if let Some(known) = place.and_then(|place| counts.get_mut(place)) {
            *known = count;
        }
    }
    Ok(Some(median(counts)))
}

fn median(mut counts: Vec<u32>) -> f64 {
    counts.sort_unstable();
    let middle = counts.len() / 2;
    let at = |place: usize| f64::from(counts.get(place).copied().unwrap_or_default());
    if counts.len().is_multiple_of(2) {
        f64::midpoint(at(middle.saturating_sub(1)), at(middle))
    } else {
        at(middle)
    }
}

/// Alerts of the span that this receiver got without waiting for the digest.
fn sent_at_once(
    tx: &mut dyn Tx,
    destination: &Destination,
    span: &Span,
) -> Result<u64, StoreError> {
    let [channel, recipient] = place(destination);
    let count = tx.number(
        "SELECT COUNT(*) FROM legs WHERE channel = $1 AND recipient = $2 AND made_at >= $3 AND made_at < $4
             AND state = 1 AND bundle NOT LIKE 'digest%'",
        &[channel, recipient, span.from.into(), span.until.into()],
    )?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// What was held back of what this receiver might have had, by why.
fn held(
    tx: &mut dyn Tx,
    destination: &Destination,
    facts: &DigestFacts,
    span: &Span,
) -> Result<Vec<(String, u64)>, StoreError> {
    let watches = facts
        .themes
        .iter()
        .map(|theme| serde_json::json!([theme.watch]));
    let [channel, recipient] = place(destination);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (sql, values) in [
        (
            "SELECT reason, COUNT(*) FROM held
             WHERE watch IN (SELECT e.value ->> 0 FROM {each $1} AS e) AND held_at >= $2 AND held_at < $3
             GROUP BY reason",
            vec![json_rows(watches.collect()), span.from.into(), span.until.into()],
        ),
        (
            "SELECT COALESCE(reason, ''), COUNT(*) FROM legs
             WHERE channel = $1 AND recipient = $2 AND made_at >= $3 AND made_at < $4 AND state = 2 GROUP BY 1",
            vec![channel, recipient, span.from.into(), span.until.into()],
        ),
    ] {
        for row in &mut tx.rows(sql, &values)? {
            let reason = row.next_text()?;
            let count = u64::try_from(row.next_int()?).unwrap_or_default();
            *counts.entry(reason).or_default() += count;
        }
    }
    let mut held: Vec<(String, u64)> = counts
        .into_iter()
        .map(|(reason, count)| (HoldReason::counted_as(&reason).to_owned(), count))
        .collect();
    held.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(held)
}

/// How well the sources were read in the span.
fn coverage(tx: &mut dyn Tx, span: &Span) -> Result<CoverageFacts, StoreError> {
    let sources = tx.number("SELECT COUNT(*) FROM polls WHERE active = 1", &[])?;
    let failing = tx
        .rows(
            "SELECT COALESCE(f.name, f.title, f.url), COALESCE(p.error, ''), p.failing_since
             FROM polls p JOIN feeds f ON f.id = p.feed_id
             WHERE p.active = 1 AND p.failures > 0 ORDER BY p.failing_since, f.id LIMIT $1",
            &[MOST_NAMED.into()],
        )?
        .iter_mut()
        .map(failing_source)
        .collect::<Result<Vec<_>, _>>()?;
    let in_full = tx.number(
        "SELECT COUNT(*) FROM articles
         WHERE scraped_at >= $1 AND scraped_at < $2 AND from_page = 1 AND page_problem IS NULL",
        &[span.from.into(), span.until.into()],
    )?;
    let summary_only = tx
        .rows(
            "SELECT COALESCE(page_problem, ''), COUNT(*) FROM articles
             WHERE scraped_at >= $1 AND scraped_at < $2 AND (from_page <> 1 OR page_problem IS NOT NULL)
             GROUP BY 1 ORDER BY 2 DESC, 1",
            &[span.from.into(), span.until.into()],
        )?
        .iter_mut()
        .map(|row| {
            let reason = filled(row.next_text()?);
            let reason = reason.unwrap_or_else(|| "no page was asked for".to_owned());
            Ok((reason, u64::try_from(row.next_int()?).unwrap_or_default()))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(CoverageFacts {
        sources: u64::try_from(sources).unwrap_or_default(),
        failing,
        in_full: u64::try_from(in_full).unwrap_or_default(),
        summary_only: most_frequent(summary_only),
    })
}

fn failing_source(row: &mut Row) -> Result<FailingSource, StoreError> {
    Ok(FailingSource {
        name: row.next_text()?,
        reason: row.next_text()?,
        since: opt_timestamp(row)?,
    })
}

/// The most frequent reasons; the others are counted together.
fn most_frequent(mut reasons: Vec<(String, u64)>) -> Vec<(String, u64)> {
    if reasons.len() > MOST_REASONS {
        let others: u64 = reasons
            .iter()
            .skip(MOST_REASONS - 1)
            .map(|(_, count)| count)
            .sum();
        reasons.truncate(MOST_REASONS - 1);
        reasons.push(("for other reasons".to_owned(), others));
    }
    reasons
}

/// A watch with the feed that most of its alerts are from.
struct FromFeed {
    watch: String,
    feed: i64,
    name: String,
    alerts: u64,
}

fn storm(
    tx: &mut dyn Tx,
    alerts: &[AlertId],
    facts: &mut StormFacts,
    now: Timestamp,
) -> Result<(), StoreError> {
    let feeds = by_feed(tx, alerts)?;
    let until = ms(facts.from.unwrap_or(now));
    // The days before the storm.
    let day = Span {
        from: until,
        until: until.saturating_add(DAY_MS),
    };
    for source in facts.sources.iter_mut().take(MOST_SOURCES) {
        source.usual_a_day = usual(tx, &source.watch, None, &day)?;
        let most = feeds.iter().find(|one| one.watch == source.watch);
        if let Some(most) = most {
            let usual = usual(tx, &source.watch, Some(most.feed), &day)?;
            source.feed = Some((most.name.clone(), most.alerts, usual));
        }
    }
    facts.cause = cause(tx, alerts, facts, now)?;
    Ok(())
}

/// Of which feeds the alerts are, for each watch those with the most first.
fn by_feed(tx: &mut dyn Tx, alerts: &[AlertId]) -> Result<Vec<FromFeed>, StoreError> {
    tx.rows(
        "SELECT a.watch, f.id, COALESCE(f.name, f.title, f.url), COUNT(*)
         FROM alerts a JOIN entries e ON e.id = a.entry_id JOIN feeds f ON f.id = e.feed_id
         WHERE a.id IN (SELECT n.value ->> 0 FROM {each $1} AS n) GROUP BY 1, 2, 3 ORDER BY 4 DESC, 2",
        &[ids(alerts)],
    )?
    .iter_mut()
    .map(|row| {
        Ok(FromFeed {
            watch: row.next_text()?,
            feed: row.next_int()?,
            name: row.next_text()?,
            alerts: u64::try_from(row.next_int()?).unwrap_or_default(),
        })
    })
    .collect()
}

/// What a storm looks like, where four of five alerts say the same: articles of long ago, or one story.
fn cause(
    tx: &mut dyn Tx,
    alerts: &[AlertId],
    facts: &StormFacts,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let most = facts.alerts.max(1) * 4 / 5;
    let is_most = |count: i64| u64::try_from(count).is_ok_and(|count| count >= most.max(1));
    let old = ms(now).saturating_sub(OLD_MS);
    let count = tx.number(
        "SELECT COUNT(*) FROM alerts
         WHERE id IN (SELECT e.value ->> 0 FROM {each $1} AS e) AND published_at < $2",
        &[ids(alerts), old.into()],
    )?;
    if is_most(count) {
        return Ok(Some(format!(
            "{count} of these articles are older than two days: it looks as if an archive was published anew."
        )));
    }
    let story = tx.first(
        "SELECT s.title, COUNT(*) FROM alerts a JOIN reports r ON r.id = a.report_id JOIN stories s ON s.id = r.story_id
         WHERE a.id IN (SELECT n.value ->> 0 FROM {each $1} AS n) GROUP BY s.id, s.title ORDER BY 2 DESC LIMIT 1",
        &[ids(alerts)],
    )?;
    let Some(mut story) = story else {
        return Ok(None);
    };
    let (title, count) = (story.next_text()?, story.next_int()?);
    Ok(is_most(count).then(|| format!("{count} of these alerts are of one story: “{title}”.")))
}

/// Articles older than this are no news, in milliseconds.
const OLD_MS: i64 = 2 * DAY_MS;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_two() {
        assert!((median(vec![9, 1, 3]) - 3.0).abs() < f64::EPSILON);
        assert!((median(vec![4, 1, 9, 3]) - 3.5).abs() < f64::EPSILON);
        assert!(median(Vec::new()).abs() < f64::EPSILON);
    }

    #[test]
    fn rare_reasons_are_counted_together() {
        let reasons = (1..=7_u64).rev().map(|count| (count.to_string(), count));
        let told = most_frequent(reasons.collect());
        let expected = [
            ("7", 7),
            ("6", 6),
            ("5", 5),
            ("4", 4),
            ("for other reasons", 6),
        ];
        assert_eq!(told, expected.map(|(why, count)| (why.to_owned(), count)));
        let few = vec![("a".to_owned(), 2), ("b".to_owned(), 1)];
        assert_eq!(most_frequent(few.clone()), few);
    }
}
