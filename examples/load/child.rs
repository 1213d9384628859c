//! Runs newswatch as a process of its own and measures what it uses.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::server::control_port;
use crate::world::{Size, WATCHES, query, watch_name};

/// How often the memory of a process is looked at. The peak is kept by the kernel, so only what grows in the last
/// moments can be missed.
const LOOK: Duration = Duration::from_millis(10);

/// The clock ticks in which Linux tells the CPU time of a process: 100 a second on every machine (`proc_pid_stat(5)`).
const TICKS_PER_SECOND: f64 = 100.0;

/// What a process used.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Used {
    pub(crate) cpu_s: f64,
    pub(crate) wall_s: f64,
    pub(crate) peak_mb: f64,
}

/// How the configuration of a run differs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// The interval of polls.
    pub(crate) every: &'static str,
    /// What becomes of the entries of a first poll: "skip" or "alert".
    pub(crate) first_poll: &'static str,
    /// Whether the articles of a first poll are read, so that they can be searched.
    pub(crate) reads_first: bool,
}

/// A program and the state directory that it works on.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) binary: PathBuf,
    pub(crate) state: PathBuf,
    /// Counts the calls that wait for the disk, which makes everything slower.
    pub(crate) counts_syncs: bool,
}

impl Program {
    fn config_path(&self) -> PathBuf {
        self.state.join("newswatch.toml")
    }

    /// Writes the configuration for a world.
    pub(crate) fn configure(&self, size: Size, settings: Settings) -> anyhow::Result<()> {
        use std::fmt::Write as _;
        fs::create_dir_all(&self.state)?;
        let Settings {
            every,
            first_poll,
            reads_first,
        } = settings;
        let mut text = format!(
            "state_dir = \"state\"\n[poll]\nevery = \"{every}\"\nmin_every = \"{every}\"\nfirst_poll = \"{first_poll}\"\n\
             [http]\nallow_private = [\"127.0.0.0/8\"]\n"
        );
        if !reads_first {
            text.push_str("[store]\nfirst_articles = \"skip\"\n");
        }
        for feed in 0..size.feeds {
            writeln!(text, "[[feed]]\nurl = \"{}\"", size.feed_url(feed))?;
        }
        for watch in 0..WATCHES {
            let name = watch_name(watch);
            writeln!(
                text,
                "[[watch]]\nname = \"{name}\"\nquery = '{}'",
                query(watch)
            )?;
        }
        writeln!(
            text,
            "[[channel]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"http://127.0.0.1:{}/alert\"",
            control_port(size.port)
        )?;
        fs::write(self.config_path(), text).context("write the configuration")
    }

    fn command(&self, words: &[&str]) -> anyhow::Result<Command> {
        let mut command = if self.counts_syncs {
            let mut strace = Command::new("strace");
            strace
                .args(["-f", "-c", "-e", "trace=fsync,fdatasync", "-o"])
                .arg(self.state.join("syncs"))
                .arg(&self.binary);
            strace
        } else {
            Command::new(&self.binary)
        };
        command
            .args(words)
            .arg("--config")
            .arg(self.config_path())
            .stdin(Stdio::null())
            .stdout(File::create(self.state.join("stdout"))?)
            .stderr(File::create(self.state.join("stderr"))?);
        Ok(command)
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, words: &[&str]) -> anyhow::Result<Used> {
        let before = cpu_of_ended_children()?;
        let begin = Instant::now();
        let mut child = self.command(words)?.spawn().context("start the program")?;
        let mut peak_mb = 0.0_f64;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            peak_mb = peak_mb.max(peak_of(child.id()));
            sleep(LOOK.min(begin.elapsed() / 10 + Duration::from_millis(1)));
        };
        if !status.success() {
            let said = fs::read_to_string(self.state.join("stderr"))?;
            bail!("{words:?} ended with {status}: {}", last_lines(&said));
        }
        Ok(Used {
            cpu_s: cpu_of_ended_children()? - before,
            wall_s: begin.elapsed().as_secs_f64(),
            peak_mb,
        })
    }

    /// Starts the service.
    pub(crate) fn start(&self) -> anyhow::Result<Service> {
        let child = self.command(&["run"])?.spawn();
        let child = child.context("start the service")?;
        let mut service = Service {
            id: child.id(),
            child,
        };
        if self.counts_syncs {
            service.id = run_by(service.id, &self.binary)?;
        }
        Ok(service)
    }

    /// The calls that waited for the disk, where they were counted.
    pub(crate) fn syncs(&self) -> anyhow::Result<usize> {
        let table = fs::read_to_string(self.state.join("syncs"))?;
        let calls = table
            .lines()
            .filter(|line| line.ends_with("sync"))
            .filter_map(|line| line.split_whitespace().nth(3)?.parse::<usize>().ok());
        Ok(calls.sum())
    }

    /// The database.
    pub(crate) fn database(&self) -> PathBuf {
        self.state.join("state").join("newswatch.sqlite3")
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}

/// The service while it runs; killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    /// That of newswatch, which need not be our child.
    id: u32,
}

/// The process in which strace runs a program; strace tries things in others before.
fn run_by(strace: u32, binary: &Path) -> anyhow::Result<u32> {
    let binary = binary.canonicalize()?;
    let path = format!("/proc/{strace}/task/{strace}/children");
    loop {
        let children = fs::read_to_string(&path).context("strace did not start it")?;
        for child in children.split_whitespace() {
            // A process that ends meanwhile has no link any more.
            if fs::read_link(format!("/proc/{child}/exe")).is_ok_and(|runs| runs == binary) {
                return Ok(child.parse()?);
            }
        }
        sleep(LOOK);
    }
}

impl Service {
    /// What it has used up to now; the time on the wall is not known here.
    pub(crate) fn used(&self) -> anyhow::Result<Used> {
        let path = format!("/proc/{}/stat", self.id);
        Ok(Used {
            cpu_s: cpu_s(Path::new(&path), 11)?,
            wall_s: 0.0,
            peak_mb: peak_of(self.id),
        })
    }

    /// Asks it to end, and waits for that.
    pub(crate) fn stop(self) -> anyhow::Result<()> {
        self.end_by("-TERM")
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(self) -> anyhow::Result<()> {
        self.end_by("-KILL")
    }

    fn end_by(mut self, signal: &str) -> anyhow::Result<()> {
        let id = self.id.to_string();
        Command::new("kill").args([signal, &id]).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The most memory a process has held.
fn peak_of(id: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

fn cpu_of_ended_children() -> anyhow::Result<f64> {
    cpu_s(Path::new("/proc/self/stat"), 13)
}

/// Reads two of the times of a process, of which the first stands so many fields after its name.
fn cpu_s(stat: &Path, after_name: usize) -> anyhow::Result<f64> {
    let text = fs::read_to_string(stat)?;
    let fields = text.rsplit(") ").next().unwrap_or_default();
    let ticks = fields
        .split_whitespace()
        .skip(after_name)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok());
    Ok(ticks.sum::<f64>() / TICKS_PER_SECOND)
}
