//! `cargo xtask codegen` as its callers see it: exit codes, what is on which stream, and what is on disk afterwards.
//!
//! Everything goes through the real binary, in a copy of as much of the workspace as it looks for.

#[path = "support/binary.rs"]
mod binary;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use crate::binary::{copy, outcome};

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

// ---- Bad input ------------------------------------------------------------------------------------------------------

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

/// A bad input, and what is said about it.
struct Bad {
    named: &'static str,
    text: Vec<u8>,
    place: &'static str,
    says: &'static [&'static str],
}

impl Bad {
    fn new(named: &'static str, text: impl Into<Vec<u8>>, place: &'static str, says: &'static [&'static str]) -> Self {
        Self { named, text: text.into(), place, says }
    }
}

/// Each of `bad` ends with 3, says file, place, problem and remedy, and leaves the outputs as they were.
fn refuses(workspace: &Workspace, args: &[&str], bad: &[Bad]) {
    for Bad { named, text, place, says } in bad {
        workspace.write("bad.yaml", text);
        let before = workspace.tree();
        let (code, stdout, stderr) = workspace.run(args);
        assert_eq!((code, stdout.as_str()), (3, ""), "{named}: {stderr}");
        let at = format!("  at {place}");
        for part in ["bad.yaml: ", at.as_str(), "\n    to do: "].iter().chain(*says) {
            assert!(stderr.contains(part), "{named}: `{part}` is not in:\n{stderr}");
        }
        assert!(stderr.len() < 16 * 1024, "{named}: {} bytes are nothing for a person to read", stderr.len());
        workspace.assert_unchanged(&before, named);
    }
}

/// [`FINE`] with one thing changed.
fn fine_but(from: &str, to: &str) -> String {
    assert!(FINE.contains(from), "{from}");
    FINE.replacen(from, to, 1)
}

#[test]
fn refuses_what_is_no_yaml() {
    let workspace = Workspace::with_crate();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0".to_vec();
    refuses(
        &workspace,
        &ELSEWHERE,
        &[
            Bad::new("YAML with a slip", "openapi: 3.0.3\ninfo: [\n", "line 2", &["not YAML: "]),
            Bad::new(
                "JSON with a slip",
                "{\"openapi\": \"3.0.3\",\n \"info\": ]}",
                "line 2, column 10",
                &["not JSON: "],
            ),
            Bad::new("a tab for indentation", "openapi: 3.0.3\ninfo:\n\ttitle: T\n", "line 3", &["not YAML: "]),
            Bad::new("an empty file", "", "line 1", &["not a mapping"]),
            Bad::new("a comment alone", "# nothing\n", "line 1", &["not a mapping"]),
            Bad::new("prose", "Dear Sir or Madam\n", "line 1", &["not a mapping"]),
            Bad::new("a list", "- a\n- b\n", "line 1", &["not a mapping"]),
            Bad::new("two documents", "a: 1\n---\nb: 2\n", "line ", &["not YAML: "]),
            Bad::new("a picture", png, "line 1", &["not UTF-8"]),
            Bad::new("UTF-16", b"\xff\xfeo\0p\0e\0n\0".to_vec(), "line 1", &["not UTF-8"]),
            Bad::new("invalid UTF-8 further on", b"openapi: 3.0.3\ninfo: \xc3\x28\n".to_vec(), "line ", &["not UTF-8"]),
            Bad::new("a key given twice", fine_but("paths:", "info: {}\npaths:"), "line 3", &["not YAML: ", "info"]),
            Bad::new("an unknown alias", fine_but("title: T", "title: *no"), "line 2", &["not YAML: "]),
            Bad::new(
                "a tag that makes it binary",
                fine_but("title: T", "title: !!binary '//8='"),
                "line 2",
                &["not YAML: "],
            ),
        ],
    );
}

#[test]
fn refuses_what_is_no_openapi_3_0_and_says_what_it_is() {
    let workspace = Workspace::with_crate();
    let redocly = &["OpenAPI 3.1.0", "3.0"];
    refuses(
        &workspace,
        &ELSEWHERE,
        &[
            Bad::new("some other YAML", "name: T\non: {push: {}}\n", "/openapi", &["not an OpenAPI document"]),
            Bad::new("Swagger", "swagger: '2.0'\ninfo: {}\npaths: {}\n", "/openapi", &["Swagger 2.0"]),
            Bad::new("version 3.1", fine_but("3.0.3", "3.1.0"), "/openapi", redocly),
            Bad::new("no string for a version", fine_but("3.0.3", "3.0"), "/openapi", &["not a string"]),
            Bad::new("no info", fine_but("info", "Info"), "/info", &["missing"]),
            Bad::new("no paths", fine_but("paths", "Paths"), "/paths", &["missing"]),
            Bad::new(
                "paths as a list",
                "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: []\n",
                "/paths",
                &["mapping"],
            ),
            Bad::new(
                "no responses",
                fine_but("responses", "answers"),
                "/paths/~1users~1{id}/get/responses",
                &["missing"],
            ),
            Bad::new(
                "a number for a schema",
                fine_but("{type: object, properties: {name: {type: string}}}", "1"),
                "/components/schemas/User",
                &["not a schema"],
            ),
            Bad::new(
                "a type that does not exist",
                fine_but("{name: {type: string}}", "{name: {type: text}}"),
                "/components/schemas/User/properties/name",
                &["not OpenAPI 3.0"],
            ),
        ],
    );
}

