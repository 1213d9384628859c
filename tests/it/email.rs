//! The mail channel against a server that does its duty, and against one that does not.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use newswatch::channel::{
    Channel, ChannelKind, ChannelSettings, EmailAddress, EmailSettings, Mailbox, SendLimits,
    SmtpLogin, SmtpProof, SmtpSettings, SmtpTls,
};
use newswatch::demo::smtp_sink::{Deviation, Reaction, SinkTls, SmtpSink, Stage};
use newswatch::domain::{AttemptOutcome, ChannelName, DeliveryId, Occasion, UpdateFacts};
use newswatch::links::{Act, LinkKey};
use newswatch::render::Unsubscribe;

use crate::support::alerts::{alert, delivery, told};
use crate::support::http::{PATIENCE, client};
use crate::support::tls::Authority;

const USER: &str = "desk-login";
const PASSWORD: &str = "correct horse battery staple";

/// How a test's channel reaches its server.
struct Way {
    tls: SmtpTls,
    ca_file: Option<PathBuf>,
    proof: Option<SmtpProof>,
    limit: Duration,
}

impl Way {
    fn plain() -> Self {
        Self {
            tls: SmtpTls::None,
            ca_file: None,
            proof: None,
            limit: PATIENCE,
        }
    }

    fn start_tls(authority: &Authority) -> Self {
        Self {
            tls: SmtpTls::Required,
            ca_file: Some(authority.ca_file()),
            proof: Some(SmtpProof::Password(PASSWORD.into())),
            limit: PATIENCE,
        }
    }

    fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

fn settings(address: SocketAddr, way: &Way) -> ChannelSettings {
    ChannelSettings {
        name: ChannelName("desk".into()),
        kind: ChannelKind::Email(EmailSettings {
            to: ["desk@example.org", "night@example.org"]
                .map(|to| EmailAddress::parse(to).unwrap())
                .into(),
            from: Mailbox::parse("newswatch <watch@sender.example>").unwrap(),
            smtp: SmtpSettings {
                host: "localhost".into(),
                port: address.port(),
                tls: way.tls,
                login: way.proof.clone().map(|proof| SmtpLogin {
                    username: USER.into(),
                    proof,
                }),
                ca_file: way.ca_file.clone(),
            },
        }),
        reader: newswatch::render::Reader::default(),
        templates: newswatch::render::Templates::default(),
        retry: Vec::new(),
    }
}

fn channel(sink: &SmtpSink, way: &Way) -> Channel {
    let limits = SendLimits {
        email: way.limit,
        ..SendLimits::default()
    };
    Channel::with_limits(settings(sink.address(), way), client(), &limits).unwrap()
}

async fn send(channel: &Channel) -> AttemptOutcome {
    let alerts = [alert("A headline")];
    channel
        .attempt(&told(&delivery(), Some("night@example.org"), &alerts))
        .await
        .outcome
}

fn once(at: Stage, reaction: Reaction) -> Deviation {
    Deviation {
        at,
        reaction,
        times: 1,
    }
}

async fn misbehaving(at: Stage, reaction: Reaction) -> SmtpSink {
    SmtpSink::start_with(SinkTls::None, vec![once(at, reaction)])
        .await
        .unwrap()
}

fn reply(text: &str) -> Reaction {
    Reaction::Reply(format!("{text}\r\n"))
}

/// Nothing of the login and no mail may have come, not even encrypted to the wrong hands.
fn assert_nothing_was_sent(sink: &SmtpSink) {
    assert_eq!(sink.mails(), []);
    for command in sink.commands() {
        let is_harmless = command.line.starts_with("EHLO")
            || command.line == "STARTTLS"
            || command.line == "QUIT";
        assert!(is_harmless, "{command:?}");
    }
}

#[tokio::test]
async fn a_mail_has_its_envelope_and_headers_from_the_settings() {
    let sink = SmtpSink::start().await.unwrap();
    let outcome = send(&channel(&sink, &Way::plain())).await;
    assert_eq!(outcome, AttemptOutcome::Accepted);
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].from, "watch@sender.example");
    assert_eq!(mails[0].to, ["night@example.org"]);
    let mail = String::from_utf8(mails[0].data.clone()).unwrap();
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let mut headers: Vec<&str> = head
        .split("\r\n")
        .filter(|line| !line.starts_with("Content-Type") && !line.starts_with(' '))
        .collect();
    headers.sort_unstable();
    assert_eq!(
        headers,
        [
            "Auto-Submitted: auto-generated",
            "Date: Mon, 23 Nov 2026 12:00:00 +0000",
            "From: =?utf-8?B?RWFzdCBTZWEgwrcgbmV3c3dhdGNo?= <watch@sender.example>",
            "Importance: high",
            "List-Id: East Sea <east-sea.watches.sender.example>",
            "List-Unsubscribe: <mailto:watch@sender.example?subject=unsubscribe%20east-sea>",
            "MIME-Version: 1.0",
            "Message-ID: <dlv_0123456789abcdef0123@sender.example>",
            "Subject: ! A headline",
            "To: night@example.org",
            "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
            "X-Priority: 1",
        ]
    );
    assert!(head.contains("Content-Type: multipart/alternative;"));
    let text = body
        .find("Content-Type: text/plain; charset=utf-8")
        .unwrap();
    let html = body.find("Content-Type: text/html; charset=utf-8").unwrap();
    assert!(text < html);
}

