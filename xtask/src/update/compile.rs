//! Whether the workspace would compile: tried in a copy of it, where nothing is lost if it does not.

use std::{
    env,
    ffi::OsString,
    fmt, fs, io,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, bail};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::defect::Defect;

/// What the compiler refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompileError {
    /// File, from the root of the workspace, and line; empty if it names none.
    pub place: String,
    /// The first line of what the compiler says.
    pub message: String,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.place.is_empty() { "" } else { ": " };
        write!(f, "{}{separator}{}", self.place, self.message)
    }
}

impl CompileError {
    /// For a client that does not compile: that is not for the one who generated it to mend.
    pub(super) fn as_defect(&self) -> Defect {
        let problem = format!("the client that is generated from it does not compile: {}", self.message);
        let remedy = "change what leads to it with an overlay action, or teach a pass in xtask/src/lower to remove it";
        Defect::new(&self.place, problem, remedy)
    }
}

/// The crates that have to compile.
pub(super) const TRIED: [&str; 2] = ["unigox-client", "unigox"];

/// A copy of the workspace. It goes when this does.
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
            Some(target) => std::path::absolute(target).context("CARGO_TARGET_DIR leads nowhere")?,
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
        let can_not = || format!("can't run `{}`", self.cargo.display());
        let mut child = Command::new(&self.cargo)
            .args(["check", "--offline", "--message-format=json", "-p", package])
            .args(TRIED.iter().flat_map(|tried| {
                let setting = format!("profile.dev.package.{tried}.codegen-units={}", self.units);
                ["--config".to_owned(), setting]
            }))
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_INCREMENTAL", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(can_not)?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        // Both at once: a pipe that nobody reads from stops its writer.
        let said = thread::spawn(move || {
            let mut text = Vec::new();
            err.into_iter().for_each(|mut err| drop(err.read_to_end(&mut text)));
            String::from_utf8_lossy(&text).into_owned()
        });
        let mut errors = Vec::new();
        for line in out.into_iter().flat_map(|out| BufReader::new(out).split(b'\n')) {
            errors.extend(self.error(&line.with_context(can_not)?));
        }
        let is_success = child.wait().with_context(can_not)?.success();
        let said = said.join().unwrap_or_default();
        match (is_success, errors.is_empty()) {
            (true, _) => Ok(Vec::new()),
            (false, false) => Ok(errors),
            // It did not get as far as compiling.
            (false, true) => bail!(
                "cargo can't check {package} without the network; if something is missing, `cargo fetch` brings it\n{}",
                self.without_folder(first_lines(&said))
            ),
        }
    }

    /// The error that a line of cargo's output is about, if it is about one.
    fn error(&self, line: &[u8]) -> Option<CompileError> {
        let Line::CompilerMessage { message } = serde_json::from_slice(line).ok()? else { return None };
        // The summary at the end stands nowhere, and names no error.
        if message.level != "error" || (message.spans.is_empty() && message.message.starts_with("aborting due to")) {
            return None;
        }
        let span = message.spans.iter().find(|span| span.is_primary).or(message.spans.first());
        let place = span.map(|span| format!("{}:{}", span.file_name, span.line_start)).unwrap_or_default();
        let first = message.message.lines().next().unwrap_or_default();
        Some(CompileError { place: self.without_folder(&place), message: self.without_folder(first) })
    }

    /// Names files as they are in the workspace.
    fn without_folder(&self, text: &str) -> String {
        let folder = self.folder.display().to_string();
        text.replace(&format!("{folder}/"), "").replace(&folder, ".")
    }

    /// The lock file, if compiling took another one than that of the workspace in `root`.
    pub(super) fn changed_lock_file(&self, root: &Path) -> anyhow::Result<Option<String>> {
        let read = |folder: &Path| match fs::read_to_string(folder.join("Cargo.lock")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            text => text.map(Some).with_context(|| format!("can't read {}", folder.join("Cargo.lock").display())),
        };
        let lock = read(&self.folder)?;
        Ok(if lock == read(root)? { None } else { lock })
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

/// What cargo prints for tools, as far as it is looked at.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Line {
    CompilerMessage {
        message: Message,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Message {
    message: String,
    level: String,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
}
