//! Documents that Unigox fetches from addresses.

use unigox_client::types;
use url::Url;

use crate::{BatchDocumentType, Error, Result};

/// How many documents a batch takes; `maxItems` in the document.
const MOST: usize = 10;

/// Up to ten documents that Unigox fetches, for [`DocumentsHandle::link_batch`](crate::DocumentsHandle::link_batch).
///
/// A batch takes fewer types than a single upload. `Debug` hides the addresses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentLinks(Vec<types::DocumentLinkItem>);

impl DocumentLinks {
    /// None yet. It takes at least one to be sent.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the document at `url`.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `url` is not `https`, or there are ten already.
    pub fn add(mut self, document_type: BatchDocumentType, url: impl Into<String>) -> Result<Self> {
        let url = url.into();
        if self.0.len() == MOST {
            return Err(Error::invalid("documents", "are ten already: send the others in another batch"));
        }
        check(&format!("documents[{}].url", self.0.len()), &url)?;
        self.0.push(types::DocumentLinkItem::new(document_type, url));
        Ok(self)
    }

    pub(super) fn into_body(self) -> Result<types::DocumentLinkRequest> {
        match self.0.is_empty() {
            true => Err(Error::invalid("documents", "is empty: add at least one")),
            false => Ok(types::DocumentLinkBatch::new(types::UploadMethod::UrlLink, self.0).into()),
        }
    }
}

/// Refuses what is not the `https` address of a host.
pub(super) fn check(field: &str, url: &str) -> Result<()> {
    // A URL parser passes over spaces and line breaks that other programs do not pass over.
    let is_plain = !url.contains(|c: char| c.is_control() || c.is_whitespace());
    match Url::parse(url) {
        Ok(parsed) if is_plain && parsed.scheme() == "https" && parsed.has_host() => Ok(()),
        _ => Err(Error::invalid(field.to_owned(), "is not an https URL")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_https_alone() {
        for url in ["https://example.com/a.jpg", "https://example.com:8443/a?b=c#d", "HTTPS://example.com"] {
            assert!(check("url", url).is_ok(), "{url}");
        }
        for url in [
            "",
            "a.jpg",
            "//example.com/a.jpg",
            "http://example.com/a.jpg",
            "ftp://example.com/a.jpg",
            "https://",
            "file:///a.jpg",
            "data:image/png;base64,AAAA",
            "https://exa mple.com",
            " https://example.com",
            "https://example.com/a\r\nb",
            "javascript:alert(1)",
        ] {
            assert!(check("url", url).is_err(), "{url:?}");
        }
    }

    #[test]
    fn a_batch_has_one_to_ten() {
        let add = |links: DocumentLinks| links.add(BatchDocumentType::Selfie, "https://example.com/selfie.jpg");
        assert_eq!(DocumentLinks::new().into_body().expect_err("it is refused").field(), Some("documents"));
        let ten = (0..10).try_fold(DocumentLinks::new(), |links, _| add(links)).expect("ten fit");
        assert!(ten.clone().into_body().is_ok());
        assert_eq!(add(ten).expect_err("it is refused").field(), Some("documents"));
    }

    #[test]
    fn a_refused_address_is_named_by_its_place() {
        let links = DocumentLinks::new().add(BatchDocumentType::Selfie, "https://example.com/a").expect("it is https");
        let error = links.add(BatchDocumentType::IdentityFront, "http://canary").expect_err("it is refused");
        assert_eq!(error.to_string(), "`documents[1].url` is not an https URL; nothing was sent");
    }
}
