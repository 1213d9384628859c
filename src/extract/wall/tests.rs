//! Tables of pages that are walls, and of pages that only speak of them.

use super::words;
use super::*;

#[test]
fn every_word_of_the_tables_is_written_as_it_is_compared() {
    let kinds = [
        &words::CHALLENGE,
        &words::NOT_FOUND,
        &words::REMOVED,
        &words::REGION,
        &words::UNAVAILABLE,
        &words::LOG_IN,
        &words::BROWSER,
    ];
    let of_kinds = kinds
        .iter()
        .flat_map(|words| [words.titles, words.beginnings, words.sayings]);
    let all = of_kinds.chain([
        CONSENT_TITLES,
        CONSENT_WORDS,
        CONSENT_SIGNS,
        words::PAY_TO_READ,
        words::SUBSCRIBERS,
    ]);
    let wrong: Vec<(&str, String)> = all
        .flatten()
        .map(|word| (*word, folded(word)))
        .filter(|(word, folded)| word != folded)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

const FIRST: &str = "The towns of the strait will keep their night ferries through the winter, the harbour office said on Monday morning.";
const SECOND: &str = "Nurses and students had asked for it for years, and the council found the money in the fund for storm damage.";
const CONSENT: &str = "We and our partners store cookies on your device and use them to personalise content, with your consent, which you can withdraw at any time.";
const DATED: &str = "<meta property=article:published_time content=2024-05-06T10:00:00Z>";

/// The wall of a page with this head and body, and the text that is left.
fn wall(head: &str, body: &str) -> (Option<Wall>, String) {
    let html = format!("<html><head>{head}</head><body>{body}</body></html>");
    let page = crate::extract::Page {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: None,
    };
    let found = crate::extract::article(&page, None, &|| true).unwrap();
    (found.wall, found.text)
}

/// Checks pages of a title and a body, with a menu, other headlines and a foot around it.
fn all_are(expected: Wall, pages: &[(&str, &str)]) {
    for (title, body) in pages {
        let site = format!(
            "<nav><a href=/>Home</a> <a href=/sea>Sea</a></nav><main>{body}</main><aside><h3><a href=/1>Quokka seen at the lighthouse</a></h3></aside><footer>© 2024 Strait Courier</footer>"
        );
        for body in [*body, site.as_str()] {
            let (found, text) = wall(&format!("<title>{title}</title>"), body);
            assert_eq!(
                (found, text.as_str()),
                (Some(expected), ""),
                "{title}: {body}"
            );
        }
    }
}

#[test]
fn checks_for_robots_are_named() {
    all_are(
        Wall::Challenge,
        &[
            (
                "Just a moment...",
                "<p>Verifying you are human. This may take a few seconds.</p>",
            ),
            (
                "Attention Required!",
                "<h1>Sorry, you have been blocked</h1><p>This website is using a security service to protect itself from online attacks.</p>",
            ),
            (
                "Access to this page has been denied",
                "<h1>Press &amp; Hold to confirm you are a human (and not a bot).</h1>",
            ),
            (
                "Access Denied",
                "<h1>Access Denied</h1>You don't have permission to access \"/a\" on this server.",
            ),
            (
                "Sorry...",
                "<p>Our systems have detected unusual traffic from your computer network.</p>",
            ),
            (
                "Courier",
                "<p>Enable JavaScript and cookies to continue</p>",
            ),
            (
                "Courier",
                "<p>Please enable JS and disable any ad blocker</p><script>var dd={'host':'geo.captcha-delivery.com'}</script>",
            ),
            (
                "Kurier",
                "<p>Bitte bestätigen Sie, dass Sie kein Roboter sind.</p>",
            ),
            (
                "Courrier",
                "<p>Veuillez confirmer que vous n’êtes pas un robot.</p>",
            ),
            (
                "Báo",
                "<p>Vui lòng xác nhận bạn không phải là robot để tiếp tục.</p>",
            ),
            (
                "確認",
                "<p>私はロボットではありません。チェックを入れてください。</p>",
            ),
        ],
    );
}

#[test]
fn pages_not_found_are_named_in_many_languages() {
    all_are(
        Wall::NotFound,
        &[
            (
                "404 - Strait Courier",
                "<h1>Oops!</h1><p>We can't seem to find the page you're looking for.</p>",
            ),
            (
                "Fehler 404",
                "<p>Die gewünschte Seite existiert leider nicht mehr.</p>",
            ),
            (
                "Page introuvable - Courrier",
                "<p>La page que vous recherchez n'existe pas ou plus.</p>",
            ),
            (
                "Página no encontrada",
                "<p>La página que buscas no existe.</p>",
            ),
            (
                "Không tìm thấy trang",
                "<h1>404</h1><p>Trang bạn tìm kiếm không tồn tại.</p>",
            ),
            ("Sayfa bulunamadı", "<p>Aradığınız sayfa bulunamadı.</p>"),
            (
                "الصفحة غير موجودة",
                "<p>عذراً، الصفحة التي تبحث عنها غير موجودة.</p>",
            ),
            (
                "ページが見つかりません",
                "<p>お探しのページは移動または削除された可能性があります。</p>",
            ),
            ("ไม่พบหน้าที่คุณต้องการ", "<p>ขออภัย ไม่พบหน้าที่คุณกำลังค้นหา</p>"),
            (
                "Az oldal nem található",
                "<p>A keresett oldal nem létezik.</p>",
            ),
        ],
    );
}

#[test]
fn articles_that_were_taken_away_are_named() {
    all_are(
        Wall::Removed,
        &[
            (
                "Courier",
                "<h1>This article is no longer available</h1><p>The article you requested has been removed from our site.</p>",
            ),
            ("Courier", "<p>Sorry, this story has expired.</p>"),
            ("Kurier", "<p>Dieser Artikel ist nicht mehr verfügbar.</p>"),
            ("海峡新聞", "<p>この記事は掲載期間を終了しました。</p>"),
            ("Kurye", "<p>Bu haber yayından kaldırılmıştır.</p>"),
        ],
    );
}

#[test]
fn pages_that_are_not_for_this_region_are_named() {
    all_are(
        Wall::Region,
        &[
            (
                "451: Unavailable due to legal reasons",
                "<p>We recognize you are attempting to access this website from a country belonging to the European Economic Area (EEA), and therefore access cannot be granted at this time.</p>",
            ),
            (
                "Courier",
                "<p>Unfortunately, our website is currently unavailable in most European countries.</p>",
            ),
            (
                "Kurier",
                "<p>Dieser Inhalt ist in Ihrem Land nicht verfügbar.</p>",
            ),
        ],
    );
}

#[test]
fn pages_of_servers_are_named() {
    all_are(
        Wall::Unavailable,
        &[
            (
                "503 Service Temporarily Unavailable",
                "<center><h1>503 Service Temporarily Unavailable</h1></center>",
            ),
            (
                "Too Many Requests",
                "<p>You have sent too many requests in a given amount of time.</p>",
            ),
            (
                "Courier",
                "<h1>We'll be right back</h1><p>Our site is undergoing scheduled maintenance. Thank you for your patience.</p>",
            ),
            (
                "Database Error",
                "<h1>Error establishing a database connection</h1>",
            ),
            (
                "Kurier",
                "<h1>Wartungsarbeiten</h1><p>Unsere Seite ist vorübergehend nicht erreichbar.</p>",
            ),
            (
                "海峡新聞",
                "<p>ただいまメンテナンス中です。しばらくしてから再度アクセスしてください。</p>",
            ),
        ],
    );
}

#[test]
fn pages_to_log_in_are_named() {
    all_are(
        Wall::LogIn,
        &[
            (
                "Log in | Courier",
                "<h1>Log in to your account</h1><form><a href=/f>Forgot your password?</a></form>",
            ),
            (
                "Anmelden - Kurier",
                "<h1>Anmelden</h1><form><p>Bitte melden Sie sich an.</p><a href=/f>Passwort vergessen?</a></form>",
            ),
            (
                "Đăng nhập",
                "<form><p>Đăng nhập bằng email</p><a href=/f>Quên mật khẩu?</a></form>",
            ),
        ],
    );
}

#[test]
fn pages_that_a_browser_must_build_are_named() {
    all_are(
        Wall::Browser,
        &[
            (
                "Courier",
                "<h1>Your browser is not supported</h1><p>Please upgrade your browser.</p>",
            ),
            (
                "Courier",
                "<p>Please enable JavaScript to view this page.</p>",
            ),
            ("App", "<div id=root></div><script>window.x=1</script>"),
        ],
    );
}

#[test]
fn consent_pages_are_named_in_many_languages() {
    for line in [
        CONSENT,
        "Wir und unsere Partner verwenden Cookies und ähnliche Technologien, um Informationen auf Ihrem Gerät zu speichern, und bitten um Ihre Einwilligung.",
        "My i nasi partnerzy używamy plików cookie, aby przechowywać informacje na urządzeniu, i prosimy o zgodę na przetwarzanie danych osobowych.",
        "当社とパートナーはクッキーを使用してお客様の端末に情報を保存します。続行するには同意が必要です。プライバシーの設定はいつでも変更できます。",
    ] {
        let body = format!("<h1>Courier</h1>{}", format!("<p>{line}</p>").repeat(4));
        assert_eq!(
            wall("", &body),
            (Some(Wall::Consent), String::new()),
            "{line}"
        );
    }
}

#[test]
fn the_front_page_in_the_place_of_an_article_is_named() {
    let headlines: String = (0..20).fold(String::new(), |all, n| {
        all + &format!("<div><h3><a href=/{n}>Headline number {n} of this day</a></h3><p>What happened there, number {n}.</p></div>")
    });
    let head = "<link rel=canonical href=https://news.example.org/><meta property=og:type content=website>";
    assert_eq!(wall(head, &headlines).0, Some(Wall::FrontPage));
}

#[test]
fn calls_to_pay_are_known_in_many_languages() {
    for call in [
        "Subscribe to continue reading this article.",
        "Jetzt weiterlesen mit Kurier Plus",
        "Cet article est réservé aux abonnés.",
        "Este contenido es exclusivo para suscriptores.",
        "Contenuto riservato agli abbonati",
        "Conteúdo exclusivo para assinantes",
        "Dit artikel is alleen voor abonnees",
        "Denne artikel er kun for abonnenter",
        "Tämä artikkeli on vain tilaajille",
        "Ten artykuł jest dostępny tylko dla subskrybentów",
        "Tento článek je pouze pro předplatitele",
        "Ez a cikk csak előfizetőknek érhető el",
        "Articol disponibil doar pentru abonați",
        "Материал доступен только для подписчиков",
        "Матеріал доступний тільки для передплатників",
        "Το άρθρο είναι διαθέσιμο μόνο για συνδρομητές",
        "Bu haber yalnızca aboneler için",
        "Artikel ini khusus pelanggan",
        "Nội dung dành riêng cho thuê bao. Đăng ký để đọc tiếp.",
        "บทความนี้สำหรับสมาชิกเท่านั้น",
        "この記事は会員限定です。",
        "订阅后阅读全文",
        "이 기사는 유료회원 전용입니다",
        "هذا المحتوى للمشتركين فقط",
        "הכתבה למנויים בלבד",
    ] {
        let body = format!(
            "<article><h1>Ferries</h1><p>{FIRST}</p><p>{SECOND}</p><div><h3>{call}</h3></div></article>"
        );
        let (found, text) = wall("", &body);
        assert_eq!(found, Some(Wall::Paywall), "{call}");
        assert!(text.starts_with(FIRST), "{text}");
    }
}

#[test]
fn a_text_that_is_declared_not_free_and_served_all_the_same_is_no_beginning() {
    let linked = "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"Ferries\",\"isAccessibleForFree\":false,\"hasPart\":{\"isAccessibleForFree\":false,\"cssSelector\":\".paid\"}}</script>";
    let text = format!("<p>{FIRST}</p><p>{SECOND}</p>").replace("ferries", "boats")
        + &format!("<p>{FIRST}</p><p>{SECOND}</p>");
    let served = format!("<article><h1>Ferries</h1><div class=paid>{text}</div></article>");
    assert_eq!(wall(linked, &served).0, None);
    let locked = format!("<article><h1>Ferries</h1>{text}<div class=paid></div></article>");
    assert_eq!(wall(linked, &locked).0, Some(Wall::Paywall));
}

/// Short news that the words of walls stand in or beside.
#[test]
fn short_news_about_walls_and_below_banners_is_no_wall() {
    let two = format!("<p>{FIRST}</p><p>{SECOND}</p>");
    let four = two.clone() + &two.replace("ferries", "boats");
    for (head, body) in [
        (DATED, format!("<article><h1>Ferries</h1>{two}</article><div id=cookies>{}</div>", format!("<p>{CONSENT}</p>").repeat(4))),
        ("", format!("<article><h1>Ferries</h1>{two}</article><div class=x><p>{CONSENT}</p></div>")),
        ("", format!("<article><h1>Ferries</h1>{two}<div class=newsletter><h3>Subscribe to our newsletter</h3><p>Sign up and get the news of the strait in your inbox.</p></div></article>")),
        ("", format!("<article><h1>Ferries</h1>{four}<p><em>Support our journalism: subscribe to the Courier today.</em></p></article>")),
        ("", format!("<div class=top><a href=/l>Already a subscriber? Log in</a></div><article><h1>Ferries</h1>{two}</article>")),
        (DATED, "<article><h1>Captchas annoy readers, study finds</h1><p>Readers who are told to verify you are human leave a page in one of three cases, a study has found.</p><p>The authors asked two thousand readers of four newspapers in the spring.</p></article>".into()),
        (DATED, "<article><h1>404 festival opens</h1><p>The 404 festival of lost pages opened on Monday in Low Haven, with four hundred and four guests.</p><p>It is the tenth of its kind, and the mayor spoke.</p></article>".into()),
        (DATED, "<article><h1>Ferry site down for maintenance</h1><p>The ticket site of the ferries was temporarily unavailable on Monday because of scheduled maintenance, the office said.</p><p>Tickets were sold at the quay instead, and long lines formed there until the evening came.</p></article>".into()),
        (DATED, "<article><h1>Gone: the last lighthouse keeper</h1><p>The last keeper of the lighthouse has left the cape after forty years, the harbour office said on Monday.</p><p>The light will be watched from the mainland from now on.</p></article>".into()),
        (DATED, "<article><h1>Courier drops its paywall</h1><p>The Courier will drop its paywall in June, its publisher said; all its articles will be free.</p><p>Whoever is already a subscriber gets the printed paper at half the price.</p></article>".into()),
        (DATED, "<article><h1>Access denied: reporters kept out</h1><p>Reporters were kept out of the harbour on Monday, when the new ferry was shown to the council, the union said.</p><p>The harbour office spoke of safety, and promised pictures.</p></article>".into()),
        (DATED, "<article><h1>夜間フェリー遅延</h1><p>低港からの夜間フェリーは月曜日、四十分遅れて到着した。</p></article><p><a href=/m>続きを読む</a></p>".into()),
    ] {
        let (found, text) = wall(head, &body);
        assert_eq!(found, None, "{body}");
        assert!(!text.is_empty(), "{body}");
    }
}

#[test]
fn the_offer_behind_a_beginning_is_not_read_as_a_part_of_it() {
    let free = "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"Night ferries\",\"isAccessibleForFree\":false}</script>";
    for offer in [
        "<div><p><b>This article is for subscribers only.</b><br>Readers of the printed paper log in with their number.</p><ul><li>All ferries of the strait on one map</li><li>Letters of the harbour office every morning</li></ul></div>",
        "<div><p>この記事は会員限定です。</p><p>紙の新聞の定期購読者の方は、無料で会員登録できます。</p></div>",
    ] {
        let body = format!(
            "<article><h1>Night ferries</h1><div>{FIRST}</div><div>{SECOND}..</div>{offer}</article>"
        );
        let (found, text) = wall(&format!("<title>Night ferries</title>{free}"), &body);
        assert_eq!(found, Some(Wall::Paywall), "{offer}");
        assert!(text.ends_with("storm damage..."), "{text}");
    }
}

#[test]
fn a_part_named_after_a_paywall_that_holds_no_text_is_its_offer() {
    let body = format!(
        "<article><h1>Night ferries</h1><p>{FIRST}</p><p>{SECOND}</p><div id=paywall_title><h2>Reading on?</h2><h3>Yes. The paper comes to my house.</h3></div></article>"
    );
    let (_, text) = wall(&format!("<title>Night ferries</title>{DATED}"), &body);
    assert!(!text.contains("my house"), "{text}");
}
