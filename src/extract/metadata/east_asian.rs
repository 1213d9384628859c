//! Names in the bylines of Chinese, Japanese and Korean papers: labels, roles and places are glued to them.

use crate::extract::text::is_dense_script;

/// Labels of the names that wrote, longest first.
#[rustfmt::skip]
const AUTHORS: &[&str] = &[
    "本報特約記者", "本報記者", "本报记者", "新华社记者", "特約記者", "特约记者", "實習記者", "实习记者", "见习记者", "見習記者", "通讯员", "通訊員", "特派記者", "特派员", "撰稿人", "編集委員", "論説委員", "特派員", "撰文", "撰稿",
    "作者", "文字", "採訪", "采访", "採訪報導", "記者", "记者", "文・写真", "取材・文", "取材", "筆者", "執筆", "글·사진", "글ㆍ사진", "취재", "기자", "글", "文",
];

/// Labels of names that did something else.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "責任編輯", "责任编辑", "責編", "责编", "編輯", "编辑", "核稿編輯", "校对", "校對", "来源", "來源", "摄影", "攝影", "摄", "图", "圖", "图片", "翻译", "翻譯", "編譯", "编译", "審核", "审核", "監製", "写真", "撮影", "編集", "翻訳", "사진", "편집", "정리", "번역", "출처",
];

/// Roles behind a name, longest first.
#[rustfmt::skip]
const ROLES: &[&str] = &[
    "선임기자", "인턴기자", "객원기자", "전문기자", "수습기자", "논설위원", "편집위원", "특파원", "기자", "앵커", "PD", "報導", "报道", "報道", "综合报道", "特派員", "編集委員", "論説委員", "記者", "记者",
];

/// Surnames of one sign that most Chinese names begin with.
const SURNAMES: &str = "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文";

/// The names in a byline that has signs of these scripts; none where it has not.
pub(super) fn names(byline: &str) -> Option<Vec<String>> {
    if !byline.chars().any(is_dense_script) {
        return None;
    }
    let line = outside_brackets(byline);
    let line = line.replace(
        ['、', '，', ',', ';', '；', '|', '｜', '\n', '&', '＆'],
        "\n",
    );
    let parts = line.split('\n').flat_map(labelled_parts);
    let is_written_by = |part: &&Part<'_>| part.label != Label::Other;
    let parts: Vec<Part<'_>> = parts.collect();
    let mut names = Vec::new();
    let is_other_before = |index: usize| {
        // Names in a list share the label of the first.
        let before = parts.get(..index).unwrap_or_default();
        let last = before.iter().rev().find(|part| part.label != Label::None);
        last.is_some_and(|part| part.label == Label::Other)
    };
    for (index, part) in parts.iter().enumerate() {
        let follows_other = part.label == Label::None && is_other_before(index);
        if is_written_by(&part) && !follows_other {
            names.extend(names_in(part.text));
        }
    }
    if names.is_empty() {
        names = parts.iter().flat_map(|part| names_in(part.text)).collect();
    }
    Some(names)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    None,
    Author,
    Other,
}

#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    label: Label,
    text: &'a str,
}

/// What stands in brackets goes, unless it is all: `【ロンドン=鈴木太郎】` keeps the name behind the place.
fn outside_brackets(text: &str) -> String {
    const OPEN: &[char] = &['【', '〔', '（', '(', '[', '［', '「', '＜', '<'];
    const CLOSE: &[char] = &['】', '〕', '）', ')', ']', '］', '」', '＞', '>'];
    let mut outside = String::new();
    let mut depth = 0_usize;
    for c in text.chars() {
        if OPEN.contains(&c) {
            depth += 1;
        } else if CLOSE.contains(&c) {
            depth = depth.saturating_sub(1);
        } else if depth == 0 {
            outside.push(c);
        }
    }
    if outside.chars().any(char::is_alphabetic) {
        return outside;
    }
    let inside = text.replace(OPEN, " ").replace(CLOSE, " ");
    match inside.rsplit_once(['=', '＝']) {
        Some((_, name)) => name.to_owned(),
        None => inside,
    }
}

/// The parts of a line that each have a label of their own: `来源：… 记者：…`.
fn labelled_parts(line: &str) -> Vec<Part<'_>> {
    let line = line.trim();
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut from = 0;
    let colons: Vec<usize> = line.match_indices([':', '：']).map(|(at, _)| at).collect();
    for at in colons {
        let before = line.get(from..at).unwrap_or_default();
        let label = label_at_end(before);
        let Some((label, length)) = label else {
            continue;
        };
        close(
            &mut parts,
            before.get(..before.len() - length).unwrap_or_default(),
        );
        let colon = line.get(at..).and_then(|rest| rest.chars().next());
        from = at + colon.map_or(1, char::len_utf8);
        parts.push(Part { label, text: "" });
    }
    close(&mut parts, line.get(from..).unwrap_or_default());
    parts
}

