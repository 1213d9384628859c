//! How pages say that the article is not on them, in many languages, folded: small letters, no marks.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Titles and sayings of one kind of page.
pub(super) struct Words {
    /// Parts of titles that say it by themselves, as a whole.
    pub(super) titles: &'static [&'static str],
    /// Longer beginnings of titles and headings.
    pub(super) beginnings: &'static [&'static str],
    /// Sentences on the page.
    pub(super) sayings: &'static [&'static str],
    /// Its place among [`ALL`].
    place: usize,
}

/// All kinds of pages that are known by what they say.
pub(super) const ALL: [&Words; 7] = [
    &CHALLENGE,
    &NOT_FOUND,
    &REMOVED,
    &REGION,
    &UNAVAILABLE,
    &LOG_IN,
    &BROWSER,
];

/// The kinds of pages that say what a text says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kinds(u8);

impl Kinds {
    /// The kinds of pages that a folded text has a saying of.
    pub(super) fn that_say(text: &str) -> Self {
        let Some(sayings) = SAYINGS.as_ref() else {
            return Self::default();
        };
        let found = sayings.finder.find_overlapping_iter(text);
        found.fold(Self::default(), |kinds, found| {
            let place = sayings.places.get(found.pattern().as_usize());
            Self(kinds.0 | place.map_or(0, |place| 1 << place))
        })
    }

    /// Tells whether this kind is among them.
    pub(super) fn has(self, words: &Words) -> bool {
        self.0 & (1 << words.place) != 0
    }
}

/// The sayings of all kinds, looked for at once.
struct Sayings {
    finder: AhoCorasick,
    /// The place of the kind of each.
    places: Vec<usize>,
}

static SAYINGS: LazyLock<Option<Sayings>> = LazyLock::new(|| {
    let all = || {
        ALL.iter()
            .flat_map(|words| words.sayings.iter().map(|saying| (words.place, *saying)))
    };
    Some(Sayings {
        finder: AhoCorasick::new(all().map(|(_, saying)| saying)).ok()?,
        places: all().map(|(place, _)| place).collect(),
    })
});

/// Checks whether the reader is a robot, and refusals.
#[rustfmt::skip]
pub(super) const CHALLENGE: Words = Words {
    place: 0,
    titles: &[
        "just a moment", "attention required", "access denied", "are you a robot", "are you a human", "are you human", "security check", "bot verification", "robot check", "ddos protection", "ddos guard", "please wait", "one more step", "403", "403 forbidden", "error 403", "forbidden", "un instant", "un momento", "nur einen moment", "einen moment bitte", "captcha", "human verification", "client challenge", "security checkpoint", "challenge validation", "zugriff verweigert", "accès refusé", "acceso denegado", "accesso negato", "acesso negado", "доступ запрещен", "доступ запрещён", "erişim engellendi", "访问被拒绝", "安全验证", "人机验证", "アクセスが拒否されました",
    ],
    beginnings: &[
        "access to this page has been denied", "pardon our interruption", "checking your browser", "verify you are human", "verify that you are", "verifying you are human", "verifying your browser", "you have been blocked", "sorry you have been blocked", "request blocked", "your request has been blocked", "your access to this site has been", "let s confirm you are human", "please verify you are", "confirm you are human", "making sure you re not a bot", "unusual traffic",
    ],
    sayings: &[
        "verify you are human", "verify that you are human", "verify that you are not a robot", "verify you re human", "you are not a robot", "you re not a robot", "i m not a robot", "confirm you are human", "enable javascript and cookies to continue", "enable cookies and javascript to continue", "enable js and disable any ad blocker", "please enable cookies", "checking your browser before", "checking if the site connection is secure", "unusual traffic from your", "unusual activity from your", "detected unusual activity", "detected unusual traffic", "performing security verification", "review the security of your connection", "you have been blocked", "you don t have permission to access", "press hold to confirm", "something about your browser made us think you were a bot", "think you were a bot", "might be a robot", "automated requests from", "request unsuccessful incapsula", "incident id", "your browser will be checked", "unable to access this website because",
        "kein roboter sind", "kein roboter bist", "ungewöhnliche aktivität", "ungewöhnlicher datenverkehr", "vous n êtes pas un robot", "vous êtes bien un humain", "trafic inhabituel", "no eres un robot", "no es un robot", "eres humano", "tráfico inusual", "non sei un robot", "não é um robô", "geen robot bent", "nie jesteś robotem", "nejste robot", "вы не робот", "ви не робот", "robot olmadığınızı", "bukan robot", "không phải là robot", "không phải robot", "ロボットではありません", "私はロボットではありません", "不是机器人", "不是機器人", "로봇이 아닙니다", "لست روبوت", "δεν είστε ρομπότ",
    ],
};

