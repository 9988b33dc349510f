//! The outcome of an update: above all, what is left to a person.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{compile::CompileError, trial::Before};
use crate::{
    coverage::Coverage,
    diff::Report,
    names,
    openapi::{
        self, Operation,
        extension::{RETRY, SENSITIVE},
    },
    overlay::UnmatchedAction,
    pipeline::Lowered,
};

/// The outcome of taking a document over, or of trying to.
#[derive(Debug)]
#[non_exhaustive]
pub struct Update {
    /// What the vendor changed.
    pub report: Report,
    /// What nobody but a person can do.
    pub left: LeftToDo,
    /// The files that are other than before, the document among them.
    pub changed: Vec<PathBuf>,
    /// The SHA-256 of the new document.
    pub sha256: String,
}

/// What nobody but a person can do.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct LeftToDo {
    /// Actions of the overlay that were left out.
    pub unmatched_actions: Vec<UnmatchedAction>,
    /// New strings that nobody has looked at yet: the properties by the JSON pointer of their schema.
    pub unmarked_strings: BTreeMap<String, Vec<String>>,
    /// Operations that nobody has said of whether they may be repeated.
    pub unmarked_operations: Vec<String>,
    /// Operations that no method of the facade calls.
    pub uncovered_operations: Vec<String>,
    /// Operations that were removed.
    pub removed_operations: Vec<String>,
    /// Types that were removed, or have another name.
    pub removed_types: Vec<String>,
    /// Types that were named for their place, as the document has no name for them.
    pub types_named_for_their_place: Vec<String>,
    /// What the facade does that the new client has no place for.
    pub errors: Vec<CompileError>,
    /// Whether the client takes a crate along that it did not need before.
    pub has_new_dependency: bool,
}

impl LeftToDo {
    pub(super) fn find(
        before: &Before,
        lowered: &Lowered,
        coverage: &Coverage,
        unmatched_actions: Vec<UnmatchedAction>,
        errors: Vec<CompileError>,
        changed: &BTreeSet<PathBuf>,
    ) -> Self {
        let old = before.effective.as_ref().unwrap_or(&before.overlaid);
        let (removed_types, types_named_for_their_place) =
            before.effective.as_ref().map(|old| types(old, lowered)).unwrap_or_default();
        Self {
            unmatched_actions,
            unmarked_strings: by_schema(unmarked_strings(&before.overlaid), unmarked_strings(&lowered.overlaid)),
            unmarked_operations: not_in(unmarked_operations(old), unmarked_operations(&lowered.effective)),
            uncovered_operations: uncovered_operations(&lowered.effective, coverage),
            removed_operations: not_in(operation_ids(&lowered.effective), operation_ids(old)),
            removed_types,
            types_named_for_their_place,
            errors,
            has_new_dependency: changed.contains(Path::new("Cargo.lock"))
                || changed.iter().any(|path| path.ends_with("Cargo.toml")),
        }
    }

    /// Whether something is left that is done in the overlay.
    pub(super) fn is_for_the_overlay(&self) -> bool {
        let Self { unmatched_actions, unmarked_strings, unmarked_operations, types_named_for_their_place, .. } = self;
        !(unmatched_actions.is_empty()
            && unmarked_strings.is_empty()
            && unmarked_operations.is_empty()
            && types_named_for_their_place.is_empty())
    }

    /// Whether nothing is left at all.
    pub fn is_empty(&self) -> bool {
        let Self { uncovered_operations, removed_operations, removed_types, errors, has_new_dependency, .. } = self;
        !(self.is_for_the_overlay() || *has_new_dependency)
            && uncovered_operations.is_empty()
            && removed_operations.is_empty()
            && removed_types.is_empty()
            && errors.is_empty()
    }
}

/// The operations of `effective` that no method of the facade calls, by its table.
fn uncovered_operations(effective: &Value, coverage: &Coverage) -> Vec<String> {
    operation_ids(effective).into_iter().filter(|id| coverage.of(id).is_empty()).collect()
}

fn operation_ids(document: &Value) -> BTreeSet<String> {
    operations(document, |_| true)
}

/// Operations that are taken for ones that may not be repeated, since nobody has said so.
fn unmarked_operations(document: &Value) -> BTreeSet<String> {
    operations(document, |operation| operation.value().get(RETRY).is_none())
}

