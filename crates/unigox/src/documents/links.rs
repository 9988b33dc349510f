//! Documents that Unigox fetches from addresses.

use std::borrow::Cow;

use unigox_client::types::{DocumentLinkBatch, DocumentLinkItem, DocumentLinkRequest, DocumentType, UploadMethod};
use url::Url;

use crate::{Error, Result, stored::stored};

/// The maximum number of documents in a batch; `maxItems` in the document.
const MAX_LINKS: usize = 10;

/// Up to ten documents that Unigox fetches, for [`DocumentsHandle::link_batch`](crate::DocumentsHandle::link_batch).
///
/// `Debug` hides the addresses.
///
/// It serializes, so that a job queue can keep it. What is written has the addresses, which show the documents to whoever
/// has them.
///
/// # Examples
///
/// ```
/// use unigox::{DocumentLinks, DocumentType};
///
/// # fn main() -> Result<(), unigox::Error> {
/// // One by one, or from a list, such as the rows of a table. A type of document is parsed from its name.
/// let links = DocumentLinks::new().add(DocumentType::IdentityFront, "https://files.example.com/1");
/// let rows = [("identity_front", "https://files.example.com/1")];
/// let rows = rows.into_iter().filter_map(|(name, url)| Some((name.parse().ok()?, url)));
/// assert_eq!(rows.collect::<DocumentLinks>(), links);
/// links.validate()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentLinks(DocumentLinkRequest);

impl DocumentLinks {
    /// No documents yet. A batch needs at least one.
    pub fn new() -> Self {
        Self(batch(Vec::new()))
    }

    /// Adds the document at `url`, which has to be `https`.
    #[must_use]
    pub fn add(mut self, document_type: DocumentType, url: impl Into<String>) -> Self {
        let item = DocumentLinkItem::new(document_type, url);
        match &mut self.0 {
            DocumentLinkRequest::DocumentLinkBatch(batch) => batch.documents.push(item),
            other => *other = batch(vec![item]),
        }
        self
    }

    /// Checks the batch as [`DocumentsHandle::link_batch`](crate::DocumentsHandle::link_batch) does before it sends it.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if there is no document, there are more than ten, or one has an
    /// address that is not an `https` URL.
    pub fn validate(&self) -> Result<()> {
        let documents = self.documents();
        match documents.len() {
            0 => return Err(Error::invalid("documents", "is empty: add at least one")),
            1..=MAX_LINKS => {}
            _ => return Err(Error::invalid("documents", "has more than ten: send the others in another batch")),
        }
        match documents.iter().position(|document| !is_https_url(&document.url)) {
            Some(index) => Err(not_https(format!("documents[{index}].url"))),
            None => Ok(()),
        }
    }

    /// The types of the documents, in their order.
    pub(super) fn types(&self) -> Vec<DocumentType> {
        self.documents().iter().map(|document| document.document_type).collect()
    }

    fn documents(&self) -> &[DocumentLinkItem] {
        match &self.0 {
            DocumentLinkRequest::DocumentLinkBatch(batch) => &batch.documents,
            _ => &[],
        }
    }

    pub(super) fn body(&self) -> &DocumentLinkRequest {
        &self.0
    }
}

stored!(DocumentLinks, "a batch of documents");

impl Default for DocumentLinks {
    fn default() -> Self {
        Self::new()
    }
}

impl<U: Into<String>> Extend<(DocumentType, U)> for DocumentLinks {
    fn extend<I: IntoIterator<Item = (DocumentType, U)>>(&mut self, documents: I) {
        let links = std::mem::take(self);
        *self = documents.into_iter().fold(links, |links, (document_type, url)| links.add(document_type, url));
    }
}

impl<U: Into<String>> FromIterator<(DocumentType, U)> for DocumentLinks {
    fn from_iter<I: IntoIterator<Item = (DocumentType, U)>>(documents: I) -> Self {
        let mut links = Self::new();
        links.extend(documents);
        links
    }
}

