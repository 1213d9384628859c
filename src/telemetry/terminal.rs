//! A terminal: a line for people, with the time in their own zone.

use std::io::Write as _;

use jiff::tz::TimeZone;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::said::{Said, level_word};
use crate::clock::Clock;
use crate::domain::{inert, wrapped};

/// Standard error, where a person looks at it.
#[derive(Debug)]
pub(super) struct Terminal {
    pub(super) colors: bool,
}

impl<S: Subscriber> Layer<S> for Terminal {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
        let said = Said::of(event).in_words(&zone);
        let now = Clock::system().now().to_zoned_datetime(zone);
        let level = *event.metadata().level();
        let word = self.toned(level);
        let time = now.strftime("%H:%M:%S %Z");
        // When even standard error is closed there is nobody left to tell.
        let time = time.to_string();
        let margin = time.chars().count() + 1;
        let below = format!("\n{}", " ".repeat(margin));
        let said = wrapped(&format!("{word}{}", inert(&said)), margin).replace('\n', &below);
        drop(writeln!(std::io::stderr().lock(), "{time} {said}"));
    }
}

impl Terminal {
    /// What is ordinary needs no word.
    fn toned(&self, level: Level) -> String {
        // ECMA-48 §8.3.117, select graphic rendition: red and bold; yellow.
        let code = match level {
            Level::ERROR => "31;1",
            Level::WARN => "33",
            Level::INFO => return String::new(),
            Level::DEBUG | Level::TRACE => "2",
        };
        let word = level_word(level);
        if self.colors {
            format!("\u{1b}[{code}m{word}\u{1b}[0m: ")
        } else {
            format!("{word}: ")
        }
    }
}
