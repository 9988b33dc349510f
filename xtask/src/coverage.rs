//! Which methods of the facade that are written by hand call which operation, read from the sources.
//!
//! A method of the facade calls an operation through the generated method of that operation: `client.api().get_order(…)`.
//! Functions are told apart by their names, within the file, or folder of files, that they are in.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use quote::ToTokens;
use syn::{Block, ImplItem, Item, Type, Visibility};

use crate::names;

/// Where the sources of the facade are in the workspace.
pub(crate) const SOURCES: &str = "crates/unigox/src";

/// What is generated below them: it calls every operation.
const GENERATED: &str = "generated";

/// What follows the name of an operation's method in the names of the others that call it.
const SUFFIXES: [&str; 2] = ["_with", "_multipart"];

/// The methods that are written by hand, such as `UsersHandle::create`, by the generated method that they call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<String, Vec<String>>);

impl Coverage {
    /// That of the facade in the workspace at `root`. A workspace without a facade covers nothing.
    ///
    /// # Errors
    ///
    /// If the sources can't be read or parsed.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let folder = root.join(SOURCES);
        if !folder.is_dir() {
            return Ok(Self::default());
        }
        let mut parts: BTreeMap<String, Vec<Function>> = BTreeMap::new();
        for path in sources(&folder)? {
            let text = fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
            let inside = path.strip_prefix(&folder).unwrap_or(&path).with_extension("");
            let part = inside.iter().next().unwrap_or_default().to_string_lossy().into_owned();
            if part != GENERATED {
                let functions = functions(&text).with_context(|| format!("can't parse {}", path.display()))?;
                parts.entry(part).or_default().extend(functions);
            }
        }
        Ok(Self::of_parts(parts.values()))
    }

    /// The methods that call `operation_id`; none if it is called by its generated method alone.
    pub fn of(&self, operation_id: &str) -> &[String] {
        self.0.get(names::snake(operation_id).trim_end_matches('_')).map(Vec::as_slice).unwrap_or_default()
    }

    fn of_parts<'p>(parts: impl IntoIterator<Item = &'p Vec<Function>>) -> Self {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for part in parts {
            for function in part {
                let Some(method) = function.method() else { continue };
                for called in reached(function, part) {
                    let methods = all.entry(called).or_default();
                    if !methods.contains(&method) {
                        methods.push(method.clone());
                    }
                }
            }
        }
        Self(all)
    }
}

/// A function of the facade.
#[derive(Debug)]
struct Function {
    name: String,
    /// The type that it belongs to; a free function has none.
    owner: Option<String>,
    is_public: bool,
    /// The operations that it calls by itself, by the names of their methods.
    operations: BTreeSet<String>,
    /// The other functions that it calls.
    calls: BTreeSet<Called>,
}

/// How a function is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Called {
    /// `self.name(…)`, `Self::name(…)`.
    OfItself(String),
    /// `value.name(…)`.
    OfValue(String),
    /// `Type::name(…)`.
    OfType(String, String),
    /// `name(…)`, `module::name(…)`.
    Free(String),
}

/// The operations that `start` calls, by itself or through other functions of its part.
fn reached(start: &Function, part: &[Function]) -> BTreeSet<String> {
    let mut operations = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(function) = open.pop() {
        if !seen.insert(std::ptr::from_ref(function)) {
            continue;
        }
        operations.extend(function.operations.iter().cloned());
        open.extend(part.iter().filter(|next| function.calls.iter().any(|called| next.is_called(function, called))));
    }
    operations
}

/// The functions in the source `text`.
fn functions(text: &str) -> syn::Result<Vec<Function>> {
    let mut all = Vec::new();
    for item in syn::parse_file(text)?.items {
        match item {
            Item::Fn(function) => all.push(Function::new(&function.sig.ident, &function.vis, None, &function.block)),
            Item::Impl(block) => {
                let owner = owner(&block.self_ty).filter(|_| block.trait_.is_none());
                for item in block.items {
                    let ImplItem::Fn(function) = item else { continue };
                    all.push(Function::new(&function.sig.ident, &function.vis, owner.clone(), &function.block));
                }
            }
            _ => {}
        }
    }
    Ok(all)
}

