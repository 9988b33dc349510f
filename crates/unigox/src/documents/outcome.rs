//! What became of documents that were sent.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
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
    /// What the server says of an upload; nothing if that is neither documents nor errors.
    pub(super) fn new(result: DocumentUploadResult) -> Option<Self> {
        let value = match result {
            DocumentUploadResult::UploadedBatch(batch) => {
                return Some(Self { uploaded: batch.uploaded, errors: batch.errors.unwrap_or_default() });
            }
            // The status says that it was stored, so a document that lacks something is one all the same.
            other => serde_json::to_value(other).ok()?,
        };
        if ["uploaded", "errors"].iter().any(|list| value.get(list).is_some()) {
            return Some(Self { uploaded: list(&value, "uploaded")?, errors: list(&value, "errors")? });
        }
        Some(Self { uploaded: vec![BatchDocument::deserialize(value).ok()?], errors: Vec::new() })
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

/// The list under `name`, which is empty if it is not there; nothing if it is no such list.
fn list<T: DeserializeOwned>(value: &Value, name: &str) -> Option<Vec<T>> {
    match value.get(name) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(list) => Vec::deserialize(list).ok(),
    }
}
