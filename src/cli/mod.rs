//! The command line: one file a command. This is the only module that prints.

mod alerts;
mod backtest;
mod channel;
mod check;
mod check_live;
mod demo;
mod explain;
mod extract;
mod feed;
mod feeds;
mod init;
mod input;
mod jsonl;
mod loading;
mod managed;
mod matches;
mod notify;
mod output;
mod parse;
mod plan;
mod revise;
mod route;
mod run;
mod search;
mod senses;
mod silence;
mod since;
mod status;
mod stories;
mod template;
mod upkeep;
mod watch;
mod web;
mod why;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand};

use crate::config::{Color, Environment as _, ProcessEnvironment, config_places};
use crate::defects;
use crate::telemetry;

/// Watches news feeds, reads the full articles, and alerts people when a watch term appears.
#[derive(Debug, Parser)]
#[command(name = "newswatch", version, max_term_width = 80)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole job in front of your eyes, offline: sample newsroom, real service, mail and webhook
    Demo(demo::Demo),
    /// Write a commented configuration to start from
    Init(init::Init),
    /// Run the service in the foreground
    Run(run::Run),
    /// Report every problem of a configuration, with line, column and hint
    Check(check::Check),
    /// Tell how the feeds and channels are, and what became of the matches
    Status(status::Status),
    /// Read feeds and print their entries as JSON, a line for each input
    Parse(parse::Parse),
    /// Read article pages and print their text as JSON, a line for each input
    Extract(extract::Extract),
    /// Match articles from a JSON lines file against the watches of a configuration
    Match(matches::Match),
    /// List stories and show one; or tell of articles from a file which are copies, and which tell one story
    Stories(stories::Stories),
    /// Tell of visits to articles from a JSON lines file what has changed in them
    Revise(revise::Revise),
    /// Tell of texts from a JSON lines file what their abbreviations stand for
    Senses(senses::Senses),
    /// Tell of an article clause by clause why each watch fires on it, or why it does not
    Explain(explain::Explain),
    /// Run watches over the articles kept in the store, and compare with an older configuration
    Backtest(backtest::Backtest),
    /// Try channels
    #[command(subcommand)]
    Notify(notify::Notify),
    /// Show and try texts of your own for the messages of a channel
    #[command(subcommand)]
    Template(template::Template),
    /// Tell what a change of the configuration would have done to each reader
    Plan(plan::Plan),
    /// List the watches and show one; add, edit and remove some outside the file
    #[command(subcommand)]
    Watch(watch::Watch),
    /// List the feeds and show one; add, edit and remove some outside the file
    #[command(subcommand)]
    Feed(feed::Feed),
    /// List the channels and show one; add, edit and remove some outside the file; say who gets no more messages
    #[command(subcommand)]
    Channel(channel::Channel),
    /// Find the feeds of a site; take lists of feeds in and out
    #[command(subcommand)]
    Feeds(feeds::Feeds),
    /// Look through the kept articles, in the language of the watches
    Search(search::Search),
    /// Copy the store to a file, while the service runs
    Backup(upkeep::Backup),
    /// Put a copy in the place of the store
    Restore(upkeep::Restore),
    /// Print what a shell needs to complete newswatch's commands
    Completions(upkeep::Completions),
    /// Write the manual pages to a folder
    Man(upkeep::Man),
    /// Tell of an article or an alert who was told, or what stopped it
    Why(why::Why),
    /// Hold alerts for a while
    #[command(subcommand)]
    Silence(silence::Silence),
    /// Show which way alerts take
    #[command(subcommand)]
    Route(route::Route),
    /// List alerts, show one, or send again what was given up
    #[command(subcommand)]
    Alerts(alerts::Alerts),
    /// Say who may come in by the web pages: a link to log in, users, tokens
    #[command(subcommand)]
    Web(web::Web),
}

/// The configuration that most commands need.
#[derive(Debug, Args)]
struct ConfigArg {
    /// The configuration.
    #[arg(
        long = "config", short = 'c', value_name = "FILE",
        help = "The configuration [default: $NEWSWATCH_CONFIG, or newswatch.toml in this folder, in your \
                configuration folder or in /etc/newswatch]",
        default_value = default_config(), hide_default_value = true, required = default_config().is_none()
    )]
    path: PathBuf,
}

