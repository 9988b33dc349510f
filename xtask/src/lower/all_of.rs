//! `allOf` of objects: an envelope and its payload, a base and what refines it.
//!
//! ```yaml
//! # before                          # after
//! allOf:                            type: object
//!   - $ref: '#/…/Envelope'          required: [success]
//!   - properties:                   properties:
//!       data: {type: object, …}       success: {type: boolean}
//!                                     data: {type: object, …}
//! ```
//!
//! A property that several parts describe must satisfy all of them: an empty description gives way, two objects merge,
//! and constraints add up. Strings become the one string that satisfies all of them. Where parts contradict each other, or
//! are neither all objects nor all strings, the `allOf` stays as it is.
//!
//! A schema that is made of one that it is in would be written out without end. It becomes a component first, and so does
//! what two parts say of a property with references; equal ones become the same component, which is why merging ends.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::{Report, drop_unused, limit, nodes};
use crate::{
    check,
    defect::Defect,
    names::pascal,
    openapi::{
        self, Object, Place, References, components, components_mut, components_or_new,
        extension::{ALTERNATIVES, BOTH, PRIVATE, SENSITIVE, TYPE_NAME},
        join, owner, parts_of, reference, reference_to, schema_mut, schema_name, schemas_mut, schemas_mut_beside,
        shape::{Shape, parts},
        tokens,
    },
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let used = References::of(document);
    let circular = used.circular_schemas();
    let mut added = Added::new(document);
    let mut budget = limit(document);
    added.take_circular(document, &circular, report);
    let before = report.notes.len();
    schemas_mut_beside(document, &mut |schema, pointer, rest| merge(schema, pointer, rest, &mut budget, report));
    report.sort_since(before, document);
    if !report.defects.is_empty() {
        return;
    }
    schemas_mut(document, &mut |schema, pointer| added.take_both(schema, pointer, report));
    while let Some((name, mut schema)) = added.open.pop() {
        let mut pointer = join("/components/schemas", &name);
        schema_mut(&mut schema, &mut pointer, &mut |schema, pointer| {
            merge(schema, pointer, document, &mut budget, report)
        });
        schema_mut(&mut schema, &mut pointer, &mut |schema, pointer| added.take_both(schema, pointer, report));
        if !report.defects.is_empty() {
            return;
        }
        components_or_new(document).and_then(|schemas| schemas.insert(name, schema));
    }
    contradictions(document, &added.origins, report);
    drop_unused(document, &used, report, "a part of others alone, and merged into them");
}

/// Refuses what is left of an `allOf` that no value satisfies: the generator would merge it without the values and lengths.
fn contradictions(document: &Value, origins: &HashMap<String, String>, report: &mut Report) {
    for (schema, _) in openapi::schemas(document) {
        if schema.get("allOf").is_none() || is_reference_with_more(schema.value) {
            continue;
        }
        let Some(shape) = Shape::of(document, &[schema.value]) else { continue };
        let properties = shape.parts().iter().filter_map(|part| part.get("properties")?.as_object());
        let names: BTreeSet<&String> = properties.flat_map(Object::keys).collect();
        let properties = names.into_iter().filter_map(|name| Some((name, Shape::of(document, &shape.property(name))?)));
        let described = properties.map(|(name, shape)| (format!(" of `{name}`"), shape));
        for (what, shape) in described.chain([(String::new(), shape.clone())]) {
            let bounds =
                |key: &str| shape.parts().iter().filter_map(|part| part.get(key)?.as_u64()).collect::<Vec<_>>();
            let (shortest, longest) = (bounds("minLength").into_iter().max(), bounds("maxLength").into_iter().min());
            let problem = if shape.values().is_some_and(|values| values.is_empty()) {
                format!("parts list values{what} that have none in common")
            } else if shortest.zip(longest).is_some_and(|(shortest, longest)| shortest > longest) {
                format!("parts give lengths{what} that no string has")
            } else {
                continue;
            };
            let pointer = schema.pointer();
            // The document has no component that was made here.
            let place = origins.get(owner(&pointer)).cloned().unwrap_or(pointer);
            report.defect(Defect::new(place, problem, "correct one of the parts with an overlay action"));
        }
    }
}

