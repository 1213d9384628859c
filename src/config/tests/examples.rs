//! The configurations that are shipped: each can be used as it stands.

use std::path::PathBuf;

use super::*;

fn shipped(name: &str) -> Loaded {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("config")
        .join(name);
    match super::super::load(&path, &environment(), Secrets::Optional) {
        Ok(loaded) => loaded,
        Err(problems) => panic!("{}", problems.render(Color::Plain)),
    }
}

/// Reads the commented default once more with every key that it shows as a comment put to use.
fn with_all_comments_used() -> Loaded {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/newswatch.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let used: Vec<String> = text.lines().map(uncommented).collect();
    match load(&used.join("\n")) {
        Ok(loaded) => loaded,
        Err(problems) => panic!("{}", problems.render(Color::Plain)),
    }
}

/// A key or a table right behind a # is a setting; text has a space there.
fn uncommented(line: &str) -> String {
    let is_setting = line
        .strip_prefix('#')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '['));
    let needs_more = line.starts_with("#include");
    if is_setting && !needs_more {
        line.replacen('#', "", 1)
    } else {
        line.to_owned()
    }
}

#[test]
fn the_default_works_as_it_stands_and_there_is_nothing_to_warn_of() {
    let loaded = shipped("newswatch.toml");
    assert!(loaded.warnings.is_empty(), "{:#?}", loaded.warnings);
    assert!(loaded.config.feeds.len() >= 5);
    assert_eq!(loaded.config.channels.len(), 1);
    for watch in &loaded.config.watches {
        assert_eq!(
            watch.notify.len(),
            1,
            "{} is told on the console",
            watch.name
        );
    }
}

#[test]
fn every_key_that_the_default_shows_as_a_comment_is_one() {
    let config = with_all_comments_used().config;
    assert_eq!(config.channels.len(), 4);
    assert_eq!(config.state_dir, Path::new("/var/lib/newswatch"));
}

#[test]
fn the_defaults_that_are_shown_are_the_defaults() {
    let mut shown = with_all_comments_used().config;
    let mut silent = shipped("newswatch.toml").config;
    for feed in shown.feeds.iter_mut().chain(&mut silent.feeds) {
        // What stands with a feed is kept exactly, the same interval though it be.
        feed.adapts = true;
    }
    assert_eq!(shown.poll, silent.poll);
    assert_eq!(shown.feeds, silent.feeds);
    let priorities = |config: &super::super::Config| -> Vec<_> {
        config.watches.iter().map(|watch| watch.priority).collect()
    };
    assert_eq!(priorities(&shown), priorities(&silent));
}

#[test]
fn the_examples_can_be_used() {
    for (name, feeds, watches, channels) in [
        ("minimal.toml", 1, 1, 1),
        ("newsroom-mail.toml", 3, 4, 3),
        ("security-team-webhook.toml", 3, 3, 2),
        ("ministry-many-watches.toml", 4, 7, 3),
    ] {
        let loaded = shipped(&format!("examples/{name}"));
        let config = &loaded.config;
        let found = (
            config.feeds.len(),
            config.watches.len(),
            config.channels.len(),
        );
        assert_eq!(found, (feeds, watches, channels), "{name}");
        let other: Vec<_> = loaded
            .warnings
            .iter()
            .filter(|problem| !matches!(problem.kind.as_str(), "secret" | "file"))
            .collect();
        assert!(
            other.is_empty(),
            "{name}: only what this machine lacks: {other:#?}"
        );
    }
}

#[test]
fn the_examples_of_the_manual_make_one_configuration() {
    let manual = include_str!("../../../docs/CONFIGURATION.md");
    let blocks: Vec<&str> = manual
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .filter(|block| !block.starts_with("include"))
        .collect();
    let config = match load(&blocks.concat()) {
        Ok(loaded) => loaded.config,
        Err(problems) => panic!("{}", problems.render(Color::Plain)),
    };
    let found = (
        config.feeds.len(),
        config.watches.len(),
        config.channels.len(),
    );
    assert_eq!(found, (2, 1, 2));
}