/// The configuration that is used when none is named, looked for once.
fn default_config() -> Option<&'static str> {
    static FOUND: OnceLock<Option<String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let places = config_places(&ProcessEnvironment);
        // What a variable names is meant, whether it is there or not.
        let only = if let [named] = places.as_slice() {
            Some(named.clone())
        } else {
            None
        };
        let path = only.or_else(|| places.into_iter().find(|place| place.is_file()))?;
        path.to_str().map(str::to_owned)
    });
    found.as_deref()
}

/// How long threads that still compute are waited for when a command has ended.
const SHUTDOWN: Duration = Duration::from_secs(1);

/// How a command ended, short of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It did what was asked.
    Done,
    /// The answer is no, or some of what was asked failed and has been reported.
    No,
    /// It answers with an exit code of its own: `status --check` alone.
    Code(u8),
}

/// Runs the command that the process was started with: 0 done, 1 the answer is no or something failed,
/// 2 wrong usage.
#[must_use]
pub fn run() -> ExitCode {
    run_with(std::env::args_os().collect())
}

fn run_with(arguments: Vec<OsString>) -> ExitCode {
    // clap itself ends the process with 2 on wrong usage, and with 0 after --help.
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            if lacks_a_configuration(&error) {
                output::complain(&nothing_found());
            }
            error.exit()
        }
    };
    start_logging(&cli.command);
    defects::log_panics();
    match dispatch(cli.command) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::FAILURE,
        Ok(Outcome::Code(code)) => ExitCode::from(code),
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether a command lacks nothing but what it works by.
fn lacks_a_configuration(error: &clap::Error) -> bool {
    let missing = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(arguments)) => arguments.as_slice(),
        _ => &[],
    };
    error.kind() == ErrorKind::MissingRequiredArgument
        && missing
            .iter()
            .any(|argument| argument.starts_with("--config"))
}

/// Where a configuration was looked for.
fn nothing_found() -> String {
    let places: Vec<String> = config_places(&ProcessEnvironment)
        .iter()
        .map(|place| place.display().to_string())
        .collect();
    format!(
        "there is no configuration at {}; name one with --config FILE, or write one to start from: newswatch init",
        places.join(", ")
    )
}

fn dispatch(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Init(init) => init.run(),
        Command::Check(check) => block_on(check.run()),
        Command::Match(matches) => matches.run(),
        Command::Stories(stories) => block_on(stories.run()),
        Command::Revise(revise) => revise.run(),
        Command::Senses(senses) => senses.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
        Command::Search(search) => block_on(search.run()),
        Command::Explain(explain) => block_on(explain.run()),
        Command::Backtest(backtest) => block_on(backtest.run()),
        Command::Demo(demo) => block_on(demo.run()),
        Command::Run(run) => block_on(run.run()),
        Command::Status(status) => block_on(status.run()),
        Command::Parse(parse) => block_on(parse.run()),
        Command::Extract(extract) => block_on(extract.run()),
        Command::Notify(notify) => block_on(notify.run()),
        Command::Template(template) => block_on(template.run()),
        Command::Plan(plan) => block_on(plan.run()),
        Command::Watch(watch) => block_on(watch.run()),
        Command::Feed(feed) => block_on(feed.run()),
        Command::Channel(channel) => block_on(channel.run()),
        Command::Feeds(feeds) => block_on(feeds.run()),
        Command::Why(why) => block_on(why.run()),
        Command::Silence(silence) => block_on(silence.run()),
        Command::Route(route) => route.run(),
        Command::Alerts(alerts) => block_on(alerts.run()),
        Command::Web(web) => block_on(web.run()),
    }
}

fn block_on(work: impl Future<Output = anyhow::Result<Outcome>>) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(work);
    // A thread that hangs, in a name server or a file system, must not keep the process from ending.
    runtime.shutdown_timeout(SHUTDOWN);
    outcome
}

/// The service logs what it does; the other commands only what went wrong, beside what they print.
fn start_logging(command: &Command) {
    let variable = |name| {
        ProcessEnvironment
            .variable(name)
            .and_then(|value| value.into_string().ok())
    };
    let wanted = variable("NEWSWATCH_LOG");
    let default = match command {
        Command::Run(_) => None,
        _ => Some("error"),
    };
    let problem = telemetry::start(
        wanted.as_deref().or(default),
        variable("JOURNAL_STREAM").as_deref(),
        output::color_of_errors() == Color::Ansi,
    );
    if let Some(problem) = problem {
        output::complain(&format!("NEWSWATCH_LOG is left aside: {problem}"));
    }
}
