//! The running service: what it tells systemd, and how it answers signals.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use newswatch::demo::newsroom::Publishing;
use newswatch::demo::webhook_sink::WebhookSink;
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixDatagram;
use tokio::sync::Notify;

use crate::support::http::RawServer;
use crate::support::newsroom::{PATIENCE, World, expected};

/// A running newswatch that reports to a socket of ours as it would to systemd.
pub(crate) struct Service {
    child: Child,
    socket: UnixDatagram,
}

impl Service {
    pub(crate) fn start(world: &World) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newswatch"));
        command
            .args(["run", "--config"])
            .arg(&world.config_path)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self::of(world, command)
    }

    /// Starts newswatch by a command.
    fn of(world: &World, mut command: Command) -> Self {
        let path = world.folder.path().join("notify");
        // What the service before it left.
        drop(std::fs::remove_file(&path));
        let socket = UnixDatagram::bind(&path).unwrap();
        let child = command.env("NOTIFY_SOCKET", &path).spawn().unwrap();
        Self { child, socket }
    }

    /// Waits until systemd is told a line that begins so, and returns it.
    pub(crate) async fn told(&self, word: &str) -> String {
        let mut message = [0; 4096];
        loop {
            let length = tokio::time::timeout(PATIENCE, self.socket.recv(&mut message))
                .await
                .expect("systemd is told in time")
                .unwrap();
            let text = String::from_utf8_lossy(&message[..length]).into_owned();
            if let Some(line) = text.lines().find(|line| line.starts_with(word)) {
                return line.to_owned();
            }
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    pub(crate) async fn end(mut self) -> std::process::ExitStatus {
        tokio::task::spawn_blocking(move || self.child.wait().unwrap())
            .await
            .unwrap()
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args(["-s", name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

#[tokio::test]
async fn who_is_asked_to_stop_while_it_reads_its_configuration_ends_as_it_should() {
    for arguments in [&["run"][..], &["run", "--once"]] {
        let world = World::open(Publishing::AllAtOnce).await;
        // It comes out of a pipe, as slowly as the test likes.
        let path = world.config_path.clone();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let made = Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(&path)
            .status();
        assert!(made.unwrap().success());
        let mut command = Command::new(env!("CARGO_BIN_EXE_newswatch"));
        command
            .args(arguments)
            .arg("--config")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let service = Service::of(&world, command);
        let opening = tokio::task::spawn_blocking(move || File::options().write(true).open(path));
        let opened = tokio::time::timeout(PATIENCE, opening).await;
        let mut pipe = opened
            .expect("it reads its configuration")
            .unwrap()
            .unwrap();
        service.signal("TERM");
        // Whoever was killed reads no more.
        drop(pipe.write_all(text.as_bytes()));
        drop(pipe);
        let ended = service.end().await;
        assert!(ended.success(), "{arguments:?}: {ended}");
    }
}

#[tokio::test]
async fn a_pass_that_is_asked_to_stop_ends_after_what_is_under_way_and_the_next_one_goes_on() {
    let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (rings, waits) = (Arc::clone(&asked), Arc::clone(&go));
    let feed = "<rss version=\"2.0\"><channel><title>Notes</title><item><guid>a</guid>\
                <title>Oil at sea</title></item></channel></rss>";
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{feed}",
        feed.len()
    );
    let site = RawServer::behaving(move |mut stream, header| {
        let (rings, waits, answer) = (Arc::clone(&rings), Arc::clone(&waits), answer.clone());
        async move {
            if header.starts_with("GET /rss ") {
                rings.notify_one();
                waits.notified().await;
                drop(stream.write_all(answer.as_bytes()).await);
            }
        }
    })
    .await;
    let sink = WebhookSink::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("newswatch.toml");
    let text = format!(
        "state_dir = 'state'\n[poll]\nfirst_poll = 'alert'\n[http]\nallow_private = ['127.0.0.0/8']\n\
         [[feed]]\nurl = '{}'\narticle = 'never'\n[[watch]]\nname = 'Oil'\nquery = 'oil'\n\
         [[channel]]\nname = 'desk'\ntype = 'webhook'\nurl = '{}'\n",
        site.url("/rss"),
        sink.url()
    );
    std::fs::write(&config, text).unwrap();
    let pass = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_newswatch"));
        command.args(["run", "--once", "--config"]).arg(&config);
        command
    };
    let mut child = pass()
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    tokio::time::timeout(PATIENCE, asked.notified())
        .await
        .expect("the feed is polled");
    signal(&child, "TERM");
    let said = BufReader::new(child.stderr.take().unwrap());
    let (heeded, reading) = tokio::task::spawn_blocking(move || {
        let mut lines = said.lines().map_while(Result::ok);
        (
            lines.any(|line| line.contains("newswatch is stopping")),
            lines,
        )
    })
    .await
    .unwrap();
    assert!(heeded);
    go.notify_one();
    let ended = tokio::task::spawn_blocking(move || child.wait().unwrap()).await;
    assert!(ended.unwrap().success());
    drop(reading);
    assert_eq!(sink.received().len(), 0, "what is new waits");

    go.notify_one();
    let mut again = pass();
    again.stdout(Stdio::null()).stderr(Stdio::null());
    let ended = tokio::task::spawn_blocking(move || again.status().unwrap()).await;
    assert!(ended.unwrap().success());
    assert_eq!(sink.received().len(), 1);
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

/// Runs a script as root of a world of its own, where it may mount what it likes; `None` where this machine lets nobody do
/// so.
fn in_a_world_of_its_own(script: &str) -> Option<Command> {
    let may = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "true"])
        .stderr(Stdio::null())
        .status();
    if !may.is_ok_and(|status| status.success()) {
        eprintln!("skipped: this machine lets nobody mount a small disk");
        return None;
    }
    let mut command = Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Some(command)
}

#[tokio::test]
async fn a_state_directory_that_is_full_or_read_only_at_the_start_is_waited_for() {
    for (mounted, mended, reason) in [
        ("size=16k", "remount,size=64m", "make room on its disk"),
        ("size=64m,ro", "remount,rw", "mount it writable"),
    ] {
        let world = World::open(Publishing::AllAtOnce).await;
        std::fs::create_dir_all(world.state_dir()).unwrap();
        let (state, go) = (world.state_dir(), world.folder.path().join("go"));
        // The disk is mended when a file appears that the test makes.
        let script = format!(
            "mount -t tmpfs -o {mounted} tmpfs '{state}' &&
             (n=0; until [ -e '{go}' ] || [ $n -gt 1200 ]; do sleep 0.1; n=$((n+1)); done; mount -o {mended} '{state}') &
             sleep 0.3; exec '{program}' run --config '{config}'",
            state = state.display(),
            go = go.display(),
            program = env!("CARGO_BIN_EXE_newswatch"),
            config = world.config_path.display()
        );
        let Some(command) = in_a_world_of_its_own(&script) else {
            return;
        };
        let service = Service::of(&world, command);
        service.told("READY=1").await;
        let status = service.told("STATUS=cannot write: ").await;
        assert!(status.contains(reason), "{status}");
        service.told("WATCHDOG=1").await;
        assert_eq!(world.webhook.received().len(), 0);
        std::fs::write(&go, "").unwrap();
        world.calls(expected().len()).await;
        service.signal("TERM");
        assert!(service.end().await.success());
    }
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

#[tokio::test]
async fn status_tells_whether_the_service_runs_was_stopped_or_was_killed() {
    use crate::cli::{err, json_lines, newswatch, out};
    let world = World::open(Publishing::AllAtOnce).await;
    let config = world.config_path.to_str().unwrap();
    let asked = async || {
        let output = newswatch(&["status", "--json", "--config", config]).await;
        json_lines(&output)[0].clone()
    };
    let never = asked().await;
    assert_eq!(never["service"]["state"], "never-run");
    assert_eq!(never["state"], "critical");

    let mut service = Service::start(&world);
    service.told("READY=1").await;
    world.calls(expected().len()).await;
    let running = asked().await;
    assert_eq!(running["service"]["state"], "running", "{running}");
    assert_eq!(running["service"]["pid"], service.child.id());
    assert_eq!(running["service"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(running["store"]["writable"], true);
    let check = newswatch(&["status", "--check", "--config", config]).await;
    assert_eq!(check.status.code(), Some(0), "{}", out(&check));

    service.child.kill().unwrap();
    service.child.wait().unwrap();
    let killed = asked().await;
    assert_eq!(killed["service"]["state"], "killed", "{killed}");
    assert_eq!(killed["state"], "critical");

    let service = Service::start(&world);
    service.told("READY=1").await;
    service.signal("TERM");
    assert!(service.end().await.success());
    let stopped = asked().await;
    assert_eq!(stopped["service"]["state"], "stopped", "{stopped}");
    assert!(stopped["service"]["stopped"].is_string());

    let database = world.state_dir().join("newswatch.sqlite3");
    let connection = rusqlite::Connection::open(database).unwrap();
    let later_schema = "INSERT INTO schema_steps (number) VALUES (999)";
    connection.execute(later_schema, []).unwrap();
    let output = newswatch(&["status", "--config", config]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).contains("use the newer version"),
        "{}",
        err(&output)
    );
    let check = newswatch(&["status", "--check", "--config", config]).await;
    assert_eq!(check.status.code(), Some(3), "{}", out(&check));
}
