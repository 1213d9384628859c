//! The words of dates: months, zones, and what stands between the numbers.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::letters::folded_letters;
use super::weekdays;

/// Before or after noon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meridiem {
    /// a.m.
    Before,
    /// p.m.
    After,
}

/// Endings of a day's number.
pub(super) const ORDINALS: &[&str] = &[
    "st",
    "nd",
    "rd",
    "th",
    "er",
    "ère",
    "º",
    "ª",
    "e",
    "ος",
    "ቀን",
    "ရက်",
    "ရက်နေ့",
    "में",
];

/// Words between day, month and year.
pub(super) const OF: &[&str] = &["de", "del", "of", "di", "van", "d", "den", "dne"];

/// Words before a year.
pub(super) const YEAR: &[&str] = &[
    "năm",
    "del",
    "año",
    "anno",
    "г",
    "សាល",
    "ឆ្នាំ",
    "ພສ",
    "ቀን",
    "سال",
    "سنة",
];

/// Words behind a year that stands before its month.
pub(super) const BEHIND_YEAR: &[&str] = &[
    "m",
    "gada",
    "g",
    "ko",
    "eko",
    "yil",
    "жылғы",
    "ж",
    "ခုနှစ်",
    "оны",
];

/// Tells characters that stand for a unit and are words of their own without a space around them.
pub(super) fn is_unit(c: char) -> bool {
    matches!(
        c,
        '年' | '月' | '日' | '년' | '월' | '일' | '時' | '时' | '分' | '시' | '분' | '点' | '點'
    )
}

/// The number of a month by its name or short name, in lower case.
pub(in crate::extract) fn month(word: &str) -> Option<u32> {
    MONTH_TABLE.get(word).copied()
}

/// Tells the names of weekdays, in lower case.
pub(in crate::extract) fn is_weekday(word: &str) -> bool {
    weekdays::weekday(word).is_some()
}

/// The offset of a zone known by its letters, in minutes.
///
/// Letters that stand for several zones mean the one that news pages use them for.
pub(super) fn zone_minutes(word: &str) -> Option<i32> {
    let minutes = match word {
        "z" | "gmt" | "utc" | "ut" | "wet" => 0,
        "bst" | "cet" | "mez" | "west" => 60,
        "cest" | "mesz" | "eet" | "sast" | "cat" => 2 * 60,
        "eest" | "msk" | "eat" | "мск" => 3 * 60,
        "gst" => 4 * 60,
        "pkt" => 5 * 60,
        "ist" => 5 * 60 + 30,
        "npt" => 5 * 60 + 45,
        "ict" | "wib" => 7 * 60,
        "sgt" | "hkt" | "pht" | "awst" | "myt" | "wita" => 8 * 60,
        "jst" | "kst" | "wit" => 9 * 60,
        "aest" => 10 * 60,
        "aedt" => 11 * 60,
        "nzst" => 12 * 60,
        "nzdt" => 13 * 60,
        "ndt" => -(2 * 60 + 30),
        "nst" => -(3 * 60 + 30),
        "brt" | "art" | "adt" => -3 * 60,
        "ast" | "edt" => -4 * 60,
        "est" | "cdt" | "et" => -5 * 60,
        "cst" | "mdt" => -6 * 60,
        "mst" | "pdt" => -7 * 60,
        "pst" | "akdt" => -8 * 60,
        "akst" => -9 * 60,
        "hst" => -10 * 60,
        _ => return None,
    };
    Some(minutes)
}

