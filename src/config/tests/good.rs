//! What good files come to.

use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::*;
use crate::channel::{ChannelKind, SmtpProof, SmtpTls};
use crate::domain::{ArticleMode, Destination, FeedSelector, FirstPoll, Priority};
use crate::matching::{Asks, Fold};
use crate::render::Unsubscribe;

const MINUTE: Duration = Duration::from_mins(1);

/// A file with every key.
pub(super) const FULL: &str = r#"
state_dir = "state"

[poll]
every = "20m"
min_every = "10m"
max_every = "2d"
timeout = "1m"
first_poll = "24h"

[store]
keep_articles = "30d"

[http]
contact = "https://example.org/bot"
allow_private = ["10.0.0.0/8", "127.0.0.1:8080"]

[[feed]]
url = "https://a.example/rss.xml"
name = "Morning"
every = "30m"
first_poll = "alert"
tags = ["asia", "daily"]
article = { body = "article p", title = "h1", remove = [".ad"] }

[[feed]]
url = "https://B.example"
article = "never"

[alias]
east-sea = '"East Sea" OR "Biển Đông"'
aaa = "=COC"

[[watch]]
name = "Code of Conduct"
query = '@east-sea AND @aaa'
min_score = 2
stem = "en"
fold = "de"
feeds = ["tag:asia", "Morning", "https://b.example/"]
notify = ["desk", "hook", "desk"]
priority = "high"

[[watch]]
name = "terms"
terms = ["East Sea", "=UNCLOS"]

[[channel]]
name = "desk"
type = "email"
to = ["one@example.org", "two@example.org"]
from = "newswatch <newswatch@example.org>"
smtp = { host = "smtp.example.org", username = "me", password = "pw" }
retry = ["1m", "1h"]

