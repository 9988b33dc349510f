//! Places in what is written by hand that name what the new document does not have any more.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{causes::described, compile::CompileError, kept_names::RemovedType};
use crate::{
    coverage::Coverage,
    diff::Report,
    names::{pascal, snake},
    openapi::{self, tokens},
};

/// Something that was removed, and where hand-written files name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Mentions {
    /// What was removed.
    pub problem: String,
    /// What to write.
    pub remedy: String,
    /// The lines, by file, from the root of the workspace.
    pub places: BTreeMap<String, Vec<usize>>,
}

/// An operation that was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RemovedOperation {
    /// Its `operationId`.
    pub operation: String,
    /// The methods of the facade that call it.
    pub methods: Vec<String>,
    /// What it is called now, if the document has it under another name.
    pub renamed: Option<RenamedOperation>,
}

/// The new name of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RenamedOperation {
    /// Its `operationId` in the new document.
    pub operation: String,
    /// The target of an overlay action that keeps the old one.
    pub target: String,
}

/// Where hand-written files are.
const FOLDERS: [&str; 4] = ["crates/unigox", "crates/unigox-client", "crates/unigox-sandbox", "tests"];

/// The folders among them, by their name, that are not written by hand.
const OTHERS: [&str; 2] = ["generated", "target"];

/// Something that was removed, and how files name it.
pub(super) struct Removal {
    problem: String,
    remedy: String,
    names: Vec<Name>,
}

enum Name {
    /// A word by itself.
    Word(String),
    /// Characters in a row, after which no word goes on.
    Exact(String),
}

/// Hand-written files, by their path from the root of the workspace.
pub(super) struct Files(Vec<(String, String)>);

impl Files {
    /// Those in the workspace at `root`. What can't be read is not looked at.
    pub(super) fn read(root: &Path) -> Self {
        let mut files = Vec::new();
        let mut open: Vec<String> = FOLDERS.iter().map(|folder| (*folder).to_owned()).collect();
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
                let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
                let is_text = path.ends_with(".rs") || path.ends_with(".md");
                match entry.path().is_dir() {
                    true if !OTHERS.iter().any(|name| path.ends_with(&format!("/{name}"))) => open.push(path),
                    false if is_text => files.extend(fs::read_to_string(entry.path()).ok().map(|text| (path, text))),
                    _ => {}
                }
            }
        }
        files.sort();
        Self(files)
    }

    /// Where each of `removals` is named.
    pub(super) fn mentions(&self, removals: Vec<Removal>, errors: &[CompileError]) -> Vec<Mentions> {
        removals.into_iter().filter_map(|removal| self.mentions_of(removal, errors)).collect()
    }

    /// Where `removal` is named, but for lines that the compiler refuses anyway.
    fn mentions_of(&self, removal: Removal, errors: &[CompileError]) -> Option<Mentions> {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (path, text) in &self.0 {
            for (index, line) in text.lines().enumerate() {
                let is_refused = || errors.iter().any(|error| error.place == format!("{path}:{}", index + 1));
                if removal.names.iter().any(|name| name.is_in(line)) && !is_refused() {
                    places.entry(path.clone()).or_default().push(index + 1);
                }
            }
        }
        (!places.is_empty()).then_some(Mentions { problem: removal.problem, remedy: removal.remedy, places })
    }

    /// Whether a type of this name is made by hand.
    fn define(&self, name: &str) -> bool {
        let definitions = ["struct", "enum", "type"].map(|kind| Name::Exact(format!("{kind} {name}")));
        self.0.iter().any(|(_, text)| text.lines().any(|line| definitions.iter().any(|one| one.is_in(line))))
    }
}

impl Name {
    fn is_in(&self, line: &str) -> bool {
        let (name, is_word) = match self {
            Self::Word(name) => (name, true),
            Self::Exact(name) => (name, false),
        };
        let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        line.match_indices(name.as_str()).any(|(start, _)| {
            let (before, after) = (line[..start].chars().next_back(), line[start + name.len()..].chars().next());
            !(goes_on(after) || is_word && goes_on(before))
        })
    }
}

