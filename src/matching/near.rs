//! Which places of two clauses are close together.

use super::place::Occurrence;

/// How close two clauses must be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closeness {
    /// The most words between.
    pub(crate) distance: u32,
    /// True if the left one must come first.
    pub(crate) is_ordered: bool,
}

impl Closeness {
    fn allows_order(self, left: &Occurrence, right: &Occurrence) -> bool {
        !self.is_ordered || left.extent.last < right.extent.first
    }
}

/// True if a place on the left is close to one on the right.
pub(crate) fn has_pair(left: &[Occurrence], right: &[Occurrence], closeness: Closeness) -> bool {
    let neighbours = Neighbours::new(right, closeness.distance);
    left.iter().any(|one| {
        neighbours
            .of(one, |other| closeness.allows_order(one, other))
            .next()
            .is_some()
    })
}

/// The pairs that are close together.
///
/// Each place is paired with the nearest on either side, not with all: what a longer chain of NEAR needs is an
/// end as near as possible.
pub(crate) fn pairs(
    left: &[Occurrence],
    right: &[Occurrence],
    closeness: Closeness,
) -> Vec<Occurrence> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let neighbours = Neighbours::new(right, closeness.distance);
    for (place, one) in left.iter().enumerate() {
        let near = neighbours.of(one, |other| closeness.allows_order(one, other));
        found.extend(near.map(|other| (place, other)));
    }
    let neighbours = Neighbours::new(left, closeness.distance);
    for (place, one) in right.iter().enumerate() {
        let near = neighbours.of(one, |other| closeness.allows_order(other, one));
        found.extend(near.map(|other| (other, place)));
    }
    found.sort_unstable();
    found.dedup();
    let mut pairs: Vec<Occurrence> = found
        .into_iter()
        .filter_map(|(one, other)| {
            let (left, right) = (left.get(one)?, right.get(other)?);
            Occurrence::of([left.parts(), right.parts()].concat())
        })
        .collect();
    pairs.sort();
    pairs.dedup();
    pairs
}

/// Places in order, to look for near ones.
struct Neighbours<'o> {
    sorted: &'o [Occurrence],
    /// The most positions that one of them spans.
    longest: u32,
    distance: u32,
}

impl<'o> Neighbours<'o> {
    fn new(sorted: &'o [Occurrence], distance: u32) -> Self {
        let length = |one: &Occurrence| one.extent.last - one.extent.first;
        Self {
            sorted,
            longest: sorted.iter().map(length).max().unwrap_or_default(),
            distance,
        }
    }

    /// The places in the list of the nearest before `one` and the nearest after its start that are close enough
    /// and allowed.
    fn of<'s>(
        &'s self,
        one: &'s Occurrence,
        is_allowed: impl Fn(&Occurrence) -> bool + 's,
    ) -> impl Iterator<Item = usize> + 's {
        let place = |other: &Occurrence| (other.extent.field, other.extent.first);
        let middle = self
            .sorted
            .partition_point(|other| place(other) < place(one));
        let (before, after) = self.sorted.split_at_checked(middle).unwrap_or_default();
        let reach = self.distance.saturating_add(1);
        let last = one.extent.last.saturating_add(reach);
        let first = one
            .extent
            .first
            .saturating_sub(reach.saturating_add(self.longest));
        let field = one.extent.field;
        let after = (middle..)
            .zip(after)
            .take_while(|(_, other)| other.extent.field == field && other.extent.first <= last)
            .find(|(_, other)| self.is_near(one, other) && is_allowed(other));
        let before = (0..middle)
            .zip(before)
            .rev()
            .take_while(|(_, other)| other.extent.field == field && other.extent.first >= first)
            .find(|(_, other)| self.is_near(one, other) && is_allowed(other));
        before.into_iter().chain(after).map(|(place, _)| place)
    }

    fn is_near(&self, one: &Occurrence, other: &Occurrence) -> bool {
        let (a, b) = (&one.extent, &other.extent);
        let (earlier, later) = if a.first <= b.first { (a, b) } else { (b, a) };
        let between = later.first.saturating_sub(earlier.last.saturating_add(1));
        between <= self.distance && are_apart(one, other)
    }
}

/// True if no word belongs to both.
fn are_apart(one: &Occurrence, other: &Occurrence) -> bool {
    one.parts().iter().all(|a| {
        other
            .parts()
            .iter()
            .all(|b| a.last < b.first || b.last < a.first)
    })
}
