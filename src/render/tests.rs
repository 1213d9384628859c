//! Tests of all services together: whatever an article says, every message is within its service's limits and inert. What
//! the services' documentation says of it is checked from outside, in `tests/it/every_service.rs`.

use jiff::tz::TimeZone;
use serde_json::Value;
use url::Url;

use super::*;
use crate::domain::{
    Alert, AlertId, DeliveryId, DigestFacts, EntryId, FoundPlace, FoundWords, HealthEvent,
    HealthFacts, HeartbeatFacts, LocalTimestamp, Match, Occasion, Passage, Quote, Reading,
    ReportId, StormFacts, Timestamp, UpdateFacts, WatchName,
};

fn now() -> Timestamp {
    "2026-11-26T07:10:00Z".parse().unwrap()
}

fn reader(zone: &str) -> Reader {
    Reader {
        zone: TimeZone::get(zone).unwrap(),
        ..Reader::default()
    }
}

fn alert(title: &str, sentence: &str) -> Alert {
    Alert {
        id: AlertId("alr_0123456789abcdef0123".into()),
        found: Match {
            watch: WatchName("Code of Conduct".into()),
            score: 1.0,
            terms: vec!["code of conduct".into()],
            sentence: sentence.into(),
            quote: Quote {
                title_marks: Vec::new(),
                passages: vec![Passage {
                    text: sentence.into(),
                    paragraph: Some(4),
                    of_feed: false,
                    marks: Vec::new(),
                }],
                found: vec![FoundWords {
                    text: "code of conduct".into(),
                    places: vec![FoundPlace::Paragraph(4), FoundPlace::Paragraph(1)],
                }],
            },
        },
        priority: Priority::Normal,
        report: ReportId(1),
        entry: EntryId(1),
        feeds: vec!["Wire A".into()],
        title: title.into(),
        url: Some(Url::parse("https://harbourpost.example/2026/11/26/reef-hotline").unwrap()),
        source: Some("Harbour Post".into()),
        published: Some(LocalTimestamp::utc("2026-11-26T07:05:00Z".parse().unwrap())),
        summary_only: false,
        reading: Reading {
            found_at: Some(now()),
            ..Reading::default()
        },
        notes: Vec::new(),
        raised_at: now(),
    }
}

fn plain() -> Alert {
    let mut alert = alert(
        "Manila and Beijing agree reef hotline",
        "They promised to finish the code of conduct for the South China Sea by July.",
    );
    let passage = alert.found.quote.passages.first_mut().unwrap();
    passage.marks = vec![28..43, 52..67];
    alert
}

/// A service: its name, what it writes, and what is wrong with that.
struct Service {
    name: &'static str,
    write: fn(&Telling<'_>) -> String,
    limit: fn(&str) -> Result<(), String>,
    /// The texts that a reader sees, joined, as the service reads them.
    seen: fn(&str) -> String,
}

fn at_most(size: usize, limit: usize) -> Result<(), String> {
    if size <= limit {
        Ok(())
    } else {
        Err(format!("{size} > {limit}"))
    }
}

fn json(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

/// All strings of a JSON value.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(strings).collect(),
        Value::Object(object) => object.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

fn all_strings(body: &str) -> String {
    strings(&json(body)).join("\n")
}

/// What Markdown shows: its backslashes and zero-width spaces are not seen.
fn markdown_seen(body: &str) -> String {
    let mut seen = String::new();
    let text = all_strings(body).replace('\u{200b}', "");
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => seen.extend(chars.next()),
            c => seen.push(c),
        }
    }
    seen
}