/// Pages that say that there is no such page.
#[rustfmt::skip]
pub(super) const NOT_FOUND: Words = Words {
    place: 1,
    titles: &[
        "404", "error 404", "404 error", "404 not found", "not found", "http 404", "oops", "page not found", "fehler 404", "erreur 404", "errore 404", "erro 404", "chyba 404", "ошибка 404", "помилка 404", "hata 404", "lỗi 404", "خطأ 404", "halaman tidak ditemukan", "không tìm thấy", "không tìm thấy trang", "ページが見つかりません", "お探しのページは見つかりませんでした", "页面不存在", "页面未找到", "找不到頁面", "找不到页面", "頁面不存在", "페이지를 찾을 수 없습니다", "ไม่พบหน้า", "ไม่พบหน้าที่คุณต้องการ", "الصفحة غير موجودة", "لم يتم العثور على الصفحة", "הדף לא נמצא", "صفحه یافت نشد", "पृष्ठ नहीं मिला", "η σελίδα δεν βρέθηκε", "az oldal nem található", "pagina nu a fost găsită", "страница не найдена", "сторінку не знайдено", "sayfa bulunamadı", "strona nie istnieje", "nie znaleziono strony", "stránka nenalezena", "stránka nebyla nalezena", "sivua ei löydy", "siden blev ikke fundet", "siden finnes ikke", "sidan hittades inte", "sidan kunde inte hittas", "seite nicht gefunden", "page introuvable", "page non trouvée", "página no encontrada", "pagina non trovata", "página não encontrada", "pagina niet gevonden",
    ],
    beginnings: &[
        "page not found", "the page you", "page cannot be found", "this page doesn t exist", "this page does not exist", "this page isn t available", "this page is not available", "sorry we can t find", "sorry we couldn t find", "we can t find that page", "we couldn t find", "sorry this page", "sorry the page", "article not found", "story not found", "content not found", "oops that page", "oops this page", "oops the page", "die seite wurde nicht gefunden", "diese seite existiert nicht", "diese seite gibt es nicht", "la página no existe", "la página que busca", "cette page n existe", "la pagina non esiste", "страница не существует", "お探しのページ", "요청하신 페이지를 찾을 수 없습니다", "您访问的页面", "trang bạn tìm", "halaman yang anda cari",
    ],
    sayings: &[
        "page you were looking for", "page you are looking for", "page you re looking for", "page you requested could not", "page you requested was not", "page could not be found", "page cannot be found", "page does not exist", "page doesn t exist", "page has moved or no longer exists", "no page matches", "die gewünschte seite", "die angeforderte seite", "die von ihnen gesuchte seite", "seite wurde nicht gefunden", "page que vous cherchez", "page que vous recherchez", "page demandée", "página que buscas", "página que busca", "página solicitada", "pagina che stai cercando", "pagina richiesta", "página que você procura", "página que procura", "pagina die u zoekt", "pagina die je zoekt", "sidan du söker", "siden du leter etter", "siden du leder efter", "szukana strona", "strony której szukasz", "požadovaná stránka", "stránka kterou hledáte", "keresett oldal", "pagina pe care o cauți", "страница которую вы ищете", "запрашиваемая страница", "сторінка яку ви шукаєте", "aradığınız sayfa", "η σελίδα που ζητήσατε", "η σελίδα που αναζητάτε", "halaman yang anda cari", "trang bạn đang tìm", "trang bạn tìm kiếm", "お探しのページ", "您访问的页面", "您要查看的页面", "您所访问的页面", "요청하신 페이지", "찾으시는 페이지", "الصفحة التي تبحث عنها", "หน้าที่คุณกำลังค้นหา", "הדף שחיפשת",
    ],
};

