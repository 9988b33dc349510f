//! What is known of an operation before it is called.

use std::fmt;

/// Whether a call may be sent again when it is not known what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// A second call changes nothing that the first one did not: it reads, or it finds what the first one made.
    Safe,
    /// A second call may do a second time what the first one did. Send it again only if the first was provably never
    /// sent.
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
    /// Whether a call may be sent again.
    pub retry: Retry,
}

impl Operation {
    /// An operation; the generated table is made of these.
    pub(crate) const fn new(id: &'static str, method: &'static str, path: &'static str, retry: Retry) -> Self {
        Self { id, method, path, retry }
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
