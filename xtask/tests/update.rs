//! `cargo xtask spec update` as its callers see it: everything or nothing, whatever happens to it.

#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "says what was not tested, for whoever runs it with `--nocapture`")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::{fs::PermissionsExt as _, process::ExitStatusExt as _},
    path::PathBuf,
    process::{Child, Command},
    time::Duration,
};

use crate::support::workspace::{
    COMPILES, DOCUMENT, DRY_RUN, OVERLAY, Tree, UPDATE, Workspace, fine, real_root, refusing, replaced,
};

const TYPES: &str = "crates/unigox-client/src/generated/types.rs";
const GENERATED: [&str; 10] = [
    "crates/unigox/src/generated/api.rs",
    "crates/unigox/src/generated/operations.md",
    "tests/support/generated/calls.rs",
    "crates/unigox-client/src/generated/client.rs",
    "crates/unigox-client/src/generated/operations.rs",
    TYPES,
    "crates/unigox-sandbox/src/document.json",
    "openapi/effective.json",
    "openapi/lowering.md",
    "openapi/operations.md",
];

/// A change that the overlay fits.
fn with_an_operation(document: String) -> String {
    let operation = "  /api/v1/partner/limits:\n    get:\n      operationId: getLimits\n      responses:\n        '200':\n          \
        description: The limits.\n          content: {application/json: {schema: {type: object, properties: {\
        note: {type: string}}}}}\n";
    let first = "  /api/v1/partner/verify-auth:\n";
    replaced(&document, first, &format!("{operation}{first}"))
}

/// A change that an action of the overlay does not match.
fn with_a_rename(document: String) -> String {
    replaced(&document, "user_ref", "users_ref")
}

fn same(document: String) -> String {
    document
}

// ---- What it does ---------------------------------------------------------------------------------------------------

#[test]
fn a_dry_run_changes_nothing_and_prints_what_the_run_prints_that_writes() {
    let workspace = Workspace::new(COMPILES, |document| with_a_rename(with_an_operation(document)));
    let before = workspace.tree();
    let (dry, stderr) = fine(&workspace, &DRY_RUN);
    assert!(stderr.ends_with("a dry run: nothing was written\n"), "{stderr}");
    assert_eq!(workspace.changed(&before), [] as [PathBuf; 0]);

    let (real, stderr) = fine(&workspace, &UPDATE);
    assert_eq!(dry, real);
    assert!(stderr.contains("\nwriting 11 files\n"), "{stderr}");
    let mut expected: Vec<PathBuf> = GENERATED.iter().chain([&DOCUMENT]).map(PathBuf::from).collect();
    expected.sort();
    assert_eq!(workspace.changed(&before), expected);
    assert_eq!(workspace.read(DOCUMENT), workspace.read("new.yaml"));
}

#[test]
fn a_document_that_the_overlay_fits_is_taken_over_with_all_that_is_generated() {
    let workspace = Workspace::new(COMPILES, with_an_operation);
    let (stdout, _) = fine(&workspace, &UPDATE);
    fine(&workspace, &["codegen", "--check"]);
    assert!(workspace.read("openapi/operations.md").contains("`getLimits`"));
    for part in [
        "1 new string without x-sensitive",
        "    $.paths['/api/v1/partner/limits'].get.responses['200'].content['application/json'].schema.properties.note\n",
        "\n  Added operations: 1\n    getLimits  GET /api/v1/partner/limits\n",
        "  git add openapi/unigox-partner.yaml; git commit -m \"Update to the vendor's document ",
        "  git add openapi crates/unigox-client/src/generated crates/unigox/src/generated \
         crates/unigox-sandbox/src/document.json tests; git commit -m \"Regenerate",
    ] {
        assert!(stdout.contains(part), "`{part}` is not in:\n{stdout}");
    }
    // HTTP says of a GET that it is safe to repeat, and an operation needs no method that is written by hand.
    for part in ["unmatched", "x-retry", "What breaks", "compiler error"] {
        assert!(!stdout.contains(part), "`{part}` is in:\n{stdout}");
    }

    let before = workspace.tree();
    let (stdout, _) = fine(&workspace, &UPDATE);
    assert_eq!(workspace.changed(&before), [] as [PathBuf; 0]);
    let nothing = "nothing changed\n\nNothing is written: the document is the one that is checked in.\n\n\
                   Nothing is left to do by hand.\n";
    assert!(stdout.contains(nothing) && !stdout.contains("Commits"), "{stdout}");
}

