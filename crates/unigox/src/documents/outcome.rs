//! What became of documents that were sent.

use unigox_client::types::{BatchDocument, BatchDocumentError, DocumentUploadResult};

/// The documents that were stored, and those that were not.
///
/// A single document is in [`uploaded`](Self::uploaded), as those of a batch are. That a document is stored says nothing
/// about the verification: follow it with [`VerificationHandle`](crate::VerificationHandle).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DocumentUpload {
    uploaded: Vec<BatchDocument>,
    errors: Vec<BatchDocumentError>,
}

impl DocumentUpload {
    pub(super) fn new(result: DocumentUploadResult) -> Self {
        match result {
            DocumentUploadResult::UploadedBatch(batch) => {
                Self { uploaded: batch.uploaded, errors: batch.errors.unwrap_or_default() }
            }
            // The status says that it was stored, so a document that lacks something is one all the same.
            single => {
                let document = serde_json::to_value(single).and_then(serde_json::from_value::<BatchDocument>);
                Self { uploaded: document.into_iter().collect(), errors: Vec::new() }
            }
        }
    }

    /// The documents that were stored.
    pub fn uploaded(&self) -> &[BatchDocument] {
        &self.uploaded
    }

    /// The documents of a batch that were not stored, each with the reason in the server's words.
    pub fn errors(&self) -> &[BatchDocumentError] {
        &self.errors
    }

    /// Whether every document was stored.
    pub fn all_uploaded(&self) -> bool {
        self.errors.is_empty()
    }

    /// The identifier of a single document.
    pub fn document_id(&self) -> Option<&str> {
        match self.uploaded.as_slice() {
            [document] => document.document_id.as_deref(),
            _ => None,
        }
    }
}
