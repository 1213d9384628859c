//! `newswatch parse`: feeds in, their entries out, a line of JSON for each input.

use clap::Args;
use url::Url;

use super::input::Inputs;
use super::{Outcome, output};
use crate::clock;
use crate::parse;

/// Arguments of `parse`.
#[derive(Debug, Args)]
pub(super) struct Parse {
    /// The address that relative links are resolved against
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
    #[command(flatten)]
    inputs: Inputs,
}

impl Parse {
    pub(super) async fn run(self) -> anyhow::Result<Outcome> {
        let client = self.inputs.client()?;
        let mut outcome = Outcome::Done;
        let bar = output::progress(self.inputs.names().len());
        for name in self.inputs.names() {
            let report = match self.inputs.read(client.as_ref(), name).await {
                Err(error) => parse::report_unread(name, format!("{error:#}")),
                Ok(document) => parse::report(
                    name,
                    &parse::Document {
                        bytes: &document.bytes,
                        content_type: document.content_type.as_deref(),
                        url: self.base_url.as_ref().or(document.url.as_ref()),
                    },
                    &clock::still_time(parse::READING_BUDGET),
                ),
            };
            if !report.ok {
                outcome = Outcome::No;
            }
            output::json(&report)?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(outcome)
    }
}
