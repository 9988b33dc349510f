//! What is known of an operation before it is called.

use std::fmt;

/// Whether a call may be repeated when it is not known whether it took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// Safe to repeat: a second call changes nothing that the first one did not.
    Safe,
    /// A second call may repeat the effect of the first one. Repeat the call only if the first request was provably never sent.
    Never,
}

/// One operation of the API, as the document describes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Operation {
    /// The `operationId` in the document.
    pub id: &'static str,
    /// The HTTP method, in upper case.
    pub method: &'static str,
    /// The path template, with parameters in braces.
    pub path: &'static str,
    /// Whether a call may be repeated.
    pub retry: Retry,
    /// The `operationId` of the operation that shows whether a call took effect, if the document names one.
    pub check_with: Option<&'static str>,
    /// What status 409 means for this operation, in the words of the document, if it says that.
    pub conflict: Option<&'static str>,
    /// Whether a call can carry a file: the operation takes a form with a file in it.
    pub has_file: bool,
}

impl Operation {
    /// An operation; the generated table is made of these.
    #[allow(dead_code, reason = "a document may have no operation")]
    pub(crate) const fn new(id: &'static str, method: &'static str, path: &'static str, retry: Retry) -> Self {
        Self { id, method, path, retry, check_with: None, conflict: None, has_file: false }
    }

    #[allow(dead_code, reason = "a document may name no such operation")]
    pub(crate) const fn check_with(mut self, id: &'static str) -> Self {
        self.check_with = Some(id);
        self
    }

    #[allow(dead_code, reason = "a document may have no such response")]
    pub(crate) const fn on_conflict(mut self, meaning: &'static str) -> Self {
        self.conflict = Some(meaning);
        self
    }

    #[allow(dead_code, reason = "a document may have no form")]
    pub(crate) const fn with_file(mut self) -> Self {
        self.has_file = true;
        self
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {}, retry {:?})", self.id, self.method, self.path, self.retry)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}
