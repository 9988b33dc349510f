//! `cargo xtask ci` as its callers see it, with a `cargo` that only writes down how it was called.

#![cfg(unix)]

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use xtask::ci::{STEPS, Step};

/// Runs it with a cargo that fails when its first argument is `failing`: exit code, what was called, what was said.
fn run(failing: &str) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let (cargo, log) = (folder.path().join("cargo"), folder.path().join("log"));
    let shown: String = variables().iter().map(|name| format!("{name}=${name} ")).collect();
    let script =
        format!("#!/bin/sh\necho \"{shown}$PWD: $*\" >> '{}'\ntest \"$1\" != '{failing}' || exit 101\n", log.display());
    fs::write(&cargo, script).expect("the folder can be written to");
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    for name in variables() {
        command.env_remove(name);
    }
    let output = command
        .arg("ci")
        .current_dir(root)
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), fs::read_to_string(log).unwrap_or_default(), said)
}

/// Every variable that a step sets.
fn variables() -> BTreeSet<&'static str> {
    STEPS.iter().flat_map(|step| step.environment).map(|(name, _)| *name).collect()
}

/// What the log says of a step.
fn called(step: &Step) -> String {
    let value = |name: &str| {
        let set = step.environment.iter().find(|(known, _)| *known == name);
        format!("{name}={} ", set.map_or("", |(_, value)| value))
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is in the workspace");
    let environment: String = variables().into_iter().map(value).collect();
    format!("{environment}{}: {}\n", root.display(), step.arguments.join(" "))
}

#[test]
fn every_step_is_shown_and_run_in_order_in_the_root() {
    let (code, calls, said) = run("nothing");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(calls, STEPS.iter().map(called).collect::<String>());
    let shown: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("== ")).map(str::to_owned).collect();
    assert_eq!(shown, STEPS.iter().map(Step::command).collect::<Vec<_>>());
}

#[test]
fn the_first_step_that_fails_is_the_last_that_runs_and_what_to_run_next() {
    for (place, step) in STEPS.iter().enumerate() {
        let (code, calls, said) = run(step.arguments[0]);
        assert_eq!(code, Some(1), "{said}");
        assert_eq!(calls, STEPS[..=place].iter().map(called).collect::<String>());
        let next = format!("next: {}", step.command());
        assert_eq!(said.lines().last(), Some(next.as_str()), "{said}");
    }
}
