//! `cargo xtask spec diff`.

use std::{io::IsTerminal as _, path::PathBuf};

use clap::{Args, ValueEnum};
use xtask::{
    diff::{self, Document, Report, Style},
    document::{self, Loaded},
};

use crate::command::{Failure, Format, expect_file, print};

#[derive(Args)]
pub(crate) struct Diff {
    /// The document as it was.
    old: PathBuf,
    /// The document as it is.
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
    let load = |path: &PathBuf| -> Result<(Loaded, Document), Failure> {
        expect_file(path)?;
        let loaded = document::load(path).map_err(|error| Failure::of(&error, "cargo xtask spec diff"))?;
        let document = Document { file: path.display().to_string(), sha256: loaded.sha256.clone() };
        Ok((loaded, document))
    };
    let ((old, old_name), (new, new_name)) = (load(old)?, load(new)?);
    let report = Report::new(old_name, new_name, diff::compare(&old.value, &new.value));
    print(|out| match format {
        Format::Text => {
            let style = Style { color: std::io::stdout().is_terminal(), width: 100 };
            out.write_all(diff::text(&report, style).as_bytes())
        }
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &report)?;
            out.write_all(b"\n")
        }
        Format::Markdown => out.write_all(diff::markdown(&report).as_bytes()),
    })?;
    let fails = match fail_on {
        None => false,
        Some(FailOn::Breaking) => report.changes.iter().any(diff::Change::is_breaking),
        Some(FailOn::Any) => !report.changes.is_empty(),
    };
    if fails {
        return Err(Failure::new(1, "there are such changes", "read the report"));
    }
    Ok(())
}
