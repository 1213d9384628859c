//! Every command, as people type it: good input, bad input, exit codes, what is printed.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use newswatch::demo::newsroom::{Outlet, Publishing, STORIES};
use newswatch::demo::webhook_sink::ScriptedAnswer;
use newswatch::store::Store;
use serde_json::Value;

use crate::support::newsroom::{World, expected, expected_stories};

/// Runs newswatch on a thread of its own, so that the servers of the test can answer it.
pub(crate) async fn newswatch(arguments: &[&str]) -> Output {
    let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
    tokio::task::spawn_blocking(move || {
        Command::cargo_bin("newswatch")
            .unwrap()
            .args(arguments)
            .env_remove("NOTIFY_SOCKET")
            .env_remove("STATE_DIRECTORY")
            .env_remove("CREDENTIALS_DIRECTORY")
            .output()
            .unwrap()
    })
    .await
    .unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub(crate) fn json_lines(output: &Output) -> Vec<Value> {
    out(output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub(crate) fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn wrong_usage_exits_with_2() {
    for wrong in [
        &["watch"][..],
        &["run"],
        &["match", "--config"],
        &["alerts", "retry", "-c", "x"],
    ] {
        let output = newswatch(wrong).await;
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(!err(&output).is_empty());
    }
}

#[tokio::test]
async fn init_writes_a_configuration_that_check_accepts_and_never_overwrites_one() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("new");
    let dir = dir.to_str().unwrap();
    let output = newswatch(&["init", dir]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let config = format!("{dir}/newswatch.toml");
    let output = newswatch(&["check", "--config", &config]).await;
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));

    std::fs::write(&config, "# mine").unwrap();
    let output = newswatch(&["init", dir]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("already there"), "{}", err(&output));
    assert_eq!(std::fs::read_to_string(&config).unwrap(), "# mine");
}

const SIX_MISTAKES: &str = r#"[poll]
every = "15 parsecs"

[[feed]]
url = "gopher://example.org/rss"

[[watch]]
name = "A"
query = '"East Sea'
notify = ["dsek"]
priorty = "high"

[[channel]]
name = "desk"
type = "emial"
"#;

#[tokio::test]
async fn check_reports_all_mistakes_of_a_file_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let config = write(folder.path(), "newswatch.toml", SIX_MISTAKES);
    let output = newswatch(&["check", "--config", &config]).await;
    assert_eq!(output.status.code(), Some(1));
    let text = out(&output);
    for place in [":2:9", ":5:7", ":9:10", ":10:11", ":11:1", ":15:8"] {
        assert!(text.contains(place), "{place} is not in\n{text}");
    }
    for hint in ["desk", "priority", "email"] {
        assert!(text.contains(hint), "{hint} is not in\n{text}");
    }
}

#[tokio::test]
async fn check_prints_an_object_a_line_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let config = write(folder.path(), "newswatch.toml", SIX_MISTAKES);
    let output = newswatch(&["check", "--config", &config, "--json"]).await;
    assert_eq!(output.status.code(), Some(1));
    let problems = json_lines(&output);
    let query = problems
        .iter()
        .find(|problem| problem["kind"] == "unclosed-quote")
        .unwrap();
    assert_eq!(query["watch"], "A");
    assert_eq!(query["col"], 1);
    let unknown = problems
        .iter()
        .find(|problem| problem["kind"] == "unknown-key")
        .unwrap();
    assert!(unknown["col"].is_null());
    for problem in &problems {
        for key in ["watch", "kind", "col", "message", "hint"] {
            assert!(problem.get(key).is_some(), "{key} of {problem}");
        }
    }
}

#[tokio::test]
async fn run_once_sends_the_alerts_and_a_second_run_sends_nothing() {
    let world = World::open(Publishing::AllAtOnce).await;
    let config = world.config_path.to_str().unwrap();
    for _ in 0..2 {
        let output = newswatch(&["run", "--once", "--config", config]).await;
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        assert_eq!(world.webhook.received().len(), expected().len());
        assert_eq!(world.mail.mails().len(), expected_stories().len());
    }
}

