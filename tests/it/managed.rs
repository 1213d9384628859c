//! Feeds, watches and channels that are made outside the file; the lists of them; and what a change does to each reader.

use std::os::unix::fs::PermissionsExt as _;

use newswatch::demo::newsroom::Publishing;
use serde_json::{Value, json};

use crate::cli::{err, json_lines, newswatch, out, write};
use crate::service::Service;
use crate::support::newsroom::{World, expected};
use crate::support::site::Site;

/// A configuration that never reaches anybody.
const CONFIG: &str = r#"
[[feed]]
url = "http://127.0.0.1:9/rss.xml"
name = "Harbour News"
tags = ["asia"]

[[watch]]
name = "Shipping"
terms = ["container ship"]
notify = ["desk"]

[[channel]]
name = "desk"
type = "console"
"#;

/// A configuration in a folder, with a state directory beside it.
struct Desk {
    folder: tempfile::TempDir,
    config: String,
}

impl Desk {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("state_dir = \"state\"\n{text}");
        let config = write(folder.path(), "newswatch.toml", &text);
        Self { folder, config }
    }

    fn managed(&self) -> std::path::PathBuf {
        self.folder.path().join("state/managed.toml")
    }

    async fn done(&self, arguments: &[&str]) -> String {
        let output = newswatch(&[arguments, &["--config", &self.config]].concat()).await;
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}: {}",
            err(&output)
        );
        out(&output)
    }

    async fn refused(&self, arguments: &[&str]) -> String {
        let output = newswatch(&[arguments, &["--config", &self.config]].concat()).await;
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        // Lines are broken to fit: what is looked for may stand on two.
        err(&output)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    async fn rows(&self, arguments: &[&str]) -> Vec<Value> {
        let output = newswatch(&[arguments, &["--json", "--config", &self.config]].concat()).await;
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        json_lines(&output)
    }
}

#[tokio::test]
async fn what_is_added_outside_the_file_is_there_for_every_command_and_can_be_changed_and_taken_out()
 {
    let desk = Desk::new(CONFIG);
    let feed = "https://example.org/rss.xml";
    desk.done(&["feed", "add", feed, "--name", "Example", "--tag", "asia"])
        .await;
    let mode = std::fs::metadata(desk.managed())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let smtp = "smtp={ host = \"smtp.example.org\" }";
    let channel = [
        "channel",
        "add",
        "mail",
        "--type",
        "email",
        "--to",
        "a@example.org",
        "--to",
        "b@example.org",
        "--from",
        "nw@example.org",
        "--set",
        smtp,
    ];
    desk.done(&channel).await;
    let watch = [
        "watch",
        "add",
        "Sea",
        "--query",
        "\"East Sea\"",
        "--notify",
        "mail",
        "--feed",
        "tag:asia",
        "--set",
        "cooldown=2h",
    ];
    desk.done(&watch).await;

    let watches = desk.rows(&["watch", "list"]).await;
    assert_eq!(watches.len(), 2);
    // The quotes of a phrase are its own.
    assert_eq!(watches[1]["query"], "\"East Sea\"");
    assert_eq!(watches[1]["cooldown_s"], 7_200);
    let place = watches[1]["place"].as_str().unwrap();
    assert!(place.contains("managed.toml:"), "{place}");

    desk.done(&[
        "watch",
        "edit",
        "Sea",
        "--set",
        "enabled=false",
        "--unset",
        "cooldown",
    ])
    .await;
    let watches = desk.rows(&["watch", "list"]).await;
    assert_eq!(watches[1]["state"], "paused");
    assert!(watches[1]["cooldown_s"].is_null());
    desk.done(&["feed", "edit", feed, "--every", "10m"]).await;
    let feeds = desk.rows(&["feed", "list"]).await;
    assert_eq!(
        (&feeds[1]["name"], &feeds[1]["every_s"]),
        (&json!("Example"), &json!(600))
    );

    // The configuration could not be used without it: it stays.
    let told = desk.refused(&["channel", "remove", "mail"]).await;
    assert!(
        told.contains("nothing is changed") && told.contains("mail"),
        "{told}"
    );
    desk.done(&["watch", "remove", "Sea"]).await;
    desk.done(&["channel", "remove", "mail"]).await;
    desk.done(&["feed", "remove", "Example"]).await;
    for kind in ["watch", "channel", "feed"] {
        assert_eq!(desk.rows(&[kind, "list"]).await.len(), 1, "{kind}");
    }
}

