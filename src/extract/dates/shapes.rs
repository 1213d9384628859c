//! The shapes that dates are written in.

use jiff::civil::Date;

use super::clock::time_at;
use super::tokens::{Reader, Token, joined_before};
use super::{FIRST_YEAR, LAST_YEAR, Order, words};

/// The date that begins at a token, and the index after it.
pub(super) fn date_at(tokens: &[Token], at: usize, order: Order) -> Option<(Date, usize)> {
    let reader = Reader { tokens, at };
    // A number that goes on before it (a version, an amount) begins nothing.
    if at > 0 && matches!(tokens.get(at), Some(Token::Number { .. })) && joined_before(tokens, at) {
        return None;
    }
    [
        compact,
        year_first,
        day_month_name_year,
        month_name_first,
        year_month_name,
        vietnamese,
    ]
    .into_iter()
    .find_map(|shape| shape(reader))
    .or_else(|| numbers(reader, order))
}

/// `20190731`, in values for machines and in addresses.
fn compact(mut r: Reader<'_>) -> Option<(Date, usize)> {
    let value = r.number(8..=8)?;
    Some((civil(value / 10_000, value / 100 % 100, value % 100)?, r.at))
}

/// `2019-07-31`, `2019/7/31`, `2019. 7. 31.`, `2019年7月31日`.
fn year_first(mut r: Reader<'_>) -> Option<(Date, usize)> {
    let year = r.number(4..=4)?;
    separator(&mut r, &['-', '/', '.', '–', '_'], &["年", "년"])?;
    let month = r.number(1..=2)?;
    separator(&mut r, &['-', '/', '.', '–', '_'], &["月", "월"])?;
    let day = r.number(1..=2)?;
    r.a_word_of(&["日", "일"]);
    Some((civil(year, month, day)?, r.at))
}

fn separator(r: &mut Reader<'_>, marks: &[char], words: &[&str]) -> Option<()> {
    match r.peek()? {
        Token::Mark(mark) if marks.contains(mark) => r.at += 1,
        Token::Word(word) if words.contains(&word.as_str()) => r.at += 1,
        _ => return None,
    }
    Some(())
}

/// `31 July 2019`, `31. Juli 2019`, `31 de julio de 2019`, `31-Jul-2019`.
fn day_month_name_year(mut r: Reader<'_>) -> Option<(Date, usize)> {
    let day = r.number(1..=2)?;
    r.skip_marks(&['.', '-', 'º', '°', '/', ',']);
    r.a_word_of(words::ORDINALS);
    r.a_word_of(words::OF);
    let month = r.month_name()?;
    r.skip_marks(&['.', '-', ',', '/', '\'', '’']);
    r.a_word_of(words::OF);
    r.a_word_of(words::YEAR);
    let (year, end) = short_year(r).or_else(|| year_behind(r))?;
    Some((civil(year, month, day)?, end))
}

/// `July 31, 2019`, `Jul 31 17:56:00 2019`, `Juli 31st 2019`.
fn month_name_first(mut r: Reader<'_>) -> Option<(Date, usize)> {
    let month = r.month_name()?;
    r.skip_marks(&['-', '/', ',']);
    let day = r.number(1..=2)?;
    r.a_word_of(words::ORDINALS);
    r.skip_marks(&[',', '.', '-', '/']);
    r.a_word_of(words::OF);
    let (year, end) = year_behind(r)?;
    Some((civil(year, month, day)?, end))
}

/// `2019. július 31.`, `2019 m. liepos 31 d.`, `2019, July 31`.
fn year_month_name(mut r: Reader<'_>) -> Option<(Date, usize)> {
    let year = r.number(4..=4)?;
    r.skip_marks(&['.', ',', '-']);
    r.a_word_of(&["m"]);
    r.skip_mark('.');
    let month = r.month_name()?;
    r.skip_marks(&['.', ',', '-']);
    let day = r.number(1..=2)?;
    Some((civil(year, month, day)?, r.at))
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
    Some((civil(year, month, day)?, r.at))
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
    Some((civil(year, month, day)?, r.at))
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

fn civil(year: u32, month: u32, day: u32) -> Option<Date> {
    let mut year = i16::try_from(year).ok()?;
    // The Thai calendar counts 543 years more.
    if (FIRST_YEAR + 543..=LAST_YEAR + 543).contains(&year) {
        year -= 543;
    }
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