fn html_seen(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

fn at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Every service with its limits, as `MESSAGES` names their sources in each service's file.
#[expect(clippy::too_many_lines, reason = "a table")]
fn services() -> Vec<Service> {
    vec![
        Service {
            name: "mail html",
            write: |telling| email(telling).html,
            limit: |body| at_most(body.len(), 80_000),
            seen: html_seen,
        },
        Service {
            name: "mail text",
            write: |telling| email(telling).text,
            limit: |body| at_most(body.len(), 200_000),
            seen: str::to_owned,
        },
        Service {
            name: "slack",
            write: slack,
            limit: |body| {
                at_most(body.chars().count(), 13_200)?;
                at_most(at(&json(body), "/text").chars().count(), 40_000)
            },
            seen: all_strings,
        },
        Service {
            name: "discord",
            write: discord,
            limit: |body| {
                let embed = &json(body)["embeds"][0];
                at_most(utf16(at(embed, "/title")), 256)?;
                at_most(utf16(at(embed, "/description")), 4096)?;
                at_most(utf16(at(embed, "/author/name")), 256)?;
                at_most(utf16(at(embed, "/footer/text")), 2048)?;
                at_most(at(embed, "/url").len(), 2048)?;
                let sum = ["/title", "/description", "/author/name", "/footer/text"]
                    .map(|place| utf16(at(embed, place)));
                at_most(sum.iter().sum(), 6000)
            },
            seen: markdown_seen,
        },
        Service {
            name: "teams",
            write: teams,
            limit: |body| at_most(body.len(), 20_000),
            seen: all_strings,
        },
        Service {
            name: "telegram",
            write: |telling| telegram(telling).to_string(),
            limit: |body| {
                let text = at(&json(body), "/text").to_owned();
                let mut shown = String::new();
                let mut is_tag = false;
                for c in text.chars() {
                    match c {
                        '<' => is_tag = true,
                        '>' => is_tag = false,
                        c if !is_tag => shown.push(c),
                        _ => {}
                    }
                }
                at_most(utf16(&html_seen(&shown)), 4096)
            },
            seen: |body| html_seen(&all_strings(body)),
        },
        Service {
            name: "ntfy",
            write: |telling| ntfy(telling).to_string(),
            limit: |body| {
                at_most(at(&json(body), "/message").len(), 4096)?;
                at_most(at(&json(body), "/title").len(), 250)
            },
            seen: all_strings,
        },
        Service {
            name: "matrix",
            write: matrix,
            limit: |body| at_most(body.len(), 60_000),
            seen: |body| html_seen(&all_strings(body)),
        },
        Service {
            name: "mattermost",
            write: mattermost,
            limit: |body| at_most(body.chars().count(), 4_100),
            seen: markdown_seen,
        },
        Service {
            name: "gotify",
            write: gotify,
            limit: |body| at_most(body.len(), 20_000),
            seen: all_strings,
        },
        Service {
            name: "apprise",
            write: |telling| apprise(telling).to_string(),
            limit: |body| at_most(body.len(), 20_000),
            seen: all_strings,
        },
        Service {
            name: "webhook",
            write: |telling| webhook(telling, false),
            limit: |body| at_most(body.len(), 20_000),
            seen: all_strings,
        },
        Service {
            name: "syslog",
            write: |telling| syslog(telling).0,
            limit: |body| {
                at_most(body.lines().count(), 1)?;
                at_most(body.len(), 2_000)
            },
            seen: str::to_owned,
        },
        Service {
            name: "console",
            write: console,
            limit: |body| at_most(body.len(), 100_000),
            seen: str::to_owned,
        },
    ]
}

/// Texts that some place would take for more than text; one is written as what begins it, what is repeated, and how often.
fn nasty_texts() -> Vec<String> {
    let list: Vec<Value> =
        serde_json::from_str(include_str!("../../tests/fixtures/nasty.json")).unwrap();
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => {
            let times = usize::try_from(value[2].as_u64().unwrap()).unwrap();
            at(value, "/0").to_owned() + &at(value, "/1").repeat(times)
        }
    };
    list.iter().map(text).collect()
}

fn telling<'a>(
    delivery: &'a DeliveryId,
    alerts: &'a [Alert],
    occasion: &'a Occasion,
    reader: &'a Reader,
) -> Telling<'a> {
    Telling {
        delivery,
        recipient: Some("desk@example.org"),
        alerts,
        occasion,
        reader,
        now: now(),
        filled: None,
    }
}

fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n')
}

