//! Reading again: what a document was set aside of is done once more.

use super::tx::{StoreError, Tx, Val};
use super::{Store, indexed, polls};
use crate::domain::{DocumentName, Timestamp};

/// What is done again because a document is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadAgain {
    /// Entries that are read or matched once more.
    pub entries: usize,
    /// Feeds that are due now.
    pub feeds: usize,
}

impl Store {
    /// Has what a document was set aside of be done again: the entries whose page or text it is are read once more, an article
    /// whose text it is is matched once more, and a feed whose document it is is due now. Tells how many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn read_again(
        &self,
        document: &str,
        now: Timestamp,
    ) -> Result<ReadAgain, StoreError> {
        let document = document.to_owned();
        self.write(move |tx| {
            Ok(ReadAgain {
                entries: again(tx, &document)?,
                feeds: polls::due_again(tx, &document, now)?,
            })
        })
        .await
    }
}

/// Has the entries read or matched again of which a document was set aside; tells how many.
fn again(tx: &mut dyn Tx, document: &str) -> Result<usize, StoreError> {
    if let Some(entry) = DocumentName::article_named(document) {
        return tx.exec(
            "UPDATE entries SET state = 1, lease_until = 0, not_before = 0 WHERE id = $1 AND state = 2
                 AND EXISTS (SELECT 1 FROM articles WHERE articles.entry_id = entries.id)",
            &[entry.0.into()],
        );
    }
    let document = Val::from(indexed(document));
    tx.exec(
        "DELETE FROM articles WHERE entry_id IN (SELECT id FROM entries WHERE set_aside = $1)",
        std::slice::from_ref(&document),
    )?;
    tx.exec(
        "UPDATE entries SET state = 0, lease_until = 0, not_before = 0, scrapes = 0, set_aside = NULL
         WHERE set_aside = $1",
        &[document],
    )
}
