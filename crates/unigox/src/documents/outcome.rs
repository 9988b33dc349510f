//! What became of documents that were sent.

use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use unigox_client::{
    operations,
    types::{BatchDocument, BatchDocumentError, DocumentUploadResult},
};

use crate::{DocumentType, Error, RawResponse, Response, Result};

/// A document that was stored.
///
/// That it is stored says nothing about the verification: follow it with
/// [`VerificationHandle`](crate::VerificationHandle).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DocumentUpload {
    document: BatchDocument,
}

impl DocumentUpload {
    /// The identifier of the document.
    pub fn document_id(&self) -> Option<&str> {
        self.document.document_id.as_deref()
    }

    /// The type that it was stored under.
    pub fn document_type(&self) -> Option<DocumentType> {
        self.document.document_type.as_deref()?.parse().ok()
    }

    /// The document as the server describes it.
    pub fn document(&self) -> &BatchDocument {
        &self.document
    }
}

/// What became of a batch: which documents were stored, and which were not.
///
/// The server responds with a status of success whatever became of them. So look at it: by [`into_result`](Self::into_result),
/// which is an error unless all were stored, or by the lists.
///
/// # Examples
///
/// ```no_run
/// # async fn f(user: unigox::UserHandle, links: unigox::DocumentLinks) -> Result<(), unigox::Error> {
/// let upload = user.documents().link_batch(&links).await?;
/// for document_type in upload.not_uploaded() {
///     println!("to be uploaded once more: {document_type}");
/// }
/// let stored = upload.into_result()?;
/// println!("all {} documents are stored", stored.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a batch may have failed in part or as a whole: look at `into_result` or `all_uploaded`"]
pub struct BatchUpload {
    uploaded: Vec<BatchDocument>,
    errors: Vec<BatchDocumentError>,
    sent: Vec<DocumentType>,
    raw: RawResponse,
}

impl BatchUpload {
    pub(super) fn new(response: Response<DocumentUploadResult>, sent: Vec<DocumentType>) -> Result<Self> {
        let (result, raw) = response.into_parts();
        match lists(result) {
            Some((uploaded, errors)) => Ok(Self { uploaded, errors, sent, raw }),
            None => {
                let operation = &operations::UPLOAD_PARTNER_KYC_DOCUMENT;
                Err(Error::decode(operation, "data".to_owned(), "is neither a document nor a batch", raw))
            }
        }
    }

    /// The documents that were stored, as the server describes them.
    pub fn uploaded(&self) -> &[BatchDocument] {
        &self.uploaded
    }

    /// The documents that were not stored, each with the reason in the server's words, as far as the server lists them.
    pub fn errors(&self) -> &[BatchDocumentError] {
        &self.errors
    }

    /// Whether every document of the batch was stored.
    pub fn all_uploaded(&self) -> bool {
        self.errors.is_empty() && self.not_uploaded().is_empty()
    }

    /// The types of the documents that are not among the stored ones, in the order of the batch.
    pub fn not_uploaded(&self) -> Vec<DocumentType> {
        let mut left = self.sent.clone();
        let mut without_type = 0;
        for document in &self.uploaded {
            let document_type = document.document_type.as_deref();
            match left.iter().position(|sent| document_type == Some(sent.as_str())) {
                Some(index) => drop(left.remove(index)),
                None => without_type += 1,
            }
        }
        let has_failed =
            |sent: &DocumentType| self.errors.iter().any(|error| error.document_type.as_deref() == Some(sent.as_str()));
        for _ in 0..without_type {
            if let Some(index) = left.iter().position(|sent| !has_failed(sent)) {
                left.remove(index);
            }
        }
        left
    }

    /// The stored documents, if all were stored.
    ///
    /// # Errors
    ///
    /// [`NotStored`](crate::ErrorKind::NotStored) if one was not. The message names the types of those that were not.
    pub fn into_result(self) -> Result<Vec<BatchDocument>> {
        match self.all_uploaded() {
            true => Ok(self.uploaded),
            false => Err(self.not_stored()),
        }
    }

    /// The HTTP status: a success, whatever became of the documents.
    pub fn http_status(&self) -> StatusCode {
        self.raw.status()
    }

    /// The response as it was received.
    pub fn raw(&self) -> &RawResponse {
        &self.raw
    }

    /// The document of a batch of one.
    pub(super) fn single(self) -> Result<Response<DocumentUpload>> {
        match self.uploaded.as_slice() {
            [document, ..] if self.errors.is_empty() => {
                let document = document.clone();
                Ok(Response::new(DocumentUpload { document }, self.raw))
            }
            _ => Err(self.not_stored()),
        }
    }

    fn not_stored(self) -> Error {
        let types = self.not_uploaded();
        let count = self.sent.len().max(self.errors.len());
        Error::not_stored(&operations::UPLOAD_PARTNER_KYC_DOCUMENT, types, count, self.raw)
    }
}

/// The documents that were stored and those that were not; nothing if the server says neither.
fn lists(result: DocumentUploadResult) -> Option<(Vec<BatchDocument>, Vec<BatchDocumentError>)> {
    let value = match result {
        DocumentUploadResult::UploadedBatch(batch) => return Some((batch.uploaded, batch.errors.unwrap_or_default())),
        // The status says that it was stored, so a document that lacks something is one all the same.
        other => serde_json::to_value(other).ok()?,
    };
    if ["uploaded", "errors"].iter().any(|name| value.get(name).is_some()) {
        return Some((list(&value, "uploaded")?, list(&value, "errors")?));
    }
    Some((vec![BatchDocument::deserialize(value).ok()?], Vec::new()))
}

/// The list under `name`, which is empty if it is not there; nothing if it is no such list.
fn list<T: DeserializeOwned>(value: &Value, name: &str) -> Option<Vec<T>> {
    match value.get(name) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(list) => Vec::deserialize(list).ok(),
    }
}
