//! Messages to look at: one of each kind, and alerts in every state, with names that are invented.

use std::ops::Range;
use std::time::Duration;

use newswatch::domain::{
    Addition, Alert, AlertId, CoverageFacts, DigestFacts, EntryId, FailingSource, FoundPlace,
    FoundWords, HealthEvent, HealthFacts, HealthPage, HealthState, HeartbeatFacts, LocalTimestamp,
    Match, Occasion, Outlet, Passage, Priority, Quote, Reading, ReportId, RevisionFacts,
    SpikeFacts, StormFacts, StormSource, TextState, ThemeFacts, Timestamp, UpdateFacts, WatchName,
};
use newswatch::domain::{ChangeFacts, DeliveryId};
use url::Url;

/// When the messages are written: Thu 26 Nov 2026, 14:10 in Vietnam.
pub(crate) fn now() -> Timestamp {
    at("07:10")
}

/// A time of that day in UTC.
fn at(clock: &str) -> Timestamp {
    format!("2026-11-26T{clock}:00Z").parse().unwrap()
}

fn before(now: Timestamp, hours: u64) -> Timestamp {
    now.checked_sub(Duration::from_secs(hours * 3600)).unwrap()
}

/// A message: what it is called here, its alerts, and what it is about.
pub(crate) struct Shown {
    pub(crate) name: &'static str,
    pub(crate) alerts: Vec<Alert>,
    pub(crate) occasion: Occasion,
}

fn shown(name: &'static str, alerts: Vec<Alert>, occasion: Occasion) -> Shown {
    Shown {
        name,
        alerts,
        occasion,
    }
}

/// Text in which `[…]` stands around what was found.
fn passage(text: &str, paragraph: usize) -> Passage {
    let (text, marks) = marked(text);
    Passage {
        text,
        paragraph: Some(paragraph),
        of_feed: false,
        marks,
    }
}

fn marked(text: &str) -> (String, Vec<Range<usize>>) {
    let (mut plain, mut marks, mut start) = (String::new(), Vec::new(), 0);
    for c in text.chars() {
        let place = plain.chars().count();
        match c {
            '[' => start = place,
            ']' => marks.push(start..place),
            c => plain.push(c),
        }
    }
    (plain, marks)
}

fn found(text: &str, places: &[FoundPlace]) -> FoundWords {
    FoundWords {
        text: text.to_owned(),
        places: places.to_vec(),
    }
}

fn outlet(name: &str, host: &str) -> Outlet {
    Outlet {
        name: name.to_owned(),
        url: Url::parse(&format!("https://{host}/2026/11/26/story?utm_source=feed")).ok(),
        published: Some(at("07:31")),
        is_copy: false,
    }
}

/// An alert of a watch: headline, outlet, host, and the passage that is quoted.
pub(crate) fn alert(watch: &str, title: &str, outlet: (&str, &str), quoted: &str) -> Alert {
    let (title, title_marks) = marked(title);
    let (name, host) = outlet;
    let passages = if quoted.is_empty() {
        Vec::new()
    } else {
        vec![passage(quoted, 4)]
    };
    let number = title.chars().map(|c| u64::from(u32::from(c))).sum::<u64>();
    Alert {
        id: AlertId(format!("alr_{number:020x}")),
        found: Match {
            watch: WatchName(watch.into()),
            score: 1.0,
            terms: Vec::new(),
            sentence: passages
                .first()
                .map_or(String::new(), |one| one.text.clone()),
            quote: Quote {
                title_marks,
                passages,
                found: Vec::new(),
            },
        },
        priority: Priority::Normal,
        report: ReportId(i64::try_from(number).unwrap()),
        entry: EntryId(1),
        feeds: vec![name.to_owned()],
        title,
        url: Url::parse(&format!("https://{host}/2026/11/26/story")).ok(),
        source: Some(name.to_owned()),
        published: Some(LocalTimestamp::utc(at("07:05"))),
        summary_only: false,
        reading: Reading {
            found_at: Some(at("07:09")),
            lang: Some("en".into()),
            ..Reading::default()
        },
        notes: Vec::new(),
        raised_at: at("07:09"),
    }
}

