//! What is kept of a page and what is not, where names and links mislead.

use crate::extract::{Page, article};

const A: &str = "<p>The ski club of Upper Tarn will open its slopes on the first Saturday of December, the president told members in the sports hall.</p>";
const B: &str = "<p>Snow has fallen for nine days, and the two lifts on the eastern side were greased, tested and approved by an inspector from the valley.</p>";
const C: &str = "<p>Families had asked for cheaper passes, and the treasurer found a sponsor who pays a third of the price for everybody under sixteen.</p>";
const OTHER: &str = "<p>A marmot was filmed in the tunnel of the cog railway, where it slept through the passage of eleven trains and a brass band on Sunday.</p>";

fn text_of(body: &str) -> String {
    let html = format!("<title>Slopes open early at Upper Tarn</title><body>{body}");
    let page = Page {
        bytes: html.as_bytes(),
        content_type: None,
        url: None,
    };
    article(&page, None, &|| true).unwrap().text
}

fn story(inner: &str) -> String {
    text_of(&format!(
        "<main><article><h1>Slopes open early at Upper Tarn</h1><div class=article-body>{inner}</div></article></main>"
    ))
}

#[track_caller]
fn check(text: &str, kept: &[&str], dropped: &[&str]) {
    for part in kept {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    for part in dropped {
        assert!(!text.contains(part), "{part} is there:\n{text}");
    }
}

#[test]
fn names_that_are_links_belong_to_the_text() {
    for (inner, kept) in [
        (
            format!(
                "{A}{B}{C}<table><tr><th>Lift<th>Price<tr><td><a href=/1>Rosa</a><td>12<tr><td><a href=/2>Piz</a><td>14</table>"
            ),
            "Rosa",
        ),
        (
            format!(
                "{A}{B}<p><a href=/1>Rosa</a>, <a href=/2>Piz</a> und <a href=/3>Kar Nord</a></p>{C}"
            ),
            "Kar Nord",
        ),
        (
            format!(
                "{A}{B}{C}<p>Last year the club <a href=/x>had closed both lifts after a landslide</a>, before the valley <a href=/y>paid for new masts</a>.</p>"
            ),
            "new masts",
        ),
    ] {
        check(&story(&inner), &[kept], &[]);
    }
}

#[test]
fn headlines_that_are_links_do_not() {
    let list = "<ul><li><a href=/1>Marmot sleeps through the passage of eleven trains</a></li><li><a href=/2>Brass band plays in the tunnel of the cog railway</a></li><li><a href=/3>Valley argues about a bypass around the station</a></li></ul>";
    check(
        &story(&format!("{A}{B}{list}{C}")),
        &["nine days", "sixteen"],
        &["Marmot"],
    );
}

#[test]
fn words_inside_a_line_that_nobody_sees_are_not_read() {
    for hidden in [
        "<span style='clip:rect(0 0 0 0);height:1px'> (öffnet neues Fenster)</span>",
        "<span style='position:absolute;left:-9999px'> (öffnet neues Fenster)</span>",
        "<i style='display:none'> (öffnet neues Fenster)</i>",
    ] {
        let inner = format!(
            "{A}<p>The inspector <a href=/i>Runa Falk{hidden}</a> signed the papers on Friday evening.</p>{B}"
        );
        check(&story(&inner), &["Runa Falk signed"], &["Fenster"]);
    }
    let seen = format!(
        "{A}<p aria-hidden=true class=locked>The lifts of Tarn stand still on Mondays, when the masts are looked at one by one.</p>{B}"
    );
    check(&story(&seen), &["on Mondays"], &[]);
}

#[test]
fn a_card_of_links_over_a_name_leaves_the_sentence_whole() {
    let card = "<span><a href=/p>Runa Falk</a><a href=/1>Lift stops for good</a><a href=/2>Inspector honoured</a></span>";
    let inner = format!(
        "<p>The club thanked <b><a href=/p>Runa Falk</a>{card}</b> for the night she spent on the mast in the storm.</p>{A}{B}"
    );
    check(
        &story(&inner),
        &["thanked Runa Falk for the night"],
        &["honoured"],
    );
}

#[test]
fn questions_that_unfold_their_answers_are_read() {
    for question in [
        "<h3><a href='#'>Who may ride?</a></h3>",
        "<h3><a href='#q2'>Who may ride?</a></h3>",
        "<h3><button>Who may ride?</button></h3>",
    ] {
        let inner = format!(
            "{A}{B}{C}{question}<div><p>Everybody who has a pass of the valley, and dogs in a basket.</p></div>"
        );
        check(&story(&inner), &["Who may ride?", "in a basket"], &[]);
    }
}

#[test]
fn a_text_in_several_containers_is_read_whole() {
    let boxes = format!(
        "<div class=col>{A}{B}{C}{A2}</div><div class=x><ul><li><a href=/1>Marmot sleeps on</a></ul></div><div class=col>{LAST}</div>",
        A2 = B.replace("Snow", "Rain"),
        LAST = "<p>Night skiing on the short slope begins after Christmas, with lamps that the fire brigade lends to the club.</p>"
    );
    let text = text_of(&format!(
        "<main><h1>Slopes open early at Upper Tarn</h1><div>{boxes}</div></main>"
    ));
    check(&text, &["first Saturday", "Night skiing"], &["Marmot"]);
}

#[test]
fn boxes_that_speak_to_the_reader_are_no_text() {
    for notice in [
        "<div class=b1><p>Join our circle of friends today</p><p>Choose a password and tell us where you live.</p></div>",
        "<div class=b1><p>Externer Inhalt</p><p>Mit einem Klick übermitteln wir Ihre Angaben an den Anbieter des Videos.</p></div>",
        "<div class=b1><p>Contenu proposé</p><p>Créez votre compte gratuit pour recevoir chaque matin la lettre du rédacteur.</p></div>",
    ] {
        let text = story(&format!("{A}{B}{notice}{C}"));
        let said = notice
            .split("<p>")
            .nth(2)
            .unwrap()
            .split('<')
            .next()
            .unwrap();
        check(&text, &["nine days", "sixteen"], &[said]);
    }
    let guide = format!(
        "{A}<div><p>You need a pass, and your dog needs a basket on the lift.</p></div><p>If you come by train, your pass is valid on the bus to the lifts of Upper Tarn.</p><p>You can rent skis at the sports hall until your stay ends.</p>"
    );
    check(&story(&guide), &["a basket on the lift"], &[]);
}

#[test]
fn parts_with_a_misleading_name_are_read_where_they_hold_the_text() {
    for open in [
        "<div class=ad-slot>",
        "<div class=readmore-box>",
        "<div id=premium-paywall>",
        "<section class='banner-top-radius wide'>",
    ] {
        check(
            &story(&format!("{A}{open}{B}{C}")),
            &["first Saturday", "nine days", "sixteen"],
            &[],
        );
    }
    let advert =
        "<div class=ad-slot><p>Two pairs of skis for the price of one, in every shop.</p></div>";
    check(
        &story(&format!("{A}{advert}{B}")),
        &["nine days"],
        &["pairs of skis"],
    );
}

#[test]
fn what_a_page_hides_beside_its_article_is_not_read() {
    let overlay = format!(
        "<div class=z style='display:none'>{}</div>",
        OTHER.repeat(6)
    );
    let own = format!("<div class=post><h1>Slopes open early at Upper Tarn</h1>{A}{B}</div>");
    check(
        &text_of(&format!("{overlay}{own}")),
        &["nine days"],
        &["marmot"],
    );
    let copy = format!(
        "<div style='display:none' itemscope><div itemprop=author>R. Falk</div><div itemprop=articleBody>{A}{B}</div></div>"
    );
    check(
        &story(&format!("{A}{B}{copy}")),
        &["nine days"],
        &["R. Falk"],
    );
    let window = format!("<div role=dialog>{}</div>", OTHER.repeat(4));
    check(
        &text_of(&format!("{own}{window}")),
        &["nine days"],
        &["marmot"],
    );
}

#[test]
fn rows_of_other_stories_are_not_read() {
    let card = |n: u32| {
        format!(
            "<div class=s><a href=/{n}><img src=/{n}.jpg></a><div><h3>ON THE RAILS {n}</h3>Marmot found asleep in the tunnel again</div></div>"
        )
    };
    let rail = format!("<div>{}{}{}</div>", card(1), card(2), card(3));
    check(
        &story(&format!("{A}{rail}{B}")),
        &["nine days"],
        &["Marmot"],
    );
    let item = |n: u32| {
        format!(
            "<li><h4><a href=/{n}>Marmot {n}</a></h4>The animal slept through eleven trains, said the driver of the last one, and a brass band as well.</li>"
        )
    };
    let above = format!(
        "<div><div class=k><ul>{}{}{}</ul></div><h2>Slopes open early at Upper Tarn</h2><div>{A}{B}{C}</div></div>",
        item(1),
        item(2),
        item(3)
    );
    check(&text_of(&above), &["nine days"], &["eleven trains"]);
}

#[test]
fn items_with_linked_headings_between_paragraphs_are_the_text() {
    let item = |name: &str| {
        format!(
            "<div class=i><h2><a href=/x>The eastern lift {name}</a></h2><p>It carries four people at a time and needs nine minutes to the top, says the club.</p></div>"
        )
    };
    check(
        &story(&format!(
            "{A}{B}{}{}{}{C}",
            item("Rosa"),
            item("Piz"),
            item("Kar")
        )),
        &["lift Piz", "nine minutes"],
        &[],
    );
}

#[test]
fn key_points_and_photo_stories_are_read() {
    let points = text_of(&format!(
        "<main><article><h1>Slopes open early at Upper Tarn</h1><div class=q7><ul><li>Tarn opens three weeks early</li><li>A sponsor pays for children</li></ul></div><div class=q8>{A}{B}{C}</div></article></main>"
    ));
    check(&points, &["three weeks early"], &[]);
    let figure = |who: &str| {
        format!(
            "<figure><img src=x><figcaption>{who} stands on the mast of the eastern lift in the first light of Saturday, with a lamp and a flask.</figcaption></figure>"
        )
    };
    check(
        &story(&format!(
            "{A}{}{}{}",
            figure("Runa"),
            figure("Odd"),
            figure("Siv")
        )),
        &["Odd stands"],
        &[],
    );
    check(
        &story(&format!("{A}{B}{C}{}", figure("Runa"))),
        &[],
        &["Runa stands"],
    );
}

#[test]
fn a_lead_is_read_once_and_a_caption_is_none() {
    let page = format!(
        "<main><h1>Slopes open early at Upper Tarn</h1><div class=dek>Everything about passes, lifts and buses for the new season.</div><div class=dek>Everything about passes, lifts and buses for the new season.</div><div class=pic><img src=a><p>The eastern lift seen from the roof of the sports hall in an older picture. (Club / R. Falk)</p></div><div class=article-body>{A}{B}{C}{A2}</div></main>",
        A2 = B.replace("Snow", "Rain")
    );
    let text = text_of(&page);
    check(&text, &["nine days"], &["older picture"]);
    assert!(text.matches("Everything about").count() <= 1, "{text}");
}

#[test]
fn short_names_that_are_links_stay_where_a_line_announces_them() {
    let names = "<ul><li><a href=/c/1>Rosa AG</a><li><a href=/c/2>Lifte Kar</a><li><a href=/c/3>Muir</a></ul>";
    let announced = format!("{A}{B}<p>Three firms were fined:</p>{names}{C}");
    check(&story(&announced), &["Rosa AG", "Lifte Kar", "Muir"], &[]);
    // Topics look the same, and nothing says what they are.
    let topics =
        "<ul><li><a href=/t/1>Winter</a><li><a href=/t/2>Valley</a><li><a href=/t/3>Snow</a></ul>";
    check(&story(&format!("{A}{B}{C}{topics}")), &[], &["Winter"]);
}

#[test]
fn words_for_screen_readers_are_known_by_the_names_of_frameworks() {
    for name in [
        "sr-only",
        "screen-reader-text",
        "is-visually-hidden",
        "a11y-text",
        "srOnly",
        "u-hiddenVisually",
        "govuk-visually-hidden",
        "assistive-text",
        "sr-only focus",
    ] {
        let line = format!(
            "<p>The pass costs <a href=/x>forty francs<span class=\"{name}\"> opens elsewhere</span></a> for a child, the treasurer said.</p>"
        );
        let text = story(&format!("{A}{line}{B}{C}"));
        check(&text, &["forty francs for a child"], &["opens elsewhere"]);
    }
    let shown = format!(
        "{A}<p>The pass costs <span class=not-sr-only>forty francs</span> a child.</p>{B}{C}"
    );
    check(&story(&shown), &["forty francs"], &[]);
}

#[test]
fn raised_marks_are_no_part_of_the_word_before() {
    for (line, kept, dropped) in [
        (
            "Skilift<sup>TM</sup> opened",
            "Skilift\u{2122} opened",
            "TM",
        ),
        (
            "Skilift<sup>SM</sup> opened",
            "Skilift\u{2120} opened",
            "SM",
        ),
        ("Skilift<sup>a</sup> opened", "Skilift opened", "Skilifta"),
        ("M<sup>e</sup> Blanc opened", "Me Blanc", "M Blanc"),
        ("CO<sub>2</sub> fell", "CO2 fell", "CO fell"),
        ("the 3<sup>e</sup> lift", "the 3e lift", "the 3 lift"),
    ] {
        let text = story(&format!("{A}<p>On Monday {line} in the valley.</p>{B}{C}"));
        check(&text, &[kept], &[dropped]);
    }
}

#[test]
fn a_form_above_the_text_is_no_lead() {
    let form = "<div><h4>Send this to a friend</h4><p>Something went wrong and your message was not sent, please try once more.</p><p>No more than ten friends at once.</p></div>";
    let text = text_of(&format!(
        "<div class=page><h1>Slopes open early at Upper Tarn</h1>{form}<div class=post-content>{A}{B}{C}</div></div>"
    ));
    check(&text, &["ski club", "cheaper passes"], &["went wrong"]);
}

#[test]
fn a_running_report_keeps_the_summary_under_its_headline_and_that_above_its_posts() {
    let points = "<li><div><a href=#p>Point of the day so far</a></div>".repeat(30);
    let text = text_of(&format!(
        "<main><article><h1>Slopes open early at Upper Tarn</h1><div class=lead><p>The slopes were full by nine in the morning.</p></div>\
         <div class=report><ul>{points}</ul><div class=report-lead><p>A queue a mile long stands before the lifts of the town.</p></div>\
         <div class=posts><div class=post-content>{A}{B}{C}</div></div></div></article></main>"
    ));
    check(
        &text,
        &["full by nine", "A queue a mile long", "ski club"],
        &["Point of"],
    );
}

const D: &str = "<p>The night train stops at the upper station again, for the first time in eleven winters, and takes skis without a surcharge.</p>";
const E: &str = "<p>Guests from the coast will find the lower road closed on two afternoons, when the council tests the new avalanche fences.</p>";

#[test]
fn a_single_card_among_the_paragraphs_is_another_story() {
    for card in [
        "<div><a href=/m><img src=m.jpg alt=''></a><div><a href=/m>Marmot sleeps through eleven trains</a><p>It was filmed in the tunnel of the cog railway, and nobody...</p></div></div>",
        "<div><h4><a href=/m>Marmot sleeps through the passage of eleven trains</a></h4><span>Runa Falk</span> <time>3 May 2024</time></div>",
    ] {
        let text = story(&format!("{A}{B}{card}{C}{D}{E}"));
        check(
            &text,
            &["nine days", "sixteen", "eleven winters"],
            &["Marmot", "filmed", "Runa"],
        );
    }
}

#[test]
fn what_a_picture_is_said_to_show_is_its_caption_whatever_stands_around_it() {
    let words = "Two inspectors look at the mast of the eastern lift";
    let text = story(&format!(
        "{A}{B}<div><img src=i.jpg alt='{words}'><div><small>{words} © Upper Tarn</small></div></div>{C}{D}"
    ));
    check(&text, &["nine days", "sixteen"], &["Two inspectors"]);
}

#[test]
fn a_box_with_a_form_says_what_the_form_is_for() {
    for inner in [
        "<div class=x1><p>Snow reports for the whole range come by mail at six, before the first lift.</p><form><input name=e><button>Go</button></form></div>",
        "<div type=poll><p>How often do the members of the club ski?</p><label><input type=radio>Every day of the winter.</label><label><input type=radio>Never.</label></div>",
        "<div class=x1><span>Subscribe to the snow letter. You can unsubscribe whenever it thaws.</span><button>OK</button></div>",
        "<p><em>Inscrivez-vous à la lettre des neiges. Désinscription possible à tout moment.</em></p>",
        "<p>雪の便りをメールでお届けします。登録はいつでも解除できます。</p>",
    ] {
        let text = story(&format!("{A}{B}{inner}{C}{D}"));
        check(
            &text,
            &["nine days", "sixteen"],
            &[
                "Snow reports",
                "How often",
                "Never",
                "snow letter",
                "lettre",
                "便り",
            ],
        );
    }
}

#[test]
fn paragraphs_beside_the_part_for_subscribers_are_the_beginning() {
    let text = story(&format!("{OTHER}<div class=locked>{A}{B}{C}{D}{E}</div>"));
    check(
        &text,
        &["A marmot was filmed", "first Saturday", "avalanche fences"],
        &[],
    );
}

#[test]
fn a_line_above_the_headline_does_not_make_it_text() {
    let html = format!(
        "<title>Slopes open early at Upper Tarn</title><body><main><div class=article-body><h2><span>Ski clubs</span><span>Slopes open early at Upper Tarn</span></h2>{A}{B}{C}</div></main>"
    );
    check(&text_of(&html), &["nine days"], &["Ski clubs"]);
}

#[test]
fn people_wrote_what_stands_right_under_the_headline_of_a_forum() {
    let post = |text: &str| format!("<div class=comment><b>Falk</b>{text}</div>");
    let text = text_of(&format!(
        "<div id=about><p>For thirty years our forum has helped skiers of every valley, and reading it is free.</p></div><h1>Slopes open early at Upper Tarn</h1>{}{}",
        post(&format!("{A}{B}{C}")),
        post(D)
    ));
    check(&text, &["nine days", "sixteen"], &[]);
}

#[test]
fn letters_breaks_and_notes_of_style_are_read_as_they_are_meant() {
    for (inner, kept) in [
        (
            "<p><span class=drop-cap>N</span> <span>ine lifts were greased, tested and approved by an inspector from the valley.</span></p>",
            "Nine lifts",
        ),
        (
            "<p><span class=drop-cap>A</span> <span>lift was greased, tested and approved by an inspector from the valley below.</span></p>",
            "A lift",
        ),
        (
            "<div><b>The lifts</b><span class='x br'></span><span class='x br'></span>Nine of them were greased, tested and approved by an inspector.</div>",
            "The lifts\nNine of them",
        ),
        (
            "<p>The papers were signed by <a href=/i target=_blank>Runa Falk<span class=vh> (öffnet im neuen Fenster)</span></a>, who came from the valley on Friday.</p>",
            "Runa Falk, who",
        ),
        (
            "<p><ruby>雪<rt>ゆき</rt></ruby>が<ruby>九日間<rt>ここのかかん</rt></ruby>降り続き、東側の二つのリフトは谷から来た検査官の許可を得た。</p>",
            "雪が九日間降り続き",
        ),
        (
            "<p><ruby>尹<rp>（</rp><rt>ユン</rt><rp>）</rp></ruby>氏は雪が九日間降り続き、東側の二つのリフトは谷から来た検査官の許可を得たと述べた。</p>",
            "尹（ユン）氏は",
        ),
    ] {
        check(&story(&format!("{A}{inner}{B}{C}")), &[kept], &["Fenster"]);
    }
}

#[test]
fn elements_of_a_sites_own_are_named_as_classes_are() {
    let card = "<teaser-card><a href=/m>Marmot</a><p>It slept through the passage of eleven trains and a brass band.</p></teaser-card>";
    let text = text_of(&format!(
        "<app-root><h1>Slopes open early at Upper Tarn</h1><article-body>{A}{B}{C}</article-body><teaser-list>{card}{card}</teaser-list></app-root>"
    ));
    check(&text, &["nine days", "sixteen"], &["Marmot", "slept"]);
}

#[test]
fn a_short_first_sentence_opens_a_text_that_lines_alone_divide() {
    let text = text_of(
        "<table><tr><td><b>上塔恩滑雪场提早开放</b><br><br><b>雪下了九天，滑雪场终于开放。</b><br><br>上塔恩滑雪俱乐部主席周一在体育馆对会员说，雪道将于十二月第一个星期六开放，比往年早了整整三个星期。<br><br>东侧的两条缆车已经上油、试车，并由山谷来的检查员批准，家庭票价由一位赞助人承担三分之一。</td></tr></table>",
    );
    check(&text, &["雪下了九天", "三分之一"], &[]);
}
