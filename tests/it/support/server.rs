//! A PostgreSQL server of the tests' own: in a temporary folder, on a socket there, gone with its value.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::support::tls::Authority;

/// Where Debian keeps the programs of a server, which it does not put into the PATH.
const DEBIAN: &str = "/usr/lib/postgresql";

/// How often a server is asked whether it answers, and the wait between two.
const ASKS: usize = 600;
const BETWEEN_ASKS: Duration = Duration::from_millis(50);

/// A server.
pub(crate) struct Server {
    folder: TempDir,
    programs: PathBuf,
    /// The user that it runs as where the tests run as root, who may not run one.
    user: Option<(u32, u32)>,
    settings: Vec<String>,
    running: Child,
}

impl Server {
    /// Makes a database and starts a server on it; says so in one line where none is installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(|_| Vec::new())
    }

    /// Starts one that can also be reached at this port of this machine: by TLS alone, for who knows the password.
    pub(crate) fn start_with_tls(authority: &Authority, port: u16) -> Option<Self> {
        let (certificate, key) = authority.files_for("localhost");
        Self::start_with(|folder| {
            let write = |name: &str, text: &str| {
                let path = folder.join(name);
                std::fs::write(&path, text).unwrap();
                std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
                if let Some((user, group)) = other_user() {
                    chown(&path, Some(user), Some(group)).unwrap();
                }
                path.display().to_string()
            };
            let rules = "local all all trust\nhostssl all all all scram-sha-256\n";
            vec![
                "listen_addresses=localhost".to_owned(),
                format!("port={port}"),
                "ssl=on".to_owned(),
                format!("ssl_cert_file={}", write("server.crt", &certificate)),
                format!("ssl_key_file={}", write("server.key", &key)),
                format!("hba_file={}", write("rules", rules)),
            ]
        })
    }

    fn start_with(settings: impl FnOnce(&Path) -> Vec<String>) -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("skipped: no PostgreSQL server (initdb) is installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let user = other_user();
        if let Some((user, group)) = user {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let made = as_user(user, &programs.join("initdb"))
            .args(["-A", "trust", "-U", "newswatch", "-E", "UTF8", "--locale=C"])
            .args(["--no-sync", "-D"])
            .arg(folder.path().join("data"))
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let settings = settings(folder.path());
        let running = run(&programs, user, folder.path(), &settings);
        let server = Self {
            folder,
            programs,
            user,
            settings,
            running,
        };
        server.wait();
        Some(server)
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        let socket = self.folder.path().to_str().unwrap().replace('/', "%2F");
        let port = self
            .settings
            .iter()
            .find_map(|set| set.strip_prefix("port="));
        format!(
            "postgres://newswatch@{socket}:{}/postgres",
            port.unwrap_or("5432")
        )
    }

    /// Stops it at once; whoever is connected loses the connection.
    pub(crate) fn stop(&mut self) {
        self.signal("-QUIT");
        self.running.wait().unwrap();
    }

    /// Starts it again.
    pub(crate) fn start_again(&mut self) {
        let folder = self.folder.path();
        self.running = run(&self.programs, self.user, folder, &self.settings);
        self.wait();
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.running.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    fn wait(&self) {
        let url = self.url();
        let asking = std::thread::spawn(move || {
            (0..ASKS).any(|_| {
                let answers = ::postgres::Client::connect(&url, ::postgres::NoTls).is_ok();
                if !answers {
                    std::thread::sleep(BETWEEN_ASKS);
                }
                answers
            })
        });
        assert!(asking.join().unwrap(), "the server does not answer");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.running.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.stop();
        }
    }
}

fn run(programs: &Path, user: Option<(u32, u32)>, folder: &Path, settings: &[String]) -> Child {
    let set = settings.iter().flat_map(|setting| ["-c", setting]);
    as_user(user, &programs.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        // What is killed here is the server, never the machine.
        .args(["-c", "listen_addresses=", "-c", "fsync=off"])
        .args(["-c", "max_connections=300", "-c", "shared_buffers=64MB"])
        .args(set)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let installed = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    folders.extend(installed.map(|version| version.path().join("bin")));
    let mut found = folders
        .into_iter()
        .filter(|folder| folder.join("initdb").exists())
        .filter_map(|folder| folder.join("initdb").canonicalize().ok());
    found.next()?.parent().map(Path::to_path_buf)
}

/// An ordinary user, where this one is root.
fn other_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    is_root.then(|| id_of("postgres").or_else(|| id_of("nobody")).unwrap())
}

fn id_of(name: &str) -> Option<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let is_this = fields.next() == Some(name);
        let (user, group) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        is_this.then_some((user, group))
    })
}

fn as_user(user: Option<(u32, u32)>, program: &Path) -> Command {
    let Some((user, group)) = user else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command
        .arg(format!("--reuid={user}"))
        .arg(format!("--regid={group}"))
        .args([OsStr::new("--clear-groups"), program.as_os_str()]);
    command
}
