//! Every service with every situation: what it is sent is as its documentation asks, and a reader finds headline and link.
//! The table is printed with `cargo test --test it every_service -- --nocapture`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::any;
use newswatch::channel::{
    AppriseSettings, Channel, ChannelKind, ChannelSettings, ConsoleSettings, DiscordSettings,
    EmailAddress, EmailSettings, ExecSettings, FileSettings, GotifySettings, Mailbox,
    MatrixSettings, MattermostSettings, NtfySettings, SlackSettings, SmtpSettings, SmtpTls,
    SyslogSettings, TeamsSettings, TelegramSettings, Unwritten, WebhookMethod, WebhookSettings,
};
use newswatch::demo::smtp_sink::SmtpSink;
use newswatch::domain::{
    Alert, AttemptOutcome, ChannelName, DeliveryId, Occasion, one_line_with_marks,
};
use newswatch::links::LinkKey;
use newswatch::render::{Reader, Telling, Templates, email};
use secrecy::SecretString;
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation as _;
use url::Url;

use crate::cli::{err, newswatch, out, write};
use crate::support::cases::{self, Case};
use crate::support::documented::{Asked, Documented, SERVICES, against_webhook_body, texts};
use crate::support::gallery;
use crate::support::http::client;

const SECRET: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A server that stands for all services, each below its own name. It takes what the documentation allows, and nothing else.
struct StandIn {
    url: Url,
    asked: Arc<Mutex<Vec<(&'static str, Asked)>>>,
}

impl StandIn {
    async fn open() -> Self {
        let asked: Arc<Mutex<Vec<(&'static str, Asked)>>> = Arc::default();
        let keep = Arc::clone(&asked);
        let handler = async move |request: Request| {
            let asked = read(request).await;
            let named =
                |service: &&Documented| asked.path.starts_with(&format!("/{}", service.name));
            let service = SERVICES
                .iter()
                .find(named)
                .expect("a service that there is");
            let faults = (service.against)(&asked);
            keep.lock().unwrap().push((service.name, asked));
            if faults.is_empty() {
                (StatusCode::OK, service.takes.to_owned())
            } else {
                (StatusCode::BAD_REQUEST, faults.join("; "))
            }
        };
        let router = Router::new().fallback(any(handler));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, asked }
    }

