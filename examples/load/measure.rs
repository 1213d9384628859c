//! What is measured: each measurement brings a program and its world into a state, lets it work, and tells figures.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::child::{Program, Settings, Used};
use crate::control::{Client, Standing, World, begin, publish, report};
use crate::store;
use crate::tally::Report;
use crate::words::Dice;
use crate::world::Size;

/// How often `status` is asked in one measurement: the CPU time of one is too short to be told.
const ASKED: u32 = 20;

/// The time that a service gets to come to rest before its idleness is measured.
const SETTLE: Duration = Duration::from_secs(10);

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// A first pass in which every entry is news: all feeds and all pages are read.
    Cold,
    /// A pass over feeds that have not changed.
    Unchanged,
    /// A pass after a share of the feeds has published.
    Published,
    /// A pass in which no feed is due: what a start costs.
    Start,
    /// The service, polling every five seconds feeds that do not change.
    Polling,
    /// The service, polling each second, while a share of the feeds publishes every two seconds.
    Live,
    /// The service on a filled store, with nothing to do.
    Idle,
    /// `status` on a filled store: alone, against a held write lock, and beside a writer.
    Status,
    /// The service, killed again and again while feeds publish.
    Kills,
}

/// What a measurement is made with.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) size: Size,
    /// The share of the feeds that publish.
    #[arg(long, default_value_t = 0.02)]
    pub(crate) share: f64,
    /// How long a service is watched.
    #[arg(long, default_value_t = 60)]
    pub(crate) seconds: u64,
    /// How often the service is killed.
    #[arg(long, default_value_t = 30)]
    pub(crate) kills: u64,
}

/// The figures of a measurement, and what was wrong.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) values: Vec<(&'static str, f64)>,
    pub(crate) wrong: Vec<String>,
}

/// A program with a world of its own, or with none where it has nothing to read.
#[derive(Debug)]
pub(crate) struct Bench {
    program: Program,
    plan: Plan,
    world: Option<World>,
}

impl Bench {
    /// Brings a program to where the measurement begins.
    pub(crate) fn prepare(
        scenario: Scenario,
        program: Program,
        plan: Plan,
    ) -> anyhow::Result<Self> {
        let needs_world = !matches!(scenario, Scenario::Idle | Scenario::Status);
        let world = needs_world.then(|| World::start(plan.size)).transpose()?;
        let bench = Self {
            program,
            plan,
            world,
        };
        let every = match scenario {
            Scenario::Start | Scenario::Idle | Scenario::Status => "24h",
            Scenario::Polling => "5s",
            _ => "1s",
        };
        let first_poll = "skip";
        let settings = Settings {
            every,
            first_poll,
            reads_first: scenario != Scenario::Polling,
        };
        bench.program.configure(bench.plan.size, settings)?;
        if needs_world && scenario != Scenario::Cold {
            begin(bench.port(), Client::New, Standing::Seen)?;
            bench.pass()?;
        }
        Ok(bench)
    }

    /// Measures once.
    pub(crate) fn measure(&self, scenario: Scenario) -> anyhow::Result<Figures> {
        match scenario {
            Scenario::Cold => self.cold(),
            Scenario::Unchanged => self.one_pass(None),
            Scenario::Published => self.one_pass(Some(self.plan.share)),
            Scenario::Start => self.start(),
            Scenario::Polling => self.polling(),
            Scenario::Live => self.live(),
            Scenario::Idle => self.idle(),
            Scenario::Status => self.status(),
            Scenario::Kills => self.killed(),
        }
    }

    fn port(&self) -> u16 {
        self.world.as_ref().map_or(0, World::port)
    }

    fn pass(&self) -> anyhow::Result<Used> {
        self.program.run(&["run", "--once"])
    }

    fn cold(&self) -> anyhow::Result<Figures> {
        remove(&self.program.state.join("state"))?;
        let settings = Settings {
            every: "15m",
            first_poll: "alert",
            reads_first: true,
        };
        self.program.configure(self.plan.size, settings)?;
        begin(self.port(), Client::New, Standing::Told)?;
        let used = self.pass()?;
        self.figures(used, &report(self.port())?)
    }

    fn one_pass(&self, share: Option<f64>) -> anyhow::Result<Figures> {
        // A second and the tenth of it by which polls are spread: all feeds are due again.
        sleep(Duration::from_millis(1200));
        begin(self.port(), Client::Known, Standing::Seen)?;
        if let Some(share) = share {
            publish(self.port(), share)?;
        }
        let used = self.pass()?;
        self.figures(used, &report(self.port())?)
    }

    fn start(&self) -> anyhow::Result<Figures> {
        begin(self.port(), Client::Known, Standing::Seen)?;
        let used = self.pass()?;
        self.figures(used, &report(self.port())?)
    }

