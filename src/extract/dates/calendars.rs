//! The calendars that newspapers count by beside the Gregorian one, and the names of their months.
//!
//! Persian, Japanese, Taiwanese, Thai, Ethiopian and Indian dates are told to the day. The months of the Islamic
//! and the Nepali calendar are fixed by looking, and Bengal has two countings: what is computed may be a day off,
//! so a weekday or a Gregorian date beside it is asked ([`Day::is_exact`]).

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use super::letters::folded_letters;
use super::{FIRST_YEAR, LAST_YEAR};

/// A calendar that is known by the names of its months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calendar {
    /// The one of nearly all newspapers; Thai ones count its years from the Buddha's death.
    Gregorian,
    /// The solar Hijri calendar of Iran and Afghanistan.
    Persian,
    /// The lunar Hijri calendar.
    Islamic,
    /// That of Ethiopia and Eritrea.
    Ethiopian,
    /// That of Bangladesh.
    Bengali,
    /// The Indian months: the year tells the Nepali counting from that of the Indian state.
    Indian,
}

/// A day in a calendar, told as a Gregorian one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) date: Date,
    /// Whether the calendar tells the day, and not just about which.
    pub(super) is_exact: bool,
}

/// The years between the Buddha's death and the birth of Christ, as Thailand counts.
const BUDDHIST_YEARS: i16 = 543;

/// The day of the Gregorian calendar; the year may be a Buddhist one.
pub(super) fn gregorian(year: u32, month: u32, day: u32) -> Option<Date> {
    let mut year = i16::try_from(year).ok()?;
    if (FIRST_YEAR + BUDDHIST_YEARS..=LAST_YEAR + BUDDHIST_YEARS).contains(&year) {
        year -= BUDDHIST_YEARS;
    }
    can_be(Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?)
}

/// The day of a calendar that its month's name told.
pub(super) fn day_in(calendar: Calendar, year: u32, month: u32, day: u32) -> Option<Day> {
    let exact = |date| Day {
        date,
        is_exact: true,
    };
    let about = |date| Day {
        date,
        is_exact: false,
    };
    match calendar {
        Calendar::Gregorian => gregorian(year, month, day).map(exact),
        Calendar::Persian => persian(year, month, day).map(exact),
        Calendar::Islamic => islamic(year, month, day).map(about),
        Calendar::Ethiopian => ethiopian(year, month, day).map(exact),
        Calendar::Bengali => bengali(year, month, day).map(about),
        Calendar::Indian => saka(year, month, day)
            .map(exact)
            .or_else(|| nepali(year, month, day).map(about)),
    }
}

/// A date of numbers whose year is that of a Hijri calendar: the solar one until its years reach those that the
/// lunar one had in 1995.
pub(super) fn hijri(year: u32, month: u32, day: u32) -> Option<Day> {
    /// The lunar year in which the web began to have news.
    const FIRST_LUNAR: u32 = 1416;
    let calendar = if year < FIRST_LUNAR {
        Calendar::Persian
    } else {
        Calendar::Islamic
    };
    day_in(calendar, year, month, day)
}

/// The year of an era of Japan by its name, and of the republic that counts on in Taiwan.
pub(super) fn year_of_era(era: &str, year: u32) -> Option<u32> {
    let before_first = match era {
        "令和" | "㋿" | "令" | "r" => 2018,
        "平成" | "㍻" | "平" | "h" => 1988,
        "昭和" | "㍼" => 1925,
        "民國" | "民国" | "中華民國" | "中华民国" | "주체" => TAIWANESE_YEARS,
        _ => return None,
    };
    (1..=200).contains(&year).then_some(before_first + year)
}

/// The years before the first of Taiwan's republic; North Korea counts from the same.
pub(super) const TAIWANESE_YEARS: u32 = 1911;

/// Moves a day that is only about right to the weekday named beside it, which is no farther than two days.
pub(super) fn on_weekday(date: Date, weekday: Weekday) -> Date {
    [0, 1, -1, 2, -2]
        .into_iter()
        .filter_map(|days| date.checked_add(days.days()).ok())
        .find(|date| date.weekday() == weekday)
        .unwrap_or(date)
}

fn can_be(date: Date) -> Option<Date> {
    (FIRST_YEAR..=LAST_YEAR)
        .contains(&date.year())
        .then_some(date)
}

fn days_after(from: Date, days: i64) -> Option<Date> {
    let span = Span::new().try_days(days).ok()?;
    can_be(from.checked_add(span).ok()?)
}

/// Six months of 31 days, five of 30, and a leap day eight times in 33 years: right from 1925 to 2088.
fn persian(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1374..=1467).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Counted from the first day of the year 979, which was 20 March 1600.
    let years = i64::from(year) - 979;
    let months = i64::from(month) - 1;
    let in_year = months * 30 + months.min(6);
    let days = years * 365 + years / 33 * 8 + (years % 33 + 3) / 4 + in_year + i64::from(day) - 1;
    days_after(Date::constant(1600, 3, 20), days)
}