/// What was removed between two effective documents, but for what is `waiting` for an overlay action.
pub(super) fn removals(
    [old, new]: [&Value; 2],
    removed: (&[RemovedOperation], &[RemovedType]),
    report: &Report,
    files: &Files,
    waiting: &BTreeSet<String>,
) -> Vec<Removal> {
    let (operations, types) = removed;
    let operations = operations.iter().map(|removal| Removal {
        problem: match &removal.renamed {
            Some(now) => format!("the operation `{}` is called `{}` now", removal.operation, now.operation),
            None => format!("the operation `{}` was removed", removal.operation),
        },
        remedy: match (&removal.renamed, removal.methods.as_slice()) {
            (Some(now), _) => format!(
                "keep the name with an overlay action (target: \"{}\", update: {{operationId: {}}}), or write `{}`",
                now.target, removal.operation, now.operation
            ),
            (None, []) => "remove it".to_owned(),
            (None, methods) => format!("remove {} with everything that calls it", methods.join(", ")),
        },
        names: names_of(&removal.operation),
    });
    // A name that the overlay can keep is no work in these files.
    let types = types.iter().filter(|removal| removal.action().is_none()).map(|removal| {
        let name = &removal.name;
        Removal {
            problem: format!("the type `{name}` was removed"),
            remedy: match &removal.successor {
                Some(successor) => {
                    format!("keep the name with the overlay action above, or write `{}`", successor.name)
                }
                None => "write it without the type".to_owned(),
            },
            // The facade may have one of that name itself.
            names: match files.define(name) {
                true => vec![Name::Exact(format!("types::{name}"))],
                false => vec![Name::Word(name.clone())],
            },
        }
    });
    let (was, is) = (Words::of(old), Words::of(new));
    let cause = |name: &str| {
        let ends = |pointer: &str| tokens(pointer).last().is_some_and(|token| token == name);
        let quotes = format!("`{name}`");
        let changes = report.changes.iter().filter(|change| change.is_breaking());
        let mut found = changes.filter(|change| ends(&change.old) || change.summary.contains(&quotes));
        found.next().map_or_else(
            || "it is nowhere in the new document".to_owned(),
            |change| format!("follow the change: {}", described(change)),
        )
    };
    let properties =
        was.properties.difference(&is.properties).filter(|name| !waiting.contains(**name)).map(|name| Removal {
            problem: format!("the property `{name}` was removed"),
            remedy: cause(name),
            names: match name.contains('_') {
                true => vec![Name::Word(snake(name)), Name::Word((*name).to_owned())],
                // A word of the language is no sign of it.
                false => vec![Name::Exact(format!("\"{name}\""))],
            },
        });
    let is_removed = |value: &str| !is.values.contains_key(value) && !waiting.contains(value);
    let values = was.values.iter().filter(|(value, _)| is_removed(value)).map(|(value, types)| Removal {
        problem: format!("the value `{value}` was removed"),
        remedy: cause(value),
        names: std::iter::once(format!("\"{value}\""))
            .chain(types.iter().map(|of| format!("{of}::{}", pascal(value))))
            .map(Name::Exact)
            .collect(),
    });
    operations.chain(types).chain(properties).chain(values).collect()
}

/// The names that code has for an operation: its id, its constant, and the methods that call it.
fn names_of(operation: &str) -> Vec<Name> {
    let method = snake(operation);
    let stem = method.trim_end_matches('_');
    let methods = ["", "_with", "_multipart", "_multipart_with"].map(|suffix| format!("{stem}{suffix}"));
    [operation.to_owned(), stem.to_uppercase()].into_iter().chain(methods).map(Name::Word).collect()
}

/// The operations that the new document has no longer, by their old ids.
pub(super) fn removed_operations(old: &Value, new: &Value, coverage: &Coverage) -> Vec<RemovedOperation> {
    let ids =
        |document| -> BTreeSet<String> { openapi::operations(document).map(|operation| operation.name()).collect() };
    let is = ids(new);
    let mut removed: BTreeMap<String, RemovedOperation> = BTreeMap::new();
    for was in openapi::operations(old).filter(|operation| !is.contains(&operation.name())) {
        let mut now = openapi::operations(new);
        let now = now.find(|operation| (operation.path, operation.method) == (was.path, was.method));
        let renamed = now.map(|operation| RenamedOperation {
            operation: operation.name(),
            target: format!("$.paths['{}'].{}", was.path.replace('\'', "\\'"), was.method),
        });
        let operation = was.name();
        let methods = coverage.of(&operation).to_vec();
        removed.insert(operation.clone(), RemovedOperation { operation, methods, renamed });
    }
    removed.into_values().collect()
}

/// The names that a document has for properties, and the values of its enums by the type of the component.
struct Words<'d> {
    properties: BTreeSet<&'d str>,
    values: BTreeMap<&'d str, BTreeSet<String>>,
}

impl<'d> Words<'d> {
    fn of(effective: &'d Value) -> Self {
        let mut words = Self { properties: BTreeSet::new(), values: BTreeMap::new() };
        for (place, name) in openapi::schemas(effective) {
            let properties = place.value.get("properties").and_then(Value::as_object);
            words.properties.extend(properties.into_iter().flatten().map(|(name, _)| name.as_str()));
            let values =
                place.value.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            let of = name.filter(|_| place.tokens().len() == 3).map(pascal);
            values.for_each(|value| words.values.entry(value).or_default().extend(of.clone()));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_names_and_not_what_only_begins_or_ends_like_them() {
        let word = Name::Word("user_ref".to_owned());
        assert!(word.is_in("self.user_ref.clone()") && word.is_in("\"user_ref\""));
        assert!(!word.is_in("user_refs") && !word.is_in("my_user_ref"));
        let exact = Name::Exact("types::Kind".to_owned());
        assert!(exact.is_in("unigox::types::Kind::A") && !exact.is_in("types::KindOf"));
    }
}
