//! The generator, kept from taking the whole process down.
//!
//! What no pass has removed can still make it fail, or panic. Either is contained, and the operation or the schema that
//! did it is found by bisecting the document.

use std::{
    cell::Cell,
    collections::HashSet,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::{
    defect::Defect,
    names,
    openapi::{self, Place, References, join, operations},
};

/// The code that the generator makes of a lowered document.
///
/// # Errors
///
/// The [`Defect`]s of what it can't take.
pub fn generate(effective: &Value) -> Result<syn::File, Vec<Defect>> {
    let document = OpenAPI::deserialize(effective).map_err(|error| vec![untypable(effective, &error)])?;
    let generated = attempt(&document).map_err(|reason| failing_parts(effective, document, &reason))?;
    let defects = duplicate_names(effective, &generated);
    if defects.is_empty() { Ok(generated) } else { Err(defects) }
}

/// What the generator gave the same name: it makes names of what stands in a place without looking whether they are taken.
fn duplicate_names(effective: &Value, generated: &syn::File) -> Vec<Defect> {
    let mut defects = Vec::new();
    let module = generated.items.iter().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    let place = |name: &str| {
        let component = openapi::components(effective).find(|(component, _)| names::pascal(component) == name);
        component.map_or_else(String::new, |(component, _)| join("/components/schemas", component))
    };
    let mut types = HashSet::new();
    for item in module.into_iter().flat_map(|(_, items)| items) {
        let (name, members): (&syn::Ident, Vec<&syn::Ident>) = match item {
            syn::Item::Struct(item) => {
                (&item.ident, item.fields.iter().filter_map(|field| field.ident.as_ref()).collect())
            }
            syn::Item::Enum(item) => (&item.ident, item.variants.iter().map(|variant| &variant.ident).collect()),
            _ => continue,
        };
        let name = name.to_string();
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
fn attempt(document: &OpenAPI) -> Result<syn::File, String> {
    contain(|| {
        let tokens = Generator::new(&GenerationSettings::new()).generate_tokens(document).map_err(|e| e.to_string())?;
        syn::parse2(tokens).map_err(|error| format!("the code it made can't be parsed: {error}"))
    })
    .unwrap_or_else(|panicked| Err(format!("it panicked: {panicked}")))
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
fn failing_parts(effective: &Value, mut document: OpenAPI, reason: &str) -> Vec<Defect> {
    let paths = std::mem::take(&mut document.paths);
    let mut found = Vec::new();
    if attempt(&document).is_err() {
        let schemas = document.components.as_mut().map(|components| std::mem::take(&mut components.schemas));
        let schemas = schemas.unwrap_or_default();
        let names: Vec<&String> = schemas.keys().collect();
        let references = References::of(effective);
        let with = |names: &[&String]| {
            let mut part = document.clone();
            if let Some(components) = &mut part.components {
                let owners: Vec<String> = names.iter().map(|name| join("/components/schemas", name)).collect();
                let needed = references.schemas_from(owners.iter().map(String::as_str));
                components.schemas =
                    schemas.iter().filter(|(name, _)| needed.contains(*name)).map(clone_pair).collect();
            }
            attempt(&part).err()
        };
        bisect(&names, &with, &mut |name, reason| {
            let problem = format!("the generator can't take this schema: {reason}");
            found.push(Defect::new(join("/components/schemas", name), problem, REMEDY));
        });
    } else {
        let operations: Vec<(&str, &str)> = (paths.paths.iter())
            .flat_map(|(path, item)| {
                let methods: Vec<_> =
                    item.as_item().map(|item| item.iter().map(|(method, _)| method).collect()).unwrap_or_default();
                methods.into_iter().map(move |method| (path.as_str(), method))
            })
            .collect();
        let with = |operations: &[&(&str, &str)]| {
            let mut part = document.clone();
            for (path, method) in operations {
                let Some(item) = paths.paths.get(*path).and_then(openapiv3::ReferenceOr::as_item) else { continue };
                let target = part.paths.paths.entry((*path).to_owned()).or_insert_with(|| {
                    let parameters = item.parameters.clone();
                    openapiv3::ReferenceOr::Item(openapiv3::PathItem { parameters, ..Default::default() })
                });
                let openapiv3::ReferenceOr::Item(target) = target else { continue };
                *slot(target, method) = item.iter().find(|(name, _)| name == method).map(|(_, o)| o.clone());
            }
            attempt(&part).err()
        };
        bisect(&operations.iter().collect::<Vec<_>>(), &with, &mut |(path, method), reason| {
            let operation =
                paths.paths.get(*path).and_then(|item| item.as_item()?.iter().find(|(name, _)| name == method));
            let id = operation.and_then(|(_, operation)| operation.operation_id.as_deref()).unwrap_or_default();
            let problem = format!("the generator can't take operation `{id}`: {reason}");
            found.push(Defect::new(join(&join("/paths", path), method), problem, REMEDY));
        });
    }
    if found.is_empty() {
        found.push(Defect::new("", format!("the generator can't take the document: {reason}"), REMEDY));
    }
    found
}

fn clone_pair<A: Clone, B: Clone>((a, b): (&A, &B)) -> (A, B) {
    (a.clone(), b.clone())
}

fn slot<'i>(item: &'i mut openapiv3::PathItem, method: &str) -> &'i mut Option<openapiv3::Operation> {
    match method {
        "get" => &mut item.get,
        "put" => &mut item.put,
        "post" => &mut item.post,
        "delete" => &mut item.delete,
        "options" => &mut item.options,
        "head" => &mut item.head,
        "patch" => &mut item.patch,
        _ => &mut item.trace,
    }
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
        ("components", refused::<openapiv3::Components>),
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

    fn document(schemas: Value, paths: Value) -> Value {
        json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths, "components": {"schemas": schemas}})
    }

    fn places(document: &Value) -> Vec<String> {
        generate(document).err().unwrap_or_default().into_iter().map(|defect| defect.place).collect()
    }

    #[test]
    fn names_the_operations_that_the_generator_panics_at() {
        let fine = |id: &str| json!({"operationId": id, "responses": {"200": {"description": ""}}});
        let body = |schema: Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
        let two_shapes = |id: &str| {
            json!({"operationId": id, "responses": {
            "200": body(json!({"type": "string"})), "201": body(json!({"type": "integer"}))}})
        };
        let paths = json!({
            "/a": {"get": fine("a")}, "/b": {"get": two_shapes("b"), "put": fine("c")}, "/d": {"get": fine("d")},
            "/e": {"put": two_shapes("e")}});
        let document = document(json!({}), paths);
        assert_eq!(places(&document), ["/paths/~1b/get", "/paths/~1e/put"]);
    }

    #[test]
    fn names_the_schema_that_the_typed_model_refuses() {
        let schemas = json!({"A": {"properties": {"a": {"type": "string", "minLength": "long"}}}});
        assert_eq!(places(&document(schemas, json!({}))), ["/components/schemas/A/properties/a"]);
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
            assert_eq!(places(&document(json!({}), operation(part))), [place]);
        }
    }

    #[test]
    fn contains_a_panic_and_its_message() {
        assert_eq!(contain(|| -> () { panic!("boom\nand more") }), Err("boom".to_owned()));
        assert_eq!(contain(|| 1), Ok(1));
    }
}
