//! The stories of the newsroom: invented reports, in the order in which they come out.
//!
//! Half of them carry a term that a watch of the demonstration looks for. The other half are decoys: a
//! grandfather called Pa, a clock that goes tic tac, a leaf named coca, Vietnamese coffee prices in "biến
//! động". Which watch must fire on which story is written down in `watches.rs`.

use jiff::civil::{Date, DateTime, date};

use super::outlet::Outlet;

/// A report of one outlet.
#[derive(Debug, Clone, Copy)]
pub struct Story {
    /// Its name in links and in tables of expectations.
    pub slug: &'static str,
    /// Who publishes it.
    pub outlet: Outlet,
    /// The page that its feed links to.
    pub page: PageKind,
    /// The headline.
    pub title: &'static str,
    /// Who wrote it.
    pub byline: &'static str,
    /// What its feed says about it.
    pub summary: &'static str,
    /// Other outlets whose feeds announce the same page.
    pub also_in: &'static [Outlet],
    /// When it came out, by its outlet's clock.
    published: DateTime,
    /// The text as the asset has it: a paragraph a line, `~` for a non-breaking space.
    raw_text: &'static str,
}

/// A kind of page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// The outlet's ordinary page.
    Site,
    /// A page made for printing: a table, and nothing around the text. The Gazette alone has it.
    Print,
}

impl Story {
    /// The path of the page that its feed links to.
    #[must_use]
    pub fn path(&self) -> String {
        self.page_path(self.page)
    }

    /// The path of one kind of page of this story.
    #[must_use]
    pub fn page_path(&self, kind: PageKind) -> String {
        let folder = self.outlet.folder();
        match kind {
            PageKind::Site => format!("/{folder}/{}.html", self.slug),
            PageKind::Print => format!("/{folder}/print/{}.html", self.slug),
        }
    }

    /// The text as people read it, a paragraph a line, white space joined.
    #[must_use]
    pub fn text(&self) -> String {
        let plain = self.raw_text.replace('~', " ");
        let paragraphs: Vec<String> = plain
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        paragraphs.join("\n")
    }

    /// The paragraphs as the asset has them.
    pub(super) fn raw_paragraphs(&self) -> impl Iterator<Item = &'static str> {
        self.raw_text.lines()
    }

    /// When it came out, in RFC 3339 with the offset of its outlet.
    #[must_use]
    pub fn published(&self) -> String {
        let hours = self.outlet.utc_offset_hours();
        format!(
            "{}{hours:+03}:00",
            self.published.strftime("%Y-%m-%dT%H:%M:%S")
        )
    }

    /// When it came out, by the format of RSS 2.0 (RFC 822 with a year of four digits).
    pub(super) fn published_rfc822(&self) -> String {
        let hours = self.outlet.utc_offset_hours();
        format!(
            "{} {hours:+03}00",
            self.published.strftime("%a, %d %b %Y %H:%M:%S")
        )
    }

    /// When it came out, as its page shows it.
    pub(super) fn published_on_page(&self) -> String {
        let format = match self.outlet {
            Outlet::Gazette => "%B %-d, %Y %-I:%M %p GMT+7",
            Outlet::Wire => "%B %-d, %Y %-I:%M %p UTC",
            Outlet::HaiDang => "%-d/%-m/%Y, %H:%M (GMT+7)",
            Outlet::Lantern => "%B %-d, %Y",
        };
        self.published.strftime(format).to_string()
    }
}

const JULY_28: Date = date(2019, 7, 28);
const JULY_31: Date = date(2019, 7, 31);
const AUGUST_1: Date = date(2019, 8, 1);
const AUGUST_2: Date = date(2019, 8, 2);
const AUGUST_3: Date = date(2019, 8, 3);
const AUGUST_5: Date = date(2019, 8, 5);