#[test]
fn says_what_a_document_is_even_if_the_overlay_has_lost_its_targets() {
    let workspace = Workspace::new();
    for (text, says) in [
        ("swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n", "Swagger 2.0"),
        ("openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n", "OpenAPI 3.1.0"),
        ("hello: world\n", "not an OpenAPI document"),
    ] {
        workspace.write(DOCUMENT, text);
        let before = workspace.tree();
        let (code, _, stderr) = workspace.run(&["codegen"]);
        assert_eq!(code, 3, "{stderr}");
        assert!(stderr.contains("unigox-partner.yaml") && stderr.contains(says), "`{says}` is not in:\n{stderr}");
        workspace.assert_unchanged(&before, says);
    }
}

#[test]
fn refuses_references_that_lead_nowhere_or_in_a_circle() {
    let workspace = Workspace::with_crate();
    let user = "{type: object, properties: {name: {type: string}}}";
    let reference = |target: &str| fine_but(user, &format!("{{$ref: '{target}'}}"));
    let through = |schema: &str| fine_but(user, schema) + "    B: {$ref: '#/components/schemas/User'}\n";
    let place = "/components/schemas/User";
    refuses(
        &workspace,
        &ELSEWHERE,
        &[
            Bad::new(
                "a dangling reference",
                fine_but("schemas/User", "schemas/Usr"),
                "/paths/~1users~1{id}/get/responses/200/content/application~1json/schema/$ref",
                &["dangling reference", "#/components/schemas/Usr", "`User`"],
            ),
            Bad::new("a reference to nothing at all", reference(""), place, &["refers to"]),
            Bad::new("another file", reference("user.yaml"), place, &["another file, `user.yaml`", "redocly bundle"]),
            Bad::new("part of another file", reference("user.yaml#/User"), place, &["another file"]),
            Bad::new("a URL", reference("https://a.example/user.yaml"), place, &["another file"]),
            Bad::new("itself", reference("#/components/schemas/User"), place, &["circular reference"]),
            Bad::new(
                "itself by another",
                through("{$ref: '#/components/schemas/B'}"),
                "/components/schemas/",
                &["circular"],
            ),
            Bad::new(
                "itself by allOf",
                through("{allOf: [{$ref: '#/components/schemas/B'}, {type: object}]}"),
                "/components/schemas/",
                &["circular reference", "schemas/User", "schemas/B"],
            ),
            Bad::new(
                "itself by oneOf",
                through("{oneOf: [{type: string}, {$ref: '#/components/schemas/B'}]}"),
                "/components/schemas/",
                &["circular reference"],
            ),
            Bad::new(
                "a response that is itself",
                FINE.to_owned() + "  responses: {R: {$ref: '#/components/responses/R'}}\n",
                "/components/responses/R",
                &["circular reference"],
            ),
            Bad::new(
                "an operation elsewhere",
                fine_but("components:", "  /a: {get: {$ref: '#/paths/~1users~1{id}/get'}}\ncomponents:"),
                "/paths/~1a/get/$ref",
                &["an operation that is a reference"],
            ),
            Bad::new("a number for a reference", fine_but(user, "{$ref: 1}"), place, &["$ref"]),
        ],
    );
}

#[test]
fn refuses_names_that_collide() {
    let workspace = Workspace::with_crate();
    let second = |id: &str| {
        let operation = format!("  /a: {{get: {{operationId: {id}, responses: {{'200': {{description: ''}}}}}}}}\n");
        fine_but("components:", &format!("{operation}components:"))
    };
    refuses(
        &workspace,
        &ELSEWHERE,
        &[
            Bad::new(
                "two equal ids",
                second("getUser"),
                "/paths/~1a/get/operationId",
                &["`getUser` is taken already, at /paths/~1users~1{id}/get"],
            ),
            Bad::new(
                "two ids for one method",
                second("get_user"),
                "/paths/~1a/get/operationId",
                &["`get_user`", "same method name", "/paths/~1users~1{id}/get"],
            ),
        ],
    );
}