/// The arithmetic calendar, which runs within a day of the ones that are looked for.
fn islamic(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1415..=1525).contains(&year) || !(1..=12).contains(&month) || !(1..=30).contains(&day) {
        return None;
    }
    let (year, month) = (i64::from(year), i64::from(month));
    let days =
        (year - 1) * 354 + (3 + 11 * year) / 30 + (59 * (month - 1) + 1) / 2 + i64::from(day) - 1;
    // 1 Muharram 1 was 19 July 622 in the Gregorian calendar.
    days_after(Date::constant(622, 7, 19), days)
}

/// Twelve months of 30 days and five or six days more.
fn ethiopian(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1987..=2093).contains(&year) || !(1..=13).contains(&month) || !(1..=30).contains(&day) {
        return None;
    }
    let year = i64::from(year);
    let days = 365 * (year - 1) + year / 4 + 30 * (i64::from(month) - 1) + i64::from(day) - 1;
    // 1 Meskerem 1 was 27 August 8 in the Gregorian calendar.
    days_after(Date::constant(8, 8, 27), days)
}

/// The calendar that Bangladesh mended in 2019: the year begins on 14 April.
fn bengali(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1402..=1507).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let begins = Date::new(i16::try_from(year + 593).ok()?, 4, 14).ok()?;
    let months = i64::from(month) - 1;
    // Six months of 31 days, then 30, and 29 in the eleventh but for leap years.
    let short = i64::from(month == 12 && !Date::new(begins.year() + 1, 1, 1).ok()?.in_leap_year());
    days_after(
        begins,
        months * 30 + months.min(6) - short + i64::from(day) - 1,
    )
}

/// The calendar of the Indian state: the year begins on 22 March, on the 21st in leap years.
fn saka(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1917..=2022).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // The months are counted from Vaishakha in the table of names, and the year begins a month before.
    let in_year = i64::from(month % 12);
    let gregorian = i16::try_from(year + 78).ok()?;
    let is_leap = Date::new(gregorian, 1, 1).ok()?.in_leap_year();
    let begins = Date::new(gregorian, 3, if is_leap { 21 } else { 22 }).ok()?;
    let first_has = if is_leap { 31 } else { 30 };
    let before = match in_year {
        0 => 0,
        1..=6 => first_has + (in_year - 1) * 31,
        _ => first_has + 5 * 31 + (in_year - 6) * 30,
    };
    days_after(begins, before + i64::from(day) - 1)
}

/// The Nepali calendar, whose months follow the sun in a round of four years.
fn nepali(year: u32, month: u32, day: u32) -> Option<Date> {
    const MONTHS_OF: [[u8; 12]; 4] = [
        [31, 32, 31, 32, 31, 30, 30, 30, 29, 29, 30, 30],
        [31, 32, 31, 32, 31, 30, 30, 30, 29, 30, 29, 31],
        [31, 31, 31, 32, 31, 31, 30, 29, 30, 29, 30, 30],
        [31, 31, 32, 31, 31, 31, 30, 29, 30, 29, 30, 30],
    ];
    if !(2052..=2157).contains(&year) || !(1..=32).contains(&day) {
        return None;
    }
    let in_round = usize::try_from(year % 4).ok()?;
    let months = MONTHS_OF.get(in_round)?;
    let before = months.get(..usize::try_from(month).ok()?.checked_sub(1)?)?;
    let begins = if in_round == 1 { 13 } else { 14 };
    let begins = Date::new(i16::try_from(year - 57).ok()?, 4, begins).ok()?;
    let days: i64 = before.iter().copied().map(i64::from).sum();
    days_after(begins, days + i64::from(day) - 1)
}

/// The month of another calendar by its name, folded.
pub(super) fn month(name: &str) -> Option<(Calendar, u32)> {
    MONTHS.get(name).copied()
}

static MONTHS: LazyLock<HashMap<String, (Calendar, u32)>> = LazyLock::new(|| {
    let mut months = HashMap::new();
    for (calendar, names) in NAMES {
        for (names, number) in names.iter().zip(1..) {
            for name in names.split('|') {
                months.insert(folded_letters(name), (*calendar, number));
            }
        }
    }
    months
});

