//! Messages that a template is tried with before it is used: every kind, and articles made to do harm.

use jiff::Timestamp;
use url::Url;

use super::super::message::{Reader, Telling};
use crate::domain::{
    Alert, AlertId, DeliveryId, DigestFacts, EntryId, FoundPlace, FoundWords, HealthFacts,
    HeartbeatFacts, InstallationId, LocalTimestamp, Match, Occasion, Outlet, Passage, Priority,
    Quote, Reading, ReportId, SpikeFacts, StormFacts, UpdateFacts, WatchName,
};

/// When the samples are said to be: the day of a leap year that is easily forgotten.
const NOW: Timestamp = Timestamp::constant(1_835_395_199, 0);

/// Texts that some place would take for more than text.
pub(super) const NASTY: [&str; 30] = [
    "An ordinary headline of some words",
    "",
    "\"quotes\" 'single' and \\ a backslash \\\" \\u0000",
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %} {# comment #} ${HOME} %s %n",
    "line\r\nBcc: all@example.org\r\n\r\nbody",
    "<!channel> <@U1> @everyone @here <https://evil.example|bank.example>",
    "[click](https://evil.example) **bold** `code` ||spoiler|| ~~x~~",
    "=?utf-8?q?=0D=0ABcc:_x?= subject",
    "]]> --> */ --boundary\r\n.\r\n",
    "a & b &amp; c &lt;d&gt;",
    "&",
    "<",
    "%0d%0a+%20=&a=b;c",
    "مرحبا بالعالم 123",
    "\u{202e}gpj.exe\u{2066}x\u{2069}",
    "nul\u{0}byte\u{8}\u{1b}[31m\u{7f}\u{85}\u{2028}next",
    "日本語の見出し「引用」！？",
    "ế\u{301}\u{301}\u{301}\u{301}",
    "👩‍👩‍👧‍👦🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "null",
    "true",
    "1e999",
    "-1",
    "{\"a\": [1, 2",
    "'; DROP TABLE alerts; --",
    "<tg-spoiler>x</tg-spoiler><blockquote>y</blockquote>",
    "\u{feff}\u{200b}",
    "$(reboot) `reboot` ; reboot | reboot",
    "x",
];

/// A headline without an end and without a space.
const LONG_CHARS: usize = 5_000;

/// Alerts of the largest sample.
const MANY: usize = 500;

/// Shows each sample with its name.
pub(super) fn each(reader: &Reader, mut show: impl FnMut(&str, &Telling<'_>)) {
    let delivery = DeliveryId("dlv_0000000000000000".into());
    let mut try_one = |name: &str, alerts: &[Alert], occasion: &Occasion| {
        show(
            name,
            &Telling {
                delivery: &delivery,
                recipient: Some("desk@example.org"),
                alerts,
                occasion,
                reader,
                now: NOW,
                filled: None,
            },
        );
    };
    for (number, text) in NASTY.iter().enumerate() {
        let name = format!("the sample article {}", number + 1);
        try_one(&name, &[nasty(text)], &Occasion::Alert);
    }
    try_one(
        "a headline of 5,000 letters",
        &[nasty(&"x".repeat(LONG_CHARS))],
        &Occasion::Alert,
    );
    try_one("an article without anything", &[bare()], &Occasion::Alert);
    let few: Vec<Alert> = NASTY.iter().take(3).map(|text| nasty(text)).collect();
    let many = vec![nasty("A headline of some words"); MANY];
    try_one("three alerts", &few, &Occasion::Group);
    try_one(
        "500 alerts",
        &many,
        &Occasion::Digest(DigestFacts::default()),
    );
    try_one(
        "an empty digest",
        &[],
        &Occasion::Digest(DigestFacts::default()),
    );
    try_one("a storm", &few, &Occasion::Storm(StormFacts::default()));
    try_one("a spike", &few, &Occasion::Spike(SpikeFacts::default()));
    try_one(
        "an update",
        few.get(..1).unwrap_or_default(),
        &Occasion::Update(UpdateFacts::default()),
    );
    try_one("a failure", &[], &Occasion::Health(HealthFacts::default()));
    try_one(
        "a sign of life",
        &[],
        &Occasion::Heartbeat(HeartbeatFacts::default()),
    );
}

/// An alert of which everything is one text.
fn nasty(text: &str) -> Alert {
    let url = Url::parse("https://news.example/a?b=1&c=%22x%22#p3").ok();
    let passage = Passage {
        text: text.to_owned(),
        paragraph: Some(1),
        of_feed: false,
        marks: (!text.is_empty()).then_some(0..1).into_iter().collect(),
    };
    let mut alert = bare();
    alert.found.watch = WatchName(text.to_owned());
    alert.found.terms = vec![text.to_owned()];
    text.clone_into(&mut alert.found.sentence);
    alert.found.quote = Quote {
        title_marks: Vec::new(),
        passages: vec![passage],
        found: vec![FoundWords {
            text: text.to_owned(),
            places: vec![FoundPlace::Headline, FoundPlace::Paragraph(1)],
        }],
    };
    alert.priority = Priority::High;
    alert.feeds = vec![text.to_owned()];
    text.clone_into(&mut alert.title);
    alert.url.clone_from(&url);
    alert.source = Some(text.to_owned());
    alert.published = Some(LocalTimestamp::utc(NOW));
    alert.reading.also_in = vec![Outlet {
        name: text.to_owned(),
        url,
        ..Outlet::default()
    }];
    alert.reading.text_reason = Some(text.to_owned());
    alert
}

/// An alert of an article of which hardly anything is known.
fn bare() -> Alert {
    Alert {
        id: AlertId::derive(&InstallationId("sample".into()), "sample", "sample"),
        found: Match {
            watch: WatchName("sample".into()),
            score: 1.0,
            terms: Vec::new(),
            sentence: String::new(),
            quote: Quote::default(),
        },
        priority: Priority::Low,
        report: ReportId(1),
        entry: EntryId(1),
        feeds: Vec::new(),
        title: String::new(),
        url: None,
        source: None,
        published: None,
        summary_only: true,
        reading: Reading::default(),
        notes: Vec::new(),
        raised_at: NOW,
    }
}