[[channel]]
name = "hook"
type = "webhook"
url = "https://hooks.example.org/x"
secret = ["whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]

[[channel]]
name = "screen"
type = "console"

[[channel]]
name = "log"
type = "file"
path = "/var/log/alerts.jsonl"
"#;

fn full() -> super::super::Config {
    load(FULL).unwrap().config
}

fn destination(channel: &str, recipient: Option<&str>) -> Destination {
    Destination {
        channel: crate::domain::ChannelName(channel.to_owned()),
        recipient: recipient.map(str::to_owned),
    }
}

#[test]
fn a_file_without_lists_can_be_used_and_what_is_missing_is_said() {
    let kinds = |text: &str| -> Vec<_> {
        let warnings = warnings(text);
        warnings
            .iter()
            .map(|problem| problem.kind.as_str())
            .collect()
    };
    assert_eq!(kinds("[poll]\n"), ["empty", "empty", "empty"]);
    assert_eq!(kinds(""), ["empty"], "one thing is wrong with nothing");
}

#[test]
fn the_state_goes_beside_the_file_when_its_path_is_relative_and_home_when_there_is_none() {
    assert_eq!(full().state_dir, Path::new("/etc/newswatch/state"));
    let home = load("").unwrap().config.state_dir;
    assert_eq!(home, Path::new("/home/me/.local/state/newswatch"));
}

#[test]
fn the_defaults_of_polling_are_the_documented_ones() {
    let config = load("[[feed]]\nurl = 'https://a.example/'\n")
        .unwrap()
        .config;
    assert_eq!(config.poll.min_every, 5 * MINUTE);
    assert_eq!(config.poll.max_every, 24 * 60 * MINUTE);
    assert_eq!(config.poll.timeout, MINUTE / 2);
    let feed = config.feeds.first().unwrap();
    assert_eq!(feed.every, 15 * MINUTE);
    assert_eq!(feed.first_poll, FirstPoll::Skip);
    assert_eq!(feed.article, ArticleMode::Auto);
}

#[test]
fn articles_are_kept_for_a_quarter_of_a_year_unless_the_file_says_otherwise() {
    let day = Duration::from_hours(24);
    assert_eq!(load("").unwrap().config.store.keep_articles, 90 * day);
    assert_eq!(full().store.keep_articles, 30 * day);
}

#[test]
fn a_trap_in_a_query_is_a_warning_at_its_place() {
    let found = warnings("[[watch]]\nname = 'w'\nquery = 'iran OR PA'\n");
    let trap = found
        .iter()
        .find(|problem| problem.kind.as_str() == "short-capitals")
        .unwrap();
    assert_eq!((trap.line, trap.column, trap.query_col), (3, 18, Some(9)));
    assert_eq!(trap.watch.as_deref(), Some("w"));
}

#[test]
fn bounds_that_are_not_written_give_way_to_intervals_that_are() {
    let config = load(
        "[[feed]]\nurl = 'https://a.example/'\nevery = '2s'\n[[feed]]\nurl = 'https://b.example/'\nevery = '2d'\n",
    )
    .unwrap()
    .config;
    assert_eq!(config.poll.min_every, Duration::from_secs(2));
    assert_eq!(config.poll.max_every, 48 * 60 * MINUTE);
}

#[test]
fn an_interval_of_a_feed_outside_written_bounds_is_a_warning() {
    let found =
        warnings("[poll]\nmin_every = '5m'\n[[feed]]\nurl = 'https://a.example/'\nevery = '1m'\n");
    let told: Vec<_> = found
        .iter()
        .map(|problem| (problem.line, problem.kind.as_str()))
        .collect();
    assert_eq!(told, [(1, "empty"), (1, "empty"), (5, "conflict")]);
}

#[test]
fn a_bound_alone_moves_the_default_interval_inside() {
    let every = |text: &str| load(text).unwrap().config.poll;
    assert_eq!(every("[poll]\nmin_every = '2h'\n").min_every, 120 * MINUTE);
    let feeds = "[poll]\nmax_every = '1m'\n[[feed]]\nurl = 'https://a.example/'\n";
    assert_eq!(
        load(feeds).unwrap().config.feeds.first().unwrap().every,
        MINUTE
    );
}

#[test]
fn a_feed_takes_its_own_keys_and_else_those_of_poll() {
    let config = full();
    let [own, inherited] = config.feeds.as_slice() else {
        panic!("two feeds");
    };
    assert_eq!(own.name.as_deref(), Some("Morning"));
    assert_eq!(own.every, 30 * MINUTE);
    assert_eq!(own.first_poll, FirstPoll::Alert);
    assert_eq!(*own.tags, ["asia", "daily"]);
    let ArticleMode::Rule(rule) = &own.article else {
        panic!("a rule");
    };
    assert_eq!(rule.body.as_deref(), Some("article p"));
    assert_eq!(rule.remove, [".ad"]);
    assert_eq!(inherited.every, 20 * MINUTE);
    assert_eq!(
        inherited.first_poll,
        FirstPoll::Within(Duration::from_hours(24))
    );
    assert_eq!(inherited.article, ArticleMode::Never);
}

#[test]
fn the_contact_stands_in_the_user_agent() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        full().http.user_agent,
        format!("newswatch/{version} (+https://example.org/bot)")
    );
    assert_eq!(
        load("").unwrap().config.http.user_agent,
        format!("newswatch/{version}")
    );
}

#[test]
fn a_watch_names_its_feeds_in_the_form_that_they_have() {
    let watch = full().watches.swap_remove(0);
    assert_eq!(
        *watch.feeds,
        [
            FeedSelector::Tag("asia".into()),
            FeedSelector::Feed("Morning".into()),
            FeedSelector::Feed("https://b.example/".into()),
        ]
    );
    assert_eq!(watch.priority, Priority::High);
}

#[test]
fn each_recipient_is_a_destination_and_a_channel_named_twice_is_one() {
    let watches = full().watches;
    let desk = ["one@example.org", "two@example.org"].map(|to| destination("desk", Some(to)));
    let hook = destination("hook", None);
    let named = [desk.to_vec(), vec![hook.clone()]].concat();
    assert_eq!(*watches.first().unwrap().notify, named);
    let rest = vec![hook, destination("screen", None), destination("log", None)];
    assert_eq!(
        *watches.get(1).unwrap().notify,
        [desk.to_vec(), rest].concat(),
        "a watch that names no channel goes to all"
    );
}

