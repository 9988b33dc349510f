//! What holds for every run of the binary, and the folders that it is run in.

use std::{fs, path::Path, process::Output};

/// Exit code, stdout and stderr, held to what holds for every run: it ends by itself and doesn't panic; a failure prints
/// no data, and ends with what to do next.
pub(crate) fn outcome(output: Output, args: &[&str]) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let Some(code) = output.status.code() else { panic!("{args:?} ended with {}:\n{stderr}", output.status) };
    assert!(!stderr.contains("panicked at"), "{args:?} panicked:\n{stderr}");
    if code != 0 {
        let last = stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("next: "), "{args:?} ended with {code}, but not with what to do next:\n{stderr}");
        assert_eq!(stdout, "", "{args:?} failed, but there is something on stdout");
    }
    (code, stdout, stderr)
}

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder that can be read") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
