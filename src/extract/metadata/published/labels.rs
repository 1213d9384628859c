//! The words beside a date that say what happened on it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::extract::dates::{Found, Placed, Reader, words};
use crate::extract::text::{ends_sentence, is_dense_script};

/// What the words beside a date say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Published,
    Changed,
}

/// The date of publication in a line, which may hold that of a change before it or behind it.
///
/// Labels stand before their dates or behind them; the first one of a line tells which.
pub(super) fn date_in(text: &str, dates: Reader) -> Option<Found> {
    let first = dates.find(text)?;
    if !(says_changed(text) || says_published(text)) {
        return Some(first);
    }
    let all = dates.all(text);
    if all.len() < 2 {
        return Some(first);
    }
    let labels = labels(text, &all);
    let labelled = |wanted| {
        all.iter()
            .zip(&labels)
            .find(|(_, said)| **said == wanted)
            .map(|(placed, _)| placed.found)
    };
    labelled(Some(Said::Published))
        .or_else(|| labelled(None))
        .or(Some(first))
}

/// What the labels of a line say of each of its dates.
fn labels(text: &str, all: &[Placed]) -> Vec<Option<Said>> {
    let between: Vec<Option<Said>> = std::iter::once(0)
        .chain(all.iter().map(|placed| placed.end))
        .zip(all.iter().map(|placed| placed.start).chain([text.len()]))
        .map(|(from, to)| said_last(text.get(from..to).unwrap_or_default()))
        .collect();
    let stand_before = between.first().is_some_and(Option::is_some);
    let own = usize::from(!stand_before);
    let behind_are_complete = between.iter().skip(1).all(Option::is_some);
    if own == 1 && !behind_are_complete {
        // `9 March 2026, updated 11 March 2026`: the first date needs no label.
        return between.into_iter().take(all.len()).collect();
    }
    between.into_iter().skip(own).take(all.len()).collect()
}

/// What the last label of a text says.
pub(super) fn said_last(text: &str) -> Option<Said> {
    let lower = text.to_lowercase();
    let last = |words: &Labels| {
        let found = words.0.as_ref()?.find_overlapping_iter(&lower);
        found.map(|found| (found.end(), found.len())).max()
    };
    match (last(&SAYS_PUBLISHED), last(&SAYS_CHANGED)) {
        (Some(published), Some(changed)) if published < changed => Some(Said::Changed),
        (Some(_), _) => Some(Said::Published),
        (None, Some(_)) => Some(Said::Changed),
        (None, None) => None,
    }
}

/// Tells whether words say that a date is that of publication.
pub(super) fn says_published(text: &str) -> bool {
    SAYS_PUBLISHED.stands_in(text)
}

/// Tells whether words say that a date is that of a change.
pub(super) fn says_changed(text: &str) -> bool {
    SAYS_CHANGED.stands_in(text)
}

/// Tells whether words say that something was published or changed.
pub(in crate::extract) fn says_when(text: &str) -> bool {
    says_published(text) || says_changed(text)
}

/// Words that are looked for all at once.
struct Labels(Option<AhoCorasick>);

impl Labels {
    fn new(words: &[&str]) -> Self {
        Self(AhoCorasick::new(words).ok())
    }

    fn stands_in(&self, text: &str) -> bool {
        let words = self.0.as_ref();
        words.is_some_and(|words| words.is_match(&text.to_lowercase()))
    }
}

static SAYS_PUBLISHED: LazyLock<Labels> = LazyLock::new(|| Labels::new(PUBLISHED_WORDS));
static SAYS_CHANGED: LazyLock<Labels> = LazyLock::new(|| Labels::new(CHANGED_WORDS));

/// Words of a line with a date beside those of the date, from which it tells a story.
const WORDS_OF_SENTENCE: usize = 2;

/// The same where no mark ends the line.
const WORDS_OF_STORY: usize = 5;

/// Tells whether a line is a sentence in which a date happens to stand: `On 4 July 1996 the yard burned.`
pub(super) fn is_sentence(text: &str, dates: Reader) -> bool {
    if says_published(text) || says_changed(text) {
        return false;
    }
    let all = dates.all(text);
    let starts = std::iter::once(0).chain(all.iter().map(|placed| placed.end));
    let ends = all.iter().map(|placed| placed.start).chain([text.len()]);
    let words: usize = starts
        .zip(ends)
        .filter_map(|(from, to)| text.get(from..to))
        .map(telling_words)
        .sum();
    let ends_so = ends_sentence(text) && !text.ends_with("..");
    words >= WORDS_OF_STORY || ends_so && words >= WORDS_OF_SENTENCE
}