/// Pages that say that the article was taken away.
#[rustfmt::skip]
pub(super) const REMOVED: Words = Words {
    place: 2,
    titles: &["gone", "410", "410 gone", "error 410", "article removed", "article expired", "content removed", "content unavailable", "no longer available"],
    beginnings: &[
        "this article is no longer available", "this story is no longer available", "this content is no longer available", "this page is no longer available", "this article has been removed", "this story has been removed", "this article has expired", "article no longer available", "story no longer available", "content no longer available", "dieser artikel ist nicht mehr verfügbar", "artikel nicht mehr verfügbar", "cet article n est plus disponible", "este artículo ya no está disponible",
    ],
    sayings: &[
        "article is no longer available", "story is no longer available", "content is no longer available", "page is no longer available", "article has been removed", "story has been removed", "content has been removed", "article has expired", "story has expired", "article has been deleted", "article was removed from", "article is not available anymore", "page has been removed", "article you requested is no longer", "article you are looking for is no longer",
        "artikel ist nicht mehr verfügbar", "beitrag ist nicht mehr verfügbar", "inhalt ist nicht mehr verfügbar", "artikel wurde gelöscht", "artikel wurde entfernt", "meldung ist nicht mehr verfügbar", "article n est plus disponible", "article a été supprimé", "contenu n est plus disponible", "artículo ya no está disponible", "artículo ha sido eliminado", "noticia ya no está disponible", "contenido ya no está disponible", "articolo non è più disponibile", "contenuto non è più disponibile", "artigo não está mais disponível", "conteúdo não está mais disponível", "artigo já não está disponível", "notícia foi removida", "artikel is niet meer beschikbaar", "artikeln finns inte längre", "artikeln är inte längre tillgänglig", "artikkelen er ikke lenger tilgjengelig", "artiklen er ikke længere tilgængelig", "artykuł został usunięty", "artykuł jest już niedostępny", "článek již není k dispozici", "článek byl odstraněn", "a cikk már nem elérhető", "cikket eltávolították", "articolul nu mai este disponibil", "статья удалена", "статья была удалена", "материал удален", "материал удалён", "новость удалена", "статтю видалено", "матеріал видалено", "haber yayından kaldırıl", "haber kaldırıldı", "το άρθρο δεν είναι πλέον διαθέσιμο", "artikel ini sudah tidak tersedia", "artikel telah dihapus", "berita ini telah dihapus", "bài viết đã bị xóa", "bài viết không tồn tại", "bài viết không còn tồn tại", "bài viết đã được gỡ", "この記事は掲載期間を終了", "記事は削除されました", "掲載を終了しました", "公開を終了しました", "文章已被删除", "文章已删除", "该内容已被删除", "内容已下线", "文章不存在", "삭제된 기사", "기사가 삭제", "تم حذف المقال", "هذا المقال لم يعد متاح", "บทความนี้ถูกลบ", "ข่าวนี้ถูกลบ", "הכתבה הוסרה",
    ],
};

/// Pages that say that nobody is served where the reader is.
#[rustfmt::skip]
pub(super) const REGION: Words = Words {
    place: 3,
    titles: &["451", "error 451", "451 unavailable for legal reasons", "unavailable for legal reasons", "unavailable due to legal reasons", "not available in your region", "not available in your country"],
    beginnings: &["unavailable in your", "this content is not available in your", "this site is not available in your", "we are unable to serve", "unavailable for legal"],
    sayings: &[
        "not available in your region", "not available in your country", "not available in your location", "unavailable in your region", "unavailable in your country", "unavailable in your location", "unavailable for legal reasons", "unavailable due to legal reasons", "currently unavailable in most european countries", "unavailable in most european countries", "not available in the european union", "not available to visitors from", "not available for visitors from", "attempting to access this website from a country", "access from your country", "visitors in the european economic area", "we cannot grant you access", "we are currently unable to serve", "blocked in your country", "in your geographic region",
        "in ihrer region nicht verfügbar", "in ihrem land nicht verfügbar", "in deinem land nicht verfügbar", "pas disponible dans votre pays", "pas disponible dans votre région", "no está disponible en tu país", "no está disponible en su país", "no está disponible en tu región", "non è disponibile nel tuo paese", "não está disponível no seu país", "não está disponível em seu país", "niet beschikbaar in jouw regio", "niet beschikbaar in uw land", "niedostępna w twoim kraju", "недоступен в вашей стране", "недоступен в вашем регионе", "недоступний у вашій країні", "bulunduğunuz ülkede", "ülkenizde kullanılamıyor", "tidak tersedia di wilayah", "tidak tersedia di negara", "không khả dụng ở quốc gia", "không có sẵn ở khu vực", "お住まいの地域では", "お使いの地域では", "您所在的地区", "您所在的國家", "해당 지역에서는", "غير متاح في بلدك", "غير متوفر في منطقتك", "δεν είναι διαθέσιμο στη χώρα",
    ],
};

