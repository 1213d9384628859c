//! Starts a world, and tells it what to do.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::server::control_port;
use crate::tally::Report;
use crate::world::Size;

/// A world that runs in a process of its own, so that its work is not counted; ended when it is dropped.
#[derive(Debug)]
pub(crate) struct World {
    server: Child,
    port: u16,
}

impl World {
    /// Starts a world and waits until it answers.
    pub(crate) fn start(size: Size) -> anyhow::Result<Self> {
        let server = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(["--feeds", &size.feeds.to_string()])
            .args(["--entries", &size.entries.to_string()])
            .args(["--seed", &size.seed.to_string()])
            .args(["--port", &size.port.to_string()])
            .stdin(Stdio::null())
            .spawn()
            .context("start the world")?;
        let mut world = Self {
            server,
            port: size.port,
        };
        loop {
            if let Some(status) = world.server.try_wait()? {
                bail!("the world ended with {status}");
            }
            if ask(size.port, "GET", "/size").is_ok() {
                return Ok(world);
            }
            sleep(Duration::from_millis(50));
        }
    }

    /// Where it is.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// Publishes in a share of the feeds of the world at a port.
pub(crate) fn publish(port: u16, share: f64) -> anyhow::Result<usize> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share is a small number"
    )]
    let per_mille = (share.clamp(0.0, 1.0) * 1000.0).round() as usize;
    let answer = ask(port, "POST", &format!("/publish/{per_mille}"))?;
    answer.parse().context("read how many were published")
}

/// The size of the world at a port.
pub(crate) fn size(port: u16) -> anyhow::Result<Size> {
    serde_json::from_str(&ask(port, "GET", "/size")?).context("read the world's size")
}

/// Whether the program that is measured was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    New,
    Known,
}

/// What the stories that stand in the feeds are to the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Told,
    Seen,
}

/// Begins a measurement in the world at a port.
pub(crate) fn begin(port: u16, client: Client, standing: Standing) -> anyhow::Result<()> {
    let client = match client {
        Client::New => "new",
        Client::Known => "known",
    };
    let standing = match standing {
        Standing::Told => "told",
        Standing::Seen => "seen",
    };
    ask(port, "POST", &format!("/begin/{client}/{standing}")).map(drop)
}

/// What the world at a port has seen.
pub(crate) fn report(port: u16) -> anyhow::Result<Report> {
    serde_json::from_str(&ask(port, "GET", "/report")?).context("read the world's report")
}

/// Makes one request, by hand: the crate's own client is what is measured.
fn ask(port: u16, method: &str, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, control_port(port)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if !head.starts_with("HTTP/1.1 200") {
        bail!(
            "the world answered {}",
            head.lines().next().unwrap_or_default()
        );
    }
    Ok(body.to_owned())
}
