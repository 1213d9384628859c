//! Mail over the whole line: who asked for no more, and how that is taken back.

use std::fs;

use newswatch::demo::smtp_sink::SmtpSink;
use serde_json::Value;

use crate::cli::newswatch;
use crate::support::site::Site;

/// A newsroom with one feed, and a mail channel with two recipients.
struct House {
    site: Site,
    sink: SmtpSink,
    folder: tempfile::TempDir,
}

impl House {
    async fn open() -> Self {
        newswatch::http::install_tls_provider();
        let (site, sink) = (Site::open().await, SmtpSink::start().await.unwrap());
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "state_dir = 'state'\n[poll]\nevery = '1h'\nfirst_poll = 'alert'\n\
             [http]\nallow_private = ['{}']\n\
             [[feed]]\nurl = '{}'\narticle = 'never'\n\
             [[watch]]\nname = 'Port strikes'\nquery = 'strike'\nnotify = ['desk']\n\
             [[watch]]\nname = 'Ferries'\nquery = 'ferry'\nnotify = ['desk']\n\
             [[channel]]\nname = 'desk'\ntype = 'email'\nto = ['desk@example.org', 'night@example.org']\n\
             from = 'newswatch <watch@sender.example>'\ngroup_wait = '0s'\nstorm = 'off'\n\
             smtp = {{ host = 'localhost', port = {}, tls = 'none' }}\n",
            site.addr,
            site.url("/rss"),
            sink.address().port(),
        );
        fs::write(folder.path().join("newswatch.toml"), config).unwrap();
        Self { site, sink, folder }
    }

    fn add(&self, text: &str) {
        let path = self.folder.path().join("newswatch.toml");
        let config = fs::read_to_string(&path).unwrap() + text;
        fs::write(path, config).unwrap();
    }

    async fn run(&self, arguments: &[&str]) -> (bool, String) {
        let config = self.folder.path().join("newswatch.toml");
        let mut all = arguments.to_vec();
        all.extend(["--config", config.to_str().unwrap()]);
        let output = newswatch(&all).await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() != Some(2), "{wrong}");
        (output.status.success(), format!("{said}{wrong}"))
    }

    /// Who got how many mails since the last time.
    fn mails(&self, before: usize) -> Vec<String> {
        let mails = self.sink.mails().into_iter().skip(before);
        let mut got: Vec<String> = mails.flat_map(|mail| mail.to).collect();
        got.sort();
        got
    }

    async fn suppressed(&self) -> Value {
        let (_, said) = self.run(&["status", "--json"]).await;
        let line = said.lines().next().unwrap();
        serde_json::from_str::<Value>(line).unwrap()["suppressed"].clone()
    }
}

#[tokio::test]
async fn who_asked_for_no_more_mails_of_a_watch_gets_the_others_and_all_again_once_allowed() {
    let house = House::open().await;
    let link = |number: usize| house.site.url(&format!("/{number}"));
    let (first, second) = (link(1), link(2));
    let ferry = ["1", "A ferry sinks", first.as_str(), "Notes"];
    let strike = ["2", "A strike begins", second.as_str(), "Notes"];
    assert_eq!(house.suppressed().await, serde_json::json!([]));
    house.site.put_feed("/rss", &[ferry]);
    assert!(house.run(&["run", "--once"]).await.0);
    assert_eq!(house.mails(0), ["desk@example.org", "night@example.org"]);

    let (done, said) = house
        .run(&[
            "channel",
            "suppress",
            "Night@Example.org",
            "--watch",
            "Port strikes",
        ])
        .await;
    assert!(done, "{said}");
    let suppressed = house.suppressed().await;
    assert_eq!(suppressed[0]["watch"], "Port strikes");
    assert_eq!(
        suppressed[0]["recipient"].as_str().unwrap().to_lowercase(),
        "night@example.org"
    );
    let (_, said) = house.run(&["status"]).await;
    assert!(
        said.contains("night@example.org: the watch \"Port strikes\", since"),
        "{said}"
    );
    assert!(said.contains("newswatch channel allow ADDRESS"), "{said}");

    // A feed that was never polled is due at once.
    house.site.put_feed("/others", &[strike]);
    house.add(&format!(
        "[[feed]]\nurl = '{}'\narticle = 'never'\n",
        house.site.url("/others")
    ));
    let before = house.sink.mails().len();
    house.run(&["run", "--once"]).await;
    assert_eq!(house.mails(before), ["desk@example.org"]);

    let (done, said) = house.run(&["channel", "allow", "night@example.org"]).await;
    assert!(done, "{said}");
    assert_eq!(house.suppressed().await, serde_json::json!([]));
    let (again, said) = house.run(&["channel", "allow", "night@example.org"]).await;
    assert!(!again && said.contains("was not suppressed"), "{said}");
    let before = house.sink.mails().len();
    house.run(&["alerts", "retry", "--channel", "desk"]).await;
    house.run(&["run", "--once"]).await;
    assert_eq!(house.mails(before), ["night@example.org"]);
}
