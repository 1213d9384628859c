//! The date in an article's address.

use super::super::{Sources, canonical};
use crate::extract::dates::{Found, Reader};
use crate::extract::origin::{Origin, Sourced};

/// The date in the address that the page came from, or that it gives as its own.
pub(super) fn address(sources: &Sources<'_>, dates: Reader) -> Option<Sourced<Found>> {
    let canonical = canonical(sources).map(|found| found.value);
    let path = sources.url.or(canonical.as_ref())?.path();
    Some(Sourced::new(in_path(path, dates)?, Origin::Address))
}

/// The full date in a path; a year and a month alone are none.
pub(super) fn in_path(path: &str, dates: Reader) -> Option<Found> {
    let parts: Vec<&str> = path
        .split(['/', '-', '_', '.'])
        .filter(|part| !part.is_empty())
        .collect();
    parts
        .windows(3)
        .find_map(|three| match three {
            [year, month, day]
                if year.len() == 4
                    && (1..=2).contains(&month.len())
                    && (1..=2).contains(&day.len()) =>
            {
                dates.find(&format!("{year}-{month}-{day}"))
            }
            // `2023/october/03`
            [year, month, day]
                if year.len() == 4 && (1..=2).contains(&day.len()) && is_word(month) =>
            {
                dates.find(&format!("{day} {month} {year}"))
            }
            _ => None,
        })
        .or_else(|| {
            parts
                .windows(3)
                .find_map(|three| day_before_year(three, dates))
        })
        .or_else(|| {
            parts
                .iter()
                .filter(|part| part.len() == 8)
                .find_map(|part| dates.find(part))
        })
}

fn is_word(part: &str) -> bool {
    part.len() >= 3 && part.chars().all(char::is_alphabetic)
}

/// `29-10-2021` in an address, where the numbers tell the day from the month: addresses of both orders exist.
fn day_before_year(three: &[&str], dates: Reader) -> Option<Found> {
    let [first, second, year] = three else {
        return None;
    };
    let numbers: [u32; 2] = [first.parse().ok()?, second.parse().ok()?];
    let tells = first.len() == 2 && second.len() == 2 && year.len() == 4;
    (tells && numbers.iter().any(|number| *number > 12))
        .then(|| dates.find(&format!("{first}-{second}-{year}")))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::dates::{Habits, Order};

    #[test]
    fn a_day_before_the_year_in_an_address_counts_where_the_numbers_tell_it_from_the_month() {
        let dates = Reader {
            habits: Habits::of("", Order::DayFirst),
            latest: None,
        };
        let day = |three: [&str; 3]| {
            day_before_year(&three, dates)
                .map(|found| found.when.to_string().chars().take(10).collect::<String>())
        };
        assert_eq!(day(["29", "10", "2021"]).as_deref(), Some("2021-10-29"));
        assert_eq!(day(["10", "29", "2021"]).as_deref(), Some("2021-10-29"));
        assert_eq!(day(["09", "10", "2021"]), None);
        assert_eq!(day(["29", "30", "2021"]), None);
    }
}
