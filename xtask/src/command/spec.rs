//! `cargo xtask spec`: reports about vendor documents, and the update to a new one.

mod diff;
mod lint;
mod update;

use clap::Subcommand;

use super::Failure;

#[derive(Subcommand)]
pub(crate) enum Spec {
    /// Report what changed between two documents, and what it breaks.
    Diff(diff::Diff),
    /// Find contradictions inside one document.
    Lint(lint::Lint),
    Update(update::Update),
}

pub(crate) fn run(command: &Spec) -> Result<(), Failure> {
    let (result, is_for_scripts) = match command {
        Spec::Diff(arguments) => (diff::run(arguments), arguments.is_for_scripts()),
        Spec::Lint(arguments) => (lint::run(arguments), arguments.is_for_scripts()),
        Spec::Update(arguments) => (update::run(arguments), arguments.is_for_scripts()),
    };
    result.or_else(|failure| {
        if is_for_scripts {
            failure.print_for_scripts()?;
        }
        Err(failure)
    })
}
