//! Inline objects, enums and unions.
//!
//! ```yaml
//! # before                          # after
//! kyc_status:                       kyc_status:
//!   type: string                      $ref: '#/components/schemas/KycStatus'
//!   enum: [VERIFIED, …]
//! ```
//!
//! The generator names such a schema for the place where it stands, so that one concept becomes as many types as it has
//! places. As components they have one name: the overlay's [`TYPE_NAME`], or else one made from the property (for
//! an enum whose name says enough by itself) or from the parent and the property. Enums with the same values are one
//! concept; objects are one if they are equal and called alike.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::Report;
use crate::{
    defect::Defect,
    names::{chosen, pascal},
    openapi::{
        Object, components_mut, components_or_new,
        extension::{MULTIPART, SENSITIVE, SUCCESSES, TAG, TYPE_NAME},
        is_json, join, operations_mut, reference_to, schemas, target,
    },
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let wanted: Vec<(String, Option<String>)> = schemas(document)
        .into_iter()
        .filter_map(|(place, _)| {
            let name = place.value.get(TYPE_NAME)?.as_str().map(pascal)?;
            Some((name, is_values(place.value).then(|| structure(place.value))))
        })
        .collect();
    let mut names = Names {
        given: HashSet::new(),
        components: Object::new(),
        by_structure: HashMap::new(),
        structures: HashMap::new(),
        by_type: HashMap::new(),
        report,
    };
    let given = components_mut(document).map(std::mem::take).unwrap_or_default();
    for (name, schema) in &given {
        names.reserve(name, schema);
    }
    wanted.into_iter().for_each(|(name, values)| names.reserve_given(name, values));
    for (name, mut schema) in given {
        let pointer = join("/components/schemas", &name);
        names.children(&mut schema, &pascal(&name), "", &pointer);
        names.components.insert(name, schema);
    }
    operations_mut(document, |at| {
        let operation = at.value;
        let id = pascal(operation.get("operationId").and_then(Value::as_str).unwrap_or_default());
        let mut name = |schema: &mut Value, label: &str, place: &str| {
            names.place(schema, &id, label, &join(&at.pointer, place));
        };
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let label = parameter["name"].as_str().unwrap_or_default().to_owned();
            parameter.get_mut("schema").into_iter().for_each(|schema| name(schema, &label, "parameters"));
        }
        if let Some(body) = operation.get_mut("requestBody") {
            typed_schema(body).into_iter().for_each(|schema| name(schema, "body", "requestBody"));
        }
        for (_, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            typed_schema(response).into_iter().for_each(|schema| name(schema, "response", "responses"));
        }
        for (status, shape) in operation.get_mut(SUCCESSES).and_then(Value::as_object_mut).into_iter().flatten() {
            shape.get_mut("schema").into_iter().for_each(|schema| name(schema, status, "responses"));
        }
        if let Some(form) = operation.get_mut(MULTIPART).and_then(|form| form.get_mut("schema")) {
            names.form(form, &id, &join(&at.pointer, MULTIPART));
        }
    });
    for section in ["responses", "requestBodies"] {
        let shared = document.pointer_mut(&format!("/components/{section}")).and_then(Value::as_object_mut);
        for (name, holder) in shared.into_iter().flatten() {
            let pointer = join(&format!("/components/{section}"), name);
            typed_schema(holder).into_iter().for_each(|schema| names.place(schema, &pascal(name), "", &pointer));
        }
    }
    let components = names.components;
    if !components.is_empty()
        && let Some(slot) = components_or_new(document)
    {
        *slot = components;
    }
}

/// The schema of a body that becomes a type; others travel as bytes or text.
fn typed_schema(holder: &mut Value) -> Option<&mut Value> {
    let is_typed = |media_type: &str| is_json(media_type) || media_type == "application/x-www-form-urlencoded";
    let content = holder.get_mut("content")?.as_object_mut()?;
    content.iter_mut().find(|(media_type, _)| is_typed(media_type))?.1.get_mut("schema")
}

struct Names<'r> {
    /// What the overlay calls schemas. No other schema is named like that, wherever it stands.
    given: HashSet<String>,
    components: Object,
    /// The component of each structure that has one, so that an equal schema joins it.
    by_structure: HashMap<String, String>,
    /// The structure of each component that has been named here, and of each enum of the document.
    structures: HashMap<String, String>,
    /// The component behind each Rust type name that is taken.
    by_type: HashMap<String, String>,
    report: &'r mut Report,
}