#[tokio::test]
async fn a_second_instance_on_one_state_directory_says_so_and_ends() {
    let world = World::open(Publishing::AllAtOnce).await;
    let _first = Store::open(&world.state_dir()).await.unwrap();
    let config = world.config_path.to_str().unwrap();
    let output = newswatch(&["run", "--once", "--config", config]).await;
    assert_eq!(output.status.code(), Some(1));
    let message = err(&output);
    assert!(message.contains("another newswatch"), "{message}");
    assert!(
        message.contains(&std::process::id().to_string()),
        "{message}"
    );
}

#[tokio::test]
async fn status_tells_how_feeds_channels_and_matches_are() {
    let world = World::open(Publishing::AllAtOnce).await;
    let config = world.config_path.to_str().unwrap();
    let output = newswatch(&["status", "--config", config]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("no database yet"), "{}", err(&output));

    newswatch(&["run", "--once", "--config", config]).await;
    let output = newswatch(&["status", "--config", config]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    for outlet in Outlet::ALL {
        assert!(text.contains(outlet.name()), "{text}");
    }

    let output = newswatch(&["status", "--json", "--config", config]).await;
    let report = &json_lines(&output)[0];
    assert_eq!(report["feeds"].as_array().unwrap().len(), Outlet::ALL.len());
    let counts = &report["counts"];
    let number = |key: &str| counts[key].as_u64().unwrap();
    let (alerts, ways) = (expected().len() as u64, 2);
    assert_eq!(number("alerts"), alerts);
    assert_eq!(number("matches"), number("alerts") + number("held"));
    let standing = ["delivered", "waiting", "legs_held", "abandoned"].map(number);
    assert_eq!(number("legs"), standing.iter().sum::<u64>());
    assert_eq!(number("delivered"), ways * alerts);
}

#[tokio::test]
async fn status_shows_a_failing_feed_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "state_dir = {:?}\n[[feed]]\nurl = \"http://127.0.0.1:9/rss\"\n",
        folder.path().join("state")
    );
    let config = write(folder.path(), "newswatch.toml", &config);
    let output = newswatch(&["run", "--once", "--config", &config]).await;
    assert_eq!(output.status.code(), Some(1), "no feed could be read");
    let told = out(&output);
    assert!(
        told.starts_with("1 feed polled, 1 failed; 0 entries new"),
        "{told}"
    );
    let output = newswatch(&["status", "--check", "--config", &config]).await;
    assert_eq!(output.status.code(), Some(2), "{}", out(&output));
    assert!(
        out(&output).starts_with("NEWSWATCH CRITICAL - "),
        "{}",
        out(&output)
    );
    let output = newswatch(&["status", "--json", "--config", &config]).await;
    let feed = &json_lines(&output)[0]["feeds"][0];
    assert_eq!(feed["state"], "failing");
    let error = feed["error"].as_str().unwrap();
    assert!(error.contains("127.0.0.1"), "{error}");
    assert!(error.contains("allow_private"), "{error}");
    assert!(feed["failing_since"].is_string());
}

#[tokio::test]
async fn parse_prints_a_line_for_each_input_also_for_one_that_is_no_feed() {
    let folder = tempfile::tempdir().unwrap();
    let good = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title>
        <item><guid>1</guid><title>Talks &amp; more</title><link>/1</link>
        <pubDate>Wed, 31 Jul 2019 17:56:00 +0700</pubDate></item></channel></rss>"#;
    let good = write(folder.path(), "good.xml", good);
    let bad = write(folder.path(), "bad.xml", "<html><body>404</body></html>");
    let missing = folder.path().join("missing.xml");
    let missing = missing.to_str().unwrap();
    let base = "https://example.org/feeds/";
    let output = newswatch(&["parse", "--base-url", base, &good, &bad, missing]).await;
    assert_eq!(output.status.code(), Some(1));
    let lines = json_lines(&output);
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["ok"], true);
    assert_eq!(lines[0]["feed"]["kind"], "rss");
    let entry = &lines[0]["entries"][0];
    assert_eq!(entry["id"], "1");
    assert_eq!(entry["title"], "Talks & more");
    assert_eq!(entry["link"], "https://example.org/1");
    assert_eq!(entry["published"], "2019-07-31T10:56:00Z");
    assert!(entry["author"].is_null());
    for line in &lines[1..] {
        assert_eq!(line["ok"], false);
        assert!(line["error"].is_string());
    }
}

