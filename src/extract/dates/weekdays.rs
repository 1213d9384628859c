//! The names of the days of the week.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Weekday;

use super::letters::folded_letters;

/// The day of the week by its name, in lower case; names of two words go by their first or their last.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    WEEKDAYS.get(word).copied()
}

static WEEKDAYS: LazyLock<HashMap<String, Weekday>> = LazyLock::new(|| {
    let days = NAMES.iter().zip(Weekday::Monday.cycle_forward());
    days.flat_map(|(names, day)| names.iter().map(move |name| (folded_letters(name), day)))
        .collect()
});

/// The names, Monday first.
#[rustfmt::skip]
const NAMES: [&[&str]; 7] = [
    &[
        "monday", "montag", "lundi", "lunes", "lunedì", "maandag", "måndag", "mandag", "maanantai", "poniedziałek", "pondělí", "понедельник", "понеділок", "pazartesi", "segunda",
        "senin", "isnin", "δευτέρα", "luni", "hétfő", "الاثنين", "الإثنين", "دوشنبه", "پیر", "सोमवार", "সোমবার", "月曜日", "星期一", "월요일",
    ],
    &[
        "tuesday", "dienstag", "mardi", "martes", "martedì", "dinsdag", "tisdag", "tirsdag", "tiistai", "wtorek", "úterý", "вторник", "вівторок", "salı", "terça",
        "selasa", "τρίτη", "marți", "kedd", "الثلاثاء", "سهشنبه", "منگل", "मंगलवार", "मङ्गलबार", "মঙ্গলবার", "火曜日", "星期二", "화요일",
    ],
    &[
        "wednesday", "mittwoch", "mercredi", "miércoles", "mercoledì", "woensdag", "onsdag", "keskiviikko", "środa", "středa", "среда", "середа", "çarşamba", "quarta",
        "rabu", "τετάρτη", "miercuri", "szerda", "الأربعاء", "چهارشنبه", "بدھ", "बुधवार", "बुधबार", "বুধবার", "水曜日", "星期三", "수요일",
    ],
    &[
        "thursday", "donnerstag", "jeudi", "jueves", "giovedì", "donderdag", "torsdag", "torstai", "czwartek", "čtvrtek", "четверг", "четвер", "perşembe", "quinta",
        "kamis", "khamis", "πέμπτη", "joi", "csütörtök", "الخميس", "پنجشنبه", "جمعرات", "गुरुवार", "बिहीबार", "বৃহস্পতিবার", "木曜日", "星期四", "목요일",
    ],
    &[
        "friday", "freitag", "vendredi", "viernes", "venerdì", "vrijdag", "fredag", "perjantai", "piątek", "pátek", "пятница", "п'ятниця", "cuma", "sexta",
        "jumat", "jumaat", "παρασκευή", "vineri", "péntek", "الجمعة", "جمعه", "جمعہ", "शुक्रवार", "शुक्रबार", "শুক্রবার", "金曜日", "星期五", "금요일",
    ],
    &[
        "saturday", "samstag", "sonnabend", "samedi", "sábado", "sabato", "zaterdag", "lördag", "lørdag", "lauantai", "sobota", "суббота", "субота", "cumartesi",
        "sabtu", "σάββατο", "sâmbătă", "szombat", "السبت", "شنبه", "ہفتہ", "शनिवार", "शनिबार", "শনিবার", "土曜日", "星期六", "토요일",
    ],
    &[
        "sunday", "sonntag", "dimanche", "domingo", "domenica", "zondag", "söndag", "søndag", "sunnuntai", "niedziela", "neděle", "воскресенье", "неділя", "pazar",
        "minggu", "ahad", "κυριακή", "duminică", "vasárnap", "الأحد", "یکشنبه", "اتوار", "रविवार", "आइतबार", "রবিবার", "日曜日", "星期日", "일요일",
    ],
];
