//! Templates of the operator's: subject, text, HTML or body of a channel's messages, in the place of the built-in ones.
//!
//! A template is values and text: it can print what it is given, choose (`if`) and repeat (`for`), within a bound of steps
//! and of size. It can read no file and call nothing. What is printed is escaped for the place where it goes, so that a
//! feed's text stays text. A template that fails is replaced by the built-in form, and the reason is told.

mod engine;
mod parts;
mod samples;
mod starting;
mod values;

use std::sync::Arc;

use super::message::{Filled, Part, Telling};

use engine::Compiled;
use parts::{Escape, Rule};
pub use starting::starting_template;

/// The templates of a channel, ready to be filled.
#[derive(Debug, Clone, Default)]
pub struct Templates(Arc<Vec<Ready>>);

/// One template.
#[derive(Debug)]
struct Ready {
    part: Part,
    rule: Rule,
    compiled: Compiled,
    source: String,
}

/// The parts that a type of channel has templates for.
#[must_use]
pub fn parts_of(channel_type: &str) -> Vec<Part> {
    parts::rules(channel_type)
        .iter()
        .map(|(part, _)| *part)
        .collect()
}

impl Templates {
    /// Compiles the templates of a channel. `media` is the type of what a body is, where the channel says one.
    ///
    /// # Errors
    /// With the part whose template is none, and the reason as a clause for people.
    pub fn compile(
        channel_type: &str,
        media: Option<&str>,
        sources: Vec<(Part, String)>,
    ) -> Result<Self, (Part, String)> {
        let mut ready = Vec::new();
        for (part, source) in sources {
            let rules = parts::rules(channel_type);
            let rule = rules.iter().find(|(known, _)| *known == part);
            let Some((_, rule)) = rule else {
                return Err((
                    part,
                    format!("type \"{channel_type}\" has no such template"),
                ));
            };
            let rule = rule.of_body(part, media, &source);
            let compiled = Compiled::new(&source, rule.escape).map_err(|wrong| (part, wrong))?;
            ready.push(Ready {
                part,
                rule,
                compiled,
                source,
            });
        }
        Ok(Self(Arc::new(ready)))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The templates as they were written.
    pub fn sources(&self) -> impl Iterator<Item = (Part, &str)> {
        self.0.iter().map(|one| (one.part, one.source.as_str()))
    }

    /// Fills them for a message.
    #[must_use]
    pub fn fill(&self, telling: &Telling<'_>) -> Filled {
        let mut filled = Filled::default();
        if self.is_empty() {
            return filled;
        }
        let values = values::of(telling);
        for one in self.0.iter() {
            match one.fill(&values) {
                Ok(text) => *filled.place(one.part) = Some(text),
                Err(reason) => {
                    let told = format!("the template for {}: {reason}", one.part.as_str());
                    filled.problem.get_or_insert(told);
                }
            }
        }
        filled
    }

    /// Fills them for messages of every kind and for articles that are made to do harm; tells what failed, a line each,
    /// every reason once, with its part.
    #[must_use]
    pub fn tried(&self, reader: &super::Reader) -> Vec<(Part, String)> {
        let mut problems: Vec<(Part, String)> = Vec::new();
        if self.is_empty() {
            return problems;
        }
        samples::each(reader, |name, telling| {
            let values = values::of(telling);
            for one in self.0.iter() {
                let Err(reason) = one.fill(&values) else {
                    continue;
                };
                let is_known = problems
                    .iter()
                    .any(|(part, known)| *part == one.part && known.starts_with(&reason));
                if !is_known {
                    problems.push((one.part, format!("{reason}, for {name}")));
                }
            }
        });
        problems
    }
}

impl Ready {
    fn fill(&self, values: &minijinja::value::Value) -> Result<String, String> {
        let written = self.compiled.fill(values, self.rule.max_bytes())?;
        self.rule.checked(&written)
    }
}

#[cfg(test)]
mod tests;