const HARBOUR: (&str, &str) = ("Harbour Post", "harbourpost.example");
const BLUE: (&str, &str) = ("Báo Biển Xanh", "baobienxanh.example");
const LEDGER: (&str, &str) = ("Pacific Ledger", "pacificledger.example");

pub(crate) fn plain() -> Alert {
    let mut alert = alert(
        "Code of Conduct",
        "Manila and Beijing agree reef hotline after week of collisions",
        HARBOUR,
        "The two sides also promised to finish the [code of conduct] for the [South China Sea] by July, three years \
         after they first set themselves a date, the foreign ministry said.",
    );
    alert.found.quote.found = vec![
        found("code of conduct", &[FoundPlace::Paragraph(4)]),
        found(
            "South China Sea",
            &[FoundPlace::Paragraph(1), FoundPlace::Paragraph(4)],
        ),
    ];
    alert.reading.story = Some(12);
    alert
}

fn vietnamese() -> Alert {
    let mut alert = alert(
        "East Sea",
        "ASEAN họp bàn quy tắc ứng xử ở Biển Đông trong tháng 12",
        BLUE,
        "Các bên dự kiến trình bản thảo thứ ba của bộ quy tắc ứng xử ở [Biển Đông] trước ngày 15 tháng 12, theo thông cáo \
         của ban thư ký.",
    );
    alert.reading.lang = Some("vi".into());
    alert.reading.text = TextState::Summary;
    alert.reading.text_reason = Some("the page asks for a subscription".into());
    alert.found.quote.found = vec![found(
        "Biển Đông",
        &[FoundPlace::Headline, FoundPlace::Feed],
    )];
    alert
}

/// The same words as letters and accents apart.
fn vietnamese_nfd() -> Alert {
    let mut alert = vietnamese();
    let words = "Bie\u{302}\u{309}n \u{110}o\u{302}ng";
    let (title, title_marks) = marked(&format!("ASEAN họp bàn ở [{words}]"));
    alert.title = title;
    alert.found.quote.title_marks = title_marks;
    alert.found.quote.passages = vec![passage(
        &format!("Bản thảo thứ ba ở [{words}], e\u{302}\u{301}."),
        1,
    )];
    alert.found.quote.found = vec![found(words, &[FoundPlace::Headline])];
    alert
}

fn arabic() -> Alert {
    let mut alert = alert(
        "Port strikes",
        "عمال ميناء العقبة يبدؤون إضراباً مفتوحاً بعد فشل المحادثات",
        ("صحيفة المرفأ", "almarfa.example"),
        "بدأ نحو 1200 من عمال الميناء [إضراباً] مفتوحاً صباح الخميس بعد فشل المحادثات مع شركة التشغيل، وقالت النقابة إن \
         [الإضراب] سيستمر حتى توقيع اتفاق جديد للأجور.",
    );
    alert.reading.lang = Some("ar".into());
    alert.reading.also_in = vec![
        outlet("Gulf Shipping Daily", "gulfshipping.example"),
        outlet("Northern Wire", "northernwire.example"),
    ];
    alert.found.quote.found = vec![
        found("إضراباً", &[FoundPlace::Headline, FoundPlace::Paragraph(1)]),
        found("الإضراب", &[1, 3, 6].map(FoundPlace::Paragraph)),
    ];
    alert
}

fn hebrew() -> Alert {
    let mut alert = alert(
        "Port strikes",
        "[שביתה] ב-12 נמלים החל מ-26.11",
        ("העיתון", "haiton.example"),
        "ראו https://a.example/x?y=1 היום: [שביתה] ב-12 נמלים, 3,400 עובדים.",
    );
    alert.reading.lang = Some("he".into());
    alert
}

