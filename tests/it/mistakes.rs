//! What people get wrong on the command line, and what they are told: each answer names what was wrong and what helps.

use std::fmt::Write as _;
use std::path::Path;

use newswatch::demo::newsroom::Publishing;

use crate::cli::{err, newswatch, out, write};
use crate::support::newsroom::World;

/// A configuration whose feed is never reached.
const CONFIG: &str = r#"
[alias]
east-sea = '"East Sea" OR "Biển Đông"'

[[feed]]
url = "http://127.0.0.1:9/rss.xml"
name = "Harbour News"
tags = ["asia"]

[[watch]]
name = "Code of Conduct"
query = '@east-sea AND "code of conduct"'
notify = ["desk", "Ops Hook"]

[[watch]]
name = "Shipping"
terms = ["container ship"]
notify = ["desk"]

[[channel]]
name = "desk"
type = "console"

[[channel]]
name = "Ops Hook"
type = "console"
"#;

/// What is typed, without `--config`, and words that the answer must hold.
const TABLE: &[(&[&str], &[&str])] = &[
    // Names that do not exist.
    (
        &["alerts", "list", "--watch", "Code of conduct"],
        &["did you mean \"Code of Conduct\"?"],
    ),
    (
        &["alerts", "list", "--watch", "Weather"],
        &["there is no watch \"Weather\"", "Shipping"],
    ),
    (
        &["alerts", "list", "--channel", "dsk"],
        &["did you mean \"desk\"?"],
    ),
    (
        &["alerts", "retry", "--channel", "ops hook"],
        &["did you mean \"Ops Hook\"?"],
    ),
    (
        &["alerts", "retry", "--watch", "Shiping"],
        &["did you mean \"Shipping\"?"],
    ),
    (
        &["status", "--channel", "desks"],
        &["did you mean \"desk\"?"],
    ),
    (
        &["status", "--feed", "Habour News"],
        &["did you mean \"Harbour News\"?"],
    ),
    (
        &["backtest", "--watch", "Code-of-Conduct"],
        &["did you mean \"Code of Conduct\"?"],
    ),
    (&["notify", "test", "Desk"], &["did you mean \"desk\"?"]),
    (
        &["notify", "test", "pager"],
        &["there is no channel \"pager\"", "Ops Hook"],
    ),
    (
        &["explain", "page.html", "--watch", "Shippin"],
        &["did you mean \"Shipping\"?"],
    ),
    (
        &["why", "x", "--channel", "dsk"],
        &["did you mean \"desk\"?"],
    ),
    (
        &[
            "silence",
            "add",
            "--feed",
            "Habour News",
            "--for",
            "1h",
            "--reason",
            "x",
        ],
        &["did you mean \"Harbour News\"?"],
    ),
    (
        &[
            "silence", "add", "--feed", "tag:asai", "--for", "1h", "--reason", "x",
        ],
        &["did you mean \"tag:asia\"?"],
    ),
    (
        &["channel", "suppress", "a@example.org", "--watch", "Shiping"],
        &["did you mean \"Shipping\"?"],
    ),
    // Ids.
    (
        &["alerts", "show", "alr_nothing"],
        &["alr_nothing", "newswatch alerts list"],
    ),
    (
        &["alerts", "show", "held_77"],
        &["held_77", "newswatch alerts list"],
    ),
    // Values of options.
    (&["alerts", "list", "--state", "given-up"], &["abandoned"]),
    (
        &["alerts", "list", "--since", "yesterday"],
        &["2026-11-23T08:00:00Z", "36h"],
    ),
    (
        &["alerts", "list", "--until", "23.11.2026"],
        &["2026-11-23T08:00:00Z"],
    ),
    (&["alerts", "list", "--after", "page2"], &["at its end"]),
    (&["alerts", "list", "--limit", "many"], &["invalid digit"]),
    (&["search", "iran", "--since", "last week"], &["36h"]),
    (&["status", "--check", "--json"], &["cannot be used with"]),
    (&["status", "--faling"], &["--failing"]),
    // Commands.
    (&["stauts"], &["status"]),
    (&["alert", "list"], &["alerts"]),
    (&["alerts", "resend", "x"], &["unrecognized subcommand"]),
    // Queries.
    (&["search", "iran AND"], &["iran AND", "^", "help:"]),
    (&["search", "(iran"], &["^", "help:"]),
    (&["search", "\"east sea"], &["^", "help:"]),
    (&["search", "@eastsea"], &["did you mean", "east-sea"]),
    (&["search", "iran or tehran"], &["OR"]),
    (&["search", "iran, iraq"], &["help:"]),
    (&["search", "NOT"], &["help:"]),
    (&["search", ""], &["help:"]),
    // Files and addresses.
    (
        &["explain", "missing.html"],
        &["there is no file missing.html"],
    ),
    (
        &["explain", "example.org/news/1"],
        &["https://example.org/news/1"],
    ),
    (
        &["explain", "--url", "ftp://example.org/1"],
        &["https://example.org/news/1"],
    ),
    (
        &["explain", "--url", "http://"],
        &["is not the address of a page"],
    ),
    (
        &["explain", "--jsonl", "missing.jsonl"],
        &["there is no file missing.jsonl"],
    ),
    (
        &["match", "--jsonl", "missing.jsonl"],
        &["there is no file missing.jsonl"],
    ),
    (
        &["match", "--jsonl", "broken.jsonl"],
        &["line 2 is not an article"],
    ),
    (&["restore", "missing.db"], &["missing.db"]),
    (&["restore", "notes.txt"], &["no database of newswatch"]),
    (&["backup", "notes.txt"], &["exists already"]),
];

