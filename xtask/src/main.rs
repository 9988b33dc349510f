//! `cargo xtask`: dispatch and exit codes.

#![expect(clippy::print_stderr, reason = "diagnostics go to stderr")]

mod command;

use std::{process::ExitCode, thread};

use clap::{CommandFactory as _, Parser, Subcommand};
use xtask::page::printable;

use crate::command::{Failure, ci, codegen, spec};

/// Trees of values and of syntax are many small allocations. With the system's allocator, `codegen` takes a fifth more time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Generates the crate `unigox-client` from the vendor's OpenAPI document, and reports what a new document changes.
///
/// Exit codes: 0 success; 1 a check failed (stale output, a change that `--fail-on` names, a contradiction in a document) or
/// output can't be written; 2 wrong usage, or an input that can't be read; 3 the document or the overlay has something
/// that the pipeline can't handle.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Regenerate the client crate from the checked-in document, in place or elsewhere.
    Codegen(codegen::Codegen),
    /// Compare two vendor documents, update to a new one, or find contradictions inside one.
    #[command(subcommand)]
    Spec(spec::Spec),
    /// Run the steps of CI in order and stop at the first that fails.
    Ci,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            eprintln!("{}\nnext: {} --help", error.to_string().trim_end(), named(std::env::args().skip(1)));
            return ExitCode::from(2);
        }
        // Help was asked for.
        Err(help) => help.exit(),
    };
    // The parsers, the passes and the generator recurse as deep as a document nests; what it may nest is bounded by
    // `openapi/load.rs`, but the main thread's stack may be too small for it.
    let worker = thread::Builder::new().stack_size(1 << 28).spawn(move || match cli.command {
        Command::Codegen(arguments) => codegen::run(&arguments),
        Command::Spec(command) => spec::run(&command),
        Command::Ci => ci::run(),
    });
    let result = match worker.map(thread::JoinHandle::join) {
        Ok(Ok(result)) => result,
        _ => Err(Failure::new(1, "stopped by a bug in xtask", "please report the document that caused it")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // It quotes documents. Its lines are ours.
            let message: Vec<String> = failure.message.trim_end().lines().map(printable).collect();
            eprintln!("error: {}\nnext: {}", message.join("\n"), failure.next);
            ExitCode::from(failure.code)
        }
    }
}

/// The command that the arguments name, as far as they name one.
fn named(arguments: impl Iterator<Item = String>) -> String {
    let (mut command, mut named) = (Cli::command(), "cargo xtask".to_owned());
    for argument in arguments {
        let Some(found) = command.find_subcommand(&argument) else { break };
        named = format!("{named} {argument}");
        command = found.clone();
    }
    named
}
