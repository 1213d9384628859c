//! The gates, the ways and the bundles.

use std::borrow::Cow;

use super::*;
use crate::domain::{
    ArticleMode, FeedSelector, HoldReason, PastAlert, Per, Priority, Quote, ReportId, Silence,
    StoryPast, TextBasis, WatchName,
};

fn published(text: &str) -> Entry {
    Entry {
        published: text.parse().ok(),
        ..Entry::default()
    }
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn feed() -> Feed {
    Feed {
        url: "https://example.org/rss".parse().unwrap(),
        name: Some("Example".into()),
        every: Duration::from_mins(15),
        first_poll: FirstPoll::Skip,
        tags: vec!["asia".into()],
        article: ArticleMode::Auto,
        listing: None,
        adapts: false,
    }
}

pub(super) fn watch(feeds: Vec<FeedSelector>) -> Watch {
    Watch {
        name: WatchName("East Sea".into()),
        is_enabled: true,
        feeds: feeds.into(),
        notify: [].into(),
        priority: Priority::Normal,
        tags: Box::default(),
        cooldown: None,
        max_age: None,
        mutes: Box::default(),
        per: Per::Report,
        sense: Box::default(),
        not_sense: Box::default(),
        spike: None,
        revisit: Cow::default(),
    }
}

#[test]
fn the_first_poll_counts_old_and_undated_entries_as_seen() {
    let entries = vec![
        published("2026-11-23T11:00:00Z"),
        published("2026-11-20T11:00:00Z"),
        Entry::default(),
    ];
    let day = FirstPoll::Within(Duration::from_hours(24));
    let (fresh, seen) = news(entries, true, day, now());
    assert_eq!(fresh, [published("2026-11-23T11:00:00Z")]);
    assert_eq!(seen.len(), 2);
}

#[test]
fn after_the_first_poll_every_entry_is_news() {
    let (fresh, seen) = news(vec![Entry::default()], false, FirstPoll::Skip, now());
    assert_eq!((fresh.len(), seen.len()), (1, 0));
}

#[test]
fn a_watch_looks_at_feeds_by_tag_name_url_or_at_all() {
    let selects = |feeds| looks_at(&watch(feeds), &feed(), Some("Example News"));
    assert!(selects(vec![]));
    assert!(selects(vec![FeedSelector::Tag("asia".into())]));
    assert!(!selects(vec![FeedSelector::Tag("africa".into())]));
    assert!(selects(vec![FeedSelector::Feed("Example".into())]));
    assert!(selects(vec![FeedSelector::Feed("Example News".into())]));
    assert!(selects(vec![FeedSelector::Feed(
        "https://example.org/rss".into()
    )]));
    assert!(!selects(vec![FeedSelector::Feed("Other".into())]));
}

#[test]
fn a_watch_raises_one_alert_for_a_report() {
    let article = Article {
        url: None,
        title: "Talks resume".into(),
        byline: None,
        published: None,
        lang: None,
        site: None,
        text: "Talks resume.".into(),
        basis: TextBasis::Page,
    };
    let found = Match {
        watch: WatchName("East Sea".into()),
        score: 1.0,
        terms: vec!["talks".into()],
        sentence: "Talks resume.".into(),
        quote: Quote::default(),
    };
    let feed = feed();
    let past = Past {
        report: ReportId(1),
        story: None,
        alerts: Vec::new(),
    };
    let mut candidate = Candidate {
        installation: &InstallationId("i".into()),
        entry: EntryId(1),
        key: &EntryKey("guid:1".into()),
        feed: &feed,
        feed_title: None,
        article: &article,
        found_at: now(),
        past: &past,
    };
    let watch = watch(vec![]);
    let policies = Policies::new();
    let rules = Rules {
        watches: std::slice::from_ref(&watch),
        policies: &policies,
        routes: &[],
    };
    let mut desk = Desk::default();
    let first = decide(
        (&watch, found.clone()),
        &[&watch],
        &candidate,
        &rules,
        &mut desk,
        now(),
    );
    let Decision::Raise(first) = first else {
        panic!("the first match of a report raises an alert");
    };

    let past = Past {
        alerts: vec![PastAlert {
            id: first.alert.id.clone(),
            watch: watch.name.clone(),
            episode: first.episode,
            title: "Talks resume".into(),
            raised_at: now(),
        }],
        ..past.clone()
    };
    candidate.past = &past;
    let again = decide(
        (&watch, found),
        &[&watch],
        &candidate,
        &rules,
        &mut desk,
        now(),
    );
    let Decision::Hold(held) = again else {
        panic!("the second one is held");
    };
    let alert = first.alert.id;
    assert_eq!(held.reason, HoldReason::StoryKnown { alert });
}

/// A day at a newsroom: one channel, watches, and what comes of matches at given times.
struct Day {
    watches: Vec<Watch>,
    policies: Policies,
    desk: Desk,
    feed: Feed,
    entries: i64,
    /// The story that every article belongs to.
    story: Option<StoryPast>,
    /// A watch that does not fire.
    resting: Option<WatchName>,
}

fn desk_channel() -> Destination {
    Destination {
        channel: crate::domain::ChannelName("desk".into()),
        recipient: None,
    }
}

fn named(name: &str) -> Watch {
    Watch {
        name: WatchName(name.into()),
        notify: [desk_channel()].into(),
        ..watch(Vec::new())
    }
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-26T{time}Z").parse().unwrap()
}

impl Day {
    fn new(watches: Vec<Watch>, policy: ChannelPolicy) -> Self {
        Self {
            watches,
            policies: [(desk_channel().channel, policy)].into(),
            desk: Desk::default(),
            feed: feed(),
            entries: 0,
            story: None,
            resting: None,
        }
    }

    /// The watches fire on a new article; what becomes of each.
    fn article(&mut self, now: Timestamp) -> Vec<Decision> {
        self.entries += 1;
        let article = Article {
            url: None,
            title: format!("Talks resume {}", self.entries),
            byline: None,
            published: "2026-11-20T00:00:00Z"
                .parse()
                .ok()
                .map(crate::domain::LocalTimestamp::utc),
            lang: Some("vi-VN".into()),
            site: None,
            text: "Talks resume.".into(),
            basis: TextBasis::Page,
        };
        let past = Past {
            report: ReportId(self.entries),
            story: self.story.clone(),
            alerts: Vec::new(),
        };
        let candidate = Candidate {
            installation: &InstallationId("i".into()),
            entry: EntryId(self.entries),
            key: &EntryKey(format!("guid:{}", self.entries)),
            feed: &self.feed,
            feed_title: None,
            article: &article,
            found_at: now,
            past: &past,
        };
        let rules = Rules {
            watches: &self.watches,
            policies: &self.policies,
            routes: &[],
        };
        let fires = |watch: &&Watch| Some(&watch.name) != self.resting.as_ref();
        let firing: Vec<&Watch> = self.watches.iter().filter(fires).collect();
        let decided = firing.iter().map(|&watch| {
            let found = Match {
                watch: watch.name.clone(),
                score: 1.0,
                terms: Vec::new(),
                sentence: String::new(),
                quote: crate::domain::Quote::default(),
            };
            decide(
                (watch, found),
                &firing,
                &candidate,
                &rules,
                &mut self.desk,
                now,
            )
        });
        decided.collect()
    }

    /// The bundle and the time of the one leg of the first watch.
    fn leg(&mut self, now: Timestamp) -> (String, Timestamp) {
        let decided = self.article(now);
        let Some(Decision::Raise(raised)) = decided.first() else {
            panic!("it is raised: {decided:?}");
        };
        let leg = raised.legs.first().unwrap();
        assert_eq!(leg.not_before > now, leg.waits.is_some());
        (leg.bundle.as_str().to_owned(), leg.not_before)
    }
}

fn bundle_of(name: &str) -> Bundle {
    Bundle::named(name.to_owned())
}

#[test]
fn a_watch_that_cools_down_tells_once_and_then_all_that_came_meanwhile() {
    let watch = Watch {
        cooldown: Some(Duration::from_hours(2)),
        ..named("Sea")
    };
    let mut day = Day::new(vec![watch], ChannelPolicy::default());
    assert_eq!(day.leg(at("08:00:00")), (String::new(), at("08:00:00")));
    for time in ["08:30:00", "09:59:59"] {
        let joined = ("cooldown:Sea".to_owned(), at("10:00:00"));
        assert_eq!(day.leg(at(time)), joined, "{time}");
    }
    // The message of 10:00 has begun the next two hours.
    let joined = ("cooldown:Sea".to_owned(), at("12:00:00"));
    assert_eq!(day.leg(at("10:00:01")), joined);
    assert_eq!(day.leg(at("15:00:00")), (String::new(), at("15:00:00")));
}

#[test]
fn alerts_within_group_wait_are_one_message_and_urgent_ones_wait_for_none() {
    let policy = ChannelPolicy {
        group_wait: Some(Duration::from_secs(30)),
        ..ChannelPolicy::default()
    };
    let urgent = Watch {
        priority: Priority::High,
        ..named("Coup")
    };
    let mut day = Day::new(vec![named("Sea"), urgent], policy);
    assert_eq!(day.leg(at("08:00:00")).1, at("08:00:30"));
    assert_eq!(day.leg(at("08:00:20")).1, at("08:00:30"));
    assert_eq!(day.leg(at("08:00:31")).1, at("08:01:01"));
    let decided = day.article(at("09:00:00"));
    let Decision::Raise(urgent) = &decided[1] else {
        panic!("it is raised");
    };
    assert_eq!(urgent.legs[0].not_before, at("09:00:00"));
}

#[test]
fn several_watches_on_one_article_are_one_message_where_people_read() {
    for joins in [true, false] {
        let policy = ChannelPolicy {
            joins,
            ..ChannelPolicy::default()
        };
        let mut day = Day::new(vec![named("Sea"), named("Code")], policy);
        let bundles: Vec<Bundle> = day
            .article(at("08:00:00"))
            .iter()
            .map(|decision| match decision {
                Decision::Raise(raised) => raised.legs[0].bundle.clone(),
                Decision::Hold(_) => panic!("it is raised"),
            })
            .collect();
        assert_eq!(bundles[0] == Bundle::Alone, !joins);
        assert_eq!(bundles[0], bundles[1]);
    }
}

#[test]
fn a_digest_takes_what_came_before_its_time_and_quiet_hours_end_later() {
    let zone = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let policy = ChannelPolicy {
        zone,
        digest: Some(crate::domain::Digest {
            at: vec!["07:00".parse().unwrap(), "17:00".parse().unwrap()],
            days: Vec::new(),
            empty: false,
        }),
        ..ChannelPolicy::default()
    };
    let mut day = Day::new(vec![named("Sea")], policy.clone());
    assert_eq!(day.leg(at("09:59:59")), ("digest".into(), at("10:00:00")));
    // What comes in the moment of a digest is in the next one.
    let next = "2026-11-27T00:00:00Z".parse().unwrap();
    assert_eq!(day.leg(at("10:00:00")), ("digest".into(), next));
    let quiet = Some(crate::domain::Quiet {
        from: "16:00".parse().unwrap(),
        to: "18:00".parse().unwrap(),
        except: Some(Priority::High),
    });
    let mut day = Day::new(vec![named("Sea")], ChannelPolicy { quiet, ..policy });
    assert_eq!(day.leg(at("09:00:00")), ("digest".into(), at("11:00:00")));
}

#[test]
fn what_quiet_hours_keep_is_one_message_at_their_end_and_high_breaks_through() {
    let policy = ChannelPolicy {
        joins: true,
        quiet: Some(crate::domain::Quiet {
            from: "22:00".parse().unwrap(),
            to: "06:30".parse().unwrap(),
            except: Some(Priority::High),
        }),
        ..ChannelPolicy::default()
    };
    let mut day = Day::new(vec![named("Sea")], policy.clone());
    let end = "2026-11-27T06:30:00Z".parse().unwrap();
    assert_eq!(day.leg(at("21:59:59")).1, at("21:59:59"));
    assert_eq!(day.leg(at("22:00:00")), ("quiet".into(), end));
    assert_eq!(day.leg(at("23:30:00")), ("quiet".into(), end));
    let urgent = Watch {
        priority: Priority::High,
        ..named("Coup")
    };
    let mut day = Day::new(vec![urgent], policy);
    assert_eq!(day.leg(at("23:00:00")).1, at("23:00:00"));
}

#[test]
fn what_is_beyond_the_budget_of_the_hour_becomes_one_digest() {
    let policy = ChannelPolicy {
        per_hour: Some(3),
        ..ChannelPolicy::default()
    };
    let mut day = Day::new(vec![named("Sea")], policy);
    for time in ["08:00:00", "08:10:00", "08:20:00"] {
        assert_eq!(day.leg(at(time)).1, at(time));
    }
    for time in ["08:21:00", "08:59:59"] {
        assert_eq!(day.leg(at(time)), ("budget".into(), at("09:00:00")));
    }
    assert_eq!(day.leg(at("09:00:01")), (String::new(), at("09:00:01")));
}

#[test]
fn a_storm_is_joined_into_one_message_at_its_start_and_one_at_its_end() {
    let policy = ChannelPolicy {
        storm: Some(crate::domain::Storm {
            more_than: 20,
            within: Duration::from_mins(1),
        }),
        joins: true,
        ..ChannelPolicy::default()
    };
    let mut day = Day::new(vec![named("Oil")], policy);
    let mut bundles: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for second in 0..40 {
        let (name, _) = day.leg(at(&format!("08:00:{second:02}")));
        let kind = name.split(':').next().unwrap_or_default().to_owned();
        *bundles.entry(kind).or_default() += 1;
    }
    let expected = [("entry", 20), ("storm-begins", 10), ("storm-ends", 10)];
    assert_eq!(
        bundles,
        expected
            .map(|(name, count)| (name.to_owned(), count))
            .into()
    );
    assert_eq!(
        day.leg(at("08:05:00")),
        ("storm-ends".into(), at("08:10:20"))
    );
    assert!(day.leg(at("08:11:00")).0.starts_with("entry:"));
}

#[test]
fn in_a_storm_what_is_urgent_goes_out_alone_five_times_a_minute() {
    let policy = ChannelPolicy {
        storm: Some(crate::domain::Storm {
            more_than: 20,
            within: Duration::from_mins(1),
        }),
        joins: true,
        ..ChannelPolicy::default()
    };
    let urgent = Watch {
        priority: Priority::High,
        ..named("Reef")
    };
    let mut day = Day::new(vec![named("Oil"), urgent], policy);
    day.resting = Some(WatchName("Reef".into()));
    for _ in 0..40 {
        day.leg(at("08:00:00"));
    }
    // The messages of the storm's beginning are not urgent ones.
    day.resting = Some(WatchName("Oil".into()));
    for second in 1..=5 {
        let (name, when) = day.leg(at(&format!("08:00:0{second}")));
        assert_eq!(when, at(&format!("08:00:0{second}")), "{name}");
    }
    assert!(day.leg(at("08:00:06")).1 > at("08:00:06"));
    assert_eq!(day.leg(at("08:01:02")).1, at("08:01:02"));
}

#[test]
fn an_article_that_turns_up_late_is_held() {
    let watch = Watch {
        max_age: Some(Duration::from_hours(5 * 24)),
        ..named("Sea")
    };
    let mut day = Day::new(vec![watch], ChannelPolicy::default());
    let decided = day.article(at("08:00:00"));
    let Some(Decision::Hold(held)) = decided.first() else {
        panic!("it is held");
    };
    assert_eq!(held.reason.as_str(), "too-old");
}

#[test]
fn a_watch_mutes_another_and_of_a_circle_one_speaks() {
    let mutes = |name: &str, muted: &[&str]| Watch {
        mutes: muted.iter().map(|name| WatchName((*name).into())).collect(),
        ..named(name)
    };
    // watches, and those that speak
    let cases = [
        (vec![mutes("A", &["B"]), named("B")], vec!["A"]),
        (vec![named("A"), mutes("B", &["A"])], vec!["B"]),
        (vec![mutes("A", &["B"]), mutes("B", &["A"])], vec!["A"]),
        (
            vec![mutes("A", &["B"]), mutes("B", &["C"]), mutes("C", &["A"])],
            vec!["A"],
        ),
        (vec![named("A"), named("B")], vec!["A", "B"]),
    ];
    for (watches, speak) in cases {
        let mut day = Day::new(watches, ChannelPolicy::default());
        let raised: Vec<String> = day
            .article(at("08:00:00"))
            .iter()
            .filter_map(|decision| match decision {
                Decision::Raise(raised) => Some(raised.alert.found.watch.0.clone()),
                Decision::Hold(held) => {
                    assert_eq!(held.reason.as_str(), "muted");
                    None
                }
            })
            .collect();
        assert!(!raised.is_empty(), "somebody speaks");
        if speak.len() != 1 || raised.len() == 1 {
            assert_eq!(raised, speak);
        }
    }
}

#[test]
fn a_silence_holds_and_the_next_alert_says_that_it_has_ended() {
    let mut day = Day::new(vec![named("Sea")], ChannelPolicy::default());
    day.desk.silences = vec![Silence {
        id: 7,
        watch: None,
        feed: Some("tag:asia".into()),
        story: None,
        story_id: None,
        text: Some("TALKS".into()),
        author: "an".into(),
        reason: "known".into(),
        from: at("08:00:00"),
        until: at("09:00:00"),
        held: 2,
    }];
    let decided = day.article(at("08:30:00"));
    let Some(Decision::Raise(raised)) = decided.first() else {
        panic!("it is raised, and its ways are held");
    };
    let held = raised.legs[0].held.as_ref().unwrap();
    assert_eq!(held.as_str(), "silenced");
    assert!(raised.alert.notes.is_empty());
    let decided = day.article(at("09:00:00"));
    let Some(Decision::Raise(raised)) = decided.first() else {
        panic!("it is raised");
    };
    assert!(raised.legs[0].held.is_none());
    assert!(
        raised.alert.notes[0].contains("an ended"),
        "{:?}",
        raised.alert.notes
    );
    assert_eq!(day.desk.silences_told, [7]);
    assert!(day.desk.silences.is_empty(), "it is told once");
}

#[test]
fn a_silence_and_a_mute_hold_other_reports_of_the_same_story() {
    let muting = Watch {
        mutes: [WatchName("Sea".into())].into(),
        ..named("Ships")
    };
    let story = |told: &[&str]| StoryPast {
        id: 5,
        reports: 2,
        first_at: at("07:00:00"),
        told: told
            .iter()
            .map(|watch| ((*watch).to_owned(), "alr_1".to_owned()))
            .collect(),
    };
    let mut day = Day::new(vec![named("Sea"), muting], ChannelPolicy::default());
    day.resting = Some(WatchName("Ships".into()));
    for (of, is_muted) in [(story(&["Ships"]), true), (story(&["Sea"]), false)] {
        day.story = Some(of);
        let decided = day.article(at("08:00:00"));
        assert_eq!(matches!(decided[0], Decision::Hold(_)), is_muted);
    }

    let mut day = Day::new(vec![named("Sea")], ChannelPolicy::default());
    day.desk.silences = vec![Silence {
        id: 7,
        watch: None,
        feed: None,
        story: Some(ReportId(900)),
        story_id: Some(5),
        text: None,
        author: "an".into(),
        reason: "known".into(),
        from: at("08:00:00"),
        until: at("09:00:00"),
        held: 0,
    }];
    for (of, is_held) in [(Some(story(&[])), true), (None, false)] {
        day.story = of;
        let decided = day.article(at("08:30:00"));
        let Some(Decision::Raise(raised)) = decided.first() else {
            panic!("it is raised, and its ways may be held");
        };
        assert_eq!(raised.legs[0].held.is_some(), is_held);
    }
}

#[test]
fn what_nobody_acknowledges_goes_to_the_next_channel() {
    let phone = Destination {
        channel: crate::domain::ChannelName("phone".into()),
        recipient: None,
    };
    let policy = ChannelPolicy {
        escalate: Some(crate::domain::Escalate {
            after: Duration::from_mins(20),
            to: vec![phone.clone()],
        }),
        ..ChannelPolicy::default()
    };
    let mut day = Day::new(vec![named("Sea")], policy);
    let decided = day.article(at("08:00:00"));
    let Some(Decision::Raise(raised)) = decided.first() else {
        panic!("it is raised");
    };
    let leg = raised.legs.last().unwrap();
    assert_eq!((&leg.destination, leg.not_before), (&phone, at("08:20:00")));
    assert_eq!(leg.waits.as_ref().unwrap().as_str(), "escalation");
}

#[test]
fn the_first_route_that_fits_is_taken_and_others_if_it_says_so() {
    let to = |name: &str| Destination {
        channel: crate::domain::ChannelName(name.into()),
        recipient: None,
    };
    let route = |name: &str, goes_on: bool| Route {
        watches: Vec::new(),
        watch_tags: Vec::new(),
        feeds: Vec::new(),
        languages: Vec::new(),
        priorities: Vec::new(),
        between: None,
        zone: jiff::tz::TimeZone::get("Asia/Kathmandu").unwrap(),
        notify: vec![to(name)],
        goes_on,
    };
    let routes = [
        Route {
            languages: vec!["en".into()],
            ..route("english", false)
        },
        Route {
            languages: vec!["vi".into()],
            between: Some(("08:00".parse().unwrap(), "18:00".parse().unwrap())),
            ..route("vietnamese", true)
        },
        Route {
            feeds: vec![FeedSelector::Tag("asia".into())],
            ..route("asia", false)
        },
        route("never", false),
    ];
    let (watch, feed) = (named("Sea"), feed());
    let asked = Routed {
        watch: &watch,
        feed: Some(&feed),
        feed_title: None,
        language: Some("vi-VN"),
        priority: Priority::Normal,
    };
    let names = |now| -> Vec<String> {
        let all = destinations(&asked, &routes, now);
        all.into_iter().map(|to| to.channel.0).collect()
    };
    assert_eq!(names(at("03:00:00")), ["desk", "vietnamese", "asia"]);
    // In Kathmandu it is 19:45.
    assert_eq!(names(at("14:00:00")), ["desk", "asia"]);
}

#[test]
fn legs_that_are_due_are_gathered_by_name_and_wait_again_in_quiet_hours() {
    let leg = |alert: &str, name: &str| crate::domain::WaitingLeg {
        alert: AlertId(alert.into()),
        destination: desk_channel(),
        bundle: bundle_of(name),
        watch: WatchName("Sea".into()),
        priority: Priority::Normal,
        waits: None,
    };
    let legs = vec![
        leg("1", "digest"),
        leg("2", ""),
        leg("3", "digest"),
        leg("4", ""),
    ];
    let day = Day::new(Vec::new(), ChannelPolicy::default());
    let mut desk = Desk::default();
    let gathered = bundle(legs.clone(), &day.policies, &mut desk, at("23:00:00"));
    let alerts: Vec<usize> = gathered.messages.iter().map(|it| it.alerts.len()).collect();
    assert_eq!((alerts, gathered.postponed.len()), (vec![2, 1, 1], 0));
    let quiet = Some(crate::domain::Quiet {
        from: "22:00".parse().unwrap(),
        to: "06:30".parse().unwrap(),
        except: None,
    });
    let policy = ChannelPolicy {
        quiet,
        ..ChannelPolicy::default()
    };
    let day = Day::new(Vec::new(), policy);
    let gathered = bundle(legs, &day.policies, &mut desk, at("23:00:00"));
    assert_eq!((gathered.messages.len(), gathered.postponed.len()), (0, 4));
}
