//! Legs: each alert's way to each receiver, from where it was raised to the delivery that takes it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::tx::{Row, StoreError, Tx};
use super::{Store, desk, facts, filled, json_rows, limit_of, ms};
use crate::domain::{
    AlertId, Bundle, Bundled, ChannelName, DeliveryId, Desk, Destination, Gathered, HoldReason,
    Occasion, Postponed, Priority, Question, Raised, Timestamp, WaitingLeg, WatchName,
};

impl Store {
    /// Makes deliveries of the legs that wait for nothing any more, as `bundle` puts them together from what `ask` has to
    /// know of each receiver; returns how many messages there are, and how many legs wait once more.
    ///
    /// Of a bundle all legs that are due are taken, however many they are.
    ///
    /// # Errors
    /// When the database refuses; then the legs wait.
    pub async fn gather(
        &self,
        ask: impl Fn(Destination) -> Question + Send + 'static,
        bundle: impl Fn(Vec<WaitingLeg>, &mut Desk) -> Gathered + Send + 'static,
        now: Timestamp,
        limit: usize,
    ) -> Result<(usize, usize), StoreError> {
        self.write(move |tx| {
            let legs = due(tx, now, limit)?;
            if legs.is_empty() {
                return Ok((0, 0));
            }
            let mut desk = Desk::default();
            let receivers: BTreeSet<Destination> =
                legs.iter().map(|leg| leg.destination.clone()).collect();
            for destination in receivers {
                let reception = desk::reception(tx, &ask(destination.clone()), now)?;
                desk.receptions.insert(destination, reception);
            }
            let mut gathered = bundle(legs, &mut desk);
            for message in &mut gathered.messages {
                let (to, alerts) = (&message.destination, &message.alerts);
                facts::add(tx, to, alerts, &mut message.occasion, now)?;
            }
            let urgent = urgent(tx, &gathered.messages)?;
            deliver(tx, &gathered.messages, &urgent, now)?;
            hand_over(tx, &gathered.messages)?;
            postpone(tx, &gathered.postponed)?;
            Ok((gathered.messages.len(), gathered.postponed.len()))
        })
        .await
    }

    /// Tells whether a leg waits for nothing any more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn has_legs_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        self.read(move |tx| {
            let found = tx.first(
                "SELECT 1 FROM legs WHERE state = 0 AND not_before <= $1 LIMIT 1",
                &[ms(now).into()],
            )?;
            Ok(found.is_some())
        })
        .await
    }
}

/// The columns that [`waiting_leg`] reads.
const COLUMNS: &str = "l.alert_id, l.channel, l.recipient, l.bundle, a.watch, a.priority, l.detail";

/// The legs that are due, and of each bundle among them all that are. They stay as they are until the transaction ends: what
/// somebody acknowledges meanwhile waits for that, or was not due.
fn due(tx: &mut dyn Tx, now: Timestamp, limit: usize) -> Result<Vec<WaitingLeg>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM legs l JOIN alerts a ON a.id = l.alert_id
         WHERE l.state = 0 AND l.not_before <= $1 ORDER BY l.not_before, l.seq LIMIT $2 {{FOR_UPDATE}}"
    );
    let first = read(tx, &sql, &[ms(now).into(), limit_of(limit)])?;
    let whole = first.len() < limit;
    let mut legs = Vec::with_capacity(first.len());
    let mut seen: BTreeSet<(Destination, Bundle)> = BTreeSet::new();
    for leg in first {
        let Bundle::Named(name) = leg.bundle.clone() else {
            legs.push(leg);
            continue;
        };
        if whole {
            legs.push(leg);
        } else if seen.insert((leg.destination.clone(), leg.bundle.clone())) {
            let sql = format!(
                "SELECT {COLUMNS} FROM legs l JOIN alerts a ON a.id = l.alert_id
                 WHERE l.channel = $1 AND l.recipient = $2 AND l.state = 0 AND l.bundle = $3 AND l.not_before <= $4
                 ORDER BY l.seq {{FOR_UPDATE}}"
            );
            let values = [
                leg.destination.channel.0.as_str().into(),
                leg.destination
                    .recipient
                    .as_deref()
                    .unwrap_or_default()
                    .into(),
                name.as_str().into(),
                ms(now).into(),
            ];
            legs.extend(read(tx, &sql, &values)?);
        }
    }
    Ok(legs)
}

fn read(tx: &mut dyn Tx, sql: &str, values: &[super::Val]) -> Result<Vec<WaitingLeg>, StoreError> {
    tx.rows(sql, values)?.iter_mut().map(waiting_leg).collect()
}