    fn polling(&self) -> anyhow::Result<Figures> {
        let service = self.program.start()?;
        sleep(SETTLE);
        begin(self.port(), Client::Known, Standing::Seen)?;
        let before = service.used()?;
        let start = Instant::now();
        sleep(Duration::from_secs(self.plan.seconds));
        let after = service.used()?;
        let seen = report(self.port())?;
        service.stop()?;
        let used = used_since(start, before, after);
        let mut figures = self.figures(used, &seen)?;
        let polls = f64::from(u32::try_from(seen.counts.feeds)?);
        figures.add("CPU us a poll", used.cpu_s * 1e6 / polls.max(1.0));
        Ok(figures)
    }

    fn live(&self) -> anyhow::Result<Figures> {
        let service = self.program.start()?;
        sleep(Duration::from_secs(5));
        begin(self.port(), Client::Known, Standing::Seen)?;
        let before = service.used()?;
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(self.plan.seconds) {
            publish(self.port(), self.plan.share)?;
            sleep(Duration::from_secs(2));
        }
        sleep(Duration::from_secs(3));
        let after = service.used()?;
        let seen = report(self.port())?;
        service.stop()?;
        let used = used_since(start, before, after);
        let mut figures = self.figures(used, &seen)?;
        figures.add_ms("publish to alert, median ms", seen.alerts.median_ms);
        figures.add_ms("publish to alert, slowest ms", seen.alerts.slowest_ms);
        Ok(figures)
    }

    fn idle(&self) -> anyhow::Result<Figures> {
        let service = self.program.start()?;
        sleep(SETTLE);
        let settled = service.used()?;
        let start = Instant::now();
        sleep(Duration::from_secs(self.plan.seconds));
        let after = service.used()?;
        let wall_s = start.elapsed().as_secs_f64();
        service.stop()?;
        let idle_cpu_s = after.cpu_s - settled.cpu_s;
        let mut figures = Figures::default();
        figures.add("start, CPU s", settled.cpu_s);
        figures.add("idle, CPU s", idle_cpu_s);
        figures.add("idle, percent of a core", 100.0 * idle_cpu_s / wall_s);
        figures.add("peak MB", after.peak_mb);
        self.add_syncs(&mut figures)?;
        Ok(figures)
    }

    fn status(&self) -> anyhow::Result<Figures> {
        let database = self.program.database();
        let ask = || self.program.run(&["status"]);
        ask()?;
        let mut alone = Used::default();
        for _ in 0..ASKED {
            let one = ask()?;
            alone.cpu_s += one.cpu_s / f64::from(ASKED);
            alone.wall_s += one.wall_s / f64::from(ASKED);
            alone.peak_mb = alone.peak_mb.max(one.peak_mb);
        }
        let mut figures = Figures::default();
        figures.add("CPU ms", alone.cpu_s * 1000.0);
        figures.add("wall ms", alone.wall_s * 1000.0);
        figures.add("peak MB", alone.peak_mb);

        let begun = Instant::now();
        let answered = store::while_locked(&database, ask)?;
        figures.add(
            "wall ms under a held lock",
            begun.elapsed().as_secs_f64() * 1000.0,
        );
        if let Err(error) = answered {
            figures.wrong.push(format!("under a held lock: {error:#}"));
        }
        let alone = store::slowest_write(&database, || {
            sleep(Duration::from_secs(1));
            Ok(())
        })?;
        let beside = store::slowest_write(&database, || (0..5).try_for_each(|_| ask().map(drop)))?;
        figures.add("slowest write alone, ms", alone.as_secs_f64() * 1000.0);
        figures.add(
            "slowest write beside status, ms",
            beside.as_secs_f64() * 1000.0,
        );
        Ok(figures)
    }

    fn killed(&self) -> anyhow::Result<Figures> {
        begin(self.port(), Client::Known, Standing::Seen)?;
        let start = Instant::now();
        let mut dice = Dice::of(self.plan.size.seed, &[8]);
        for _ in 0..self.plan.kills {
            publish(self.port(), self.plan.share)?;
            let service = self.program.start()?;
            sleep(Duration::from_millis(dice.between(50, 2500) as u64));
            service.kill()?;
        }
        // What is put off by a failure of the page or of the receiver is due within a minute; nothing fails here but
        // by the kills, so that a few passes are enough.
        for _ in 0..3 {
            sleep(Duration::from_millis(1200));
            self.pass()?;
        }
        let used = Used {
            wall_s: start.elapsed().as_secs_f64(),
            ..Used::default()
        };
        let seen = report(self.port())?;
        let mut figures = self.figures(used, &seen)?;
        figures.add_count("kills", usize::try_from(self.plan.kills)?);
        figures.add_count("told again under the same id", seen.alerts.repeated);
        if let Some(problem) = store::damage(&self.program.database())? {
            figures
                .wrong
                .push(format!("the database is damaged: {problem}"));
        }
        Ok(figures)
    }