/// Words in small letters; of scripts without capitals all words, and of those without spaces every third sign.
fn telling_words(text: &str) -> usize {
    let mut count = 0;
    for word in text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '\u{200C}'))
    {
        let Some(first) = word.chars().next() else {
            continue;
        };
        let length = word.chars().count();
        if !first.is_alphabetic() || words::is_weekday(&word.to_lowercase()) {
            continue;
        }
        if is_dense_script(first) {
            count += length / 3;
        } else if !first.is_uppercase() && length > 1 {
            count += 1;
        }
    }
    count
}

/// Beginnings of words that say a date is that of publication.
#[rustfmt::skip]
const PUBLISHED_WORDS: &[&str] = &[
    "publish", "posted", "published", "first seen", "veröffentlicht", "erschienen", "wurde am", "erstellt", "publiziert", "publié", "paru le", "mis en ligne", "mise en ligne", "publicad", "creado", "pubblica", "publicat", "gepubliceerd",
    "geplaatst", "opublikowan", "publikacj", "data dodania", "utworzon", "опубликован", "дата публикации", "создан", "опубліков", "дата публікації", "публикувана", "публикуван", "објављено", "objavljen", "zveřejněn", "publikováno", "vydáno", "publikované", "zverejnen", "uverejnen", "đăng ", "đăng:", "ngày đăng", "xuất bản",
    "julkaistu", "publicerad", "publicerat", "publicerades", "publisert", "publicert", "udgivet", "offentliggjort", "közzétéve", "megjelent", "publikálva", "δημοσίευ", "δημοσιεύ", "δημοσιευ", "yayın", "eklenme", "oluşturulma", "paylaşıldı", "dipublikasi", "diterbitkan", "terbit:", "tayang", "disiarkan", "diterbit",
    "发布", "發布", "发表", "發表", "發佈", "刊登", "刊出", "上传", "上線", "首发", "公開", "掲載", "配信", "投稿日", "初出", "작성", "입력", "등록", "게재", "게시", "승인", "송고", "발행", "نشر", "تاريخ الإضافة", "أضيف", "انتشار", "منتشر", "شائع", "شایع", "اشاعت", "شائع شدہ", "प्रकाशित", "प्रकाशन", "পব্লিশ", "প্রকাশ", "வெளியிடப்பட்ட", "பதிவு செய்த", "ప్రచురించ", "प्रसिद्ध", "પ્રકાશિત",
    "เผยแพร่", "ลงวันที่", "โพสต์", "פורסם", "הועלה", "publicerad", "paskelbta", "publicēts", "avaldatud", "birt ", "қолжетімді", "жарияланды", "dərc", "e'lon qilin", "imechapishwa", "ထုတ်ဝေ", "ចុះផ្សាយ", "გამოქვეყნ", "հրապարակ",
    "written on", "datum", "date:",
];

