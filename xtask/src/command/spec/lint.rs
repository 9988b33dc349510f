//! `cargo xtask spec lint`.

use std::path::PathBuf;

use clap::Args;
use xtask::{
    codegen,
    defect::{self, Defects},
    lint::{self, Report},
};

use crate::command::{Failure, Format, load, print, print_json, root};

#[derive(Args)]
pub(crate) struct Lint {
    /// The document; by default, the checked-in one.
    file: Option<PathBuf>,
    /// How to print the findings.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const AGAIN: &str = "cargo xtask spec lint";

impl Lint {
    pub(super) fn is_for_scripts(&self) -> bool {
        self.format == Format::Json
    }
}

pub(crate) fn run(arguments: &Lint) -> Result<(), Failure> {
    let path = match &arguments.file {
        Some(path) => path.clone(),
        None => codegen::checked_in(&root()?).document,
    };
    let (loaded, document) = load(&path, AGAIN)?;
    let findings = lint::lint(&loaded.value).map_err(|list| Failure::of(Defects::of(path.display(), list), AGAIN))?;
    let report = Report::new(document, findings);
    match arguments.format {
        Format::Text => print(&lint::text(&report, &loaded.value))?,
        Format::Json => print_json(&report)?,
        Format::Markdown => print(&lint::markdown(&report, &loaded.value))?,
    }
    match report.findings.len() {
        0 => Ok(()),
        n => {
            let found = defect::count(n, "finding");
            let next = "correct the document where it is wrong; what an overlay action corrects is still listed, since the overlay is \
                        not read";
            Err(Failure::new(1, format!("{}: {found}", report.document.file), next))
        }
    }
}
