//! Where a wait is, so that it can be continued after a restart.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use unigox_client::types::{Verification, VerificationStatus};

/// Where a wait is: its deadline, the status that was read last, and which page the person was shown.
///
/// [`WaitPolicy::on_progress`](crate::WaitPolicy::on_progress) hands it over whenever it changes, and
/// [`WaitPolicy::resume`](crate::WaitPolicy::resume) continues from it. It serializes, in less than 200 bytes of JSON. It
/// holds no personal data and no secret: of the page, there is a checksum.
///
/// # Examples
///
/// ```
/// use unigox::{WaitPoint, WaitPolicy, serde_json};
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let stored = r#"{"deadline": "2026-02-03T12:15:00Z", "status": "PENDING_DOCUMENTS", "page": "8c9f2d0e11a7b364"}"#;
/// let point: WaitPoint = serde_json::from_str(stored)?;
/// let policy = WaitPolicy::resume(point).on_action(|_url| println!("a page that was not shown yet"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WaitPoint {
    deadline: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<VerificationStatus>,
    /// The checksum of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

/// The longest status that is kept, which is longer than any that is documented.
const MAX_STATUS_BYTES: usize = 64;

impl WaitPoint {
    /// The beginning of a wait until `deadline`.
    pub const fn new(deadline: DateTime<Utc>) -> Self {
        Self { deadline, status: None, page: None }
    }

    /// When the wait ends at the latest, but for its last poll.
    pub fn deadline(&self) -> DateTime<Utc> {
        self.deadline
    }

    /// The status that was read last; none if no status was read.
    pub fn status(&self) -> Option<&VerificationStatus> {
        self.status.as_ref()
    }

    /// Notes the status that was read; whether that changes the point.
    pub(super) fn note_status(&mut self, status: &VerificationStatus) -> bool {
        // What is no status is not kept: it may be anything.
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        let name = status.as_str();
        let status = (name.len() <= MAX_STATUS_BYTES && name.bytes().all(is_name)).then_some(status);
        let is_new = self.status.as_ref() != status;
        if is_new {
            self.status = status.cloned();
        }
        is_new
    }

    /// Notes that the page `url` is shown; whether that changes the point.
    pub(super) fn note_page(&mut self, url: &str) -> bool {
        let page = Some(checksum(url));
        let is_new = self.page != page;
        self.page = page;
        is_new
    }

    /// Whether `verification` has the status and the page of this point.
    pub(super) fn has_seen(&self, verification: &Verification) -> bool {
        let url = verification.verification_url.as_ref().and_then(Option::as_deref);
        self.status.as_ref() == Some(&verification.status) && url.is_none_or(|url| self.page == Some(checksum(url)))
    }
}

impl fmt::Debug for WaitPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitPoint")
            .field("deadline", &self.deadline)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The checksum of a text, by FNV-1a: the same in every version and on every machine.
fn checksum(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_that_of_the_published_algorithm() {
        assert_eq!(checksum(""), "cbf29ce484222325");
        assert_eq!(checksum("a"), "af63dc4c8601ec8c");
        assert_eq!(checksum("foobar"), "85944171f73967e8");
    }
}
