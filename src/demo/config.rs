//! The configuration of the demonstration: the sample newsroom's feeds, its watches, and channels that end
//! on this machine.

use std::net::SocketAddr;
use std::path::Path;

use super::newsroom::{EAST_SEA_ALIAS, Outlet, WATCHES};

/// The parts of the demonstration that a configuration has to name.
#[derive(Debug, Clone, Copy)]
pub struct DemoSetup<'a> {
    /// Where the state of the service goes.
    pub state_dir: &'a Path,
    /// Where the newsroom listens.
    pub newsroom: SocketAddr,
    /// Where the mail server listens.
    pub smtp: SocketAddr,
    /// Where the webhook receiver listens.
    pub webhook: SocketAddr,
    /// The file that holds the secret which signs webhooks.
    pub webhook_secret_file: &'a Path,
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
        state_dir = quoted_path(setup.state_dir),
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
         smtp = {{ host = {host}, port = {port}, tls = \"none\" }}\n\n\
         [[channel]]\n\
         name = \"hook\"\n\
         type = \"webhook\"\n\
         url = {url}\n\
         secret = {{ file = {secret} }}\n",
        host = quoted(&setup.smtp.ip().to_string()),
        port = setup.smtp.port(),
        url = quoted(&format!("http://{}/newswatch", setup.webhook)),
        secret = quoted_path(setup.webhook_secret_file),
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

    fn written(console: Console) -> toml::Table {
        let text = toml(&DemoSetup {
            state_dir: Path::new("/tmp/the \"demo\" folder/state"),
            newsroom: "127.0.0.1:4001".parse().unwrap(),
            smtp: "127.0.0.1:4002".parse().unwrap(),
            webhook: "127.0.0.1:4003".parse().unwrap(),
            webhook_secret_file: Path::new("/tmp/secret"),
            poll_every: "2s",
            console,
        });
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
}
