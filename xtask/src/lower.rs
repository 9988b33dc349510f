//! Lowering: rewrites the constructs of a real document that the generator can't take into ones that it can.
//!
//! Each pass is a function over the document, named for the construct that it removes, and says what it changed. They
//! run in the order of [`PASSES`]; a pass may rely on the ones before it. None invents a fact: what the document leaves
//! open is settled in the overlay, not here.

mod alias;
mod all_of;
mod ambiguous_enum;
mod anonymous_schema;
mod binary_variant;
mod boolean_required;
mod callback;
mod closed_response;
mod component_name;
mod constrained_string;
mod deep_reference;
mod default_value;
mod direction;
mod discriminated_parent;
mod error_shapes;
pub(crate) mod keyword;
mod known_values;
mod media_types;
mod negation;
mod null_in_enum;
mod null_value;
mod nullable_reference;
mod operation_id;
mod parameter;
mod path_item;
mod path_parameter;
mod private_extension;
mod required_alternatives;
mod required_choice;
mod shared_enum;
mod shared_parts;
mod success_shapes;
mod tagged_union;
mod union;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use crate::{
    check,
    defect::Defect,
    openapi::{
        self, References, component, components_mut,
        extension::{MULTIPART, SUCCESSES},
        join, owner, resolve,
    },
};

/// One thing that a pass changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The pass.
    pub pass: &'static str,
    /// The JSON pointer of what was changed, in the document as the pass found it.
    pub place: String,
    /// What was done, and what is lost by it if anything is.
    pub done: String,
}

/// What the passes have to say.
#[derive(Debug, Default)]
pub struct Report {
    /// What was changed, in order.
    pub notes: Vec<Note>,
    defects: Vec<Defect>,
    pass: &'static str,
}

impl Report {
    fn note(&mut self, place: impl Into<String>, done: impl Into<String>) {
        self.notes.push(Note { pass: self.pass, place: place.into(), done: done.into() });
    }

    /// Sorts the notes since the first `before` by where the components come in the document: a pass that works on parts
    /// first has them in another order.
    fn sort_since(&mut self, before: usize, document: &Value) {
        let pointers = openapi::components(document).map(|(name, _)| join("/components/schemas", name));
        let order: HashMap<String, usize> = pointers.enumerate().map(|(index, pointer)| (pointer, index)).collect();
        self.notes[before..].sort_by_key(|note| order.get(owner(&note.place)).copied().unwrap_or(usize::MAX));
    }

    fn defect(&mut self, defect: Defect) {
        self.defects.push(defect);
    }
}

/// A pass: its name, what it removes (one line, for the report), and the function.
pub struct Pass {
    /// The construct that it removes, as its module is called.
    pub name: &'static str,
    /// What the generator would make of the construct, and what the pass makes of it instead.
    pub about: &'static str,
    run: fn(&mut Value, &mut Report),
}