impl<U: Into<String>, const N: usize> From<[(DocumentType, U); N]> for DocumentLinks {
    fn from(documents: [(DocumentType, U); N]) -> Self {
        documents.into_iter().collect()
    }
}

fn batch(documents: Vec<DocumentLinkItem>) -> DocumentLinkRequest {
    DocumentLinkBatch::new(UploadMethod::UrlLink, documents).into()
}

/// Checks the address of a single document.
pub(super) fn check_url(field: &'static str, url: &str) -> Result<()> {
    if is_https_url(url) { Ok(()) } else { Err(not_https(field)) }
}

fn not_https(field: impl Into<Cow<'static, str>>) -> Error {
    Error::invalid(field, "is not an https URL")
}

/// Whether `url` is an `https` URL with a host, written as in RFC 3986. It is sent as it is, so it must not depend on
/// corrections that URL parsers make, each in its own way.
fn is_https_url(url: &str) -> bool {
    let is_https = url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
    let has_host = !url.get(8..).unwrap_or_default().starts_with(['/', '?', '#']);
    is_https && has_host && is_rfc3986(url) && Url::parse(url).is_ok()
}

/// Whether `url` has only the characters of a URI, each where it is allowed.
fn is_rfc3986(url: &str) -> bool {
    let has_known = url.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c));
    let mut escapes = url.split('%').skip(1);
    let has_escapes = escapes.all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()));
    let authority = url.split('/').nth(2).unwrap_or_default().len();
    // Brackets are for an IPv6 address, and there is one fragment at most.
    let after_authority = url.get("https://".len() + authority..).unwrap_or_default();
    has_known && has_escapes && !after_authority.contains(['[', ']']) && url.matches('#').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_urls_are_valid() {
        for url in ["https://example.com/a.jpg", "https://example.com:8443/a?b=c#d", "HTTPS://example.com"] {
            assert!(is_https_url(url), "{url}");
        }
        for url in [
            "",
            "a.jpg",
            "//example.com/a.jpg",
            "http://example.com/a.jpg",
            "ftp://example.com/a.jpg",
            "https://",
            "file:///a.jpg",
            "https:///a.jpg",
            "https:files.example.com/a.jpg",
            "https:/example.com/a.jpg",
            "https:\\\\example.com\\a.jpg",
            "https://example.com/\u{e4}.jpg",
            "https://example.com/{a}",
            "https://example.com/a|b",
            "https://example.com/100%",
            "https://example.com/%zz",
            "https://example.com/a[0]",
            "https://example.com/#a#b",
            "data:image/png;base64,AAAA",
            "https://exa mple.com",
            " https://example.com",
            "https://example.com/a\r\nb",
            "javascript:alert(1)",
        ] {
            assert!(!is_https_url(url), "{url:?}");
        }
    }

    #[test]
    fn a_batch_has_one_to_ten_documents() {
        let refused = |links: &DocumentLinks| links.validate().err().and_then(|error| error.field().map(str::to_owned));
        let mut links = DocumentLinks::new();
        assert_eq!(refused(&links).as_deref(), Some("documents"));
        for _ in 0..10 {
            links = links.add(DocumentType::Selfie, "https://example.com/selfie.jpg");
            assert_eq!(refused(&links), None);
        }
        links = links.add(DocumentType::Selfie, "https://example.com/selfie.jpg");
        assert_eq!(refused(&links).as_deref(), Some("documents"));
    }

    #[test]
    fn a_refused_address_is_named_by_its_index() {
        let links = DocumentLinks::new().add(DocumentType::Selfie, "https://example.com/a");
        let error = links.add(DocumentType::IdentityFront, "http://canary").validate().expect_err("it is refused");
        assert_eq!(error.to_string(), "`documents[1].url` is not an https URL; nothing was sent");
    }
}
