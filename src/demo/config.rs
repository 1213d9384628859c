//! The configuration of the demonstration: the sample newsroom's feeds, its watches, and channels that end
//! on this machine.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::newsroom::{EAST_SEA_ALIAS, Outlet, WATCHES};

/// The length of the webhook secret: Standard Webhooks asks for 24 to 64 bytes.
const SECRET_BYTES: usize = 32;

/// The parts of the demonstration that a configuration has to name.
#[derive(Debug, Clone, Copy)]
pub struct DemoSetup<'a> {
    /// An existing folder for the configuration, the secret and the state.
    pub folder: &'a Path,
    /// Where the newsroom listens.
    pub newsroom: SocketAddr,
    /// Where the mail server listens.
    pub smtp: SocketAddr,
    /// Where the webhook receiver listens.
    pub webhook: SocketAddr,
    /// The time between two polls, as the configuration writes it: `2s`.
    pub poll_every: &'a str,
    /// Whether alerts are printed as well.
    pub console: Console,
}

/// Whether the demonstration's alerts go to standard output too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Console {
    /// A channel `console` gets every alert.
    Shown,
    /// Mail and webhook alone.
    Hidden,
}

/// Writes the configuration and the secret that signs its webhooks, and returns the path of the
/// configuration. Both can be read by their owner alone.
///
/// # Errors
/// When the folder cannot be written, or one of the files is there already.
pub fn write(setup: &DemoSetup<'_>) -> io::Result<PathBuf> {
    let config = setup.folder.join("newswatch.toml");
    write_private(&secret_file(setup), &webhook_secret())?;
    write_private(&config, &toml(setup))?;
    Ok(config)
}

/// The configuration file, as text.
#[must_use]
pub fn toml(setup: &DemoSetup<'_>) -> String {
    let sections = [
        general(setup),
        feeds(setup.newsroom),
        aliases(),
        watches(setup.console),
        channels(setup),
    ];
    sections.join("\n")
}

/// A new secret. It is drawn without the care that a real one needs, for a receiver that checks nothing.
fn webhook_secret() -> String {
    let mut bytes = [0; SECRET_BYTES];
    fastrand::fill(&mut bytes);
    format!("whsec_{}", STANDARD.encode(bytes))
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}

fn secret_file(setup: &DemoSetup<'_>) -> PathBuf {
    setup.folder.join("webhook-secret")
}

fn general(setup: &DemoSetup<'_>) -> String {
    format!(
        "# Written by `newswatch demo`.\n\
         state_dir = {state_dir}\n\n\
         [poll]\n\
         every = {every}\n\
         min_every = {every}\n\
         first_poll = \"alert\"\n\n\
         [http]\n\
         # The newsroom and the webhook receiver: loopback is refused otherwise.\n\
         allow_private = [{newsroom}, {webhook}]\n",
        state_dir = quoted_path(&setup.folder.join("state")),
        every = quoted(setup.poll_every),
        newsroom = quoted(&setup.newsroom.to_string()),
        webhook = quoted(&setup.webhook.to_string()),
    )
}

fn feeds(newsroom: SocketAddr) -> String {
    let feeds = Outlet::ALL.map(|outlet| {
        let url = format!("http://{newsroom}{}", outlet.feed_path());
        let (url, name) = (quoted(&url), quoted(outlet.name()));
        format!("[[feed]]\nurl = {url}\nname = {name}\n")
    });
    feeds.join("\n")
}

fn aliases() -> String {
    let (name, query) = EAST_SEA_ALIAS;
    format!("[alias]\n{name} = {}\n", quoted(query))
}

fn watches(console: Console) -> String {
    let notify = match console {
        Console::Shown => r#"["desk", "hook", "console"]"#,
        Console::Hidden => r#"["desk", "hook"]"#,
    };
    let watches: Vec<String> = WATCHES
        .iter()
        .map(|watch| {
            let (name, query) = (quoted(watch.name), quoted(watch.query));
            format!("[[watch]]\nname = {name}\nquery = {query}\nnotify = {notify}\n")
        })
        .collect();
    watches.join("\n")
}

