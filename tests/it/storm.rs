//! A flood of alerts from one feed, over the whole line: what it must not hold up, and what is said of it.

use std::sync::Arc;

use newswatch::clock::Clock;
use newswatch::config::{self, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::demo::webhook_sink::WebhookSink;
use newswatch::pipeline::flag::Flag;
use newswatch::pipeline::gather::Gather;
use newswatch::pipeline::notify::Notify;
use newswatch::pipeline::poll::Poll;
use newswatch::pipeline::scrape::Scrape;
use newswatch::pipeline::{Context, Stage, Until, drive, step};

use crate::support::database;
use crate::support::site::Site;

async fn until_idle<S: Stage>(stage: S, ctx: &Arc<Context>) {
    drive(stage, Arc::clone(ctx), Until::Idle, || ())
        .await
        .unwrap();
}

fn put(site: &Site, path: &str, words: &str, count: usize) {
    let entries: Vec<(String, String)> = (0..count)
        .map(|number| (format!("{path}-{number}"), format!("{words} {number}")))
        .collect();
    let entries: Vec<[&str; 4]> = entries
        .iter()
        .map(|(guid, title)| [guid.as_str(), title.as_str(), "", "Notes"])
        .collect();
    site.put_feed(path, &entries);
}

#[tokio::test]
async fn an_urgent_alert_of_another_feed_waits_for_no_flood() {
    newswatch::http::install_tls_provider();
    let (site, sink) = (Site::open().await, WebhookSink::start().await.unwrap());
    let text = format!(
        "state_dir = '/nonexistent'\n[poll]\nfirst_poll = 'alert'\n\
         [http]\nallow_private = ['127.0.0.0/8']\n\
         [[feed]]\nurl = '{}'\narticle = 'never'\nevery = '10s'\n\
         [[feed]]\nurl = '{}'\narticle = 'never'\nevery = '10s'\n\
         [[watch]]\nname = 'Oil'\nquery = 'oil'\n\
         [[watch]]\nname = 'Alarm'\nquery = 'tsunami'\npriority = 'high'\n\
         [[channel]]\nname = 'desk'\ntype = 'webhook'\nurl = '{}'\n",
        site.url("/wire"),
        site.url("/notices"),
        sink.url(),
    );
    let loaded = config::load_text(
        "test.toml",
        &text,
        std::path::Path::new("/"),
        &ProcessEnvironment,
        Secrets::Required,
    );
    let clock = Clock::fixed("2026-11-26T08:00:00Z".parse().unwrap());
    let store = database::store().await;
    let ctx = daemon::context(loaded.unwrap().config, store, clock.clone()).await;
    let ctx = Arc::new(ctx.unwrap());
    put(&site, "/wire", "Oil", 600);
    put(&site, "/notices", "Calm", 1);
    until_idle(Poll::default(), &ctx).await;
    until_idle(Scrape::default(), &ctx).await;
    let flag = Flag::default();
    for _ in 0..3 {
        assert!(step(&flag, &ctx).await.unwrap());
    }

    put(&site, "/notices", "Tsunami", 1);
    clock.advance(std::time::Duration::from_secs(12));
    until_idle(Poll::default(), &ctx).await;
    until_idle(Scrape::default(), &ctx).await;
    assert!(step(&flag, &ctx).await.unwrap());
    until_idle(Gather, &ctx).await;
    assert!(step(&Notify::default(), &ctx).await.unwrap());
    let received = sink.received();
    let first = received[0].json().unwrap();
    assert_eq!(first["data"]["watch"], "Alarm");
    let counts = ctx.store.report().await.unwrap().counts;
    assert!(counts.alerts < 130, "{}", counts.alerts);

    // And the flood goes on where it was.
    until_idle(flag, &ctx).await;
    let counts = ctx.store.report().await.unwrap().counts;
    assert_eq!(counts.alerts, 601);
}