/// Pages of servers that are overloaded, being mended, or asked too often.
#[rustfmt::skip]
pub(super) const UNAVAILABLE: Words = Words {
    place: 4,
    titles: &[
        "503", "502", "500", "504", "429", "error 503", "error 502", "error 500", "error 504", "error 429", "503 service unavailable", "503 service temporarily unavailable", "502 bad gateway", "504 gateway timeout", "504 gateway time out", "500 internal server error", "internal server error", "service unavailable", "service temporarily unavailable", "temporarily unavailable", "bad gateway", "gateway timeout", "429 too many requests", "too many requests", "rate limit exceeded", "rate limited", "site maintenance", "maintenance", "maintenance mode", "under maintenance", "scheduled maintenance", "down for maintenance", "we ll be right back", "we ll be back soon", "be right back", "site offline", "application error", "server error", "error", "something went wrong", "web server is down", "wartungsarbeiten", "wartung", "wartungsmodus", "site en maintenance", "maintenance en cours", "en mantenimiento", "sitio en mantenimiento", "sito in manutenzione", "em manutenção", "in onderhoud", "przerwa techniczna", "údržba", "karbantartás", "технические работы", "технічні роботи", "bakım çalışması", "sedang dalam perbaikan", "đang bảo trì", "メンテナンス中", "ただいまメンテナンス中です", "系统维护", "系统维护中", "网站维护中", "점검 중", "시스템 점검", "الموقع تحت الصيانة", "ปิดปรับปรุง", "fehler", "erreur", "error interno del servidor",
    ],
    beginnings: &["we re down for maintenance", "we are down for maintenance", "site is down for maintenance", "sorry we re down", "we re sorry but something went wrong", "this site is experiencing", "error establishing a database connection", "briefly unavailable for scheduled maintenance", "web server is returning", "the service is temporarily"],
    sayings: &[
        "temporarily unavailable", "temporarily down", "down for maintenance", "undergoing maintenance", "undergoing scheduled maintenance", "scheduled maintenance", "performing maintenance", "we ll be back", "we will be back", "server is temporarily unable", "server encountered an internal error", "server is overloaded", "too many requests", "exceeded the rate limit", "rate limit exceeded", "sent too many requests", "please try again later", "try again in a few minutes", "error establishing a database connection", "backend fetch failed", "guru meditation", "an error occurred while processing your request", "upstream connect error", "web server is down", "origin web server",
        "wartungsarbeiten", "vorübergehend nicht erreichbar", "vorübergehend nicht verfügbar", "versuchen sie es später", "zu viele anfragen", "momentanément indisponible", "temporairement indisponible", "réessayez plus tard", "réessayer plus tard", "trop de requêtes", "temporalmente fuera de servicio", "no está disponible temporalmente", "temporalmente no disponible", "inténtelo más tarde", "inténtalo más tarde", "demasiadas solicitudes", "temporaneamente non disponibile", "riprova più tardi", "temporariamente indisponível", "tente novamente mais tarde", "tijdelijk niet beschikbaar", "probeer het later", "försök igen senare", "prøv igen senere", "prøv igjen senere", "chwilowo niedostępna", "spróbuj ponownie później", "dočasně nedostupná", "zkuste to později", "átmenetileg nem elérhető", "próbálja meg később", "временно недоступен", "попробуйте позже", "слишком много запросов", "тимчасово недоступний", "спробуйте пізніше", "geçici olarak kullanılamıyor", "daha sonra tekrar deneyin", "çok fazla istek", "δοκιμάστε ξανά αργότερα", "προσωρινά μη διαθέσιμ", "sementara tidak tersedia", "coba lagi nanti", "terlalu banyak permintaan", "tạm thời không khả dụng", "vui lòng thử lại sau", "quá nhiều yêu cầu", "しばらくしてから", "しばらく経ってから", "メンテナンスを行って", "メンテナンス中", "请稍后再试", "请稍后重试", "請稍後再試", "访问过于频繁", "잠시 후 다시", "서비스 점검", "حاول مرة أخرى لاحق", "غير متاح مؤقت", "طلبات كثيرة جد", "กรุณาลองใหม่", "โปรดลองอีกครั้ง",
    ],
};

