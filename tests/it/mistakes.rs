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
    // Durations, times of the day, zones.
    ("[poll]¦every = \"00:15\"", &["write \"15m\""]),
    ("[poll]¦every = \"*/15 * * * *\"", &["write \"15m\""]),
    ("[poll]¦every = \"-5m\"", &["write \"5m\""]),
    ("[store]¦keep_articles = \"3 months\"", &["write \"90d\""]),
    (
        "[store]¦keep_articles = \"forever\"",
        &["the longest that can be written is \"3660d\""],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = 'iran'¦max_age = \"7 days ago\"",
        &["write \"7d\""],
    ),
    ("timezone = \"PST\"", &["\"America/Los_Angeles\""]),
    ("timezone = \"GMT+7\"", &["an offset knows no summer time"]),
    ("timezone = \"+07:00\"", &["an offset knows no summer time"]),
    ("timezone = \"Hanoi\"", &["\"Asia/Ho_Chi_Minh\""]),
    (
        "[[channel]]¦name = \"m\"¦type = \"console\"¦digest = { at = [\"7am\"] }",
        &["write \"07:00\""],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"console\"¦digest = { at = [\"07:00\"], days = \"mon-fri\" }",
        &["[\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"console\"¦quiet = { from = 22, to = \"6h30\" }",
        &["\"22:00\"", "write \"06:30\""],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"console\"¦quiet_hours = { from = \"22:00\", to = \"06:00\" }",
        &["did you mean \"quiet\"?"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"console\"¦storm = { more_than = 20, within = \"60s\" }",
        &["did you mean \"in\"?"],
    ),
    // Feeds and watches.
    (
        "[[feed]]¦url = \"https://b.example/rss\"¦auth = \"user:s3cr3t\"",
        &["a text cannot stand here", "auth = { username ="],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = [\"iran\", \"East Sea\"]",
        &["query = 'iran OR \"East Sea\"'"],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = 'iran'¦notify = [\"desk@example.org\"]",
        &["a [[channel]] of type = \"email\""],
    ),
    (
        "[[watch]]¦name = \"w\"¦query = 'iran'¦stem = \"english\"",
        &["write \"en\""],
    ),
    ("[[watch]]¦name = \"w\"¦query = 'iran @'", &["behind @"]),
    (
        "[[watch]]¦name = \"w\"¦query = '{iran}'",
        &["write ( and ) for groups"],
    ),
    (
        "[[alias]]¦name = \"x\"¦query = \"y\"",
        &["below it NAME = \"QUERY\""],
    ),
    // Channels.
    (
        "[[channel]]¦name = \"m\"¦type = \"slack\"¦url = \"https://b.example/hook\"",
        &["does not look like", "https://hooks.slack.com/"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"slack\"¦webhook = \"https://hooks.slack.com/services/s3cr3t\"",
        &["did you mean \"url\"?"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"discord\"¦url = \"https://discord.com/channels/1/2\"",
        &["does not look like", "api/webhooks"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"teams\"¦url = \"https://teams.microsoft.com/l/channel/a\"",
        &["does not look like", "workflow"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"mattermost\"¦url = \"https://mm.example\"",
        &["does not look like", "/hooks/"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"telegram\"¦bot_token = { env = \"HOME\" }¦chat = \"https://t.me/newsdesk\"",
        &["did you mean \"token\"?"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"telegram\"¦token = { env = \"HOME\" }¦chat = \"https://t.me/newsdesk\"",
        &["write \"@newsdesk\""],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"ntfy\"¦topic = \"https://ntfy.sh/mytopic\"",
        &["topic = \"mytopic\"", "server = \"https://ntfy.sh\""],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"matrix\"¦server = \"https://matrix.org\"¦room = \"#news:matrix.org\"¦token = { env = \"HOME\" }",
        &["is an alias of a room", "begins with !"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"gotify\"¦server = \"https://g.example/message?token=s3cr3t\"¦token = { env = \"HOME\" }",
        &["more than the address of the server"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"exec\"¦command = \"/bin/cat -v\"",
        &["[\"/bin/cat\", \"-v\"]"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"exec\"¦command = []",
        &["the list is empty"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"exec\"¦command = [\"/etc/passwd\"]",
        &["no program that can be started", "chmod +x"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"syslog\"¦socket = \"udp://10.0.0.1:514\"",
        &["not a socket of this machine"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"pagerduty\"",
        &["exec starts a program of yours"],
    ),
    // Secrets and mail.
    (
        "[[channel]]¦name = \"m\"¦type = \"ntfy\"¦topic = \"t\"¦token = \"${NTFY_TOKEN}\"",
        &["reads like the name of a place", "{ env = \"NTFY_TOKEN\" }"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"ntfy\"¦topic = \"t\"¦token = { env = \"$NTFY_TOKEN\" }",
        &["write \"NTFY_TOKEN\""],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"email\"¦to = [\"a@b.example\"]¦from = \"c@b.example\"¦smtp = \"smtp.b.example:587\"",
        &["smtp = { host = \"smtp.example.org\", port = 587 }"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"email\"¦to = [\"a@b.example\"]¦from = \"c@b.example\"¦smtp = { host = \"h\" }¦subject = \"News\"",
        &["did you mean \"subject_prefix\"?"],
    ),
    // Templates.
    (
        "[[channel]]¦name = \"m\"¦type = \"console\"¦template = { text = \"{{ titel }}\" }",
        &["there is no value \"titel\""],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"console\"¦template = { text = \"{title}: {{ title }}\" }",
        &[
            "{title} is printed as it stands",
            "{{ title }} for its value",
        ],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"console\"¦template = { text = \"{% for a in alerts %}x\" }",
        &["a block has no end"],
    ),
    (
        "[[channel]]¦name = \"m\"¦type = \"console\"¦template = { text = { file = \"nope.txt\" } }",
        &["there is no such file"],
    ),
    // Routes, pages, health, store.
    (
        "[[watch]]¦name = \"w\"¦query = 'iran'¦[[route]]¦if = { watch = [\"Nope\"] }¦notify = [\"desk\"]",
        &["the watches are: w"],
    ),
    (
        "[[route]]¦if = { tag = [\"asia\"] }¦notify = [\"desk\"]",
        &["did you mean \"watch_tag\"?"],
    ),
    (
        "[[route]]¦if = { between = \"8-18\" }¦notify = [\"desk\"]",
        &["[\"08:00\", \"18:00\"]"],
    ),
    ("[web]¦listen = \":8585\"", &["\"127.0.0.1:8585\""]),
    ("[web]¦metrics = true", &["\"127.0.0.1:9585\""]),
    (
        "[web]¦listen = \"127.0.0.1:9585\"¦metrics = \"127.0.0.1:9585\"",
        &["the pages listen at", "another port"],
    ),
    (
        "[web]¦password = \"s3cr3t\"",
        &["newswatch web user add NAME"],
    ),
    ("[health]¦to = [\"desk\"]", &["did you mean \"notify\"?"]),
    (
        "[http]¦allow_private = [\"192.168.1.*\"]",
        &["\"192.168.1.0/24\""],
    ),
    ("[http]¦timeout = \"10s\"", &["it is a key of [poll]"]),
    (
        "[http]¦url = \"https://b.example/rss\"",
        &["it is a key of a [[feed]]", "on a line above it"],
    ),
    (
        "[store]¦url = \"sqlite:///var/lib/nw.db\"",
        &["leave url out"],
    ),
    ("include = [\"watches.d/\"]", &["\"watches.d/*.toml\""]),
    // What is no part of the file.
    ("[slack]¦url = \"x\"", &["[[channel]]", "type = \"slack\""]),
    (
        "[digest]¦at = [\"07:00\"]",
        &["it is a key of a [[channel]]"],
    ),
    ("[logging]¦level = \"debug\"", &["NEWSWATCH_LOG=debug"]),
    ("[[silence]]¦watch = \"w\"", &["newswatch silence add"]),
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