impl Names<'_> {
    /// A component of the document keeps its name.
    fn reserve(&mut self, name: &str, schema: &Value) {
        if let Some(first) = self.by_type.insert(pascal(name), name.to_owned()) {
            let problem = format!("`{name}` makes the same type name as `{first}`");
            let remedy = "rename one of them in the document, with every reference to it";
            self.report.defect(Defect::new(join("/components/schemas", name), problem, remedy));
        }
        if is_values(schema) {
            self.by_structure.entry(structure(schema)).or_insert_with(|| name.to_owned());
            self.structures.insert(name.to_owned(), structure(schema));
        }
    }

    /// A name that the overlay gives is kept for the schema that gets it, and for enums with the same `values`.
    fn reserve_given(&mut self, name: String, values: Option<String>) {
        if let Some(values) = values
            && !self.by_type.contains_key(&name)
        {
            self.by_structure.entry(values.clone()).or_insert_with(|| name.clone());
            self.structures.insert(name.clone(), values);
            self.by_type.insert(name.clone(), name.clone());
        }
        self.given.insert(name);
    }

    /// Names the form of the operation `id`: it becomes a type, and no component.
    fn form(&mut self, form: &mut Value, id: &str, pointer: &str) {
        let given = form.get(TYPE_NAME).and_then(Value::as_str).map(pascal);
        let by_operation = format!("{id}Form");
        let wanted = given.as_deref().unwrap_or(&by_operation);
        let Some(name) = self.free_name(wanted, &by_operation, given.is_some(), pointer) else { return };
        self.by_type.insert(name.clone(), String::new());
        if let Some(object) = form.as_object_mut() {
            object.insert(TYPE_NAME.to_owned(), name.clone().into());
        }
        self.children(form, &name, "", pointer);
    }

    /// Names what is anonymous within `schema`, which has a name itself: `parent`, and `label` below it.
    fn children(&mut self, schema: &mut Value, parent: &str, label: &str, pointer: &str) {
        for (name, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            let pointer = join(&join(pointer, "properties"), name);
            self.place(property, parent, name, &pointer);
        }
        if let Some(items) = schema.get_mut("items") {
            let label = if label.is_empty() { "item".to_owned() } else { format!("{label}-item") };
            self.place(items, parent, &label, &join(pointer, "items"));
        }
        if let Some(values) = schema.get_mut("additionalProperties").filter(|values| values.is_object()) {
            let label = format!("{label}-value");
            self.place(values, parent, &label, &join(pointer, "additionalProperties"));
        }
        for key in ["oneOf", "anyOf"] {
            let chosen = schema.get(key).and_then(Value::as_array).map(|variants| distinguishing(variants));
            let variants = schema.get_mut(key).and_then(Value::as_array_mut);
            for (index, variant) in variants.into_iter().flatten().enumerate() {
                let pointer = join(&join(pointer, key), &index.to_string());
                let title = variant.get(TAG).map_or_else(|| variant.get("title"), |tags| tags.get(0));
                let title = title.and_then(Value::as_str).map(pascal).filter(|title| !title.is_empty());
                let chosen = chosen.as_ref().and_then(|chosen| chosen.get(index)).filter(|chosen| !chosen.is_empty());
                let label = title.or_else(|| chosen.cloned()).unwrap_or_else(|| format!("variant-{}", index + 1));
                self.place(variant, parent, &label, &pointer);
            }
        }
        for (index, part) in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten().enumerate() {
            self.children(part, parent, label, &join(&join(pointer, "allOf"), &index.to_string()));
        }
    }

    /// Makes `schema`, which stands at `label` of `parent`, a reference to a component, if it is worth a name.
    fn place(&mut self, schema: &mut Value, parent: &str, label: &str, pointer: &str) {
        let given = schema.get(TYPE_NAME).and_then(Value::as_str).map(pascal);
        let is_worth_it = is_values(schema) || is_object(schema) || is_union(schema);
        // A bare string or map as a response has a `Debug` that hides nothing; a type of its own has one that does.
        if target(schema).is_some() || !(is_worth_it || (label == "response" && is_loose(schema))) {
            return self.children(schema, parent, label, pointer);
        }
        let by_parent = format!("{parent}{}", pascal(label));
        let says_enough = is_values(schema) && label.contains(['_', '-']) && !label.ends_with("-item");
        let wanted = given.clone().unwrap_or_else(|| if says_enough { pascal(label) } else { by_parent.clone() });
        self.children(schema, &wanted, "", pointer);

        let mut structure = structure(schema);
        if !is_values(schema) {
            // Objects that happen to be equal are one concept only if they are called alike, by a name that says something.
            let says_nothing = matches!(label, "data" | "body" | "response");
            let called = if says_nothing { by_parent.clone() } else { pascal(label) };
            structure.push_str(given.as_ref().unwrap_or(&called));
        }
        // A name that was given is kept to, even if an equal schema goes by another one.
        let known = match &given {
            Some(given) => self.by_type.get(given).filter(|name| self.structures.get(*name) == Some(&structure)),
            None => self.by_structure.get(&structure),
        };
        let name = match known {
            Some(name) => {
                let is_first = self.given.contains(name) && !self.components.contains_key(name);
                let how = if is_first { "named" } else { "the same as" };
                self.report.note(pointer, format!("{how} `{name}`"));
                name.clone()
            }
            None => {
                let Some(name) = self.free_name(&wanted, &by_parent, given.is_some(), pointer) else { return };
                self.by_structure.entry(structure.clone()).or_insert_with(|| name.clone());
                self.structures.insert(name.clone(), structure);
                self.by_type.insert(pascal(&name), name.clone());
                self.report.note(pointer, format!("named `{name}`"));
                name
            }
        };
        self.refer(schema, &name);
    }

    fn free_name(&mut self, wanted: &str, by_parent: &str, is_given: bool, pointer: &str) -> Option<String> {
        let is_free = |name: &str| !self.by_type.contains_key(name) && (is_given || !self.given.contains(name));
        if is_free(wanted) {
            return Some(wanted.to_owned());
        }
        if is_given {
            let problem = format!("`{}: {wanted}` is the name of another schema already", TYPE_NAME);
            let remedy = "give it another name in the overlay, or make the two schemas equal";
            self.report.defect(Defect::new(pointer, problem, remedy));
            return None;
        }
        let numbered = (2..).map(|number| format!("{by_parent}{number}"));
        std::iter::once(by_parent.to_owned()).chain(numbered).find(|name| is_free(name))
    }

    /// Moves `schema` to the component `name`, unless an equal one is there, and leaves a reference.
    fn refer(&mut self, schema: &mut Value, name: &str) {
        let mut moved = std::mem::take(schema);
        let mut left = Object::new();
        if let Some(object) = moved.as_object_mut() {
            object.shift_remove(TYPE_NAME);
            for key in OF_THE_PLACE {
                left.extend(object.shift_remove(key).map(|value| (key.to_owned(), value)));
            }
            for key in ["description", SENSITIVE] {
                left.extend(object.get(key).map(|value| (key.to_owned(), value.clone())));
            }
        }
        *schema = reference_to(name);
        if !left.is_empty() {
            left.insert("allOf".to_owned(), json!([schema]));
            *schema = Value::Object(left);
        }
        if !self.components.contains_key(name) && self.by_type.get(&pascal(name)).is_none_or(|known| known == name) {
            self.components.entry(name).or_insert(moved);
        }
    }
}