/// Pages that ask to log in.
#[rustfmt::skip]
pub(super) const LOG_IN: Words = Words {
    place: 5,
    titles: &[
        "log in", "login", "sign in", "sign in or register", "log in or sign up", "log in or register", "member login", "subscriber login", "login required", "anmelden", "anmeldung", "einloggen", "connexion", "se connecter", "identification", "iniciar sesión", "inicia sesión", "acceso", "accedi", "accesso", "entrar", "inloggen", "logga in", "logg inn", "log ind", "kirjaudu", "kirjaudu sisään", "zaloguj się", "logowanie", "přihlášení", "přihlásit se", "bejelentkezés", "autentificare", "вход", "войти", "вход на сайт", "вхід", "увійти", "giriş yap", "üye girişi", "σύνδεση", "masuk", "đăng nhập", "ログイン", "登录", "登入", "로그인", "تسجيل الدخول", "เข้าสู่ระบบ", "התחברות",
    ],
    beginnings: &["log in to your account", "sign in to your account", "log in to continue", "sign in to continue", "please log in", "please sign in", "you must be logged in", "you need to log in", "bitte melden sie sich an", "bitte einloggen"],
    sayings: &[
        "forgot your password", "forgot password", "forgotten your password", "don t have an account", "you must be logged in", "you need to be logged in", "log in to your account", "sign in to your account", "passwort vergessen", "kennwort vergessen", "mot de passe oublié", "olvidaste tu contraseña", "olvidó su contraseña", "has olvidado tu contraseña", "password dimenticata", "esqueceu sua senha", "esqueceu a senha", "esqueci minha senha", "wachtwoord vergeten", "glömt lösenord", "glemt passord", "glemt adgangskode", "unohditko salasanasi", "nie pamiętasz hasła", "zapomněli jste heslo", "zapomenuté heslo", "elfelejtett jelszó", "ai uitat parola", "забыли пароль", "забули пароль", "şifremi unuttum", "parolanızı mı unuttunuz", "ξεχάσατε τον κωδικό", "lupa kata sandi", "lupa password", "quên mật khẩu", "パスワードを忘れた", "パスワードをお忘れ", "忘记密码", "忘記密碼", "비밀번호 찾기", "비밀번호를 잊", "نسيت كلمة المرور", "هل نسيت كلمة", "ลืมรหัสผ่าน", "שכחת סיסמה",
    ],
};

