//! `explain`, `check --explain` and `match` at length: the real program on real files.

use assert_cmd::Command;
use serde_json::Value;

use crate::support::site::Site;

const WATCHES: &str = r#"
[[watch]]
name = "Deal"
query = 'iran AND (deal OR talks)'

[[watch]]
name = "Forms"
query = 'lang:en sanction'
stem = "en"

[[watch]]
name = "Phrase"
query = '"far east sea levels"'
"#;

const PAGE: &str = "<html><head><title>Notes of the week</title></head><body><article><h1>Notes of the week</h1>\
    <p>Iran said on Monday that it would answer the sanctions of the far east</p>\
    <p>Sea levels rose again this year, the office for water said on the same day.</p></article></body></html>";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(config: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("newswatch.toml", config);
        folder
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> std::process::Output {
        Command::cargo_bin("newswatch")
            .unwrap()
            .args(arguments)
            .args(["--config", "newswatch.toml"])
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let lines = self.good(arguments);
        let lines = lines.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().unwrap()
    }
}

#[test]
fn a_page_is_read_as_the_service_reads_it_and_each_watch_says_why() {
    let folder = Folder::new(WATCHES);
    folder.write("page.html", PAGE);
    let told = folder.json(&["explain", "page.html", "--json"]);
    let matched: Vec<_> = told
        .iter()
        .map(|why| (why["watch"].as_str().unwrap(), why["matched"] == true))
        .collect();
    // The language is guessed, and a phrase does not cross paragraphs.
    assert_eq!(
        matched,
        [("Deal", false), ("Forms", true), ("Phrase", false)]
    );
    assert_eq!(told[0]["near_misses"], serde_json::json!(["deal", "talks"]));
    let iran = &told[0]["clause"]["clauses"][0];
    assert_eq!(
        (&iran["met"], &iran["hits"][0]["text"]),
        (&true.into(), &"Iran".into())
    );
}

#[test]
fn people_see_what_is_met_what_is_not_and_what_was_lacking() {
    let folder = Folder::new(WATCHES);
    folder.write("page.html", PAGE);
    let told = folder.good(&["explain", "page.html", "--watch", "Deal"]);
    for line in [
        "Deal: does not fire",
        "    + iran   1x: “Iran” in the body",
        "      - deal",
        "  one clause short: talks",
    ] {
        assert!(
            told.lines().any(|one| one == line),
            "{line:?} is not in\n{told}"
        );
    }
    assert!(!told.contains("Phrase"));
}

#[test]
fn lines_of_json_are_explained_as_match_matches_them() {
    let folder = Folder::new(WATCHES);
    folder.write(
        "a.jsonl",
        "{\"id\":7,\"title\":\"Talks on Iran\"}\n\n{\"id\":8,\"text\":\"the far east\\nsea levels\"}\n",
    );
    let told = folder.json(&["explain", "--jsonl", "a.jsonl", "--json"]);
    let fires: Vec<_> = told
        .iter()
        .filter(|why| why["matched"] == true)
        .map(|why| (why["id"].clone(), why["watch"].clone()))
        .collect();
    let matched: Vec<_> = folder
        .json(&["match", "--jsonl", "a.jsonl"])
        .iter()
        .map(|hit| (hit["id"].clone(), hit["watch"].clone()))
        .collect();
    assert_eq!(
        fires,
        [(7.into(), "Deal".into()), (8.into(), "Phrase".into())]
    );
    assert_eq!(matched, fires);
}

#[tokio::test]
async fn an_address_is_fetched_within_what_the_configuration_allows() {
    let site = Site::open().await;
    site.put_article(
        "/1",
        "Talks on Iran",
        &["The talks went on, the minister said on Monday."],
    );
    let allowed = format!("[http]\nallow_private = [\"{}\"]\n{WATCHES}", site.addr);
    let url = site.url("/1");
    let (allowed, refused) = tokio::task::spawn_blocking(move || {
        let arguments = ["explain", "--url", &url, "--watch", "Deal", "--json"];
        (
            Folder::new(&allowed).json(&arguments),
            Folder::new(WATCHES).run(&arguments),
        )
    })
    .await
    .unwrap();
    assert_eq!(allowed[0]["matched"], true);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(site.asked("/1"), 1, "only the allowed one was asked for");
}

#[test]
fn an_unknown_watch_is_an_error_and_no_article_is_wrong_usage() {
    let folder = Folder::new(WATCHES);
    folder.write("page.html", PAGE);
    let unknown = folder.run(&["explain", "page.html", "--watch", "Dela"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("Dela"));
    assert_eq!(folder.run(&["explain"]).status.code(), Some(2));
    let two = folder.run(&["explain", "page.html", "--url", "https://a.example/"]);
    assert_eq!(two.status.code(), Some(2));
}

#[test]
fn check_explains_each_query_with_its_parentheses_and_in_words() {
    let folder = Folder::new(WATCHES);
    let told = folder.good(&["check", "--explain"]);
    assert!(told.contains("  iran AND (deal OR talks)\n"), "{told}");
    assert!(told.contains("the word \"iran\""), "{told}");
}

#[test]
fn matches_of_many_articles_keep_the_order_of_the_articles_and_of_the_watches() {
    let folder =
        Folder::new("[[watch]]\nname='b'\nquery='iran'\n[[watch]]\nname='a'\nquery='talks'\n");
    let articles: String = (0..3_000)
        .map(|id| {
            let text = "Iran talks. ".repeat(1 + (id * 37) % 90);
            serde_json::json!({ "id": id, "text": text }).to_string() + "\n"
        })
        .collect();
    folder.write("a.jsonl", &articles);
    let hits: Vec<(u64, String)> = folder
        .json(&["match", "--jsonl", "a.jsonl"])
        .iter()
        .map(|hit| {
            (
                hit["id"].as_u64().unwrap(),
                hit["watch"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected: Vec<(u64, String)> = (0..3_000)
        .flat_map(|id| [(id, "b".to_owned()), (id, "a".to_owned())])
        .collect();
    assert!(hits == expected, "{} hits", hits.len());
}

#[test]
fn matches_before_a_broken_line_are_printed() {
    let folder = Folder::new(WATCHES);
    folder.write(
        "a.jsonl",
        "{\"id\":1,\"title\":\"Talks on Iran\"}\n{\"id\":\n",
    );
    let output = folder.run(&["match", "--jsonl", "a.jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"Deal\""));
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 2"));
}
