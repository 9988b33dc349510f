//! `cargo xtask ci`.

#![expect(clippy::print_stderr, reason = "diagnostics go to stderr")]

use std::process::Command;

use xtask::ci::STEPS;

use super::{Failure, root};

/// Runs the steps in the root of the workspace and stops at the first that fails.
///
/// They build in the same folder as this program. Replacing its file does not affect the process that is running.
pub(crate) fn run() -> Result<(), Failure> {
    let root = root()?;
    for step in STEPS {
        let command = step.command();
        eprintln!("\n== {command}");
        let mut cargo = Command::new("cargo");
        cargo.args(step.arguments).envs(step.environment.iter().copied()).current_dir(&root);
        // `cargo run` sets these variables for this process. If the steps inherited them, cargo would rebuild everything.
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
