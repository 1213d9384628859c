//! The shapes that dates are written in.

use jiff::civil::Date;

use super::calendars::{self, Calendar, Day, TAIWANESE_YEARS, gregorian};
use super::clock::time_at;
use super::tokens::{Reader, Token, Tokens, joined_before};
use super::{Habits, Order, words};

/// The date that begins at a token, and the index after it.
pub(super) fn date_at(tokens: &Tokens, at: usize, habits: Habits) -> Option<(Day, usize)> {
    let reader = Reader {
        tokens: &tokens.all,
        at,
    };
    // A number that goes on before it (a version, an amount) begins nothing.
    if at > 0
        && matches!(tokens.all.get(at), Some(Token::Number { .. }))
        && joined_before(&tokens.all, at)
    {
        return None;
    }
    let exact = |(date, end)| {
        let day = Day {
            date,
            is_exact: true,
        };
        (day, end)
    };
    compact(reader)
        .or_else(|| year_first(reader))
        .or_else(|| vietnamese(reader))
        .or_else(|| mongolian(reader))
        .or_else(|| thai(reader, habits.is_thai || tokens.is_thai))
        .map(exact)
        .or_else(|| {
            [day_month_name_year, month_name_first, year_month_name]
                .into_iter()
                .find_map(|shape| shape(reader))
        })
        .or_else(|| hijri(reader, habits.is_hijri || tokens.is_arabic))
        .or_else(|| taiwanese(reader, habits.is_taiwanese).map(exact))
        .or_else(|| numbers(reader, habits.order).map(exact))
}

/// `20190731`, in values for machines and in addresses.
fn compact(mut r: Reader<'_>) -> Option<(Date, usize)> {
    let value = r.number(8..=8)?;
    Some((
        gregorian(value / 10_000, value / 100 % 100, value % 100)?,
        r.at,
    ))
}

/// `2019-07-31`, `2019/7/31`, `2019. 7. 31.`, `2019年7月31日`, `令和元年7月31日`.
fn year_first(mut r: Reader<'_>) -> Option<(Date, usize)> {
    let year = year_of_era(&mut r)
        .or_else(|| r.number(4..=4))
        .or_else(|| unnamed_era(&mut r))?;
    bracketed(&mut r);
    separator(&mut r, &['-', '/', '.', '–', '_'], &["年", "년"])?;
    let month = r.number(1..=2)?;
    separator(&mut r, &['-', '/', '.', '–', '_'], &["月", "월"])?;
    let day = r.number(1..=2)?;
    r.a_word_of(&["日", "일"]);
    Some((gregorian(year, month, day)?, r.at))
}

/// `令和8`, `民國115`, `주체115`, `R8`.
fn year_of_era(r: &mut Reader<'_>) -> Option<u32> {
    let mut ahead = *r;
    let era = ahead.word()?;
    let year = ahead.number(1..=3)?;
    // A letter alone is an era only before numbers and full stops: `R8.7.31`.
    if era.is_ascii() && ahead.peek() != Some(&Token::Mark('.')) {
        return None;
    }
    let year = calendars::year_of_era(era, year)?;
    *r = ahead;
    Some(year)
}

/// `115年7月31日`: no other calendar counts so.
fn unnamed_era(r: &mut Reader<'_>) -> Option<u32> {
    let mut ahead = *r;
    let year = ahead.number(3..=3)?;
    let is_year = ahead.peek() == Some(&Token::Word("年".to_owned()));
    if !is_year || year > 200 {
        return None;
    }
    *r = ahead;
    Some(TAIWANESE_YEARS + year)
}

/// The same year in another counting, in brackets: `2019（令和元）年`.
fn bracketed(r: &mut Reader<'_>) {
    const LONGEST: usize = 4;
    let mut ahead = *r;
    if !(ahead.skip_mark('(') || ahead.skip_mark('（')) {
        return;
    }
    for _ in 0..LONGEST {
        if ahead.skip_mark(')') || ahead.skip_mark('）') {
            *r = ahead;
            return;
        }
        ahead.at += 1;
    }
}

fn separator(r: &mut Reader<'_>, marks: &[char], words: &[&str]) -> Option<()> {
    match r.peek()? {
        Token::Mark(mark) if marks.contains(mark) => r.at += 1,
        Token::Word(word) if words.contains(&word.as_str()) => r.at += 1,
        _ => return None,
    }
    Some(())
}

