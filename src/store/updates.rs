//! Updates: what a message adds to, as its receiver got it. Read in the transaction that writes the message.

use super::tx::{StoreError, Tx};
use super::{opt_timestamp, stories, url};
use crate::domain::{
    Addition, Alert, AlertId, DeliveryId, Destination, Occasion, Outlet, Timestamp, UpdateFacts,
    shown_url,
};

/// What a message is about, where it adds to one that its receiver got before; nothing where it stands as it was stored.
pub(super) fn occasion(
    tx: &mut dyn Tx,
    destination: &Destination,
    alerts: &[Alert],
    occasion: &Occasion,
) -> Result<Option<Occasion>, StoreError> {
    match (occasion, alerts) {
        (Occasion::Alert, [alert]) => {
            let Some(first) = &alert.reading.adds_to else {
                return Ok(None);
            };
            let Some(told) = told(tx, destination, first)? else {
                return Ok(None);
            };
            let story = stories::past(tx, alert.report)?;
            let facts = UpdateFacts {
                first_alert: Some(first.clone()),
                first_delivery: Some(told.delivery),
                first_message: told.message,
                told_at: told.at,
                story: story.map(|story| story.id),
                outlets: u64::try_from(alert.feeds.len()).unwrap_or_default(),
                additions: vec![addition(alert)],
                also_in: also_in(tx, alert, first)?,
                revision: None,
            };
            Ok(Some(Occasion::Update(facts)))
        }
        (Occasion::Update(facts), _) => {
            let Some(first) = &facts.first_alert else {
                return Ok(None);
            };
            let message = told(tx, destination, first)?.and_then(|told| told.message);
            Ok(message.map(|message| {
                Occasion::Update(UpdateFacts {
                    first_message: Some(message),
                    ..facts.clone()
                })
            }))
        }
        _ => Ok(None),
    }
}

/// A message that arrived.
struct Arrived {
    delivery: DeliveryId,
    message: Option<String>,
    at: Option<Timestamp>,
}

/// The message by which a receiver was told of an alert.
fn told(
    tx: &mut dyn Tx,
    destination: &Destination,
    alert: &AlertId,
) -> Result<Option<Arrived>, StoreError> {
    let row = tx.first(
        "SELECT d.id, d.message, d.ended_at FROM legs l JOIN deliveries d ON d.id = l.delivery_id
         WHERE l.alert_id = $1 AND l.channel = $2 AND l.recipient = $3 AND d.state = 1",
        &[
            alert.0.as_str().into(),
            destination.channel.0.as_str().into(),
            destination.recipient.as_deref().unwrap_or_default().into(),
        ],
    )?;
    row.map(|mut row| {
        Ok(Arrived {
            delivery: DeliveryId(row.next_text()?),
            message: row.next_opt_text()?,
            at: opt_timestamp(&mut row)?,
        })
    })
    .transpose()
}

/// What an outlet adds: the sentences that the alert quotes.
fn addition(alert: &Alert) -> Addition {
    let name = alert.source.clone().or_else(|| alert.feeds.last().cloned());
    Addition {
        outlet: Outlet {
            name: name.unwrap_or_default(),
            url: alert.url.clone(),
            published: alert.published.map(|at| at.at),
            is_copy: false,
        },
        lang: alert.reading.lang.clone(),
        passages: alert.found.quote.passages.clone(),
    }
}

/// The outlets that tell the report beside the two that were told of, by the names of their feeds.
fn also_in(tx: &mut dyn Tx, alert: &Alert, first: &AlertId) -> Result<Vec<Outlet>, StoreError> {
    let mut told = Vec::new();
    for mut row in tx.rows(
        "SELECT COALESCE(f.name, f.title), f.url FROM alerts a
             JOIN entries e ON e.id = a.entry_id JOIN feeds f ON f.id = e.feed_id
         WHERE a.id = $1 OR a.id = $2",
        &[alert.id.0.as_str().into(), first.0.as_str().into()],
    )? {
        let (name, address) = (row.next_opt_text()?, url(&mut row)?);
        told.push(name.unwrap_or_else(|| shown_url(&address)));
    }
    let others = alert.feeds.iter().filter(|feed| !told.contains(feed));
    let outlet = |name: &String| Outlet {
        name: name.clone(),
        is_copy: true,
        ..Outlet::default()
    };
    Ok(others.map(outlet).collect())
}
