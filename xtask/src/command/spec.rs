//! `cargo xtask spec`: what is done with vendor documents.

mod diff;
mod lint;
mod update;

use clap::Subcommand;

use super::Failure;

#[derive(Subcommand)]
pub(crate) enum Spec {
    /// What changed between two documents, and whom it breaks.
    Diff(diff::Diff),
    /// What contradicts itself inside one document.
    Lint(lint::Lint),
    Update(update::Update),
}

pub(crate) fn run(command: &Spec) -> Result<(), Failure> {
    match command {
        Spec::Diff(arguments) => diff::run(arguments),
        Spec::Lint(arguments) => lint::run(arguments),
        Spec::Update(arguments) => update::run(arguments),
    }
}
