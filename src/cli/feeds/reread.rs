//! `newswatch feeds reread`: what was set aside is read once more.

use anyhow::Context as _;
use clap::Args;

use crate::cli::{ConfigArg, Outcome, loading::load, output};
use crate::clock::Clock;
use crate::daemon;
use crate::domain::DocumentName;
use crate::store::{ReadAgain, ask_again, documents_set_aside};

/// Arguments of `feeds reread`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Reread {
    /// What to read again, as `status` names it; all that is set aside where nothing is named
    #[arg(value_name = "DOCUMENT")]
    documents: Vec<String>,
    #[command(flatten)]
    config: ConfigArg,
}

impl Reread {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let config = load(&self.config.path)?;
        let store = daemon::open_store_beside(&config).await?;
        let set_aside = documents_set_aside(&config.state_dir);
        let wanted: Vec<String> = self.documents.iter().map(|name| shown(name)).collect();
        let mut all_found = true;
        for name in wanted.iter().filter(|name| !set_aside.contains(name)) {
            output::complain(&format!("\"{name}\" is not set aside"));
            all_found = false;
        }
        let chosen = set_aside
            .iter()
            .filter(|name| wanted.is_empty() || wanted.contains(name));
        let mut count = 0;
        for document in chosen {
            ask_again(&config.state_dir, document)
                .with_context(|| format!("write to {}", config.state_dir.display()))?;
            let again = store.read_again(document, Clock::system().now()).await?;
            output::line(&format!("{document}: {}", what_follows(again)))?;
            count += 1;
        }
        if count == 0 && all_found {
            output::line("nothing is set aside")?;
        }
        Ok(if all_found {
            Outcome::Done
        } else {
            Outcome::No
        })
    }
}

fn what_follows(again: ReadAgain) -> String {
    match again {
        ReadAgain { feeds: 0, entries } => {
            format!(
                "read again, {}",
                output::counted(entries, "entry", "entries")
            )
        }
        ReadAgain { .. } => "its feed is polled again now".to_owned(),
    }
}

/// An address as it is named; it may be written with its secrets.
fn shown(name: &str) -> String {
    match url::Url::parse(name) {
        Ok(url) => DocumentName::At(url).to_string(),
        Err(_) => name.to_owned(),
    }
}
