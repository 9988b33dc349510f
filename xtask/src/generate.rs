//! The generator, kept from taking the whole process down.
//!
//! It makes types of the components; methods are emitted from the document itself. What no pass has removed can still make it
//! fail, or panic. Either is contained, and the schema that did it is found by bisecting the document.

use std::{
    cell::Cell,
    collections::HashSet,
    panic::{self, AssertUnwindSafe, resume_unwind},
    sync::Once,
    thread,
};

use openapiv3::{Components, OpenAPI, ReferenceOr, Schema};
use progenitor::{GenerationSettings, Generator};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use serde_path_to_error::Segment;

use crate::{
    defect::Defect,
    names,
    openapi::{self, Object, Place, References, join, operations},
    type_kind::TypeKind,
};

/// The types that the generator makes of the components of a lowered document.
///
/// # Errors
///
/// The [`Defect`]s of what it can't take.
pub fn generate(effective: &Value) -> Result<Vec<syn::Item>, Vec<Defect>> {
    // What is not OpenAPI 3.0 outside of schemas shows here, too.
    let (read, made) = thread::scope(|scope| {
        let read = scope.spawn(|| OpenAPI::deserialize(effective).map(drop));
        let made = types(effective);
        (read.join().unwrap_or_else(|panic| resume_unwind(panic)), made)
    });
    read.map_err(|error| vec![untypable(effective, &error)])?;
    made
}

fn types(effective: &Value) -> Result<Vec<syn::Item>, Vec<Defect>> {
    let mut components = Components::default();
    let mut defects = Vec::new();
    for (name, schema) in openapi::components(effective) {
        match typed(schema) {
            Ok(schema) => drop(components.schemas.insert(name.clone(), schema)),
            Err(error) => defects.push(untypable(effective, &error)),
        }
    }
    if !defects.is_empty() {
        return Err(defects);
    }
    let items = attempt(&components).map_err(|reason| failing_parts(effective, &components, &reason))?;
    let defects = duplicate_names(effective, &items);
    if defects.is_empty() { Ok(items) } else { Err(defects) }
}

/// What the generator sees of a component: the structure, without prose and without what is checked elsewhere. What a macro
/// of the runtime makes is a name to it.
fn typed(schema: &Value) -> Result<ReferenceOr<Schema>, serde_json::Error> {
    let schema = match TypeKind::of(schema) {
        TypeKind::Generated => {
            let mut kept = structure(schema);
            if let Value::Object(kept) = &mut kept
                && names::has_fields(schema)
            {
                fields_of(schema, kept);
            }
            kept
        }
        _ => json!({"type": "string"}),
    };
    ReferenceOr::deserialize(schema)
}

fn structure(value: &Value) -> Value {
    let is_structure = |key: &str| {
        const WORDS: [&str; 9] =
            ["$ref", "allOf", "type", "format", "properties", "required", "items", "additionalProperties", "nullable"];
        WORDS.contains(&key)
    };
    match value {
        Value::Object(object) => {
            let kept = object.iter().filter(|(key, _)| is_structure(key));
            let inner = |key: &str, value: &Value| match (key, value) {
                ("properties", Value::Object(properties)) => {
                    properties.iter().map(|(name, property)| (name.clone(), structure(property))).collect()
                }
                _ => structure(value),
            };
            kept.map(|(key, value)| (key.clone(), inner(key, value))).collect()
        }
        Value::Array(members) => members.iter().map(structure).collect(),
        scalar => scalar.clone(),
    }
}

/// Writes the properties of `schema` into `kept` under the names of their fields, which the generator then keeps.
fn fields_of(schema: &Value, kept: &mut Object) {
    let required = schema.get("required").and_then(Value::as_array);
    let (mut properties, mut needed) = (Object::new(), Vec::new());
    for (field, property) in names::fields(schema) {
        if required.is_some_and(|required| required.iter().any(|name| name == property)) {
            needed.push(Value::from(field.clone()));
        }
        let described = schema.get("properties").and_then(|properties| properties.get(property));
        properties.insert(field, described.map_or_else(|| json!({}), structure));
    }
    kept.insert("properties".to_owned(), Value::Object(properties));
    kept.insert("required".to_owned(), Value::Array(needed));
}

