//! What is left to a person after a document was taken over.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{compile::CompileError, trial::Before};
use crate::{claims::Claims, names, overlay::Dead, pipeline::Lowered, walk};

/// What nobody but a person can do.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct LeftToDo {
    /// Actions of the overlay that were left out.
    pub dead: Vec<Dead>,
    /// New strings that nobody has looked at yet: the properties by the JSON pointer of their schema.
    pub unmarked_strings: BTreeMap<String, Vec<String>>,
    /// Operations that nobody has said of whether they may be repeated.
    pub unmarked_operations: Vec<String>,
    /// Operations that no method of the facade calls.
    pub unclaimed_operations: Vec<String>,
    /// Operations that are gone.
    pub gone_operations: Vec<String>,
    /// Types with other names than before.
    pub types: Types,
    /// What the facade does that the new client has no place for.
    pub errors: Vec<CompileError>,
    /// Whether the client takes a crate along that it did not need before.
    pub has_new_dependency: bool,
}

/// Types that come or go.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Types {
    /// Those that are there no more, or under another name.
    pub gone: Vec<String>,
    /// Those that were named for the place where they stand, as the document names none.
    pub named_for_their_place: Vec<String>,
}

impl LeftToDo {
    pub(super) fn find(
        before: &Before,
        lowered: &Lowered,
        claims: &Claims,
        dead: Vec<Dead>,
        errors: Vec<CompileError>,
        changed: &BTreeSet<PathBuf>,
    ) -> Self {
        let old = before.effective.as_ref().unwrap_or(&before.overlaid);
        Self {
            dead,
            unmarked_strings: by_schema(unmarked_strings(&before.overlaid), unmarked_strings(&lowered.overlaid)),
            unmarked_operations: not_in(unmarked_operations(old), unmarked_operations(&lowered.effective)),
            unclaimed_operations: unclaimed_operations(&lowered.effective, claims),
            gone_operations: not_in(operation_ids(&lowered.effective), operation_ids(old)),
            types: before.effective.as_ref().map_or_else(Types::default, |old| types(old, lowered)),
            errors,
            has_new_dependency: changed.contains(Path::new("Cargo.lock"))
                || changed.iter().any(|path| path.ends_with("Cargo.toml")),
        }
    }

    /// Whether something is left that is done in the overlay.
    pub(super) fn is_for_the_overlay(&self) -> bool {
        let all_is_said = self.unmarked_strings.is_empty() && self.unmarked_operations.is_empty();
        !(self.dead.is_empty() && all_is_said && self.types.named_for_their_place.is_empty())
    }

    /// Whether nothing is left at all.
    pub fn is_empty(&self) -> bool {
        let nothing_is_gone = self.gone_operations.is_empty() && self.types.gone.is_empty();
        let everything_is_there = self.unclaimed_operations.is_empty() && self.errors.is_empty();
        !self.is_for_the_overlay() && nothing_is_gone && everything_is_there && !self.has_new_dependency
    }
}

/// The operations of `effective` that no method of the facade is said to call.
fn unclaimed_operations(effective: &Value, claims: &Claims) -> Vec<String> {
    operation_ids(effective).into_iter().filter(|id| claims.of(id).is_empty()).collect()
}

fn operation_ids(document: &Value) -> BTreeSet<String> {
    operations(document, |_| true)
}

/// Operations that are taken for ones that may not be repeated, since nobody has said so.
fn unmarked_operations(document: &Value) -> BTreeSet<String> {
    operations(document, |operation| operation.get(walk::RETRY).is_none())
}

fn operations(document: &Value, is_wanted: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    walk::operations(document, |at, operation| {
        if is_wanted(operation) {
            let id = operation.get("operationId").and_then(Value::as_str).map(str::to_owned);
            ids.insert(id.unwrap_or_else(|| format!("{} {}", at.method.to_uppercase(), at.path)));
        }
    });
    ids
}

fn not_in(old: BTreeSet<String>, new: BTreeSet<String>) -> Vec<String> {
    new.into_iter().filter(|name| !old.contains(name)).collect()
}

/// The pointers of the strings that could hold personal data, and that nobody has said anything about. It is the overlaid
/// document that is looked through, since its pointers are what a target of the overlay is written for.
fn unmarked_strings(overlaid: &Value) -> BTreeSet<String> {
    let (mut strings, mut marked) = (Vec::new(), BTreeSet::new());
    // The walker shows schemas to be changed; nothing is changed here.
    walk::schemas_mut(&mut overlaid.clone(), &mut |schema, pointer| {
        if schema.get(walk::SENSITIVE).is_some() {
            marked.insert(pointer.to_owned());
        }
        let harmless_format =
            matches!(schema.get("format").and_then(Value::as_str), Some("uuid" | "date-time" | "binary"));
        if schema["type"] == "string" && schema.get("enum").is_none() && !harmless_format {
            strings.push(pointer.to_owned());
        }
    });
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

fn types(old: &Value, lowered: &Lowered) -> Types {
    let names = |document: &Value| -> BTreeSet<String> {
        let schemas = document.get("components").and_then(|components| components.get("schemas")?.as_object());
        schemas.into_iter().flatten().map(|(name, _)| names::pascal(name)).collect()
    };
    let (old, new) = (names(old), names(&lowered.effective));
    let named = lowered.notes.iter().filter(|note| note.pass == "anonymous_schema");
    let named = named.filter_map(|note| note.done.strip_prefix("named `")?.strip_suffix('`').map(names::pascal));
    let named: BTreeSet<String> = named.filter(|name| new.contains(name)).collect();
    Types { named_for_their_place: not_in(old.clone(), named), gone: not_in(new, old) }
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
