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

/// Refuses what is not the `https` address of a host, written as RFC 3986 has it: what a URL parser would mend on the way
/// is sent as it stands, and other parsers mend it otherwise.
pub(super) fn check(field: &str, url: &str) -> Result<()> {
    let is_https = url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
    let has_host = !url.get(8..).unwrap_or_default().starts_with(['/', '?', '#']);
    if is_https && has_host && is_rfc3986(url) && Url::parse(url).is_ok() {
        Ok(())
    } else {
        Err(Error::invalid(field.to_owned(), "is not an https URL"))
    }
}

/// Whether `url` has only characters that a URI may have, where it may have them.
fn is_rfc3986(url: &str) -> bool {
    let has_known = url.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c));
    let mut escapes = url.split('%').skip(1);
    let has_escapes = escapes.all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()));
    let authority = url.split('/').nth(2).unwrap_or_default().len();
    // Brackets are for an IPv6 address, and a fragment has no fragment.
    let after_authority = url.get("https://".len() + authority..).unwrap_or_default();
    has_known && has_escapes && !after_authority.contains(['[', ']']) && url.matches('#').count() <= 1
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
