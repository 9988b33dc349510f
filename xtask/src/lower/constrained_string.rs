//! Strings that are sent, with a length, a pattern or values that they refuse.
//!
//! The generator makes a type of each place. Here each distinct constraint is a component, whatever the number of its
//! places. What is only received stays a string: a constraint binds what is sent, and never refuses a response.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Report, sent};
use crate::{
    names::pascal,
    openapi::{
        Object, components, components_mut, components_or_new,
        extension::{CONSTRAINED, MULTIPART, SENSITIVE, TYPE_NAME},
        join, operations_mut, reference_to, schema_mut,
    },
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let mut types =
        Types { made: BTreeMap::new(), taken: components(document).map(|(name, _)| pascal(name)).collect(), report };
    for name in sent(document) {
        let Some(mut schema) = components_mut(document).and_then(|all| all.get_mut(&name)).map(Value::take) else {
            continue;
        };
        let mut pointer = join("/components/schemas", &name);
        let root = pointer.clone();
        schema_mut(&mut schema, &mut pointer, &mut |schema, pointer| {
            if pointer == root { Types::mark(schema) } else { types.refer(schema, pointer) }
        });
        components_mut(document).and_then(|all| all.insert(name, schema));
    }
    operations_mut(document, |operation| {
        let parameters = join(&operation.pointer, "parameters");
        let listed = operation.value.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten();
        for (index, parameter) in listed.enumerate() {
            let mut pointer = join(&join(&parameters, &index.to_string()), "schema");
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let schema = parameter.get_mut("schema");
            schema.into_iter().for_each(|schema| {
                schema_mut(schema, &mut pointer, &mut |schema, pointer| types.refer_as(schema, pointer, &name));
            });
        }
        if let Some(form) = operation.value.get_mut(MULTIPART).and_then(|form| form.get_mut("schema")) {
            let mut pointer = join(&join(&operation.pointer, MULTIPART), "schema");
            schema_mut(form, &mut pointer, &mut |schema, pointer| types.refer(schema, pointer));
        }
    });
    let made: Vec<(String, Value)> = types.made.into_values().collect();
    if let Some(components) = (!made.is_empty()).then(|| components_or_new(document)).flatten() {
        components.extend(made);
    }
}

struct Types<'r> {
    /// The component of each constraint, by the constraint.
    made: BTreeMap<String, (String, Value)>,
    taken: BTreeSet<String>,
    report: &'r mut Report,
}

impl Types<'_> {
    /// A component that is a string itself keeps its name.
    fn mark(schema: &mut Value) {
        if let Some(object) = Self::constrained(schema) {
            object.insert(CONSTRAINED.to_owned(), true.into());
        }
    }

    fn refer(&mut self, schema: &mut Value, pointer: &str) {
        let tokens = pointer.rsplit('/').find(|token| !matches!(*token, "items" | "additionalProperties"));
        self.refer_as(schema, pointer, tokens.unwrap_or_default());
    }

    /// Makes `schema` a reference to the component of its constraint; `name` is what it is called in its place.
    fn refer_as(&mut self, schema: &mut Value, pointer: &str, name: &str) {
        let Some(object) = Self::constrained(schema) else { return };
        let constraint: Object =
            KEYS.iter().filter_map(|key| Some(((*key).to_owned(), object.get(*key)?.clone()))).collect();
        let given = object.get(TYPE_NAME).and_then(Value::as_str).map(pascal);
        let mut left = Object::new();
        for key in ["nullable", "description", "readOnly", "writeOnly", SENSITIVE, "default", "example"] {
            left.extend(object.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        let key = format!("{}{}", Value::Object(constraint.clone()), given.as_deref().unwrap_or_default());
        let component = match self.made.get(&key) {
            Some((component, _)) => component.clone(),
            None => {
                let component = self.free(given.unwrap_or_else(|| called(&constraint, name)));
                let mut made = json!({"type": "string", CONSTRAINED: true});
                constraint.into_iter().for_each(|(key, value)| made[key] = value);
                self.made.insert(key, (component.clone(), made));
                component
            }
        };
        self.report.note(pointer, format!("the constraint `{component}`"));
        *schema = reference_to(&component);
        if !left.is_empty() {
            left.insert("allOf".to_owned(), json!([schema]));
            *schema = Value::Object(left);
        }
    }

    /// `schema`, if it is a string with a constraint that can be checked.
    fn constrained(schema: &mut Value) -> Option<&mut Object> {
        let object = schema.as_object_mut()?;
        let is_string = object.get("type").map_or(object.contains_key("not"), |kind| kind == "string");
        if !is_string || object.contains_key("enum") || object.contains_key("format") {
            return None;
        }
        if object.get("minLength").is_some_and(|length| length == 0) {
            object.shift_remove("minLength");
        }
        KEYS.iter().any(|key| object.contains_key(*key)).then_some(object)
    }

    fn free(&mut self, wanted: String) -> String {
        let candidates = std::iter::once(wanted.clone()).chain(std::iter::once(format!("{wanted}Text")));
        let numbered = (2..).map(|number| format!("{wanted}{number}"));
        let name = candidates.chain(numbered).find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }
}

const KEYS: [&str; 4] = ["minLength", "maxLength", "pattern", "not"];

/// A name that says the bounds; a pattern is called after the first place that has it.
fn called(constraint: &Object, place: &str) -> String {
    let bound = |key: &str| constraint.get(key).and_then(Value::as_u64);
    match (constraint.get("pattern"), bound("minLength"), bound("maxLength")) {
        (Some(_), ..) | (None, None, None) => pascal(place),
        (None, Some(1), None) => "NonEmptyText".to_owned(),
        (None, Some(min), None) => format!("TextFrom{min}"),
        (None, None, Some(max)) => format!("TextUpTo{max}"),
        (None, Some(min), Some(max)) if min == max => format!("TextOf{min}"),
        (None, min, max) => format!("Text{}To{}", min.unwrap_or_default(), max.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    fn document(schemas: Value, parameter: Value) -> Value {
        let body = |name: &str| json!({"content": {"application/json": {"schema": reference_to(name)}}});
        json!({"paths": {"/a": {"post": {
            "parameters": [{"name": "code", "in": "query", "schema": parameter}],
            "requestBody": body("Sent"), "responses": {"200": body("Received")}}}},
            "components": {"schemas": schemas}})
    }

    #[test]
    fn one_type_for_each_constraint_that_is_sent() {
        let short = json!({"type": "string", "minLength": 1, "maxLength": 5});
        let digits = json!({"type": "string", "pattern": "^[0-9]+$"});
        let made = |mut constraint: Value| {
            constraint[CONSTRAINED] = true.into();
            constraint
        };
        let notes = check(
            run,
            document(
                json!({"Sent": {"properties": {"a": short, "b": short}}, "Received": {"properties": {"a": short}}}),
                digits.clone(),
            ),
            &document(
                json!({
                    "Sent": {"properties": {"a": reference_to("Text1To5"), "b": reference_to("Text1To5")}},
                    "Received": {"properties": {"a": short}},
                    "Text1To5": made(short.clone()), "Code": made(digits)}),
                reference_to("Code"),
            ),
        );
        assert_eq!(
            notes,
            [
                "/components/schemas/Sent/properties/a: the constraint `Text1To5`",
                "/components/schemas/Sent/properties/b: the constraint `Text1To5`",
                "/paths/~1a/post/parameters/0/schema: the constraint `Code`",
            ]
        );
    }
}
