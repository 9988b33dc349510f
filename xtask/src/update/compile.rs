//! Whether the workspace would compile: tried in a copy of it, where nothing is lost if it does not.

use std::{
    env,
    ffi::OsString,
    fmt, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::defect::Defect;

/// What the compiler refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct CompileError {
    /// File, from the root of the workspace, and line; empty if there is no place.
    pub place: String,
    /// The first line of what the compiler says.
    pub message: String,
    /// What of the document changed that leads to it, where that can be told.
    pub cause: Option<String>,
    /// What the compiler says of the places that it shows.
    #[serde(skip)]
    pub(super) labels: String,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.place.is_empty() { "" } else { ": " };
        write!(f, "{}{separator}{}", self.place, self.message)
    }
}

impl CompileError {
    /// For a client that does not compile: whoever generated it can't correct it there.
    pub(super) fn as_defect(&self) -> Defect {
        let problem = format!("the client that is generated from it does not compile: {}", self.message);
        let remedy = "change what leads to it with an overlay action, or teach a pass in xtask/src/lower to remove it";
        Defect::new(&self.place, problem, remedy)
    }
}

/// The crates that have to compile.
pub(super) const CHECKED: [&str; 2] = ["unigox-client", "unigox"];

/// A copy of the workspace. It is removed with this.
pub(super) struct Scratch {
    folder: PathBuf,
    cargo: OsString,
    /// The real workspace's, so that what it depends on is not compiled once more: that takes minutes.
    target: PathBuf,
    /// A setting of the crates that are tried. It has no effect on a check, but cargo keeps what it compiles with other
    /// settings apart. Without it the crates of the copy and those of the workspace would be the same ones to cargo, which
    /// knows a crate by its place within its workspace, and one would be taken for the other.
    units: u32,
}

impl Scratch {
    /// Copies the workspace in `root` to `folder`, but for hidden folders and what was compiled.
    pub(super) fn new(root: &Path, folder: PathBuf) -> anyhow::Result<Self> {
        let target = match env::var_os("CARGO_TARGET_DIR").filter(|target| !target.is_empty()) {
            // Relative to where this command was started, not to the copy.
            Some(target) => std::path::absolute(target).context("CARGO_TARGET_DIR is not a valid path")?,
            None => root.join("target"),
        };
        // Set by cargo for what it runs: the one that this was compiled with.
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        // Workspaces may share a target folder: each one has a number of its own.
        let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
        let units = 1000 + u32::from_be_bytes([0, digest[0], digest[1], digest[2]]);
        let scratch = Self { folder, cargo, target, units };
        copy(root, &scratch.folder, &|path| path == root.join("target"))
            .with_context(|| format!("can't copy the workspace to {}", scratch.folder.display()))?;
        Ok(scratch)
    }

    pub(super) fn path(&self) -> &Path {
        &self.folder
    }

    /// What the compiler finds wrong with `package`; nothing if it compiles.
    pub(super) fn check(&self, package: &str) -> anyhow::Result<Vec<CompileError>> {
        let settings = CHECKED.map(|name| format!("profile.dev.package.{name}.codegen-units={}", self.units));
        let output = Command::new(&self.cargo)
            .args(["check", "--offline", "--message-format=json", "-p", package])
            .args(settings.iter().flat_map(|setting| ["--config", setting]))
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_INCREMENTAL", "0")
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("can't run `{}`", self.cargo.display()))?;
        let lines = output.stdout.split(|byte| *byte == b'\n');
        let mut errors: Vec<CompileError> = Vec::new();
        for error in lines.filter_map(|line| self.error(line)) {
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        match (output.status.success(), errors.is_empty()) {
            (true, _) => Ok(Vec::new()),
            (false, false) => Ok(errors),
            // It did not get as far as compiling.
            (false, true) => bail!(
                "cargo can't check {package} without the network; if something is missing, `cargo fetch` brings it\n{}",
                self.without_folder(first_lines(&String::from_utf8_lossy(&output.stderr)))
            ),
        }
    }

    /// The error that a line of cargo's output is about, if it is about one.
    fn error(&self, line: &[u8]) -> Option<CompileError> {
        let line: Value = serde_json::from_slice(line).ok()?;
        let message = line.get("message").filter(|_| line["reason"] == "compiler-message")?;
        let text = message["message"].as_str()?.lines().next().unwrap_or_default();
        let spans = message["spans"].as_array()?;
        // The summary at the end is about no place, and names no error.
        if message["level"] != "error" || (spans.is_empty() && text.starts_with("aborting due to")) {
            return None;
        }
        let span = spans.iter().find(|span| span["is_primary"] == true).or(spans.first());
        let place = span.and_then(|span| Some(format!("{}:{}", span["file_name"].as_str()?, span["line_start"])));
        let place = self.without_folder(&place.unwrap_or_default());
        let labels: Vec<&str> = spans.iter().filter_map(|span| span["label"].as_str()).collect();
        let primary = span.and_then(|span| span["label"].as_str()).filter(|_| !text.contains('`'));
        let message = primary.map_or_else(|| text.to_owned(), |label| format!("{text}: {label}"));
        let message = self.without_folder(message.lines().next().unwrap_or_default());
        Some(CompileError { place, message, cause: None, labels: labels.join(" ") })
    }

    /// Names files as they are in the workspace.
    fn without_folder(&self, text: &str) -> String {
        let folder = self.folder.display().to_string();
        text.replace(&format!("{folder}/"), "").replace(&folder, ".")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // If it stays, the next run removes it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn first_lines(text: &str) -> &str {
    let end = text.match_indices('\n').nth(11).map_or(text.len(), |(end, _)| end);
    text[..end].trim_end()
}

/// Copies files and folders: nothing hidden, no pipes or sockets, and no folder that is a link.
fn copy(from: &Path, to: &Path, is_passed_over: &dyn Fn(&Path) -> bool) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name().to_string_lossy().starts_with('.') || is_passed_over(&path) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            // Cargo marks what it compiles into.
            if !path.join("CACHEDIR.TAG").exists() {
                copy(&path, &to, is_passed_over)?;
            }
        } else if fs::metadata(&path).is_ok_and(|found| found.is_file()) {
            // Without permissions: what is read-only there is replaced here.
            fs::write(&to, fs::read(&path)?)?;
        }
    }
    Ok(())
}