/// Names and short names of the months, January first, in lower case and composed, in about 50 languages.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &[
        "ene", "enero", "gen", "gener", "genn", "gennaio", "ian", "ianuarie", "jaanuar", "jaenner", "jan", "janeiro", "januar", "januara", "januari",
        "january", "január", "januára", "janv", "janvier", "janvāris", "janvārī", "jän", "jänner", "leden", "ledna", "oca", "ocak", "sausio", "siječanj",
        "siječnja", "sty", "styczeń", "stycznia", "tammikuu", "tammikuuta", "urtarrila", "ιαν", "ιανουαρίου", "студзеня", "січ", "січень", "січня", "янв",
        "январь", "января", "януари", "јануар", "јануара", "בינואר", "ינואר", "جانفي", "يناير", "जनवरी", "জানুয়ারি", "มกราคม",
    ],
    &[
        "feb", "febbr", "febbraio", "feber", "febr", "febrer", "febrero", "februar", "februara", "februari", "februarie", "february", "február", "februára",
        "februāris", "februārī", "fev", "fevereiro", "fevr", "fevrier", "fév", "févr", "février", "helmikuu", "helmikuuta", "lut", "lutego", "luty",
        "otsaila", "vasario", "veebruar", "veljača", "veljače", "únor", "února", "şub", "şubat", "φεβ", "φεβρουαρίου", "лют", "лютага", "лютий", "лютого",
        "фебруар", "фебруара", "фев", "февр", "февраль", "февраля", "февруари", "בפברואר", "פברואר", "شباط", "فبراير", "فيفري", "फरवरी", "फ़रवरी",
        "ফেব্রুয়ারি", "กุมภาพันธ์",
    ],
    &[
        "březen", "března", "kovo", "maaliskuu", "maaliskuuta", "maart", "mac", "maerz", "mar", "marca", "march", "marco", "marec", "maret", "mars", "mart",
        "marta", "martie", "marts", "martxoa", "martā", "marzec", "marzo", "març", "março", "mrt", "mrz", "márc", "március", "mär", "märts", "märz", "ožujak",
        "ožujka", "μαρ", "μαρτίου", "бер", "березень", "березня", "мар", "март", "марта", "сакавіка", "במרץ", "מרץ", "آذار", "مارس", "मार्च", "মার্চ",
        "มีนาคม",
    ],
    &[
        "abr", "abril", "apirila", "apr", "april", "aprila", "aprile", "aprilie", "aprill", "apríl", "apríla", "aprīlis", "aprīlī", "avr", "avril",
        "balandžio", "duben", "dubna", "huhtikuu", "huhtikuuta", "kwi", "kwiecień", "kwietnia", "nis", "nisan", "travanj", "travnja", "ápr", "április", "απρ",
        "απριλίου", "апр", "апрель", "апреля", "април", "априла", "кві", "квітень", "квітня", "красавіка", "אפריל", "באפריל", "أبريل", "أفريل", "إبريل",
        "ابريل", "نيسان", "अप्रैल", "এপ্রিল", "เมษายน",
    ],
    &[
        "gegužės", "květen", "května", "mag", "maggio", "mai", "maiatza", "maig", "maijs", "maijā", "maio", "maj", "maja", "may", "mayo", "mayıs", "mei",
        "máj", "mája", "május", "svibanj", "svibnja", "toukokuu", "toukokuuta", "μαΐ", "μαΐου", "μαϊου", "май", "мая", "мај", "маја", "тра", "травень",
        "травня", "במאי", "מאי", "أيار", "ماي", "مايو", "मई", "মে", "พฤษภาคม",
    ],
    &[
        "birželio", "cze", "czerwca", "czerwiec", "ekaina", "giu", "giugno", "haz", "haziran", "iun", "iunie", "juin", "jun", "juna", "june", "junho", "juni",
        "junio", "juny", "juuni", "jún", "júna", "június", "jūnijs", "jūnijā", "kesäkuu", "kesäkuuta", "lipanj", "lipnja", "červen", "června", "ιουν",
        "ιουνίου", "июн", "июнь", "июня", "чер", "червень", "червня", "чэрвеня", "юни", "јун", "јуна", "ביוני", "יוני", "جوان", "حزيران", "يونيه", "يونيو",
        "जून", "জুন", "มิถุนายน",
    ],
    &[
        "heinäkuu", "heinäkuuta", "iul", "iulie", "juil", "juillet", "jul", "jula", "julai", "julho", "juli", "julio", "juliol", "july", "juuli", "júl",
        "júla", "július", "jūlijs", "jūlijā", "liepos", "lip", "lipca", "lipiec", "lug", "luglio", "srpanj", "srpnja", "tem", "temmuz", "uztaila", "července",
        "červenec", "ιουλ", "ιουλίου", "июл", "июль", "июля", "лип", "липень", "липня", "ліпеня", "юли", "јул", "јула", "ביולי", "יולי", "تموز", "جويلية",
        "يوليه", "يوليو", "जुलाई", "জুলাই", "กรกฎาคม",
    ],
    &[
        "abuztua", "ago", "agost", "agosto", "agt", "agustus", "aout", "août", "aug", "august", "augusta", "augusti", "augusts", "augustus", "augustā",
        "augusztus", "avgust", "avgusta", "ağu", "ağustos", "elokuu", "elokuuta", "kolovoz", "kolovoza", "ogos", "rugpjūčio", "sie", "sierpień", "sierpnia",
        "srpen", "srpna", "αυγ", "αυγούστου", "авг", "август", "августа", "жніўня", "сер", "серпень", "серпня", "אוגוסט", "באוגוסט", "آب", "أغسطس", "أوت",
        "اغسطس", "अगस्त", "আগস্ট", "สิงหาคม",
    ],
    &[
        "eyl", "eylül", "iraila", "rugsėjo", "rujan", "rujna", "sep", "sept", "septembar", "september", "septembra", "septembre", "septembrie", "septembris",
        "septembrī", "septiembre", "set", "setembre", "setembro", "setiembre", "sett", "settembre", "syyskuu", "syyskuuta", "szept", "szeptember", "wrz",
        "wrzesień", "września", "září", "σεπ", "σεπτεμβρίου", "вер", "верасня", "вересень", "вересня", "сен", "сент", "сентябрь", "сентября", "септембар",
        "септембра", "септември", "בספטמבר", "ספטמבר", "أيلول", "سبتمبر", "सितंबर", "सितम्बर", "সেপ্টেম্বর", "กันยายน",
    ],
    &[
        "eki", "ekim", "lokakuu", "lokakuuta", "oct", "october", "octobre", "octombrie", "octubre", "okt", "oktobar", "oktober", "oktobra", "oktobris",
        "oktobrī", "oktoober", "október", "októbra", "ott", "ottobre", "out", "outubro", "paź", "październik", "października", "spalio", "urria", "říjen",
        "října", "οκτ", "οκτωβρίου", "жов", "жовтень", "жовтня", "кастрычніка", "окт", "октобар", "октобра", "октомври", "октябрь", "октября", "אוקטובר",
        "באוקטובר", "أكتوبر", "اكتوبر", "अक्टूबर", "अक्तूबर", "অক্টোবর", "ตุลาคม",
    ],
    &[
        "azaroa", "kas", "kasım", "lapkričio", "lis", "listopad", "listopada", "marraskuu", "marraskuuta", "noiembrie", "nopember", "nov", "novembar",
        "november", "novembra", "novembre", "novembris", "novembro", "novembrī", "noviembre", "studeni", "studenog", "studenoga", "νοε", "νοεμβρίου", "лис",
        "листопад", "листопада", "лістапада", "новембар", "новембра", "ноември", "ноя", "нояб", "ноябрь", "ноября", "בנובמבר", "נובמבר", "نوفمبر", "नवंबर",
        "नवम्बर", "নভেম্বর", "พฤศจิกายน",
    ],
    &[
        "abendua", "ara", "aralık", "dec", "decembar", "december", "decembra", "decembre", "decembrie", "decembris", "decembrī", "des", "desember",
        "desembre", "detsember", "dez", "dezember", "dezembro", "dic", "dicembre", "diciembre", "disember", "déc", "décembre", "gru", "grudnia", "grudzień",
        "gruodžio", "joulukuu", "joulukuuta", "prosinac", "prosinca", "prosince", "prosinec", "δεκ", "δεκεμβρίου", "гру", "грудень", "грудня", "дек",
        "декабрь", "декабря", "декември", "децембар", "децембра", "снежня", "בדצמבר", "דצמבר", "ديسمبر", "दिसंबर", "दिसम्बर", "ডিসেম্বর", "ธันวาคม",
    ],
];