fn chinese() -> Alert {
    let mut alert = alert(
        "East Sea",
        "各方就[南海]行为准则继续磋商",
        ("海事日报", "haishi.example"),
        "会议指出，有关各方在[南海]问题上应保持克制，并争取在明年七月前完成[行为准则]的谈判，外交部发言人在例行记者会上说。",
    );
    alert.reading.lang = Some("zh-Hans".into());
    alert
}

fn late() -> Alert {
    let mut alert = alert(
        "Port strikes",
        "Port of Lund reopens two of five berths after ransomware attack shut its cranes, gates and rail link on Monday \
         night, harbour master says",
        ("Evening Ledger", "eveningledger.example"),
        "…said the [dockers] on the night shift had been sent home without pay.",
    );
    alert.priority = Priority::Low;
    alert.published = Some(LocalTimestamp::utc(at("02:30")));
    alert.reading.found_at = Some(at("06:58"));
    alert.found.quote.passages.push(passage(
        "The union will ballot its 900 members on a [strike] next week unless the wages are paid, its chairman told reporters…",
        11,
    ));
    alert.found.quote.found = vec![
        found("dockers", &[FoundPlace::Paragraph(3)]),
        found("strike", &[FoundPlace::Paragraph(11)]),
    ];
    alert.reading.story = Some(13);
    alert.reading.also_in = [
        "Northern Wire",
        "Strait Radio",
        "Bay Courier",
        "Delta Times",
        "Port Gazette",
        "Reef News",
    ]
    .map(|name| outlet(name, "wire.example"))
    .to_vec();
    alert
}

fn headline_alone() -> Alert {
    let mut alert = alert(
        "Port strikes",
        "Dockers’ [strike] ballot: first results",
        ("Port Gazette", "portgazette.example"),
        "",
    );
    alert.url = None;
    alert.published = None;
    alert.reading.text = TextState::Headline;
    alert.reading.found_at = Some(at("06:58"));
    alert.found.quote.found = vec![found("strike", &[FoundPlace::Headline])];
    alert
}

fn coast_guard() -> Alert {
    alert(
        "Code of Conduct",
        "Coast guard logs 14 ship encounters near shoals in November",
        LEDGER,
        "Both navies keep to a 2014 protocol, but no [code of conduct] binds the coast guards, the report says.",
    )
}

fn high(mut alert: Alert) -> Alert {
    alert.priority = Priority::High;
    alert
}

/// All of them.
pub(crate) fn messages() -> Vec<Shown> {
    let alone = |name, alert| shown(name, vec![alert], Occasion::Alert);
    let mut messages = vec![
        alone("alert", high(plain())),
        alone("alert-ar", arabic()),
        alone("alert-vi", vietnamese()),
        alone("alert-vi-nfd", vietnamese_nfd()),
        alone("alert-he", hebrew()),
        alone("alert-zh", chinese()),
        alone("alert-late", late()),
        alone("alert-headline", headline_alone()),
        alone(
            "alert-long-word",
            alert(
                "Code of Conduct",
                &"x".repeat(300),
                HARBOUR,
                &"y".repeat(300),
            ),
        ),
    ];
    messages.extend(several());
    messages.extend(of_ourselves());
    messages
}

/// Messages of several alerts.
fn several() -> Vec<Shown> {
    let mut among = high(plain());
    among.reading.also_in = ["Northern Wire", "Strait Radio", "Bay Courier"]
        .map(|name| outlet(name, "wire.example"))
        .to_vec();
    let four = vec![among, coast_guard(), vietnamese(), arabic()];
    let flood = |count: usize| {
        let one = |number: usize| {
            let mut alert = plain();
            alert.title = format!(
                "Tanker rates slip as Suez queue clears, part {number} of a long series of news"
            );
            alert.report = ReportId(i64::try_from(number).unwrap());
            alert.id = AlertId(format!("alr_{number:020x}"));
            alert
        };
        (0..count).map(one).collect::<Vec<_>>()
    };
    vec![
        shown("group", four.clone(), Occasion::Group),
        shown("group-500", flood(500), Occasion::Group),
        shown("update", vec![high(plain())], Occasion::Update(update())),
        shown("update-ar", vec![arabic()], Occasion::Update(update())),
        shown("update-changed", vec![plain()], Occasion::Update(changed())),
        shown("digest", four, Occasion::Digest(digest())),
        shown("digest-empty", Vec::new(), Occasion::Digest(digest())),
        shown("digest-500", flood(500), Occasion::Digest(digest())),
        shown("storm", flood(5), Occasion::Storm(storm(false))),
        shown("storm-over", flood(5), Occasion::Storm(storm(true))),
        shown("spike", flood(3), Occasion::Spike(spike())),
    ]
}