impl std::fmt::Debug for Pass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The passes, in their order.
pub const PASSES: &[Pass] = &[
    Pass {
        name: "null_value",
        about: "a keyword without a value is read as if it were not there",
        run: null_value::run,
    },
    Pass {
        name: "callback",
        about: "callbacks are requests that the server sends; no method is made of them",
        run: callback::run,
    },
    Pass {
        name: "path_item",
        about: "a path item behind a reference is written out; its operations are named for their own path",
        run: path_item::run,
    },
    Pass {
        name: "boolean_required",
        about: "`required: true` inside a property is not valid OpenAPI 3.0; the name is added to the list of its parent",
        run: boolean_required::run,
    },
    Pass {
        name: "deep_reference",
        about: "what references lead to becomes a component; escapes in references are read",
        run: deep_reference::run,
    },
    Pass {
        name: "component_name",
        about: "`x-type-name` on a component is its name; every reference follows",
        run: component_name::run,
    },
    Pass {
        name: "private_extension",
        about: "extensions called like those that the passes set are dropped",
        run: private_extension::run,
    },
    Pass { name: "null_in_enum", about: "`null` among enum values becomes `nullable: true`", run: null_in_enum::run },
    Pass {
        name: "ambiguous_enum",
        about: "enum values that make the same name can't be told apart in a type; they become a string",
        run: ambiguous_enum::run,
    },
    Pass {
        name: "nullable_reference",
        about: "`nullable` beside or behind a `$ref` would be dropped; it moves to an `allOf` around the reference",
        run: nullable_reference::run,
    },
    Pass {
        name: "alias",
        about: "a reference to a component that is another by its own reference leads to that one",
        run: alias::run,
    },
    Pass {
        name: "keyword",
        about: "keywords that say nothing of the type they stand at are dropped, and bounds of integers made integers",
        run: keyword::run,
    },
    Pass {
        name: "default_value",
        about: "a default that does not fit its schema is dropped; it would stop the program that reads it",
        run: default_value::run,
    },
    Pass {
        name: "path_parameter",
        about: "path parameters and path templates are made to agree",
        run: path_parameter::run,
    },
    Pass {
        name: "operation_id",
        about: "an operation without an id is named for its method and path",
        run: operation_id::run,
    },
    Pass {
        name: "binary_variant",
        about: "a file can't travel in JSON; such a variant becomes the operation's multipart form",
        run: binary_variant::run,
    },
    Pass {
        name: "media_types",
        about: "one body has one media type; a multipart form is set aside for a method of its own",
        run: media_types::run,
    },
    Pass {
        name: "known_values",
        about: "`anyOf: [enum, string]` is an enum that may grow; it becomes an open enum",
        run: known_values::run,
    },
    Pass {
        name: "negation",
        about: "`not` other than a list of refused strings has no type; it is left to the server",
        run: negation::run,
    },
    Pass {
        name: "parameter",
        about: "parameters are written out where they hold, each with a style that its type can be written in",
        run: parameter::run,
    },
    Pass {
        name: "discriminated_parent",
        about: "a parent whose discriminator tells its children apart becomes a choice between them",
        run: discriminated_parent::run,
    },
    Pass {
        name: "required_alternatives",
        about: "a choice between lists of required names is set aside, so that the rest can be read as one object",
        run: required_alternatives::run,
    },
    Pass {
        name: "shared_parts",
        about: "what stands beside a choice, or in another part of an `allOf`, becomes a part of each variant",
        run: shared_parts::run,
    },
    Pass {
        name: "all_of",
        about: "`allOf` of objects becomes the one object that it describes, so that nothing in it is dropped",
        run: all_of::run,
    },
    Pass {
        name: "union",
        about: "a choice with one variant, or between strings, or that takes anything, is what it comes down to",
        run: union::run,
    },
    Pass {
        name: "success_shapes",
        about: "several success shapes become one response type with a variant for each status",
        run: success_shapes::run,
    },
    Pass {
        name: "error_shapes",
        about: "all error statuses, with or without a body, share one error type that reads any body",
        run: error_shapes::run,
    },
    Pass {
        name: "tagged_union",
        about: "the property that tells variants apart is the union's to write, and no field of its variants",
        run: tagged_union::run,
    },
    Pass {
        name: "shared_enum",
        about: "enums that have one type name have the values of all its places, if the server sends one of them",
        run: shared_enum::run,
    },
    Pass {
        name: "anonymous_schema",
        about: "inline objects, enums and unions become components; equal ones become the same component",
        run: anonymous_schema::run,
    },
    Pass {
        name: "direction",
        about: "`readOnly` and `writeOnly` properties are demanded only in the direction that they travel in",
        run: direction::run,
    },
    Pass {
        name: "required_choice",
        about: "each choice between lists of required names becomes one field with a variant for each list",
        run: required_choice::run,
    },
    Pass {
        name: "constrained_string",
        about: "strings with lengths or a pattern that are sent share one type for each constraint",
        run: constrained_string::run,
    },
    Pass {
        name: "closed_response",
        about: "what the server sends may grow: enums and unions that reach a response are open, objects keep unknown fields",
        run: closed_response::run,
    },
];

/// Runs all passes over `document`.
///
/// # Errors
///
/// Every [`Defect`] of the document, first those that [`check`] finds, then those that a pass can't handle.
pub fn lower(mut document: Value) -> Result<(Value, Report), Vec<Defect>> {
    let mut defects = check::check(&document);
    if defects.is_empty() {
        defects = check::schemas(&document);
    }
    if !defects.is_empty() {
        return Err(defects);
    }
    let mut report = Report::default();
    let limit = limit(&document);
    for pass in PASSES {
        report.pass = pass.name;
        (pass.run)(&mut document, &mut report);
        if nodes(&document) > limit {
            report.defect(too_large(&document, pass));
        }
        if !report.defects.is_empty() {
            return Err(report.defects);
        }
    }
    // Once more: parts that were merged can bring what neither had.
    let mut defects = check::schemas(&document);
    check::unions(&document, &mut defects);
    check::endless(&document, &mut defects);
    if defects.is_empty() { Ok((document, report)) } else { Err(defects) }
}

