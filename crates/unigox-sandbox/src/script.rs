//! The scripted outcome of a verification.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The outcome of a verification: a verdict, and when it is reached. That is after a number of calls of
/// `getVerificationStatus` or after a time since the verification started, whichever comes first.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use unigox_sandbox::Script;
///
/// let quick = Script::verified().after_polls(0);
/// let refused = Script::rejected("the photo is blurred").after_polls(3);
/// let slow = Script::verified().after(Duration::from_secs(3600)).after_polls(1000);
/// # let _ = (quick, refused, slow);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(
    description = "The outcome of a verification: a verdict, reached after a number of status calls or after a time, whichever comes first."
)]
#[serde(deny_unknown_fields)]
pub struct Script {
    pub(crate) verdict: Verdict,
    /// How many calls of `getVerificationStatus` return a status that is not final before the verdict.
    #[serde(default = "default_polls")]
    pub(crate) after_polls: u32,
    /// After how many seconds the verdict is reached in any case.
    #[serde(default)]
    pub(crate) after_seconds: Option<u64>,
    /// The reason of a verdict other than `verified`, in words.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// The types of documents that can't be fetched from their links: in a batch, they are listed as errors.
    #[serde(default)]
    pub(crate) failing_documents: Vec<String>,
}

/// What a verification comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// The status `VERIFIED`.
    Verified,
    /// The status `VERIFICATION_REJECTED`.
    Rejected,
    /// The status `FAILED`.
    Failed,
    /// The status `UNDER_REVIEW`, which is not final: someone reviews the person, for as long as the sandbox runs.
    UnderReview,
    /// The status `COMPLETED`, which says that the provider has finished, and not with what result.
    Completed,
    /// The status `FAILED`, when the session expires: an hour after `submitKYC`, however often the status is read.
    Expired,
}

impl Script {
    /// The person is verified.
    pub fn verified() -> Self {
        Self::new(Verdict::Verified, None)
    }

    /// The person is rejected.
    pub fn rejected(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Rejected, Some(reason.into()))
    }

    /// The verification fails without a decision about the person.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Failed, Some(reason.into()))
    }

    /// The verification stays under review.
    pub fn under_review() -> Self {
        Self::new(Verdict::UnderReview, None)
    }

    /// The provider finishes, and the result is not told.
    pub fn completed() -> Self {
        Self::new(Verdict::Completed, None)
    }

    /// The person does nothing until the session expires.
    pub fn expired() -> Self {
        Self::new(Verdict::Expired, None)
    }

    fn new(verdict: Verdict, reason: Option<String>) -> Self {
        Self { verdict, after_polls: default_polls(), after_seconds: None, reason, failing_documents: Vec::new() }
    }

    /// Sets how many calls of `getVerificationStatus` return a status that is not final before the verdict; 2 by default.
    #[must_use]
    pub fn after_polls(mut self, polls: u32) -> Self {
        self.after_polls = polls;
        self
    }

    /// Sets the time after which the verdict is reached in any case, in whole seconds; none by default.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.after_seconds = Some(time.as_secs());
        self
    }

    /// Sets the types of documents, such as `selfie`, that can't be fetched from their links; none by default. A batch of links
    /// gets a response with those that were fetched, and an error for it.
    ///
    /// # Examples
    ///
    /// ```
    /// let partial = unigox_sandbox::Script::verified().failing_documents(["selfie"]);
    /// # let _ = partial;
    /// ```
    #[must_use]
    pub fn failing_documents<T: Into<String>>(mut self, document_types: impl IntoIterator<Item = T>) -> Self {
        self.failing_documents = document_types.into_iter().map(Into::into).collect();
        self
    }
}

impl Default for Script {
    fn default() -> Self {
        Self::verified()
    }
}

const fn default_polls() -> u32 {
    2
}
