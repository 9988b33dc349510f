//! `cargo xtask ci`.

#![expect(clippy::print_stderr, reason = "a command line talks there")]

use std::process::Command;

use xtask::ci::STEPS;

use super::{Failure, root};

/// Runs the steps in the root of the workspace, up to the first that fails.
///
/// They build in the same folder as what runs them, which is no harm: a running program stays when its file is replaced.
pub(crate) fn run() -> Result<(), Failure> {
    let root = root()?;
    for step in STEPS {
        let command = step.command();
        eprintln!("\n== {command}");
        let mut cargo = Command::new("cargo");
        cargo.args(step.arguments).envs(step.environment.iter().copied()).current_dir(&root);
        // What `cargo run` sets is for what it runs: with it the steps would be built anew.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
                cargo.env_remove(name);
            }
        }
        let status =
            cargo.status().map_err(|error| Failure::new(1, format!("can't run cargo: {error}"), command.clone()))?;
        if !status.success() {
            return Err(Failure::new(1, format!("`{command}` ended with {status}"), command));
        }
    }
    Ok(())
}