/// What the generator gave the same name: it makes names of what stands in a place without looking whether they are taken.
fn duplicate_names(effective: &Value, items: &[syn::Item]) -> Vec<Defect> {
    let mut defects = Vec::new();
    let place = |name: &str| {
        // A type that is no component is called after the one that it is within.
        let components =
            openapi::components(effective).filter(|(component, _)| name.starts_with(&names::pascal(component)));
        let component = components.max_by_key(|(component, _)| names::pascal(component).len());
        component.map_or_else(String::new, |(component, _)| join("/components/schemas", component))
    };
    let mut types = HashSet::new();
    for item in items {
        let (name, members): (&syn::Ident, Vec<&syn::Ident>) = match item {
            syn::Item::Struct(item) => {
                (&item.ident, item.fields.iter().filter_map(|field| field.ident.as_ref()).collect())
            }
            syn::Item::Enum(item) => (&item.ident, item.variants.iter().map(|variant| &variant.ident).collect()),
            _ => continue,
        };
        let name = name.to_string();
        if matches!(item, syn::Item::Enum(item) if item.variants.is_empty()) {
            let problem = format!("no value fits the type `{name}`: what it is made of contradicts itself");
            defects.push(Defect::new(place(&name), problem, "correct it with an overlay action"));
        }
        if !types.insert(name.clone()) {
            let problem = format!("a schema within this one makes the type name `{name}` a second time");
            let remedy = "name the inner one with `x-type-name` in the overlay";
            defects.push(Defect::new(place(&name), problem, remedy));
        }
        let mut known = HashSet::new();
        // One `extra` too many is expected, and renamed when it is emitted.
        for member in members.into_iter().filter(|member| *member != "extra" && !known.insert(member.to_string())) {
            let problem = format!("makes `{member}` twice in `{name}`");
            defects.push(Defect::new(place(&name), problem, REMEDY));
        }
    }
    defects
}

const REMEDY: &str = "change it with an overlay action, or write a pass in xtask/src/lower that removes the construct";

/// One run of the generator.
fn attempt(components: &Components) -> Result<Vec<syn::Item>, String> {
    let components = Some(components.clone());
    let document = OpenAPI { openapi: "3.0.3".to_owned(), components, ..OpenAPI::default() };
    let generated = contain(|| {
        let tokens =
            Generator::new(&GenerationSettings::new()).generate_tokens(&document).map_err(|e| e.to_string())?;
        syn::parse2::<syn::File>(tokens).map_err(|error| format!("the code it made can't be parsed: {error}"))
    });
    let file = generated.unwrap_or_else(|panicked| Err(format!("it panicked: {panicked}")))?;
    let types = file.items.into_iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => module.content.map(|(_, items)| items),
        _ => None,
    });
    Ok(types.unwrap_or_default())
}

/// Runs `f`, and has a panic in it print nothing.
///
/// # Errors
///
/// The first line of the panic's message.
pub fn contain<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    thread_local!(static CONTAINED: Cell<bool> = const { Cell::new(false) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let outer = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                outer(info);
            }
        }));
    });
    let outside = CONTAINED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    CONTAINED.set(outside);
    result.map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
        text.lines().next().unwrap_or_default().to_owned()
    })
}

/// Finds what the generator stopped at.
fn failing_parts(effective: &Value, all: &Components, reason: &str) -> Vec<Defect> {
    let mut found = Vec::new();
    let names: Vec<&String> = all.schemas.keys().collect();
    let references = References::of(effective);
    let with = |names: &[&String]| {
        let owners: Vec<String> = names.iter().map(|name| join("/components/schemas", name)).collect();
        let needed = references.schemas_from(owners.iter().map(String::as_str));
        let part = all.schemas.iter().filter(|(name, _)| needed.contains(*name));
        let schemas = part.map(|(name, schema)| (name.clone(), schema.clone())).collect();
        attempt(&Components { schemas, ..Components::default() }).err()
    };
    bisect(&names, &with, &mut |name, reason| {
        let problem = format!("the generator can't take this schema: {reason}");
        found.push(Defect::new(join("/components/schemas", name), problem, REMEDY));
    });
    if found.is_empty() {
        found.push(Defect::new("", format!("the generator can't take the document: {reason}"), REMEDY));
    }
    found
}

/// Reports each of `parts` that fails by itself, if all of them together do.
fn bisect<'p, P>(parts: &[&'p P], fails: &dyn Fn(&[&P]) -> Option<String>, report: &mut dyn FnMut(&'p P, String)) {
    let Some(reason) = fails(parts).filter(|_| !parts.is_empty()) else { return };
    match parts {
        [one] => report(one, reason),
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            bisect(left, fails, report);
            bisect(right, fails, report);
        }
    }
}

