//! Generated crates beside a program that calls them, built and run as one workspace.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use xtask::{codegen, pipeline::Inputs};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The manifest of a workspace with the program `caller` and the crates in `crates/`, and that of the program. The
/// features are those that the crates need anyway, so that nothing is built twice.
const WORKSPACE: &str = "[workspace]\nresolver = \"3\"\nmembers = [\"caller\"]\n\n\
    [profile.dev]\ndebug = false\nincremental = false\n\n\
    [profile.dev.package.\"*\"]\ndebug-assertions = false\n";
const CALLER: &str = "version = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
    serde = \"1\"\nserde_json = \"1\"\ntokio = { version = \"1\", default-features = false, features = [\"rt\", \"net\", \"time\"] }\n";

/// What the package in a folder is called: a name can't start with a digit.
pub(crate) fn package(folder: &str) -> String {
    if folder.starts_with(|c: char| c.is_ascii_digit()) { format!("x{folder}") } else { folder.to_owned() }
}

/// A workspace of generated crates and the program that calls them.
pub(crate) struct Scratch {
    folder: PathBuf,
    dependencies: String,
    /// The packages whose documentation rustdoc could warn of.
    documented: Vec<String>,
}

/// Whether rustdoc could warn of a comment in this code: of a link, a URL, a tag, an escape, or code. Building the
/// documentation takes longer than compiling, so that of the others is not built.
fn is_worth_documenting(code: &str) -> bool {
    const MARKS: [&str; 8] = ["[", "<", "&", "://", "```", "~~~", "    ", "\t"];
    code.lines().any(|line| {
        let line = line.trim_start();
        let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        let is_notable =
            |text: &str| MARKS.iter().any(|mark| text.contains(mark)) || text.matches('`').count() % 2 == 1;
        // Text that does not fit such a comment is written in one of the other ways.
        comment.is_some_and(is_notable) || line.starts_with("/**") || line.starts_with("#[doc =")
    })
}

impl Scratch {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), dependencies: String::new(), documented: Vec::new() }
    }

    /// Generates the crate `name`, which the program depends on, and returns its folder.
    pub(crate) fn add(&mut self, name: &str, inputs: &Inputs) -> PathBuf {
        let folder = self.folder.join("crates").join(name);
        let mut outputs = codegen::elsewhere(inputs, &folder).unwrap_or_else(|error| panic!("{name}: {error}"));
        // It is a member of this workspace, and none of its own.
        let manifest = outputs.take("Cargo.toml").expect("a manifest");
        let member = manifest.strip_suffix("[workspace]\n").expect("a crate that stands alone");
        outputs.add("Cargo.toml", member.to_owned());
        outputs.write().expect("a folder that can be written");
        let line = format!("{} = {{ path = \"../crates/{name}\", features = [\"schemars\"] }}\n", package(name));
        self.dependencies.push_str(&line);
        let generated =
            fs::read_dir(folder.join("src/generated")).expect("a folder").map(|entry| entry.expect("an entry"));
        let code = generated.map(|file| fs::read_to_string(file.path()).expect("code"));
        if code.into_iter().any(|code| is_worth_documenting(&code)) {
            self.documented.push(package(name));
        }
        folder
    }

    /// Builds the crates and the program from `files`, with the lints of rustc and clippy, and runs the program; none of it
    /// may warn. Returns what the program prints.
    pub(crate) fn run(&self, files: &[(&str, String)]) -> String {
        let caller = self.folder.join("caller");
        fs::create_dir_all(caller.join("src")).expect("a folder");
        // Programs and crates of several tests are in one target folder, where each needs a name of its own.
        let name = self.caller();
        let write = |path: PathBuf, text: &str| {
            // What is unchanged is not built again.
            if fs::read_to_string(&path).ok().as_deref() != Some(text) {
                fs::write(&path, text).expect("written");
            }
        };
        write(self.folder.join("Cargo.toml"), WORKSPACE);
        write(caller.join("Cargo.toml"), &format!("[package]\nname = \"{name}\"\n{CALLER}{}", self.dependencies));
        for (name, text) in files {
            write(caller.join("src").join(name), text);
        }
        fs::copy(root().join("Cargo.lock"), self.folder.join("Cargo.lock")).expect("copied");
        // clippy's driver compiles as rustc does, so that one build has the lints of both.
        self.cargo(&["run", "--package", &name], ("RUSTC_WORKSPACE_WRAPPER", "clippy-driver"))
    }

    /// Builds the documentation of the crates that it could warn of, which it may not.
    pub(crate) fn document(&self) {
        assert!(!self.documented.is_empty(), "no comment that rustdoc could warn of");
        let packages = self.documented.iter().flat_map(|name| ["--package", name]);
        let arguments: Vec<&str> = ["doc", "--no-deps"].into_iter().chain(packages).collect();
        self.cargo(&arguments, ("RUSTDOCFLAGS", "-D warnings"));
    }

    fn caller(&self) -> String {
        format!("caller-{}", self.folder.file_name().and_then(|name| name.to_str()).expect("a name"))
    }

    fn cargo(&self, args: &[&str], (name, value): (&str, &str)) -> String {
        let output = Command::new(env!("CARGO"))
            .args(args)
            .args(["--offline", "--quiet"])
            .current_dir(&self.folder)
            .env(name, value)
            // One target folder for all, so that dependencies are built once.
            .env("CARGO_TARGET_DIR", root().join("target"))
            .output()
            .expect("cargo");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{out}\n{err}");
        assert!(!err.contains("warning"), "{err}");
        out.into_owned()
    }
}