#[test]
fn unmatched_actions_are_listed_with_the_nearest_match_and_stop_codegen_until_they_are_corrected() {
    let workspace = Workspace::new(COMPILES, with_a_rename);
    let (stdout, _) = fine(&workspace, &UPDATE);
    for part in [
        "1 unmatched overlay action: correct openapi/overlay.yaml, then cargo xtask codegen",
        "  $..properties.user_ref\n      reason: ",
        "\n      matches nothing: `$..properties` is ",
        "to do: did you mean `users_ref`?",
        "1 new string without x-sensitive",
    ] {
        assert!(stdout.contains(part), "`{part}` is not in:\n{stdout}");
    }
    let (code, _, stderr) = workspace.run(&["codegen", "--check"]);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("overlay.yaml: 1 defect\n"), "{stderr}");
    workspace.replace(OVERLAY, "$..properties.user_ref\n", "$..properties.users_ref\n");
    fine(&workspace, &["codegen"]);
    fine(&workspace, &["codegen", "--check"]);
}

#[test]
fn a_document_may_be_json_and_may_come_through_a_pipe_and_keeps_its_bytes() {
    let workspace = Workspace::new(COMPILES, same);
    let json = "{\"openapi\": \"3.0.3\",\"info\":{\"title\":\"T\",\"version\":\"1\"},\n\n\"paths\":{}}";
    workspace.write("new.json", json);
    let mut command = Command::new("sh");
    let script = format!("cat new.json | {} spec update /dev/stdin", env!("CARGO_BIN_EXE_xtask"));
    let command = command.args(["-c", &script]).current_dir(&workspace.folder).env("CARGO", &workspace.cargo);
    let output = command.output().expect("a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(workspace.read(DOCUMENT), json);
}

#[test]
fn a_facade_that_has_to_follow_is_left_to_do_and_no_reason_to_stop() {
    let workspace = Workspace::new(&refusing("unigox", "crates/unigox/src/users.rs"), with_an_operation);
    let (stdout, _) = fine(&workspace, &UPDATE);
    let listed = "1 compiler error in crates/unigox, which has to follow the client:\n    \
                  no single change of the document stands out:\n      \
                  crates/unigox/src/users.rs:7: no such type: `Gone` in x\n";
    assert!(stdout.contains(listed), "{stdout}");
    assert_eq!(workspace.read(DOCUMENT), workspace.read("new.yaml"));
}

/// Ends with `code`, says all of `says`, and leaves everything as it was.
fn refused(workspace: &Workspace, args: &[&str], code: i32, says: &[&str]) {
    let before = workspace.tree();
    for args in [args, &[args, &["--dry-run"]].concat()] {
        let (found, _, stderr) = workspace.run(args);
        assert_eq!(found, code, "{args:?}: {stderr}");
        for part in says {
            assert!(stderr.contains(part), "`{part}` is not in:\n{stderr}");
        }
        assert_eq!(workspace.changed(&before), [] as [PathBuf; 0], "{stderr}");
    }
}

#[test]
fn a_document_that_can_not_be_handled_ends_with_3_and_changes_nothing() {
    for (text, says) in [
        ("openapi: [", "not YAML"),
        ("openapi: 3.1.0\n", "OpenAPI 3.1.0"),
        ("swagger: '2.0'\n", "Swagger 2.0"),
        ("openapi: 3.0.3\n", "/info"),
        ("", "not a mapping"),
    ] {
        let workspace = Workspace::new(COMPILES, |_| text.to_owned());
        refused(&workspace, &UPDATE, 3, &["new.yaml: ", says, "to do: "]);
    }
    let dangling = |document: String| document.replacen("schemas/ErrorResponse'", "schemas/Nowhere'", 1);
    refused(&Workspace::new(COMPILES, dangling), &UPDATE, 3, &["new.yaml: 1 defect", "dangling reference"]);
}

#[test]
fn a_malformed_overlay_ends_with_3_and_changes_nothing() {
    for (from, to, says) in [
        ("overlay: 1.1.0", "overlay: [", "not YAML"),
        ("overlay: 1.1.0", "overlay: 2.0.0", "2.0.0 is not supported"),
        ("target: $..properties.email\n", "target: $..properties.email[\n", "is not a valid JSONPath"),
        ("    remove: true", "    removed: true", "there is no field `removed`"),
    ] {
        let workspace = Workspace::new(COMPILES, with_a_rename);
        workspace.replace(OVERLAY, from, to);
        refused(&workspace, &UPDATE, 3, &["overlay.yaml: ", says]);
    }
}

#[test]
fn a_file_that_is_not_there_ends_with_2() {
    let workspace = Workspace::new(COMPILES, same);
    refused(&workspace, &["spec", "update", "no.yaml"], 2, &["no.yaml"]);
    refused(&workspace, &["spec", "update", "openapi"], 2, &["openapi is a folder"]);
    refused(&workspace, &["spec", "update"], 2, &["FILE"]);
    fs::remove_file(workspace.path(OVERLAY)).expect("removed");
    refused(&workspace, &UPDATE, 2, &["overlay.yaml"]);
}

#[test]
fn a_client_that_does_not_compile_ends_with_3_and_changes_nothing() {
    let workspace = Workspace::new(&refusing("unigox-client", TYPES), with_an_operation);
    let place =
        format!("at {TYPES}:7: the client that is generated from it does not compile: no such type: `Gone` in x\n");
    refused(&workspace, &UPDATE, 3, &["new.yaml: 1 defect", &place]);
}

#[test]
fn a_cargo_that_can_not_check_ends_with_1_and_changes_nothing() {
    let no_network = "echo \"error: no matching package named x found in $PWD\" >&2; exit 101";
    let workspace = Workspace::new(no_network, with_an_operation);
    let says = ["without the network", "cargo fetch", "no matching package named x found in .\n"];
    refused(&workspace, &UPDATE, 1, &says);
    fs::remove_file(&workspace.cargo).expect("removed");
    refused(&workspace, &UPDATE, 1, &["can't run `", "bin/cargo"]);
}

#[test]
fn a_file_that_can_not_be_written_ends_with_1_and_changes_nothing() {
    for path in [TYPES, "openapi/operations.md"] {
        let workspace = Workspace::new(COMPILES, with_an_operation);
        fs::remove_file(workspace.path(path)).expect("removed");
        fs::create_dir(workspace.path(path)).expect("a folder in the way");
        refused(&workspace, &UPDATE, 1, &[path, "by a folder"]);
    }
    let workspace = Workspace::new(COMPILES, with_an_operation);
    let file = workspace.path("openapi/lowering.md");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("set");
    let before = workspace.tree();
    let (code, _, stderr) = workspace.run(&UPDATE);
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("nothing was changed: can't write ") && stderr.contains("openapi/lowering.md"), "{stderr}");
    assert_eq!(workspace.changed(&before), [] as [PathBuf; 0]);
}

