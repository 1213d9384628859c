//! The mail channel against a server that does its duty, and against one that does not.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use newswatch::channel::{
    Channel, ChannelKind, ChannelSettings, EmailAddress, EmailSettings, Mailbox, SendLimits,
    SmtpSettings, SmtpTls,
};
use newswatch::demo::smtp_sink::{Deviation, Reaction, SinkTls, SmtpSink, Stage};
use newswatch::domain::{AttemptOutcome, ChannelName};

use crate::support::alerts::{alert, delivery, told};
use crate::support::http::{PATIENCE, client};
use crate::support::tls::Authority;

const USER: &str = "desk-login";
const PASSWORD: &str = "correct horse battery staple";

/// How a test's channel reaches its server.
struct Way {
    tls: SmtpTls,
    ca_file: Option<PathBuf>,
    login: bool,
    limit: Duration,
}

impl Way {
    fn plain() -> Self {
        Self {
            tls: SmtpTls::None,
            ca_file: None,
            login: false,
            limit: PATIENCE,
        }
    }

    fn start_tls(authority: &Authority) -> Self {
        Self {
            tls: SmtpTls::Required,
            ca_file: Some(authority.ca_file()),
            login: true,
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
                login: way.login.then(|| (USER.into(), PASSWORD.into())),
                ca_file: way.ca_file.clone(),
            },
        }),
        reader: newswatch::render::Reader::default(),
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
            "From: =?utf-8?b?RWFzdCBTZWEgwrcgbmV3c3dhdGNo?= <watch@sender.example>",
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
    let address = SmtpSink::start().await.unwrap().address();
    let channel = Channel::new(settings(address, &Way::plain()), client()).unwrap();
    // The sink is gone with the end of its statement.
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
        login: true,
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