/// Finds the smallest part of the document that the typed model refuses: its own message names no place, but for the way
/// into what it read in one piece.
fn untypable<'d>(document: &'d Value, error: &serde_json::Error) -> Defect {
    fn refused<T: DeserializeOwned>(place: &Place<'_>) -> Option<(String, String)> {
        let error = serde_path_to_error::deserialize::<_, T>(place.value).err()?;
        let pointer = error.path().iter().fold(place.pointer(), |pointer, segment| match segment {
            Segment::Seq { index } => join(&pointer, &index.to_string()),
            Segment::Map { key } => join(&pointer, key),
            Segment::Enum { .. } | Segment::Unknown => pointer,
        });
        Some((pointer, error.inner().to_string()))
    }
    use openapiv3::{Operation, Parameter, ReferenceOr, RequestBody, Response, Schema};
    type Refused = fn(&Place<'_>) -> Option<(String, String)>;
    // A part is refused if anything within is, and what is within comes before it.
    let mut parts: Vec<(Place<'d>, Refused)> = openapi::schemas(document)
        .into_iter()
        .rev()
        .map(|(schema, _)| (schema, refused::<ReferenceOr<Schema>> as Refused))
        .collect();
    let mut add = |place: Option<Place<'d>>, refused: Refused| parts.extend(place.map(|place| (place, refused)));
    for operation in operations(document) {
        for parameter in operation.place.get("parameters").iter().flat_map(Place::elements) {
            add(Some(parameter), refused::<ReferenceOr<Parameter>>);
        }
        add(operation.place.get("requestBody"), refused::<ReferenceOr<RequestBody>>);
        for (_, response) in operation.place.get("responses").iter().flat_map(Place::members) {
            add(Some(response), refused::<ReferenceOr<Response>>);
        }
        add(Some(operation.place), refused::<Operation>);
    }
    let root = Place::root(document);
    let components = |section: &str| {
        let members = root.get("components").and_then(|components| components.get(section));
        members.iter().flat_map(Place::members).map(|(_, member)| member).collect::<Vec<_>>()
    };
    components("parameters").into_iter().for_each(|place| add(Some(place), refused::<ReferenceOr<Parameter>>));
    components("requestBodies").into_iter().for_each(|place| add(Some(place), refused::<ReferenceOr<RequestBody>>));
    components("responses").into_iter().for_each(|place| add(Some(place), refused::<ReferenceOr<Response>>));
    for (key, refused) in [
        ("info", refused::<openapiv3::Info> as Refused),
        ("servers", refused::<Vec<openapiv3::Server>>),
        ("tags", refused::<Vec<openapiv3::Tag>>),
        ("components", refused::<Components>),
        ("security", refused::<Vec<openapiv3::SecurityRequirement>>),
        ("externalDocs", refused::<openapiv3::ExternalDocumentation>),
        ("paths", refused::<openapiv3::Paths>),
    ] {
        add(root.get(key), refused);
    }
    let found = parts.into_iter().find_map(|(place, refused)| refused(&place));
    let (place, problem) = found.unwrap_or((String::new(), error.to_string()));
    Defect::new(place, format!("not OpenAPI 3.0: {problem}"), REMEDY)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places(schemas: &Value) -> Vec<String> {
        let document = json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}, "components": {"schemas": schemas}});
        let defects = generate(&document).err().unwrap_or_default();
        defects.into_iter().map(|defect| defect.place).collect()
    }

    #[test]
    fn names_the_schemas_that_the_generator_panics_at() {
        let odd = json!({"type": "object", "format": "odd"});
        let fine = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        assert_eq!(
            places(&json!({"A": fine, "B": odd, "C": fine, "D": odd})),
            ["/components/schemas/B", "/components/schemas/D"]
        );
    }

    #[test]
    fn names_the_schema_that_the_typed_model_refuses() {
        let schemas = json!({"A": {"properties": {"a": {"type": "string", "nullable": "maybe"}}}});
        assert_eq!(places(&schemas), ["/components/schemas/A/properties/a"]);
    }

    #[test]
    fn names_the_place_that_the_typed_model_refuses_outside_of_schemas() {
        let operation = |part: Value| {
            let mut operation = json!({"operationId": "a", "responses": {"200": {"description": ""}}});
            operation.as_object_mut().expect("an object").extend(part.as_object().cloned().unwrap_or_default());
            json!({"/a": {"get": operation}})
        };
        for (part, place) in [
            (json!({"parameters": [{"name": "a", "in": "query"}]}), "/paths/~1a/get/parameters/0"),
            (json!({"responses": {"200": {"description": 1}}}), "/paths/~1a/get/responses/200"),
            (json!({"tags": "a"}), "/paths/~1a/get/tags"),
            (json!({"requestBody": {"content": []}}), "/paths/~1a/get/requestBody"),
        ] {
            let document =
                json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": operation(part)});
            let defects = generate(&document).expect_err("it is not OpenAPI");
            assert_eq!(defects[0].place, place);
        }
    }

    #[test]
    fn contains_a_panic_and_its_message() {
        assert_eq!(contain(|| -> () { panic!("boom\nand more") }), Err("boom".to_owned()));
        assert_eq!(contain(|| 1), Ok(1));
    }
}
