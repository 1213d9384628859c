//! Where feeds, watches and channels are written: for people, who change them there.

use std::sync::OnceLock;

/// Where each of a list is written, in their order: a file and a line.
///
/// There can be 100,000 of them, so that nothing of it stands in a text of its own before it is asked for.
#[derive(Debug, Clone, Default)]
pub struct WrittenPlaces {
    /// The files, each once for those that it holds one after the other.
    files: Vec<Box<str>>,
    /// Their names, one behind the other; empty for what is not asked for by its name.
    names: String,
    list: Vec<Written>,
    /// The places in the list in the order of the names; made when one is first asked for by its name.
    by_name: OnceLock<Box<[u32]>>,
}

/// Where one is written.
#[derive(Debug, Clone, Copy)]
struct Written {
    /// Where its name ends.
    name_end: u32,
    file: u32,
    line: u32,
}

impl WrittenPlaces {
    /// No places, with room for so many.
    #[must_use]
    pub fn with_room_for(count: usize) -> Self {
        Self {
            list: Vec::with_capacity(count),
            ..Self::default()
        }
    }

    /// Adds the next one.
    pub fn push(&mut self, name: &str, file: &str, line: usize) {
        if self.files.last().is_none_or(|last| **last != *file) {
            self.files.push(file.into());
        }
        self.names.push_str(name);
        self.list.push(Written {
            name_end: number(self.names.len()),
            file: number(self.files.len()),
            line: number(line),
        });
    }

    /// Where the one at this place of the list is written: `/etc/newswatch/newswatch.toml:41`.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<String> {
        let (file, line) = self.written(place)?;
        Some(format!("{file}:{line}"))
    }

    /// Where the one of this name is written, without the folders, which are no reader's business: `newswatch.toml:41`.
    #[must_use]
    pub fn of_name(&self, name: &str) -> Option<String> {
        let order = self.by_name.get_or_init(|| self.in_order_of_names());
        let found = order.binary_search_by(|place| self.name(index(*place)).cmp(name));
        let place = order.get(found.ok()?)?;
        let (file, line) = self.written(index(*place))?;
        let file = file.rsplit('/').next()?;
        Some(format!("{file}:{line}"))
    }

    fn written(&self, place: usize) -> Option<(&str, u32)> {
        let written = self.list.get(place)?;
        let file = self.files.get(index(written.file).checked_sub(1)?)?;
        Some((file, written.line))
    }

    fn name(&self, place: usize) -> &str {
        let end = |place: usize| self.list.get(place).map(|written| index(written.name_end));
        let start = place.checked_sub(1).map_or(Some(0), end);
        let name = start.zip(end(place)).map(|(start, end)| start..end);
        name.and_then(|name| self.names.get(name))
            .unwrap_or_default()
    }

    fn in_order_of_names(&self) -> Box<[u32]> {
        let mut order: Box<[u32]> = (0..number(self.list.len())).collect();
        order.sort_by_key(|place| self.name(index(*place)));
        order
    }
}

impl<'w> FromIterator<(&'w str, &'w str, usize)> for WrittenPlaces {
    /// Takes name, file and line of each.
    fn from_iter<I: IntoIterator<Item = (&'w str, &'w str, usize)>>(written: I) -> Self {
        let written = written.into_iter();
        let mut places = Self::with_room_for(written.size_hint().0);
        for (name, file, line) in written {
            places.push(name, file, line);
        }
        places
    }
}

/// No configuration is as large as this goes.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_found_by_its_place_and_by_its_name() {
        let places: WrittenPlaces = [
            ("b", "/etc/nw/newswatch.toml", 4),
            ("c", "/etc/nw/more.toml", 9),
            ("", "/etc/nw/more.toml", 12),
            ("ab", "managed.toml", 1),
        ]
        .into_iter()
        .collect();
        assert_eq!(places.get(1).as_deref(), Some("/etc/nw/more.toml:9"));
        assert_eq!(places.get(4), None);
        assert_eq!(places.of_name("b").as_deref(), Some("newswatch.toml:4"));
        assert_eq!(places.of_name("c").as_deref(), Some("more.toml:9"));
        assert_eq!(places.of_name("ab").as_deref(), Some("managed.toml:1"));
        assert_eq!(places.of_name("a"), None);
        assert_eq!(WrittenPlaces::default().of_name("a"), None);
    }
}
