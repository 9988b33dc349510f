//! No two files of a crate import each other in a circle: each can be read with what it imports, and changed without
//! what it does not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// A module, by the names that lead to it from the root of its crate.
type Module = Vec<String>;

#[test]
fn no_files_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut circles = Vec::new();
    for sources in ["xtask/src", "crates/unigox/src", "crates/unigox-client/src", "crates/unigox-sandbox/src"] {
        let mut texts = BTreeMap::new();
        read(&root.join(sources), &mut Vec::new(), &mut texts);
        let imports: BTreeMap<&Module, BTreeSet<&Module>> =
            texts.iter().map(|(module, text)| (module, imported(module, text, &texts))).collect();
        assert!(imports.values().flatten().count() > 10, "{sources}: hardly anything is imported");
        for (module, others) in &imports {
            let back = others.iter().find(|other| leads_to(&imports, other, module));
            circles.extend(back.map(|other| format!("{sources}: {} and {}", module.join("::"), other.join("::"))));
        }
    }
    assert!(circles.is_empty(), "{circles:#?}\nnext: move what both need to a file of its own");
}

#[test]
fn imports_are_seen_however_they_are_written() {
    let module = |path: &str| -> Module { path.split("::").map(str::to_owned).collect() };
    let texts: BTreeMap<Module, String> =
        ["a", "b", "a::x", "a::y", "a::x::z"].map(|path| (module(path), String::new())).into();
    for (text, expected) in [
        ("use crate::b::Name;", "b"),
        ("pub(crate) use crate::{Other,\n    b::{self, Name as N}};", "b"),
        ("use super::{\n    y::{Name, other},\n};", "a::y"),
        ("fn f() -> crate::b::Name { super::y::g() }", "a::y b"),
        ("use super::super::b;", "b"),
        // Its own, what it belongs to, and what is said of others.
        ("use self::z::Name; use super::Name; // crate::b\n/// super::y", ""),
        ("use crate::Name;\n#[cfg(test)]\nmod tests {\n    use crate::b;\n}", ""),
    ] {
        let found: Vec<String> =
            imported(&module("a::x"), text, &texts).iter().map(|module| module.join("::")).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

/// Every source below `folder` by its module, but for generated ones.
fn read(folder: &Path, module: &mut Module, texts: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).expect("it can be listed") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
        module.push(name.clone());
        if path.is_dir() && name != "generated" {
            read(&path, module, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let is_root = ["lib", "main"].contains(&name.as_str());
            let known = if is_root { Vec::new() } else { module.clone() };
            texts.insert(known, fs::read_to_string(&path).expect("it can be read"));
        }
        module.pop();
    }
}

/// The modules that `text` imports from, without those above and below its own.
fn imported<'t>(module: &Module, text: &str, texts: &'t BTreeMap<Module, String>) -> BTreeSet<&'t Module> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code: String = code.lines().map(|line| format!("{}\n", line.split("//").next().unwrap_or_default())).collect();
    let mut paths = Vec::new();
    for statement in code.split("use ").skip(1) {
        expand("", statement.split(';').next().unwrap_or_default(), &mut paths);
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    paths.extend(code.split(|c| !is_part(c)).map(str::to_owned));
    let modules = paths.iter().filter_map(|path| {
        let mut names: Vec<&str> = path.split("::").filter(|name| !name.is_empty()).collect();
        let steps = names.iter().take_while(|name| **name == "super").count();
        let mut whole: Module = match *names.first()? {
            "crate" => Vec::new(),
            "self" => module.clone(),
            "super" => module[..module.len().checked_sub(steps)?].to_vec(),
            _ => return None,
        };
        whole.extend(names.drain(..).skip(steps.max(1)).map(str::to_owned));
        // What follows the module is an item in it.
        while !whole.is_empty() && !texts.contains_key(&whole) {
            whole.pop();
        }
        texts.get_key_value(&whole).map(|(known, _)| known)
    });
    modules.filter(|other| !other.starts_with(module) && !module.starts_with(other)).collect()
}

/// The paths in a tree of a `use`: `a::{b, c::{d}}` has `a::b` and `a::c::d`.
fn expand(before: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((start, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return paths.push(format!("{before}{path}"));
    };
    let before = format!("{before}{}", start.trim());
    let (mut depth, mut from) = (0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                expand(&before, &inner[from..at], paths);
                from = at + 1;
            }
            _ => {}
        }
    }
}

fn leads_to(imports: &BTreeMap<&Module, BTreeSet<&Module>>, from: &Module, to: &Module) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(module) = open.pop() {
        if module == to {
            return true;
        }
        if seen.insert(module) {
            open.extend(imports.get(module).into_iter().flatten());
        }
    }
    false
}
