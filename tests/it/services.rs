//! Each service against a stand-in on this machine, which checks the request as the service's documentation describes it
//! and answers as the service does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::any;
use newswatch::channel::{
    AppriseSettings, Attempt, Channel, ChannelKind, ChannelSettings, DiscordSettings, ExecSettings,
    GotifySettings, MatrixSettings, MattermostSettings, NtfySettings, SlackSettings,
    SyslogSettings, TeamsSettings, TelegramSettings, Unwritten,
};
use newswatch::domain::{AttemptOutcome, ChannelName, Occasion, UpdateFacts};
use newswatch::render::Reader;
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;

use crate::support::alerts::{alert, delivery, told};
use crate::support::http::client;

/// One request as it came.
#[derive(Debug, Clone)]
struct Seen {
    method: String,
    path: String,
    authorization: String,
    gotify_key: String,
    body: Value,
}

/// A server that answers each request with the next of its answers, the last one again and again.
struct StandIn {
    url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl StandIn {
    async fn answering(answers: &[(u16, &str)]) -> Self {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let keep = Arc::clone(&seen);
        let answers: Vec<(u16, String)> = answers
            .iter()
            .map(|(status, body)| (*status, (*body).to_owned()))
            .collect();
        let handler = async move |request: Request| {
            let (parts, body) = request.into_parts();
            let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let field = |name: &str| {
                let value = parts.headers.get(name);
                value
                    .map(|value| value.to_str().unwrap().to_owned())
                    .unwrap_or_default()
            };
            assert_eq!(field("content-type"), "application/json");
            let mut seen = keep.lock().unwrap();
            seen.push(Seen {
                method: parts.method.to_string(),
                path: parts.uri.to_string(),
                authorization: field("authorization"),
                gotify_key: field("x-gotify-key"),
                body: serde_json::from_slice(&body).unwrap(),
            });
            let (status, body) = answers[seen.len().min(answers.len()) - 1].clone();
            (StatusCode::from_u16(status).unwrap(), body)
        };
        let router = Router::new().fallback(any(handler));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/base/x", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, seen }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn send(kind: ChannelKind) -> AttemptOutcome {
    attempt(kind, &Occasion::Alert).await.outcome
}

async fn attempt(kind: ChannelKind, occasion: &Occasion) -> Attempt {
    let settings = ChannelSettings {
        name: ChannelName("chat".into()),
        kind,
        reader: Reader::default(),
        templates: newswatch::render::Templates::default(),
        retry: Vec::new(),
    };
    let channel = Channel::new(settings, client()).unwrap();
    let alerts = [alert("A headline")];
    let delivery = delivery();
    let message = Unwritten {
        occasion,
        ..told(&delivery, None, &alerts)
    };
    channel.attempt(&message).await
}

type Kind = fn(Url) -> ChannelKind;

fn token() -> SecretString {
    SecretString::from("TOKENTOKENTOKEN")
}

fn slack(url: Url) -> ChannelKind {
    ChannelKind::Slack(SlackSettings { url })
}

fn discord(url: Url) -> ChannelKind {
    ChannelKind::Discord(DiscordSettings { url })
}

fn teams(url: Url) -> ChannelKind {
    ChannelKind::Teams(TeamsSettings { url })
}

fn mattermost(url: Url) -> ChannelKind {
    ChannelKind::Mattermost(MattermostSettings { url })
}

fn telegram(server: Url) -> ChannelKind {
    ChannelKind::Telegram(TelegramSettings {
        server,
        token: token(),
        chat: "-1001".into(),
        topic: Some(7),
    })
}

fn ntfy(server: Url) -> ChannelKind {
    ChannelKind::Ntfy(NtfySettings {
        server,
        topic: "news".into(),
        token: Some(token()),
    })
}

fn matrix(server: Url) -> ChannelKind {
    ChannelKind::Matrix(MatrixSettings {
        server,
        room: "!abc:example.org".into(),
        token: token(),
    })
}

fn gotify(server: Url) -> ChannelKind {
    ChannelKind::Gotify(GotifySettings {
        server,
        token: token(),
    })
}

fn apprise(server: Url) -> ChannelKind {
    ChannelKind::Apprise(AppriseSettings {
        server,
        key: None,
        urls: vec![SecretString::from("json://localhost/SECRETSECRET")],
        tags: None,
    })
}

async fn accepted(kind: Kind, answer: &str) -> Seen {
    let stand_in = StandIn::answering(&[(200, answer)]).await;
    let outcome = send(kind(stand_in.url.clone())).await;
    assert_eq!(outcome, AttemptOutcome::Accepted);
    let seen = stand_in.seen();
    assert_eq!(seen.len(), 1);
    seen[0].clone()
}

#[tokio::test]
async fn slack_gets_text_and_blocks() {
    let seen = accepted(slack, "ok").await;
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/base/x")
    );
    assert_eq!(seen.body["text"], "A headline · Example News");
    assert_eq!(seen.body["blocks"][0]["type"], "rich_text");
    let elements = seen.body["blocks"][0]["elements"].as_array().unwrap();
    let kinds: Vec<&str> = elements
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    assert!(
        kinds.contains(&"rich_text_section") && kinds.contains(&"rich_text_quote"),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn discord_gets_an_embed_without_mentions_and_is_asked_what_became_of_it() {
    let seen = accepted(discord, r#"{"id":"1"}"#).await;
    assert_eq!(seen.path, "/base/x?wait=true");
    assert_eq!(seen.body["allowed_mentions"], json!({"parse": []}));
    let embed = &seen.body["embeds"][0];
    assert_eq!(embed["title"], "A headline");
    assert_eq!(embed["url"], "https://news.example/a?b=1&c=2");
    assert_eq!(embed["timestamp"], "2026-11-23T12:00:00Z");
}

#[tokio::test]
async fn teams_gets_an_adaptive_card_in_its_envelope() {
    let seen = accepted(teams, "1").await;
    assert_eq!(seen.body["type"], "message");
    let attachment = &seen.body["attachments"][0];
    assert_eq!(
        attachment["contentType"],
        "application/vnd.microsoft.card.adaptive"
    );
    assert_eq!(attachment["content"]["version"], "1.4");
    assert_eq!(
        attachment["content"]["actions"][0]["type"],
        "Action.OpenUrl"
    );
}

#[tokio::test]
async fn telegram_gets_a_message_for_its_chat_at_the_bots_address() {
    let seen = accepted(telegram, r#"{"ok":true,"result":{"message_id":5}}"#).await;
    assert_eq!(seen.path, "/base/x/botTOKENTOKENTOKEN/sendMessage");
    assert_eq!(seen.body["chat_id"], "-1001");
    assert_eq!(seen.body["message_thread_id"], 7);
    assert_eq!(seen.body["parse_mode"], "HTML");
    assert_eq!(seen.body["link_preview_options"]["is_disabled"], true);
    assert_eq!(
        seen.body["reply_markup"]["inline_keyboard"][0][0]["text"],
        "Read"
    );
}

#[tokio::test]
async fn an_older_telegram_server_gets_the_message_without_what_it_does_not_know() {
    let stand_in = StandIn::answering(&[
        (400, r#"{"ok":false,"description":"Bad Request: can't parse entities: Unsupported start tag \"tg-time\""}"#),
        (200, r#"{"ok":true}"#),
    ])
    .await;
    let outcome = send(telegram(stand_in.url.clone())).await;
    assert_eq!(outcome, AttemptOutcome::Accepted);
    let texts: Vec<bool> = stand_in
        .seen()
        .iter()
        .map(|seen| seen.body["text"].as_str().unwrap().contains("tg-time"))
        .collect();
    assert_eq!(texts, [true, false]);
}

#[tokio::test]
async fn ntfy_gets_json_at_the_servers_root_with_its_topic_and_token() {
    let seen = accepted(ntfy, r#"{"id":"x","event":"message"}"#).await;
    assert_eq!(seen.authorization, "Bearer TOKENTOKENTOKEN");
    assert_eq!(seen.body["topic"], "news");
    assert_eq!(seen.body["title"], "A headline");
    assert_eq!(seen.body["priority"], 4);
    assert_eq!(seen.body["tags"], json!(["exclamation"]));
    assert_eq!(seen.body["click"], "https://news.example/a?b=1&c=2");
}

#[tokio::test]
async fn matrix_gets_an_event_under_the_deliverys_own_transaction() {
    let seen = accepted(matrix, r#"{"event_id":"$1"}"#).await;
    assert_eq!(seen.method, "PUT");
    assert_eq!(
        seen.path.replace("%21", "!").replace("%3A", ":"),
        "/base/x/_matrix/client/v3/rooms/!abc:example.org/send/m.room.message/dlv_0123456789abcdef0123"
    );
    assert_eq!(seen.authorization, "Bearer TOKENTOKENTOKEN");
    assert_eq!(seen.body["msgtype"], "m.text");
    assert_eq!(seen.body["format"], "org.matrix.custom.html");
    assert_eq!(seen.body["m.mentions"], json!({}));
}

#[tokio::test]
async fn an_update_answers_to_the_message_that_it_adds_to_where_the_service_names_messages() {
    type Named = fn(&Value) -> &Value;
    let services: [(Kind, &str, &str, Named); 2] = [
        (
            telegram,
            r#"{"ok":true,"result":{"message_id":57}}"#,
            "57",
            |body| &body["reply_parameters"]["message_id"],
        ),
        (
            matrix,
            r#"{"event_id":"$1:example.org"}"#,
            "$1:example.org",
            |body| &body["m.relates_to"]["event_id"],
        ),
    ];
    for (kind, answer, message, named) in services {
        let stand_in = StandIn::answering(&[(200, answer)]).await;
        let first = attempt(kind(stand_in.url.clone()), &Occasion::Alert).await;
        assert_eq!(first.message.as_deref(), Some(message));
        let update = Occasion::Update(UpdateFacts {
            first_message: first.message,
            ..UpdateFacts::default()
        });
        attempt(kind(stand_in.url.clone()), &update).await;
        let seen = stand_in.seen();
        assert!(named(&seen[0].body).is_null(), "{}", seen[0].body);
        let answered = named(&seen[1].body).to_string();
        assert_eq!(answered.trim_matches('"'), message, "{}", seen[1].body);
    }
}

#[tokio::test]
async fn mattermost_gets_an_attachment() {
    let seen = accepted(mattermost, "ok").await;
    let attachment = &seen.body["attachments"][0];
    assert_eq!(attachment["title"], "A headline");
    assert_eq!(attachment["title_link"], "https://news.example/a?b=1&c=2");
    assert_eq!(attachment["fallback"], "A headline");
}

#[tokio::test]
async fn gotify_gets_a_message_with_its_key_in_a_field() {
    let seen = accepted(gotify, r#"{"id":25}"#).await;
    assert_eq!(seen.path, "/base/x/message");
    assert_eq!(seen.gotify_key, "TOKENTOKENTOKEN");
    assert_eq!(seen.body["priority"], 8);
    let click = &seen.body["extras"]["client::notification"]["click"]["url"];
    assert_eq!(click, "https://news.example/a?b=1&c=2");
}

#[tokio::test]
async fn apprise_gets_the_addresses_to_pass_it_on_to() {
    let seen = accepted(apprise, r#"{"error":null}"#).await;
    assert_eq!(seen.path, "/base/x/notify");
    assert_eq!(seen.body["urls"], "json://localhost/SECRETSECRET");
    assert_eq!(seen.body["title"], "A headline");
}

/// What each service's own answers mean, from the documentation that each service's file names.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn each_services_answers_have_their_own_meaning() {
    let cases: [(&str, Kind, u16, &str, &str); 29] = [
        ("slack", slack, 200, "invalid_token_page", "failed"),
        ("slack", slack, 404, "no_active_hooks", "gone"),
        ("slack", slack, 403, "invalid_token", "misconfigured"),
        ("slack", slack, 404, "channel_not_found", "misconfigured"),
        ("slack", slack, 429, "rate_limited", "paused"),
        ("slack", slack, 400, "msg_blocks_too_long", "refused"),
        (
            "discord",
            discord,
            404,
            r#"{"code":10015,"message":"Unknown Webhook"}"#,
            "gone",
        ),
        (
            "discord",
            discord,
            401,
            r#"{"code":50027}"#,
            "misconfigured",
        ),
        (
            "discord",
            discord,
            429,
            r#"{"retry_after":0.5,"global":false}"#,
            "paused",
        ),
        (
            "discord",
            discord,
            400,
            r#"{"code":50035,"errors":{}}"#,
            "refused",
        ),
        (
            "teams",
            teams,
            200,
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429",
            "paused",
        ),
        (
            "teams",
            teams,
            200,
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413",
            "refused",
        ),
        (
            "teams",
            teams,
            400,
            r#"{"error":{"code":"WorkflowTriggerIsNotEnabled"}}"#,
            "misconfigured",
        ),
        (
            "telegram",
            telegram,
            200,
            r#"{"ok":false,"description":"?"}"#,
            "failed",
        ),
        (
            "telegram",
            telegram,
            401,
            r#"{"ok":false,"description":"Unauthorized"}"#,
            "misconfigured",
        ),
        (
            "telegram",
            telegram,
            400,
            r#"{"ok":false,"description":"Bad Request: chat not found"}"#,
            "misconfigured",
        ),
        (
            "telegram",
            telegram,
            403,
            r#"{"ok":false,"description":"Forbidden: bot was blocked by the user"}"#,
            "misconfigured",
        ),
        (
            "telegram",
            telegram,
            400,
            r#"{"ok":false,"description":"Bad Request: message is too long"}"#,
            "refused",
        ),
        (
            "telegram",
            telegram,
            429,
            r#"{"ok":false,"parameters":{"retry_after":9}}"#,
            "paused",
        ),
        ("ntfy", ntfy, 200, "hello", "failed"),
        (
            "ntfy",
            ntfy,
            403,
            r#"{"code":40301,"error":"forbidden"}"#,
            "misconfigured",
        ),
        ("ntfy", ntfy, 429, r#"{"code":42901}"#, "paused"),
        (
            "matrix",
            matrix,
            403,
            r#"{"errcode":"M_FORBIDDEN"}"#,
            "misconfigured",
        ),
        (
            "matrix",
            matrix,
            401,
            r#"{"errcode":"M_UNKNOWN_TOKEN"}"#,
            "misconfigured",
        ),
        (
            "matrix",
            matrix,
            413,
            r#"{"errcode":"M_TOO_LARGE"}"#,
            "refused",
        ),
        (
            "matrix",
            matrix,
            429,
            r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500}"#,
            "paused",
        ),
        ("mattermost", mattermost, 200, "<html>", "failed"),
        (
            "gotify",
            gotify,
            401,
            r#"{"error":"Unauthorized"}"#,
            "misconfigured",
        ),
        ("apprise", apprise, 424, r#"{"error":"x"}"#, "failed"),
    ];
    for (name, kind, status, body, expected) in cases {
        let stand_in = StandIn::answering(&[(status, body)]).await;
        let outcome = send(kind(stand_in.url.clone())).await;
        assert_eq!(outcome.as_str(), expected, "{name} {status} {body}");
        let reason = outcome.reason().unwrap();
        assert!(!reason.contains("TOKENTOKEN"), "{reason}");
    }
}

fn exec(command: &[&str], timeout: Duration) -> ChannelKind {
    ChannelKind::Exec(ExecSettings {
        command: command.iter().map(|&part| part.to_owned()).collect(),
        timeout,
        folder: "/".into(),
    })
}

#[tokio::test]
async fn a_command_gets_json_no_shell_and_a_clean_environment() {
    let folder = tempfile::tempdir().unwrap();
    let (given, seen) = (folder.path().join("given"), folder.path().join("seen"));
    let script = format!("cat > {}; env > {}", given.display(), seen.display());
    let outcome = send(exec(
        &["/bin/sh", "-c", &script, "$HOME;"],
        Duration::from_secs(20),
    ))
    .await;
    assert_eq!(outcome, AttemptOutcome::Accepted);
    let given: Value = serde_json::from_str(&std::fs::read_to_string(given).unwrap()).unwrap();
    assert_eq!(given["data"]["title"], "A headline");
    let seen = std::fs::read_to_string(seen).unwrap();
    assert!(
        seen.contains("NEWSWATCH_DELIVERY=dlv_0123456789abcdef0123"),
        "{seen}"
    );
    assert!(!seen.contains("CARGO") && !seen.contains("HOME="), "{seen}");
}

#[tokio::test]
async fn what_a_command_ends_with_is_what_became_of_the_message() {
    let limit = Duration::from_secs(20);
    for (command, limit, expected) in [
        (&["/bin/true"][..], limit, "accepted"),
        (&["/bin/false"], limit, "failed"),
        (&["/bin/sh", "-c", "exit 78"], limit, "misconfigured"),
        (&["/nonexistent/program"], limit, "misconfigured"),
        (&["/bin/sleep", "600"], Duration::from_millis(50), "failed"),
        (
            &["/bin/sh", "-c", "yes x | head -c 9000000"],
            limit,
            "accepted",
        ),
    ] {
        let outcome = send(exec(command, limit)).await;
        assert_eq!(outcome.as_str(), expected, "{command:?} {outcome:?}");
    }
    let outcome = send(exec(&["/bin/sh", "-c", "echo no paper >&2; exit 3"], limit)).await;
    assert!(
        outcome
            .reason()
            .unwrap()
            .ends_with("ended with 3: no paper"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn the_systems_log_gets_one_line_with_its_priority() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("log");
    let listening = tokio::net::UnixDatagram::bind(&socket).unwrap();
    let outcome = send(ChannelKind::Syslog(SyslogSettings { socket })).await;
    assert_eq!(outcome, AttemptOutcome::Accepted);
    let mut line = vec![0; 4096];
    let size = listening.recv(&mut line).await.unwrap();
    let line = String::from_utf8(line[..size].to_vec()).unwrap();
    assert!(
        line.starts_with("<12>newswatch: [East Sea] A headline"),
        "{line}"
    );
    assert!(line.contains("https://news.example/a?b=1&c=2"), "{line}");
    let outcome = send(ChannelKind::Syslog(SyslogSettings {
        socket: "/nonexistent/log".into(),
    }))
    .await;
    assert_eq!(outcome.as_str(), "failed");
}
