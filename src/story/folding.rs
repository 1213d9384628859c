//! Folding: an article of the line against the reports that the store knows.

use super::copies::{Kinship, Known, kin};
use super::footers::COMMON;
use super::placing::{everyday, mark};
use super::signature::{kept, sought};
use super::text::{Text, high};
use super::vectors::Terms;
use crate::domain::{FoundCopy, Near, NearArticle, NearReport, Signature, StoryMark, Timestamp};

/// An article as it is compared, read once.
#[derive(Debug, Clone)]
pub struct ReadArticle {
    text: Text,
    article: NearArticle,
}

impl ReadArticle {
    /// Reads an article.
    #[must_use]
    pub fn new(article: NearArticle) -> Self {
        Self {
            text: Text::read(&article.title, &article.text),
            article,
        }
    }

    /// The numbers under which its report is kept and looked for.
    #[must_use]
    pub fn signature(&self) -> Signature {
        Signature {
            kept: kept(&self.text),
            sought: sought(&self.text)
                .iter()
                .map(|one| (one.hash, one.words))
                .collect(),
        }
    }

    /// What its report is put to a story by.
    #[must_use]
    pub fn mark(&self, language: &str, at: Timestamp) -> StoryMark {
        let profile = Terms::of(&self.text).profile(everyday());
        mark(profile, &self.article.title, language, at)
    }

    /// The place of the sentence that holds a byte of the text.
    #[must_use]
    pub fn sentence_at(&self, byte: usize) -> Option<usize> {
        let sentences = &self.text.sentences;
        sentences
            .iter()
            .position(|sentence| sentence.place.contains(&byte))
    }

    /// The report that it tells again, if it is clear that it does.
    #[must_use]
    pub fn fold(&self, near: &Near) -> Option<FoundCopy> {
        let found = near.reports.iter().filter_map(|report| {
            let mut known = Known::default();
            for article in &report.articles {
                known.add(&Text::read("", &article.text));
            }
            let is_common = |place: usize| self.is_common(place, report, near);
            let kin = kin(&self.text, &known, self.kinship(report)?, is_common)?;
            Some(FoundCopy {
                report: report.id,
                same_words: kin.same_words,
                of_words: kin.of_words,
                delta: self.sentences(&kin.delta),
            })
        });
        found.max_by_key(|copy| copy.same_words)
    }

    fn is_common(&self, place: usize, report: &NearReport, near: &Near) -> bool {
        let hash = self.text.sentences.get(place).map(|one| high(one.hash));
        let holders = near.holders.iter().find(|(held, _)| Some(*held) == hash);
        holders.is_some_and(|(_, reports)| {
            reports.iter().filter(|other| **other != report.id).count() >= COMMON
        })
    }

    fn kinship(&self, report: &NearReport) -> Option<Kinship> {
        let (this, first) = (&self.article, report.articles.first()?);
        let host = |article: &NearArticle| article.url.as_deref().and_then(host).map(str::to_owned);
        let is_one_host = host(this).is_some() && host(this) == host(first);
        Some(if this.url.is_some() && this.url == first.url {
            Kinship::SameAddress
        } else if this.feed == first.feed || is_one_host {
            Kinship::SameSource
        } else {
            Kinship::OtherSource
        })
    }

    /// True if an article of a report has the same headline.
    #[must_use]
    pub fn shares_headline(&self, report: &NearReport) -> bool {
        let words = |title: &str| -> Vec<u32> {
            let read = Text::read(title, "").title;
            read.iter().map(|word| word.key).collect()
        };
        let own = words(&self.article.title);
        report
            .articles
            .iter()
            .any(|other| words(&other.title) == own)
    }

    fn sentences(&self, places: &[usize]) -> Vec<(usize, String)> {
        let written = |place: &usize| {
            let sentence = self.text.sentences.get(*place)?;
            let text = self.article.text.get(sentence.place.clone())?;
            Some((*place, text.to_owned()))
        };
        places.iter().filter_map(written).collect()
    }
}