fn merge(schema: &mut Value, pointer: &str, rest: &Value, budget: &mut usize, report: &mut Report) {
    let Some(listed) = schema.get("allOf").and_then(Value::as_array) else { return };
    if !report.defects.is_empty() || is_reference_with_more(schema) {
        return;
    }
    let count = listed.len();
    let parts = parts(rest, [Place::root(schema)]);
    let part_count = parts.len();
    let string = string(rest, &parts);
    let what = if string.is_some() { "string" } else { "object" };
    let merged = string.or_else(|| merged(parts));
    let size = part_count + merged.as_ref().map_or(0, |merged| merged.values().map(nodes).sum());
    let is_too_much = size > *budget || (merged.is_none() && part_count > MAX_PARTS);
    *budget = budget.saturating_sub(size);
    if is_too_much {
        let problem = "the parts of schemas up to this one are too many to be written out in each";
        report.defect(Defect::new(pointer, problem, "make the chain of `allOf` shorter, or use properties instead"));
    } else if let Some(merged) = merged.map(Value::Object).filter(|merged| merged != schema) {
        *schema = merged;
        report.note(pointer, format!("`allOf` of {count} merged into one {what}"));
    }
}

/// Of how many parts a schema may be that can't be merged here: the generator goes into each from the one before.
const MAX_PARTS: usize = 500;

