//! What the demonstration looks for, and in which stories it must be found.

/// A watch of the demonstration, with what must come of it.
#[derive(Debug, Clone, Copy)]
pub struct DemoWatch {
    /// Its name.
    pub name: &'static str,
    /// Its query.
    pub query: &'static str,
    /// The slugs of the stories on which it must fire; on every other it must stay silent.
    pub expected: &'static [&'static str],
}

/// The alias that one watch uses: name and query.
pub const EAST_SEA_ALIAS: (&str, &str) = (
    "east-sea",
    r#""East Sea" OR "South China Sea" OR "Biển Đông""#,
);

/// The watches, in the order of the configuration. Every one fires on the communique.
pub const WATCHES: &[DemoWatch] = &[
    DemoWatch {
        name: "ASEAN cybersecurity",
        query: "ASEAN AND cybersecurity",
        expected: &["asean-communique", "ministers-close-talks", "cyber-school"],
    },
    DemoWatch {
        name: "East Sea",
        query: "@east-sea",
        expected: &[
            "asean-communique",
            "ministers-close-talks",
            "bien-dong",
            "first-reading",
            "reef-survey",
        ],
    },
    DemoWatch {
        name: "COC",
        query: "=COC",
        expected: &[
            "asean-communique",
            "ministers-close-talks",
            "bien-dong",
            "first-reading",
        ],
    },
    DemoWatch {
        name: "TAC",
        query: "=TAC",
        expected: &["asean-communique", "treaty-accession"],
    },
    DemoWatch {
        name: "IAEA",
        query: "=IAEA",
        expected: &["asean-communique", "iaea-laboratory"],
    },
    DemoWatch {
        name: "UNCLOS",
        query: "UNCLOS",
        expected: &["asean-communique", "bien-dong", "small-islands"],
    },
    DemoWatch {
        name: "IAEA Practical Arrangements",
        query: "=PA",
        expected: &["asean-communique", "iaea-laboratory"],
    },
];

/// Every alert that must come, and no other: the name of the watch and the slug of the story.
pub fn expected_alerts() -> impl Iterator<Item = (&'static str, &'static str)> {
    WATCHES
        .iter()
        .flat_map(|watch| watch.expected.iter().map(|slug| (watch.name, *slug)))
}
