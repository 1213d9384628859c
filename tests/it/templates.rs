//! Templates over the whole line: what they write, what comes in the place of one that fails, and what is said of it.

use std::fs;

use newswatch::demo::webhook_sink::WebhookSink;
use serde_json::Value;

use crate::cli::newswatch;
use crate::support::site::Site;

struct House {
    site: Site,
    sink: WebhookSink,
    folder: tempfile::TempDir,
}

impl House {
    async fn open(template: &str) -> Self {
        newswatch::http::install_tls_provider();
        let (site, sink) = (Site::open().await, WebhookSink::start().await.unwrap());
        let folder = tempfile::tempdir().unwrap();
        let house = Self { site, sink, folder };
        house.configure(template);
        house
    }

    fn configure(&self, template: &str) {
        let config = format!(
            "state_dir = 'state'\n[poll]\nevery = '1h'\nfirst_poll = 'alert'\n\
             [http]\nallow_private = ['{site}', '{sink}']\n\
             [[feed]]\nurl = '{feed}'\narticle = 'never'\n\
             [[watch]]\nname = 'Ferries'\nquery = 'ferry'\nnotify = ['hook']\n\
             [[channel]]\nname = 'hook'\ntype = 'webhook'\nurl = 'http://{sink}/hook'\n{template}\n",
            site = self.site.addr,
            sink = self.sink.addr(),
            feed = self.site.url("/rss"),
        );
        fs::write(self.folder.path().join("newswatch.toml"), config).unwrap();
    }

    async fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let config = self.folder.path().join("newswatch.toml");
        let mut all = arguments.to_vec();
        all.extend(["--config", config.to_str().unwrap()]);
        let output = newswatch(&all).await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), format!("{said}{wrong}"))
    }

    async fn raise(&self, title: &str) -> String {
        let link = self.site.url("/1");
        self.site
            .put_feed("/rss", &[["1", title, link.as_str(), "Notes"]]);
        let (code, said) = self.run(&["run", "--once"]).await;
        assert_eq!(code, Some(0), "{said}");
        said
    }

    fn body(&self) -> String {
        let received = self.sink.received();
        received.last().unwrap().body.clone()
    }
}

#[tokio::test]
async fn a_template_writes_the_body_and_what_outsiders_say_stays_inside_its_quotes() {
    let template = r#"template = { body = '{"say": "{{ headline }} ({{ alert.outlet }})", "watch": {{ watch|tojson }}}' }"#;
    let house = House::open(template).await;
    house.raise("A \"ferry\", \\ and } more").await;
    let body: Value = serde_json::from_str(&house.body()).unwrap();
    let say = body["say"].as_str().unwrap();
    assert!(say.starts_with("A \"ferry\", \\ and } more ("), "{body}");
    assert_eq!(body["watch"], "Ferries");
    let (code, said) = house.run(&["status", "--json"]).await;
    assert_eq!(code, Some(0));
    let status: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!(status["channels"][0]["template_error"], Value::Null);
}

#[tokio::test]
async fn where_a_template_fails_the_built_in_form_is_sent_and_log_and_status_say_why() {
    // It is JSON for every headline without quotes alone, which check finds out.
    let template = r#"template = { body = '{"say": {{ alert.no_such_name }}}' }"#;
    let house = House::open(template).await;
    let (code, said) = house.run(&["check"]).await;
    assert_eq!(code, Some(0), "{said}");
    // Where its lines end depends on the folder's name.
    let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("channel[1].template.body"), "{said}");
    assert!(said.contains("the built-in form is sent then"), "{said}");
    let log = house.raise("A ferry sinks").await;
    let body: Value = serde_json::from_str(&house.body()).unwrap();
    assert_eq!(body["type"], "newswatch.alert");
    assert_eq!(body["data"]["title"], "A ferry sinks");
    assert!(log.contains("the built-in form is sent"), "{log}");
    let (_, said) = house.run(&["status", "--json"]).await;
    let status: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    let error = status["channels"][0]["template_error"].as_str().unwrap();
    assert!(error.starts_with("the template for body: "), "{error}");
    let problems = status["problems"].to_string();
    assert!(
        problems.contains("newswatch template try hook"),
        "{problems}"
    );
    let (code, said) = house.run(&["template", "try", "hook"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("# body: the built-in form"), "{said}");
}

#[tokio::test]
async fn a_template_is_shown_and_tried_and_one_that_is_none_is_refused_with_its_line() {
    let house = House::open("").await;
    let (code, said) = house.run(&["template", "show", "hook"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.starts_with("# body (built in; this is one to start from)"),
        "{said}"
    );
    let (code, said) = house.run(&["template", "try", "hook"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("has no template"), "{said}");

    // The one to start from works as it is, from a file.
    let (_, start) = house
        .run(&["template", "show", "hook", "--part", "body"])
        .await;
    fs::write(house.folder.path().join("body.jinja"), &start).unwrap();
    house.configure("template = { body = { file = 'body.jinja' } }");
    for kind in newswatch::ops::samples::KINDS {
        let (code, said) = house
            .run(&["template", "try", "hook", "--kind", kind])
            .await;
        assert_eq!(code, Some(0), "{kind}: {said}");
        let body = said.strip_prefix("# body\n").unwrap();
        assert!(
            serde_json::from_str::<Value>(body).is_ok(),
            "{kind}: {body}"
        );
    }
    let log = house.raise("A ferry sinks").await;
    let body: Value = serde_json::from_str(&house.body()).unwrap();
    assert_eq!(body["title"], "A ferry sinks", "{log}");

    house.configure("template = { body = \"a\\n{% include 'x' %}\" }");
    let (code, said) = house.run(&["check"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("this is no template: line 2: "), "{said}");
    house.configure("template = { html = 'x' }");
    let (code, said) = house.run(&["check"]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("there is no key \"html\" here"), "{said}");
}
