//! What ends a command, and what the commands share in talking to a terminal.

#![expect(clippy::print_stderr, reason = "diagnostics go to stderr")]

pub(crate) mod ci;
pub(crate) mod codegen;
pub(crate) mod spec;

use std::{
    fmt,
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use serde::Serialize;
use xtask::{
    check,
    codegen::find_root,
    defect::{Defect, Defects, Error},
    openapi::{self, Loaded},
    page::{self, Document, Style},
};

/// What ends a command early: the exit code, what happened, and what to run next.
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) message: String,
    pub(crate) next: String,
    /// What the input holds that can't be handled, if that is it.
    defects: Option<Defects>,
}

impl Failure {
    pub(crate) fn new(code: u8, message: impl fmt::Display, next: impl Into<String>) -> Self {
        Self { code, message: message.to_string(), next: next.into(), defects: None }
    }

    /// A failure of the library: 3 for what a document holds, 1 for the rest. `again` is the command to repeat.
    pub(crate) fn of(error: impl Into<Error>, again: &str) -> Self {
        let error = error.into();
        let (code, first) = match error {
            Error::Defects(_) => (3, "correct what is listed"),
            Error::Other(_) => (1, "fix the cause"),
        };
        let failure = Self::new(code, &error, format!("{first}, then run `{again}` again"));
        match error {
            Error::Defects(defects) => Self { defects: Some(defects), ..failure },
            Error::Other(_) => failure,
        }
    }

    /// Prints the defects for scripts, if it is about any.
    pub(crate) fn print_for_scripts(&self) -> Result<(), Self> {
        match &self.defects {
            Some(Defects { file, list }) => print_json(&Refusal { format_version: 1, file, defects: list }),
            None => Ok(()),
        }
    }
}

/// Why there is no report, for scripts.
#[derive(Serialize)]
struct Refusal<'f> {
    format_version: u32,
    file: &'f str,
    defects: &'f [Defect],
}

/// How a report is printed.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, in a terminal.
    #[default]
    Text,
    /// For scripts: a versioned schema.
    Json,
    /// For a pull request.
    Markdown,
}

/// The workspace that the command was started in.
pub(crate) fn root() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().map_err(|error| Failure::new(2, error, "run it inside the workspace"))?;
    find_root(&here).map_err(|error| Failure::new(2, error, "run it inside the workspace"))
}

/// Reports that files were changed by a rollback, which the user did not ask for.
pub(crate) fn say_if_recovered(has_recovered: bool) {
    if has_recovered {
        eprintln!("an interrupted update was undone");
    }
}

/// An error unless `path` is a file that can be read: what the user named wrong is wrong usage.
pub(crate) fn expect_file(path: &Path) -> Result<(), Failure> {
    let problem = match std::fs::File::open(path).and_then(|file| file.metadata()) {
        Err(error) => format!("can't read {}: {error}", path.display()),
        Ok(metadata) if metadata.is_dir() => format!("{} is a folder", path.display()),
        Ok(_) => return Ok(()),
    };
    Err(Failure::new(2, problem, "name an existing file"))
}

/// Prints to stdout. A reader that has seen enough is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(1, format!("can't write to stdout: {error}"), "send the output somewhere else"))
        }
        _ => Ok(()),
    }
}

/// Prints `value` for scripts.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = page::json(value);
    print(&text.map_err(|error| Failure::new(1, error, "please report the document that caused it"))?)
}

/// Loads the document that the user named, which has to be OpenAPI, and says what a report calls it.
pub(crate) fn load(path: &Path, again: &str) -> Result<(Loaded, Document), Failure> {
    expect_file(path)?;
    let loaded = openapi::load(path).map_err(|error| Failure::of(error, again))?;
    check::version(&loaded.value).map_err(|defect| Failure::of(Defects::of(path.display(), vec![defect]), again))?;
    let document = Document::new(path.display(), &loaded);
    Ok((loaded, document))
}

/// How reports look on stdout: coloured if it is a terminal that takes colours, as wide as that is.
pub(crate) fn style() -> Style {
    let color = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    let width = if io::stdout().is_terminal() { textwrap::termwidth().clamp(60, 140) } else { 100 };
    Style { color, width }
}
