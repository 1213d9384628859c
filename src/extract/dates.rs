//! Dates as pages write them, for machines and for people, in many languages.
//!
//! In goes a short text, out comes the first date in it with its time and UTC offset where they stand
//! beside it. What is no date, or lies before the web had news, is no date here: nothing is invented.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use crate::domain::LocalTimestamp;

use super::date_words::{self, Meridiem};

/// The earliest year taken for one of publication: older dates on web pages belong to the story.
const FIRST_YEAR: i16 = 1995;

/// The latest year; the caller, who knows the time, is stricter.
const LAST_YEAR: i16 = 2100;

/// Characters of a text that are searched.
const SEARCHED_CHARS: usize = 400;

/// How `1/2/2019` is read where the numbers do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The first of February, as nearly everywhere.
    DayFirst,
    /// The second of January, as in the United States.
    MonthFirst,
}

/// A date found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The point in time.
    pub(super) when: LocalTimestamp,
    /// Whether a time of day was written.
    pub(super) has_time: bool,
    /// Whether a UTC offset was written.
    pub(super) has_zone: bool,
    /// The index of the date's first token: a dateline stands at the beginning.
    pub(super) at: usize,
    /// All tokens of the text: few of them around a date make a date line.
    pub(super) of_tokens: usize,
}

/// Finds the first date in a text.
pub(super) fn find(text: &str, order: Order) -> Option<Found> {
    let tokens = tokenise(text);
    if !tokens
        .iter()
        .any(|token| matches!(token, Token::Number { .. }))
    {
        return None;
    }
    (0..tokens.len()).find_map(|at| {
        let (date, end) = date_at(&tokens, at, order)?;
        let time = time_after(&tokens, end)
            .or_else(|| time_before(&tokens, at))
            .unwrap_or_default();
        let when = time.on(date)?;
        Some(Found {
            when,
            has_time: time.time.is_some(),
            has_zone: time.offset.is_some(),
            at,
            of_tokens: tokens.len(),
        })
    })
}

/// Reads a value meant for machines: ISO 8601 in all its spellings, RFC 2822, seconds since the epoch, or
/// else whatever [`find`] finds.
pub(super) fn parse(value: &str, order: Order) -> Option<Found> {
    let value = value.trim();
    if let Some(found) = epoch(value) {
        return Some(found);
    }
    find(value, order)
}

fn epoch(value: &str) -> Option<Found> {
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = value.parse().ok()?;
    let at = match value.len() {
        9 | 10 => jiff::Timestamp::from_second(number),
        12 | 13 => jiff::Timestamp::from_millisecond(number),
        _ => return None,
    }
    .ok()?;
    let year = Offset::UTC.to_datetime(at).year();
    (FIRST_YEAR..=LAST_YEAR).contains(&year).then_some(Found {
        when: LocalTimestamp::utc(at),
        has_time: true,
        has_zone: true,
        at: 0,
        of_tokens: 1,
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number { value: u32, digits: usize },
    Word(String),
    Mark(char),
}

fn tokenise(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().take(SEARCHED_CHARS).peekable();
    while let Some(&c) = chars.peek() {
        if let Some(first) = digit(c) {
            chars.next();
            let (mut value, mut digits) = (first, 1);
            while let Some(next) = chars.peek().copied().and_then(digit) {
                chars.next();
                value = value.saturating_mul(10).saturating_add(next);
                digits += 1;
            }
            tokens.push(Token::Number { value, digits });
        } else if date_words::is_unit(c) {
            chars.next();
            tokens.push(Token::Word(c.to_string()));
        } else if is_letter(c) {
            let mut word = String::new();
            while let Some(&next) = chars.peek() {
                if !is_letter(next) || digit(next).is_some() || date_words::is_unit(next) {
                    break;
                }
                word.extend(next.to_lowercase());
                chars.next();
            }
            tokens.push(Token::Word(word));
        } else {
            chars.next();
            if !c.is_whitespace() && !matches!(c, '\u{200E}' | '\u{200F}') {
                tokens.push(Token::Mark(c));
            }
        }
    }
    tokens
}

/// Letters and the marks that belong to them in Indic and Thai scripts.
fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{0900}'..='\u{0DFF}' | '\u{0E00}'..='\u{0EFF}' | '\u{0300}'..='\u{036F}' | '\u{1000}'..='\u{109F}')
}

/// The value of a decimal digit of the scripts that newspapers write dates in.
fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{0660}'..='\u{0669}' => '\u{0660}',
        '\u{06F0}'..='\u{06F9}' => '\u{06F0}',
        '\u{0966}'..='\u{096F}' => '\u{0966}',
        '\u{09E6}'..='\u{09EF}' => '\u{09E6}',
        '\u{0E50}'..='\u{0E59}' => '\u{0E50}',
        '\u{1040}'..='\u{1049}' => '\u{1040}',
        '\u{FF10}'..='\u{FF19}' => '\u{FF10}',
        _ => return None,
    };
    Some(u32::from(c) - u32::from(zero))
}

