//! `cargo xtask spec diff`.

#![expect(clippy::print_stderr, reason = "diagnostics go to stderr")]

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::Value;
use xtask::{
    coverage::Coverage,
    defect::{self, Defects},
    diff::{self, Report},
    openapi::{self, Loaded},
    overlay,
    page::{self, Document},
};

use crate::command::{Failure, Format, expect_file, load, print, print_json, root, style};

const AGAIN: &str = "cargo xtask spec diff OLD NEW";

#[derive(Args)]
pub(crate) struct Diff {
    /// The old document.
    old: PathBuf,
    /// The new document.
    new: PathBuf,
    /// An overlay to apply to both documents before they are compared, so that types have the names that it gives them.
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
    /// How to print the report.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// End with exit code 1 if there is such a change.
    #[arg(long, value_name = "KIND")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A change that breaks deployed clients or code that uses `unigox`. A warning does not count.
    Breaking,
    /// Any change.
    Any,
}

/// The document with what fits of the overlay. How much does not is said: that is no error, since one of the two documents
/// is another one than the overlay was written for.
fn overlaid(document: Value, overlay: &Loaded, path: &Path, name: &Document) -> Result<Value, Failure> {
    let applied = overlay::apply_matching(document, &overlay.value, &|_| true);
    let (document, unmatched) = applied.map_err(|list| Failure::of(Defects::of(path.display(), list), AGAIN))?;
    if !unmatched.is_empty() {
        let actions = defect::count(unmatched.len(), "action");
        eprintln!(
            "{actions} of {} left out: {} has nothing there to change",
            path.display(),
            page::printable(&name.file)
        );
    }
    Ok(document)
}

impl Diff {
    pub(super) fn is_for_scripts(&self) -> bool {
        self.format == Format::Json
    }
}

pub(crate) fn run(arguments: &Diff) -> Result<(), Failure> {
    let Diff { old, new, overlay, format, fail_on } = arguments;
    let ((old, old_name), (new, new_name)) = (load(old, AGAIN)?, load(new, AGAIN)?);
    let (mut old, mut new) = (old.value, new.value);
    if let Some(path) = overlay {
        expect_file(path)?;
        let overlay = openapi::load(path).map_err(|error| Failure::of(error, AGAIN))?;
        old = overlaid(old, &overlay, path, &old_name)?;
        new = overlaid(new, &overlay, path, &new_name)?;
    }
    let coverage = Coverage::read(&root()?).map_err(|error| Failure::of(error, AGAIN))?;
    let compared = diff::compare_with_code(&old, &new, &coverage, [&old, &new]);
    let report = Report::new(old_name, new_name, compared);
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
