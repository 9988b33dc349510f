//! `cargo xtask spec diff`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use xtask::{
    check,
    claims::Claims,
    defect::Defects,
    diff::{self, Document, Report},
    document::{self, Loaded},
};

use crate::command::{Failure, Format, expect_file, print, root, style};

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
    let ((old, old_name), (new, new_name)) = (load(old)?, load(new)?);
    let claims = Claims::read(&root()?);
    let report = Report::new(old_name, new_name, diff::compare(&old.value, &new.value, &claims));
    print(|out| match format {
        Format::Text => out.write_all(diff::text(&report, style()).as_bytes()),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &report)?;
            out.write_all(b"\n")
        }
        Format::Markdown => out.write_all(diff::markdown(&report).as_bytes()),
    })?;
    let breaking = report.changes.iter().filter(|change| change.is_breaking()).count();
    let (found, kind) = match fail_on {
        None => return Ok(()),
        Some(FailOn::Breaking) => (breaking, "breaking change"),
        Some(FailOn::Any) => (report.changes.len(), "change"),
    };
    if found == 0 {
        return Ok(());
    }
    let next = "read the report, then take the document over with `cargo xtask spec update NEW`";
    Err(Failure::new(1, xtask::defect::count(found, kind), next))
}

/// The document, which has to be OpenAPI, and what the report calls it.
fn load(path: &Path) -> Result<(Loaded, Document), Failure> {
    expect_file(path)?;
    let shown = path.display().to_string();
    let loaded = document::load(path).map_err(|error| Failure::of(&error, AGAIN))?;
    let defect = check::version(&loaded.value).map_err(|defect| Defects::of(shown.clone(), vec![defect]));
    defect.map_err(|defects| Failure::of(&defects.into(), AGAIN))?;
    let document = Document { file: shown, sha256: loaded.sha256.clone() };
    Ok((loaded, document))
}
