//! `newswatch init`: a commented configuration to start from.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::{Outcome, output};

/// The commented default.
const DEFAULT: &str = include_str!("../../config/newswatch.toml");

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder to write newswatch.toml into; made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

impl Init {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        use std::os::unix::fs::OpenOptionsExt as _;
        std::fs::create_dir_all(&self.dir)
            .with_context(|| format!("make {}", self.dir.display()))?;
        let path = self.dir.join("newswatch.toml");
        // Readable by its owner alone: people will write secrets into it, whatever it says.
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| {
                if path.exists() {
                    format!("{} is already there and stays as it is", path.display())
                } else {
                    format!("write {}", path.display())
                }
            })?;
        file.write_all(DEFAULT.as_bytes())?;
        // In this folder it is found without being named.
        let is_here = self.dir == Path::new(".");
        let option = if is_here {
            String::new()
        } else {
            format!(" --config {}", path.display())
        };
        let shown = if is_here {
            "newswatch.toml".to_owned()
        } else {
            path.display().to_string()
        };
        output::line(&format!(
            "wrote {shown}\n\nEdit it: which feeds, which watches, who is told. Then\n  \
             newswatch check{option}          every mistake in it\n  \
             newswatch run --once{option}     one pass; the first takes what is there as old news\n  \
             newswatch run{option}            the service"
        ))?;
        Ok(Outcome::Done)
    }
}
