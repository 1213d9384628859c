//! Sample alerts and deliveries.

use newswatch::channel::Unwritten;
use newswatch::domain::{
    Alert, AlertId, DeliveryId, EntryId, LocalTimestamp, Match, Occasion, Priority, Quote, Reading,
    ReportId, Timestamp, WatchName,
};
use url::Url;

pub(crate) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) fn delivery() -> DeliveryId {
    DeliveryId("dlv_0123456789abcdef0123".into())
}

pub(crate) fn alert(title: &str) -> Alert {
    Alert {
        id: AlertId("alr_0123456789abcdef0123".into()),
        found: Match {
            watch: WatchName("East Sea".into()),
            score: 1.0,
            terms: vec!["COC".into()],
            sentence: "Bộ trưởng các nước want the COC within three years.".into(),
            quote: Quote::default(),
        },
        priority: Priority::High,
        report: ReportId(1),
        entry: EntryId(1),
        feeds: vec!["Wire A".into()],
        title: title.into(),
        url: Some(Url::parse("https://news.example/a?b=1&c=2").unwrap()),
        source: Some("Example News".into()),
        published: Some(LocalTimestamp::utc(now())),
        summary_only: false,
        reading: Reading::default(),
        notes: Vec::new(),
        raised_at: now(),
    }
}

/// A message that tells alerts.
pub(crate) fn told<'a>(
    delivery: &'a DeliveryId,
    recipient: Option<&'a str>,
    alerts: &'a [Alert],
) -> Unwritten<'a> {
    Unwritten {
        delivery,
        recipient,
        alerts,
        occasion: &Occasion::Alert,
        now: now(),
    }
}