#[test]
fn no_text_of_outside_is_markup_anywhere() {
    let delivery = DeliveryId("dlv_1".into());
    let reader = Reader::default();
    for text in nasty_texts() {
        let mut alert = alert(&text, &text);
        alert.found.watch = WatchName(text.clone());
        alert.source = Some(text.clone());
        let alerts = [alert];
        let telling = telling(&delivery, &alerts, &Occasion::Alert, &reader);
        let page = email(&telling).html;
        for tag in [
            "<script",
            "<img",
            "<form",
            "<iframe",
            "onerror=alert(1)>",
            "javascript:alert(1)\">",
            "<tg-spoiler",
        ] {
            assert!(!page.contains(tag), "{tag} of {text:?}");
        }
        let telegram = telegram(&telling)["text"].as_str().unwrap().to_owned();
        assert!(
            !telegram.contains("<tg-spoiler") && !telegram.contains("<script"),
            "{telegram}"
        );
        let slack = json(&slack(&telling));
        let notified = slack["text"].as_str().unwrap();
        assert!(!notified.contains(['<', '>']), "{notified}");
        let discord = json(&discord(&telling));
        assert_eq!(discord["allowed_mentions"]["parse"], serde_json::json!([]));
        let description = discord["embeds"][0]["description"].as_str().unwrap();
        assert!(!description.contains("](https://evil"), "{description}");
        let attachment = &json(&mattermost(&telling))["attachments"][0];
        for part in ["text", "title", "fallback", "author_name"] {
            let part = attachment[part].as_str().unwrap_or_default();
            for mention in ["@everyone", "@channel", "@here", "@all", "<!channel"] {
                assert!(!part.contains(mention), "{part}");
            }
        }
        // No outsider's text is in what Teams reads as Markdown.
        for block in json(&teams(&telling))["attachments"][0]["content"]["body"]
            .as_array()
            .unwrap()
        {
            if block["type"] == "TextBlock" {
                let told = block["text"].as_str().unwrap();
                assert!(told.starts_with("{{DATE(2026-11-26T07:05:00Z"), "{told}");
            }
        }
    }
}