#[tokio::test]
async fn documents_on_loopback_are_refused_unless_they_are_allowed() {
    let world = World::open(Publishing::AllAtOnce).await;
    let port = world.newsroom.addr().port();
    let path = Outlet::Gazette.feed_path();
    for host in ["127.0.0.1", "2130706433", "localhost", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{port}{path}");
        let output = newswatch(&["parse", &url]).await;
        assert_eq!(output.status.code(), Some(1), "{url}");
        let error = json_lines(&output)[0]["error"].as_str().unwrap().to_owned();
        assert!(
            error.contains("127.0.0.1") || error.contains("::1"),
            "{error}"
        );
        assert!(error.contains("allow_private"), "{error}");
    }
    let url = world.newsroom.feed_url(Outlet::Gazette);
    let allowed = format!("127.0.0.1:{port}");
    let output = newswatch(&["parse", "--allow-private", &allowed, &url]).await;
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert_eq!(
        world.newsroom.served(path).whole,
        1,
        "a refused request came through"
    );
}

#[tokio::test]
async fn extract_prints_the_article_of_a_page() {
    let world = World::open(Publishing::AllAtOnce).await;
    let story = &STORIES[0];
    let url = world.newsroom.story_url(story);
    let allowed = world.newsroom.addr().to_string();
    let output = newswatch(&["extract", "--allow-private", &allowed, &url, "missing.html"]).await;
    assert_eq!(output.status.code(), Some(1), "the second input is missing");
    let lines = json_lines(&output);
    assert_eq!(lines[0]["title"], story.title);
    assert_eq!(lines[0]["byline"], story.byline);
    assert_eq!(lines[0]["text"], story.text());
    assert!(lines[1]["error"].is_string());
}

const TWO_WATCHES: &str = r#"
[[watch]]
name = "Sea"
query = '"East Sea"'

[[watch]]
name = "Code"
terms = ["=COC", "code of conduct"]
"#;

#[tokio::test]
async fn match_prints_an_object_for_each_match_with_offsets_in_code_points() {
    let folder = tempfile::tempdir().unwrap();
    let config = write(folder.path(), "newswatch.toml", TWO_WATCHES);
    let articles = concat!(
        r#"{"id":"a1","title":"Biển Đông: the COC","text":"The East Sea.","source":"x","lang":"en","published":null}"#,
        "\n",
        r#"{"id":2,"title":"Coca","text":"Nothing here."}"#,
        "\n"
    );
    let articles = write(folder.path(), "articles.jsonl", articles);
    let output = newswatch(&["match", "--config", &config, "--jsonl", &articles]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let lines = json_lines(&output);
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[0]["id"], &lines[0]["watch"]),
        (&"a1".into(), &"Sea".into())
    );
    assert_eq!(
        lines[0]["spans"],
        serde_json::json!([{"field": "body", "start": 4, "end": 12}])
    );
    assert_eq!(lines[1]["watch"], "Code");
    assert_eq!(
        lines[1]["spans"],
        serde_json::json!([{"field": "title", "start": 15, "end": 18}])
    );
}

#[tokio::test]
async fn match_refuses_to_start_on_a_mistake_and_names_the_watch() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[[watch]]\nname = \"Broken\"\nquery = '(iran OR iraq'\n";
    let config = write(folder.path(), "newswatch.toml", config);
    let articles = write(folder.path(), "articles.jsonl", "");
    let output = newswatch(&["match", "--config", &config, "--jsonl", &articles]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("Broken"), "{}", err(&output));
    assert!(out(&output).is_empty());
}

#[tokio::test]
async fn match_names_the_line_that_is_no_article() {
    let folder = tempfile::tempdir().unwrap();
    let config = write(folder.path(), "newswatch.toml", TWO_WATCHES);
    let articles = write(
        folder.path(),
        "a.jsonl",
        "{\"id\":1,\"title\":\"\"}\n{\"id\":\n",
    );
    let output = newswatch(&["match", "--config", &config, "--jsonl", &articles]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("line 2"), "{}", err(&output));
}