fn operations(document: &Value, is_wanted: impl Fn(&Operation<'_>) -> bool) -> BTreeSet<String> {
    openapi::operations(document).filter(is_wanted).map(|operation| operation.name()).collect()
}

fn not_in(old: BTreeSet<String>, new: BTreeSet<String>) -> Vec<String> {
    new.into_iter().filter(|name| !old.contains(name)).collect()
}

/// The pointers of the strings that could hold personal data, and that nobody has said anything about. It is the overlaid
/// document that is looked through, since its pointers are what a target of the overlay is written for.
fn unmarked_strings(overlaid: &Value) -> BTreeSet<String> {
    let (mut strings, mut marked) = (Vec::new(), BTreeSet::new());
    for (place, _) in openapi::schemas(overlaid) {
        let schema = place.value;
        if schema.get(SENSITIVE).is_some() {
            marked.insert(place.pointer());
        }
        let harmless_format =
            matches!(schema.get("format").and_then(Value::as_str), Some("uuid" | "date-time" | "binary"));
        if schema["type"] == "string" && schema.get("enum").is_none() && !harmless_format {
            strings.push(place.pointer());
        }
    }
    // A mark on an array or a map is one for what it holds.
    let is_marked = |pointer: &String| {
        let mut place = pointer.as_str();
        loop {
            if marked.contains(place) {
                return true;
            }
            match place.strip_suffix("/items").or_else(|| place.strip_suffix("/additionalProperties")) {
                Some(holder) => place = holder,
                None => return false,
            }
        }
    };
    // What is sent in a path, a query or a header is an argument of a method, and in no type.
    let is_argument = |pointer: &String| pointer.contains("/parameters/") || pointer.contains("/headers/");
    strings.into_iter().filter(|pointer| !is_argument(pointer) && !is_marked(pointer)).collect()
}

/// Properties by the pointer of their schema.
fn by_schema(old: BTreeSet<String>, new: BTreeSet<String>) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pointer in not_in(old, new) {
        let (schema, property) = pointer.rsplit_once("/properties/").unwrap_or((pointer.as_str(), ""));
        found.entry(schema.to_owned()).or_default().push(property.replace("~1", "/").replace("~0", "~"));
    }
    found
}

/// The types that were removed, and those that were named for their place.
fn types(old: &Value, lowered: &Lowered) -> (Vec<String>, Vec<String>) {
    let names = |document: &Value| -> BTreeSet<String> {
        openapi::components(document).map(|(name, _)| names::pascal(name)).collect()
    };
    let (old, new) = (names(old), names(&lowered.effective));
    let named = lowered.notes.iter().filter(|note| note.pass == "anonymous_schema");
    let named = named.filter_map(|note| note.done.strip_prefix("named `")?.strip_suffix('`').map(names::pascal));
    let named: BTreeSet<String> = named.filter(|name| new.contains(name)).collect();
    (not_in(new, old.clone()), not_in(old, named))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_string_needs_a_mark_unless_its_format_or_its_values_say_enough() {
        let document = json!({
            "components": {"schemas": {"A": {"properties": {
                "plain": {"type": "string"}, "date": {"type": "string", "format": "date"},
                "id": {"type": "string", "format": "uuid"}, "at": {"type": "string", "format": "date-time"},
                "kind": {"type": "string", "enum": ["a"]}, "count": {"type": "integer"},
                "said": {"type": "string", "x-sensitive": false}, "hidden": {"type": "string", "x-sensitive": true},
                "list": {"items": {"type": "string"}},
                "said_list": {"items": {"type": "string"}, "x-sensitive": false},
                "said_map": {"additionalProperties": {"items": {"type": "string"}}, "x-sensitive": true},
            }}}},
            "paths": {"/a": {"get": {"parameters": [{"schema": {"type": "string"}}]}}},
        });
        let found = by_schema(BTreeSet::new(), unmarked_strings(&document));
        let expected = ["date", "list/items", "plain"].map(str::to_owned);
        assert_eq!(found, BTreeMap::from([("/components/schemas/A".to_owned(), expected.to_vec())]));
        assert!(by_schema(unmarked_strings(&document), unmarked_strings(&document)).is_empty(), "nothing is new");
    }
}