/// An enum of strings or of integers, or a string that refuses some.
fn is_values(schema: &Value) -> bool {
    let kind = schema.get("type").and_then(Value::as_str);
    let values = schema.get("enum").or_else(|| schema.get("not")?.get("enum")).and_then(Value::as_array);
    match kind {
        Some("integer") => {
            schema.get("enum").is_some() && values.is_some_and(|values| values.iter().all(Value::is_i64))
        }
        None | Some("string") => values.is_some_and(|values| values.iter().all(Value::is_string)),
        Some(_) => false,
    }
}

fn is_object(schema: &Value) -> bool {
    schema.get("properties").and_then(Value::as_object).is_some_and(|properties| !properties.is_empty())
}

/// Whether what `schema` describes can hold any text, outside of a type that has a name.
fn is_loose(schema: &Value) -> bool {
    match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number" | "boolean") => false,
        Some("array") => schema.get("items").is_none_or(|items| {
            target(items).is_none() && !is_values(items) && !is_object(items) && !is_union(items) && is_loose(items)
        }),
        _ => true,
    }
}

fn is_union(schema: &Value) -> bool {
    let variants = |key: &str| schema.get(key).and_then(Value::as_array).map_or(0, Vec::len);
    variants("oneOf") > 1 || variants("anyOf") > 1
}

