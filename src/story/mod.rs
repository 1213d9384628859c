//! From articles to reports and stories: what was told before, what is new in it, and what belongs together.
//!
//! In go articles as text; out come signatures, under which reports are looked for, verdicts on copies, and the numbers of
//! stories. Nothing here reads a clock, a file or a network: whoever asks keeps the texts.

mod copies;
mod desk;
mod folding;
mod footers;
mod hashing;
mod numbers;
mod placing;
mod postings;
mod revise;
mod senses;
mod signature;
mod spikes;
mod text;
mod threads;
mod vectors;

pub use desk::{Desk, Incoming, Placed, Texts};
pub use folding::ReadArticle;
pub use placing::Placing;
pub use revise::{Change, Edit, Revision, Version, Visit, revise};
pub use senses::{Definition, definitions, means, other_sense, sense};
pub use signature::Sought;
pub use spikes::{Day, Expected, MIN_STORIES, expected, is_spike};
pub use threads::{Newcomer, StoryNumber, Threads};
pub use vectors::{Frequencies, Profile};
