//! `cargo xtask codegen` as its callers see it: exit codes, what is on which stream, and what is on disk afterwards.
//!
//! Everything goes through the real binary, in a copy of as much of the workspace as it looks for.

mod bad_input;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use crate::support::binary::{copy, outcome};

const GENERATED: [&str; 10] = [
    "crates/unigox/src/generated/api.rs",
    "crates/unigox/src/generated/operations.md",
    "crates/unigox-client/src/generated/client.rs",
    "crates/unigox-client/src/generated/operations.rs",
    "crates/unigox-client/src/generated/types.rs",
    "crates/unigox-sandbox/src/document.json",
    "openapi/effective.json",
    "openapi/lowering.md",
    "openapi/operations.md",
    "tests/support/generated/calls.rs",
];
const DOCUMENT: &str = "openapi/unigox-partner.yaml";
const OVERLAY: &str = "openapi/overlay.yaml";

/// A document that the pipeline takes as it is.
const FINE: &str = "\
openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /users/{id}:
    get:
      operationId: getUser
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
        '404': {description: ''}
components:
  schemas:
    User: {type: object, properties: {name: {type: string}}}
";

/// How each bad document is read: as `bad.yaml`, over the crate in `out`.
const ELSEWHERE: [&str; 7] = ["codegen", "--spec", "bad.yaml", "--overlay", "none", "--out", "out"];

/// Runs the binary, and holds what it does to what holds for every run: it doesn't panic, and a failure ends with what
/// to do next.
fn run(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.args(args).current_dir(dir).stdin(Stdio::null()).output().expect("the binary starts");
    outcome(output, args)
}

/// A copy of what the binary needs of the workspace.
struct Workspace(TempDir);

impl Workspace {
    /// As it is checked in.
    fn checked_in() -> Self {
        let workspace = Self(tempfile::tempdir().expect("a folder"));
        let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for part in ["openapi", "crates/unigox-client", "crates/unigox-sandbox", "crates/unigox/src", "tests/support"] {
            copy(&real.join(part), &workspace.path(part));
        }
        workspace.write("xtask/Cargo.toml", "");
        workspace
    }

    /// With the document of these tests, and brought up to date.
    fn new() -> Self {
        static CURRENT: OnceLock<Workspace> = OnceLock::new();
        let current = CURRENT.get_or_init(|| {
            let workspace = Self::checked_in();
            for (name, ours) in [(DOCUMENT, "document.yaml"), (OVERLAY, "overlay.yaml")] {
                let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/users").join(ours);
                workspace.write(name, fs::read_to_string(ours).expect("a document of these tests"));
            }
            let (code, _, stderr) = workspace.run(&["codegen"]);
            assert_eq!(code, 0, "{stderr}");
            workspace
        });
        let workspace = Self(tempfile::tempdir().expect("a folder"));
        copy(current.0.path(), workspace.0.path());
        workspace
    }

    /// With a stand-alone crate in `out`, made from a small document.
    fn with_crate() -> Self {
        let workspace = Self::new();
        workspace.write("fine.yaml", FINE);
        let (code, _, stderr) = workspace.run(&ELSEWHERE.map(|arg| if arg == "bad.yaml" { "fine.yaml" } else { arg }));
        assert_eq!(code, 0, "{stderr}");
        workspace
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        run(self.0.path(), args)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("a file that can be read")
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
        fs::write(path, content).expect("a file that can be written");
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} holds no `{from}`");
        self.write(path, text.replacen(from, to, 1));
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("a file that can be removed");
    }

    /// Every path with its content, if it is a file.
    fn tree(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        self.each(|path| path.is_file().then(|| fs::read(path).expect("a file that can be read")))
    }

    fn each<T>(&self, what: impl Fn(&Path) -> T) -> BTreeMap<PathBuf, T> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.0.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).expect("a folder that can be read") {
                let path = entry.expect("an entry").path();
                let name = path.strip_prefix(self.0.path()).expect("a path below the root").to_owned();
                found.insert(name, what(&path));
                if path.is_dir() {
                    open.push(path);
                }
            }
        }
        found
    }

    /// Makes every file old, so that one that is written again shows.
    fn age(&self) {
        self.each(|path| {
            if path.is_file() {
                let file = File::options().write(true).open(path).expect("a file that can be opened");
                file.set_modified(long_ago()).expect("a time that can be set");
            }
        });
    }

    /// The files written since [`Self::age`].
    fn touched(&self) -> Vec<PathBuf> {
        let is_new = |path: &Path| {
            let time = fs::metadata(path).and_then(|found| found.modified()).expect("a time");
            path.is_file() && time != long_ago()
        };
        self.each(is_new).into_iter().filter(|(_, is_new)| *is_new).map(|(path, _)| path).collect()
    }

    /// Asserts that nothing is different from `before`.
    fn assert_unchanged(&self, before: &BTreeMap<PathBuf, Option<Vec<u8>>>, during: &str) {
        let after = self.tree();
        let paths = before.keys().chain(after.keys());
        let changed: Vec<_> = paths.filter(|path| before.get(*path) != after.get(*path)).collect();
        assert!(changed.is_empty(), "{during} changed {changed:?}");
    }
}