#[test]
fn a_folder_that_can_not_be_written_ends_with_1_and_changes_nothing() {
    let workspace = Workspace::new(COMPILES, with_an_operation);
    let folder = workspace.path("crates/unigox-client/src/generated");
    let set = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).expect("set");
    set(0o555);
    if fs::write(folder.join("probe"), "").is_ok() {
        println!("permissions do not hold for this user: no read-only folder to test");
        return;
    }
    let before = workspace.tree();
    let (code, _, stderr) = workspace.run(&UPDATE);
    let changed = workspace.changed(&before);
    set(0o755);
    assert_eq!((code, changed), (1, Vec::new()), "{stderr}");
    assert!(stderr.contains("nothing was changed"), "{stderr}");
}

// ---- What interrupts it ---------------------------------------------------------------------------------------------

/// A run that is compiling, and stays so until [`Self::go_on`].
struct Compiling<'w> {
    workspace: &'w Workspace,
    run: Child,
}

/// Says that it runs, and waits for a line.
const WAITS: &str = "cd \"$(dirname \"$0\")\"; echo > begun; read line < gate";

impl<'w> Compiling<'w> {
    fn start(workspace: &'w Workspace) -> Self {
        for pipe in ["bin/begun", "bin/gate"] {
            let made = Command::new("mkfifo").arg(workspace.path(pipe)).status().expect("mkfifo");
            assert!(made.success());
        }
        let run = workspace.start(&UPDATE);
        // Opens when the script does.
        fs::read(workspace.path("bin/begun")).expect("a pipe");
        Self { workspace, run }
    }