/// Pages that do not work in the reader's browser, or only with its scripts.
#[rustfmt::skip]
pub(super) const BROWSER: Words = Words {
    place: 6,
    titles: &["unsupported browser", "browser not supported", "your browser is not supported", "update your browser", "browser update", "javascript required", "javascript is required", "javascript is disabled", "enable javascript", "javascript not available"],
    beginnings: &["your browser is not supported", "your browser is out of date", "your browser is outdated", "please update your browser", "javascript is not available", "please enable javascript", "you need to enable javascript"],
    sayings: &[
        "your browser is not supported", "your browser is no longer supported", "browser isn t supported", "browser is not supported", "your browser is outdated", "your browser is out of date", "using an unsupported browser", "using an outdated browser", "upgrade to a modern browser", "please upgrade your browser", "enable javascript to run this app", "enable javascript to view", "enable javascript to use", "enable javascript in your browser", "please enable javascript", "without javascript enabled", "requires javascript", "javascript is disabled in your browser", "turn on javascript",
        "ihr browser wird nicht", "ihr browser ist veraltet", "dein browser ist veraltet", "aktivieren sie javascript", "bitte aktiviere javascript", "votre navigateur n est pas", "votre navigateur est obsolète", "activer javascript", "navegador no es compatible", "navegador está desactualizado", "habilita javascript", "active javascript", "browser non è supportato", "abilita javascript", "navegador não é compatível", "seu navegador está desatualizado", "ative o javascript", "habilite o javascript", "browser wordt niet ondersteund", "twoja przeglądarka nie", "włącz obsługę javascript", "váš prohlížeč", "ваш браузер устарел", "включите javascript", "ваш браузер не підтримується", "увімкніть javascript", "tarayıcınız desteklenmiyor", "tarayıcınız güncel değil", "aktifkan javascript", "trình duyệt của bạn không", "vui lòng bật javascript", "お使いのブラウザ", "javascriptを有効に", "您的浏览器版本", "您的浏览器不支持", "请启用javascript", "브라우저를 업데이트", "지원하지 않는 브라우저", "المتصفح الذي تستخدمه", "เบราว์เซอร์ของคุณ",
    ],
};

/// Titles of pages that ask for consent.
#[rustfmt::skip]
pub(super) const CONSENT_TITLES: &[&str] = &[
    "cookie", "cookies", "privacy", "your privacy", "we value your privacy", "before you continue", "consent", "datenschutz", "zustimmung", "privatsphäre", "cookie consent", "privacy settings", "privacy gate", "cookiemuur", "cookie muur", "einwilligung", "consentement", "privacidad", "confidentialité",
];

/// Words of consent pages, as they begin.
#[rustfmt::skip]
pub(super) const CONSENT_WORDS: &[&str] = &[
    "cookie", "consent", "privacy", "gdpr", "zustimm", "einwillig", "datenschutz", "tracking", "personenbezogen", "partner", "confidentialité", "consentement", "traceurs", "consentimiento", "privacidad", "consenso", "toestemming", "samtyck", "samtykke", "prywatności", "zgod", "geräte", "personalised", "personalisiert", "vendors", "legitimate", "werbung", "evästeitä", "souhlas", "soukromí", "hozzájárul", "adatvédel", "consimțământ", "согласи", "конфиденциальност", "згод", "конфіденційн", "çerez", "gizlilik", "onay", "απόρρητο", "συγκατάθεσ", "persetujuan", "privasi", "partnerzy",
];

/// Weighty words of scripts that write no spaces between words, by which consent pages are told.
pub(super) const CONSENT_SIGNS: &[&str] = &[
    "クッキー",
    "同意",
    "プライバシー",
    "隐私",
    "隱私",
    "쿠키",
    "개인정보",
    "คุกกี้",
    "ยินยอม",
    "ملفات تعريف الارتباط",
    "الخصوصية",
    "موافق",
    "עוגיות",
];

