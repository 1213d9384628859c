//! The kinds of elements.

use html5ever::{LocalName, local_name};

/// The kinds of elements that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Tag {
    Html,
    Head,
    Body,
    Main,
    Article,
    Section,
    Div,
    Paragraph,
    Heading(u8),
    List,
    Item,
    Table,
    Row,
    Cell,
    Quote,
    Pre,
    Figure,
    Caption,
    Header,
    Footer,
    Nav,
    Aside,
    Form,
    Time,
    Address,
    Link,
    Strong,
    Break,
    Inline,
    /// Holds no text of the page.
    Skip,
    Meta,
    Reference,
    Title,
    Picture,
}

impl Tag {
    pub(in crate::extract) fn of(name: &LocalName) -> Self {
        match *name {
            local_name!("html") => Self::Html,
            local_name!("head") => Self::Head,
            local_name!("body") => Self::Body,
            local_name!("main") => Self::Main,
            local_name!("article") => Self::Article,
            local_name!("section") => Self::Section,
            local_name!("p") => Self::Paragraph,
            local_name!("h1") => Self::Heading(1),
            local_name!("h2") => Self::Heading(2),
            local_name!("h3") => Self::Heading(3),
            local_name!("h4") => Self::Heading(4),
            local_name!("h5") => Self::Heading(5),
            local_name!("h6") => Self::Heading(6),
            local_name!("ul") | local_name!("ol") | local_name!("dl") | local_name!("menu") => {
                Self::List
            }
            local_name!("li") | local_name!("dt") | local_name!("dd") => Self::Item,
            local_name!("table") => Self::Table,
            local_name!("tr") => Self::Row,
            local_name!("td") | local_name!("th") => Self::Cell,
            local_name!("blockquote") => Self::Quote,
            local_name!("pre") | local_name!("listing") | local_name!("xmp") => Self::Pre,
            local_name!("figure") => Self::Figure,
            local_name!("figcaption") | local_name!("caption") => Self::Caption,
            local_name!("header") | local_name!("hgroup") => Self::Header,
            local_name!("footer") => Self::Footer,
            local_name!("nav") => Self::Nav,
            local_name!("aside") => Self::Aside,
            local_name!("form") => Self::Form,
            local_name!("time") => Self::Time,
            local_name!("address") => Self::Address,
            local_name!("a") => Self::Link,
            local_name!("b") | local_name!("strong") => Self::Strong,
            local_name!("br") => Self::Break,
            local_name!("meta") => Self::Meta,
            local_name!("link") => Self::Reference,
            local_name!("title") => Self::Title,
            local_name!("img") => Self::Picture,
            local_name!("script")
            | local_name!("style")
            | local_name!("noscript")
            | local_name!("template")
            | local_name!("svg")
            | local_name!("iframe")
            | local_name!("object")
            | local_name!("embed")
            | local_name!("canvas")
            | local_name!("select")
            | local_name!("textarea")
            | local_name!("button")
            | local_name!("input")
            | local_name!("audio")
            | local_name!("video")
            | local_name!("datalist")
            | local_name!("map")
            | local_name!("dialog")
            | local_name!("noframes") => Self::Skip,
            local_name!("div")
            | local_name!("center")
            | local_name!("fieldset")
            | local_name!("details")
            | local_name!("summary")
            | local_name!("hr")
            | local_name!("tbody")
            | local_name!("thead")
            | local_name!("tfoot")
            | local_name!("search")
            | local_name!("legend")
            | local_name!("frameset") => Self::Div,
            _ => Self::Inline,
        }
    }

    /// Tells whether text before and after the element's edges is not one paragraph.
    pub(in crate::extract) fn breaks(self) -> bool {
        !matches!(
            self,
            Self::Inline
                | Self::Link
                | Self::Strong
                | Self::Time
                | Self::Meta
                | Self::Reference
                | Self::Skip
                | Self::Picture
        )
    }

    /// Tells whether the element is a part of a line.
    pub(in crate::extract) fn is_inline(self) -> bool {
        matches!(self, Self::Inline | Self::Link | Self::Strong | Self::Time)
    }

    /// Tells whether the element can be the one that holds an article.
    pub(in crate::extract) fn holds_articles(self) -> bool {
        matches!(
            self,
            Self::Body
                | Self::Main
                | Self::Article
                | Self::Section
                | Self::Div
                | Self::Cell
                | Self::Inline
                | Self::Quote
                | Self::Form
                | Self::Table
                | Self::Row
        )
    }
}