/// Beginnings of words that say a date is that of a change.
#[rustfmt::skip]
const CHANGED_WORDS: &[&str] = &[
    "updated", "update:", "modified", "revised", "reviewed", "last change", "last edit", "edited", "corrected", "stand:", "aktualisier", "änderung", "geändert", "bearbeitet", "überarbeitet", "mis à jour", "mise à jour", "mise a jour", "modifié", "màj", "maj le", "actualiza", "atualiza", "modificad", "aggiorna", "ultima modifica", "modificat", "bijgewerkt",
    "gewijzigd", "laatste update", "aktualizac", "zaktualizowan", "modyfikac", "zmodyfikowan", "обновлен", "обновлён", "изменен", "изменён", "оновлен", "змінен", "обновен", "ажурирано", "ažurirano", "aktualizov", "upraveno", "upravené", "cập nhật", "chỉnh sửa", "uppdatera", "oppdater", "sist endret", "opdater", "endret", "ændret", "päivitetty", "muokattu",
    "frissít", "módosít", "actualizat", "ενημέρωσ", "ενημερώ", "τροποποί", "ανανέωσ", "güncelle", "düzenlenme", "son değişiklik", "diperbarui", "pembaruan", "diperbaharui", "diubah", "dikemas kini", "update terakhir", "更新", "修改", "修订", "修訂", "編輯", "编辑于", "最終更新", "改訂", "수정", "업데이트", "최종", "갱신",
    "تحديث", "حدث", "تعديل", "به‌روز", "به روز", "بروز", "ویرایش", "اپ ڈیٹ", "اپڈیٹ", "अपडेट", "अद्यतन", "संशोधित", "আপডেট", "হালনাগাদ", "புதுப்பிக்க", "అప్డేట్", "అప్‌డేట్", "અપડેટ", "อัปเดต", "อัพเดต", "แก้ไข", "ปรับปรุง", "עודכן", "עדכון", "atnaujinta", "atjaunots", "uuendatud", "uppfært", "жаңартыл", "yenilən", "yangilan", "განახლ", "թարմաց", "imeboreshwa",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::dates::{Habits, Order};

    const DATES: Reader = Reader {
        habits: Habits {
            order: Order::DayFirst,
            is_hijri: false,
            is_taiwanese: false,
            is_thai: false,
        },
        latest: None,
    };

    #[test]
    fn of_a_line_with_two_dates_the_publication_is_taken_in_every_language() {
        for line in [
            "Updated 12 May 2024 9:30 | Published 10 May 2024 8:00",
            "Last modified: May 12, 2024. Posted: May 10, 2024",
            "Aktualisiert am 12.05.2024, veröffentlicht am 10.05.2024",
            "Mis à jour le 12 mai 2024 à 9h30, publié le 10 mai 2024 à 8h00",
            "Actualizado: 12 de mayo de 2024 - Publicado: 10 de mayo de 2024",
            "Atualizado em 12/05/2024 09h30 Publicado em 10/05/2024 08h00",
            "Aggiornato il 12 maggio 2024 · Pubblicato il 10 maggio 2024",
            "Bijgewerkt op 12 mei 2024, gepubliceerd op 10 mei 2024",
            "Aktualizacja: 12.05.2024, publikacja: 10.05.2024",
            "Обновлено: 12 мая 2024, 9:30. Опубликовано: 10 мая 2024, 8:00",
            "Оновлено 12 травня 2024, опубліковано 10 травня 2024",
            "Güncelleme: 12.05.2024 09:30 Yayınlanma: 10.05.2024 08:00",
            "آخر تحديث: 12 مايو 2024 | تاريخ النشر: 10 مايو 2024",
            "به‌روزرسانی: ۱۴۰۳/۰۲/۲۳ انتشار: ۱۴۰۳/۰۲/۲۱",
            "更新时间：2024-05-12 09:30 发布时间：2024-05-10 08:00",
            "更新日時 2024年5月12日 9:30 公開日時 2024年5月10日 8:00",
            "수정 2024.05.12 09:30 입력 2024.05.10 08:00",
            "Cập nhật: 12/05/2024 09:30 - Đăng ngày: 10/05/2024 08:00",
            "Diperbarui 12 Mei 2024, diterbitkan 10 Mei 2024",
            "अपडेट: 12 मई 2024, प्रकाशित: 10 मई 2024",
            "আপডেট: ১২ মে ২০২৪, প্রকাশ: ১০ মে ২০২৪",
            "อัปเดต 12 พ.ค. 2567 เผยแพร่ 10 พ.ค. 2567",
            "Ενημέρωση: 12/05/2024 Δημοσίευση: 10/05/2024",
            "Uppdaterad 12 maj 2024, publicerad 10 maj 2024",
            "Päivitetty 12.5.2024, julkaistu 10.5.2024",
            "Actualizat: 12 mai 2024, publicat: 10 mai 2024",
            "Frissítve: 2024. május 12., megjelent: 2024. május 10.",
            "Published 10 May 2024, updated 12 May 2024",
            "10 May 2024 (updated 12 May 2024)",
            "2024.05.12 수정 2024.05.10 입력",
        ] {
            let found = date_in(line, DATES).unwrap();
            assert_eq!(found.day().to_string(), "2024-05-10", "{line}");
        }
    }

    #[test]
    fn a_sentence_is_told_from_a_date_line() {
        for line in [
            "On 4 July 1996 the mill burned.",
            "Le 4 juillet 1996, le moulin a brûlé.",
            "Am 4. Juli 1996 brannte die alte Mühle.",
            "4 июля 1996 года сгорела мельница.",
            "1996年7月4日、川沿いの古い水車小屋が燃えた。",
        ] {
            assert!(is_sentence(line, DATES), "{line}");
        }
        for line in [
            "4 July 1996",
            "Thursday, July 4, 1996, 9:30 p.m.",
            "By Ada Lark, 4 July 1996",
            "Von Ada Lark am 4. Juli 1996",
            "Published on 4 July 1996 at noon by the desk.",
            "1996年7月4日 9時30分",
        ] {
            assert!(!is_sentence(line, DATES), "{line}");
        }
    }
}