#[test]
fn marks_of_the_matcher_are_bold_in_every_service_that_has_bold() {
    let delivery = DeliveryId("dlv_1".into());
    let reader = reader("Asia/Ho_Chi_Minh");
    let alerts = [plain()];
    let telling = telling(&delivery, &alerts, &Occasion::Alert, &reader);
    let mail = email(&telling);
    assert!(
        mail.html.contains("<b>code of conduct</b> for the <b>"),
        "{}",
        mail.html
    );
    assert!(mail.text.contains("*code of conduct*"), "{}", mail.text);
    assert!(
        telegram(&telling)["text"]
            .as_str()
            .unwrap()
            .contains("<b>code of conduct</b>")
    );
    assert!(discord(&telling).contains("**code of conduct**"));
    assert!(mattermost(&telling).contains("**code of conduct**"));
    assert!(matrix(&telling).contains("<strong>code of conduct</strong>"));
    let run = r#"{"style":{"bold":true},"text":"code of conduct","type":"text"}"#;
    assert!(slack(&telling).contains(run), "{}", slack(&telling));
    assert!(teams(&telling).contains(r#""highlight":true"#));
}

#[test]
fn a_mail_says_what_the_design_says() {
    let delivery = DeliveryId("dlv_1".into());
    let reader = reader("Asia/Ho_Chi_Minh");
    let mut alert = plain();
    alert.priority = Priority::High;
    let alerts = [alert];
    let mail = email(&telling(&delivery, &alerts, &Occasion::Alert, &reader));
    assert_eq!(mail.subject, "! Manila and Beijing agree reef hotline");
    assert_eq!(mail.from_name, "Code of Conduct · newswatch");
    let expected = "Code of Conduct · HIGH PRIORITY\n\n\
        Manila and Beijing agree reef hotline\n\
        Harbour Post · Thu 26 Nov, 14:05 UTC+7\n\
        https://harbourpost.example/2026/11/26/reef-hotline\n\n\
        > They promised to finish the *code of conduct* for the *South China Sea*\n\
        > by July.\n\n\
        Found: code of conduct (paragraphs 1 and 4)\n\n\
        Why: newswatch alerts show alr_0123456789abcdef0123\n\
        Mute: newswatch silence add --watch 'Code of Conduct' --for 1d\n\n\
        -- \n\
        You get this because the watch Code of Conduct mails desk@example.org.\n\
        Times: Asia/Ho_Chi_Minh (UTC+7). Alert alr_0123456789abcdef0123\n";
    assert_eq!(mail.text, expected);
}

#[test]
fn every_kind_of_message_is_written_by_every_service() {
    let delivery = DeliveryId("dlv_1".into());
    let reader = reader("Europe/Berlin");
    let alerts = vec![plain(), plain(), plain()];
    let event = HealthEvent {
        subject: "Feed Strait Radio".into(),
        what: "refuses our requests".into(),
        effect: Some("14 articles a day are not seen.".into()),
        answer: Some("HTTP 403".into()),
        since: Some("2026-11-25T07:00:00Z".parse().unwrap()),
        ..HealthEvent::default()
    };
    let health = HealthFacts {
        events: vec![event],
    };
    let occasions = [
        (Occasion::Group, "3 alerts from 1 watch"),
        (
            Occasion::Update(UpdateFacts {
                outlets: 6,
                ..UpdateFacts::default()
            }),
            "Manila and Beijing",
        ),
        (
            Occasion::Digest(DigestFacts::default()),
            "Thursday 26 November",
        ),
        (
            Occasion::Storm(StormFacts {
                alerts: 214,
                ..StormFacts::default()
            }),
            "214 alerts",
        ),
        (
            Occasion::Health(health),
            "Feed Strait Radio refuses our requests",
        ),
        (
            Occasion::Heartbeat(HeartbeatFacts::default()),
            "newswatch runs",
        ),
    ];
    for (occasion, headline) in &occasions {
        let telling = telling(&delivery, &alerts, occasion, &reader);
        for service in services() {
            let body = (service.write)(&telling);
            (service.limit)(&body).unwrap();
            if service.name != "webhook" {
                let seen = (service.seen)(&body);
                assert!(seen.contains(headline), "{}: {seen}", service.name);
            }
        }
        let webhook = json(&webhook(&telling, false));
        assert_eq!(webhook["type"], format!("newswatch.{}", occasion.as_str()));
    }
    let empty: Vec<Alert> = Vec::new();
    let digest = Occasion::Digest(DigestFacts::default());
    let mail = email(&telling(&delivery, &empty, &digest, &reader));
    assert_eq!(mail.subject, "Thu 26 Nov: no alerts");
}

#[test]
fn an_update_answers_the_first_mail_only_where_there_is_one() {
    let delivery = DeliveryId("dlv_2".into());
    let reader = Reader::default();
    let alerts = [plain()];
    let facts = UpdateFacts {
        first_delivery: Some(DeliveryId("dlv_1".into())),
        story: Some(12),
        ..UpdateFacts::default()
    };
    let first = email(&telling(&delivery, &alerts, &Occasion::Alert, &reader));
    let occasion = Occasion::Update(facts);
    let update = email(&telling(&delivery, &alerts, &occasion, &reader));
    assert_eq!(update.subject, first.subject);
    assert_eq!(update.in_reply_to.as_deref(), Some("dlv_1"));
    assert_eq!(update.thread_root.as_deref(), Some("story-12"));
    let failed = Occasion::Update(UpdateFacts::default());
    let alone = email(&telling(&delivery, &alerts, &failed, &reader));
    assert_eq!(alone.in_reply_to, None);
}

#[test]
fn the_webhook_body_has_the_documented_fields() {
    let delivery = DeliveryId("dlv_1".into());
    let reader = Reader::default();
    let alerts = [plain()];
    let telling = telling(&delivery, &alerts, &Occasion::Alert, &reader);
    let body = json(&webhook(&telling, false));
    assert_eq!(body["type"], "newswatch.alert");
    let data = body["data"].as_object().unwrap();
    let mut keys: Vec<&str> = data.keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "also_in",
            "excerpt",
            "feed",
            "feeds",
            "found",
            "found_at",
            "id",
            "language",
            "links",
            "passages",
            "priority",
            "published",
            "source",
            "story",
            "summary_only",
            "terms",
            "text_reason",
            "text_state",
            "title",
            "url",
            "watch"
        ]
    );
    assert_eq!(
        data["passages"][0]["marks"],
        serde_json::json!([[28, 43], [52, 67]])
    );
    assert_eq!(
        data["found"][0]["places"],
        serde_json::json!(["paragraph 4", "paragraph 1"])
    );
    assert_eq!(data["found_at"], "2026-11-26T07:10:00Z");
}

#[test]
fn telegrams_time_element_can_be_left_out() {
    let delivery = DeliveryId("dlv_1".into());
    let reader = Reader::default();
    let alerts = [plain()];
    let arguments = telegram(&telling(&delivery, &alerts, &Occasion::Alert, &reader)).to_string();
    assert!(arguments.contains("<tg-time unix="));
    let simpler = without_times(&arguments).unwrap();
    assert!(!simpler.contains("tg-time"), "{simpler}");
    assert!(simpler.contains("Thu 26 Nov, 07:05 UTC"), "{simpler}");
    assert_eq!(without_times(&simpler), None);
}

