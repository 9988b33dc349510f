//! `cargo xtask spec lint`.

use std::path::PathBuf;

use clap::Args;
use xtask::{
    codegen, defect,
    defect::Defects,
    document,
    lint::{self, Document, Report},
};

use crate::command::{Failure, Format, expect_file, print, root};

#[derive(Args)]
pub(crate) struct Lint {
    /// The document; by default, the checked-in one.
    file: Option<PathBuf>,
    /// How to print the findings.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const AGAIN: &str = "cargo xtask spec lint";

pub(crate) fn run(arguments: &Lint) -> Result<(), Failure> {
    let path = match &arguments.file {
        Some(path) => path.clone(),
        None => codegen::checked_in(&root()?).document,
    };
    expect_file(&path)?;
    let loaded = document::load(&path).map_err(|error| Failure::of(&error, AGAIN))?;
    let file = path.display().to_string();
    let findings =
        lint::lint(&loaded.value).map_err(|list| Failure::of(&Defects::of(file.clone(), list).into(), AGAIN))?;
    let report = Report::new(Document { file, sha256: loaded.sha256 }, findings);
    print(|out| match arguments.format {
        Format::Text => out.write_all(lint::text(&report, &loaded.value).as_bytes()),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &report)?;
            out.write_all(b"\n")
        }
        Format::Markdown => out.write_all(lint::markdown(&report, &loaded.value).as_bytes()),
    })?;
    match report.findings.len() {
        0 => Ok(()),
        n => {
            let found = defect::count(n, "finding");
            let next = "correct the document where it is wrong, with an overlay action if it is the vendor's";
            Err(Failure::new(1, format!("{}: {found}", report.document.file), next))
        }
    }
}