#[tokio::test]
async fn notify_test_prints_what_the_other_side_answered() {
    let world = World::open(Publishing::AllAtOnce).await;
    let config = world.config_path.to_str().unwrap();
    for channel in ["desk", "hook"] {
        let output = newswatch(&["notify", "test", channel, "--config", config]).await;
        assert_eq!(output.status.code(), Some(0), "{}", out(&output));
        assert!(out(&output).contains("accepted"), "{}", out(&output));
    }
    assert_eq!(world.mail.mails().len(), 1);
    assert_eq!(world.webhook.received().len(), 1);

    world.webhook.script([ScriptedAnswer::status(401)]);
    let output = newswatch(&["notify", "test", "hook", "--config", config]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("401"), "{}", out(&output));

    let output = newswatch(&["notify", "test", "hok", "--config", config]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).contains("did you mean \"hook\""),
        "{}",
        err(&output)
    );
}

#[tokio::test]
async fn alerts_are_listed_shown_and_sent_again() {
    let world = World::open(Publishing::AllAtOnce).await;
    let config = world.config_path.to_str().unwrap();
    newswatch(&["run", "--once", "--config", config]).await;
    let output = newswatch(&["alerts", "list", "--json", "--config", config]).await;
    let (lines, held): (Vec<Value>, Vec<Value>) = json_lines(&output)
        .into_iter()
        .partition(|line| line["state"] == "raised");
    assert_eq!(lines.len(), expected().len());
    let is_known = |line: &Value| line["reason"] == "story-known" || line["reason"] == "copy";
    assert!(held.iter().all(is_known), "{held:?}");
    assert!(!held.is_empty(), "a second feed announces the lead story");
    let id = lines[0]["id"].as_str().unwrap();

    let output = newswatch(&["alerts", "show", id, "--config", config]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    assert!(text.contains("accepted"), "{text}");
    assert!(text.contains(lines[0]["watch"].as_str().unwrap()), "{text}");

    let output = newswatch(&["alerts", "retry", id, "--config", config]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let before = world.webhook.received();
    newswatch(&["run", "--once", "--config", config]).await;
    let after = world.webhook.received();
    assert_eq!(after.len(), before.len() + 1);
    let again = after.last().unwrap().header("webhook-id").unwrap();
    assert!(
        before
            .iter()
            .any(|call| call.header("webhook-id") == Some(again))
    );

    let output = newswatch(&["alerts", "show", "alr_none", "--config", config]).await;
    assert_eq!(output.status.code(), Some(1));
    let held_id = held[0]["id"].as_str().unwrap();
    let output = newswatch(&["alerts", "show", held_id, "--config", config]).await;
    let covers = held[0]["detail"]["alert"].as_str().unwrap();
    assert!(out(&output).contains(covers), "{}", out(&output));
    let output = newswatch(&["alerts", "retry", "--watch", "none", "--config", config]).await;
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test]
async fn a_list_that_is_cut_says_how_many_there_are_and_where_it_goes_on() {
    let world = World::open(Publishing::AllAtOnce).await;
    let config = world.config_path.to_str().unwrap();
    newswatch(&["run", "--once", "--config", config]).await;
    let list = async |more: &[&str]| {
        let asked = [&["alerts", "list", "--config", config], more].concat();
        newswatch(&asked).await
    };
    let all = json_lines(&list(&["--json"]).await);
    let mut pages: Vec<Value> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut asked = vec!["--json", "--limit", "2"];
        asked.extend(after.iter().flat_map(|cursor| ["--after", cursor.as_str()]));
        let output = list(&asked).await;
        let page = json_lines(&output);
        assert!(page.len() <= 2);
        pages.splice(0..0, page);
        let told = err(&output);
        let Some((words, next)) = told.trim().split_once("--after ") else {
            break;
        };
        assert!(words.contains(&format!("of {}", all.len())), "{told}");
        after = Some(next.to_owned());
    }
    assert_eq!(pages, all);

    let raised = all.iter().filter(|line| line["state"] == "raised").count();
    let text = out(&list(&[]).await);
    assert_eq!(text.matches("alr_").count(), raised, "{text}");
    assert!(text.contains("held and not shown: --held"), "{text}");
    let with_held = out(&list(&["--held"]).await);
    assert_eq!(
        with_held.matches("  held_").count(),
        all.len() - raised,
        "{with_held}"
    );
    let delivered =
        json_lines(&list(&["--json", "--state", "delivered", "--channel", "hook"]).await);
    assert!(!delivered.is_empty());
    assert!(
        delivered
            .iter()
            .all(|line| line["delivered"] == line["legs"])
    );
    assert!(json_lines(&list(&["--json", "--state", "abandoned"]).await).is_empty());
    let title = delivered[0]["title"].as_str().unwrap().to_uppercase();
    let found = json_lines(&list(&["--json", "--text", &title]).await);
    assert!(found.iter().any(|line| line["id"] == delivered[0]["id"]));
    let missing = list(&["--channel", "hok"]).await;
    assert_eq!(missing.status.code(), Some(1));
    assert!(
        err(&missing).contains("did you mean \"hook\""),
        "{}",
        err(&missing)
    );
    let before = json_lines(&list(&["--json", "--until", "2001-01-01T00:00:00Z"]).await);
    assert!(before.is_empty());
}

#[tokio::test]
async fn the_demonstration_ends_well_and_counts_what_arrived() {
    let output = newswatch(&["demo", "--once"]).await;
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        out(&output),
        err(&output)
    );
    let count = expected().len();
    let text = out(&output);
    // The watches that fire on one article are one mail to one reader, and a call each.
    let mails = expected_stories().len();
    assert!(
        text.contains(&format!(
            "{count} alerts: {mails} mails and {count} webhook calls"
        )),
        "{text}"
    );
}

