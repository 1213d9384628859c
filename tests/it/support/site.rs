//! A small web site: fixed documents at fixed paths.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// What a path answers.
#[derive(Clone)]
pub(crate) enum Page {
    /// A document with its type.
    Document(&'static str, String),
    /// A status without a document.
    Status(u16),
    /// A redirect: the status and where to.
    Redirect(u16, String),
}

type Pages = Arc<Mutex<BTreeMap<String, Page>>>;
type Asked = Arc<Mutex<Vec<String>>>;

/// A site that is up until this is dropped.
pub(crate) struct Site {
    pub(crate) addr: SocketAddr,
    pages: Pages,
    asked: Asked,
    _server: AbortOnDropHandle<()>,
}

impl Site {
    pub(crate) async fn open() -> Self {
        let (pages, asked) = (Pages::default(), Asked::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let router = Router::new()
            .fallback(answer)
            .with_state((Arc::clone(&pages), Arc::clone(&asked)));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            addr,
            pages,
            asked,
            _server: AbortOnDropHandle::new(server),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    pub(crate) fn put(&self, path: &str, page: Page) {
        self.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    /// An RSS feed of entries: guid, title, link, description.
    pub(crate) fn put_feed(&self, path: &str, entries: &[[&str; 4]]) {
        let items: Vec<String> = entries
            .iter()
            .map(|[guid, title, link, description]| {
                format!(
                    "<item><guid isPermaLink=\"false\">{guid}</guid><title>{title}</title>\
                     <link>{link}</link><description>{description}</description></item>"
                )
            })
            .collect();
        let feed = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Site</title>{}</channel></rss>",
            items.concat()
        );
        self.put(path, Page::Document("application/rss+xml", feed));
    }

    pub(crate) fn put_article(&self, path: &str, title: &str, paragraphs: &[&str]) {
        let body: Vec<String> = paragraphs
            .iter()
            .map(|paragraph| format!("<p>{paragraph}</p>"))
            .collect();
        let page = format!(
            "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{}</article></body></html>",
            body.concat()
        );
        self.put(path, Page::Document("text/html; charset=utf-8", page));
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|one| *one == path).count()
    }
}

async fn answer(State((pages, asked)): State<(Pages, Asked)>, uri: Uri) -> Response {
    asked.lock().unwrap().push(uri.path().to_owned());
    let page = pages.lock().unwrap().get(uri.path()).cloned();
    match page {
        Some(Page::Document(kind, text)) => ([("content-type", kind)], text).into_response(),
        Some(Page::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
        Some(Page::Redirect(status, to)) => {
            (StatusCode::from_u16(status).unwrap(), [("location", to)]).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
