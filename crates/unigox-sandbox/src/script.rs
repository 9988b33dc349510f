//! What becomes of a verification.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What becomes of a verification once it has begun: a verdict, after so many looks at its status or so much time,
/// whichever comes first.
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
    description = "What becomes of a verification: a verdict, after so many looks or so much time, whichever comes first."
)]
#[serde(deny_unknown_fields)]
pub struct Script {
    pub(crate) verdict: Verdict,
    /// How often the status is read as not final before the verdict.
    #[serde(default = "two")]
    pub(crate) after_polls: u32,
    /// After how many seconds the verdict is there in any case.
    #[serde(default)]
    pub(crate) after_seconds: Option<u64>,
    /// Why, in words, if the verdict is no success.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// What a verification ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// `VERIFIED`.
    Verified,
    /// `VERIFICATION_REJECTED`.
    Rejected,
    /// `FAILED`.
    Failed,
    /// `FAILED`, when the session has run out, which takes an hour, however often the status is read.
    Expired,
}

impl Script {
    /// The person is verified.
    pub fn verified() -> Self {
        Self::new(Verdict::Verified, None)
    }

    /// The person is refused.
    pub fn rejected(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Rejected, Some(reason.into()))
    }

    /// The verification breaks off.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Failed, Some(reason.into()))
    }

    /// Nobody acts until the session has run out.
    pub fn expired() -> Self {
        Self::new(Verdict::Expired, None)
    }

    fn new(verdict: Verdict, reason: Option<String>) -> Self {
        Self { verdict, after_polls: two(), after_seconds: None, reason }
    }

    /// How often the status is read as not final before the verdict; 2 by default.
    #[must_use]
    pub fn after_polls(mut self, polls: u32) -> Self {
        self.after_polls = polls;
        self
    }

    /// After how much time the verdict is there in any case, in whole seconds.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        self.after_seconds = Some(time.as_secs());
        self
    }
}

impl Default for Script {
    fn default() -> Self {
        Self::verified()
    }
}

const fn two() -> u32 {
    2
}