fn long_ago() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
}

// ---- Up to date or not ----------------------------------------------------------------------------------------------

#[test]
fn a_fresh_copy_is_up_to_date_and_nothing_is_touched() {
    let workspace = Workspace::checked_in();
    let before = workspace.tree();
    workspace.age();
    for args in [&["codegen", "--check"][..], &["codegen"], &["codegen"], &["codegen", "--check"]] {
        let (code, stdout, stderr) = workspace.run(args);
        assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    }
    workspace.assert_unchanged(&before, "codegen");
    assert_eq!(workspace.touched(), [] as [PathBuf; 0]);
}

#[test]
fn the_workspace_is_found_from_any_folder_in_it_and_nowhere_else() {
    let workspace = Workspace::new();
    let (code, _, stderr) = run(&workspace.path("crates/unigox-client/src"), &["codegen", "--check"]);
    assert_eq!(code, 0, "{stderr}");
    let outside = tempfile::tempdir().expect("a folder");
    let (code, _, stderr) = run(outside.path(), &["codegen", "--check"]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("is not inside the workspace"), "{stderr}");
}

/// One way to be stale, and how `--check` lists it.
struct Staleness {
    named: &'static str,
    make: fn(&Workspace),
    /// Undoes what `codegen` can't: changes to the inputs.
    undo: fn(&Workspace),
    listed: Vec<String>,
}

fn staleness() -> Vec<Staleness> {
    let lines =
        |word: &str, paths: &[&str]| -> Vec<String> { paths.iter().map(|path| format!("{word:<8} {path}")).collect() };
    let inputs_only: fn(&Workspace) = |_| {};
    let (byte, gone, extra) = (
        |w: &Workspace| {
            w.replace(GENERATED[4], "pub struct", "pub  struct");
            w.replace(GENERATED[6], "\"openapi\"", "\"Openapi\"");
            w.replace(GENERATED[8], "| operation |", "| Operation |");
        },
        |w: &Workspace| {
            w.remove(GENERATED[2]);
            w.remove(GENERATED[7]);
        },
        |w: &Workspace| {
            for path in EXTRA {
                w.write(path, "// left over\n");
            }
        },
    );
    vec![
        Staleness {
            named: "bytes changed",
            make: byte,
            undo: inputs_only,
            listed: lines("stale", &[GENERATED[4], GENERATED[6], GENERATED[8]]),
        },
        Staleness {
            named: "files deleted",
            make: gone,
            undo: inputs_only,
            listed: lines("missing", &[GENERATED[2], GENERATED[7]]),
        },
        Staleness {
            named: "a folder deleted",
            make: |w| fs::remove_dir_all(w.path("crates/unigox-client/src/generated")).expect("a folder"),
            undo: inputs_only,
            listed: lines("missing", &GENERATED[2..5]),
        },
        Staleness { named: "files too many", make: extra, undo: inputs_only, listed: lines("extra", &EXTRA) },
        Staleness {
            named: "a property of the document changed",
            make: |w| w.replace(DOCUMENT, "format: email", "format: idn-email"),
            undo: |w| w.replace(DOCUMENT, "format: idn-email", "format: email"),
            listed: lines("stale", &GENERATED),
        },
        Staleness {
            named: "an action of the overlay changed",
            make: |w| w.replace(OVERLAY, "x-type-name: CreateUserRequest", "x-type-name: NewUser"),
            undo: |w| w.replace(OVERLAY, "x-type-name: NewUser", "x-type-name: CreateUserRequest"),
            listed: lines("stale", &GENERATED),
        },
        Staleness {
            named: "several at once",
            make: |w| {
                w.replace(OVERLAY, "title: Corrections", "title: More corrections");
                w.write(EXTRA[1], "");
                w.remove(GENERATED[3]);
            },
            undo: |w| w.replace(OVERLAY, "title: More corrections", "title: Corrections"),
            listed: {
                let stale = GENERATED.iter().filter(|path| **path != GENERATED[3]).copied().collect::<Vec<_>>();
                [lines("stale", &stale), lines("missing", &GENERATED[3..4]), lines("extra", &EXTRA[1..2])].concat()
            },
        },
    ]
}