fn waiting_leg(row: &mut Row) -> Result<WaitingLeg, StoreError> {
    Ok(WaitingLeg {
        alert: AlertId(row.next_text()?),
        destination: Destination {
            channel: ChannelName(row.next_text()?),
            recipient: filled(row.next_text()?),
        },
        bundle: Bundle::named(row.next_text()?),
        watch: WatchName(row.next_text()?),
        priority: super::lists::priority(row)?,
        waits: row
            .next_opt_text()?
            .and_then(|detail| serde_json::from_str(&detail).ok()),
    })
}

/// Has legs wait once more.
fn postpone(tx: &mut dyn Tx, postponed: &[Postponed]) -> Result<(), StoreError> {
    if postponed.is_empty() {
        return Ok(());
    }
    let rows = postponed.iter().map(|one| {
        let leg = &one.leg;
        serde_json::json!([
            leg.alert.0,
            leg.destination.channel.0,
            leg.destination.recipient.as_deref().unwrap_or_default(),
            leg.bundle.as_str(),
            ms(one.not_before),
            leg.waits.as_ref().map(crate::domain::Wait::as_str),
            leg.waits
                .as_ref()
                .map(|waits| serde_json::json!(waits).to_string()),
        ])
    });
    tx.each(
        "UPDATE legs SET bundle = {3}, not_before = {4 BIGINT}, reason = {5},
             detail = {6}
         {ROWS}
         WHERE legs.alert_id = {0} AND legs.channel = {1} AND legs.recipient = {2}
             AND legs.state = 0",
        &[],
        rows.collect(),
    )?;
    Ok(())
}