/// The same for commands that take no configuration.
const WITHOUT_CONFIG: &[(&[&str], &[&str])] = &[
    (&["completions", "csh"], &["bash", "fish", "zsh"]),
    (&["parse", "missing.xml"], &["there is no file missing.xml"]),
    (
        &["parse", "example.org/rss.xml"],
        &["https://example.org/rss.xml"],
    ),
    (&["parse", "."], &["folder"]),
    (
        &["extract", "missing.html"],
        &["there is no file missing.html"],
    ),
    (&["extract", "http://"], &["is not the address of a page"]),
    (&["feeds", "discover", "://"], &["bbc.co.uk"]),
];

#[tokio::test]
async fn every_mistake_on_the_command_line_is_answered_with_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    let config = prepared(folder.path()).await;
    let mut wrong = String::new();
    let with = TABLE.iter().map(|row| (row, true));
    let without = WITHOUT_CONFIG.iter().map(|row| (row, false));
    for ((typed, expected), has_config) in with.chain(without) {
        let placed: Vec<String> = typed
            .iter()
            .map(|word| in_folder(word, folder.path()))
            .collect();
        let mut arguments: Vec<&str> = placed.iter().map(String::as_str).collect();
        if has_config {
            arguments.extend(["--config", &config]);
        }
        let output = newswatch(&arguments).await;
        let told = format!("{}{}", out(&output), err(&output));
        let told = told.replace(&format!("{}/", folder.path().display()), "");
        let is_ok = output.status.success() || output.status.code().is_none();
        let lacks: Vec<&&str> = expected
            .iter()
            .filter(|word| !told.contains(**word))
            .collect();
        if is_ok || !lacks.is_empty() || told.contains("panicked") {
            writeln!(wrong, "{typed:?} lacks {lacks:?}:\n{told}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Lines of a configuration that has a feed and a channel, and words that `check` must say of them; `¦` parts the lines.
const IN_THE_FILE: &[(&str, &[&str])] = &[
    (
        "[[watch]]¦name = \"w\"¦query = 'iran AND/OR iraq'",
        &["iran OR iraq"],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = 'iran AROUND(12) deal'",
        &["NEAR/12"],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = 'ATLEAST7(missile)'",
        &["missile>=7"],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = '&quot;red sea&quot;'",
        &["HTML", "write \" in its place"],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = '/(deal|pact/'",
        &["a group is not closed", "write )"],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = '``red sea``'",
        &["\"red sea\""],
    ),
    (
        "[[watch]]¦name = \"w\"¦terms = ['red, black, white']",
        &["\"red\", \"black\", \"white\""],
    ),
    (
        "[[watch]]¦name = \"w\"¦terms = ['NOT football']",
        &["NOT means nothing in a list of terms"],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = 'iran>=3'¦must_match = [\"Iran\"]",
        &["\"iran\" is not there 3 times"],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = 'iran'¦feeds = [\"tags:Asia\"]",
        &["did you mean \"tag:asia\"?"],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = ′iran′",
        &["query = \"iran\""],
    ),
    (
        "[watch.iran]¦query = 'iran'",
        &["[[watch]]", "name = \"iran\""],
    ),
    (
        "[[feed]]¦url = https://b.example/rss\"",
        &[
            "the opening quote is missing",
            "url = \"https://b.example/rss\"",
        ],
    ),
    (
        "[[feed]]¦url = [\"https://b.example/a\", \"https://b.example/b\"]",
        &["another [[feed]]"],
    ),
    (
        "[[feed]]¦url = \"<https://b.example/rss>\"",
        &["without them"],
    ),
    (
        "[[feed]]¦url = \"https://b.example/a b\"",
        &["a space in the address", "%20"],
    ),
    (
        "[[feed]]¦url = \"http://a.example/rss\"",
        &["the same address", "https://"],
    ),
    (
        "[[feed]]¦url = \"https://b.example/rss\"¦article = { text = \"p\" }",
        &["did you mean \"body\"?"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"stdout\"",
        &["did you mean \"console\"?"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"console\"¦quiet = \"22-6\"",
        &["{ from = \"22:00\", to = \"06:30\" }"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"slack\"¦url = \"https://hooks.slack.com/services/a\"¦to = [\"x@example.org\"]",
        &["type = \"email\""],
    ),
    ("[web]¦listen = 8585", &["\"127.0.0.1:8585\""]),
    (
        "[health]¦heartbeat = \"https://hc.example/s3cr3t\"",
        &["heartbeat = {"],
    ),
    ("[polling]¦every = \"5m\"", &["did you mean [poll]?"]),
    (
        "[[route]]¦when = { lang = [\"en\"] }¦notify = []",
        &["did you mean \"if\"?"],
    ),
    (
        "[[route]]¦if = { lang = [\"vietnamese\"] }¦notify = []",
        &["write \"vi\""],
    ),
    (
        "https://b.example/rss",
        &["[[feed]]", "url = \"https://b.example/rss\""],
    ),
];

#[tokio::test]
async fn every_mistake_in_the_file_is_answered_with_what_to_write_in_eighty_columns() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = String::new();
    for (lines, expected) in IN_THE_FILE {
        let lines = lines.replace('¦', "\n");
        let config = format!(
            "state_dir = \"state\"\n{lines}\n[[feed]]\nurl = \"https://a.example/rss\"\ntags = [\"asia\"]\n\
             [[channel]]\nname = \"desk\"\ntype = \"console\"\n"
        );
        let config = write(folder.path(), "file.toml", &config);
        let output = newswatch(&["check", "--config", &config]).await;
        let told = out(&output).replace(&config, "file.toml");
        // Lines are broken to fit: what is looked for may stand on two.
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        let lacks: Vec<&&str> = expected
            .iter()
            .filter(|word| !flat.contains(**word))
            .collect();
        let is_wide = told.lines().any(|line| line.chars().count() > 80);
        if !lacks.is_empty() || is_wide || told.contains("s3cr3t") {
            writeln!(wrong, "{lines:?} lacks {lacks:?}:\n{told}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Files of the test stand in its folder.
fn in_folder(word: &str, folder: &Path) -> String {
    let ends = [".html", ".jsonl", ".db", ".txt", ".xml"];
    if ends.iter().any(|end| word.ends_with(end)) && !word.contains('/') {
        folder.join(word).display().to_string()
    } else {
        word.to_owned()
    }
}

async fn prepared(folder: &Path) -> String {
    let state = folder.join("state");
    let config = format!("state_dir = '{}'\n{CONFIG}", state.display());
    let config = write(folder, "newswatch.toml", &config);
    write(
        folder,
        "page.html",
        "<html><body><p>Nothing.</p></body></html>",
    );
    write(folder, "notes.txt", "no database");
    write(
        folder,
        "broken.jsonl",
        "{\"id\": 1, \"text\": \"a\"}\n{\"id\": 2,\n",
    );
    newswatch(&["run", "--once", "--config", &config]).await;
    config
}

#[tokio::test]
async fn a_store_that_newswatch_cannot_use_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    std::fs::create_dir(&state).unwrap();
    let config = write(
        folder.path(),
        "newswatch.toml",
        &format!("state_dir = {state:?}\n{CONFIG}"),
    );
    std::fs::write(state.join("newswatch.sqlite3"), "garbage ".repeat(1000)).unwrap();
    for command in [&["status"][..], &["alerts", "list"], &["search", "iran"]] {
        let output = newswatch(&[command, &["--config", &config]].concat()).await;
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        assert!(
            err(&output).contains("newswatch.sqlite3"),
            "{}",
            err(&output)
        );
    }
    let output = newswatch(&["status", "--check", "--config", &config]).await;
    assert_eq!(output.status.code(), Some(3));
    assert!(
        out(&output).starts_with("NEWSWATCH UNKNOWN - "),
        "{}",
        out(&output)
    );
    assert_eq!(out(&output).trim_end().lines().count(), 1);
    let output = newswatch(&["status", "--check", "--config", "missing.toml"]).await;
    assert_eq!(output.status.code(), Some(3), "{}", out(&output));
}

#[tokio::test]
async fn what_was_read_is_found_again_and_comes_back_from_a_backup() {
    let world = World::open(Publishing::AllAtOnce).await;
    let config = world.config_path.to_str().unwrap();
    let ran = newswatch(&["run", "--once", "--config", config]).await;
    assert!(out(&ran).contains(" polled, 0 failed; "), "{}", out(&ran));
    let found = newswatch(&["search", "the", "--config", config, "--limit", "1"]).await;
    assert_eq!(found.status.code(), Some(0), "{}", err(&found));
    assert!(
        out(&found).contains("there are more: --limit"),
        "{}",
        out(&found)
    );
    let nothing = newswatch(&["search", "zyzzyva", "--json", "--config", config]).await;
    assert_eq!(nothing.status.code(), Some(1));

    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    let made = newswatch(&["backup", copy, "--config", config]).await;
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    std::fs::remove_dir_all(world.state_dir()).unwrap();
    let restored = newswatch(&["restore", copy, "--config", config]).await;
    assert_eq!(restored.status.code(), Some(0), "{}", err(&restored));
    let again = newswatch(&["search", "the", "--config", config, "--limit", "1"]).await;
    assert_eq!(out(&again), out(&found));

    let pages = folder.path().join("man");
    newswatch(&["man", pages.to_str().unwrap()]).await;
    assert!(pages.join("newswatch.1").exists());
    for shell in ["bash", "fish", "zsh"] {
        let script = newswatch(&["completions", shell]).await;
        assert!(out(&script).contains("backtest"), "{shell}");
    }
}