fn update() -> UpdateFacts {
    UpdateFacts {
        first_alert: Some(plain().id),
        first_delivery: Some(DeliveryId("dlv_first".into())),
        first_message: None,
        told_at: Some(at("07:09")),
        story: Some(12),
        outlets: 6,
        additions: vec![
            Addition {
                outlet: outlet(LEDGER.0, LEDGER.1),
                lang: Some("en".into()),
                passages: vec![passage(
                    "The line opens on Monday and will be staffed day and night, but it covers only the two coast guards, not \
                     the navies, a draft of the [code of conduct] annex shows.",
                    2,
                )],
            },
            Addition {
                outlet: outlet(BLUE.0, BLUE.1),
                lang: Some("vi".into()),
                passages: vec![passage(
                    "Hà Nội hoan nghênh thỏa thuận và đề nghị mở đường dây tương tự cho toàn [Biển Đông].",
                    2,
                )],
            },
        ],
        also_in: ["Northern Wire", "Evening Ledger", "Strait Radio"]
            .map(|name| Outlet {
                is_copy: true,
                ..outlet(name, "wire.example")
            })
            .to_vec(),
        revision: None,
    }
}

fn changed() -> UpdateFacts {
    let change = |kind: &str, before: &str, after: &str| ChangeFacts {
        kind: kind.into(),
        before: before.into(),
        after: after.into(),
    };
    UpdateFacts {
        additions: Vec::new(),
        also_in: Vec::new(),
        revision: Some(RevisionFacts {
            version: 2,
            seen_at: Some(at("07:08")),
            kinds: vec!["headline".into(), "matched_sentence".into()],
            headline: Some(change(
                "headline",
                "Manila and Beijing agree reef hotline",
                "Manila and Beijing near deal on reef hotline",
            )),
            changes: vec![change(
                "matched_sentence",
                "They promised to finish the code of conduct by July.",
                "They hope to finish the code of conduct next year.",
            )],
        }),
        ..update()
    }
}

fn digest() -> DigestFacts {
    let theme = |watch: &str, usual| ThemeFacts {
        watch: watch.into(),
        usual: Some(usual),
    };
    DigestFacts {
        is_whole: true,
        from: Some(before(at("00:00"), 24)),
        until: Some(at("00:00")),
        sent_at_once: 14,
        themes: vec![
            theme("Code of Conduct", 1.0),
            theme("Port strikes", 6.0),
            theme("East Sea", 4.0),
            theme("Sanctions", 2.0),
        ],
        held: vec![
            ("by the silence “football” (until Tue 1 Dec)".into(), 3),
            ("older than 7 days".into(), 2),
        ],
        coverage: Some(CoverageFacts {
            sources: 312,
            failing: vec![
                FailingSource {
                    name: "Strait Radio".into(),
                    reason: "refuses us, HTTP 403".into(),
                    since: Some(before(now(), 53)),
                },
                FailingSource {
                    name: "Port Gazette".into(),
                    reason: "no answer".into(),
                    since: Some(before(now(), 40)),
                },
            ],
            in_full: 1204,
            summary_only: vec![
                ("behind a subscription".into(), 30),
                ("forbidden by robots.txt".into(), 5),
                ("too large".into(), 2),
            ],
        }),
        schedule: Some("daily at 07:00".into()),
    }
}