/// The same in about 40 more languages, whole names.
#[rustfmt::skip]
const MORE_MONTHS: [&[&str]; 12] = [
    &[
        "جنوری", "ژانویه", "كانون الثاني", "كانون ثاني", "کانوونی دووەم", "जानेवारी", "জানুয়ারী", "જાન્યુઆરી", "ਜਨਵਰੀ", "ஜனவரி", "జనవరి", "ಜನವರಿ",
        "ജനുവരി", "ජනවාරි", "ဇန်နဝါရီ", "ဇန်နဝါရီလ", "មករា", "ខែមករា", "ມັງກອນ", "ม.ค", "იანვარი", "იანვრის", "հունվար", "հունվարի", "yanvar",
        "қаңтар", "январи", "јануари", "janar", "janúar", "ionawr", "xaneiro", "urtarrilaren", "januarie", "janairu", "ጃንዋሪ", "ιανουαριου",
        "tammikuun",
    ],
    &[
        "فروری", "فوریه", "فبروری", "شوبات", "फेब्रुवारी", "फेब्रुअरी", "ফেব্রুয়ারী", "ફેબ્રુઆરી", "ਫਰਵਰੀ", "பிப்ரவரி", "ఫిబ్రవరి", "ಫೆಬ್ರವರಿ",
        "ഫെബ്രുവരി", "පෙබරවාරි", "ဖေဖော်ဝါရီ", "ဖေဖော်ဝါရီလ", "កុម្ភៈ", "ខែកុម្ភៈ", "ກຸມພາ", "ก.พ", "თებერვალი", "თებერვლის", "փետրվար", "փետրվարի",
        "fevral", "ақпан", "феврали", "shkurt", "febrúar", "pebrero", "chwefror", "febreiro", "otsailaren", "fabrairu", "ፌብሩዋሪ", "φεβρουαριου",
        "helmikuun",
    ],
    &[
        "مارچ", "ئازار", "માર્ચ", "ਮਾਰਚ", "மார்ச்", "మార్చి", "ಮಾರ್ಚ್", "മാർച്ച്", "මාර්තු", "မတ်", "မတ်လ", "មីនា", "ខែមីនា", "ມີນາ", "มี.ค", "მარტი",
        "მარტის", "մարտ", "մարտի", "наурыз", "марти", "machi", "marso", "mawrth", "martxoaren", "maris", "ማርች", "μαρτιου", "maaliskuun",
    ],
    &[
        "اپریل", "آوریل", "نیسان", "एप्रिल", "अप्रिल", "એપ્રિલ", "ਅਪ੍ਰੈਲ", "ஏப்ரல்", "ఏప్రిల్", "ಏಪ್ರಿಲ್", "ഏപ്രിൽ", "අප්‍රේල්", "ဧပြီ", "ဧပြီလ",
        "មេសា", "ខែមេសា", "ເມສາ", "เม.ย", "აპრილი", "აპრილის", "ապրիլ", "ապրիլի", "aprel", "сәуір", "апрели", "prill", "aprili", "ebrill",
        "apirilaren", "afrilu", "ኤፕሪል", "απριλιου", "huhtikuun",
    ],
    &[
        "مئی", "مه", "می", "ئایار", "मे", "મે", "ਮਈ", "மே", "మే", "ಮೇ", "മേയ്", "මැයි", "မေ", "မေလ", "ឧសភា", "ខែឧសភា", "ພຶດສະພາ", "พ.ค", "მაისი",
        "მაისის", "մայիս", "մայիսի", "мамыр", "майи", "maí", "maiatzaren", "mayu", "ሜይ", "μαιου", "toukokuun",
    ],
    &[
        "جون", "ژوئن", "حوزەیران", "जुन", "જૂન", "ਜੂਨ", "ஜூன்", "జూన్", "ಜೂನ್", "ജൂൺ", "ජූනි", "ဇွန်", "ဇွန်လ", "មិថុនា", "ខែមិថុនា", "ມິຖຸນາ",
        "มิ.ย", "ივნისი", "ივნისის", "հունիս", "հունիսի", "iyun", "маусым", "июни", "јуни", "junij", "qershor", "júní", "hunyo", "mehefin", "xuño",
        "ekainaren", "junie", "yuni", "ጁን", "ιουνιου", "kesäkuun",
    ],
    &[
        "جولائی", "ژوئیه", "جولای", "يوليوز", "تەمووز", "जुलै", "જુલાઈ", "ਜੁਲਾਈ", "ஜூலை", "జూలై", "ಜುಲೈ", "ജൂലൈ", "ජූලි", "ဇူလိုင်", "ဇူလိုင်လ",
        "កក្កដា", "ខែកក្កដា", "ກໍລະກົດ", "ก.ค", "ივლისი", "ივლისის", "հուլիս", "հուլիսի", "iyul", "шілде", "июли", "јули", "julij", "korrik", "júlí",
        "hulyo", "gorffennaf", "xullo", "uztailaren", "julie", "yuli", "ጁላይ", "ιουλιου", "heinäkuun",
    ],
    &[
        "اگست", "اوت", "آگوست", "غشت", "ئاب", "ऑगस्ट", "अगस्ट", "অগস্ট", "ઓગસ્ટ", "ਅਗਸਤ", "ஆகஸ்ட்", "ఆగస్టు", "ಆಗಸ್ಟ್", "ഓഗസ്റ്റ്", "අගෝස්තු",
        "ဩဂုတ်", "သြဂုတ်လ", "សីហា", "ខែសីហា", "ສິງຫາ", "ส.ค", "აგვისტო", "აგვისტოს", "օգոստոս", "օգոստոսի", "avqust", "тамыз", "августи", "gusht",
        "ágúst", "agosti", "awst", "abuztuaren", "agusta", "ኦገስት", "αυγουστου", "elokuun",
    ],
    &[
        "ستمبر", "سپتامبر", "سپتمبر", "شتنبر", "ئەیلوول", "सप्टेंबर", "सेप्टेम्बर", "સપ્ટેમ્બર", "ਸਤੰਬਰ", "செப்டம்பர்", "సెప్టెంబర్", "ಸೆಪ್ಟೆಂಬರ್",
        "സെപ്റ്റംബർ", "සැප්තැම්බර්", "စက်တင်ဘာ", "စက်တင်ဘာလ", "កញ្ញា", "ខែកញ្ញា", "ກັນຍາ", "ก.ย", "სექტემბერი", "სექტემბრის", "սեպտեմբեր",
        "սեպտեմբերի", "sentyabr", "sentabr", "қыркүйек", "сентябри", "shtator", "septemba", "setyembre", "medi", "irailaren", "satumba", "ሴፕቴምበር",
        "σεπτεμβριου", "syyskuun",
    ],
    &[
        "اکتوبر", "اکتبر", "تشرين الأول", "تشرين أول", "تشرینی یەکەم", "ऑक्टोबर", "अक्टोबर", "ઓક્ટોબર", "ਅਕਤੂਬਰ", "அக்டோபர்", "అక్టోబర్", "ಅಕ್ಟೋಬರ್",
        "ഒക്ടോബർ", "ඔක්තෝබර්", "အောက်တိုဘာ", "အောက်တိုဘာလ", "តុលា", "ខែតុលា", "ຕຸລາ", "ต.ค", "ოქტომბერი", "ოქტომბრის", "հոկտեմբեր", "հոկտեմբերի",
        "oktyabr", "oktabr", "қазан", "октябри", "tetor", "oktoba", "oktubre", "hydref", "urriaren", "ኦክቶበር", "οκτωβριου", "lokakuun",
    ],
    &[
        "نومبر", "نوامبر", "تشرين الثاني", "تشرين ثاني", "نونبر", "تشرینی دووەم", "नोव्हेंबर", "नोभेम्बर", "નવેમ્બર", "ਨਵੰਬਰ", "நவம்பர்", "నవంబర్",
        "ನವೆಂಬರ್", "നവംബർ", "නොවැම්බර්", "နိုဝင်ဘာ", "နိုဝင်ဘာလ", "វិច្ឆិកា", "ខែវិច្ឆិកា", "ພະຈິກ", "พ.ย", "ნოემბერი", "ნოემბრის", "նոյեմբեր",
        "նոյեմբերի", "noyabr", "қараша", "ноябри", "nëntor", "nóvember", "novemba", "nobyembre", "tachwedd", "azaroaren", "nuwamba", "ኖቬምበር",
        "νοεμβριου", "marraskuun",
    ],
    &[
        "دسمبر", "دسامبر", "كانون الأول", "كانون أول", "دجنبر", "کانوونی یەکەم", "डिसेंबर", "डिसेम्बर", "ડિસેમ્બર", "ਦਸੰਬਰ", "டிசம்பர்", "డిసెంబర్",
        "ಡಿಸೆಂಬರ್", "ഡിസംബർ", "දෙසැම්බර්", "ဒီဇင်ဘာ", "ဒီဇင်ဘာလ", "ធ្នូ", "ខែធ្នូ", "ທັນວາ", "ธ.ค", "დეკემბერი", "დეკემბრის", "դեկտեմբեր",
        "դեկտեմբերի", "dekabr", "желтоқсан", "декабри", "dhjetor", "desemba", "disyembre", "rhagfyr", "decembro", "abenduaren", "disamba", "ዲሴምበር",
        "δεκεμβριου", "joulukuun",
    ],
];

/// The names, each with its month's number.
static MONTH_TABLE: LazyLock<HashMap<String, u32>> = LazyLock::new(|| numbered().collect());

fn numbered() -> impl Iterator<Item = (String, u32)> {
    let lists = MONTHS.iter().zip(1..).chain(MORE_MONTHS.iter().zip(1..));
    lists.flat_map(|(names, number)| names.iter().map(move |name| (folded_letters(name), number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_months() {
        for (name, number) in numbered() {
            assert_eq!(month(&name), Some(number), "{name}");
        }
    }

    #[test]
    fn a_zone_of_indonesia_is_seven_hours() {
        assert_eq!(zone_minutes("wib"), Some(420));
    }
}