    fn figures(&self, used: Used, seen: &Report) -> anyhow::Result<Figures> {
        let Report { counts, alerts } = seen;
        let mut figures = Figures::default();
        figures.add("CPU s", used.cpu_s);
        figures.add("wall s", used.wall_s);
        figures.add("peak MB", used.peak_mb);
        figures.add_count("connections", counts.connections);
        figures.add_count("requests", counts.requests);
        figures.add_count("feeds", counts.feeds);
        figures.add_count("unchanged (304)", counts.unchanged);
        figures.add_count("pages", counts.pages);
        figures.add_count("redirects", counts.redirects);
        figures.add_count("body kB", counts.body_bytes / 1000);
        figures.add_count("wasted requests", counts.wasted.all());
        figures.add_count("alerts expected", alerts.expected);
        figures.add_count("alerts missing", alerts.missing.len());
        figures.add_count("alerts unfounded", alerts.unfounded.len());
        figures.add_count("alerts doubled", alerts.doubled.len());
        self.add_syncs(&mut figures)?;
        if counts.wasted.all() > 0 {
            figures.wrong.push(format!("{:?}", counts.wasted));
        }
        for (what, alerts) in [
            ("missing", &alerts.missing),
            ("unfounded", &alerts.unfounded),
            ("doubled", &alerts.doubled),
        ] {
            let first = alerts.iter().take(5);
            figures
                .wrong
                .extend(first.map(|alert| format!("{what}: {alert}")));
        }
        Ok(figures)
    }

    fn add_syncs(&self, figures: &mut Figures) -> anyhow::Result<()> {
        if self.program.counts_syncs {
            figures.add_count("syncs", self.program.syncs()?);
        }
        Ok(())
    }
}

/// What a process used from a moment on.
fn used_since(start: Instant, before: Used, after: Used) -> Used {
    Used {
        cpu_s: after.cpu_s - before.cpu_s,
        wall_s: start.elapsed().as_secs_f64(),
        ..after
    }
}

impl Figures {
    fn add(&mut self, name: &'static str, value: f64) {
        self.values.push((name, value));
    }

    fn add_count(&mut self, name: &'static str, count: usize) {
        self.add(name, f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    }

    fn add_ms(&mut self, name: &'static str, ms: u64) {
        self.add(name, f64::from(u32::try_from(ms).unwrap_or(u32::MAX)));
    }
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context("remove the state")
        }
        _ => Ok(()),
    }
}

/// Measures one program, or two by turns, and prints the medians.
pub(crate) fn compare(
    scenario: Scenario,
    programs: Vec<Program>,
    plan: &Plan,
    rounds: usize,
) -> anyhow::Result<String> {
    let mut benches = Vec::new();
    for (place, program) in (0u16..).zip(programs) {
        let port = plan.size.port + 2 * place;
        let size = Size { port, ..plan.size };
        let plan = Plan {
            size,
            ..plan.clone()
        };
        benches.push(Bench::prepare(scenario, program, plan)?);
    }
    let mut measured: Vec<Vec<Figures>> = benches.iter().map(|_| Vec::new()).collect();
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..benches.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for place in order {
            let figures = benches[place].measure(scenario)?;
            eprintln!(
                "round {}, {}: {:?}",
                round + 1,
                benches[place].name().display(),
                figures.values
            );
            measured[place].push(figures);
        }
    }
    Ok(table(&benches, &measured))
}

impl Bench {
    fn name(&self) -> PathBuf {
        self.program.binary.clone()
    }
}

fn table(benches: &[Bench], measured: &[Vec<Figures>]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for bench in benches {
        writeln!(text, "{}", bench.name().display()).expect("memory takes it");
    }
    let names = measured.first().and_then(|rounds| rounds.first());
    for (row, (name, _)) in names
        .map(|first| &first.values[..])
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        let medians: Vec<f64> = measured
            .iter()
            .map(|rounds| {
                median(
                    rounds
                        .iter()
                        .filter_map(|figures| Some(figures.values.get(row)?.1)),
                )
            })
            .collect();
        write!(text, "{name:34}").expect("memory takes it");
        for median in &medians {
            write!(text, "{median:12.2}").expect("memory takes it");
        }
        if let [first, second] = medians[..]
            && first > 0.0
        {
            write!(text, "{:9.2}x", second / first).expect("memory takes it");
        }
        text.push('\n');
    }
    for (bench, rounds) in benches.iter().zip(measured) {
        for wrong in rounds
            .last()
            .map(|figures| &figures.wrong[..])
            .unwrap_or_default()
        {
            writeln!(text, "! {}: {wrong}", bench.name().display()).expect("memory takes it");
        }
    }
    text
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