#[tokio::test]
async fn a_mail_keeps_the_limits_of_the_wire_whatever_the_title() {
    let sink = SmtpSink::start().await.unwrap();
    let channel = channel(&sink, &Way::plain());
    for title in [
        "A headline".to_owned(),
        "x".repeat(3000),
        "Biển Đông: ".repeat(300),
        "=?utf-8?q?=0D=0ABcc:x@y.example?=".to_owned(),
        "a\r\nBcc: victim@evil.example\r\n\r\n.\r\nMAIL FROM:<evil@evil.example>".to_owned(),
        "\n.\n.\r.\r\n".repeat(50),
        "👨‍👩‍👧".repeat(500),
    ] {
        let outcome = channel
            .attempt(&told(&delivery(), None, &[alert(&title)]))
            .await
            .outcome;
        assert_eq!(outcome, AttemptOutcome::Accepted, "{title}");
    }
    let mails = sink.mails();
    assert_eq!(mails.len(), 7);
    for mail in mails {
        assert_eq!(mail.to, ["desk@example.org"]);
        let mail = String::from_utf8(mail.data).unwrap();
        assert!(mail.is_ascii());
        assert_eq!(mail.matches('\n').count(), mail.matches("\r\n").count());
        assert_eq!(mail.matches('\r').count(), mail.matches("\r\n").count());
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        assert!(body.split("\r\n").all(|line| line.len() <= 998));
        assert!(head.split("\r\n").all(|line| line.len() <= 78), "{head}");
        for name in ["Subject", "From", "To", "Date", "Message-ID"] {
            let field = format!("\r\n{name}: ");
            assert_eq!(format!("\r\n{head}").matches(&field).count(), 1, "{head}");
        }
        let is_bcc = |line: &str| line.to_lowercase().starts_with("bcc:");
        assert!(!head.split("\r\n").any(is_bcc), "{head}");
    }
}

#[tokio::test]
async fn every_try_carries_the_same_message_id() {
    let sink = misbehaving(Stage::EndOfData, Reaction::TakeAndHangUp).await;
    let channel = channel(&sink, &Way::plain());
    assert!(matches!(
        send(&channel).await,
        AttemptOutcome::Failed { .. }
    ));
    assert_eq!(send(&channel).await, AttemptOutcome::Accepted);
    let ids: Vec<String> = sink
        .mails()
        .into_iter()
        .map(|mail| String::from_utf8(mail.data).unwrap())
        .filter_map(|mail| {
            Some(
                mail.split_once("Message-ID: ")?
                    .1
                    .split_once("\r\n")?
                    .0
                    .to_owned(),
            )
        })
        .collect();
    let id = "<dlv_0123456789abcdef0123@sender.example>";
    assert_eq!(ids, [id, id]);
}

#[tokio::test]
async fn a_second_mail_uses_the_connection_of_the_first() {
    let sink = SmtpSink::start().await.unwrap();
    let channel = channel(&sink, &Way::plain());
    for _ in 0..3 {
        assert_eq!(send(&channel).await, AttemptOutcome::Accepted);
    }
    assert_eq!(sink.mails().len(), 3);
    let hellos = sink
        .commands()
        .iter()
        .filter(|command| command.line.starts_with("EHLO"))
        .count();
    assert_eq!(hellos, 1);
}