fn storm(is_over: bool) -> StormFacts {
    let source = |watch: &str, alerts, usual| StormSource {
        watch: watch.into(),
        alerts,
        usual_a_day: Some(usual),
        feed: None,
    };
    let mut sources = vec![
        StormSource {
            feed: Some(("Gulf Shipping Daily".into(), 187, Some(3.0))),
            ..source("Oil prices", 198, 11.0)
        },
        source("Port strikes", 9, 6.0),
    ];
    sources.extend((1..=7).map(|number| source(&format!("Watch {number}"), 1, 9.0)));
    StormFacts {
        is_over,
        from: Some(at("07:00")),
        until: Some(if is_over { at("07:10") } else { at("07:50") }),
        alerts: 214,
        more_than: 20,
        within_s: 60,
        sources,
        cause: Some(
            "Gulf Shipping Daily sent 187 entries at once, the oldest from March: it looks like a rebuilt feed, not news."
                .into(),
        ),
    }
}

fn spike() -> SpikeFacts {
    SpikeFacts {
        watch: "Oil prices".into(),
        from: Some(at("01:00")),
        until: Some(at("07:00")),
        stories: 12,
        usual: 1.5,
        alerts: Vec::new(),
    }
}

/// Messages about newswatch.
fn of_ourselves() -> Vec<Shown> {
    let health = |name, events| {
        let facts = HealthFacts { events };
        shown(name, Vec::new(), Occasion::Health(facts))
    };
    let channel = HealthEvent {
        state: HealthState::GaveUp,
        subject: "Channel ops-hook".into(),
        what: "did not get 8 messages".into(),
        answer: Some("hooks.example.org answered 500: upstream not found".into()),
        since: Some(before(now(), 24)),
        to_do: Some(
            "They are kept: `newswatch alerts list --state abandoned`, `newswatch alerts retry`."
                .into(),
        ),
        page: Some(HealthPage::Deliveries),
        ..HealthEvent::default()
    };
    let many = (1..=5).map(|number| HealthEvent {
        subject: format!("Feed Bay Courier {number}"),
        ..failing_feed()
    });
    let over = HealthEvent {
        state: HealthState::WorksAgain,
        what: "works again".into(),
        since: Some(at("06:58")),
        before: Some(before(now(), 28)),
        answer: None,
        effect: None,
        next_try: None,
        to_do: None,
        ..failing_feed()
    };
    vec![
        health("health-over", vec![over]),
        health("health", vec![failing_feed()]),
        health("health-channel", vec![channel]),
        health("health-five", many.collect()),
        shown("heartbeat", Vec::new(), Occasion::Heartbeat(heartbeat())),
    ]
}

fn failing_feed() -> HealthEvent {
    HealthEvent {
        subject: "Feed Strait Radio".into(),
        what: "failed at 31 polls in a row".into(),
        effect: Some("About 14 articles a day are not seen.".into()),
        answer: Some("straitradio.example answered 403 Forbidden".into()),
        since: Some(before(now(), 53)),
        next_try: Some(at("08:12")),
        to_do: Some(
            "Open the feed in a browser. If it works there, the site blocks programs: set `[http] contact`, or ask them."
                .into(),
        ),
        before: Some(before(now(), 54)),
        page: Some(HealthPage::Feeds),
        ..HealthEvent::default()
    }
}

fn heartbeat() -> HeartbeatFacts {
    HeartbeatFacts {
        since: Some(before(now(), 31)),
        next_by: Some(
            before(now(), 0)
                .checked_add(Duration::from_hours(24))
                .unwrap(),
        ),
        sources: 312,
        failing: vec!["Strait Radio".into(), "Port Gazette".into()],
        in_full: 1204,
        summary_only: 37,
        raised: 23,
        delivered: 23,
        half_within_s: Some(240),
        most_within_s: Some(960),
        disk_bytes: Some(412_000_000),
        free_bytes: Some(38_000_000_000),
        ..HeartbeatFacts::default()
    }
}
