//! The outcome of an update: above all, what is left to a person.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    causes,
    compile::CompileError,
    hand_written::{self, Files, Mentions, RemovedOperation},
    kept_names::{self, RemovedType},
    trial::Before,
};
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

/// The version of the JSON form; it grows when a field changes its meaning or goes.
pub const FORMAT_VERSION: u32 = 1;

/// The outcome of taking a document over, or of trying to.
#[derive(Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Update {
    /// The version of this form.
    pub format_version: u32,
    /// What the vendor changed.
    pub report: Report,
    /// What nobody but a person can do.
    pub left: LeftToDo,
    /// The files that are other than before, the document among them.
    pub changed: Vec<PathBuf>,
    /// The SHA-256 of the new document.
    pub sha256: String,
}

/// What nobody but a person can do. What can be told from the new document alone is the same in every run until it is done;
/// names that were removed are known while the old document is.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct LeftToDo {
    /// Actions of the overlay that were left out.
    pub unmatched_actions: Vec<UnmatchedAction>,
    /// New strings that nobody has looked at yet, which `Debug` hides until then: the properties by the JSON pointer of their
    /// schema, in the new document after the overlay.
    pub unmarked_strings: BTreeMap<String, Vec<String>>,
    /// How many strings of the document `Debug` hides because nobody has looked at them, new ones or not.
    pub hidden_strings: usize,
    /// New operations that nobody has said of whether they may be repeated, and that HTTP does not say it of. They are
    /// never repeated until then.
    pub unmarked_operations: Vec<String>,
    /// Operations that were removed, with the methods of the facade that call them.
    pub removed_operations: Vec<RemovedOperation>,
    /// Types that were removed, or have another name.
    pub removed_types: Vec<RemovedType>,
    /// New types that were named for their place, as the document has no name for them. They may be called otherwise.
    pub types_named_for_their_place: Vec<String>,
    /// What the facade does that the new client has no place for.
    pub errors: Vec<CompileError>,
    /// Lines of hand-written files that name what was removed, but for those that the compiler refuses.
    pub mentions: Vec<Mentions>,
}

/// What a trial found out, besides the documents.
pub(super) struct Found {
    pub(super) unmatched_actions: Vec<UnmatchedAction>,
    pub(super) errors: Vec<CompileError>,
}

impl LeftToDo {
    pub(super) fn find(
        root: &Path,
        before: &Before,
        lowered: &Lowered,
        (report, coverage): (&Report, &Coverage),
        found: Found,
    ) -> Self {
        let Found { unmatched_actions, mut errors } = found;
        let (old, new) = (before.effective.as_ref(), &lowered.effective);
        // What an unmatched action gives comes back with the action, so it is no work of its own.
        let waiting: BTreeSet<String> = unmatched_actions.iter().flat_map(|action| action.gives.clone()).collect();
        let mut removed_types = old.map(|old| kept_names::removed_types(old, lowered)).unwrap_or_default();
        for removed in &mut removed_types {
            let gives = |action: &&UnmatchedAction| action.gives.contains(&removed.name);
            removed.named_by = unmatched_actions.iter().find(gives).map(|action| action.index);
        }
        removed_types.retain(|removed| removed.named_by.is_none() || removed.action().is_some());
        let removed_operations = hand_written::removed_operations(old.unwrap_or(&before.overlaid), new, coverage);
        causes::explain(&mut errors, report, &removed_types, &waiting);
        let files = Files::read(root);
        let mentions = old.map(|old| {
            let removals =
                hand_written::removals([old, new], (&removed_operations, &removed_types), report, &files, &waiting);
            files.mentions(removals, &errors)
        });
        let named = old.map(|old| types_named_for_their_place(old, lowered)).unwrap_or_default();
        let has_successor = |name: &String| {
            removed_types.iter().filter_map(|removed| removed.successor.as_ref()).any(|to| to.name == *name)
        };
        let (hidden, hidden_before) = (unmarked_strings(&lowered.overlaid), unmarked_strings(&before.overlaid));
        let unmarked_before = unmarked_operations(old.unwrap_or(&before.overlaid));
        Self {
            types_named_for_their_place: named.into_iter().filter(|name| !has_successor(name)).collect(),
            unmatched_actions,
            hidden_strings: hidden.len(),
            unmarked_strings: by_schema(hidden.difference(&hidden_before).cloned().collect()),
            unmarked_operations: unmarked_operations(new).difference(&unmarked_before).cloned().collect(),
            removed_operations,
            removed_types,
            errors,
            mentions: mentions.unwrap_or_default(),
        }
    }

    /// The types whose names the overlay can keep, each with the action that does.
    pub(super) fn names_to_keep(&self) -> impl Iterator<Item = (&RemovedType, String)> {
        self.removed_types.iter().filter_map(|removed| Some((removed, removed.action()?)))
    }

    /// Whether something is left that is done in the overlay.
    pub(super) fn is_for_the_overlay(&self) -> bool {
        !self.unmatched_actions.is_empty() || self.names_to_keep().next().is_some()
    }

    /// Whether something is left that is done in code.
    pub(super) fn is_for_the_code(&self) -> bool {
        !(self.errors.is_empty() && self.mentions.is_empty())
    }

    /// Whether nothing is left at all.
    pub fn is_empty(&self) -> bool {
        !(self.is_for_the_overlay() || self.is_for_the_code())
    }
}

/// Operations that are taken for ones that may not be repeated, since nobody has said so.
fn unmarked_operations(document: &Value) -> BTreeSet<String> {
    let is_unmarked =
        |operation: &Operation<'_>| operation.value().get(RETRY).is_none() && !operation.is_safe_to_repeat();
    openapi::operations(document).filter(is_unmarked).map(|operation| operation.name()).collect()
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

/// Properties by the pointer of their schema. A mark on an array or a map is one for what it holds.
fn by_schema(strings: BTreeSet<String>) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pointer in strings {
        let holder =
            |rest: &str| match rest.strip_suffix("/items").or_else(|| rest.strip_suffix("/additionalProperties")) {
                Some(holder) => (holder.to_owned(), true),
                None => (rest.to_owned(), false),
            };
        let (mut holding, mut goes_on) = holder(&pointer);
        while goes_on {
            (holding, goes_on) = holder(&holding);
        }
        let (schema, property) = match holding.rsplit_once("/properties/").filter(|(_, name)| !name.contains('/')) {
            Some((schema, property)) => (schema.to_owned(), Some(property.replace("~1", "/").replace("~0", "~"))),
            None => (holding, None),
        };
        let properties = found.entry(schema).or_default();
        properties.extend(property.filter(|property| !properties.contains(property)));
    }
    found
}

/// The new types that were named for their place.
fn types_named_for_their_place(old: &Value, lowered: &Lowered) -> Vec<String> {
    let names = |document: &Value| -> BTreeSet<String> {
        openapi::components(document).map(|(name, _)| names::pascal(name)).collect()
    };
    let (old, new) = (names(old), names(&lowered.effective));
    let named = lowered.notes.iter().filter(|note| note.pass == "anonymous_schema");
    let named = named.filter_map(|note| note.done.strip_prefix("named `")?.strip_suffix('`').map(names::pascal));
    let named: BTreeSet<String> = named.filter(|name| new.contains(name) && !old.contains(name)).collect();
    named.into_iter().collect()
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
        let found = by_schema(unmarked_strings(&document));
        let expected = ["date", "list", "plain"].map(str::to_owned);
        assert_eq!(found, BTreeMap::from([("/components/schemas/A".to_owned(), expected.to_vec())]));
    }
}