/// The names of the months, first month first, those of one month parted by strokes.
#[rustfmt::skip]
const NAMES: &[(Calendar, &[&str])] = &[
    (Calendar::Persian, &[
        "فروردین|فروردين|حمل|وری", "اردیبهشت|ارديبهشت|ثور|غویی", "خرداد|جوزا|غبرګولی", "تیر|سرطان|چنګاښ", "مرداد|امرداد|اسد|زمری", "شهریور|سنبله|وږی",
        "مهر|میزان|تله", "آبان|عقرب|لړم", "آذر|قوس|لیندۍ", "دی|جدی|مرغومی", "بهمن|دلو|سلواغه", "اسفند|حوت|کب",
    ]),
    (Calendar::Islamic, &[
        "محرم|محرم الحرام|muharram|muharrem", "صفر|صفر المظفر|safar|safer", "ربيع الأول|ربیع الاول|ربيع اول|rabiulawal|rebiülevvel|rabi al awwal",
        "ربيع الآخر|ربيع الثاني|ربیع الثانی|rabiulakhir|rebiülahir|rabi al thani", "جمادى الأولى|جمادى الأول|جمادی الاول|jumadilawal|cemaziyelevvel",
        "جمادى الآخرة|جمادى الثانية|جمادى الآخر|جمادی الثانی|jumadilakhir|cemaziyelahir", "رجب|رجب المرجب|rajab|rejab|recep", "شعبان|شعبان المعظم|syaban|sya ban|şaban|shaban",
        "رمضان|رمضان المبارك|ramadan|ramadhan|ramazan", "شوال|شوال المكرم|syawal|şevval|shawwal", "ذو القعدة|ذي القعدة|ذیقعدہ|ذی قعدہ|ذوالقعدة|zulkaidah|zulkaedah|zilkade",
        "ذو الحجة|ذي الحجة|ذی الحجہ|ذوالحجہ|ذوالحجة|zulhijah|zulhijjah|zilhicce",
    ]),
    (Calendar::Ethiopian, &[
        "መስከረም", "ጥቅምት", "ኅዳር|ህዳር", "ታኅሣሥ|ታህሳስ|ታኅሳስ", "ጥር", "የካቲት", "መጋቢት", "ሚያዝያ|ሚያዚያ", "ግንቦት", "ሰኔ", "ሐምሌ|ሀምሌ", "ነሐሴ|ነሀሴ", "ጳጉሜን|ጳጉሜ",
    ]),
    (Calendar::Bengali, &[
        "বৈশাখ", "জ্যৈষ্ঠ", "আষাঢ়|আষাঢ", "শ্রাবণ", "ভাদ্র", "আশ্বিন", "কার্তিক", "অগ্রহায়ণ|অগ্রহায়ণ", "পৌষ", "মাঘ", "ফাল্গুন", "চৈত্র",
    ]),
    (Calendar::Indian, &[
        "वैशाख|बैशाख|बैसाख", "ज्येष्ठ|जेठ|जेष्ठ", "आषाढ|असार|आषाढ़", "श्रावण|साउन|सावन", "भाद्र|भदौ|भाद्रपद", "आश्विन|असोज", "कार्तिक|कात्तिक", "मंसिर|मङ्सिर|मार्गशीर्ष|अग्रहायण",
        "पौष|पुस|पुष", "माघ", "फाल्गुन|फागुन", "चैत्र|चैत",
    ]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_days_of_years_are_known() {
        let day = |calendar, year, month, day| {
            day_in(calendar, year, month, day).unwrap().date.to_string()
        };
        assert_eq!(day(Calendar::Persian, 1399, 1, 1), "2020-03-20");
        assert_eq!(day(Calendar::Persian, 1403, 12, 30), "2025-03-20");
        assert_eq!(day(Calendar::Persian, 1405, 1, 21), "2026-04-10");
        assert_eq!(day(Calendar::Ethiopian, 2018, 1, 1), "2025-09-11");
        assert_eq!(day(Calendar::Ethiopian, 2016, 1, 1), "2023-09-12");
        assert_eq!(day(Calendar::Bengali, 1432, 12, 27), "2026-04-10");
        assert_eq!(day(Calendar::Indian, 1948, 12, 20), "2026-04-10");
        assert_eq!(day(Calendar::Indian, 2081, 1, 1), "2024-04-13");
        assert_eq!(day(Calendar::Indian, 2082, 12, 27), "2026-04-10");
    }

    #[test]
    fn an_islamic_date_is_right_within_a_day_and_right_on_its_weekday() {
        // The first days of Ramadan as Mecca announced them.
        for (year, announced) in [
            (1445, "2024-03-11"),
            (1446, "2025-03-01"),
            (1447, "2026-02-18"),
        ] {
            let computed = day_in(Calendar::Islamic, year, 9, 1).unwrap();
            let announced: Date = announced.parse().unwrap();
            assert!(!computed.is_exact);
            assert_eq!(on_weekday(computed.date, announced.weekday()), announced);
        }
    }

    #[test]
    fn eras_give_their_years() {
        assert_eq!(year_of_era("令和", 8), Some(2026));
        assert_eq!(year_of_era("平成", 31), Some(2019));
        assert_eq!(year_of_era("民國", 115), Some(2026));
        assert_eq!(year_of_era("年", 8), None);
    }
}