fn channels(setup: &DemoSetup<'_>) -> String {
    let mut text = format!(
        "[[channel]]\n\
         name = \"desk\"\n\
         type = \"email\"\n\
         to = [\"desk@newsroom.example\"]\n\
         from = \"newswatch <newswatch@newsroom.example>\"\n\
         storm = \"off\"\n\
         smtp = {{ host = {host}, port = {port}, tls = \"none\" }}\n\n\
         [[channel]]\n\
         name = \"hook\"\n\
         type = \"webhook\"\n\
         url = {url}\n\
         secret = {{ file = {secret} }}\n",
        host = quoted(&setup.smtp.ip().to_string()),
        port = setup.smtp.port(),
        url = quoted(&format!("http://{}/newswatch", setup.webhook)),
        secret = quoted_path(&secret_file(setup)),
    );
    if setup.console == Console::Shown {
        text.push_str("\n[[channel]]\nname = \"console\"\ntype = \"console\"\n");
    }
    text
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn quoted_path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(folder: &Path, console: Console) -> DemoSetup<'_> {
        DemoSetup {
            folder,
            newsroom: "127.0.0.1:4001".parse().unwrap(),
            smtp: "127.0.0.1:4002".parse().unwrap(),
            webhook: "127.0.0.1:4003".parse().unwrap(),
            poll_every: "2s",
            console,
        }
    }

    fn written(console: Console) -> toml::Table {
        let text = toml(&setup(Path::new("/tmp/the \"demo\" folder"), console));
        text.parse().unwrap()
    }

    fn names(table: &toml::Table, list: &str) -> Vec<String> {
        let entries = table[list].as_array().unwrap().iter();
        entries
            .map(|entry| entry["name"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn strings_survive_the_quoting_of_toml() {
        let table = written(Console::Hidden);
        assert_eq!(
            table["state_dir"].as_str().unwrap(),
            "/tmp/the \"demo\" folder/state"
        );
        assert_eq!(
            table["alias"]["east-sea"].as_str().unwrap(),
            EAST_SEA_ALIAS.1
        );
    }

    #[test]
    fn only_the_sockets_of_the_newsroom_and_the_receiver_are_allowed() {
        let table = written(Console::Hidden);
        let allowed = table["http"]["allow_private"].as_array().unwrap();
        let allowed: Vec<_> = allowed.iter().filter_map(toml::Value::as_str).collect();
        assert_eq!(allowed, ["127.0.0.1:4001", "127.0.0.1:4003"]);
    }

    #[test]
    fn every_outlet_and_every_watch_is_named() {
        let table = written(Console::Hidden);
        assert_eq!(names(&table, "feed").len(), Outlet::ALL.len());
        let watches: Vec<_> = WATCHES.iter().map(|watch| watch.name).collect();
        assert_eq!(names(&table, "watch"), watches);
    }

    #[test]
    fn alerts_are_printed_only_where_it_is_asked_for() {
        assert_eq!(
            names(&written(Console::Hidden), "channel"),
            ["desk", "hook"]
        );
        let shown = written(Console::Shown);
        assert_eq!(names(&shown, "channel"), ["desk", "hook", "console"]);
        let notify = shown["watch"][0]["notify"].as_array().unwrap();
        assert_eq!(notify.len(), 3);
    }

    #[test]
    fn the_files_can_be_read_by_their_owner_alone_and_the_secret_is_one() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let config = write(&setup(folder.path(), Console::Hidden)).unwrap();
        let table: toml::Table = std::fs::read_to_string(&config).unwrap().parse().unwrap();
        let secret = table["channel"][1]["secret"]["file"].as_str().unwrap();
        for file in [&config, Path::new(secret)] {
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", file.display());
        }
        let secret = std::fs::read_to_string(secret).unwrap();
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap());
        assert_eq!(key.unwrap().len(), SECRET_BYTES);
    }
}