/// The tokens from `at` on, read one after the other.
#[derive(Clone, Copy)]
struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
        match self.peek()? {
            Token::Number { value, digits: n } if digits.contains(n) => {
                self.at += 1;
                Some(*value)
            }
            _ => None,
        }
    }

    fn word(&mut self) -> Option<&'a str> {
        match self.peek()? {
            Token::Word(word) => {
                self.at += 1;
                Some(word)
            }
            _ => None,
        }
    }

    fn month_name(&mut self) -> Option<u32> {
        let mut ahead = *self;
        let month = date_words::month(ahead.word()?)?;
        *self = ahead;
        self.skip_mark('.');
        Some(month)
    }

    fn a_word_of(&mut self, words: &[&str]) -> bool {
        let found =
            matches!(self.peek(), Some(Token::Word(word)) if words.contains(&word.as_str()));
        self.at += usize::from(found);
        found
    }

    fn skip_mark(&mut self, mark: char) -> bool {
        let found = self.peek() == Some(&Token::Mark(mark));
        self.at += usize::from(found);
        found
    }

    fn skip_marks(&mut self, marks: &[char]) {
        while matches!(self.peek(), Some(Token::Mark(mark)) if marks.contains(mark)) {
            self.at += 1;
        }
    }
}

/// The date that begins at a token, and the index after it.
fn date_at(tokens: &[Token], at: usize, order: Order) -> Option<(Date, usize)> {
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

fn joined_before(tokens: &[Token], at: usize) -> bool {
    let mark = at.checked_sub(1).and_then(|index| tokens.get(index));
    let number = at.checked_sub(2).and_then(|index| tokens.get(index));
    matches!(mark, Some(Token::Mark('.' | '/' | '-')))
        && matches!(number, Some(Token::Number { .. }))
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
    r.a_word_of(date_words::ORDINALS);
    r.a_word_of(date_words::OF);
    let month = r.month_name()?;
    r.skip_marks(&['.', '-', ',', '/', '\'', '’']);
    r.a_word_of(date_words::OF);
    r.a_word_of(date_words::YEAR);
    let (year, end) = short_year(r).or_else(|| year_behind(r))?;
    Some((civil(year, month, day)?, end))
}

/// `July 31, 2019`, `Jul 31 17:56:00 2019`, `Juli 31st 2019`.
fn month_name_first(mut r: Reader<'_>) -> Option<(Date, usize)> {
    let month = r.month_name()?;
    r.skip_marks(&['-', '/', ',']);
    let day = r.number(1..=2)?;
    r.a_word_of(date_words::ORDINALS);
    r.skip_marks(&[',', '.', '-', '/']);
    r.a_word_of(date_words::OF);
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

/// A time of day and an offset, each if written.
#[derive(Debug, Default, Clone, Copy)]
struct Clock {
    time: Option<Time>,
    offset: Option<Offset>,
}

impl Clock {
    fn on(self, date: Date) -> Option<LocalTimestamp> {
        let offset = self.offset.unwrap_or(Offset::UTC);
        let local = date.to_datetime(self.time.unwrap_or(Time::midnight()));
        let at = offset.to_timestamp(local).ok()?;
        Some(LocalTimestamp { at, offset })
    }
}

/// Tokens between a date and its time: `31 July 2019 | updated at 17:56`.
const GAP: usize = 5;

/// The time of day behind a date.
fn time_after(tokens: &[Token], from: usize) -> Option<Clock> {
    compact_time(tokens, from).or_else(|| {
        (from..=from + GAP)
            .find_map(|at| time_at(tokens, at))
            .map(|(clock, _)| clock)
    })
}

/// The time of day that ends just before a date.
fn time_before(tokens: &[Token], date_at: usize) -> Option<Clock> {
    (date_at.saturating_sub(10)..date_at)
        .filter_map(|at| time_at(tokens, at))
        .find(|(_, end)| *end <= date_at && date_at - *end <= GAP)
        .map(|(clock, _)| clock)
}

/// `T105600Z` behind `20190731`.
fn compact_time(tokens: &[Token], from: usize) -> Option<Clock> {
    let mut r = Reader { tokens, at: from };
    if !r.a_word_of(&["t"]) {
        return None;
    }
    let value = r.number(6..=6)?;
    let time = clock_time(value / 10_000, value / 100 % 100, value % 100, 0)?;
    let offset = zone(&mut r);
    Some(Clock {
        time: Some(time),
        offset,
    })
}

/// `17:56`, `17:56:00.123`, `5:56 PM`, `17.56 Uhr`, `17h56`, with the zone behind it.
fn time_at(tokens: &[Token], at: usize) -> Option<(Clock, usize)> {
    let mut r = Reader { tokens, at };
    if joined_before(tokens, at) {
        return None;
    }
    let early = early_meridiem(tokens, at);
    let hour = r.number(1..=2)?;
    let colon = r.skip_mark(':');
    let hours_word = !colon && r.a_word_of(&["h", "時", "시", "点", "giờ", "uhr"]);
    let dot = !colon && !hours_word && r.skip_mark('.');
    let mut minute = if colon || dot || hours_word {
        r.number(2..=2)
    } else {
        None
    };
    if minute.is_some() {
        r.a_word_of(&["分", "분"]);
    }
    let mut second = 0;
    let mut nanos = 0;
    if colon && minute.is_some() {
        let mut ahead = r;
        if ahead.skip_mark(':')
            && let Some(value) = ahead.number(2..=2)
        {
            second = value;
            r = ahead;
            nanos = fraction(&mut r);
        }
    }
    let meridiem = meridiem(&mut r).or(early);
    let uhr = r.a_word_of(&["uhr", "h", "hrs", "uur"]);
    if minute.is_none() && (meridiem.is_some() || hours_word || uhr) && !colon && !dot {
        minute = Some(0);
    }
    if dot && !uhr && meridiem.is_none() {
        return None;
    }
    let hour = match meridiem {
        Some(Meridiem::After) if hour < 12 => hour + 12,
        Some(Meridiem::Before) if hour == 12 => 0,
        _ => hour,
    };
    let time = clock_time(hour, minute?, second.min(59), nanos)?;
    let offset = zone(&mut r);
    Some((
        Clock {
            time: Some(time),
            offset,
        },
        r.at,
    ))
}

fn fraction(r: &mut Reader<'_>) -> u32 {
    let mut ahead = *r;
    if !(ahead.skip_mark('.') || ahead.skip_mark(',')) {
        return 0;
    }
    let Some(Token::Number { value, digits }) = ahead.peek() else {
        return 0;
    };
    r.at = ahead.at + 1;
    let digits = u32::try_from(*digits).unwrap_or(u32::MAX);
    match 9_u32.checked_sub(digits) {
        Some(missing) => value.saturating_mul(10_u32.saturating_pow(missing)),
        None => 0,
    }
}

/// `오후 5:56`, `下午5:56`.
fn early_meridiem(tokens: &[Token], at: usize) -> Option<Meridiem> {
    match tokens.get(at.checked_sub(1)?)? {
        Token::Word(word) => match word.as_str() {
            "오후" | "下午" | "午後" | "晚上" => Some(Meridiem::After),
            "오전" | "上午" | "午前" | "凌晨" => Some(Meridiem::Before),
            _ => None,
        },
        _ => None,
    }
}

fn meridiem(r: &mut Reader<'_>) -> Option<Meridiem> {
    let mut ahead = *r;
    let word = ahead.word()?;
    let found = match word {
        "am" | "πμ" => Some(Meridiem::Before),
        "pm" | "μμ" => Some(Meridiem::After),
        "a" | "p" => {
            ahead.skip_mark('.');
            if !ahead.a_word_of(&["m"]) {
                return None;
            }
            ahead.skip_mark('.');
            Some(if word == "a" {
                Meridiem::Before
            } else {
                Meridiem::After
            })
        }
        _ => None,
    };
    if found.is_some() {
        *r = ahead;
    }
    found
}

/// `+07:00`, `+0700`, `Z`, `GMT+7`, `(UTC -3)`, `EST`.
fn zone(r: &mut Reader<'_>) -> Option<Offset> {
    let mut ahead = *r;
    ahead.skip_marks(&['(', ',', '|']);
    let named = match ahead.peek() {
        Some(Token::Word(word)) => date_words::zone_minutes(word),
        _ => None,
    };
    if named.is_some() {
        ahead.at += 1;
    }
    let is_base = named == Some(0);
    if named.is_none() || is_base {
        let mut signed = ahead;
        if let Some(minutes) = signed_offset(&mut signed, is_base) {
            *r = signed;
            return offset(minutes);
        }
    }
    let minutes = named?;
    *r = ahead;
    r.skip_mark(')');
    offset(minutes)
}

fn signed_offset(r: &mut Reader<'_>, after_base: bool) -> Option<i32> {
    let sign = match r.peek()? {
        Token::Mark('+') => 1,
        Token::Mark('-' | '−' | '–') => -1,
        _ => return None,
    };
    r.at += 1;
    let Token::Number { value, digits } = r.peek()? else {
        return None;
    };
    let value = i32::try_from(*value).ok()?;
    r.at += 1;
    let minutes = match digits {
        4 => value / 100 * 60 + value % 100,
        1 | 2 => {
            let mut ahead = *r;
            let rest = if ahead.skip_mark(':') {
                ahead.number(2..=2)
            } else {
                None
            };
            match rest {
                Some(rest) => {
                    *r = ahead;
                    value * 60 + i32::try_from(rest).ok()?
                }
                None if after_base || sign > 0 || (*digits == 2 && !goes_on(r)) => value * 60,
                None => return None,
            }
        }
        _ => return None,
    };
    // The largest offset in use is UTC+14.
    (minutes <= 14 * 60).then_some(sign * minutes)
}

/// Tells whether a number is the beginning of something longer: `17:56 - 07/31`, `17:56 - 07 July`.
fn goes_on(r: &Reader<'_>) -> bool {
    matches!(
        r.peek(),
        Some(Token::Mark('/' | '.' | '-' | ':') | Token::Word(_) | Token::Number { .. })
    )
}

fn offset(minutes: i32) -> Option<Offset> {
    Offset::from_seconds(minutes * 60).ok()
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

fn clock_time(hour: u32, minute: u32, second: u32, nanos: u32) -> Option<Time> {
    let (hour, day_end) = if hour == 24 && minute == 0 {
        (0, true)
    } else {
        (hour, false)
    };
    if day_end {
        return Time::new(23, 59, 59, 0).ok();
    }
    Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        i32::try_from(nanos).ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        find(text, Order::DayFirst).map_or_else(
            || "none".to_owned(),
            |found| found.when.to_string().replace("+00:00", "Z"),
        )
    }

    fn day(text: &str) -> String {
        read(text).chars().take(10).collect()
    }

    #[test]
    fn machine_dates_keep_their_time_and_offset() {
        for (written, expected) in [
            ("2019-07-31T17:56:00+07:00", "2019-07-31T17:56:00+07:00"),
            ("2019-07-31T17:56:00.123Z", "2019-07-31T17:56:00.123Z"),
            ("2019-07-31T17:56+0700", "2019-07-31T17:56:00+07:00"),
            ("2019-07-31 17:56:00-03", "2019-07-31T17:56:00-03:00"),
            ("20190731T105600Z", "2019-07-31T10:56:00Z"),
            (
                "Wed, 31 Jul 2019 17:56:00 +0700",
                "2019-07-31T17:56:00+07:00",
            ),
            ("Wed Jul 31 17:56:00 2019", "2019-07-31T17:56:00Z"),
        ] {
            assert_eq!(read(written), expected, "{written}");
        }
    }

    #[test]
    fn seconds_and_milliseconds_since_the_epoch_are_read_from_values_only() {
        for value in ["1564570560", "1564570560000"] {
            let found = parse(value, Order::DayFirst).unwrap();
            assert_eq!(found.when.at.as_second(), 1_564_570_560, "{value}");
        }
        assert_eq!(read("call 1564570560"), "none");
    }

    #[test]
    fn a_date_line_for_people_keeps_its_time_and_offset() {
        for line in [
            "July 31, 2019 5:56 PM GMT+7",
            "5:56 PM GMT+7, July 31, 2019",
            "Published 31 July 2019 at 17:56 (UTC +7)",
            "Wednesday, 31/07/2019 | 17:56 GMT+7",
            "Thứ Tư, ngày 31 tháng 7 năm 2019, 17:56 (GMT+7)",
        ] {
            assert_eq!(read(line), "2019-07-31T17:56:00+07:00", "{line}");
        }
    }

    #[test]
    fn months_are_read_in_many_languages() {
        for line in [
            "31. Juli 2019, 17:56 Uhr",
            "le 31 juillet 2019 à 17h56",
            "31 de julio de 2019",
            "31 luglio 2019",
            "31 lipca 2019",
            "31 июля 2019, 17:56",
            "31 липня 2019",
            "31 Temmuz 2019",
            "2019年7月31日 17:56",
            "2019년 7월 31일 오후 5:56",
            "2019. július 31.",
            "31. července 2019",
            "31 กรกฎาคม 2562",
            "٣١ يوليو ٢٠١٩",
            "31 जुलाई 2019",
            "31 Ιουλίου 2019",
            "31. heinäkuuta 2019",
        ] {
            assert_eq!(day(line), "2019-07-31", "{line}");
        }
    }

    #[test]
    fn the_afternoon_is_read_in_korean() {
        assert_eq!(read("2019년 7월 31일 오후 5:56"), "2019-07-31T17:56:00Z");
    }

    #[test]
    fn the_order_of_day_and_month_follows_the_hint_and_then_the_numbers() {
        let american = find("1/2/2019", Order::MonthFirst).unwrap();
        assert!(american.when.to_string().starts_with("2019-01-02"));
        assert_eq!(day("1/2/2019"), "2019-02-01");
        assert_eq!(day("7/31/2019"), "2019-07-31");
        assert_eq!(day("31.07.19"), "2019-07-31");
    }

    #[test]
    fn what_is_no_date_gives_none() {
        for text in [
            "",
            "version 1.2.2019.4",
            "10.0.0.1/2019",
            "in 2019",
            "31 February 2019",
            "31/31/2019",
            "0000-00-00",
            "July 31, 1789",
            "12/2019",
            "page 3 of 2019 results",
        ] {
            assert_eq!(read(text), "none", "{text}");
        }
    }

    #[test]
    fn a_zone_written_by_name_counts() {
        assert_eq!(
            read("July 31, 2019 at 5:56 p.m. EDT"),
            "2019-07-31T17:56:00-04:00"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "[0-9a-zA-Z:/.+, \\-年月日Tz]{0,60}") {
            let _found = find(&text, Order::MonthFirst);
        }
    }
}
