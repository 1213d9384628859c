//! The service stops after each of its store calls in turn, and starts anew: nothing is lost, and nothing is
//! raised twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use newswatch::clock::Clock;
use newswatch::demo::newsroom::Publishing;
use newswatch::store::{Database, Store};

use crate::line::message_id;
use crate::support::database::{self, Home};
use crate::support::mortal::Mortal;
use crate::support::newsroom::{World, expected, expected_stories};

/// One life of the service over what earlier ones left, over at the latest after so many store calls; tells how
/// many it made, and whether it came to its end.
async fn live(world: &World, clock: &Clock, left: &Home, jobs: usize) -> (usize, bool) {
    let database = Arc::new(Mortal::over(left.open().await, jobs));
    let finished = match Store::over(Arc::clone(&database) as Arc<dyn Database>).await {
        Ok(store) => world.pass(store, clock.clone()).await.is_ok(),
        Err(_) => false,
    };
    (jobs - database.left(), finished)
}

#[tokio::test]
async fn a_stop_after_any_store_call_loses_no_alert_and_doubles_none_without_the_same_id() {
    let clock = Clock::fixed(Clock::system().now());
    let (calls, finished) = {
        let world = World::open(Publishing::AllAtOnce).await;
        live(&world, &clock, &Home::new(), usize::MAX / 2).await
    };
    assert!(
        finished && calls > 50,
        "an undisturbed pass makes {calls} store calls"
    );

    // A life over a server costs ten times as much: there, every third call stands for its neighbours.
    let step = if database::is_postgres() { 3 } else { 1 };
    for stop_after in (0..calls).step_by(step) {
        let world = World::open(Publishing::AllAtOnce).await;
        // The database outlives the process; that a file does so too is tried in `kill.rs`.
        let home = Home::new();
        live(&world, &clock, &home, stop_after).await;
        let (_, finished) = live(&world, &clock, &home, usize::MAX / 2).await;
        assert!(finished, "the second life after {stop_after} calls");
        assert_whole(&world, stop_after);
    }
}

/// Every expected alert has arrived by both ways, and what came twice carries one id.
fn assert_whole(world: &World, stop_after: usize) {
    let mut ids_by_alert: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let calls = world.webhook.received();
    for (call, alert) in calls.iter().zip(world.alerted()) {
        let id = call.header("webhook-id").unwrap().to_owned();
        ids_by_alert.entry(alert).or_default().insert(id);
    }
    let arrived: BTreeSet<_> = ids_by_alert.keys().cloned().collect();
    assert_eq!(arrived, expected(), "stopped after {stop_after} calls");
    for (alert, ids) in &ids_by_alert {
        assert_eq!(
            ids.len(),
            1,
            "{alert:?} came under {ids:?}, stopped after {stop_after}"
        );
    }
    // At most what was under way on the one channel at the moment of the stop comes twice.
    assert!(
        calls.len() <= expected().len() + 1,
        "stopped after {stop_after}"
    );

    let mails: Vec<String> = world
        .mail
        .mails()
        .iter()
        .map(|mail| message_id(&mail.data))
        .collect();
    let distinct: BTreeSet<_> = mails.iter().collect();
    assert_eq!(
        distinct.len(),
        expected_stories().len(),
        "stopped after {stop_after}"
    );
    assert!(
        mails.len() <= distinct.len() + 1,
        "stopped after {stop_after}"
    );
}