#[test]
fn watches_and_aliases_reach_the_matcher_as_written_and_in_their_order() {
    let config = full();
    let aliases: Vec<_> = config
        .aliases
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(aliases, ["east-sea", "aaa"]);
    let [query, terms] = config.sources.as_slice() else {
        panic!("two watches");
    };
    assert_eq!(query.asks, Asks::Query("@east-sea AND @aaa".into()));
    assert_eq!(query.min_score, Some(2.0));
    assert_eq!(query.stem.as_deref(), Some("en"));
    assert_eq!(query.fold, Some(Fold::German));
    assert_eq!(
        terms.asks,
        Asks::Terms(vec!["East Sea".into(), "=UNCLOS".into()])
    );
}

#[test]
fn a_mail_channel_is_protected_unless_it_says_otherwise() {
    let config = full();
    let ChannelKind::Email(email) = &config.channels.first().unwrap().kind else {
        panic!("a mail channel");
    };
    assert_eq!((email.smtp.port, email.smtp.tls), (587, SmtpTls::Required));
    let login = email.smtp.login.as_ref().unwrap();
    let SmtpProof::Password(password) = &login.proof else {
        panic!("a password is written there");
    };
    assert_eq!(
        (login.username.as_str(), password.expose_secret()),
        ("me", "pw")
    );
}

#[test]
fn a_mail_channel_can_log_in_by_a_token_that_a_program_says() {
    let text = "[[channel]]\nname = 'm'\ntype = 'email'\nto = ['a@example.org']\nfrom = 'b@example.org'\n\
         smtp = { host = 'localhost', username = 'me@example.org', auth = 'xoauth2', \
         token_command = ['/bin/sh', '-c', 'echo token'], token_timeout = '5s' }\n";
    let config = load(text).unwrap().config;
    let ChannelKind::Email(email) = &config.channels.first().unwrap().kind else {
        panic!("a mail channel");
    };
    let login = email.smtp.login.as_ref().unwrap();
    let SmtpProof::Token { command, limit } = &login.proof else {
        panic!("a token");
    };
    assert_eq!(login.username, "me@example.org");
    assert_eq!(command.join(" "), "/bin/sh -c echo token");
    assert_eq!(*limit, Duration::from_secs(5));
}

#[test]
fn a_token_needs_its_program_and_no_password_and_one_click_a_page() {
    let bad = |text: &str| {
        let told = errors(text);
        let told: Vec<String> = told
            .iter()
            .map(|one| format!("{}: {}", one.path, one.message))
            .collect();
        told.join("\n")
    };
    let channel = |smtp: &str| {
        format!(
            "[[channel]]\nname = 'm'\ntype = 'email'\nto = ['a@example.org']\n\
             from = 'b@example.org'\nsmtp = {{ host = 'localhost'{smtp} }}\n"
        )
    };
    for (smtp, expected) in [
        (
            ", auth = 'xoauth2', username = 'me'",
            "there is no program that says the token",
        ),
        (
            ", auth = 'xoauth2', token_command = ['/bin/true']",
            "a token needs a user name",
        ),
        (
            ", auth = 'xoauth2', username = 'me', token_command = ['true']",
            "is not the whole path of a program",
        ),
        (
            ", auth = 'xoauth2', username = 'me', token_command = ['/bin/true'], password = 'x'",
            "with auth = \"xoauth2\" there is no password",
        ),
        (
            ", token_command = ['/bin/true']",
            "of use only with auth = \"xoauth2\"",
        ),
        (", auth = 'oauth'", "\"oauth\" is not a way to log in"),
        (
            ", auth = 'xoauth2', username = 'me', token_command = ['/bin/true'], tls = 'none'",
            "never sent without TLS",
        ),
    ] {
        let problems = bad(&channel(smtp));
        assert!(problems.contains(expected), "{smtp}: {problems}");
    }
    let one_click = |web: &str| {
        format!(
            "{web}\n[[channel]]\nname = 'm'\ntype = 'email'\nto = ['a@example.org']\n\
             from = 'b@example.org'\nunsubscribe = 'one-click'\nsmtp = {{ host = 'localhost' }}\n"
        )
    };
    for web in ["", "[web]\nurl = 'http://watch.example.org'"] {
        let problems = bad(&one_click(web));
        assert!(problems.contains("reached by https"), "{problems}");
    }
    let config = load(&one_click("[web]\nurl = 'https://watch.example.org'"))
        .unwrap()
        .config;
    let reader = &config.channels.first().unwrap().reader;
    assert_eq!(reader.unsubscribe, Unsubscribe::OneClick);
    assert_eq!(reader.sender.as_deref(), Some("b@example.org"));
}