/// Gives a text to the label before it.
fn close<'a>(parts: &mut Vec<Part<'a>>, text: &'a str) {
    let text = text.trim();
    match parts.last_mut() {
        Some(part) if part.text.is_empty() => part.text = text,
        _ if !text.is_empty() => parts.push(Part {
            label: Label::None,
            text,
        }),
        _ => {}
    }
}

fn label_at_end(text: &str) -> Option<(Label, usize)> {
    let text = text.trim_end();
    let other = OTHERS.iter().find(|label| text.ends_with(*label));
    let author = AUTHORS.iter().find(|label| text.ends_with(*label));
    match (author, other) {
        (_, Some(other)) if author.is_none_or(|author| author.len() <= other.len()) => {
            Some((Label::Other, other.len()))
        }
        (Some(author), _) => Some((Label::Author, author.len())),
        _ => None,
    }
}

/// The names in a part: parted by slashes and spaces, freed of roles before and behind.
fn names_in(part: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for piece in part.split(['／', '/']) {
        let mut is_open = false;
        for word in piece.split_whitespace() {
            if word.contains('@') || is_place_of_report(word) {
                continue;
            }
            let word = without_roles(word);
            if word.is_empty() || !word.chars().any(char::is_alphabetic) {
                is_open = false;
                continue;
            }
            match names.last_mut() {
                Some(last) if is_open && goes_on(last, word) => {
                    last.push(' ');
                    last.push_str(word);
                }
                _ => names.push(word.to_owned()),
            }
            is_open = true;
        }
    }
    names.retain(|name| (2..=30).contains(&name.chars().count()));
    names
}

/// `台北報導`, `綜合報導`, `北京電`: where and how it was reported.
fn is_place_of_report(word: &str) -> bool {
    ["報導", "报导", "报道", "報道", "電", "电", "综合", "綜合"]
        .iter()
        .any(|end| word.ends_with(end))
        && !word.starts_with(['記', '记'])
}

fn without_roles(word: &str) -> &str {
    let mut word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_longer = |rest: &str| rest.chars().count() >= 2 || rest.is_empty();
    let before = AUTHORS
        .iter()
        .chain(OTHERS)
        .filter(|label| label.chars().count() > 1)
        .find_map(|label| word.strip_prefix(label).filter(|rest| is_longer(rest)));
    word = before.unwrap_or(word);
    if ["文", "글", "写真", "사진"].contains(&word) {
        return "";
    }
    let behind = ROLES
        .iter()
        .find_map(|role| word.strip_suffix(role).filter(|rest| is_longer(rest)));
    behind
        .unwrap_or(word)
        .trim_matches(|c: char| !c.is_alphanumeric())
}

/// Tells whether a word is the second half of a name: given names stand apart in Japan and in Latin letters.
fn goes_on(name: &str, word: &str) -> bool {
    let is_dense = |text: &str| text.chars().any(is_dense_script);
    if !is_dense(name) && !is_dense(word) {
        return true;
    }
    let is_hangul = |text: &str| text.chars().all(|c| ('\u{AC00}'..='\u{D7AF}').contains(&c));
    if is_hangul(name) || is_hangul(word) || !is_dense(name) || !is_dense(word) {
        return false;
    }
    let is_chinese = |text: &str| {
        text.chars()
            .next()
            .is_some_and(|first| SURNAMES.contains(first))
            && text.chars().count() <= 3
    };
    !(name.contains(' ') || is_chinese(name) && is_chinese(word) || name.chars().count() > 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_roles_and_places_are_taken_off() {
        for (line, expected) in [
            ("記者陳美華／高雄報導", "陳美華"),
            ("〔記者陳美華／台北報導〕", "陳美華"),
            ("作者：陈小美、周大山", "陈小美, 周大山"),
            ("撰文：陳美華", "陳美華"),
            ("（本报记者 陈小美 周大山）", "陈小美, 周大山"),
            ("来源：山海社　记者：陈小美　责任编辑：周大山", "陈小美"),
            ("文・写真　山田花子", "山田花子"),
            ("山田 花子", "山田 花子"),
            ("編集委員 山田花子", "山田花子"),
            ("【パリ=山田花子】", "山田花子"),
            ("한지민 기자 jimin@paper.example", "한지민"),
            ("한지민, 오세훈 기자", "한지민, 오세훈"),
            ("[파리=산해] 한지민 특파원", "한지민"),
            ("글·사진 한지민 기자", "한지민"),
            ("記者 陳美華", "陳美華"),
            ("文／陳美華", "陳美華"),
        ] {
            assert_eq!(names(line).unwrap().join(", "), expected, "{line}");
        }
        assert_eq!(names("By Ada Lark"), None);
    }
}
