//! The nouns of the line: feed, entry, article, watch, match, story, alert, channel, delivery, message.
//!
//! Owns the types that the stages hand to one another, and nothing else: no input or output, no clock, no
//! log. A value that has an invariant is made by one constructor that checks it; past it nobody checks again.

mod advice;
mod alert;
mod alert_facts;
mod article;
mod budget;
mod channel;
mod copy;
mod delivery;
mod desk;
mod document_name;
mod entry;
mod feed;
mod feeds;
mod health;
mod hold;
mod host;
mod id;
mod identity;
mod listing;
mod newest;
mod occasion;
mod pace;
mod policy;
mod quote;
mod role;
mod shown;
mod spike;
mod story;
mod time;
mod trouble;
mod watch;
mod wrapping;
mod written_places;

pub use advice::what_helps;
pub use alert::{Alert, Held, Match, Past, PastAlert, Raised};
pub use alert_facts::{AlertFacts, Room};
pub use article::{Article, ArticleText, FeedWords, TextBasis, paragraphs};
pub use budget::Budget;
pub use channel::{ChannelName, ChannelNext, ChannelPast, ChannelState, Destination, Probe};
pub use copy::{FoundCopy, Near, NearArticle, NearReport, Signature};
pub use delivery::{
    AttemptOutcome, Bundle, Bundled, DeliveryPast, DeliveryState, Gathered, Leg, Postponed,
    WaitingLeg,
};
pub use desk::{Desk, Inquiry, Question, Reception, Silence, Wait};
pub use document_name::DocumentName;
pub use entry::{Entry, EntryKey};
pub use feed::{
    AddressRewrite, ArticleMode, Feed, FirstArticles, FirstPoll, SiteRule, Validators,
    is_private_path, shown_url,
};
pub use feeds::Feeds;
pub use health::{Finding, KnownTrouble, Moves, Observed, TroubledChannel, TroubledFeed, Verdict};
pub use hold::{HoldReason, SilencedBy};
pub use host::{HostMemory, HostRest, PageKey, PageLines, TextHash};
pub use id::{AlertId, DeliveryId, EntryId, FeedId, InstallationId, ReportId};
pub use identity::{EntryFacts, Known, Place, Suspect, Trust, verdict};
pub use listing::{FoundListing, ListedEntry, ListingRule};
pub use newest::Newest;
pub use occasion::{
    Addition, ChangeFacts, CoverageFacts, DigestFacts, FailingSource, HealthEvent, HealthFacts,
    HealthPage, HealthState, HeartbeatFacts, Occasion, RevisionFacts, SpikeFacts, StormFacts,
    StormSource, ThemeFacts, UpdateFacts,
};
pub use pace::Pace;
pub use policy::{
    ChannelPolicy, Digest, Escalate, HealthPolicy, Heartbeat, Quiet, Route, SecretAddress, Storm,
};
pub use quote::{
    FoundPlace, FoundWords, Outlet, Passage, Quote, Reading, TextState, joined_marks,
    one_line_with_marks,
};
pub use role::Role;
pub use shown::{MAX_SHOWN_CHARS, Shown, inert, inert_json, visible};
pub use spike::{Notice, Sensitivity, Spike, WatchDay};
pub use story::{StoryLine, StoryMark, StoryMember, StoryPast, StoryReport};
pub use time::{LocalTimestamp, Timestamp};
pub use trouble::Trouble;
pub use watch::{FeedSelector, Field, Hit, Per, Priority, Span, Watch, WatchName};
pub use wrapping::{TERMINAL_WIDTH, wrapped};
pub use written_places::WrittenPlaces;
