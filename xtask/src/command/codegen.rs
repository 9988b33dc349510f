//! `cargo xtask codegen`.

#![expect(clippy::print_stderr, reason = "diagnostics go to stderr")]

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use xtask::{
    codegen,
    defect::{self, Error},
    last_run::LastRun,
    pipeline::{self, Inputs},
    transaction::{self, Writer},
};

use super::{Failure, expect_file, print_json, root, say_if_recovered};

#[derive(Args)]
pub(crate) struct Codegen {
    /// Write nothing; list every stale, missing or extra file with its first difference.
    #[arg(long, conflicts_with_all = ["spec", "overlay", "out", "stage"])]
    check: bool,
    /// Read another document; needs `--out` or `--stage`.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Apply another overlay, or `none`; needs `--out` or `--stage`.
    #[arg(long, value_name = "FILE|none")]
    overlay: Option<PathBuf>,
    /// Write a stand-alone crate to this folder.
    #[arg(long, value_name = "DIR", conflicts_with = "stage")]
    out: Option<PathBuf>,
    /// Print the document after this stage, as JSON, and stop.
    #[arg(long)]
    stage: Option<Stage>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Stage {
    /// After the overlay.
    Overlay,
    /// After the passes: what the generator reads.
    Lower,
}

pub(crate) fn run(arguments: &Codegen) -> Result<(), Failure> {
    let root = root()?;
    if !is_in_place(arguments) || arguments.check {
        say_if_recovered(transaction::recover(&root).map_err(failed)?);
    }
    let inputs = inputs(arguments, codegen::checked_in(&root))?;
    if let Some(stage) = arguments.stage {
        let document = match stage {
            Stage::Overlay => pipeline::overlay(&inputs).map_err(failed)?.document,
            Stage::Lower => pipeline::lower(&inputs).map_err(failed)?.effective,
        };
        return print_json(&document);
    }
    if let Some(folder) = &arguments.out {
        let written = codegen::elsewhere(&inputs, folder).map_err(failed)?.write().map_err(failed)?;
        eprintln!("{}: {}", folder.display(), done(written.len()));
        return Ok(());
    }
    if arguments.spec.is_some() || arguments.overlay.is_some() {
        let next =
            "add `--out DIR` or `--stage overlay|lower`, or change the files in openapi/ and run without options";
        return Err(Failure::new(2, "`--spec` and `--overlay` don't write in place", next));
    }
    let last_run = LastRun::of_this_executable();
    let is_as_left = || last_run.as_ref().is_some_and(|last_run| last_run.left(&root));
    if arguments.check {
        let stale = match is_as_left() {
            true => Vec::new(),
            false => codegen::in_place(&root).map_err(failed)?.stale().map_err(failed)?,
        };
        if stale.is_empty() {
            eprintln!("generated files are up to date");
            return Ok(());
        }
        let next = "cargo xtask codegen";
        return Err(Failure::new(1, codegen::check_message(&stale), next));
    }
    let writer = Writer::open(&root).map_err(failed)?;
    say_if_recovered(writer.has_recovered());
    if is_as_left() {
        return Ok(());
    }
    let outputs = codegen::in_place(&root).map_err(failed)?;
    for stale in outputs.commit(&writer).map_err(failed)? {
        eprintln!("wrote {}", stale.path.display());
    }
    if let Some(last_run) = &last_run {
        last_run.record(&root);
    }
    Ok(())
}

/// Whether it is the workspace that is written, or compared.
fn is_in_place(arguments: &Codegen) -> bool {
    arguments.stage.is_none() && arguments.out.is_none()
}

fn failed(error: impl Into<Error>) -> Failure {
    Failure::of(error, "cargo xtask codegen")
}

fn done(written: usize) -> String {
    if written == 0 { "up to date".to_owned() } else { format!("wrote {}", defect::count(written, "file")) }
}

/// The inputs that `arguments` name, where they name any; each must be a file that is there.
fn inputs(arguments: &Codegen, checked_in: Inputs) -> Result<Inputs, Failure> {
    let overlay = match &arguments.overlay {
        None => checked_in.overlay,
        Some(path) if path.as_os_str() == "none" => None,
        Some(path) => Some(path.clone()),
    };
    let inputs = Inputs { document: arguments.spec.clone().unwrap_or(checked_in.document), overlay };
    for path in std::iter::once(&inputs.document).chain(&inputs.overlay) {
        expect_file(path)?;
    }
    Ok(inputs)
}