/// Every story, in the order of publication.
pub const STORIES: &[Story] = &[
    Story {
        slug: "harbour-cup",
        outlet: Outlet::Gazette,
        page: PageKind::Site,
        title: "Tan Vinh wins the Harbour Cup by the width of a hand",
        byline: "Bao Chau Dinh",
        summary: "A borrowed boat, a turning wind and eleven minutes of waiting for the judges.",
        also_in: &[],
        published: JULY_28.at(19, 5, 0, 0),
        raw_text: include_str!("assets/stories/harbour-cup.txt"),
    },
    Story {
        slug: "asean-communique",
        outlet: Outlet::Gazette,
        page: PageKind::Site,
        title: "ASEAN ministers join cybersecurity and the East Sea in one communique",
        byline: "Thanh Lam",
        summary: "Ten foreign ministers end their July meeting with a text on networks, nuclear safety \
                  and disputed waters.",
        also_in: &[Outlet::Lantern],
        published: JULY_31.at(17, 56, 0, 0),
        raw_text: include_str!("assets/stories/asean-communique.txt"),
    },
    Story {
        slug: "grandpa-radio",
        outlet: Outlet::Lantern,
        page: PageKind::Site,
        title: "Pa and the loudspeaker",
        byline: "Odile Marchetti",
        summary: "He owned the only horn in the street, and never read a notice as it was written.",
        also_in: &[],
        published: JULY_31.at(20, 0, 0, 0),
        raw_text: include_str!("assets/stories/grandpa-radio.txt"),
    },
    Story {
        slug: "ministers-close-talks",
        outlet: Outlet::Wire,
        page: PageKind::Site,
        title: "Southeast Asian ministers agree on cyber defence, urge restraint at sea",
        byline: "Priya Raman",
        summary: "Foreign ministers ended three days of meetings in Bangkok on Wednesday.",
        also_in: &[],
        published: JULY_31.at(12, 40, 0, 0),
        raw_text: include_str!("assets/stories/ministers-close-talks.txt"),
    },
    Story {
        slug: "bien-dong",
        outlet: Outlet::HaiDang,
        page: PageKind::Site,
        title: "Hội nghị Bangkok khép lại với thông điệp về Biển Đông",
        byline: "Hoàng Yến",
        summary: "Các bộ trưởng kêu gọi kiềm chế và giải quyết tranh chấp bằng biện pháp hòa bình.",
        also_in: &[],
        published: JULY_31.at(20, 15, 0, 0),
        raw_text: include_str!("assets/stories/bien-dong.txt"),
    },
    Story {
        slug: "coca-harvest",
        outlet: Outlet::Lantern,
        page: PageKind::Site,
        title: "A week with the coca grandmothers",
        byline: "Jules Aramburu",
        summary: "What they would like is a road.",
        also_in: &[],
        published: AUGUST_1.at(8, 30, 0, 0),
        raw_text: include_str!("assets/stories/coca-harvest.txt"),
    },
    Story {
        slug: "first-reading",
        outlet: Outlet::Wire,
        page: PageKind::Site,
        title: "Code of conduct talks pass their first reading early",
        byline: "Anders Holm",
        summary: "Two readings remain, and the hard passages with them.",
        also_in: &[],
        published: JULY_31.at(14, 10, 0, 0),
        raw_text: include_str!("assets/stories/first-reading.txt"),
    },
    Story {
        slug: "ca-phe",
        outlet: Outlet::HaiDang,
        page: PageKind::Site,
        title: "Giá cà phê lên xuống, quán nhỏ vẫn giữ giá",
        byline: "Kim Ngân",
        summary: "Nhà vườn vừa mừng vừa lo trong một tuần biến động.",
        also_in: &[],
        published: AUGUST_1.at(6, 45, 0, 0),
        raw_text: include_str!("assets/stories/ca-phe.txt"),
    },
    Story {
        slug: "small-islands",
        outlet: Outlet::Gazette,
        page: PageKind::Print,
        title: "The country that counts its rocks",
        byline: "Mele Tavita",
        summary: "When the tide covers a rock, a border may go with it. A visit to a surveyor with a drill.",
        also_in: &[],
        published: AUGUST_1.at(9, 20, 0, 0),
        raw_text: include_str!("assets/stories/small-islands.txt"),
    },
    Story {
        slug: "tic-tac",
        outlet: Outlet::Lantern,
        page: PageKind::Site,
        title: "Four hundred clocks and one pair of ears",
        byline: "Odile Marchetti",
        summary: "The man who cannot sleep in a silent room.",
        also_in: &[],
        published: AUGUST_1.at(18, 0, 0, 0),
        raw_text: include_str!("assets/stories/tic-tac.txt"),
    },
    Story {
        slug: "reef-survey",
        outlet: Outlet::Wire,
        page: PageKind::Site,
        title: "Divers map living coral on the northern banks",
        byline: "Priya Raman",
        summary: "A survey ship is back after six weeks with better news than expected.",
        also_in: &[],
        published: AUGUST_2.at(3, 25, 0, 0),
        raw_text: include_str!("assets/stories/reef-survey.txt"),
    },
    Story {
        slug: "iaea-laboratory",
        outlet: Outlet::Gazette,
        page: PageKind::Site,
        title: "Da Lat laboratory to train doctors from four countries",
        byline: "Bao Chau Dinh",
        summary: "Eleven courses, two scanners on loan, and sixty-one doctors for sixteen places.",
        also_in: &[],
        published: AUGUST_2.at(11, 0, 0, 0),
        raw_text: include_str!("assets/stories/iaea-laboratory.txt"),
    },
    Story {
        slug: "tutor-website",
        outlet: Outlet::Lantern,
        page: PageKind::Site,
        title: "Forty pupils, one tutor, no animations",
        byline: "Hana Ferreira",
        summary: "How a village got a website with a telephone number on it.",
        also_in: &[],
        published: AUGUST_2.at(17, 15, 0, 0),
        raw_text: include_str!("assets/stories/tutor-website.txt"),
    },
    Story {
        slug: "budget-vote",
        outlet: Outlet::Gazette,
        page: PageKind::Site,
        title: "Council passes the budget after a night of two blackouts",
        byline: "Thanh Lam",
        summary: "Schools get a tenth more, and the bridge at Go Tre will be widened.",
        also_in: &[],
        published: AUGUST_3.at(7, 40, 0, 0),
        raw_text: include_str!("assets/stories/budget-vote.txt"),
    },
    Story {
        slug: "cyber-school",
        outlet: Outlet::Gazette,
        page: PageKind::Site,
        title: "Where civil servants learn to lose a network",
        byline: "Mele Tavita",
        summary: "Two weeks on the nineteenth floor, in a room without windows.",
        also_in: &[],
        published: AUGUST_3.at(10, 0, 0, 0),
        raw_text: include_str!("assets/stories/cyber-school.txt"),
    },
    Story {
        slug: "coast-road",
        outlet: Outlet::Lantern,
        page: PageKind::Site,
        title: "Nine bends, one chapel, thirty beds",
        byline: "Jules Aramburu",
        summary: "A drive to the end of the tarmac, and a walk from there.",
        also_in: &[],
        published: AUGUST_3.at(12, 0, 0, 0),
        raw_text: include_str!("assets/stories/coast-road.txt"),
    },
    Story {
        slug: "treaty-accession",
        outlet: Outlet::Wire,
        page: PageKind::Site,
        title: "Two more states to join the treaty of Bali",
        byline: "Anders Holm",
        summary: "One is from the Gulf, one from Europe.",
        also_in: &[],
        published: AUGUST_5.at(9, 5, 0, 0),
        raw_text: include_str!("assets/stories/treaty-accession.txt"),
    },
    Story {
        slug: "doc-film",
        outlet: Outlet::Lantern,
        page: PageKind::Site,
        title: "On her rounds, with a camera",
        byline: "Hana Ferreira",
        summary: "The best doc of the festival has no narrator and a flat tyre.",
        also_in: &[],
        published: AUGUST_5.at(19, 30, 0, 0),
        raw_text: include_str!("assets/stories/doc-film.txt"),
    },
];