impl Function {
    fn new(name: &syn::Ident, visibility: &Visibility, owner: Option<String>, block: &Block) -> Self {
        let text = block.to_token_stream().to_string();
        let words: Vec<&str> = text.split_whitespace().collect();
        let (mut operations, mut calls) = (BTreeSet::new(), BTreeSet::new());
        for (index, word) in words.iter().enumerate() {
            if !words.get(index + 1).is_some_and(|next| next.starts_with('(')) {
                continue;
            }
            let word = (*word).to_owned();
            let called = match words[..index] {
                [.., "api", "()", "."] => {
                    operations.extend(operation(word));
                    continue;
                }
                [.., "self", "."] | [.., "Self", "::"] => Called::OfItself(word),
                [.., "."] => Called::OfValue(word),
                [.., of, "::"] if of.starts_with(char::is_uppercase) => Called::OfType(of.to_owned(), word),
                _ => Called::Free(word),
            };
            calls.insert(called);
        }
        let is_public = matches!(visibility, Visibility::Public(_));
        Self { name: name.to_string(), owner, is_public, operations, calls }
    }

    /// `Type::name`, if it is a public method.
    fn method(&self) -> Option<String> {
        self.owner.as_ref().filter(|_| self.is_public).map(|owner| format!("{owner}::{}", self.name))
    }

    /// Whether `called` in `by` may be this function. A public method of some value is not followed, since methods of
    /// other types are called the same.
    fn is_called(&self, by: &Self, called: &Called) -> bool {
        match called {
            Called::OfItself(name) => *name == self.name && self.owner == by.owner,
            Called::OfValue(name) => *name == self.name && self.owner.is_some() && !self.is_public,
            Called::OfType(owner, name) => *name == self.name && self.owner.as_ref() == Some(owner),
            Called::Free(name) => *name == self.name && self.owner.is_none(),
        }
    }
}

/// The names of the methods of the operations that `method` may belong to.
fn operation(method: String) -> Vec<String> {
    let mut all = vec![method];
    for suffix in SUFFIXES {
        all.extend(all.last().and_then(|name| name.strip_suffix(suffix)).map(str::to_owned));
    }
    all
}

/// Every Rust file below `folder`.
fn sources(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("can't read {}", folder.display()))?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn owner(of: &Type) -> Option<String> {
    let Type::Path(path) = of else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACADE: &str = "
        impl UsersHandle {
            pub async fn create(&self) { self.client.api().create_user(&body).await }
            pub async fn get(&self) { self.client.api().get_user_with(self.uuid, &params).await }
            pub async fn first(&self) { self.names().get(0); }
            fn hidden(&self) { self.client.api().delete_user(self.uuid) }
        }
        impl DocumentsHandle {
            pub async fn upload(&self) { read(self.client.api().upload_document_multipart(&form).await) }
            pub async fn link(&self) { elsewhere().await }
            pub async fn link_all(&self) { self.link().await }
        }
        async fn elsewhere() { deeper().await }
        async fn deeper() { client.api().upload_document(&body) }
    ";

    fn coverage() -> Coverage {
        Coverage::of_parts([&functions(FACADE).expect("it is Rust")])
    }

    #[test]
    fn a_method_calls_an_operation_by_itself_or_through_others() {
        let coverage = coverage();
        assert_eq!(coverage.of("createUser"), ["UsersHandle::create"]);
        let uploads = ["DocumentsHandle::upload", "DocumentsHandle::link", "DocumentsHandle::link_all"];
        assert_eq!(coverage.of("uploadDocument"), uploads);
    }

    #[test]
    fn optional_parameters_make_no_other_operation() {
        assert_eq!(coverage().of("getUser"), ["UsersHandle::get"]);
    }

    #[test]
    fn a_method_of_something_else_with_the_same_name_is_not_followed() {
        assert!(!coverage().of("getUser").contains(&"UsersHandle::first".to_owned()));
    }

    #[test]
    fn what_only_private_functions_call_is_not_covered() {
        assert!(coverage().of("deleteUser").is_empty() && coverage().of("other").is_empty());
    }

    #[test]
    fn a_workspace_without_a_facade_covers_nothing() {
        assert_eq!(Coverage::read(Path::new("/dev/null")).expect("there is nothing to read"), Coverage::default());
    }
}
