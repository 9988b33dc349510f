//! `cargo xtask spec`: what is done with vendor documents.

mod diff;

use clap::Subcommand;

use super::Failure;

#[derive(Subcommand)]
pub(crate) enum Spec {
    /// What changed between two documents, and whom it breaks.
    Diff(diff::Diff),
}

pub(crate) fn run(command: &Spec) -> Result<(), Failure> {
    match command {
        Spec::Diff(arguments) => diff::run(arguments),
    }
}