/// `31 July 2019`, `31. Juli 2019`, `31 de julio de 2019`, `31-Jul-2019`, `31 تموز/يوليو 2019`.
fn day_month_name_year(mut r: Reader<'_>) -> Option<(Day, usize)> {
    let day = r.number(1..=2)?;
    r.skip_marks(&['.', '-', 'º', '°', '/', ',', '،']);
    r.a_word_of(words::ORDINALS);
    r.a_word_of(words::OF);
    let (calendar, month) = r.month_name()?;
    let mut ahead = r;
    if ahead.skip_mark('/') && ahead.month_name().is_some() {
        r = ahead;
    }
    r.skip_marks(&['.', '-', ',', '/', '\'', '’', '،']);
    r.a_word_of(words::OF);
    words_of_year(&mut r);
    let (year, end) = short_year(r).or_else(|| year_behind(r))?;
    Some((calendars::day_in(calendar, year, month, day)?, end))
}

/// `July 31, 2019`, `Jul 31 17:56:00 2019`, `Juli 31st 2019`.
fn month_name_first(mut r: Reader<'_>) -> Option<(Day, usize)> {
    let (calendar, month) = r.month_name()?;
    r.skip_marks(&['-', '/', ',', '،']);
    let day = r.number(1..=2)?;
    r.a_word_of(words::ORDINALS);
    r.skip_marks(&[',', '.', '-', '/', '،', '၊', '፣']);
    r.a_word_of(words::OF);
    words_of_year(&mut r);
    let (year, end) = year_behind(r)?;
    Some((calendars::day_in(calendar, year, month, day)?, end))
}

/// `2019. július 31.`, `2019 m. liepos 31 d.`, `2019, July 31`, `2019 жылғы 31 шілде`.
fn year_month_name(mut r: Reader<'_>) -> Option<(Day, usize)> {
    let year = r.number(4..=4)?;
    r.skip_marks(&['.', ',', '-', '،', '၊']);
    r.a_word_of(words::BEHIND_YEAR);
    r.skip_marks(&['.', ',']);
    let mut ahead = r;
    if let Some(day) = ahead.number(1..=2) {
        ahead.skip_marks(&['.', '-']);
        let (calendar, month) = ahead.month_name()?;
        return Some((calendars::day_in(calendar, year, month, day)?, ahead.at));
    }
    let (calendar, month) = r.month_name()?;
    r.skip_marks(&['.', ',', '-']);
    let day = r.number(1..=2)?;
    Some((calendars::day_in(calendar, year, month, day)?, r.at))
}

fn words_of_year(r: &mut Reader<'_>) {
    r.a_word_of(words::YEAR);
    // `พ.ศ. 2562`, `ค.ศ. 2019`.
    let mut ahead = *r;
    if ahead.a_word_of(&["พ", "ค"]) && ahead.skip_mark('.') && ahead.a_word_of(&["ศ"]) {
        ahead.skip_mark('.');
        *r = ahead;
    }
}

/// `31 tháng 7, 2019`, `ngày 31 tháng 7 năm 2019`.
fn vietnamese(mut r: Reader<'_>) -> Option<(Date, usize)> {
    let day = r.number(1..=2)?;
    r.skip_marks(&[',', '-']);
    if !r.a_word_of(&["tháng", "thg"]) {
        return None;
    }
    let month = r.number(1..=2)?;
    r.skip_marks(&[',', '-', '/']);
    r.a_word_of(&["năm"]);
    let year = r.number(4..=4)?;
    Some((gregorian(year, month, day)?, r.at))
}

/// `2019 оны 7 сарын 31`, `2019 оны 7-р сарын 31`.
fn mongolian(mut r: Reader<'_>) -> Option<(Date, usize)> {
    let year = r.number(4..=4)?;
    if !r.a_word_of(&["оны", "он"]) {
        return None;
    }
    let month = r.number(1..=2)?;
    r.skip_mark('-');
    r.a_word_of(&["р", "дугаар", "дүгээр"]);
    if !r.a_word_of(&["сарын", "сар"]) {
        return None;
    }
    let day = r.number(1..=2)?;
    Some((gregorian(year, month, day)?, r.at))
}

/// Years of the Buddhist calendar that are written with their last two digits: `31 ก.ค. 62`, `31/07/62`.
fn thai(mut r: Reader<'_>, is_thai: bool) -> Option<(Date, usize)> {
    /// The century of the Buddhist calendar that began in 1957.
    const CENTURY: u32 = 2500;
    if !is_thai {
        return None;
    }
    let day = r.number(1..=2)?;
    let month = match r.month_name() {
        Some((Calendar::Gregorian, month)) => month,
        Some(_) => return None,
        None => {
            let mark = *[&'/', &'.', &'-']
                .into_iter()
                .find(|mark| r.skip_mark(**mark))?;
            let month = r.number(1..=2)?;
            if !r.skip_mark(mark) {
                return None;
            }
            month
        }
    };
    words_of_year(&mut r);
    let year = CENTURY + r.number(2..=2)?;
    Some((gregorian(year, month, day)?, r.at))
}