    /// Lets cargo end; what it would wait for the second time is gone then.
    fn go_on(&self) {
        fs::write(self.workspace.path("bin/gate"), "\n").expect("a pipe");
    }

    fn end(self) -> std::process::ExitStatus {
        self.run.wait_with_output().expect("it ends").status
    }
}

#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let workspace = Workspace::new(WAITS, with_an_operation);
    let mut first = Compiling::start(&workspace);
    let before = workspace.tracked();
    for args in [&UPDATE[..], &DRY_RUN, &["codegen"]] {
        let (code, _, stderr) = workspace.run(args);
        assert_eq!(code, 1, "{stderr}");
        assert!(stderr.contains("another `cargo xtask` is changing this workspace"), "{stderr}");
    }
    // One that writes nothing has nothing to wait for.
    fine(&workspace, &["codegen", "--check"]);
    assert_eq!(workspace.tracked(), before);
    first.run.kill().expect("killed");
    first.go_on();
    first.end();
}

#[test]
fn what_is_terminated_while_compiling_has_changed_nothing_and_is_cleared_away_by_the_next_run() {
    let workspace = Workspace::new(WAITS, with_an_operation);
    let before = workspace.tracked();
    let compiling = Compiling::start(&workspace);
    let ended = Command::new("kill").args(["-TERM", &compiling.run.id().to_string()]).status().expect("kill");
    assert!(ended.success());
    compiling.go_on();
    assert_eq!(compiling.end().signal(), Some(15));
    let mut after = workspace.tracked();
    after.retain(|path, _| !path.ends_with("begun") && !path.ends_with("gate"));
    assert_eq!(after, before);
    assert!(workspace.path("target/xtask/scratch").exists());
    fine(&workspace, &["codegen"]);
    assert!(!workspace.path("target/xtask").exists());
}

/// What a kill between two renames leaves.
fn half_done(workspace: &Workspace) {
    let entry = |path: &str, was_there: bool| format!("{{\"path\":\"{path}\",\"was_there\":{was_there}}}");
    let files = [entry(DOCUMENT, true), entry("openapi/made.md", false), entry(TYPES, true)].join(",");
    for (index, path) in [(0, DOCUMENT), (2, TYPES)] {
        workspace.write(&format!("target/xtask/old/{index}"), workspace.read(path));
    }
    workspace.write("target/xtask/journal.json", format!("{{\"files\":[{files}],\"folders\":[]}}"));
    workspace.write(DOCUMENT, "half");
    workspace.write("openapi/made.md", "half");
}

#[test]
fn every_command_that_reads_or_writes_the_workspace_first_undoes_what_was_interrupted() {
    let workspace = Workspace::new(COMPILES, with_an_operation);
    let before = workspace.tracked();
    for args in [&["codegen", "--check"][..], &["codegen"], &DRY_RUN, &["codegen", "--stage", "lower"]] {
        half_done(&workspace);
        let (_, stderr) = fine(&workspace, args);
        assert!(stderr.starts_with("an interrupted update was undone\n"), "{args:?}: {stderr}");
        assert_eq!(workspace.tracked(), before, "{args:?}");
        assert!(!workspace.path("target/xtask").exists(), "{args:?}");
    }
}

#[test]
fn a_journal_that_can_not_be_read_is_said_so() {
    let workspace = Workspace::new(COMPILES, with_an_operation);
    workspace.write("target/xtask/journal.json", "{\"files\":");
    refused(&workspace, &UPDATE, 1, &["journal.json is damaged", "restore the workspace with git"]);
}

