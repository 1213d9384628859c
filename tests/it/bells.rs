//! Bells: what a stage has done rings for the one that goes on with it, which need not wait until it looks again.

use std::time::Duration;

use newswatch::clock::Clock;
use newswatch::config::{self, Config, ProcessEnvironment, Secrets};
use newswatch::daemon;
use newswatch::pipeline::flag::Flag;
use newswatch::pipeline::gather::Gather;
use newswatch::pipeline::notify::Notify;
use newswatch::pipeline::poll::Poll;
use newswatch::pipeline::revisit::Revisit;
use newswatch::pipeline::scrape::Scrape;
use newswatch::pipeline::{Context, Stage, step};

use crate::support::database;
use crate::support::site::Site;

/// Makes a step; tells whether it rang a bell.
async fn rings<S: Stage>(stage: S, ctx: &Context, bell: &tokio::sync::Notify) -> bool {
    let rung = bell.notified();
    tokio::pin!(rung);
    assert!(!rung.as_mut().enable());
    assert!(step(&stage, ctx).await.unwrap(), "{} has work", S::NAME);
    rung.as_mut().enable()
}

fn config(site: &Site) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let channel = |name: &str, keys: &str| {
        format!("[[channel]]\nname = '{name}'\ntype = 'file'\npath = '/dev/null'\n{keys}\n")
    };
    let text = format!(
        "state_dir = '/nonexistent'\n[poll]\nfirst_poll = 'alert'\n[http]\nallow_private = ['{}']\n\
         [[feed]]\nurl = '{}'\n[[watch]]\nname = 'Ferries'\nterms = ['orca ferry']\nrevisit = ['6h']\n{}{}",
        site.addr,
        site.url("/rss"),
        channel("at-once", ""),
        channel("digest", "digest = { at = ['07:00'] }"),
    );
    let loaded = config::load_text(
        "test.toml",
        &text,
        folder.path(),
        &ProcessEnvironment,
        Secrets::Required,
    );
    loaded.unwrap().config
}

#[tokio::test]
async fn what_a_stage_has_done_rings_for_the_one_that_goes_on_with_it() {
    newswatch::http::install_tls_provider();
    let site = Site::open().await;
    let title = "Orca ferry leaves Kaldor";
    let first = "The harbour of Kaldor was closed for three hours on Tuesday because of the storm.";
    let put = |passengers: &str| {
        let second = format!("The orca ferry will sail to Lombar with {passengers} passengers.");
        site.put_article("/1", title, &[first, &second]);
    };
    put("40");
    site.put_feed("/rss", &[["1", title, &site.url("/1"), "Notes"]]);
    let clock = Clock::fixed("2026-11-26T09:00:00Z".parse().unwrap());
    let made = daemon::context(config(&site), database::store().await, clock.clone());
    let ctx = made.await.unwrap();
    let (scrape, flag, notify) = (
        ctx.wake.scrape.clone(),
        ctx.wake.flag.clone(),
        ctx.wake.notify.clone(),
    );
    assert!(rings(Poll::default(), &ctx, &scrape).await, "new entries");
    assert!(rings(Scrape::default(), &ctx, &flag).await, "a new article");
    assert!(rings(Flag::default(), &ctx, &notify).await, "an alert");
    assert!(step(&Notify::default(), &ctx).await.unwrap());

    put("4,000");
    clock.advance(Duration::from_hours(6));
    assert!(rings(Revisit::default(), &ctx, &notify).await, "an update");

    clock.advance(Duration::from_hours(24));
    assert!(rings(Gather, &ctx, &notify).await, "a digest");

    let bells = [scrape, flag, notify];
    let mut rung: Vec<_> = bells.iter().map(|bell| Box::pin(bell.notified())).collect();
    assert!(rung.iter_mut().all(|rung| !rung.as_mut().enable()));
    daemon::adopt(&ctx, config(&site)).await.unwrap();
    assert!(rung.iter_mut().all(|rung| rung.as_mut().enable()), "a plan");
}