proptest::proptest! {
    #[test]
    fn any_text_is_inert_everywhere(text in proptest::collection::vec(proptest::char::any(), 0..200)) {
        let text: String = text.into_iter().collect();
        let delivery = DeliveryId("dlv_1".into());
        let reader = Reader::default();
        let mut alert = alert(&text, &text);
        alert.found.watch = WatchName(text.clone());
        alert.found.quote.title_marks = vec![0..3, 2..9];
        alert.found.quote.passages[0].marks = vec![1..2, 4..700];
        let alerts = [alert];
        let telling = telling(&delivery, &alerts, &Occasion::Alert, &reader);
        let mail = email(&telling);
        proptest::prop_assert!(!mail.subject.contains("=?"));
        proptest::prop_assert!(mail.subject.chars().count() <= 200);
        let header = header_value("Subject", &mail.subject);
        for line in format!("Subject: {header}").split("\r\n") {
            proptest::prop_assert!(line.len() <= 78);
        }
        for service in services() {
            let body = (service.write)(&telling);
            proptest::prop_assert!((service.limit)(&body).is_ok(), "{}", service.name);
            proptest::prop_assert!(!has_control(&(service.seen)(&body)), "{}", service.name);
        }
    }
}

/// Clock times in a text, as `14:05`; not those of an offset or of an address.
fn clock_times(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let is_time =
        |w: &[char]| w[2] == ':' && [0, 1, 3, 4].iter().all(|place| w[*place].is_ascii_digit());
    chars
        .windows(5)
        .enumerate()
        .filter(|(place, window)| {
            let before = place.checked_sub(1).and_then(|at| chars.get(at));
            let is_apart = before.is_none_or(|c| !c.is_ascii_digit() && !"+-:T".contains(*c));
            is_apart && is_time(window)
        })
        .map(|(_, window)| window.iter().collect())
        .collect()
}

#[test]
fn times_of_every_kind_on_every_service_are_in_the_readers_zone_which_is_named() {
    let delivery = DeliveryId("dlv_1".into());
    let channel = crate::domain::ChannelName("desk".into());
    let reader = reader("Asia/Kathmandu");
    let mut told = 0;
    for kind in crate::ops::samples::KINDS {
        let (mut alerts, occasion) = crate::ops::samples::message(kind, &channel, now());
        for alert in &mut alerts {
            alert.published = Some(LocalTimestamp::utc(now()));
        }
        let telling = telling(&delivery, &alerts, &occasion, &reader);
        for service in services() {
            // Programs read UTC; these four write some times in the zone of each reader's own device.
            if service.name == "webhook" {
                continue;
            }
            let seen = (service.seen)(&(service.write)(&telling));
            let times = clock_times(&seen);
            told += times.len();
            let names_zone = seen.contains("UTC+5:45") || times.is_empty();
            assert!(names_zone, "{kind} {}: {times:?} in {seen}", service.name);
            for time in times {
                // In UTC the samples are at ten and twenty past.
                let (_, minute) = time.split_once(':').unwrap();
                let is_here = ["55", "05"].contains(&minute);
                assert!(is_here, "{kind} {}: {time} in {seen}", service.name);
            }
        }
    }
    assert!(told > 50, "{told}");
}

#[test]
fn with_pages_every_service_of_people_links_to_them_and_nothing_is_done_by_opening_one() {
    let delivery = DeliveryId("dlv_1".into());
    let key = crate::links::LinkKey::new([3; 32]);
    let mut reader = reader("UTC");
    reader.web = Some(Url::parse("https://watch.example.org/").unwrap());
    reader.links = Some(key.clone());
    reader.escalates = true;
    let alerts = [plain()];
    let telling = telling(&delivery, &alerts, &Occasion::Alert, &reader);
    let page = format!("https://watch.example.org/alerts/{}", alerts[0].id.0);
    for service in services() {
        if service.name == "syslog" {
            continue;
        }
        let seen = (service.seen)(&(service.write)(&telling));
        assert!(seen.contains(&page), "{}: {seen}", service.name);
        let acts = seen.split("https://watch.example.org/act/").skip(1);
        let acts: Vec<crate::links::Act> = acts
            .map(|rest| {
                let is_token = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
                let end = rest.find(|c| !is_token(c)).unwrap_or(rest.len());
                key.read(rest.get(..end).unwrap()).expect(service.name)
            })
            .collect();
        let expected = match service.name {
            "ntfy" => 1,
            "gotify" | "apprise" | "console" => 0,
            _ => 3,
        };
        assert_eq!(acts.len(), expected, "{}: {seen}", service.name);
    }
    let mail = email(&telling);
    let stop = "https://watch.example.org/unsubscribe/";
    assert!(
        mail.html.contains(stop) && mail.text.contains(stop),
        "{}",
        mail.text
    );
    assert!(
        mail.text
            .contains("https://watch.example.org/watches/Code%20of%20Conduct")
    );
}