/// The delays are the same in every run; what they hit is not, and need not be: it must be right for all.
#[test]
fn a_run_that_is_killed_at_any_moment_leaves_all_or_nothing() {
    let workspace = Workspace::new(COMPILES, |document| with_a_rename(with_an_operation(document)));
    let before = workspace.tracked();
    fine(&workspace, &UPDATE);
    let after = workspace.tracked();
    let mut random = 0x2026_u64;
    for round in 0..24 {
        restore(&workspace, &before);
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        // Mostly while it writes: that is where it could do harm.
        let (line, delay) = if next(3) == 0 { (next(5), next(40_000)) } else { (5, next(6_000)) };
        let mut run = workspace.start(&UPDATE);
        let stderr = BufReader::new(run.stderr.take().expect("a pipe"));
        let line = stderr.lines().nth(usize::try_from(line).expect("small")).expect("a stage").expect("UTF-8");
        std::thread::sleep(Duration::from_micros(delay));
        run.kill().expect("killed, or over");
        run.wait().expect("it is over");

        let is_half = workspace.path("target/xtask/journal.json").exists();
        // Whatever the check finds, it looks at a workspace that is whole.
        let (_, _, stderr) = workspace.run(&["codegen", "--check"]);
        assert_eq!(stderr.starts_with("an interrupted update was undone\n"), is_half, "{stderr}");
        let found = workspace.tracked();
        let is_whole = found == before || (found == after && !is_half);
        assert!(is_whole, "round {round}: {delay} µs after `{line}`, {:?} are half done", workspace.changed(&before));
    }
}

fn restore(workspace: &Workspace, tree: &Tree) {
    for (path, content) in tree {
        if let Some(content) = content {
            fs::write(workspace.folder.join(path), content).expect("written");
        }
    }
}

// ---- With the real compiler -----------------------------------------------------------------------------------------

#[test]
fn the_real_compiler_finds_what_the_facade_has_to_follow_and_leaves_no_trace_in_what_is_compiled() {
    let workspace = Workspace::whole(with_a_rename);
    let check = || {
        let mut command = workspace.command(&[]);
        let target = command.get_envs().find(|(name, _)| *name == "CARGO_TARGET_DIR").and_then(|(_, target)| target);
        let target = target.expect("set").to_owned();
        command = Command::new(env!("CARGO"));
        command.args(["check", "--offline", "-p", "unigox"]).env("CARGO_TARGET_DIR", target);
        // As the trial has it: not by this alone is it kept apart.
        command.env("CARGO_INCREMENTAL", "0");
        let output = command.current_dir(&workspace.folder).output().expect("cargo");
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    check();
    let before = workspace.tracked();
    let (stdout, _) = fine(&workspace, &DRY_RUN);
    let found: Vec<&str> =
        stdout.lines().filter(|line| line.starts_with("      crates/unigox/src/") && line.contains(": ")).collect();
    // It sets the one field that is called something else, and nothing else has changed.
    assert!(!found.is_empty() && found.iter().all(|line| line.contains("user_ref")), "{stdout}");
    let cause = "`user_ref`";
    let before_it = stdout.split(found[0]).next().unwrap_or_default();
    let cause_line = before_it.lines().rev().find(|line| line.contains(cause));
    assert!(cause_line.is_some(), "{cause} is not said to be the cause:\n{stdout}");
    assert_eq!(workspace.tracked(), before);
    assert!(!check().contains("Checking"), "what was tried took the place of what was compiled");
}

#[test]
fn every_vendor_document_can_be_taken_over() {
    let Some(documents) = std::env::var_os("UNIGOX_VENDOR_DOCUMENTS") else {
        println!("UNIGOX_VENDOR_DOCUMENTS names no folder: no vendor document to test");
        return;
    };
    let entries = fs::read_dir(real_root().join(documents)).expect("a folder that can be read");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no document there");
    for path in paths {
        let workspace = Workspace::whole(|_| fs::read_to_string(&path).expect("a document"));
        // That a dry run says the same is tested above, without compiling everything twice.
        let (real, _) = fine(&workspace, &UPDATE);
        assert_eq!(workspace.read(DOCUMENT), workspace.read("new.yaml"));
        let (code, _, stderr) = workspace.run(&["codegen", "--check"]);
        let is_unmatched = real.contains(": correct openapi/overlay.yaml");
        assert_eq!(code, if is_unmatched { 3 } else { 0 }, "{}: {stderr}", path.display());
        assert!(!is_unmatched || stderr.contains("overlay.yaml: "), "{}: {stderr}", path.display());
    }
}