const EXTRA: [&str; 2] = ["crates/unigox-client/src/generated/models.rs", "openapi/effective.yaml"];

#[test]
fn check_lists_everything_that_is_stale_and_writes_nothing() {
    let fresh = Workspace::new();
    let fresh_tree = fresh.tree();
    for case in staleness() {
        let workspace = Workspace::new();
        (case.make)(&workspace);
        let before = workspace.tree();
        let (code, stdout, stderr) = workspace.run(&["codegen", "--check"]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{}: {stderr}", case.named);
        let mut listed: Vec<&str> = stderr.lines().filter_map(|line| line.strip_prefix("  ")).collect();
        listed.retain(|line| !line.starts_with(' '));
        let mut listed: Vec<_> = listed.iter().map(|line| line.split(", first in").next().unwrap_or(line)).collect();
        let mut expected = case.listed.clone();
        listed.sort_unstable();
        expected.sort_unstable();
        assert_eq!(listed, expected, "{}: {stderr}", case.named);
        assert!(stderr.contains(&format!("{} generated file", expected.len())), "{}: {stderr}", case.named);
        assert!(stderr.ends_with("\nnext: cargo xtask codegen\n"), "{}: {stderr}", case.named);
        workspace.assert_unchanged(&before, "--check");

        let (code, stdout, stderr) = workspace.run(&["codegen"]);
        assert_eq!((code, stdout.as_str()), (0, ""), "{}: {stderr}", case.named);
        for line in &expected {
            let path = line.split_whitespace().last().expect("a line has a path");
            assert!(stderr.contains(path), "{}: `{path}` was changed in silence: {stderr}", case.named);
        }
        let repaired = workspace.tree();
        (case.undo)(&workspace);
        if repaired != workspace.tree() {
            let (code, _, stderr) = workspace.run(&["codegen"]);
            assert_eq!(code, 0, "{}: {stderr}", case.named);
        }
        workspace.assert_unchanged(&fresh_tree, case.named);
    }
}

#[test]
fn check_shows_the_first_difference_of_a_stale_file() {
    let workspace = Workspace::new();
    workspace.replace(GENERATED[8], "# Operations", "# Methods");
    let (_, _, stderr) = workspace.run(&["codegen", "--check"]);
    let difference = "first in line 5\n      is        # Methods\n      should be # Operations\n";
    assert!(stderr.contains(difference), "{stderr}");
}

// ---- Other outputs --------------------------------------------------------------------------------------------------

#[test]
fn a_stage_is_json_on_stdout_and_nothing_else() {
    let workspace = Workspace::new();
    workspace.write("fine.yaml", FINE);
    let before = workspace.tree();
    let elsewhere = ["--spec", "fine.yaml", "--overlay", "none"];
    for stage in ["overlay", "lower"] {
        for inputs in [&elsewhere[..0], &elsewhere] {
            let args = [&["codegen", "--stage", stage], inputs].concat();
            let (code, stdout, stderr) = workspace.run(&args);
            assert_eq!((code, stderr.as_str()), (0, ""), "{args:?}");
            let document: serde_json::Value = serde_json::from_str(&stdout).expect("stdout is JSON");
            assert_eq!(document["openapi"], "3.0.3", "{args:?}");
            let errors = document.to_string().contains("x-lowered-errors");
            assert_eq!(errors, stage == "lower", "{args:?}: only lowering sets errors aside");
        }
    }
    workspace.assert_unchanged(&before, "--stage");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_reason_to_panic() {
    let workspace = Workspace::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["codegen", "--stage", "lower"]).current_dir(workspace.0.path()).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the binary ends");
    let stderr = String::from_utf8(output.stderr).expect("output is UTF-8");
    assert!(!stderr.contains("panicked at"), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_stage_that_can_not_be_written_is_a_failure() {
    let workspace = Workspace::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["codegen", "--stage", "overlay"]).current_dir(workspace.0.path()).stdin(Stdio::null());
    let full = File::options().write(true).open("/dev/full").expect("a device that is always full");
    let output = command.stdout(full).output().expect("the binary starts");
    let stderr = String::from_utf8(output.stderr).expect("output is UTF-8");
    assert!(!stderr.contains("panicked at"), "{stderr}");
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.lines().last().is_some_and(|last| last.starts_with("next: ")), "{stderr}");
}

#[test]
fn a_crate_elsewhere_is_complete_and_written_once() {
    let workspace = Workspace::with_crate();
    let parts = ["Cargo.toml", "src/lib.rs", "src/generated/client.rs", "src/generated/operations.rs"];
    for path in parts.into_iter().chain(["src/generated/types.rs", "src/runtime/call.rs", "operations.md"]) {
        assert!(workspace.path("out").join(path).is_file(), "{path}");
    }
    let manifest = workspace.read("out/Cargo.toml");
    let named = "\nname = \"out\"\ndescription = \"Client generated from the OpenAPI document `T`\"\nversion = ";
    assert!(manifest.contains(named), "{manifest}");
    assert!(!manifest.contains("README"), "{manifest}");
    for (path, content) in workspace.tree().into_iter().filter(|(path, _)| path.starts_with("out")) {
        let content = String::from_utf8(content.unwrap_or_default()).expect("text");
        assert!(!content.to_lowercase().contains("unigox"), "{} is about another document", path.display());
    }
    let before = workspace.tree();
    workspace.age();
    let again = ["codegen", "--spec", "fine.yaml", "--overlay", "none", "--out", "out"];
    let (code, stdout, stderr) = workspace.run(&again);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    workspace.assert_unchanged(&before, "a second run");
    assert_eq!(workspace.touched(), [] as [PathBuf; 0]);

    workspace.write("out/src/generated/left_over.rs", "");
    workspace.replace("out/src/lib.rs", "pub", "pub ");
    let (code, _, stderr) = workspace.run(&again);
    assert_eq!(code, 0, "{stderr}");
    workspace.assert_unchanged(&before, "a run that repairs");
}

#[test]
fn a_folder_with_foreign_files_is_left_alone() {
    let workspace = Workspace::new();
    workspace.write("fine.yaml", FINE);
    workspace.write("foreign/notes.txt", "mine");
    workspace.write("crate/Cargo.toml", "[package]\nname = \"mine\"\n");
    workspace.write("file", "mine");
    let before = workspace.tree();
    for out in ["foreign", "crate", "file", "file/below", "."] {
        let (code, _, stderr) = workspace.run(&["codegen", "--spec", "fine.yaml", "--overlay", "none", "--out", out]);
        assert_eq!(code, 1, "{out}: {stderr}");
        assert!(stderr.contains(out), "{stderr}");
        workspace.assert_unchanged(&before, out);
    }
}

#[test]
fn wrong_usage_ends_with_2_and_changes_nothing() {
    let workspace = Workspace::new();
    workspace.write("fine.yaml", FINE);
    let before = workspace.tree();
    let wrong: &[&[&str]] = &[
        &["codegen", "--spec", "fine.yaml"],
        &["codegen", "--overlay", "none"],
        &["codegen", "--check", "--spec", "fine.yaml"],
        &["codegen", "--check", "--overlay", "none"],
        &["codegen", "--check", "--out", "out"],
        &["codegen", "--check", "--stage", "lower"],
        &["codegen", "--stage", "lower", "--out", "out"],
        &["codegen", "--stage", "generate"],
        &["codegen", "--stage"],
        &["codegen", "--spec", "", "--out", "out"],
        &["codegen", "--chekc"],
        &["codegen", "fine.yaml"],
        &["regenerate"],
        &[],
    ];
    for args in wrong {
        let (code, _, stderr) = workspace.run(args);
        assert_eq!(code, 2, "{args:?}: {stderr}");
        workspace.assert_unchanged(&before, "wrong usage");
    }
    for args in [&["--help"][..], &["codegen", "--help"]] {
        let (code, stdout, stderr) = workspace.run(args);
        assert_eq!((code, stderr.as_str()), (0, ""), "{args:?}");
        assert!(stdout.contains("Usage: cargo xtask"), "{stdout}");
    }
}

// ---- Files that can't be read or written -----------------------------------------------------------------------------

#[test]
fn an_input_that_is_not_there_or_a_folder_ends_with_2() {
    let workspace = Workspace::with_crate();
    let before = workspace.tree();
    for (args, file) in [
        (["--spec", "no.yaml", "--overlay", "none"], "no.yaml"),
        (["--spec", "fine.yaml", "--overlay", "no.yaml"], "no.yaml"),
        (["--spec", "openapi", "--overlay", "none"], "openapi"),
        (["--spec", "fine.yaml", "--overlay", "openapi"], "openapi"),
        (["--spec", "fine.yaml/below", "--overlay", "none"], "fine.yaml/below"),
    ] {
        for output in [["--out", "out"], ["--out", "new"], ["--stage", "lower"]] {
            let (code, _, stderr) = workspace.run(&[&["codegen"], &args[..], &output].concat());
            assert_eq!(code, 2, "{args:?}: {stderr}");
            assert!(stderr.contains(file), "{stderr}");
            workspace.assert_unchanged(&before, "an input that is not there");
        }
    }
}

#[test]
fn a_checked_in_input_that_is_gone_ends_with_2() {
    for file in [DOCUMENT, OVERLAY] {
        let workspace = Workspace::new();
        workspace.remove(file);
        let before = workspace.tree();
        for args in [&["codegen"][..], &["codegen", "--check"]] {
            let (code, _, stderr) = workspace.run(args);
            assert_eq!(code, 2, "{stderr}");
            assert!(stderr.contains(file), "{stderr}");
            workspace.assert_unchanged(&before, file);
        }
    }
}

#[test]
fn an_output_that_can_not_be_written_ends_with_1_and_changes_nothing() {
    let make_stale = |workspace: &Workspace| {
        // Something to write elsewhere, before and after the file that can't be.
        workspace.replace(GENERATED[2], "use", "use ");
        workspace.replace(GENERATED[8], "#", "##");
        workspace.write(EXTRA[0], "");
    };
    type Put = fn(&Workspace);
    let in_the_way: [(&str, Put); 3] = [
        ("types.rs", |w| {
            w.remove(GENERATED[4]);
            fs::create_dir(w.path(GENERATED[4])).expect("a folder");
        }),
        ("effective.json", |w| {
            w.remove(GENERATED[6]);
            w.write(&format!("{}/inner", GENERATED[6]), "");
        }),
        ("generated", |w| {
            fs::remove_dir_all(w.path("crates/unigox-client/src/generated")).expect("a folder");
            w.write("crates/unigox-client/src/generated", "a file");
        }),
    ];
    for (name, put) in in_the_way {
        let workspace = Workspace::new();
        make_stale(&workspace);
        put(&workspace);
        let before = workspace.tree();
        for args in [&["codegen"][..], &["codegen", "--check"]] {
            let (code, _, stderr) = workspace.run(args);
            assert_eq!(code, 1, "{name}: {stderr}");
            assert!(stderr.contains(name), "{name}: {stderr}");
            workspace.assert_unchanged(&before, name);
        }
    }
}

#[test]
fn check_lists_what_is_stale_even_if_a_folder_is_in_the_way_of_a_file() {
    let workspace = Workspace::new();
    workspace.remove(GENERATED[4]);
    fs::create_dir(workspace.path(GENERATED[4])).expect("a folder");
    workspace.remove(GENERATED[8]);
    let (code, _, stderr) = workspace.run(&["codegen", "--check"]);
    assert_eq!(code, 1, "{stderr}");
    for path in [GENERATED[4], GENERATED[8]] {
        assert!(stderr.contains(path), "`{path}` is not in:\n{stderr}");
    }
}
