//! The report for eyes: in a terminal, and in a pull request.

use std::fmt::Write as _;

use super::Report;

/// How the terminal shows it.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "it is made here alone")]
pub struct Style {
    /// Whether to use colour.
    pub color: bool,
    /// Columns.
    pub width: usize,
}

/// The report for a terminal.
pub fn text(report: &Report, _style: Style) -> String {
    let mut out = String::new();
    for change in &report.changes {
        let _ = writeln!(out, "{}", change.summary);
    }
    out
}

/// The report for a pull request.
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    for change in &report.changes {
        let _ = writeln!(out, "- {}", change.summary);
    }
    out
}