    fn take(&self) -> Vec<(&'static str, Asked)> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

async fn read(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let fields = parts.headers.iter();
    Asked {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        fields: fields
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: serde_json::from_slice(&body).unwrap(),
    }
}

/// A channel of a service that is posted to, on a server that stands for all.
pub(crate) fn kind(service: &str, server: &Url) -> ChannelKind {
    let url = server.join(&format!("{service}/x")).unwrap();
    let server = server.join(&format!("{service}/")).unwrap();
    let token = || SecretString::from("TOKENTOKENTOKEN");
    match service {
        "slack" => ChannelKind::Slack(SlackSettings { url }),
        "discord" => ChannelKind::Discord(DiscordSettings { url }),
        "teams" => ChannelKind::Teams(TeamsSettings { url }),
        "mattermost" => ChannelKind::Mattermost(MattermostSettings { url }),
        "telegram" => ChannelKind::Telegram(TelegramSettings {
            server,
            token: token(),
            chat: "-1001".into(),
            topic: None,
        }),
        "ntfy" => ChannelKind::Ntfy(NtfySettings {
            server,
            topic: "news".into(),
            token: Some(token()),
        }),
        "matrix" => ChannelKind::Matrix(MatrixSettings {
            server,
            room: "!abc:example.org".into(),
            token: token(),
        }),
        "gotify" => ChannelKind::Gotify(GotifySettings {
            server,
            token: token(),
        }),
        "apprise" => ChannelKind::Apprise(AppriseSettings {
            server,
            key: None,
            urls: vec![SecretString::from("json://localhost/SECRETSECRET")],
            tags: None,
        }),
        "webhook" => ChannelKind::Webhook(WebhookSettings {
            url,
            secrets: vec![SecretString::from(SECRET)],
            method: WebhookMethod::Post,
            headers: Vec::new(),
        }),
        other => panic!("{other} is not posted to"),
    }
}

fn reader(case: &Case) -> Reader {
    let mut reader = Reader {
        zone: jiff::tz::TimeZone::get(case.zone).unwrap(),
        channel: "chat".into(),
        sender: Some("watch@sender.example".into()),
        escalates: true,
        ..Reader::default()
    };
    if case.has_pages {
        reader.web = Url::parse("https://watch.example.org/").ok();
        reader.links = Some(LinkKey::new([3; 32]));
    }
    reader
}

pub(crate) fn settings(kind: ChannelKind, reader: Reader) -> ChannelSettings {
    ChannelSettings {
        name: ChannelName("chat".into()),
        kind,
        reader,
        templates: Templates::default(),
        retry: Vec::new(),
    }
}

fn delivery() -> DeliveryId {
    DeliveryId("dlv_0123456789abcdef0123".into())
}

async fn send(channel: &Channel, case: &Case, recipient: Option<&str>) -> AttemptOutcome {
    let delivery = delivery();
    let message = Unwritten {
        delivery: &delivery,
        recipient,
        alerts: &case.alerts,
        occasion: &case.occasion,
        now: gallery::now(),
    };
    channel.attempt(&message).await.outcome
}

/// What is wrong with what a reader sees.
fn wrong_with(service: &str, case: &Case, seen: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let is_line_end = |c: char| c == '\n' && service != "syslog";
    if seen.chars().any(|c| c.is_control() && !is_line_end(c)) {
        wrong.push("a control character".to_owned());
    }
    let flag = "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
    if seen.replace(flag, "").chars().any(is_hidden) {
        wrong.push("a hidden letter".to_owned());
    }
    let Some(first) = case.alerts.iter().find(|alert| is_shown_first(alert, case)) else {
        return wrong;
    };
    let (title, _) = one_line_with_marks(&first.title, &[]);
    // A letter of thousands of accents is cut.
    let is_endless = title
        .graphemes(true)
        .any(|letter| letter.chars().count() > 32);
    let start: String = title
        .chars()
        .take(if is_endless { 10 } else { 40 })
        .collect();
    if !squeezed(seen).contains(&squeezed(&start)) {
        wrong.push(format!("no headline {start:?}"));
    }
    if let Some(url) = &first.url
        && !seen.contains(&url.as_str().replace("utm_source=x&", ""))
        && !seen.contains(url.as_str())
    {
        wrong.push("no link".to_owned());
    }
    let more = (case.also)(service, seen);
    if !more.is_empty() {
        wrong.push(more);
    }
    wrong
}

/// A list is cut at its end, and all of its alerts came at one time.
fn is_shown_first(alert: &Alert, case: &Case) -> bool {
    case.alerts
        .first()
        .is_some_and(|first| first.id == alert.id)
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{e0000}'..='\u{e007f}')
}

/// Without what stands around marks, and runs of space as one.
fn squeezed(text: &str) -> String {
    let bare = ["<b>", "</b>", "<strong>", "</strong>"]
        .iter()
        .fold(text.to_owned(), |text, tag| text.replace(tag, ""));
    bare.replace('*', "")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// What came of each situation on each service.
#[derive(Default)]
struct Table {
    failures: Vec<String>,
    rows: BTreeMap<(usize, String), BTreeMap<&'static str, usize>>,
}

impl Table {
    fn add(
        &mut self,
        place: usize,
        case: &Case,
        service: &'static str,
        size: usize,
        wrong: Vec<String>,
    ) {
        let row = self.rows.entry((place, case.name.clone())).or_default();
        row.insert(service, size);
        let named = wrong
            .into_iter()
            .map(|what| format!("{}: {service}: {what}", case.name));
        self.failures.extend(named);
    }

    #[expect(clippy::print_stdout, reason = "the table is to be read")]
    fn print(&self) {
        let Some(services) = self.rows.values().next().map(|row| row.keys()) else {
            return;
        };
        let names: Vec<_> = services.map(|name| format!("{name:>10}")).collect();
        println!("{:<52}{}", "bytes of what was sent", names.concat());
        for ((_, name), row) in &self.rows {
            let sizes: Vec<_> = row.values().map(|size| format!("{size:>10}")).collect();
            println!("{name:<52}{}", sizes.concat());
        }
    }
}

#[tokio::test]
async fn every_situation_is_taken_by_every_service_and_shows_headline_and_link() {
    let stand_in = StandIn::open().await;
    let mut table = Table::default();
    let all: Vec<Case> = cases::twenty().into_iter().chain(cases::nasty()).collect();
    for (place, case) in all.iter().enumerate() {
        for service in SERVICES {
            let kind = kind(service.name, &stand_in.url);
            let channel = Channel::new(settings(kind, reader(case)), client()).unwrap();
            let outcome = send(&channel, case, None).await;
            let asked = stand_in.take();
            let mut wrong: Vec<String> = outcome.reason().map(str::to_owned).into_iter().collect();
            let (_, last) = asked.last().unwrap();
            if asked.len() > 1 {
                wrong.push("it was refused at first".to_owned());
            }
            wrong.extend(wrong_with(service.name, case, &(service.seen)(last)));
            table.add(
                place,
                case,
                service.name,
                last.body.to_string().len(),
                wrong,
            );
        }
        of_this_machine(place, case, &mut table).await;
        by_mail(place, case, &mut table).await;
    }
    table.print();
    assert_eq!(table.rows.len(), 21 + 32);
    assert!(
        table.rows.values().all(|row| row.len() == 16),
        "a service is missing"
    );
    assert!(table.failures.is_empty(), "{}", table.failures.join("\n"));
}

/// A writer that a test can read.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The services that need no network: a command, a file, the system's log, the console.
async fn of_this_machine(place: usize, case: &Case, table: &mut Table) {
    let folder = tempfile::tempdir().unwrap();
    let given = folder.path().join("given");
    let lines = folder.path().join("lines");
    let socket = folder.path().join("log");
    let log = tokio::net::UnixDatagram::bind(&socket).unwrap();
    let command = format!("cat > {}", given.display());
    let kinds = [
        (
            "exec",
            ChannelKind::Exec(ExecSettings {
                command: ["/bin/sh", "-c", &command].map(str::to_owned).into(),
                timeout: Duration::from_secs(30),
                folder: "/".into(),
            }),
        ),
        (
            "file",
            ChannelKind::File(FileSettings {
                path: lines.clone(),
            }),
        ),
        ("syslog", ChannelKind::Syslog(SyslogSettings { socket })),
    ];
    for (name, kind) in kinds {
        let channel = Channel::new(settings(kind, reader(case)), client()).unwrap();
        let outcome = send(&channel, case, None).await;
        let mut wrong: Vec<String> = outcome.reason().map(str::to_owned).into_iter().collect();
        let (size, seen) = match name {
            "exec" => {
                let body = std::fs::read_to_string(&given).unwrap();
                let json: Value = serde_json::from_str(&body).unwrap();
                wrong.extend(against_webhook_body(&json));
                (body.len(), texts(&json))
            }
            "file" => {
                let body = std::fs::read_to_string(&lines).unwrap();
                let parsed: Vec<Value> = body
                    .lines()
                    .map(|line| serde_json::from_str(line).unwrap())
                    .collect();
                (
                    body.len(),
                    parsed.iter().map(texts).collect::<Vec<_>>().join("\n"),
                )
            }
            _ => {
                let mut line = vec![0; 1 << 16];
                let size = log.recv(&mut line).await.unwrap();
                let line = String::from_utf8(line[..size].to_vec()).unwrap();
                // RFC 5424 §6.1: what every receiver takes; the priority and the program's name come before it.
                if size > 2_048 {
                    wrong.push(format!("a line of {size} bytes"));
                }
                (size, line)
            }
        };
        wrong.extend(wrong_with(name, case, &seen));
        table.add(place, case, name, size, wrong);
    }
    let kept = Kept::default();
    let channel = Channel::console_to(
        settings(
            ChannelKind::Console(ConsoleSettings::default()),
            reader(case),
        ),
        Box::new(kept.clone()),
    );
    let outcome = send(&channel, case, None).await;
    let mut wrong: Vec<String> = outcome.reason().map(str::to_owned).into_iter().collect();
    let shown = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    wrong.extend(wrong_with("console", case, &shown));
    table.add(place, case, "console", shown.len(), wrong);
}

/// A mail as it comes, and its two parts as they were written.
async fn by_mail(place: usize, case: &Case, table: &mut Table) {
    let sink = SmtpSink::start().await.unwrap();
    let to = "desk@example.org";
    let kind = ChannelKind::Email(EmailSettings {
        to: vec![EmailAddress::parse(to).unwrap()],
        from: Mailbox::parse("newswatch <watch@sender.example>").unwrap(),
        smtp: SmtpSettings {
            host: "localhost".into(),
            port: sink.address().port(),
            tls: SmtpTls::None,
            login: None,
            ca_file: None,
        },
    });
    let channel = Channel::new(settings(kind, reader(case)), client()).unwrap();
    let outcome = send(&channel, case, Some(to)).await;
    let mut wrong: Vec<String> = outcome.reason().map(str::to_owned).into_iter().collect();
    let mails = sink.mails();
    let raw = String::from_utf8_lossy(&mails[0].data).into_owned();
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    // RFC 5322 §2.1.1, RFC 5321 §4.5.3.1.6. An address cannot be folded; from whom and to whom is the configuration's alone.
    let is_foldable = |line: &&str| {
        !["List-Id: <", "<mailto:", "<https:"]
            .iter()
            .any(|part| line.contains(part))
    };
    if raw.split("\r\n").any(|line| line.len() > 998)
        || head
            .split("\r\n")
            .filter(is_foldable)
            .any(|line| line.len() > 78)
    {
        wrong.push("a line that is too long".to_owned());
    }
    let fields = ["From: ", "To: ", "Subject: ", "Message-ID: ", "List-Id: "];
    let unfolded = head.replace("\r\n ", " ");
    let of = |field: &str| {
        let lines = unfolded
            .split("\r\n")
            .filter(|line| line.starts_with(field));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let is_ours =
        of("From: ")[0].ends_with("<watch@sender.example>") && of("To: ") == [format!("To: {to}")];
    if !head.is_ascii()
        || fields.iter().any(|field| of(field).len() != 1)
        || !of("Bcc").is_empty()
        || !is_ours
    {
        wrong.push("a head that says something else".to_owned());
    }
    if head.contains("In-Reply-To") || body.is_empty() {
        wrong.push("an answer to nothing".to_owned());
    }
    let delivery = delivery();
    let reader = reader(case);
    let written = email(&Telling {
        delivery: &delivery,
        recipient: Some(to),
        alerts: &case.alerts,
        occasion: &case.occasion,
        reader: &reader,
        now: gallery::now(),
        filled: None,
    });
    let page = written.html.as_str();
    if page.len() > 80_000 {
        wrong.push("80 kB of HTML".to_owned());
    }
    for tag in [
        "<script",
        "<img",
        "<form",
        "<iframe",
        "<tg-spoiler",
        "href=\"javascript",
        "url(",
    ] {
        if page.contains(tag) {
            wrong.push(format!("{tag} in the HTML"));
        }
    }
    let (before, after) = page.split_once("<style>").unwrap();
    let bare = before.to_owned() + after.split_once("</style>").unwrap().1;
    let shown = bare
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    let shown = shown.replace("&#39;", "'").replace("&amp;", "&");
    wrong.extend(wrong_with("mail", case, &shown));
    table.add(place, case, "mail", page.len(), wrong);
    let wrong = wrong_with("mail text", case, &written.text);
    table.add(place, case, "mail text", written.text.len(), wrong);
}

#[tokio::test]
async fn a_test_of_each_kind_is_taken_by_every_service() {
    newswatch::http::install_tls_provider();
    let stand_in = StandIn::open().await;
    let sink = SmtpSink::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("log");
    let _log = std::os::unix::net::UnixDatagram::bind(&socket).unwrap();
    let at = |service: &str| stand_in.url.join(&format!("{service}/x")).unwrap();
    let below = |service: &str| stand_in.url.join(&format!("{service}/")).unwrap();
    let with_url = ["slack", "discord", "teams", "mattermost"].map(|service| {
        format!(
            "[[channel]]\nname = '{service}'\ntype = '{service}'\nurl = '{}'\n",
            at(service)
        )
    });
    let with_server = [
        ("telegram", "token = '1:TOKENTOKENTOKEN'\nchat = '-1001'"),
        ("ntfy", "topic = 'news'"),
        ("matrix", "token = 'TOKENTOKEN'\nroom = '!abc:example.org'"),
        ("gotify", "token = 'TOKENTOKEN'"),
        ("apprise", "urls = ['json://localhost/SECRETSECRET']"),
    ]
    .map(|(service, more)| {
        format!(
            "[[channel]]\nname = '{service}'\ntype = '{service}'\nserver = '{}'\n{more}\n",
            below(service)
        )
    });
    let others = format!(
        "[[channel]]\nname = 'webhook'\ntype = 'webhook'\nurl = '{}'\nsecret = '{SECRET}'\n\
         [[channel]]\nname = 'exec'\ntype = 'exec'\ncommand = ['/bin/cat']\n\
         [[channel]]\nname = 'file'\ntype = 'file'\npath = 'lines.jsonl'\n\
         [[channel]]\nname = 'syslog'\ntype = 'syslog'\nsocket = '{}'\n\
         [[channel]]\nname = 'console'\ntype = 'console'\n\
         [[channel]]\nname = 'desk'\ntype = 'email'\nto = ['desk@example.org']\n\
         from = 'watch@sender.example'\nsmtp = {{ host = 'localhost', port = {}, tls = 'none' }}\n",
        at("webhook"),
        socket.display(),
        sink.address().port(),
    );
    let config = format!(
        "state_dir = 'state'\n[http]\nallow_private = ['127.0.0.1']\n{}{}{others}",
        with_url.concat(),
        with_server.concat()
    );
    let config = write(folder.path(), "newswatch.toml", &config);
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o600)).unwrap();
    let kinds = newswatch::ops::samples::KINDS;
    let output = newswatch(&["notify", "test", "--kind", "all", "--config", &config]).await;
    let told = out(&output);
    assert!(output.status.success(), "{told}{}", err(&output));
    let accepted = told
        .lines()
        .filter(|line| line.contains(": accepted as dlv_"))
        .count();
    assert_eq!(accepted, 15 * kinds.len(), "{told}");
    let ids: BTreeSet<&str> = told
        .lines()
        .filter_map(|line| line.split_once(": accepted as "))
        .map(|(_, id)| id)
        .collect();
    assert_eq!(
        ids.len(),
        accepted,
        "a service that shows nothing twice shows each"
    );
    let asked = stand_in.take();
    for service in SERVICES {
        let came = asked.iter().filter(|(name, _)| *name == service.name);
        let faults: Vec<String> = came
            .clone()
            .flat_map(|(_, asked)| (service.against)(asked))
            .collect();
        assert!(faults.is_empty(), "{}: {faults:?}", service.name);
        assert_eq!(came.count(), kinds.len(), "{}", service.name);
    }
    assert_eq!(sink.mails().len(), kinds.len());
    let lines = std::fs::read_to_string(folder.path().join("lines.jsonl")).unwrap();
    assert!(lines.lines().count() >= kinds.len(), "{lines}");
    for kind in kinds {
        let is_told = asked
            .iter()
            .any(|(_, asked)| asked.body["type"] == format!("newswatch.{kind}"));
        assert!(is_told, "{kind}");
    }
}

#[tokio::test]
async fn on_discord_an_update_is_a_message_of_its_own_and_who_else_tells_it_joins_the_first() {
    let stand_in = StandIn::open().await;
    let channel = kind("discord", &stand_in.url);
    let mut case = cases::twenty().remove(0);
    let channel = Channel::new(settings(channel, reader(&case)), client()).unwrap();
    let update = gallery::messages()
        .into_iter()
        .find(|shown| shown.name == "update")
        .unwrap();
    let Occasion::Update(facts) = update.occasion else {
        panic!("it is an update");
    };
    case.alerts = update.alerts;
    for (first, expected) in [(None, 1), (Some("1234567890"), 2), (Some("../x"), 1)] {
        case.occasion = Occasion::Update(newswatch::domain::UpdateFacts {
            first_message: first.map(str::to_owned),
            ..facts.clone()
        });
        assert_eq!(send(&channel, &case, None).await, AttemptOutcome::Accepted);
        let asked = stand_in.take();
        assert_eq!(asked.len(), expected, "{first:?}");
        let (_, posted) = &asked[0];
        let said = posted.body.to_string();
        assert!(
            said.contains("Pacific Ledger") && said.contains("staffed day and night"),
            "{said}"
        );
        assert_eq!(said.contains("Also in"), expected == 1, "{said}");
        if let Some((_, changed)) = asked.get(1) {
            assert_eq!(
                (changed.method.as_str(), changed.path.as_str()),
                ("PATCH", "/discord/x/messages/1234567890")
            );
            assert_eq!(
                changed.body["content"],
                "-# Also in Northern Wire, Evening Ledger, Strait Radio\\: the same agency text"
            );
            assert!(
                changed.body.get("embeds").is_none(),
                "the embeds stay as they are"
            );
        }
    }
}

#[tokio::test]
async fn our_pages_are_links_on_every_service_in_updates_and_in_messages_about_failures() {
    let stand_in = StandIn::open().await;
    let expected = [
        ("health", "https://watch.example.org/feeds"),
        ("update", "https://watch.example.org/stories/12"),
    ];
    for shown in gallery::messages() {
        let Some((_, page)) = expected.iter().find(|(name, _)| *name == shown.name) else {
            continue;
        };
        let mut case = cases::twenty().remove(0);
        (case.alerts, case.occasion) = (shown.alerts, shown.occasion);
        // A receiver's program knows what it got by its facts.
        for service in SERVICES.iter().filter(|service| service.name != "webhook") {
            let kind = kind(service.name, &stand_in.url);
            let channel = Channel::new(settings(kind, reader(&case)), client()).unwrap();
            let outcome = send(&channel, &case, None).await;
            assert_eq!(outcome, AttemptOutcome::Accepted, "{}", service.name);
            let (_, asked) = stand_in.take().pop().unwrap();
            let said = texts(&asked.body);
            assert!(said.contains(page), "{}: {said}", service.name);
        }
        let kept = Kept::default();
        let console = ChannelKind::Console(ConsoleSettings::default());
        let console = settings(console, reader(&case));
        let channel = Channel::console_to(console, Box::new(kept.clone()));
        send(&channel, &case, None).await;
        let said = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert!(said.contains(page), "{said}");
    }
}
