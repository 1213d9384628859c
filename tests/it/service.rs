//! The running service: what it tells systemd, and how it answers signals.

use std::process::{Child, Command, Stdio};

use newswatch::demo::newsroom::Publishing;
use tokio::net::UnixDatagram;

use crate::support::newsroom::{PATIENCE, World, expected};

/// A running newswatch that reports to a socket of ours as it would to systemd.
struct Service {
    child: Child,
    socket: UnixDatagram,
}

impl Service {
    fn start(world: &World) -> Self {
        let path = world.folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_newswatch"))
            .args(["run", "--config"])
            .arg(&world.config_path)
            .env("NOTIFY_SOCKET", &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, socket }
    }

    /// Waits until systemd is told this.
    async fn told(&self, word: &str) {
        let mut message = [0; 4096];
        loop {
            let length = tokio::time::timeout(PATIENCE, self.socket.recv(&mut message))
                .await
                .expect("systemd is told in time")
                .unwrap();
            let text = String::from_utf8_lossy(&message[..length]).into_owned();
            if text.lines().any(|line| line.starts_with(word)) {
                return;
            }
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    async fn end(mut self) -> std::process::ExitStatus {
        tokio::task::spawn_blocking(move || self.child.wait().unwrap())
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn systemd_is_told_ready_status_alive_and_stopping() {
    let world = World::open(Publishing::AllAtOnce).await;
    let service = Service::start(&world);
    service.told("READY=1").await;
    service.told("STATUS=").await;
    service.told("WATCHDOG=1").await;
    world.calls(expected().len()).await;
    service.signal("TERM");
    service.told("STOPPING=1").await;
    assert!(service.end().await.success());
}

#[tokio::test]
async fn a_hang_up_with_a_broken_configuration_keeps_the_old_one_in_force() {
    let world = World::open(Publishing::AllAtOnce).await;
    let service = Service::start(&world);
    service.told("READY=1").await;
    let good = std::fs::read_to_string(&world.config_path).unwrap();
    std::fs::write(&world.config_path, "[[watch]]\nname = 1\n").unwrap();
    service.signal("HUP");
    service.told("RELOADING=1").await;
    service.told("READY=1").await;
    world.calls(expected().len()).await;
    std::fs::write(&world.config_path, good).unwrap();
    service.signal("TERM");
    assert!(service.end().await.success());
}

#[tokio::test]
async fn a_hang_up_takes_up_a_new_watch_for_news_to_come() {
    let world = World::open(Publishing::StoryByStory).await;
    let config = std::fs::read_to_string(&world.config_path).unwrap();
    let fast = config.replace("\"15m\"", "\"1s\"");
    let (before_watches, _) = fast.split_once("[[watch]]").unwrap();
    let channels = &fast[fast.find("[[channel]]").unwrap()..];
    let none = format!("{before_watches}\n{channels}");
    std::fs::write(&world.config_path, &none).unwrap();
    let service = Service::start(&world);
    service.told("READY=1").await;

    std::fs::write(&world.config_path, &fast).unwrap();
    service.signal("HUP");
    service.told("RELOADING=1").await;
    service.told("READY=1").await;
    while world.newsroom.release_next().is_some() {}
    world.calls(expected().len()).await;
    service.signal("TERM");
    assert!(service.end().await.success());
}
