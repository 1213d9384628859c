//! The process is killed with SIGKILL while a receiver is being told, and started again.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use newswatch::demo::newsroom::Publishing;

use crate::support::newsroom::{World, expected};

fn run_once(world: &World) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newswatch"));
    command
        .args(["run", "--once", "--config"])
        .arg(&world.config_path)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[tokio::test]
async fn a_kill_while_an_alert_is_under_way_loses_none_and_repeats_it_under_its_id() {
    for kill_at in [1, 2, 5, expected().len()] {
        let world = World::open(Publishing::AllAtOnce).await;
        let mut child = run_once(&world).spawn().unwrap();
        world.calls(kill_at).await;
        child.kill().unwrap();
        child.wait().unwrap();

        let status = tokio::task::spawn_blocking({
            let mut again = run_once(&world);
            move || again.status().unwrap()
        })
        .await
        .unwrap();
        assert!(status.success(), "the second run, killed at {kill_at}");

        let mut ids: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for (call, alert) in world.webhook.received().iter().zip(world.alerted()) {
            let id = call.header("webhook-id").unwrap().to_owned();
            ids.entry(alert).or_default().insert(id);
        }
        assert_eq!(ids.keys().cloned().collect::<BTreeSet<_>>(), expected());
        assert!(ids.values().all(|ids| ids.len() == 1), "{ids:?}");
    }
}

#[tokio::test]
async fn the_database_is_whole_after_a_kill() {
    let world = World::open(Publishing::AllAtOnce).await;
    let mut child = run_once(&world).spawn().unwrap();
    world.calls(3).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let file = world.state_dir().join("newswatch.sqlite3");
    let connection = rusqlite::Connection::open(file).unwrap();
    let answer: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(answer, "ok");
}
