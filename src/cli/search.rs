//! `newswatch search`: what the kept articles hold, in the language of the watches.

use clap::Args;

use super::loading::{load, one_paragraph};
use super::output::counted;
use super::since::{Since, since};
use super::{ConfigArg, Outcome, output};
use crate::daemon;
use crate::matching::QueryProblem;
use crate::ops::search::{Search as Query, SearchHit};

/// Arguments of `search`.
#[derive(Debug, Args)]
pub(super) struct Search {
    /// What to look for, as a watch has it: 'iran AND (deal OR talks)'; aliases of the configuration may be used
    query: String,
    #[command(flatten)]
    config: ConfigArg,
    /// Articles since this time (2026-11-23T08:00:00Z) or age (36h, 7d); all that are kept if not given
    #[arg(long, value_parser = since)]
    since: Option<Since>,
    /// At most this many, the newest
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// Print an object a line instead, the newest first
    #[arg(long)]
    json: bool,
}

impl Search {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let query = match Query::new(&self.query, &config.aliases) {
            Ok(query) => query,
            Err(problems) => anyhow::bail!("{}", mistakes(&self.query, &problems)),
        };
        if !query.traps.is_empty() {
            output::complain(&format!("warning: {}", mistakes(&self.query, &query.traps)));
        }
        let store = daemon::open_store_beside(&config).await?;
        let since = self.since.map_or(crate::domain::Timestamp::MIN, Since::at);
        let found = query.run(&store, since, self.limit).await?;
        for hit in &found.items {
            if self.json {
                output::json(hit)?;
            } else {
                output::line(&hit_text(hit))?;
            }
        }
        if !self.json {
            let looked_at = counted(found.looked_at, "kept article", "kept articles");
            output::line(&if found.is_cut {
                format!(
                    "The newest {}; there are more: --limit",
                    counted(found.items.len(), "article", "articles")
                )
            } else {
                format!("{} of {looked_at}", found.items.len())
            })?;
        }
        Ok(if found.items.is_empty() {
            Outcome::No
        } else {
            Outcome::Done
        })
    }
}

fn hit_text(hit: &SearchHit) -> String {
    let mut lines = vec![
        format!("{}  {}", output::time(hit.at), hit.source),
        paragraph(&hit.title),
    ];
    lines.extend(hit.url.iter().map(|url| format!("    {url}")));
    lines.push(paragraph(&hit.excerpt));
    lines.join("\n")
}

fn paragraph(text: &str) -> String {
    format!("    {}", one_paragraph(text, 4))
}

/// The mistakes of a query, each under the place where it stands.
fn mistakes(query: &str, problems: &[QueryProblem]) -> String {
    let mut lines = Vec::new();
    for problem in problems {
        lines.push(problem.message.clone());
        lines.push(format!("    {query}"));
        lines.push(format!(
            "    {}^",
            " ".repeat(problem.col.saturating_sub(1))
        ));
        lines.push(format!("help: {}", problem.hint));
    }
    lines.join("\n")
}