#[tokio::test]
async fn a_kept_connection_that_the_server_ends_costs_no_try() {
    for (at, reaction) in [
        (Stage::Sender, reply("421 closing down")),
        (Stage::Recipient, Reaction::HangUp),
        (Stage::EndOfData, reply("421 closing down")),
    ] {
        let sink = SmtpSink::start().await.unwrap();
        let channel = channel(&sink, &Way::plain());
        assert_eq!(send(&channel).await, AttemptOutcome::Accepted);
        sink.deviate(once(at, reaction.clone()));
        let outcome = send(&channel).await;
        assert_eq!(outcome, AttemptOutcome::Accepted, "{at:?} {reaction:?}");
        assert_eq!(sink.mails().len(), 2, "{at:?} {reaction:?}");
    }
}

#[tokio::test]
async fn each_refusal_has_its_meaning() {
    type Expected = fn(&AttemptOutcome) -> bool;
    let failed: Expected =
        |outcome| ["failed", "unreached", "deferred"].contains(&outcome.as_str());
    let refused: Expected = |outcome| matches!(outcome, AttemptOutcome::Refused { .. });
    let misconfigured: Expected = |outcome| matches!(outcome, AttemptOutcome::Misconfigured { .. });
    for (at, reaction, expected) in [
        (Stage::Greeting, reply("421 busy"), failed),
        (Stage::Greeting, reply("554 not you"), misconfigured),
        (Stage::Greeting, Reaction::HangUp, failed),
        (Stage::Greeting, reply("hello there"), failed),
        (Stage::Greeting, reply("HTTP/1.1 200 OK"), failed),
        (Stage::Hello, Reaction::HangUp, failed),
        (Stage::Sender, reply("451 later"), failed),
        (Stage::Sender, reply("530 log in first"), misconfigured),
        (Stage::Sender, reply("550 not your address"), misconfigured),
        (Stage::Recipient, reply("450 greylisted"), failed),
        (Stage::Recipient, reply("550 no such user"), refused),
        (Stage::Recipient, reply("550-no\r\n550 such user"), refused),
        (Stage::Recipient, Reaction::HangUp, failed),
        (Stage::Data, reply("451 later"), failed),
        (Stage::EndOfData, reply("452 disk full"), failed),
        (Stage::EndOfData, Reaction::HangUp, failed),
    ] {
        let sink = misbehaving(at, reaction.clone()).await;
        let channel = channel(&sink, &Way::plain());
        let outcome = send(&channel).await;
        assert!(expected(&outcome), "{at:?} {reaction:?}: {outcome:?}");
        assert_eq!(sink.mails(), [], "{at:?} {reaction:?}");
        // The deviation is over: nothing of it sticks to the channel.
        assert_eq!(
            send(&channel).await,
            AttemptOutcome::Accepted,
            "{at:?} {reaction:?}"
        );
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_for_its_content_is_sent_in_its_short_form() {
    for at in [Stage::Data, Stage::EndOfData] {
        let sink = misbehaving(at, reply("554 no HTML here")).await;
        let outcome = send(&channel(&sink, &Way::plain())).await;
        assert_eq!(outcome, AttemptOutcome::Accepted, "{at:?}");
        let mail = String::from_utf8(sink.mails().remove(0).data).unwrap();
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("Content-Type: text/plain"), "{head}");
        let body = body.replace("=3D", "=");
        assert!(body.contains("\r\nA headline\r\n"), "{body}");
        assert!(
            body.contains("\r\nhttps://news.example/a?b=1&c=2\r\n"),
            "{body}"
        );
        assert!(!body.contains('<'), "{body}");
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_in_both_forms_is_refused() {
    let deviation = Deviation {
        at: Stage::EndOfData,
        reaction: reply("552 too large"),
        times: 2,
    };
    let sink = SmtpSink::start_with(SinkTls::None, vec![deviation])
        .await
        .unwrap();
    let outcome = send(&channel(&sink, &Way::plain())).await;
    let expected = AttemptOutcome::Refused {
        reason: "localhost answered to the message: 552 too large".into(),
    };
    assert_eq!(outcome, expected);
    assert_eq!(sink.mails(), []);
}

#[tokio::test]
async fn a_server_that_stops_answering_costs_no_more_than_the_limit() {
    for at in [
        Stage::Greeting,
        Stage::Hello,
        Stage::Sender,
        Stage::Recipient,
        Stage::Data,
        Stage::EndOfData,
    ] {
        let sink = misbehaving(at, Reaction::Stall).await;
        let way = Way::plain().within(Duration::from_millis(100));
        let outcome = send(&channel(&sink, &way)).await;
        let expected = AttemptOutcome::Failed {
            reason: "localhost did not take the mail within 100 ms".into(),
        };
        assert_eq!(outcome, expected, "{at:?}");
    }
}

#[tokio::test]
async fn a_server_that_never_ends_its_answer_is_cut_off() {
    for at in [Stage::Greeting, Stage::Hello, Stage::Recipient] {
        let sink = misbehaving(at, Reaction::Flood("250-".repeat(1000))).await;
        let outcome = send(&channel(&sink, &Way::plain())).await;
        let AttemptOutcome::Unreached { reason } = outcome else {
            panic!("{at:?}: {outcome:?}");
        };
        assert!(
            reason.contains("does not stop talking") || reason.contains("not SMTP"),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn nobody_there_is_a_failure_that_passes() {
    // A port that is held and not listened at: no other test gets it meanwhile.
    let held = tokio::net::TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = held.local_addr().unwrap();
    let channel = Channel::new(settings(address, &Way::plain()), client()).unwrap();
    let AttemptOutcome::Unreached { reason } = send(&channel).await else {
        panic!("a server can come back");
    };
    assert_eq!(reason, "no connection to localhost: nobody listens there");
}

#[tokio::test]
async fn with_starttls_login_and_mail_are_encrypted() {
    let authority = Authority::new();
    let tls = SinkTls::StartTls(authority.secure_for("localhost"));
    let sink = SmtpSink::start_with(tls, Vec::new()).await.unwrap();
    let outcome = send(&channel(&sink, &Way::start_tls(&authority))).await;
    assert_eq!(outcome, AttemptOutcome::Accepted);
    assert!(sink.mails()[0].secured);
    let plain: Vec<String> = sink
        .commands()
        .into_iter()
        .filter(|command| !command.secured)
        .map(|command| command.line)
        .collect();
    assert_eq!(plain.len(), 2, "{plain:?}");
    assert!(
        plain[0].starts_with("EHLO ") && plain[1] == "STARTTLS",
        "{plain:?}"
    );
    assert!(
        sink.commands()
            .iter()
            .any(|command| command.line.starts_with("AUTH PLAIN "))
    );
}

#[tokio::test]
async fn with_implicit_tls_everything_is_encrypted() {
    let authority = Authority::new();
    let tls = SinkTls::Implicit(authority.secure_for("localhost"));
    let sink = SmtpSink::start_with(tls, Vec::new()).await.unwrap();
    let way = Way {
        tls: SmtpTls::Implicit,
        ..Way::start_tls(&authority)
    };
    assert_eq!(send(&channel(&sink, &way)).await, AttemptOutcome::Accepted);
    assert!(sink.commands().iter().all(|command| command.secured));
}

#[tokio::test]
async fn when_starttls_is_stripped_nothing_is_sent() {
    let authority = Authority::new();
    let sink = SmtpSink::start().await.unwrap();
    let outcome = send(&channel(&sink, &Way::start_tls(&authority))).await;
    let AttemptOutcome::Misconfigured { reason } = outcome else {
        panic!("{outcome:?}");
    };
    assert!(reason.contains("offers no STARTTLS"), "{reason}");
    assert_nothing_was_sent(&sink);
}

#[tokio::test]
async fn when_starttls_is_refused_nothing_is_sent() {
    for (answer, is_lasting) in [("454 not now", false), ("502 never", true)] {
        let authority = Authority::new();
        let sink = SmtpSink::start_with(
            SinkTls::StartTls(authority.secure_for("localhost")),
            vec![once(Stage::StartTls, reply(answer))],
        )
        .await
        .unwrap();
        let outcome = send(&channel(&sink, &Way::start_tls(&authority))).await;
        let is_misconfigured = matches!(outcome, AttemptOutcome::Misconfigured { .. });
        assert_eq!(is_misconfigured, is_lasting, "{outcome:?}");
        assert_nothing_was_sent(&sink);
    }
}

#[tokio::test]
async fn words_put_behind_the_answer_to_starttls_are_not_believed() {
    let authority = Authority::new();
    let injected = "220 go ahead\r\n250-evil\r\n250 AUTH PLAIN\r\n";
    let sink = SmtpSink::start_with(
        SinkTls::StartTls(authority.secure_for("localhost")),
        vec![once(Stage::StartTls, Reaction::Reply(injected.into()))],
    )
    .await
    .unwrap();
    let outcome = send(&channel(&sink, &Way::start_tls(&authority))).await;
    assert!(
        matches!(outcome, AttemptOutcome::Unreached { .. }),
        "{outcome:?}"
    );
    assert_nothing_was_sent(&sink);
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let authority = Authority::new();
    for tls in [SmtpTls::Required, SmtpTls::Implicit] {
        let secure = authority.secure_for("localhost");
        let sink_tls = match tls {
            SmtpTls::Implicit => SinkTls::Implicit(secure),
            _ => SinkTls::StartTls(secure),
        };
        let sink = SmtpSink::start_with(sink_tls, Vec::new()).await.unwrap();
        let stranger = Authority::new();
        let way = Way {
            tls,
            ..Way::start_tls(&stranger)
        };
        let outcome = send(&channel(&sink, &way)).await;
        let AttemptOutcome::Misconfigured { reason } = outcome else {
            panic!("{tls:?}: {outcome:?}");
        };
        assert!(reason.contains("authority that is not trusted"), "{reason}");
        assert_nothing_was_sent(&sink);
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let tls = SinkTls::StartTls(authority.secure_for("mail.example"));
    let sink = SmtpSink::start_with(tls, Vec::new()).await.unwrap();
    let outcome = send(&channel(&sink, &Way::start_tls(&authority))).await;
    let AttemptOutcome::Misconfigured { reason } = outcome else {
        panic!("{outcome:?}");
    };
    assert!(reason.contains("for another name"), "{reason}");
    assert_nothing_was_sent(&sink);
}

#[tokio::test]
async fn a_wrong_password_is_a_matter_of_the_configuration_and_is_not_repeated_in_the_reason() {
    let authority = Authority::new();
    let sink = SmtpSink::start_with(
        SinkTls::StartTls(authority.secure_for("localhost")),
        vec![once(Stage::Auth, reply("535 5.7.8 bad credentials"))],
    )
    .await
    .unwrap();
    let outcome = send(&channel(&sink, &Way::start_tls(&authority))).await;
    let expected = AttemptOutcome::Misconfigured {
        reason: "localhost answered to the login: 535 5.7.8 bad credentials".into(),
    };
    assert_eq!(outcome, expected);
    assert_eq!(sink.mails(), []);
}

#[tokio::test]
async fn a_login_without_tls_is_refused_when_the_channel_is_made() {
    let sink = SmtpSink::start().await.unwrap();
    let way = Way {
        proof: Some(SmtpProof::Password(PASSWORD.into())),
        ..Way::plain()
    };
    let error = Channel::new(settings(sink.address(), &way), client()).unwrap_err();
    assert!(
        error.to_string().contains("never sent without TLS"),
        "{error}"
    );
    assert!(!error.to_string().contains(PASSWORD), "{error}");
}

#[tokio::test]
async fn a_ca_file_that_cannot_be_used_is_refused_when_the_channel_is_made() {
    let authority = Authority::new();
    let sink = SmtpSink::start().await.unwrap();
    let mut empty = Way::start_tls(&authority);
    let file = tempfile::NamedTempFile::new().unwrap();
    for path in [PathBuf::from("/nonexistent/ca.pem"), file.path().to_owned()] {
        empty.ca_file = Some(path);
        let error = Channel::new(settings(sink.address(), &empty), client()).unwrap_err();
        assert!(error.to_string().contains("ca_file"), "{error}");
    }
}

#[tokio::test]
async fn a_recipient_that_is_not_of_the_channel_gets_nothing() {
    let sink = SmtpSink::start().await.unwrap();
    let outcome = channel(&sink, &Way::plain())
        .attempt(&told(&delivery(), Some("else@example.org"), &[alert("x")]))
        .await
        .outcome;
    assert!(
        matches!(outcome, AttemptOutcome::Refused { .. }),
        "{outcome:?}"
    );
    assert_eq!(sink.commands(), []);
}

#[tokio::test]
async fn a_recipient_is_found_however_the_configuration_writes_it() {
    let sink = SmtpSink::start().await.unwrap();
    let mut settings = settings(sink.address(), &Way::plain());
    let written = " Desk@Zürich.example ";
    if let ChannelKind::Email(email) = &mut settings.kind {
        email.to = vec![EmailAddress::parse(written).unwrap()];
    }
    let channel = Channel::new(settings, client()).unwrap();
    let outcome = channel
        .attempt(&told(&delivery(), Some(written), &[alert("x")]))
        .await
        .outcome;
    assert_eq!(outcome, AttemptOutcome::Accepted);
    assert_eq!(sink.mails()[0].to, ["Desk@xn--zrich-kva.example"]);
}

#[tokio::test]
async fn the_servers_own_words_are_told() {
    let sink = SmtpSink::start().await.unwrap();
    let attempt = channel(&sink, &Way::plain())
        .attempt(&told(&delivery(), None, &[alert("x")]))
        .await;
    assert_eq!(attempt.answer.as_deref(), Some("250 taken"));
}

/// What a server says that takes tokens alone.
const TOKENS_ALONE: &str = "250-sink.newswatch.example\r\n250 AUTH XOAUTH2\r\n";

/// A server with TLS that demands a token, and what it is reached by: a program that says another token at each run.
struct TokenHouse {
    sink: SmtpSink,
    channel: Channel,
    runs: tempfile::NamedTempFile,
    _authority: Authority,
}

impl TokenHouse {
    async fn open(hello: &str, logins: &[&str], more: Vec<Deviation>) -> Self {
        let authority = Authority::new();
        let runs = tempfile::NamedTempFile::new().unwrap();
        let hello = Deviation {
            at: Stage::Hello,
            reaction: Reaction::Reply(hello.to_owned()),
            times: 99,
        };
        let logins = logins.iter().map(|text| once(Stage::Auth, reply(text)));
        let script = std::iter::once(hello).chain(logins).chain(more).collect();
        let tls = SinkTls::Implicit(authority.secure_for("localhost"));
        let sink = SmtpSink::start_with(tls, script).await.unwrap();
        let file = runs.path().display();
        let program = format!("echo run >> {file}; echo token-$(wc -l < {file})");
        let way = Way {
            tls: SmtpTls::Implicit,
            ca_file: Some(authority.ca_file()),
            proof: Some(SmtpProof::Token {
                command: ["/bin/sh", "-c", &program].map(str::to_owned).to_vec(),
                limit: Duration::from_secs(30),
            }),
            limit: PATIENCE,
        };
        Self {
            channel: channel(&sink, &way),
            sink,
            runs,
            _authority: authority,
        }
    }

    fn runs(&self) -> usize {
        let text = std::fs::read_to_string(self.runs.path()).unwrap();
        text.lines().count()
    }

    /// The tokens that the server was shown, as it decodes them.
    fn shown(&self) -> Vec<String> {
        let commands = self.sink.commands().into_iter();
        commands
            .filter_map(|command| {
                assert!(command.secured, "{command:?}");
                let shown = command.line.strip_prefix("AUTH XOAUTH2 ")?.to_owned();
                let bytes = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, shown);
                String::from_utf8(bytes.unwrap()).ok()
            })
            .collect()
    }
}

fn shown_as(token: &str) -> String {
    format!("user={USER}\u{1}auth=Bearer {token}\u{1}\u{1}")
}

#[tokio::test]
async fn a_token_is_shown_as_servers_read_it_and_kept_until_one_refuses_it() {
    let house = TokenHouse::open(
        TOKENS_ALONE,
        &[
            "235 welcome",
            "235 welcome",
            "535 5.7.8 expired",
            "235 welcome",
        ],
        vec![
            once(Stage::Sender, reply("250 ok")),
            // The connection that was kept ends twice: each time there is another login.
            once(Stage::Sender, reply("421 bye")),
            once(Stage::Sender, reply("250 ok")),
            once(Stage::Sender, reply("421 bye")),
        ],
    )
    .await;
    for _ in 0..3 {
        assert_eq!(send(&house.channel).await, AttemptOutcome::Accepted);
    }
    let expected = ["token-1", "token-1", "token-1", "token-2"].map(shown_as);
    assert_eq!(house.shown(), expected);
    assert_eq!(house.runs(), 2);
}

#[tokio::test]
async fn a_new_token_that_is_refused_is_a_matter_of_settings() {
    // Google says why in a line of its own, and refuses after the empty line that follows.
    for answer in ["535 5.7.3 no", "334 eyJzdGF0dXMiOiI0MDAifQ=="] {
        let house = TokenHouse::open(TOKENS_ALONE, &[answer], Vec::new()).await;
        let outcome = send(&house.channel).await;
        assert_eq!(outcome.as_str(), "misconfigured", "{outcome:?}");
        assert!(
            !outcome.reason().unwrap().contains("token-1"),
            "{outcome:?}"
        );
        assert_eq!((house.runs(), house.sink.mails().len()), (1, 0));
        assert!(send(&house.channel).await == AttemptOutcome::Accepted);
        assert_eq!(house.runs(), 2);
    }
}

#[tokio::test]
async fn a_server_that_is_busy_with_logins_says_nothing_of_the_token() {
    let house = TokenHouse::open(TOKENS_ALONE, &["454 4.7.0 later"], Vec::new()).await;
    assert_eq!(send(&house.channel).await.as_str(), "failed");
    assert_eq!(send(&house.channel).await, AttemptOutcome::Accepted);
    assert_eq!(house.runs(), 1);
}

#[tokio::test]
async fn where_no_token_is_taken_none_is_shown_and_none_is_asked_for() {
    let passwords = "250-sink.newswatch.example\r\n250 AUTH PLAIN LOGIN\r\n";
    let house = TokenHouse::open(passwords, &[], Vec::new()).await;
    let AttemptOutcome::Misconfigured { reason } = send(&house.channel).await else {
        panic!("a setting is wrong");
    };
    assert_eq!(reason, "localhost offers no login by XOAUTH2");
    assert_eq!(house.runs(), 0);
    assert_nothing_was_sent(&house.sink);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_reason_names_the_program() {
    let authority = Authority::new();
    for (program, expected, reason) in [
        (
            "echo secret; echo 'invalid_grant' >&2; exit 1",
            "unreached",
            "the token command /bin/sh ended with 1: invalid_grant",
        ),
        (
            "sleep 600",
            "unreached",
            "the token command /bin/sh did not end within 50 ms",
        ),
        (
            "echo one two",
            "misconfigured",
            "the token command /bin/sh did not print one line with a token",
        ),
    ] {
        let hello = Deviation {
            at: Stage::Hello,
            reaction: Reaction::Reply(TOKENS_ALONE.to_owned()),
            times: 9,
        };
        let tls = SinkTls::Implicit(authority.secure_for("localhost"));
        let sink = SmtpSink::start_with(tls, vec![hello]).await.unwrap();
        let limit = if expected == "unreached" && program.starts_with("sleep") {
            Duration::from_millis(50)
        } else {
            Duration::from_secs(30)
        };
        let way = Way {
            tls: SmtpTls::Implicit,
            ca_file: Some(authority.ca_file()),
            proof: Some(SmtpProof::Token {
                command: ["/bin/sh", "-c", program].map(str::to_owned).to_vec(),
                limit,
            }),
            limit: PATIENCE,
        };
        let outcome = send(&channel(&sink, &way)).await;
        assert_eq!(outcome.as_str(), expected, "{outcome:?}");
        assert_eq!(outcome.reason(), Some(reason));
        assert_nothing_was_sent(&sink);
    }
}

fn with_reader(sink: &SmtpSink, reader: newswatch::render::Reader) -> Channel {
    let settings = ChannelSettings {
        reader,
        ..settings(sink.address(), &Way::plain())
    };
    Channel::new(settings, client()).unwrap()
}

/// The fields of a mail, unfolded.
fn fields(mail: &str) -> Vec<(String, String)> {
    let head = mail.split_once("\r\n\r\n").unwrap().0;
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let fields = unfolded.split("\r\n");
    fields
        .filter_map(|field| field.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[tokio::test]
async fn a_mail_can_be_stopped_by_mail_and_where_the_relay_signs_by_one_click() {
    let sink = SmtpSink::start().await.unwrap();
    let key = LinkKey::new([7; 32]);
    for (how, clicks) in [(Unsubscribe::Mailto, 0), (Unsubscribe::OneClick, 1)] {
        let reader = newswatch::render::Reader {
            web: Some("https://watch.example.org/".parse().unwrap()),
            links: Some(key.clone()),
            unsubscribe: how,
            ..newswatch::render::Reader::default()
        };
        assert_eq!(
            send(&with_reader(&sink, reader)).await,
            AttemptOutcome::Accepted
        );
        let mails = sink.mails();
        let mail = String::from_utf8(mails.last().unwrap().data.clone()).unwrap();
        assert!(mail.lines().all(|line| line.len() < 998));
        let fields = fields(&mail);
        let of = |name: &str| -> Vec<&str> {
            let named = fields.iter().filter(|(known, _)| known == name);
            named.map(|(_, value)| value.as_str()).collect()
        };
        let stop = of("List-Unsubscribe");
        assert_eq!(stop.len(), 1);
        let by_mail = "<mailto:watch@sender.example?subject=unsubscribe%20east-sea>";
        assert!(stop[0].ends_with(by_mail), "{stop:?}");
        let posts = of("List-Unsubscribe-Post");
        if clicks == 0 {
            assert_eq!((stop[0], posts.len()), (by_mail, 0));
            continue;
        }
        assert_eq!(posts, ["List-Unsubscribe=One-Click"]);
        let token = stop[0]
            .strip_prefix("<https://watch.example.org/unsubscribe/")
            .and_then(|rest| rest.split_once('>'))
            .unwrap()
            .0;
        let expected = Act::Unsubscribe {
            recipient: "night@example.org".into(),
            watch: Some("East Sea".into()),
        };
        assert_eq!(key.read(token), Some(expected));
    }
}

/// How Gmail puts mails together, as far as it is known: the same subject, without "Re:" and what stands in brackets before
/// it, and a reference to a mail of the conversation.
fn is_one_conversation(first: &[(String, String)], later: &[(String, String)]) -> bool {
    let of = |mail: &[(String, String)], name: &str| {
        let field = mail.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let bare = |mail: &[(String, String)]| {
        let mut subject = of(mail, "Subject");
        while let Some(rest) = subject
            .strip_prefix("Re: ")
            .or_else(|| Some(subject.strip_prefix('[')?.split_once("] ")?.1))
        {
            subject = rest.to_owned();
        }
        subject
    };
    let id = of(first, "Message-ID");
    let refers = of(later, "References").contains(&id) || of(later, "In-Reply-To") == id;
    bare(first) == bare(later) && refers
}

#[tokio::test]
async fn an_update_joins_the_conversation_of_its_alert_and_another_watch_does_not() {
    let sink = SmtpSink::start().await.unwrap();
    let channel = channel(&sink, &Way::plain());
    let first = DeliveryId("dlv_first".into());
    let update = Occasion::Update(UpdateFacts {
        story: Some(7),
        first_delivery: Some(first.clone()),
        outlets: 3,
        ..UpdateFacts::default()
    });
    let same = alert("Ferry sinks off the coast");
    let mut of_another = same.clone();
    of_another.found.watch = newswatch::domain::WatchName("Shipping".into());
    for (id, alert, occasion) in [
        ("dlv_first", &same, &Occasion::Alert),
        ("dlv_update", &same, &update),
        ("dlv_other", &of_another, &Occasion::Alert),
    ] {
        let delivery = DeliveryId(id.into());
        let message = newswatch::channel::Unwritten {
            occasion,
            ..told(
                &delivery,
                Some("night@example.org"),
                std::slice::from_ref(alert),
            )
        };
        let outcome = channel.attempt(&message).await.outcome;
        assert_eq!(outcome, AttemptOutcome::Accepted);
    }
    let mails = sink.mails().into_iter();
    let mails: Vec<_> = mails
        .map(|mail| fields(&String::from_utf8(mail.data).unwrap()))
        .collect();
    assert!(is_one_conversation(&mails[0], &mails[1]), "{:?}", mails[1]);
    assert!(!is_one_conversation(&mails[0], &mails[2]), "{:?}", mails[2]);
    assert!(!is_one_conversation(&mails[1], &mails[2]));
}
