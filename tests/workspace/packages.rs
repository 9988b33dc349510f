//! What is in the archives of the crates that can be published. `cargo xtask ci` builds from them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const CRATES: [&str; 3] = ["unigox", "unigox-client", "unigox-sandbox"];
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
/// What cargo adds to every archive, or replaces in it.
const CARGO: [&str; 4] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"];

#[test]
fn an_archive_holds_every_source_the_readme_and_both_licences_and_nothing_else() {
    for name in CRATES {
        let folder = root().join("crates").join(name);
        let mut expected: BTreeSet<String> = files(&folder.join("src")).map(|path| below(&folder, &path)).collect();
        expected.extend(LICENCES.into_iter().chain(["README.md"]).map(str::to_owned));
        let packed: BTreeSet<_> = packed(name).into_iter().filter(|path| !CARGO.contains(&path.as_str())).collect();
        assert_eq!(packed, expected, "see `include` in crates/{name}/Cargo.toml");
    }
}

#[test]
fn the_licences_of_a_crate_are_those_of_the_workspace() {
    for (name, licence) in CRATES.iter().flat_map(|name| LICENCES.map(|licence| (name, licence))) {
        let text =
            |path: PathBuf| fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let own = text(root().join("crates").join(name).join(licence));
        assert_eq!(own, text(root().join(licence)), "crates/{name}/{licence} should be a link to ../../{licence}");
    }
}

#[test]
fn the_readme_of_the_facade_names_every_page_of_the_guide() {
    let facade = root().join("crates/unigox");
    let readme = fs::read_to_string(facade.join("README.md")).expect("the README can be read");
    let named = readme.split("`unigox::guide::").skip(1).filter_map(|rest| Some(rest.split_once('`')?.0.to_owned()));
    let pages = files(&facade.join("src/guide")).filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    assert_eq!(named.collect::<BTreeSet<_>>(), pages.collect());
}

/// What `cargo package` would put into the archive.
fn packed(name: &str) -> Vec<String> {
    let arguments = ["package", "--list", "--allow-dirty", "--offline", "--package", name];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Cargo prints a path as the operating system writes it.
    String::from_utf8_lossy(&output.stdout).lines().map(|path| path.replace('\\', "/")).collect()
}

/// Every file in `folder` and in the folders inside.
fn files(folder: &Path) -> Box<dyn Iterator<Item = PathBuf>> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    Box::new(entries.map(|entry| entry.expect("an entry").path()).flat_map(|path| match path.is_dir() {
        true => files(&path),
        false => Box::new(std::iter::once(path)),
    }))
}

fn below(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).expect("a path below the folder");
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
