//! What the authors of watches wrote, kept for what is told of hits.

/// The texts of the queries, one behind the other: each of 100,000 by itself would take up as much room again.
#[derive(Debug, Default)]
pub(crate) struct WrittenTexts {
    all: String,
    ends: Vec<usize>,
}

impl WrittenTexts {
    /// None yet, with room for so many.
    pub(crate) fn with_room_for(count: usize) -> Self {
        Self {
            all: String::new(),
            ends: Vec::with_capacity(count),
        }
    }

    /// Adds the text of the next query.
    pub(crate) fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len());
    }

    /// The text of the query at this place.
    pub(crate) fn of(&self, place: usize) -> &str {
        let end = |place: usize| self.ends.get(place).copied();
        let start = place.checked_sub(1).map_or(Some(0), end);
        let text = start.zip(end(place)).map(|(start, end)| start..end);
        text.and_then(|text| self.all.get(text)).unwrap_or_default()
    }
}
