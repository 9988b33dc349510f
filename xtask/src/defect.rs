//! What an input holds that the pipeline can't handle: where, what, and what to do about it.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// One thing in a document or an overlay that stops the pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Defect {
    /// Where: a JSON pointer (`/paths/~1users/get`), or `line 3, column 7` where nothing could be parsed.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl Defect {
    /// A defect at `place`.
    pub fn new(place: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { "(document root)" } else { &self.place };
        write!(f, "at {place}: {}\n    to do: {}", self.problem, self.remedy)
    }
}

/// Everything wrong with one file, reported at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defects {
    /// The file, as the user named it.
    pub file: String,
    /// At least one defect.
    pub list: Vec<Defect>,
}

impl Defects {
    /// The defects of `file`.
    pub fn of(file: impl fmt::Display, list: Vec<Defect>) -> Self {
        Self { file: file.to_string(), list }
    }
}

impl fmt::Display for Defects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, count(self.list.len(), "defect"))?;
        for defect in &self.list {
            write!(f, "\n  {defect}")?;
        }
        Ok(())
    }
}

/// Why the library did not do what it was asked for.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums, reason = "either an input is to be corrected, or something else")]
pub enum Error {
    /// An input holds what the pipeline can't handle.
    Defects(Defects),
    /// A file can't be read or written, cargo can't be run, or another run is under way. It says what was tried.
    Other(anyhow::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Defects(defects) => defects.fmt(f),
            Self::Other(error) => write!(f, "{error:#}"),
        }
    }
}

impl From<Defects> for Error {
    fn from(defects: Defects) -> Self {
        Self::Defects(defects)
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// `1 defect`, `2 defects`.
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