#[tokio::test]
async fn what_people_wrote_into_the_managed_file_stays_as_it_was() {
    let desk = Desk::new(CONFIG);
    desk.done(&[
        "watch", "add", "Sea", "--term", "East Sea", "--notify", "desk",
    ])
    .await;
    let mut text = std::fs::read_to_string(desk.managed()).unwrap();
    text.push_str("# Asked for by the Asia desk.\n[[watch]]\nname = 'Own'\nquery = 'strait'\nnotify = [ 'desk' ]\n");
    std::fs::write(desk.managed(), &text).unwrap();
    desk.done(&["watch", "edit", "Sea", "--priority", "high"])
        .await;
    let now = std::fs::read_to_string(desk.managed()).unwrap();
    assert!(now.starts_with("# Written by newswatch"), "{now}");
    assert!(now.contains("priority = \"high\""), "{now}");
    assert!(
        now.contains("# Asked for by the Asia desk.\n[[watch]]\nname = 'Own'"),
        "{now}"
    );
    assert!(now.contains("notify = [ 'desk' ]"), "{now}");
}

/// The address of a feed that is never asked.
const RSS: &str = "https://example.org/rss";

/// What is typed, without `--config`, and words that the answer must hold.
const REFUSED: &[(&[&str], &[&str])] = &[
    (
        &[
            "channel",
            "add",
            "x",
            "--type",
            "exec",
            "--set",
            "command=[\"/bin/sh\"]",
        ],
        &["files alone"],
    ),
    (
        &[
            "channel",
            "add",
            "x",
            "--type",
            "file",
            "--set",
            "path=/tmp/alerts",
        ],
        &["files alone"],
    ),
    (
        &["channel", "add", "x", "--type", "syslog"],
        &["files alone"],
    ),
    (
        &[
            "channel",
            "add",
            "x",
            "--type",
            "ntfy",
            "--set",
            "topic=t",
            "--set",
            "token={ file = \"/etc/shadow\" }",
        ],
        &["\"file\" stands in files alone", "credential"],
    ),
    (
        &[
            "channel",
            "add",
            "x",
            "--type",
            "slack",
            "--set",
            "url={ env = \"PATH\" }",
        ],
        &["\"env\" stands in files alone"],
    ),
    (
        &["feed", "add", RSS, "--set", "proxy=http://10.0.0.1:3128"],
        &["\"proxy\" stands in files alone"],
    ),
    (
        &["watch", "add", "Shipping", "--query", "ship"],
        &["\"Shipping\" is given twice", "newswatch.toml"],
    ),
    (
        &["watch", "add", "Sea", "--query", "(sea", "--notify", "desk"],
        &["managed.toml:", "help: "],
    ),
    (
        &["watch", "add", "Sea", "--query", "sea", "--notify", "dsek"],
        &["did you mean \"desk\"?"],
    ),
    (&["feed", "add", "bbc.co.uk"], &["https://"]),
    (
        &["feed", "add", RSS, "--set", "evry=5m"],
        &["did you mean \"every\"?"],
    ),
    (
        &["watch", "edit", "Shipping", "--priority", "high"],
        &["is written in", "newswatch.toml:8"],
    ),
    (
        &["watch", "remove", "Shiping"],
        &["did you mean \"Shipping\"?"],
    ),
    (
        &["channel", "remove", "pager"],
        &["there is no channel \"pager\""],
    ),
    (
        &["feed", "show", "Habour News"],
        &["did you mean \"Harbour News\"?"],
    ),
    (
        &["feed", "list", "--tag", "asai"],
        &["did you mean \"asia\"?"],
    ),
    (&["channel", "show", "dsk"], &["did you mean \"desk\"?"]),
];

#[tokio::test]
async fn what_cannot_be_made_outside_the_file_is_refused_and_nothing_is_written() {
    let desk = Desk::new(CONFIG);
    for (typed, expected) in REFUSED {
        let told = desk.refused(typed).await;
        for word in *expected {
            assert!(told.contains(word), "{typed:?} lacks {word}:\n{told}");
        }
    }
    assert!(!desk.managed().exists());

    desk.done(&["watch", "add", "Sea", "--query", "sea", "--notify", "desk"])
        .await;
    let told = desk.refused(&["watch", "edit", "Sea"]).await;
    assert!(told.contains("--set"), "{told}");
    let told = desk
        .refused(&["watch", "edit", "Sea", "--unset", "cooldown"])
        .await;
    assert!(told.contains("has no key \"cooldown\""), "{told}");
    std::fs::write(desk.managed(), "[[watch]\n").unwrap();
    let told = desk.refused(&["watch", "add", "B", "--query", "b"]).await;
    assert!(told.contains("managed.toml:1"), "{told}");
}