#[test]
fn each_way_of_protection_has_its_port() {
    for (tls, port) in [("implicit", 465), ("none", 25), ("required", 587)] {
        let text = format!(
            "[[channel]]\nname = 'm'\ntype = 'email'\nto = ['a@example.org']\nfrom = 'b@example.org'\n\
             smtp = {{ host = 'localhost', tls = '{tls}' }}\n"
        );
        let config = load(&text).unwrap().config;
        let ChannelKind::Email(email) = &config.channels.first().unwrap().kind else {
            panic!("a mail channel");
        };
        assert_eq!(email.smtp.port, port, "{tls}");
    }
}

#[test]
fn a_schedule_is_taken_as_written_and_else_by_the_type() {
    let config = full();
    let waits: Vec<_> = config
        .channels
        .iter()
        .map(|channel| channel.retry.len())
        .collect();
    assert_eq!(waits, [2, 10, 10, 10]);
    let webhook = config.channels.get(1).unwrap();
    assert_eq!(webhook.retry.first(), Some(&Duration::from_secs(5)));
}

#[test]
fn no_debug_output_holds_a_secret() {
    let shown = format!("{:?}", load(FULL).unwrap());
    assert!(!shown.contains("\"pw\""), "{shown}");
    assert!(!shown.contains("whsec_"), "{shown}");
}

#[cfg(feature = "postgres")]
#[test]
fn a_server_keeps_what_is_remembered_where_one_is_named() {
    assert_eq!(full().store.server, None);
    let text = "[store]\nurl = \"postgres://me@db.example.org/news\"\nworker = \"desk-1\"\nconnections = 3\n";
    let server = load(text).unwrap().config.store.server.unwrap();
    let expected =
        crate::store::Server::new("postgres://me@db.example.org/news", None, "desk-1", 3);
    assert_eq!(server, expected.unwrap());
    let text = "[store]\nurl = \"postgres://me@db.example.org/news\"\n";
    let server = load(text).unwrap().config.store.server.unwrap();
    assert!(!server.worker().is_empty());
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_server_is_refused_by_a_newswatch_that_knows_none() {
    let text = "[store]\nurl = \"postgres://me@db.example.org/news\"\n";
    let refused = &super::errors(text)[0];
    assert!(
        refused.message.contains("without PostgreSQL"),
        "{refused:?}"
    );
}

#[test]
fn a_paused_watch_is_checked_and_explained_and_never_fires() {
    let file = |enabled: &str| {
        format!(
            "[[watch]]\nname = \"paused\"\nquery = 'iran'\n{enabled}[[watch]]\nname = \"other\"\nquery = 'iran'\n"
        )
    };
    let article = crate::domain::ArticleText {
        text: "Talks with Iran.",
        ..crate::domain::ArticleText::default()
    };
    let fires = |enabled: &str| {
        let config = load(&file(enabled)).unwrap().config;
        assert!(config.matcher.explain(0, &article).unwrap().matched);
        let hits = config.matcher.hits(&article);
        hits.iter().map(|hit| hit.watch).collect::<Vec<_>>()
    };
    assert_eq!(fires("enabled = false\n"), [1]);
    assert_eq!(fires("enabled = true\n"), [0, 1]);
    assert_eq!(fires(""), [0, 1]);
    let wrong = file("enabled = false\nmust_match = [\"Iraq\"]\n");
    let problems = load(&wrong).unwrap_err();
    let mut kinds = problems.0.iter().map(|problem| problem.kind.as_str());
    assert!(kinds.any(|kind| kind == "must-match"));
}