/// The host of an address, if it is a name: behind one number there may be many outlets.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', ':', '?']).next()?;
    let is_name = host.contains('.') && host.bytes().any(|byte| byte.is_ascii_alphabetic());
    is_name.then(|| host.strip_prefix("www.").unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ReportId;

    const WIRE: &str = "The harbour council of Port Orrin closed the north pier on Tuesday after divers found cracks.\n\
Engineer Mara Vell said the cracks run along forty metres of the wall below the water line.\n\
Ferries to the islands will leave from the south pier until the repair is done, the council said.\n\
The repair is expected to cost two million crowns and to last until the end of autumn.";

    fn article(text: &str, site: &str, page: &str) -> NearArticle {
        NearArticle {
            feed: format!("https://{site}/rss"),
            site: Some(site.into()),
            url: Some(format!("https://{site}/{page}")),
            title: "North pier closed".into(),
            text: text.into(),
        }
    }

    fn near(text: &str, site: &str) -> Near {
        Near {
            reports: vec![NearReport {
                id: ReportId(7),
                articles: vec![article(text, site, "a")],
            }],
            holders: Vec::new(),
        }
    }

    fn read(text: &str, site: &str) -> ReadArticle {
        ReadArticle::new(article(text, site, "b"))
    }

    fn folded(text: &str, site: &str) -> Option<FoundCopy> {
        read(text, site).fold(&near(WIRE, "wire.example"))
    }

    #[test]
    fn a_wire_text_in_another_outlet_is_a_copy_that_adds_nothing() {
        let copy = folded(WIRE, "gazette.example").unwrap();
        assert_eq!((copy.report, copy.same_words), (ReportId(7), copy.of_words));
        assert_eq!(copy.delta, []);
    }

    #[test]
    fn what_a_copy_adds_is_told_sentence_by_sentence() {
        let added =
            "Fishermen of Sandrey asked for a place at the south pier, where room is short.";
        let text = format!("{WIRE}\n{added}");
        let copy = folded(&text, "gazette.example").unwrap();
        assert_eq!(copy.delta, [(4, added.to_owned())]);
        let read = read(&text, "gazette.example");
        assert_eq!(read.sentence_at(text.find("Sandrey").unwrap()), Some(4));
    }

    #[test]
    fn a_corrected_number_is_something_new() {
        let more = "Cranes had stood still since the first week of the month along all four piers.\n\
A clerk counted every crate that was brought in by hand while the dispute went on.\n\
Bakers on the islands had flour for nine days, and the mill sent what it had left.\n\
Nobody was hurt, and the police took down the last of the fences at noon.";
        let text = format!("{}\n{more}", WIRE.replace("two million", "2 million"));
        let first = near(&text, "wire.example");
        let corrected = text.replace("2 million", "9 million");
        let copy = read(&corrected, "gazette.example").fold(&first);
        let delta = copy.unwrap().delta;
        assert_eq!(delta.len(), 1);
        assert!(delta[0].1.contains("9 million"), "{delta:?}");
    }

    #[test]
    fn the_same_event_in_the_next_town_is_another_report() {
        let text = "The town council of Sandrey closed the old bridge on Tuesday after a lorry hit its railing.\n\
Mayor Ilo Brandt said the railing is bent along twelve metres above the road.\n\
Buses to the valley will leave from the station square until the repair is done, the council said.\n\
The repair is expected to cost 300 thousand crowns and to last until next week.";
        assert_eq!(folded(text, "gazette.example"), None);
    }

    #[test]
    fn a_template_with_other_numbers_is_another_report() {
        let weather = |high: u32, low: u32, rain: u32| {
            format!(
                "Port Orrin will see clouds with a high of {high} degrees and a low of {low} degrees.\n\
The chance of rain is put at {rain} percent in the afternoon by the weather office.\n\
Winds from the west will reach {low} kilometres an hour over the bay and the islands."
            )
        };
        let first = near(&weather(19, 8, 40), "wire.example");
        let next = read(&weather(23, 11, 70), "gazette.example");
        assert_eq!(next.fold(&first), None);
    }

    #[test]
    fn another_page_of_the_same_site_is_no_copy_and_the_same_address_is() {
        let grown = format!(
            "{WIRE}\n{}",
            "Nobody was hurt when the wall gave way, the harbour master told reporters later. \
The council will meet again on Friday evening to hear the divers and to choose a builder for the work. \
Shops on the pier may open from Monday if the engineers allow it, said the council's clerk."
        );
        assert_eq!(folded(&grown, "wire.example"), None, "the same site");
        let live = ReadArticle::new(article(&grown, "wire.example", "a"));
        assert_eq!(
            live.fold(&near(WIRE, "wire.example")).unwrap().delta.len(),
            3
        );
    }
}