#[test]
fn refuses_what_would_exhaust_it() {
    let workspace = Workspace::with_crate();
    let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (from, to) in ('a'..='h').zip('b'..='i') {
        bomb += &format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 10].join(","));
    }
    let mut block = String::from("openapi: 3.0.3\n");
    (0..2_000).for_each(|depth| block += &format!("{}a:\n", " ".repeat(depth)));
    refuses(
        &workspace,
        &ELSEWHERE,
        &[
            Bad::new("an alias bomb", bomb, "line ", &["not YAML: "]),
            Bad::new("an alias to itself", "a: &a [*a]\n", "line 1", &["not YAML: "]),
            Bad::new("deep JSON", format!("{{\"a\":{}", "[".repeat(100_000)), "line 1", &["not JSON: "]),
            Bad::new("deep flow", format!("a: {}", "[".repeat(100_000)), "line 1", &["not YAML: "]),
            Bad::new(
                "deep flow that is closed",
                format!("a: {}{}", "{a: ".repeat(9_000), "}".repeat(9_000)),
                "line 1",
                &["not YAML: "],
            ),
            Bad::new("deep blocks", block, "line ", &["not YAML: "]),
        ],
    );
}

#[test]
fn takes_what_is_deep_but_allowed() {
    let workspace = Workspace::new();
    let nested = |depth: usize| {
        let (open, close) = ("{type: object, properties: {a: ".repeat(depth), "}}".repeat(depth));
        fine_but("{type: object, properties: {name: {type: string}}}", &format!("{open}{{type: string}}{close}"))
    };
    workspace.write("deep.yaml", nested(100));
    let (code, _, stderr) = workspace.run(&["codegen", "--spec", "deep.yaml", "--overlay", "none", "--out", "out"]);
    assert_eq!(code, 0, "{stderr}");
    let (open, close) = ("{a: ".repeat(200), "}".repeat(200));
    workspace.write(
        "deep-overlay.yaml",
        format!(
            "overlay: 1.1.0\ninfo: {{title: T, version: '1'}}\nactions:\n\
        - {{target: $.info, description: d, update: {{x-deep: {open}1{close}}}}}\n"
        ),
    );
    let (code, stdout, stderr) =
        workspace.run(&["codegen", "--spec", "deep.yaml", "--overlay", "deep-overlay.yaml", "--stage", "overlay"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("x-deep"));
}

#[test]
fn answers_at_once_to_a_file_past_the_limit() {
    let workspace = Workspace::with_crate();
    // Far more than could be read or held: only a tool that looks at the size first can answer at all.
    let size = 1_u64 << 40;
    let file = File::create(workspace.path("bad.yaml")).expect("a file");
    if file.set_len(size).is_err() {
        file.set_len(100 << 20).expect("any file system has files of 100 MiB");
    }
    let size = file.metadata().expect("a size").len();
    let (code, _, stderr) = workspace.run(&ELSEWHERE);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains(&format!("{size} bytes, more than the limit of ")), "{stderr}");
    let (code, _, stderr) = workspace.run(&["codegen", "--overlay", "bad.yaml", "--out", "out"]);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains(&format!("{size} bytes, more than the limit of ")), "{stderr}");
}

#[cfg(unix)]
#[test]
fn reads_no_device_to_its_end() {
    let workspace = Workspace::with_crate();
    let (code, _, stderr) = workspace.run(&ELSEWHERE.map(|arg| if arg == "bad.yaml" { "/dev/zero" } else { arg }));
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("more than the limit of "), "{stderr}");
}

// ---- The checked-in document, spoilt ---------------------------------------------------------------------------------

#[test]
fn a_defect_in_place_names_the_file_and_leaves_the_outputs() {
    let workspace = Workspace::new();
    let [first, second] = ["operationId: verifyAuth", "operationId: submitKYC"];
    let cases: [(&str, &str, &str, &[&str]); 5] = [
        ("openapi: 3.0.3", "openapi: 3.1.0", "/openapi", &["OpenAPI 3.1.0"]),
        ("schemas/APIResponse'", "schemas/APIRespons'", "/$ref", &["dangling reference", "`APIResponse`"]),
        (second, first, "/operationId", &["`verifyAuth` is taken already"]),
        ("openapi: 3.0.3", "openapi: [3.0.3", "line ", &["not YAML"]),
        ("info:\n", "info:\n  title: T\n", "line 4", &["not YAML", "title"]),
    ];
    let fine = workspace.read(DOCUMENT);
    for (from, to, place, says) in cases {
        workspace.replace(DOCUMENT, from, to);
        let before = workspace.tree();
        for args in [&["codegen"][..], &["codegen", "--check"], &["codegen", "--stage", "lower"]] {
            let (code, stdout, stderr) = workspace.run(args);
            assert_eq!((code, stdout.as_str()), (3, ""), "{to}: {stderr}");
            for part in ["unigox-partner.yaml: ", "  at ", place, "\n    to do: "].iter().chain(says) {
                assert!(stderr.contains(part), "{to}: `{part}` is not in:\n{stderr}");
            }
            workspace.assert_unchanged(&before, to);
        }
        workspace.write(DOCUMENT, &fine);
    }
}

