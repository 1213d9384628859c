//! The four invented outlets, each with a feed format and a kind of page of its own.

/// A paper of the newsroom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlet {
    /// A government-style daily: RSS 2.0, full site pages and print pages.
    Gazette,
    /// A news agency: Atom, article pages with JSON-LD.
    Wire,
    /// A Vietnamese daily: RSS 1.0.
    HaiDang,
    /// A weekly about anything but politics: JSON Feed.
    Lantern,
}

impl Outlet {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 4] = [Self::Gazette, Self::Wire, Self::HaiDang, Self::Lantern];

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gazette => "Harbour Gazette",
            Self::Wire => "Monsoon Wire",
            Self::HaiDang => "Báo Hải Đăng",
            Self::Lantern => "The Lantern",
        }
    }

    /// The first segment of the path of its pages.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Gazette => "gazette",
            Self::Wire => "wire",
            Self::HaiDang => "haidang",
            Self::Lantern => "lantern",
        }
    }

    /// The path of its feed.
    #[must_use]
    pub fn feed_path(self) -> &'static str {
        match self {
            Self::Gazette => "/gazette/rss.xml",
            Self::Wire => "/wire/atom.xml",
            Self::HaiDang => "/haidang/index.rdf",
            Self::Lantern => "/lantern/feed.json",
        }
    }

    /// The language of its stories as a BCP 47 tag.
    #[must_use]
    pub fn language(self) -> &'static str {
        match self {
            Self::HaiDang => "vi",
            Self::Gazette | Self::Wire | Self::Lantern => "en",
        }
    }

    /// The hours by which its clock is ahead of UTC.
    pub(super) fn utc_offset_hours(self) -> i8 {
        match self {
            Self::Gazette | Self::HaiDang => 7,
            Self::Wire => 0,
            Self::Lantern => 8,
        }
    }
}
