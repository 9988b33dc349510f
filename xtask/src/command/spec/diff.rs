//! `cargo xtask spec diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use xtask::{
    coverage::Coverage,
    defect,
    diff::{self, Report},
};

use crate::command::{Failure, Format, load, print, print_json, root, style};

const AGAIN: &str = "cargo xtask spec diff OLD NEW";

#[derive(Args)]
pub(crate) struct Diff {
    /// The old document.
    old: PathBuf,
    /// The new document.
    new: PathBuf,
    /// How to print the report.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// End with exit code 1 if there is such a change.
    #[arg(long, value_name = "KIND")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A change that breaks deployed clients or code that uses `unigox`.
    Breaking,
    /// Any change.
    Any,
}

pub(crate) fn run(arguments: &Diff) -> Result<(), Failure> {
    let Diff { old, new, format, fail_on } = arguments;
    let ((old, old_name), (new, new_name)) = (load(old, AGAIN)?, load(new, AGAIN)?);
    let coverage = Coverage::read(&root()?);
    let report = Report::new(old_name, new_name, diff::compare(&old.value, &new.value, &coverage));
    match format {
        Format::Text => print(&diff::text(&report, style()))?,
        Format::Json => print_json(&report)?,
        Format::Markdown => print(&diff::markdown(&report))?,
    }
    let breaking = report.changes.iter().filter(|change| change.is_breaking()).count();
    let (found, kind) = match fail_on {
        None => return Ok(()),
        Some(FailOn::Breaking) => (breaking, "breaking change"),
        Some(FailOn::Any) => (report.changes.len(), "change"),
    };
    if found == 0 {
        return Ok(());
    }
    let next = "read the report, then update with `cargo xtask spec update NEW`";
    Err(Failure::new(1, defect::count(found, kind), next))
}