#[tokio::test]
async fn a_file_of_the_service_that_others_cannot_read_is_a_warning_and_no_reason_to_stop() {
    let desk = Desk::new(CONFIG);
    std::fs::create_dir_all(desk.managed()).unwrap();
    let check = newswatch(&["check", "--config", &desk.config]).await;
    assert_eq!(check.status.code(), Some(0), "{}", out(&check));
    assert!(out(&check).contains("is left out here"), "{}", out(&check));
    // Whoever works by it does not work by half of it.
    let told = desk.refused(&["run", "--once"]).await;
    assert!(told.contains("managed.toml"), "{told}");
}

#[tokio::test]
async fn feeds_and_channels_are_listed_and_shown_before_and_after_the_first_run() {
    let world = World::open(Publishing::AllAtOnce).await;
    let config = world.config_path.to_str().unwrap();
    let (feeds, channels) = (world.config().feeds, world.config().channels);
    let list = ["feed", "list", "--json", "--config", config];
    let before = json_lines(&newswatch(&list).await);
    assert_eq!(before.len(), feeds.len());
    for (row, feed) in before.iter().zip(&feeds) {
        assert_eq!(row["url"], feed.url.as_str());
        assert_eq!(
            (&row["state"], &row["next_poll"]),
            (&json!("new"), &Value::Null)
        );
        assert_eq!(row["every_s"], feed.every.as_secs());
        assert_eq!(row["tags"], json!(feed.tags));
        assert!(row["place"].as_str().unwrap().contains(".toml:"), "{row}");
    }
    newswatch(&["run", "--once", "--config", config]).await;
    let after = json_lines(&newswatch(&list).await);
    assert!(after.iter().all(|row| row["state"] == "ok"), "{after:?}");
    let url = feeds[0].url.as_str();
    let shown =
        &json_lines(&newswatch(&["feed", "show", url, "--json", "--config", config]).await)[0];
    assert_eq!(shown["url"], url);
    assert!(!shown["newest"].as_array().unwrap().is_empty(), "{shown}");
    assert!(!shown["watches"].as_array().unwrap().is_empty(), "{shown}");
    let polls = shown["polls"].as_array().unwrap();
    assert_eq!(polls.last().unwrap()["polls"], 1, "{shown}");

    let listed = json_lines(&newswatch(&["channel", "list", "--json", "--config", config]).await);
    assert_eq!(listed.len(), channels.len());
    for (row, channel) in listed.iter().zip(&channels) {
        assert_eq!(row["name"], channel.name.0.as_str());
        assert_eq!(row["type"], channel.kind.type_name());
        assert_eq!(row["state"], "ok");
        assert!(row["delivered"].as_u64().unwrap() > 0, "{row}");
        assert!(!row["watches"].as_array().unwrap().is_empty(), "{row}");
    }
    let name = channels[0].name.0.as_str();
    let shown =
        &json_lines(&newswatch(&["channel", "show", name, "--json", "--config", config]).await)[0];
    assert_eq!(shown["open"], json!([]));
    for command in [
        &["feed", "list"][..],
        &["feed", "show", url],
        &["channel", "list"],
        &["channel", "show", name],
    ] {
        let text = newswatch(&[command, &["--config", config]].concat()).await;
        assert_eq!(text.status.code(), Some(0), "{command:?}: {}", err(&text));
        assert!(out(&text).contains("written in"), "{}", out(&text));
    }
}

