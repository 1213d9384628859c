//! A world of feeds to measure newswatch with: `docs/PERFORMANCE.md` says how and what the figures mean.
#![allow(
    clippy::disallowed_methods,
    reason = "measuring takes the machine's time, and nothing here is part of the service"
)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what goes wrong here ends a measurement, and is seen by who made it"
)]

mod child;
mod control;
mod documents;
mod measure;
mod server;
mod store;
mod tally;
mod words;
mod world;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use child::{Program, Settings};
use control::{Client, Standing};
use measure::{Plan, Scenario, compare};
use store::Fill;
use world::Size;

/// A world of feeds, articles and watches on this machine, to measure newswatch with.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves a world until it is ended.
    Serve {
        #[command(flatten)]
        size: Size,
    },
    /// Publishes one story in a share of the feeds of a world that is served.
    Publish {
        /// The share of the feeds, from 0 to 1.
        #[arg(long, default_value_t = 0.02)]
        share: f64,
        /// The world's port.
        #[arg(long, default_value_t = 8480)]
        port: u16,
    },
    /// Runs one pass over a world that is served, and reports.
    Run {
        /// The newswatch to run.
        #[arg(long)]
        bin: PathBuf,
        /// The folder for its configuration and state: the same folder is the same reader.
        #[arg(long)]
        dir: PathBuf,
        /// What becomes of the entries of a first poll.
        #[arg(long, default_value = "skip", value_parser = ["skip", "alert"])]
        first_poll: String,
        /// The world's port.
        #[arg(long, default_value_t = 8480)]
        port: u16,
    },
    /// Writes the configuration for a world into a folder, and nothing else.
    Configure {
        /// The folder.
        #[arg(long)]
        dir: PathBuf,
        #[command(flatten)]
        size: Size,
    },
    /// Makes a store in a folder and fills it.
    Fill {
        /// The newswatch whose store it is.
        #[arg(long)]
        bin: PathBuf,
        /// The folder for its configuration and state.
        #[arg(long)]
        dir: PathBuf,
        #[command(flatten)]
        size: Size,
        #[command(flatten)]
        fill: Fill,
    },
    /// Measures one newswatch, or two by turns.
    Measure {
        scenario: Scenario,
        /// The newswatch to measure.
        #[arg(long)]
        bin: PathBuf,
        /// The folder for its state; a filled store for "idle" and "status".
        #[arg(long)]
        dir: PathBuf,
        /// A second newswatch.
        #[arg(long, requires = "compare_dir")]
        compare: Option<PathBuf>,
        /// The folder for its state.
        #[arg(long)]
        compare_dir: Option<PathBuf>,
        /// How often each is measured; the medians are told.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// Counts the calls that wait for the disk (strace): all other figures are worth nothing then.
        #[arg(long)]
        syncs: bool,
        #[command(flatten)]
        plan: Plan,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Serve { size } => server::serve(size),
        Command::Publish { share, port } => {
            println!("{} feeds published", control::publish(port, share)?);
            Ok(())
        }
        Command::Run {
            bin,
            dir,
            first_poll,
            port,
        } => run(&program(bin, dir, false), &first_poll, port),
        Command::Configure { dir, size } => {
            program(PathBuf::new(), dir, false).configure(size, UNHURRIED)
        }
        Command::Fill {
            bin,
            dir,
            size,
            fill,
        } => filled(&program(bin, dir, false), size, fill),
        Command::Measure {
            scenario,
            bin,
            dir,
            compare: second,
            compare_dir,
            rounds,
            syncs,
            plan,
        } => {
            let mut programs = vec![program(bin, dir, syncs)];
            programs.extend(
                second
                    .zip(compare_dir)
                    .map(|(bin, dir)| program(bin, dir, syncs)),
            );
            print!("{}", compare(scenario, programs, &plan, rounds)?);
            Ok(())
        }
    }
}

/// No feed is due for a day.
const UNHURRIED: Settings = Settings {
    every: "24h",
    first_poll: "skip",
    reads_first: true,
};

fn program(binary: PathBuf, state: PathBuf, counts_syncs: bool) -> Program {
    Program {
        binary,
        state,
        counts_syncs,
    }
}

fn run(program: &Program, first_poll: &str, port: u16) -> anyhow::Result<()> {
    let is_new = !program.database().exists();
    let (first_poll, standing) = match first_poll {
        "alert" if is_new => ("alert", Standing::Told),
        "alert" => ("alert", Standing::Seen),
        _ => ("skip", Standing::Seen),
    };
    let size = control::size(port)?;
    program.configure(
        size,
        Settings {
            every: "1s",
            first_poll,
            reads_first: true,
        },
    )?;
    if is_new {
        control::begin(port, Client::New, standing)?;
    }
    let used = program.run(&["run", "--once"])?;
    let report = control::report(port)?;
    println!("{used:?}\n{report:#?}");
    // What is published from now on is told by the next run.
    control::begin(port, Client::Known, Standing::Seen)
}

fn filled(program: &Program, size: Size, fill: Fill) -> anyhow::Result<()> {
    program.configure(size, UNHURRIED)?;
    // Nothing listens at the feeds' addresses: a pass makes the rows of the feeds, and ends by saying that it could read
    // none.
    let made = program.run(&["run", "--once"]);
    if !program.database().exists() {
        made.context("make the store")?;
    }
    store::fill(&program.database(), size, fill)
}