#[tokio::test]
async fn watches_are_listed_and_shown_with_what_they_raised() {
    let world = World::open(Publishing::AllAtOnce).await;
    let config = world.config_path.to_str().unwrap();
    let watches = world.config().watches;
    let name = watches[0].name.0.as_str();
    let list = ["watch", "list", "--json", "--config", config];
    let before = json_lines(&newswatch(&list).await);
    assert_eq!(before.len(), watches.len());
    assert!(before.iter().all(|watch| watch["alerts"].is_null()));

    newswatch(&["run", "--once", "--config", config]).await;
    let raised = |of: &str| expected().iter().filter(|(watch, _)| watch == of).count();
    for (line, watch) in json_lines(&newswatch(&list).await).iter().zip(&watches) {
        assert_eq!(line["name"], watch.name.0.as_str());
        assert_eq!(line["state"], "enabled");
        assert_eq!(line["alerts"]["24h"], raised(&watch.name.0), "{line}");
    }
    let show = newswatch(&["watch", "show", name, "--json", "--config", config]).await;
    let shown = &json_lines(&show)[0];
    let newest = shown["newest"].as_array().unwrap();
    assert_eq!(newest.len(), raised(name).min(5));
    assert_eq!(shown["days"].as_array().unwrap().len(), 1, "{shown}");
    assert!(shown["days"][0]["stories"].as_u64().unwrap() > 0, "{shown}");
    assert!(shown["days"][0]["expected"].is_null());
    assert!(shown["senses"].is_null());

    let text = std::fs::read_to_string(&world.config_path).unwrap();
    let first = format!("name = \"{name}\"\n");
    assert!(text.contains(&first), "{text}");
    let asks = format!("{first}enabled = false\nsense = [\"Practical Arrangements\"]\n");
    std::fs::write(&world.config_path, text.replacen(&first, &asks, 1)).unwrap();
    let show = newswatch(&["watch", "show", name, "--json", "--config", config]).await;
    let shown = &json_lines(&show)[0];
    assert_eq!(shown["state"], "paused", "{}", err(&show));
    assert!(shown["senses"]["articles"].as_u64().unwrap() > 0, "{shown}");
    let check = newswatch(&["check", "--config", config]).await;
    assert!(out(&check).contains("(1 paused)"), "{}", out(&check));

    let wrong = newswatch(&["watch", "show", &name[1..], "--config", config]).await;
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        err(&wrong).contains(&format!("did you mean \"{name}\"?")),
        "{}",
        err(&wrong)
    );
}