/// What each of `variants` is told apart by: what it alone requires, or else what it alone has.
fn distinguishing(variants: &[Value]) -> Vec<String> {
    let required = |variant: &Value| -> Vec<String> {
        let names = variant.get("required").and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let has = |variant: &Value| -> Vec<String> {
        variant
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    };
    let alone = |of: &dyn Fn(&Value) -> Vec<String>| -> Vec<String> {
        let all: Vec<Vec<String>> = variants.iter().map(of).collect();
        let mut uses: HashMap<&String, usize> = HashMap::new();
        all.iter().flatten().for_each(|name| *uses.entry(name).or_default() += 1);
        let is_own = |name: &&String| uses.get(name) == Some(&1);
        all.iter().map(|names| chosen(&names.iter().filter(is_own).collect::<Vec<_>>())).collect()
    };
    let (required, had) = (alone(&required), alone(&has));
    required.into_iter().zip(had).map(|(required, had)| if required.is_empty() { had } else { required }).collect()
}

/// What is said of the place where a schema stands, and not of the schema.
const OF_THE_PLACE: [&str; 4] = ["nullable", "readOnly", "writeOnly", TAG];

/// What `schema` demands, without its prose and without the order of its keys.
fn structure(schema: &Value) -> String {
    fn write(value: &Value, is_names: bool, out: &mut String) {
        match value {
            Value::Object(object) => {
                let is_prose = |key: &str| {
                    matches!(key, "description" | "title" | "example" | "examples" | "externalDocs" | TYPE_NAME)
                        || key == SENSITIVE
                        || OF_THE_PLACE.contains(&key)
                };
                let mut keys: Vec<&String> = object.keys().filter(|key| is_names || !is_prose(key)).collect();
                keys.sort();
                out.push('{');
                for key in keys {
                    out.push_str(key);
                    out.push(':');
                    write(&object[key.as_str()], key == "properties" && !is_names, out);
                    out.push(',');
                }
                out.push('}');
            }
            Value::Array(members) => {
                let mut parts: Vec<String> = members
                    .iter()
                    .map(|member| {
                        let mut part = String::new();
                        write(member, false, &mut part);
                        part
                    })
                    .collect();
                parts.sort();
                out.push_str(&parts.join("|"));
            }
            scalar => out.push_str(&scalar.to_string()),
        }
    }
    let mut out = String::new();
    // Whether null may stand in its place is a fact about the place; within, it is one about the schema.
    match schema.get("properties") {
        Some(_) => {
            write(schema, false, &mut out);
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                out.push_str(&format!("{name}{}", property[SENSITIVE]));
                OF_THE_PLACE.iter().for_each(|key| out.push_str(&property[*key].to_string()));
            }
        }
        None => write(schema, false, &mut out),
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    fn refer(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn makes_equal_enums_one_component() {
        let values = |values: [&str; 2]| json!({"type": "string", "enum": values});
        let object = |name: &str, property: Value| json!({"type": "object", "properties": {name: property}});
        let notes = check(
            run,
            json!({"components": {"schemas": {
                "A": object("kyc_status", values(["X", "Y"])), "B": object("status", values(["Y", "X"])),
                "C": object("status", values(["X", "Z"]))}}}),
            &json!({"components": {"schemas": {
                "KycStatus": values(["X", "Y"]), "A": object("kyc_status", refer("KycStatus")),
                "B": object("status", refer("KycStatus")), "CStatus": values(["X", "Z"]),
                "C": object("status", refer("CStatus"))}}}),
        );
        assert_eq!(
            notes,
            [
                "/components/schemas/A/properties/kyc_status: named `KycStatus`",
                "/components/schemas/B/properties/status: the same as `KycStatus`",
                "/components/schemas/C/properties/status: named `CStatus`",
            ]
        );
    }

    #[test]
    fn takes_the_name_of_the_overlay_and_keeps_what_is_said_of_the_place() {
        let inner = json!({"type": "object", "properties": {"a": {"type": "string"}}, "description": "d"});
        let mut named = inner.clone();
        named["x-type-name"] = "Inner".into();
        named["nullable"] = true.into();
        let with = |data: Value| json!({"type": "object", "properties": {"data": data}});
        check(
            run,
            json!({"components": {"schemas": {"A": with(named)}}}),
            &json!({"components": {"schemas": {
                "Inner": inner, "A": with(json!({"nullable": true, "description": "d", "allOf": [refer("Inner")]}))}}}),
        );
    }

    #[test]
    fn names_bodies_and_responses_for_their_operation() {
        let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let body = |schema: &Value| json!({"content": {"application/json": {"schema": schema}}});
        let operation = |sent: &Value, received: &Value| {
            json!({"paths": {"/a": {"post": {
            "operationId": "doIt", "requestBody": body(sent), "responses": {"200": body(received)}}}}})
        };
        let mut expected = operation(&refer("DoItBody"), &refer("DoItResponse"));
        expected["components"] = json!({"schemas": {"DoItBody": object, "DoItResponse": object}});
        check(run, operation(&object, &object), &expected);
    }

    #[test]
    fn keeps_given_names_apart_even_if_the_schemas_are_equal() {
        let named = |name: &str| json!({"type": "string", "enum": ["a", "b"], "x-type-name": name});
        let plain = json!({"type": "string", "enum": ["a", "b"]});
        let object = |x: Value, y: Value, z: Value| json!({"type": "object", "properties": {"x": x, "y": y, "z": z}});
        check(
            run,
            json!({"components": {"schemas": {"A": object(named("One"), named("Two"), named("One"))}}}),
            &json!({"components": {"schemas": {
                "One": plain, "Two": plain, "A": object(refer("One"), refer("Two"), refer("One"))}}}),
        );
    }

    #[test]
    fn a_given_name_does_not_depend_on_what_stands_before_it() {
        let values = |values: &[&str]| json!({"type": "string", "enum": values});
        let mut named = values(&["a", "b"]);
        named["x-type-name"] = "BestKind".into();
        let object = |properties: Value| json!({"type": "object", "properties": properties});
        let (equal, other) = (values(&["b", "a"]), values(&["c"]));
        check(
            run,
            json!({"components": {"schemas": {
                "A": object(json!({"best_kind": other, "kind_of_it": equal})), "B": object(json!({"kind": named}))}}}),
            &json!({"components": {"schemas": {
                "ABestKind": other, "BestKind": equal,
                "A": object(json!({"best_kind": refer("ABestKind"), "kind_of_it": refer("BestKind")})),
                "B": object(json!({"kind": refer("BestKind")}))}}}),
        );
    }

    #[test]
    fn gives_a_bare_response_a_type_that_can_hide_it() {
        let response = |schema: Value| {
            json!({"paths": {"/a": {"get": {"operationId": "getIt", "responses": {
            "200": {"content": {"application/json": {"schema": schema}}}}}}}})
        };
        for loose in [json!({"type": "string"}), json!({}), json!({"type": "array", "items": {"type": "string"}})] {
            let mut expected = response(refer("GetItResponse"));
            expected["components"] = json!({"schemas": {"GetItResponse": loose}});
            check(run, response(loose), &expected);
        }
        for plain in [json!({"type": "integer"}), json!({"type": "array", "items": refer("A")})] {
            check(run, response(plain.clone()), &response(plain));
        }
    }

    #[test]
    fn refuses_one_name_for_two_schemas() {
        let named = |kind: &str| json!({"type": "object", "x-type-name": "N", "properties": {"a": {"type": kind}}});
        let mut report = Report::default();
        let mut document = json!({"components": {"schemas": {
            "A": {"properties": {"x": named("string"), "y": named("integer")}}, "user": {}, "User": {}}}});
        run(&mut document, &mut report);
        assert_eq!(report.defects.len(), 2, "{:?}", report.defects);
    }
}
