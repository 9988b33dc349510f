//! A copy of what the binary looks for in the workspace, in which updates are tried.
//!
//! Most tests put a script in the place of cargo, as compiling is not what they are about.

#![allow(dead_code, reason = "each of the tests that share this uses a part of it")]

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tempfile::TempDir;

use super::binary::{copy, outcome};

pub(crate) const DOCUMENT: &str = "openapi/unigox-partner.yaml";
pub(crate) const OVERLAY: &str = "openapi/overlay.yaml";
pub(crate) const UPDATE: [&str; 3] = ["spec", "update", "new.yaml"];
pub(crate) const DRY_RUN: [&str; 4] = ["spec", "update", "new.yaml", "--dry-run"];

/// Takes every crate for one that compiles.
pub(crate) const COMPILES: &str = "exit 0";

pub(crate) type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// A copy of what the binary looks for in the workspace, and a script beside it that stands for cargo.
pub(crate) struct Workspace {
    pub(crate) folder: PathBuf,
    pub(crate) cargo: PathBuf,
    _temporary: Option<TempDir>,
    /// Held while it is the only one in its place.
    _alone: Option<MutexGuard<'static, ()>>,
}

impl Workspace {
    /// With the document of these tests, and with `new.yaml` in it: the same, changed by `change`.
    pub(crate) fn new(cargo: &str, change: impl FnOnce(String) -> String) -> Self {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = temporary.path().to_owned();
        let workspace = Self { cargo: folder.join("bin/cargo"), folder, _temporary: Some(temporary), _alone: None };
        for part in ["openapi", "crates/unigox-client", "crates/unigox/src", "crates/unigox-sandbox/src"] {
            copy(&real_root().join(part), &workspace.path(part));
        }
        for (name, ours) in [(DOCUMENT, "document.yaml"), (OVERLAY, "overlay.yaml")] {
            let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/users").join(ours);
            fs::copy(ours, workspace.path(name)).expect("a document of these tests");
        }
        workspace.write("xtask/Cargo.toml", "");
        workspace.write("bin/cargo", format!("#!/bin/sh\n{cargo}\n"));
        fs::set_permissions(&workspace.cargo, fs::Permissions::from_mode(0o755)).expect("set");
        fine(&workspace, &["codegen"]);
        workspace.write("new.yaml", change(workspace.read(DOCUMENT)));
        workspace
    }

    /// All of the real one, with the real cargo. It is always in the same place, so that what is compiled takes the place
    /// of what was compiled before; hence one at a time.
    pub(crate) fn whole(change: impl FnOnce(String) -> String) -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("update");
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("removed");
        }
        fs::create_dir_all(&folder).expect("a folder");
        let workspace = Self { cargo: env!("CARGO").into(), folder, _temporary: None, _alone: Some(alone) };
        for entry in fs::read_dir(real_root()).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                copy(&path, &workspace.path(&name));
            } else if path.is_file() {
                fs::copy(&path, workspace.path(&name)).expect("a copy");
            }
        }
        workspace.write("new.yaml", change(workspace.read(DOCUMENT)));
        workspace
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("a file that can be read")
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
        fs::write(path, content).expect("a file that can be written");
    }

    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        self.write(path, replaced(&self.read(path), from, to));
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(args).current_dir(&self.folder).env("CARGO", &self.cargo).stdin(Stdio::null());
        // Where this test and its own cargo run, so that what is compiled already is not compiled once more.
        let binary = Path::new(env!("CARGO_BIN_EXE_xtask"));
        command.env("CARGO_TARGET_DIR", binary.ancestors().nth(2).expect("target/debug/xtask"));
        command
    }

    /// Runs the binary, and holds what it does to what holds for every run.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String, String) {
        let output = self.command(args).output().expect("the binary starts");
        outcome(output, args)
    }

    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
    }

    /// Every path with its content, if it is a file: all of it, `target` included.
    pub(crate) fn tree(&self) -> Tree {
        let mut found = Tree::new();
        let mut open = vec![self.folder.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).expect("a folder that can be read") {
                let path = entry.expect("an entry").path();
                let name = path.strip_prefix(&self.folder).expect("a path below the root").to_owned();
                found.insert(name, path.is_file().then(|| fs::read(&path).expect("a file that can be read")));
                if path.is_dir() {
                    open.push(path);
                }
            }
        }
        found
    }

    /// What git would see.
    pub(crate) fn tracked(&self) -> Tree {
        self.tree().into_iter().filter(|(path, _)| !path.starts_with("target")).collect()
    }

    /// The files that are other than in `before`.
    pub(crate) fn changed(&self, before: &Tree) -> Vec<PathBuf> {
        let after = self.tree();
        let mut changed: Vec<PathBuf> = before.keys().chain(after.keys()).cloned().collect();
        changed.retain(|path| before.get(path) != after.get(path));
        changed.sort();
        changed.dedup();
        changed
    }
}

pub(crate) fn real_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "there is no `{from}`");
    text.replace(from, to)
}

/// Runs to the end and returns what was printed to either stream.
pub(crate) fn fine(workspace: &Workspace, args: &[&str]) -> (String, String) {
    let (code, stdout, stderr) = workspace.run(args);
    assert_eq!(code, 0, "{args:?}: {stderr}");
    (stdout, stderr)
}

/// Cargo's output for a check of `package`: these errors. Every other check is fine.
pub(crate) fn refusing(package: &str, file: &str) -> String {
    let error = format!(
        r#"{{"reason":"compiler-message","message":{{"level":"error","message":"no such type: `Gone` in $PWD/x","spans":[{{"file_name":"{file}","line_start":7,"is_primary":true}}]}}}}"#
    );
    let note = error.replace(r#""level":"error""#, r#""level":"warning""#);
    let escaped = error.replace('`', "\\`").replace('"', "\\\"");
    let note = note.replace('`', "\\`").replace('"', "\\\"");
    format!("case \" $* \" in *' -p {package} '*) echo \"{note}\"; echo \"{escaped}\"; exit 101;; esac")
}