/// `1398/05/09`, `9/5/1398` where Hijri years are written.
fn hijri(mut r: Reader<'_>, is_hijri: bool) -> Option<(Day, usize)> {
    if !is_hijri {
        return None;
    }
    let numbers = three_numbers(&mut r)?;
    let day = match numbers {
        [(year, 4), (month, 1..=2), (day, 1..=2)] | [(day, 1..=2), (month, 1..=2), (year, 4)] => {
            calendars::hijri(year, month, day)?
        }
        _ => return None,
    };
    Some((day, r.at))
}

/// `108/07/31`, `108.7.31` where the years of the republic are written.
fn taiwanese(mut r: Reader<'_>, is_taiwanese: bool) -> Option<(Date, usize)> {
    if !is_taiwanese {
        return None;
    }
    let [(year @ 84..=189, 2..=3), (month, 1..=2), (day, 1..=2)] = three_numbers(&mut r)? else {
        return None;
    };
    Some((gregorian(TAIWANESE_YEARS + year, month, day)?, r.at))
}

/// Three numbers parted by one mark, each with the count of its digits.
fn three_numbers(r: &mut Reader<'_>) -> Option<[(u32, usize); 3]> {
    let mut numbers = [(0, 0); 3];
    let mut mark = None;
    for (index, number) in numbers.iter_mut().enumerate() {
        if index > 0 {
            let Some(Token::Mark(found @ ('/' | '.' | '-'))) = r.peek() else {
                return None;
            };
            if *mark.get_or_insert(*found) != *found {
                return None;
            }
            r.at += 1;
        }
        let Some(Token::Number { value, digits }) = r.peek() else {
            return None;
        };
        *number = (*value, *digits);
        r.at += 1;
    }
    Some(numbers)
}

/// `31/7/2019`, `31.07.19`, `7-31-2019`.
fn numbers(mut r: Reader<'_>, order: Order) -> Option<(Date, usize)> {
    let first = r.number(1..=2)?;
    let Some(Token::Mark(mark @ ('/' | '.' | '-'))) = r.peek() else {
        return None;
    };
    r.at += 1;
    let second = r.number(1..=2)?;
    if !r.skip_mark(*mark) {
        return None;
    }
    let year = match r.peek()? {
        Token::Number { value, digits: 4 } => *value,
        Token::Number { value, digits: 2 } if *value >= 1 => 2000 + *value,
        _ => return None,
    };
    r.at += 1;
    // More numbers behind a mark: an address or a version.
    if r.peek() == Some(&Token::Mark(*mark))
        && matches!(r.tokens.get(r.at + 1), Some(Token::Number { .. }))
    {
        return None;
    }
    let month_first = *mark == '/' && order == Order::MonthFirst;
    let (day, month) = if second > 12 || (month_first && first <= 12) {
        (second, first)
    } else {
        (first, second)
    };
    Some((gregorian(year, month, day)?, r.at))
}

/// Tells whether a date begins with two numbers of which either can be the day and either the month. With full
/// stops between them the day comes first everywhere.
pub(super) fn tells_no_order(tokens: &[Token], at: usize) -> bool {
    let mut r = Reader { tokens, at };
    let Some(first) = r.number(1..=2) else {
        return false;
    };
    if !(r.skip_mark('/') || r.skip_mark('-')) {
        return false;
    }
    r.number(1..=2)
        .is_some_and(|second| first != second && first <= 12 && second <= 12)
}

/// The year; or a time of day and the year behind it, as `ctime` writes. The second number is where a reader
/// of the time goes on.
fn year_behind(r: Reader<'_>) -> Option<(u32, usize)> {
    let mut ahead = r;
    if let Some(year) = ahead.number(4..=4) {
        return Some((year, ahead.at));
    }
    let (_, end) = time_at(r.tokens, r.at)?;
    ahead.at = end;
    Some((ahead.number(4..=4)?, r.at))
}

/// `-19` or `'19` behind a month's name.
fn short_year(mut r: Reader<'_>) -> Option<(u32, usize)> {
    let marked = matches!(
        r.at.checked_sub(1).and_then(|at| r.tokens.get(at)),
        Some(Token::Mark('-' | '/' | '\'' | '’'))
    );
    let year = r.number(2..=2).filter(|_| marked)?;
    Some((2000 + year, r.at))
}
