//! `cargo xtask spec update`.

#![expect(clippy::print_stderr, reason = "diagnostics go to stderr")]

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use xtask::{codegen, transaction::Writer, update};

use crate::command::{Failure, expect_file, print, print_json, root, say_if_recovered, style};

/// Update to a new vendor document: write it and everything that is generated from it, or nothing at all.
///
/// Overlay actions that do not match the new document are left out. Prints what the vendor changed, those actions and
/// everything else that is left to do by hand, and the commits to make.
#[derive(Args)]
pub(crate) struct Update {
    /// The vendor's document, YAML or JSON. It is copied byte for byte.
    file: PathBuf,
    /// Print the same, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to print the report.
    #[arg(long, value_enum, default_value_t)]
    format: UpdateFormat,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum UpdateFormat {
    /// For people, in a terminal.
    #[default]
    Text,
    /// For scripts, with every change: a versioned schema.
    Json,
}

impl Update {
    pub(super) fn is_for_scripts(&self) -> bool {
        self.format == UpdateFormat::Json
    }
}

pub(crate) fn run(arguments: &Update) -> Result<(), Failure> {
    let root = root()?;
    let checked_in = codegen::checked_in(&root);
    for path in [Some(&arguments.file), Some(&checked_in.document), checked_in.overlay.as_ref()].into_iter().flatten() {
        expect_file(path)?;
    }
    let again = "cargo xtask spec update";
    let writer = Writer::open(&root).map_err(|error| Failure::of(error, again))?;
    say_if_recovered(writer.has_recovered());
    let mut begins = |stage: &str| eprintln!("{stage}");
    let update = update::update(&writer, &arguments.file, arguments.dry_run, &mut begins);
    let update = update.map_err(|error| Failure::of(error, again))?;
    // Before anything is printed: whoever reads the report may start the next run.
    drop(writer);
    if arguments.dry_run {
        eprintln!("a dry run: nothing was written");
    }
    match arguments.format {
        UpdateFormat::Text => print(&update::text(&update, style())),
        UpdateFormat::Json => print_json(&update),
    }
}