#[test]
fn without_pages_a_mail_says_where_its_watch_stands_and_is_stopped_by_mail() {
    let delivery = DeliveryId("dlv_1".into());
    let mut reader = reader("UTC");
    reader.sender = Some("watch@sender.example".into());
    let place = ("Code of Conduct", "/etc/newswatch/newswatch.toml", 41);
    reader.watch_places = std::sync::Arc::new([place].into_iter().collect());
    let alerts = [plain()];
    let telling = telling(&delivery, &alerts, &Occasion::Alert, &reader);
    let mail = email(&telling);
    for body in [&mail.text, &mail.html] {
        assert!(body.contains("newswatch.toml:41"), "{body}");
        let stop = "mailto:watch@sender.example?subject=unsubscribe%20Code%20of%20Conduct";
        assert!(body.contains(stop), "{body}");
        assert!(!body.contains("https://watch."), "{body}");
    }
}

#[test]
fn an_address_that_a_service_would_refuse_the_message_for_stands_in_its_text() {
    let delivery = DeliveryId("dlv_1".into());
    let mut reader = reader("UTC");
    reader.web = Some(Url::parse("http://watch1:8585/").unwrap());
    reader.links = Some(crate::links::LinkKey::new([3; 32]));
    let mut alert = plain();
    alert.url = Some(Url::parse("http://intranet/news/7").unwrap());
    let alerts = [alert];
    let telling = telling(&delivery, &alerts, &Occasion::Alert, &reader);
    let written = telegram(&telling);
    assert!(written.get("reply_markup").is_none(), "{written}");
    let text = written["text"].as_str().unwrap();
    assert!(!text.contains("<a href"), "{text}");
    for address in ["\nhttp://intranet/news/7\n", "http://watch1:8585/alerts/"] {
        assert!(text.contains(address), "{text}");
    }
    let embed = &json(&discord(&telling))["embeds"][0];
    assert!(embed.get("url").is_none(), "{embed}");
    let description = embed["description"].as_str().unwrap();
    assert!(
        description.contains("<http://intranet/news/7>"),
        "{description}"
    );
    // An address by number is taken.
    reader.web = Some(Url::parse("http://192.0.2.7:8585/").unwrap());
    let telling = super::tests::telling(&delivery, &alerts, &Occasion::Alert, &reader);
    let buttons = &telegram(&telling)["reply_markup"]["inline_keyboard"];
    assert!(
        buttons
            .to_string()
            .contains("http://192.0.2.7:8585/alerts/")
    );
}

#[test]
fn in_teams_the_words_of_an_arabic_article_stand_to_the_right_and_ours_do_not() {
    let delivery = DeliveryId("dlv_1".into());
    let reader = Reader::default();
    let mut alert = alert("عمال الميناء", "بدأ إضراباً مفتوحاً صباح الخميس.");
    alert.reading.lang = Some("ar".into());
    let alerts = [alert];
    let card = json(&teams(&telling(
        &delivery,
        &alerts,
        &Occasion::Alert,
        &reader,
    )));
    let body = &card["attachments"][0]["content"]["body"];
    let places: Vec<(bool, String)> = body
        .as_array()
        .unwrap()
        .iter()
        .map(|element| (element["rtl"] == true, strings(element).join(" ")))
        .collect();
    let place = |word: &str| {
        let found = places.iter().find(|(_, text)| text.contains(word));
        found.map(|(is_rtl, _)| *is_rtl)
    };
    for (word, expected) in [
        ("Code of Conduct", false),
        ("عمال", true),
        ("Harbour Post", true),
        ("إضراباً", true),
        ("Found", false),
    ] {
        assert_eq!(place(word), Some(expected), "{word}: {places:?}");
    }
}
