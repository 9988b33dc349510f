//! `cargo xtask`: dispatch and exit codes.

#![expect(clippy::print_stderr, reason = "a command line talks there")]

use std::{fmt, io::Write as _, path::PathBuf, process::ExitCode, thread};

use clap::{Args, Parser, Subcommand, ValueEnum};
use xtask::{
    codegen,
    defect::{self, Defects},
    pipeline::{self, Inputs},
};

/// Turns the vendor's OpenAPI document into the crate `unigox-client`.
///
/// Exit codes: 0 done; 1 the answer is no (stale output, or output that can't be written); 2 wrong usage, or an input
/// that can't be read; 3 the document or the overlay holds something that the pipeline can't handle.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Regenerate the client crate from the checked-in document, in place or elsewhere.
    Codegen(Codegen),
}

#[derive(Args)]
struct Codegen {
    /// Write nothing; list every stale, missing or extra output with its first difference.
    #[arg(long, conflicts_with_all = ["spec", "overlay", "out", "stage"])]
    check: bool,
    /// Another document; needs `--out` or `--stage`.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Another overlay, or `none`.
    #[arg(long, value_name = "FILE|none")]
    overlay: Option<PathBuf>,
    /// A folder for a stand-alone crate.
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

/// What ends a command early: the exit code, what happened, and what to run next.
struct Failure {
    code: u8,
    message: String,
    next: String,
}

impl Failure {
    fn new(code: u8, message: impl fmt::Display, next: impl Into<String>) -> Self {
        Self { code, message: message.to_string(), next: next.into() }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast_ref::<Defects>() {
            Some(defects) => Self::new(3, defects, "correct what is listed, then run `cargo xtask codegen` again"),
            None => Self::new(1, format!("{error:#}"), "make that possible, then run `cargo xtask codegen` again"),
        }
    }
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            eprintln!("{}\nnext: cargo xtask codegen --help", error.to_string().trim_end());
            return ExitCode::from(2);
        }
        // Help was asked for.
        Err(help) => help.exit(),
    };
    // The parsers, the passes and the generator recurse as deep as a document nests; what it may nest is bounded by
    // `document`, but not by what the main thread's stack takes.
    let worker = thread::Builder::new().stack_size(1 << 28).spawn(move || match cli.command {
        Command::Codegen(arguments) => run(&arguments),
    });
    let result = match worker.map(thread::JoinHandle::join) {
        Ok(Ok(result)) => result,
        _ => Err(Failure::new(1, "stopped by a mistake of its own", "please report the document that did it")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {}\nnext: {}", failure.message.trim_end(), failure.next);
            ExitCode::from(failure.code)
        }
    }
}

fn run(arguments: &Codegen) -> Result<(), Failure> {
    let here = std::env::current_dir().map_err(|error| Failure::new(2, error, "run it inside the workspace"))?;
    let root = codegen::find_root(&here).map_err(|error| Failure::new(2, error, "run it inside the workspace"))?;
    let inputs = inputs(arguments, codegen::checked_in(&root))?;
    if let Some(stage) = arguments.stage {
        let document = match stage {
            Stage::Overlay => pipeline::overlay(&inputs)?.document,
            Stage::Lower => pipeline::lower(&inputs)?.effective,
        };
        return print(&document);
    }
    if let Some(folder) = &arguments.out {
        let written = codegen::elsewhere(&inputs, folder)?.write()?;
        eprintln!("{}: {}", folder.display(), done(written.len()));
        return Ok(());
    }
    if arguments.spec.is_some() || arguments.overlay.is_some() {
        let next =
            "add `--out DIR` or `--stage overlay|lower`, or change the files in openapi/ and run without options";
        return Err(Failure::new(2, "`--spec` and `--overlay` don't write in place", next));
    }
    let outputs = codegen::in_place(&root)?;
    if arguments.check {
        let stale = outputs.stale()?;
        if stale.is_empty() {
            eprintln!("generated files are up to date");
            return Ok(());
        }
        let next = "cargo xtask codegen";
        return Err(Failure::new(1, codegen::check_message(&stale), next));
    }
    for stale in outputs.write()? {
        eprintln!("wrote {}", stale.path.display());
    }
    Ok(())
}

/// Prints the document to stdout. A reader that has seen enough is no failure.
fn print(document: &serde_json::Value) -> Result<(), Failure> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut out, document).map_err(std::io::Error::from);
    match written.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(1, format!("can't write to stdout: {error}"), "send the output somewhere else"))
        }
        _ => Ok(()),
    }
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
        if let Err(error) = std::fs::File::open(path).and_then(|file| file.metadata()) {
            return Err(Failure::new(
                2,
                format!("can't read {}: {error}", path.display()),
                "name a file that is there",
            ));
        }
        if path.is_dir() {
            return Err(Failure::new(2, format!("{} is a folder", path.display()), "name a file"));
        }
    }
    Ok(inputs)
}