#[tokio::test]
async fn a_service_that_runs_takes_up_what_is_added_without_being_told() {
    let world = World::open(Publishing::AllAtOnce).await;
    let config = world.config_path.to_str().unwrap();
    let text = std::fs::read_to_string(&world.config_path).unwrap();
    let text = text.replace("allow_private = [", "allow_private = [\"127.0.0.1\", ");
    std::fs::write(&world.config_path, &text).unwrap();
    let service = Service::start(&world);
    service.told("READY=1").await;
    world.calls(expected().len()).await;

    let site = Site::open().await;
    site.put_article(
        "/1",
        "A strait",
        &["The zyzzyva strait is open, the minister said."],
    );
    site.put_feed("/a", &[["1", "A strait", &site.url("/1"), "Summary"]]);
    let hook = world
        .config()
        .channels
        .iter()
        .find(|one| one.kind.type_name() == "webhook")
        .unwrap()
        .name
        .0
        .clone();
    let watch = [
        "watch", "add", "Strait", "--query", "zyzzyva", "--notify", &hook, "--config", config,
    ];
    let added = newswatch(&watch).await;
    assert_eq!(added.status.code(), Some(0), "{}", err(&added));
    service.told("RELOADING=1").await;
    service.told("READY=1").await;
    let feed = site.url("/a");
    let feed = [
        "feed",
        "add",
        &feed,
        "--set",
        "first_poll=alert",
        "--config",
        config,
    ];
    let added = newswatch(&feed).await;
    assert_eq!(added.status.code(), Some(0), "{}", err(&added));
    world.calls(expected().len() + 1).await;
    let told = world.webhook.received();
    let body = told.last().unwrap().json().unwrap();
    assert_eq!(body["data"]["watch"], "Strait");
    // The file of the configuration is nobody's but its owner's.
    assert_eq!(std::fs::read_to_string(&world.config_path).unwrap(), text);
    service.signal("TERM");
    assert!(service.end().await.success());
}

#[tokio::test]
async fn a_plan_tells_each_reader_what_a_change_brings_and_takes() {
    let site = Site::open().await;
    site.put_article(
        "/1",
        "Wheat",
        &["The price of wheat rose again, the minister said on Monday."],
    );
    site.put_article(
        "/2",
        "Rye",
        &["The price of rye fell again, the minister said on Monday."],
    );
    let (one, two) = (site.url("/1"), site.url("/2"));
    site.put_feed("/a", &[["1", "Wheat", &one, "S"], ["2", "Rye", &two, "S"]]);
    let host = site.url("/").replace("http://", "");
    let host = host.trim_end_matches('/');
    let config = |watch: &str, digest: &str| {
        format!(
            "[http]\nallow_private = [\"{host}\"]\n[[feed]]\nurl = \"{}\"\nfirst_poll = \"alert\"\n{watch}\n\
             [[channel]]\nname = \"desk\"\ntype = \"console\"\n{digest}\n[[channel]]\nname = \"night\"\ntype = \"console\"\n",
            site.url("/a")
        )
    };
    let old = "[[watch]]\nname = \"Corn\"\nquery = 'wheat'\nnotify = [\"desk\", \"night\"]\n";
    let new = "[[watch]]\nname = \"Corn\"\nquery = 'rye'\nnotify = [\"desk\"]\n\
               [[watch]]\nname = \"Wheat\"\nquery = 'wheat'\nnotify = [\"night\"]\n";
    let desk = Desk::new(&config(old, ""));
    desk.done(&["run", "--once"]).await;
    let older = desk.folder.path().join("older.toml");
    std::fs::copy(&desk.config, &older).unwrap();
    let older = older.to_str().unwrap();
    let same = desk.done(&["plan", "--against", older]).await;
    assert!(
        same.contains("2 articles") && same.contains("Nothing changes for: desk, night"),
        "{same}"
    );

    let text = config(new, "digest = { at = [\"07:00\"] }");
    write(
        desk.folder.path(),
        "newswatch.toml",
        &format!("state_dir = \"state\"\n{text}"),
    );
    let plan = desk.rows(&["plan", "--against", older]).await;
    let numbers =
        |row: &Value| ["before", "after", "added", "removed"].map(|key| row[key].as_u64().unwrap());
    assert_eq!(plan[0]["channel"], "desk");
    assert_eq!(numbers(&plan[0]), [1, 1, 1, 1], "{}", plan[0]);
    let changes = plan[0]["changes"].as_array().unwrap();
    let titles: Vec<_> = changes
        .iter()
        .map(|one| (&one["change"], &one["title"]))
        .collect();
    assert!(
        titles.contains(&(&json!("added"), &json!("Rye"))),
        "{titles:?}"
    );
    assert!(
        titles.contains(&(&json!("removed"), &json!("Wheat"))),
        "{titles:?}"
    );
    assert_eq!(plan[0]["settings"][0]["key"], "digest");
    // Another watch tells the same reader of the same article: nothing changes for him.
    assert_eq!(plan[1]["channel"], "night");
    assert_eq!(numbers(&plan[1]), [1, 1, 0, 0], "{}", plan[1]);
    let told = desk.done(&["plan", "--against", older]).await;
    assert!(told.contains("Nothing changes for: night"), "{told}");
    assert!(told.contains("digest: none before"), "{told}");
}