/// Stores the legs of alerts that were raised now; those that wait for nothing have their deliveries at once. Their
/// channels are left to be counted at.
pub(super) fn set_out(
    tx: &mut dyn Tx,
    raised: &[Raised],
    counted: &mut Counted,
    now: Timestamp,
) -> Result<(), StoreError> {
    let messages = at_once(raised, now);
    let urgent = raised.iter().map(|raised| &raised.alert);
    let urgent = urgent.filter(|alert| alert.priority == Priority::High);
    let urgent = urgent.map(|alert| alert.id.clone()).collect();
    deliver(tx, &messages, &urgent, now)?;
    let mut taken: BTreeMap<(&AlertId, &Destination), DeliveryId> = BTreeMap::new();
    for message in &messages {
        let delivery = DeliveryId::derive(&message.destination, &message.alerts);
        for alert in &message.alerts {
            taken.insert((alert, &message.destination), delivery.clone());
        }
    }
    let mut rows = Vec::new();
    let mut silenced = Vec::new();
    for raised in raised {
        for leg in &raised.legs {
            let (alert, destination) = (&raised.alert.id, &leg.destination);
            let delivery = taken.get(&(alert, destination));
            let (reason, detail) = match (&leg.held, &leg.waits) {
                (Some(held), _) => (Some(held.as_str()), Some(serde_json::json!(held))),
                (None, Some(waits)) => (Some(waits.as_str()), Some(serde_json::json!(waits))),
                (None, None) => (None, None),
            };
            if let Some(HoldReason::Silenced(by)) = &leg.held {
                silenced.push(by.silence);
            }
            rows.push(serde_json::json!([
                alert.0,
                destination.channel.0,
                destination.recipient.as_deref().unwrap_or_default(),
                if leg.held.is_some() {
                    2
                } else {
                    i64::from(delivery.is_some())
                },
                leg.bundle.as_str(),
                ms(leg.not_before),
                delivery.map(|id| &id.0),
                reason,
                detail.map(|detail| detail.to_string()),
                ms(now),
            ]));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    tx.each(
        "INSERT INTO legs (alert_id, channel, recipient, state, bundle, not_before, delivery_id, reason, detail,
             made_at)
         {VALUES} {0}, {1}, {2}, {3 BIGINT}, {4},
             {5 BIGINT}, {6}, {7}, {8},
             {9 BIGINT} {END}",
        &[],
        rows,
    )?;
    desk::count_held(tx, &silenced)?;
    counted.add(raised);
    Ok(())
}

/// New legs by channel, to be counted at their channels: once for all that one transaction raises.
#[derive(Debug, Default)]
pub(super) struct Counted {
    waiting: BTreeMap<ChannelName, i64>,
    held: BTreeMap<ChannelName, i64>,
}

impl Counted {
    fn add(&mut self, raised: &[Raised]) {
        for leg in raised.iter().flat_map(|raised| &raised.legs) {
            let of = if leg.held.is_some() {
                &mut self.held
            } else {
                &mut self.waiting
            };
            *of.entry(leg.destination.channel.clone()).or_default() += 1;
        }
    }

    /// Counts them at their channels.
    pub(super) fn write(&self, tx: &mut dyn Tx) -> Result<(), StoreError> {
        for (sql, counted) in [
            (
                "INSERT INTO channels (name, waiting)
                 {VALUES} {0}, {1 BIGINT} {END}
                 ON CONFLICT (name) DO UPDATE SET waiting = channels.waiting + excluded.waiting",
                &self.waiting,
            ),
            (
                "INSERT INTO channels (name, held)
                 {VALUES} {0}, {1 BIGINT} {END}
                 ON CONFLICT (name) DO UPDATE SET held = channels.held + excluded.held",
                &self.held,
            ),
        ] {
            if counted.is_empty() {
                continue;
            }
            let rows = counted
                .iter()
                .map(|(channel, legs)| serde_json::json!([channel.0, legs]));
            tx.each(sql, &[], rows.collect())?;
        }
        Ok(())
    }
}

/// The messages of legs that wait for nothing: those of one name to one destination are one.
fn at_once(raised: &[Raised], now: Timestamp) -> Vec<Bundled> {
    let mut messages: Vec<Bundled> = Vec::new();
    let mut places: BTreeMap<(&Destination, &str), usize> = BTreeMap::new();
    for raised in raised {
        let goes = |leg: &&crate::domain::Leg| leg.held.is_none() && leg.not_before <= now;
        for leg in raised.legs.iter().filter(goes) {
            let key = (&leg.destination, leg.bundle.as_str());
            let place = places.get(&key).filter(|_| leg.bundle != Bundle::Alone);
            if let Some(message) = place.and_then(|place| messages.get_mut(*place)) {
                message.alerts.push(raised.alert.id.clone());
                message.occasion = Occasion::Group;
                continue;
            }
            places.insert(key, messages.len());
            messages.push(Bundled {
                destination: leg.destination.clone(),
                alerts: vec![raised.alert.id.clone()],
                occasion: Occasion::Alert,
            });
        }
    }
    messages
}

/// Stores a delivery for each bundle; one that holds an alert of high priority goes before the others.
fn deliver(
    tx: &mut dyn Tx,
    bundled: &[Bundled],
    urgent: &HashSet<AlertId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if bundled.is_empty() {
        return Ok(());
    }
    let rows = bundled.iter().map(|bundled| {
        let destination = &bundled.destination;
        let is_urgent = bundled.alerts.iter().any(|alert| urgent.contains(alert));
        serde_json::json!([
            DeliveryId::derive(destination, &bundled.alerts).0,
            destination.channel.0,
            destination.recipient.as_deref().unwrap_or_default(),
            i64::from(!is_urgent),
            (bundled.occasion != Occasion::Alert).then(|| super::json_object(&bundled.occasion)),
        ])
    });
    tx.each(
        "INSERT INTO deliveries (id, channel, recipient, urgency, state, not_before, set_at, created_at, occasion)
         {VALUES} {0}, {1}, {2}, {3 BIGINT}, 0,
             CAST($1 AS BIGINT), CAST($1 AS BIGINT), CAST($1 AS BIGINT), {4} {END} ON CONFLICT (id) DO NOTHING",
        &[ms(now).into()],
        rows.collect(),
    )?;
    Ok(())
}

/// Those of the alerts that have priority high.
fn urgent(tx: &mut dyn Tx, bundled: &[Bundled]) -> Result<HashSet<AlertId>, StoreError> {
    let alerts = bundled.iter().flat_map(|bundled| &bundled.alerts);
    let rows = alerts.map(|alert| serde_json::json!([alert.0])).collect();
    tx.rows(
        "SELECT id FROM alerts WHERE priority = 'high' AND id IN (SELECT e.value ->> 0 FROM {each $1} AS e)",
        &[json_rows(rows)],
    )?
    .iter_mut()
    .map(|row| row.next_text().map(AlertId))
    .collect()
}

/// Hands legs over to their deliveries.
fn hand_over(tx: &mut dyn Tx, bundled: &[Bundled]) -> Result<(), StoreError> {
    if bundled.is_empty() {
        return Ok(());
    }
    let rows = bundled.iter().flat_map(|bundled| {
        let destination = &bundled.destination;
        let delivery = DeliveryId::derive(destination, &bundled.alerts);
        bundled.alerts.iter().map(move |alert| {
            serde_json::json!([
                alert.0,
                destination.channel.0,
                destination.recipient.as_deref().unwrap_or_default(),
                delivery.0,
            ])
        })
    });
    tx.each(
        "UPDATE legs SET state = 1, delivery_id = {3} {ROWS}
         WHERE legs.alert_id = {0} AND legs.channel = {1} AND legs.recipient = {2}",
        &[],
        rows.collect(),
    )?;
    Ok(())
}