#[test]
fn every_unmatched_action_is_listed_at_once() {
    let workspace = Workspace::new();
    let actions = workspace.read(OVERLAY).matches("\n  - target:").count();
    workspace.replace(OVERLAY, "$.components.schemas.PaymentProfile\n", "$.components.schemas.PaymentProfil\n");
    let unmatched = "  - target: $.paths['/a']\n    description: d\n    remove: true\n  - target: $.tags[7]\n    \
                description: d\n    update: {x-a: 1}\n";
    let text = workspace.read(OVERLAY);
    workspace.write(OVERLAY, format!("{}\n{unmatched}", text.trim_end()));
    let before = workspace.tree();
    let (code, _, stderr) = workspace.run(&["codegen"]);
    assert_eq!(code, 3, "{stderr}");
    let last = [format!("at /actions/{actions}: "), format!("at /actions/{}: ", actions + 1)];
    for part in ["overlay.yaml: 3 defects", "PaymentProfil`", "did you mean `PaymentProfile`?", &last[0], &last[1]] {
        assert!(stderr.contains(part), "`{part}` is not in:\n{stderr}");
    }
    assert_eq!(stderr.matches("matches nothing").count(), 3, "{stderr}");
    workspace.assert_unchanged(&before, "an unmatched action");
}

#[test]
fn refuses_what_is_not_an_overlay() {
    let workspace = Workspace::with_crate();
    let overlay = |action: &str| {
        format!("overlay: 1.1.0\ninfo: {{title: T, version: '1'}}\nactions:\n- {{description: d, {action}}}\n")
    };
    let args = ["codegen", "--spec", "fine.yaml", "--overlay", "bad.yaml", "--out", "out"];
    refuses(
        &workspace,
        &args,
        &[
            Bad::new(
                "a path that is not a valid JSONPath",
                overlay("target: '$.paths[', remove: true"),
                "/actions/0/target",
                &["`$.paths[` is not a valid JSONPath"],
            ),
            Bad::new(
                "a path by another standard",
                overlay("target: /paths, remove: true"),
                "/actions/0/target",
                &["`/paths` is not a valid JSONPath"],
            ),
            Bad::new(
                "a path that nests",
                overlay(&format!("target: '$[?{}@.a{}]', remove: true", "(".repeat(9_000), ")".repeat(9_000))),
                "/actions/0/target",
                &["nested"],
            ),
            Bad::new("an OpenAPI document", FINE, "(document root)", &["`overlay` is missing", "`actions` is missing"]),
            Bad::new(
                "a version that is not there yet",
                overlay("target: $.info, remove: true").replacen("1.1.0", "2.0.0", 1),
                "/overlay",
                &["2.0.0 is not supported"],
            ),
            Bad::new("an action that does nothing", overlay("target: $.info"), "/actions/0", &["changes nothing"]),
            Bad::new("nothing", "", "line 1", &["not a mapping"]),
            Bad::new("no YAML", "overlay: [\n", "line 1", &["not YAML"]),
            Bad::new("deep flow", format!("a: {}", "[".repeat(100_000)), "line 1", &["not YAML: "]),
            Bad::new("a key given twice", "overlay: 1.1.0\noverlay: 1.1.0\n", "line 2", &["not YAML"]),
            Bad::new("no UTF-8", b"overlay: \xff".to_vec(), "line 1", &["not UTF-8"]),
        ],
    );
}

#[test]
fn an_overlay_that_spoils_the_document_is_a_defect() {
    let workspace = Workspace::with_crate();
    for (action, place) in [
        ("target: $.paths, remove: true", "/paths"),
        ("target: $.components.schemas.User, remove: true", "/$ref"),
        ("target: $.openapi, update: 3.1.0", "/openapi"),
    ] {
        let overlay = "overlay: 1.1.0\ninfo: {title: T, version: '1'}\nactions:\n";
        workspace.write("overlay.yaml", format!("{overlay}- {{description: d, {action}}}\n"));
        let before = workspace.tree();
        let args = ["codegen", "--spec", "fine.yaml", "--overlay", "overlay.yaml", "--out", "out"];
        let (code, _, stderr) = workspace.run(&args);
        assert_eq!(code, 3, "{action}: {stderr}");
        assert!(stderr.contains("fine.yaml: ") && stderr.contains(place), "{action}: {stderr}");
        workspace.assert_unchanged(&before, action);
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
    let spoil = |workspace: &Workspace| {
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
        spoil(&workspace);
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