/// The components that a request can hold, in the order of their names.
fn sent(document: &Value) -> BTreeSet<String> {
    let values = openapi::operations(document).flat_map(|operation| {
        let body = operation.value().get("requestBody").map(|body| resolve(document, body).unwrap_or(body));
        body.into_iter().chain(["parameters", MULTIPART].into_iter().filter_map(move |key| operation.value().get(key)))
    });
    References::of(document).schemas_in(values)
}

/// The components that are read, in the order of their names: what a response can hold, and what no operation leads to, which
/// describes what the server sends by itself, such as events.
fn read(document: &Value) -> BTreeSet<String> {
    let (sent, received) = (sent(document), received(document));
    let is_read = |name: &&str| received.contains(*name) || !sent.contains(*name);
    openapi::components(document).map(|(name, _)| name.as_str()).filter(is_read).map(str::to_owned).collect()
}

/// The components that a response can hold, in the order of their names.
fn received(document: &Value) -> BTreeSet<String> {
    let values = openapi::operations(document).flat_map(|operation| {
        let responses = operation.value().get("responses").and_then(Value::as_object).into_iter().flatten();
        let resolved = responses.map(|(_, response)| resolve(document, response).unwrap_or(response));
        resolved.chain(operation.value().get(SUCCESSES))
    });
    References::of(document).schemas_in(values)
}

/// How many values there may be in what is made of `document`: parts that are made of parts can take any number of them.
fn limit(document: &Value) -> usize {
    2_000_000 + 20 * nodes(document)
}

/// How many values there are in `value`.
fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Object(members) => members.values().map(nodes).sum(),
        Value::Array(members) => members.iter().map(nodes).sum(),
        _ => 0,
    }
}

/// The defect of a document that a pass made too large: its largest schema or operation.
fn too_large(document: &Value, pass: &Pass) -> Defect {
    let schemas = openapi::components(document).map(|(name, schema)| (join("/components/schemas", name), schema));
    let operations = openapi::operations(document).map(|operation| (operation.pointer(), operation.value()));
    let largest = schemas.chain(operations).max_by_key(|(_, value)| nodes(value));
    let place = largest.map(|(place, _)| place).unwrap_or_default();
    let problem =
        format!("the largest part of a document that `{}` makes too large: it repeats what it refers to", pass.name);
    Defect::new(place, problem, "refer to components where it repeats others, or remove it with an overlay action")
}

/// Removes the components that something led to `before` a pass and that nothing needs after it. A component that nothing
/// led to in the first place, but for itself, is there to be read by somebody, and stays.
fn drop_unused(document: &mut Value, before: &References, report: &mut Report, why: &str) {
    let mut candidates: BTreeMap<String, String> =
        before.used_schemas().into_iter().map(|name| (join("/components/schemas", &name), name)).collect();
    let now = References::of(document);
    let needed = now.schemas_from(now.owners().filter(|owner| !candidates.contains_key(*owner)));
    candidates.retain(|_, name| !needed.contains(name) && component(document, name).is_some());
    if let Some(components) = components_mut(document) {
        let dropped: HashSet<&String> = candidates.values().collect();
        components.retain(|name, _| !dropped.contains(name));
    }
    for pointer in candidates.into_keys() {
        report.note(pointer, format!("dropped: {why}"));
    }
}

/// The one place through which the tests of the passes run them.
#[cfg(test)]
fn check(run: fn(&mut Value, &mut Report), input: Value, expected: &Value) -> Vec<String> {
    let mut document = input;
    let mut report = Report::default();
    run(&mut document, &mut report);
    assert_eq!(report.defects, []);
    assert_eq!(&document, expected, "\n{document:#}");
    let mut again = document.clone();
    run(&mut again, &mut Report::default());
    assert_eq!(again, document, "a second run must find nothing to do");
    report.notes.into_iter().map(|note| format!("{}: {}", note.place, note.done)).collect()
}

/// `check` for what happens to one component schema.
#[cfg(test)]
fn check_schema(run: fn(&mut Value, &mut Report), input: Value, expected: Value) -> Vec<String> {
    let wrap = |schema: Value| serde_json::json!({"components": {"schemas": {"A": schema}}});
    check(run, wrap(input), &wrap(expected))
}