/// Calls to pay that stand where an article breaks off.
#[rustfmt::skip]
pub(super) const PAY_TO_READ: &[&str] = &[
    // English
    "subscribe to read", "subscribe to continue", "subscribe to keep reading", "subscribe now to read", "subscribe now to continue", "subscribe now to unlock", "subscribe now to keep", "subscribe today to continue", "subscribe to unlock", "to continue reading", "to keep reading", "to read the full article", "to read the full story", "to view the full story", "to read the rest of this", "to view the full article", "to access the full article", "to access this article", "continue reading with", "continue reading this article", "this article is for subscribers", "this story is for subscribers", "this content is for subscribers", "this article is only for", "this article is exclusive to", "this content is only available to", "is available to subscribers only", "for subscribers only", "for our subscribers only", "subscribers only content", "exclusive to subscribers", "to read this article", "to read this story", "unlock this article", "unlock the full article", "unlock the full story", "unlock full access", "register to read", "register to continue", "sign in to read", "sign in to continue reading", "log in to read", "log in to continue", "create a free account to", "become a member to", "become a subscriber to", "you have reached your limit", "you ve reached your limit", "reached your article limit", "your free articles", "you have used all your free", "free articles remaining", "free articles left", "get full access", "start your free trial to", "edition for the full story",
    // German
    "jetzt weiterlesen", "möchten sie weiterlesen", "sie möchten weiterlesen", "wollen sie weiterlesen", "weiterlesen mit", "weiterlesen nach", "um weiterzulesen", "um weiter zu lesen", "diesen artikel lesen", "diesen artikel weiterlesen", "um diesen artikel zu lesen", "artikel freischalten", "nur für abonnenten", "nur für abonnentinnen", "exklusiv für abonnent", "ist für abonnenten", "lesen sie den ganzen artikel", "lesen sie diesen artikel", "zugang zu allen artikeln", "zugriff auf alle artikel", "jetzt abonnieren und weiterlesen", "plus artikel lesen", "gratis weiterlesen",
    // French
    "réservé aux abonnés", "réservée aux abonnés", "réservé à nos abonnés", "réservé aux inscrits", "réservé aux membres", "la suite est réservée", "de cet article à lire", "pour lire la suite", "pour continuer la lecture", "poursuivre la lecture", "poursuivez votre lecture", "lire la suite de cet article", "lire l article en intégralité", "abonnez vous pour lire", "abonnez vous pour continuer", "abonnez vous pour accéder", "pour accéder à l intégralité", "débloquez cet article", "envie de lire la suite", "vous avez déjà un compte connectez",
    // Spanish, Catalan
    "sólo para suscriptores", "solo para suscriptores", "exclusivo para suscriptores", "exclusiva para suscriptores", "contenido exclusivo para", "para seguir leyendo", "para continuar leyendo", "sigue leyendo con", "suscríbete para leer", "suscríbete para seguir", "suscríbete y sigue leyendo", "suscríbase para leer", "regístrate para seguir", "regístrese para", "regístrate gratis para", "has alcanzado el límite", "contingut exclusiu per a subscriptors", "per continuar llegint",
    // Italian, Portuguese, Romanian
    "riservato agli abbonati", "solo per abbonati", "contenuto per gli abbonati", "abbonati per leggere", "abbonati per continuare", "per continuare a leggere", "per leggere l articolo completo", "continua a leggere con", "exclusivo para assinantes", "conteúdo exclusivo para", "apenas para assinantes", "só para assinantes", "para continuar lendo", "para continuar a ler", "para ler o artigo completo", "assine para ler", "assine para continuar", "doar pentru abonați", "pentru a citi articolul complet", "pentru a continua lectura",
    // Dutch, Scandinavian, Finnish
    "alleen voor abonnees", "exclusief voor abonnees", "verder lezen met", "om verder te lezen", "om dit artikel te lezen", "lees dit artikel met", "för prenumeranter", "för att läsa vidare", "läs hela artikeln", "fortsätt läsa med", "bli prenumerant för", "for abonnenter", "kun for abonnenter", "forbeholdt abonnenter", "for å lese videre", "les videre med", "bli abonnent for å", "for at læse videre", "læs videre med", "bliv abonnent og", "vain tilaajille", "jatka lukemista", "lukeaksesi koko",
    // Polish, Czech, Slovak, Hungarian
    "tylko dla subskrybentów", "dla subskrybentów", "tylko dla prenumeratorów", "dostępny dla prenumeratorów", "aby czytać dalej", "aby przeczytać cały", "czytaj dalej z", "dalszy ciąg dostępny", "pozostało do przeczytania", "wykup dostęp", "pouze pro předplatitele", "jen pro předplatitele", "je pro předplatitele", "zbývá k přečtení", "zbývá přečíst", "pokračovat ve čtení", "předplaťte si", "odemknout článek", "len pre predplatiteľov", "pre predplatiteľov", "pokračovať v čítaní", "csak előfizetőknek", "előfizetőink számára", "a cikk folytatása", "a teljes cikk elolvasásához", "olvasáshoz fizessen elő", "fizessen elő",
    // Russian, Ukrainian, Bulgarian, Serbian, Greek, Turkish
    "только для подписчиков", "доступно подписчикам", "доступен только подписчикам", "доступен по подписке", "доступно по подписке", "чтобы читать дальше", "чтобы прочитать полностью", "оформите подписку чтобы", "для продолжения чтения", "тільки для передплатників", "лише для передплатників", "доступно за передплатою", "доступний за передплатою", "доступно лише підписникам", "щоб читати далі", "щоб прочитати повністю", "оформіть передплату", "само за абонати", "за да прочетете", "samo za pretplatnike", "само за претплатнике", "μόνο για συνδρομητές", "αποκλειστικά για συνδρομητές", "για να διαβάσετε ολόκληρο", "για να συνεχίσετε την ανάγνωση", "γίνετε συνδρομητής", "γίνε συνδρομητής", "aboneler içindir", "abonelere özel", "sadece aboneler", "yalnızca aboneler", "okumaya devam etmek için", "devamını okumak için", "tamamını okumak için", "okumak için abone",
    // Indonesian, Malay, Vietnamese, Thai
    "khusus pelanggan", "hanya untuk pelanggan", "khusus untuk pelanggan", "untuk melanjutkan membaca", "untuk membaca selengkapnya", "untuk membaca artikel", "berlangganan untuk membaca", "lanjutkan membaca dengan", "langganan untuk terus membaca", "dành cho thuê bao", "dành cho độc giả trả phí", "dành cho thành viên", "dành riêng cho thuê bao", "dành riêng cho thành viên", "dành riêng cho hội viên", "dành riêng cho độc giả", "để đọc tiếp", "để đọc toàn bộ", "để tiếp tục đọc", "đăng ký để đọc", "vui lòng đăng nhập để đọc", "đăng ký gói", "เฉพาะสมาชิก", "สำหรับสมาชิกเท่านั้น", "สมัครสมาชิกเพื่ออ่าน", "เพื่ออ่านต่อ", "เข้าสู่ระบบเพื่ออ่าน",
    // Japanese, Chinese, Korean
    "会員限定", "有料会員", "有料記事", "この記事は有料", "会員登録すると", "続きを読むには", "続きをお読みになるには", "この記事は会員", "読者会員限定", "登録して続きを", "订阅后", "订阅以继续阅读", "订阅会员", "仅限订阅", "仅限会员", "会员专享", "付费阅读", "付費閱讀", "訂閱後", "訂閱會員", "剩余内容", "登录后阅读全文", "解锁全文", "購買後", "성인용 구독", "유료회원", "구독자 전용", "구독회원", "회원 전용", "계속 읽으려면", "이어서 보려면", "전문을 보려면", "로그인 후 이용", "로그인하면 이 기사", "구독하고 계속",
    // Arabic, Hebrew, Persian, Hindi
    "للمشتركين فقط", "حصري للمشتركين", "هذا المحتوى للمشتركين", "اشترك لقراءة", "اشترك لمتابعة القراءة", "لمتابعة القراءة", "لمواصلة القراءة", "لقراءة المقال كامل", "سجل الدخول لقراءة", "למנויים בלבד", "תוכן למנויים", "כדי להמשיך לקרוא", "המשך קריאה למנויים", "فقط برای مشترکان", "برای ادامه مطالعه", "केवल सदस्यों", "पूरा पढ़ने के लिए", "सब्सक्राइब करें और पढ़ें",
];

/// What stands beside such calls, and in heads of pages as well.
#[rustfmt::skip]
pub(super) const SUBSCRIBERS: &[&str] = &[
    "already a subscriber", "already a member", "already have an account", "already subscribed", "subscribers only", "members only", "sie haben bereits ein abo", "bereits abonnent", "schon abonnent", "déjà abonné", "ya eres suscriptor", "ya soy suscriptor", "eres suscriptor", "sei già abbonato", "hai già un abbonamento", "já é assinante", "já sou assinante", "al abonnee", "redan prenumerant", "allerede abonnent", "masz już prenumeratę", "masz już subskrypcję", "již mám předplatné", "máte předplatné", "már előfizető", "уже подписаны", "вже передплатили", "zaten abone", "είστε ήδη συνδρομητής", "sudah berlangganan", "sudah punya akun", "đã có tài khoản", "đã là thành viên", "すでに会員", "会員の方はこちら", "已是会员", "已有账号", "이미 회원", "이미 구독", "مشترك بالفعل", "هل أنت مشترك", "כבר מנוי", "offre découverte",
];