/// One reference in an `allOf` is how OpenAPI 3.0 says something more about it.
fn is_reference_with_more(schema: &Value) -> bool {
    let parts = schema.get("allOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    matches!(parts, [only] if reference(only).is_some()) && is_annotated_only(schema)
}

/// The components that are made of inline schemas, by their content.
struct Added {
    by_content: HashMap<String, String>,
    /// Where each was made, by its pointer.
    origins: HashMap<String, String>,
    types: HashSet<String>,
    /// Those that are still to be merged.
    open: Vec<(String, Value)>,
    /// How many more there may be.
    left: usize,
}

impl Added {
    fn new(document: &Value) -> Self {
        let types: HashSet<String> = components(document).map(|(name, _)| pascal(name)).collect();
        let left = 10_000 + 2 * types.len();
        Self { by_content: HashMap::new(), origins: HashMap::new(), types, open: Vec::new(), left }
    }

    /// Makes components of inline schemas that are made of what they are in.
    fn take_circular(&mut self, document: &mut Value, circular: &BTreeSet<String>, report: &mut Report) {
        let is_circular = |reference: &str| schema_name(reference).is_some_and(|name| circular.contains(name));
        let mut found = Vec::new();
        for name in circular {
            let Some(component) = components_mut(document).and_then(|schemas| schemas.get_mut(name)) else { continue };
            let mut pointer = join("/components/schemas", name);
            let root = pointer.clone();
            schema_mut(component, &mut pointer, &mut |schema, pointer| {
                if pointer != root && is_composed(schema) && parts_of(schema).into_iter().any(is_circular) {
                    self.take(schema, pointer, report);
                }
            });
            found.append(&mut self.open);
        }
        components_or_new(document).into_iter().for_each(|schemas| schemas.extend(found.drain(..)));
    }

    fn take_both(&mut self, schema: &mut Value, pointer: &str, report: &mut Report) {
        if schema.as_object_mut().and_then(|schema| schema.shift_remove(BOTH)).is_some() {
            self.take(schema, pointer, report);
        }
    }

    /// Leaves a reference to a component in the place of `schema`, with what is said of the place.
    fn take(&mut self, schema: &mut Value, pointer: &str, report: &mut Report) {
        let mut moved = std::mem::take(schema);
        let mut left = Object::new();
        let mut given = None;
        if let Some(object) = moved.as_object_mut() {
            given = object.shift_remove(TYPE_NAME).and_then(|given| given.as_str().map(pascal));
            for key in ["nullable", "description", SENSITIVE] {
                left.extend(object.shift_remove(key).map(|value| (key.to_owned(), value)));
            }
        }
        let content = format!("{given:?}{moved}");
        let name = match self.by_content.get(&content) {
            Some(name) => name.clone(),
            None => {
                let wanted = given.unwrap_or_else(|| name_of(&moved, pointer));
                let numbered = (2..).map(|number| format!("{wanted}{number}"));
                let mut names = std::iter::once(wanted.clone()).chain(numbered);
                let name = names.find(|name| self.types.insert(name.clone())).unwrap_or(wanted);
                self.by_content.insert(content, name.clone());
                self.origins.insert(join("/components/schemas", &name), pointer.to_owned());
                self.open.push((name.clone(), moved));
                match self.left.checked_sub(1) {
                    Some(left) => self.left = left,
                    None => {
                        let problem = "its parts refer to each other in too many ways to make a type of each";
                        report.defect(Defect::new(pointer, problem, "write out what it describes, without `allOf`"));
                    }
                }
                name
            }
        };
        report.note(pointer, format!("made of what it is in, or of two references; became the component `{name}`"));
        *schema = reference_to(&name);
        if !left.is_empty() {
            left.insert("allOf".to_owned(), json!([schema]));
            *schema = Value::Object(left);
        }
    }
}

/// What `schema`, which stands at `pointer`, is called: for the components that it is made of if it is nothing but these,
/// or for its own component and the way from there.
fn name_of(schema: &Value, pointer: &str) -> String {
    let parts = schema.get("allOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let names: Vec<&str> = parts.iter().filter_map(|part| reference(part).and_then(schema_name)).collect();
    if names.len() == parts.len() && names.len() > 1 {
        return pascal(&names.join("-and-"));
    }
    let tokens = tokens(pointer);
    let mut name = String::new();
    for token in tokens.iter().skip(2) {
        match token.as_str() {
            "properties" | "allOf" => {}
            "items" => name += "-item",
            "additionalProperties" => name += "-value",
            token => name += &format!("-{token}"),
        }
    }
    pascal(&name)
}

/// Whether `schema` says more than what one of its parts says.
fn is_composed(schema: &Value) -> bool {
    check::is_composed(schema) && !is_reference_with_more(schema)
}

fn is_annotated_only(schema: &Value) -> bool {
    let is_annotation = |key: &str| matches!(key, "allOf" | "nullable" | "description" | "title" | "example");
    schema.as_object().is_some_and(|object| object.keys().all(|key| is_annotation(key) || key.starts_with("x-")))
}

/// The object that `parts` describe together, if it is one; the last is the schema itself. It can't be a part of itself but through a property, which merging
/// never follows.
fn merged(mut parts: Vec<Place<'_>>) -> Option<Object> {
    let own = parts.pop()?;
    let mut whole = Object::new();
    whole.insert("type".to_owned(), "object".into());
    for part in parts.iter().filter(|part| reference(part.value).is_none()) {
        // What is said of the part as such (its description, its name) is not said of the whole.
        let is_structure =
            |key: &str| matches!(key, "type" | "properties" | "required" | "additionalProperties" | ALTERNATIVES);
        add(&mut whole, plain(part.value)?.iter().filter(|(key, _)| is_structure(key)))?;
    }
    add(&mut whole, plain(own.value)?.iter().filter(|(key, _)| *key != "allOf"))?;
    Some(whole)
}

/// The string that `parts` describe together, if it is one; the last is the schema itself.
fn string(document: &Value, parts: &[Place<'_>]) -> Option<Object> {
    let (own, parts) = parts.split_last()?;
    let own = own.value.as_object()?;
    let mut whole = Object::new();
    let mut is_nullable = false;
    for part in parts.iter().filter(|part| reference(part.value).is_none()) {
        let part = part.value.as_object().filter(|part| is_text(part))?;
        is_nullable |= part.get("nullable").is_some_and(|nullable| nullable == true);
        // What is said of the part as such (its description, its name) is not said of the whole.
        narrow(&mut whole, part.iter().filter(|(key, _)| is_constraint(key) || *key == SENSITIVE))?;
    }
    narrow(&mut whole, own.iter().filter(|(key, _)| *key != "allOf"))?;
    if !is_text(own) || whole.get("type").is_none_or(|kind| kind != "string") {
        return None;
    }
    if is_nullable && !own.contains_key("type") {
        whole.insert("nullable".to_owned(), true.into());
    }
    // A component that says all of this is referred to, so that it keeps its type.
    let constraints = |schema: &Object| {
        // What values are listed needs no other bound.
        let is_bound = |key: &str| schema.contains_key("enum") && matches!(key, "format" | "minLength" | "maxLength");
        let constraints = schema.iter().filter(|(key, _)| is_constraint(key) && !is_bound(key));
        constraints.map(|(key, value)| (key.clone(), value.clone())).collect::<Object>()
    };
    let says_all = |reference: &&str| {
        let target = Place::at(document, reference).and_then(|target| target.value.as_object());
        target.is_some_and(|target| constraints(target) == constraints(&whole))
    };
    if let Some(reference) = parts.iter().rev().filter_map(|part| reference(part.value)).find(says_all) {
        let reference = json!([{"$ref": reference}]);
        whole.retain(|key, _| !is_constraint(key));
        whole.insert("allOf".to_owned(), reference);
    }
    Some(whole)
}

/// Whether `schema` describes a string, or says nothing that no string has.
fn is_text(schema: &Object) -> bool {
    let is_known = |key: &str| {
        matches!(key, "allOf" | "nullable" | "readOnly" | "writeOnly" | "deprecated" | "default" | "externalDocs")
            || is_constraint(key)
            || is_annotation(key)
    };
    schema.get("type").is_none_or(|kind| kind == "string")
        && schema.keys().all(|key| is_known(key) && !key.starts_with(PRIVATE))
}

/// Whether `key` says which strings a schema allows.
fn is_constraint(key: &str) -> bool {
    matches!(key, "type" | "format" | "enum" | "minLength" | "maxLength" | "pattern" | "not")
}

/// Adds to the string `whole` what `part` says of it, if some string can be both.
fn narrow<'p>(whole: &mut Object, part: impl IntoIterator<Item = (&'p String, &'p Value)>) -> Option<()> {
    for (key, value) in part {
        let Some(known) = whole.get_mut(key).filter(|known| *known != value) else {
            whole.insert(key.clone(), value.clone());
            continue;
        };
        *known = match key.as_str() {
            "type" => return None,
            "minLength" => known.as_u64()?.max(value.as_u64()?).into(),
            "maxLength" => known.as_u64()?.min(value.as_u64()?).into(),
            "enum" => {
                let both = value.as_array()?;
                known.as_array()?.iter().filter(|value| both.contains(value)).cloned().collect()
            }
            "not" => {
                // The passes before leave lists of refused strings alone.
                let (known, more) = (known["enum"].as_array()?, value["enum"].as_array()?);
                let more = more.iter().filter(|value| !known.contains(value));
                json!({"enum": known.iter().chain(more).cloned().collect::<Vec<_>>()})
            }
            "pattern" => both_patterns(known.as_str()?, value.as_str()?)?.into(),
            "format" => match [&*known, value].map(is_typed) {
                [true, true] => return None,
                [true, false] => continue,
                _ => value.clone(),
            },
            "nullable" => (*known == true && *value == true).into(),
            _ => value.clone(),
        };
    }
    let length = |key: &str| whole.get(key).and_then(Value::as_u64);
    let (shortest, longest) = (length("minLength").unwrap_or(0), length("maxLength").unwrap_or(u64::MAX));
    if let Some(Value::Array(values)) = whole.get_mut("enum") {
        values.retain(|value| {
            value.as_str().is_none_or(|value| (shortest..=longest).contains(&(value.chars().count() as u64)))
        });
        if values.is_empty() {
            return None;
        }
        for key in ["minLength", "maxLength"] {
            whole.shift_remove(key);
        }
    }
    (shortest <= longest).then_some(())
}

/// The pattern of what both patterns match; none if both refer to groups by number, of which one would get others.
fn both_patterns(a: &str, b: &str) -> Option<String> {
    let refers = |pattern: &str| ('1'..='9').any(|digit| pattern.contains(&format!("\\{digit}")));
    let (first, second) = match (refers(a), refers(b)) {
        (true, true) => return None,
        (false, true) => (b, a),
        _ => (a, b),
    };
    let ahead = |pattern: &str| format!("(?=[\\s\\S]*?(?:{pattern}))");
    let both = format!("^{}{}", ahead(first), ahead(second));
    regress::Regex::new(&both).is_ok().then_some(both)
}

/// Whether `format` is more than a hint: each value has it, and none has two of these.
fn is_typed(format: &Value) -> bool {
    const TYPED: [&str; 7] = ["binary", "byte", "date", "date-time", "ipv4", "ipv6", "uuid"];
    format.as_str().is_some_and(|format| TYPED.contains(&format))
}

/// Whether `key` says nothing of which values a schema allows.
fn is_annotation(key: &str) -> bool {
    matches!(key, "description" | "title" | "example" | "examples") || key.starts_with("x-")
}

/// The members of `schema`, if all of them can be merged.
fn plain(schema: &Value) -> Option<&Object> {
    let is_plain = |key: &str| {
        matches!(key, "allOf" | "type" | "properties" | "required" | "additionalProperties")
            || matches!(key, "nullable" | "description" | "title" | "example" | "discriminator" | "externalDocs")
            || key.starts_with("x-")
    };
    let object = schema.as_object()?;
    let is_object = object.get("type").is_none_or(|kind| kind == "object");
    (is_object && object.keys().all(|key| is_plain(key))).then_some(object)
}

/// Adds to `whole` what `part` demands, if both can hold at once.
fn add<'p>(whole: &mut Object, part: impl IntoIterator<Item = (&'p String, &'p Value)>) -> Option<()> {
    for (key, value) in part {
        let value = value.clone();
        match (key.as_str(), whole.get_mut(key)) {
            (_, None) => drop(whole.insert(key.clone(), value)),
            ("properties", Some(Value::Object(known))) => {
                let Value::Object(more) = value else { return None };
                for (name, property) in more {
                    match known.get_mut(&name) {
                        Some(slot) => *slot = both(std::mem::take(slot), property)?,
                        None => drop(known.insert(name, property)),
                    }
                }
            }
            ("required" | ALTERNATIVES, Some(Value::Array(known))) => {
                let Value::Array(more) = value else { return None };
                for name in more {
                    if !known.contains(&name) {
                        known.push(name);
                    }
                }
            }
            ("additionalProperties", Some(known)) => *known = both(std::mem::take(known), value)?,
            ("type", Some(known)) if *known != value => return None,
            // Null must satisfy every part.
            ("nullable", Some(known)) => *known = (*known == true && value == true).into(),
            (_, Some(known)) => *known = value,
        }
    }
    Some(())
}

/// The schema of a property that has to satisfy both `a` and `b`.
fn both(a: Value, b: Value) -> Option<Value> {
    if a == b || b == true {
        return Some(a);
    }
    if a == true {
        return Some(b);
    }
    let (Value::Object(mut a), Value::Object(b)) = (a, b) else { return None };
    if a.keys().all(|key| is_annotation(key) && key != BOTH) {
        a.extend(b);
        return Some(Value::Object(a));
    }
    if b.keys().all(|key| is_annotation(key) && key != BOTH) {
        a.extend(b);
        return Some(Value::Object(a));
    }
    if a.contains_key("$ref") || b.contains_key("$ref") || a.contains_key(BOTH) || b.contains_key(BOTH) {
        let mut parts = Vec::new();
        for mut part in [a, b] {
            match part.shift_remove(BOTH).and_then(|_| part.shift_remove("allOf")) {
                Some(Value::Array(within)) => parts.extend(within),
                _ => parts.push(Value::Object(part)),
            }
        }
        parts.sort_by_cached_key(Value::to_string);
        parts.dedup();
        return Some(json!({BOTH: true, "allOf": parts}));
    }
    let is_object =
        |schema: &Object| schema.get("type").is_some_and(|kind| kind == "object") && !schema.contains_key("allOf");
    if is_object(&a) && is_object(&b) {
        add(&mut a, &b)?;
        return Some(Value::Object(a));
    }
    let is_string = |schema: &Object| schema.get("type").is_some_and(|kind| kind == "string");
    let is_whole = |schema: &Object| is_text(schema) && !schema.contains_key("allOf");
    if is_whole(&a) && is_whole(&b) && (is_string(&a) || is_string(&b)) {
        narrow(&mut a, &b)?;
        return Some(Value::Object(a));
    }
    for (key, value) in b {
        match a.get_mut(&key) {
            Some(known) if key == "items" => *known = both(std::mem::take(known), value)?,
            Some(known) if *known == value || is_annotation(&key) => *known = value,
            Some(_) => return None,
            None => drop(a.insert(key, value)),
        }
    }
    Some(Value::Object(a))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{check, check_schema},
        *,
    };

    #[test]
    fn merges_an_envelope_and_its_payload() {
        let envelope = json!({"type": "object", "required": ["success"], "properties": {
            "success": {"type": "boolean"}, "data": {"description": "payload"}}});
        let reference = json!({"$ref": "#/components/schemas/E"});
        let used = json!({"properties": {"e": reference}});
        let with = |a: Value| json!({"components": {"schemas": {"A": a, "E": envelope, "Other": used}}});
        let notes = check(
            run,
            with(json!({"description": "whole", "allOf": [reference, {"type": "object", "properties": {
                "data": {"type": "object", "properties": {"id": {"type": "string"}}}}}]})),
            &with(json!({"type": "object", "required": ["success"], "properties": {
                "success": {"type": "boolean"},
                "data": {"description": "payload", "type": "object", "properties": {"id": {"type": "string"}}}},
                "description": "whole"})),
        );
        assert_eq!(notes, ["/components/schemas/A: `allOf` of 2 merged into one object"]);
    }

    #[test]
    fn drops_a_base_that_is_nothing_but_a_part() {
        let base = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let notes = check(
            run,
            json!({"components": {"schemas": {"A": {"allOf": [{"$ref": "#/components/schemas/B"}, {}]}, "B": base}}}),
            &json!({"components": {"schemas": {"A": base}}}),
        );
        assert_eq!(notes.len(), 2);
    }

    #[test]
    fn keeps_a_component_that_only_it_itself_refers_to() {
        let reference = json!({"$ref": "#/components/schemas/Node"});
        let node = json!({"type": "object", "properties": {"next": {"nullable": true, "allOf": [reference]}}});
        let document = json!({"components": {"schemas": {"Node": node}}});
        assert_eq!(check(run, document.clone(), &document), Vec::<String>::new());
    }

    #[test]
    fn keeps_each_constraint_on_a_property_of_a_base() {
        let part = |rail: Value| json!({"type": "object", "properties": {"rail": rail}});
        check_schema(
            run,
            json!({"allOf": [part(json!({"type": "string"})), part(json!({"type": "string", "not": {"enum": ["a"]}}))]}),
            part(json!({"type": "string", "not": {"enum": ["a"]}})),
        );
    }

    #[test]
    fn merges_strings_into_the_narrower_of_both() {
        let property = |b: Value, more: Value| {
            json!({"components": {"schemas": {
                "A": {"properties": {"a": b}},
                "B": more,
                "C": {"properties": {"b": {"$ref": "#/components/schemas/B"}}}}}})
        };
        let b = json!({"$ref": "#/components/schemas/B"});
        let kinds = json!({"type": "string", "enum": ["a", "bb", "c"]});
        for (more, own, expected) in [
            (
                json!({"type": "string", "format": "html", "minLength": 1, "maxLength": 9, "description": "B"}),
                json!({"allOf": [b], "format": "markdown", "maxLength": 5, "description": "a"}),
                json!({"type": "string", "format": "markdown", "minLength": 1, "maxLength": 5, "description": "a"}),
            ),
            (
                json!({"type": "string", "not": {"enum": ["a"]}, "x-sensitive": true}),
                json!({"allOf": [b, {"type": "string", "not": {"enum": ["a", "b"]}}]}),
                json!({"type": "string", "not": {"enum": ["a", "b"]}, "x-sensitive": true}),
            ),
            (kinds.clone(), json!({"allOf": [b], "maxLength": 1}), json!({"type": "string", "enum": ["a", "c"]})),
            (kinds, json!({"allOf": [b], "maxLength": 2, "readOnly": true}), json!({"allOf": [b], "readOnly": true})),
        ] {
            let notes = check(run, property(own, more.clone()), &property(expected, more));
            assert_eq!(notes.len(), 1, "{notes:?}");
        }
    }

    #[test]
    fn what_is_made_of_itself_becomes_a_component() {
        let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let more = json!({"properties": {"x": {"type": "string"}}});
        let place: [fn(Value) -> Value; 3] = [
            |inner| json!({"type": "array", "items": inner}),
            |inner| json!({"type": "object", "additionalProperties": inner}),
            |inner| inner,
        ];
        for (place, name) in place.into_iter().zip(["BKidItem", "BKidValue", "BKid"]) {
            let with = |kid: Value| json!({"type": "object", "properties": {"kid": place(kid)}});
            let mut merged = with(refer(name));
            merged["properties"]["x"] = json!({"type": "string"});
            let notes = check(
                run,
                json!({"components": {"schemas": {"B": with(json!({"allOf": [refer("B"), more]}))}}}),
                &json!({"components": {"schemas": {"B": with(refer(name)), name: merged}}}),
            );
            assert_eq!(notes.len(), 2, "{notes:?}");
        }
    }

    #[test]
    fn what_two_parts_say_of_a_property_becomes_a_component_once() {
        let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let node = |name: &str, own: &str| json!({"type": "object", "properties": {"next": refer(name), own: {"type": "string"}}});
        let both = json!({"type": "object", "properties": {
            "next": refer("XAndY"), "x": {"type": "string"}, "y": {"type": "string"}}});
        check(
            run,
            json!({"components": {"schemas": {
                "X": node("X", "x"), "Y": node("Y", "y"), "A": {"allOf": [refer("X"), refer("Y")]}}}}),
            &json!({"components": {"schemas": {"A": both, "XAndY": both}}}),
        );
    }

    #[test]
    fn refuses_a_chain_that_would_be_written_out_again_and_again() {
        let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let chain = |length: usize| {
            let part = |number: usize| {
                json!({"allOf": [
                refer(&format!("S{}", number + 1)), {"properties": {format!("p{number}"): {"type": "string"}}}]})
            };
            let mut schemas: Object = (0..length).map(|number| (format!("S{number}"), part(number))).collect();
            schemas.insert(format!("S{length}"), json!({"type": "object"}));
            json!({"components": {"schemas": schemas}})
        };
        let mut report = Report::default();
        run(&mut chain(3_000), &mut report);
        assert_eq!(report.defects.len(), 1);
        assert!(report.defects[0].place.starts_with("/components/schemas/S"), "{:?}", report.defects);
    }

    #[test]
    fn leaves_contradictions_and_annotated_references_alone() {
        let part = |kind: &str| json!({"type": "object", "properties": {"a": {"type": kind}}});
        let contradiction = json!({"allOf": [part("string"), part("integer")]});
        check_schema(run, contradiction.clone(), contradiction);
        let annotated = json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/B"}]});
        check_schema(run, annotated.clone(), annotated);
    }
}
