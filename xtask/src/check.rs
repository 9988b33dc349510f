//! What a document must be before anything is done to it: OpenAPI 3.0, with references that lead somewhere.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{
    defect::Defect,
    names,
    openapi::{
        self, METHODS, Place,
        extension::{CHECK_WITH, RETRY},
        join, operations,
    },
};

/// Every defect that no later stage could say better.
pub fn check(document: &Value) -> Vec<Defect> {
    if let Err(defect) = version(document) {
        return vec![defect];
    }
    let mut defects = outline(document);
    references(document, &mut defects);
    // A cycle can only be looked for where every reference leads somewhere.
    if defects.is_empty() {
        cycles(document, &mut defects);
    }
    operation_ids(document, &mut defects);
    extensions(document, &mut defects);
    defects
}

/// Whether this is OpenAPI 3.0 at all.
///
/// # Errors
///
/// What it is instead.
pub fn version(document: &Value) -> Result<(), Defect> {
    let remedy = "give an OpenAPI 3.0 document; Redocly CLI, among others, converts between versions";
    let problem = match document.get("openapi") {
        Some(Value::String(version)) if version == "3.0" || version.starts_with("3.0.") => return Ok(()),
        Some(Value::String(version)) => format!("this is OpenAPI {version}; only 3.0 is supported"),
        Some(_) => "`openapi` is not a string such as \"3.0.3\"".to_owned(),
        None => match document.get("swagger").and_then(Value::as_str) {
            Some(version) => format!("this is Swagger {version}; only OpenAPI 3.0 is supported"),
            None => "no `openapi` field: this is not an OpenAPI document".to_owned(),
        },
    };
    Err(Defect::new("/openapi", problem, remedy))
}

/// What the walkers rely on and what the typed model would refuse without naming a place.
pub(crate) fn outline(document: &Value) -> Vec<Defect> {
    let mut defects = Vec::new();
    let mut expect = |pointer: &str, holder: Option<&Value>, is: fn(&Value) -> bool, what: &str| {
        if holder.is_some_and(is) {
            return true;
        }
        let problem = if holder.is_none() { format!("missing; expected {what}") } else { format!("not {what}") };
        defects.push(Defect::new(pointer, problem, "correct the document there, or with an overlay action"));
        false
    };
    if expect("/info", document.get("info"), Value::is_object, "a mapping") {
        for key in ["title", "version"] {
            expect(&join("/info", key), document["info"].get(key), Value::is_string, "a string");
        }
    }
    if expect("/paths", document.get("paths"), Value::is_object, "a mapping") {
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            let pointer = join("/paths", path);
            if !expect(&pointer, Some(item), Value::is_object, "a mapping of methods") {
                continue;
            }
            for method in METHODS {
                let Some(operation) = item.get(method) else { continue };
                let pointer = join(&pointer, method);
                if expect(&pointer, Some(operation), Value::is_object, "an operation") {
                    let responses = operation.get("responses");
                    expect(&join(&pointer, "responses"), responses, Value::is_object, "a mapping of statuses");
                }
            }
        }
    }
    for (name, schema) in openapi::components(document) {
        expect(&join("/components/schemas", name), Some(schema), Value::is_object, "a schema");
    }
    defects
}

/// References that lead nowhere, or out of the document.
pub(crate) fn references(document: &Value, defects: &mut Vec<Defect>) {
    openapi::references(document, &mut |pointer, target| {
        let place = join(pointer, "$ref");
        if target.is_empty() {
            let remedy = "write `$ref: '#/components/schemas/…'`";
            defects.push(Defect::new(place, "`$ref` is empty or not a string, and refers to nothing", remedy));
            return;
        }
        let Some(local) = target.strip_prefix('#') else {
            let problem = format!("refers to another file, `{target}`");
            let remedy = "bundle the document into one file first, for example with `redocly bundle`";
            defects.push(Defect::new(place, problem, remedy));
            return;
        };
        if pointer.starts_with("/paths/") && pointer.matches('/').count() == 2 {
            let remedy = "write the path item out in place";
            defects.push(Defect::new(place, "a path item that is a reference is not supported", remedy));
        } else if document.pointer(local).is_none_or(|found| !found.is_object()) {
            let nearest = local.rsplit_once('/').and_then(|(parent, name)| {
                let siblings = document.pointer(parent)?.as_object()?.keys().map(String::as_str);
                nearest(name, siblings).map(|name| format!("; the nearest name there is `{name}`"))
            });
            let problem = format!("dangling reference: nothing is at `{target}`{}", nearest.unwrap_or_default());
            let remedy = "correct the reference, or add what it refers to";
            defects.push(Defect::new(place, problem, remedy));
        }
    });
}

/// The name most like `wanted`, if any is like it at all.
pub fn nearest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let distance = |name: &str| strsim::levenshtein(&wanted.to_ascii_lowercase(), &name.to_ascii_lowercase());
    let limit = wanted.chars().count() / 2;
    names.map(|name| (distance(name), name)).filter(|(distance, _)| *distance <= limit).min().map(|(_, name)| name)
}

/// A schema that is defined as itself, by references, `allOf`, `oneOf`, `anyOf` or `not`, describes nothing; through a
/// property, an array or a map it is an ordinary recursive type.
pub(crate) fn cycles(document: &Value, defects: &mut Vec<Defect>) {
    let mut all = Vec::new();
    openapi::references(document, &mut |_, target| all.push(target));
    let mut done: HashSet<&str> = HashSet::new();
    for start in all {
        // The way from `start` to where the search is, each step with what is still to be tried from there.
        let mut trail: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut open: HashSet<&str> = HashSet::new();
        let mut next = Some(start);
        loop {
            if let Some(target) = next.filter(|target| !done.contains(target)) {
                if open.insert(target) {
                    trail.push((target, openapi::made_of(document, target)));
                } else {
                    let within = trail.iter().map(|(step, _)| *step).skip_while(|step| *step != target);
                    defects.push(circle(within.chain([target])));
                }
            }
            let Some((step, left)) = trail.last_mut() else { break };
            next = left.pop();
            if next.is_none() {
                done.insert(step);
                trail.pop();
            }
        }
    }
}

fn circle<'s>(steps: impl Iterator<Item = &'s str>) -> Defect {
    let steps: Vec<&str> = steps.collect();
    let place = steps.last().copied().unwrap_or_default().trim_start_matches('#');
    let problem = match steps.as_slice() {
        [first, second, .., last] if steps.len() > MAX_SHOWN => {
            format!("circular reference: {first} → {second} → … → {last}, {} steps", steps.len() - 1)
        }
        _ => format!("circular reference: {}", steps.join(" → ")),
    };
    Defect::new(place, problem, "break the cycle: a schema can contain itself only through a property, array or map")
}

/// How many steps of a circle are shown.
const MAX_SHOWN: usize = 20;

/// What the passes leave to the generator, which would stop at it without naming a place: types that are none, and two
/// properties that make one field.
pub fn schemas(document: &Value) -> Vec<Defect> {
    let mut defects = Vec::new();
    for (schema, _) in openapi::schemas(document) {
        if let Some(kind) = schema.value.get("type") {
            let known = ["array", "boolean", "integer", "number", "object", "string"];
            if !kind.as_str().is_some_and(|kind| known.contains(&kind)) {
                let problem = format!("not OpenAPI 3.0: there is no `type: {kind}`");
                defects.push(Defect::new(schema.pointer(), problem, format!("write one of `{}`", known.join("`, `"))));
            }
        }
        let mut fields = HashMap::new();
        for (name, property) in schema.get("properties").iter().flat_map(Place::members) {
            if let Some(first) = fields.insert(names::snake(name), name) {
                let problem = format!("makes the same field name as `{first}`");
                let remedy = "rename one of them, or remove it with an overlay action";
                defects.push(Defect::new(property.pointer(), problem, remedy));
            }
        }
    }
    defects
}

fn operation_ids(document: &Value, defects: &mut Vec<Defect>) {
    let mut seen: HashMap<&str, String> = HashMap::new();
    for operation in operations(document) {
        let Some(id) = operation.id() else { continue };
        let place = join(&operation.pointer(), "operationId");
        if let Some(first) = seen.get(id) {
            let problem = format!("operationId `{id}` is taken already, at {first}");
            defects.push(Defect::new(place, problem, "give each operation an id of its own"));
        } else {
            seen.insert(id, place);
        }
    }
}

/// Facts of operations that are not what they have to be. Taken for what they are not, they would be dropped in silence.
fn extensions(document: &Value, defects: &mut Vec<Defect>) {
    let ids: Vec<&str> = operations(document).filter_map(|operation| operation.id()).collect();
    for operation in operations(document) {
        let fact = |key: &str| Some((join(&operation.pointer(), key), operation.value().get(key)?));
        if let Some((place, retry)) = fact(RETRY)
            && retry != "safe"
            && retry != "never"
        {
            let remedy = "write `safe` if a second call changes nothing, and `never` if it may";
            defects.push(Defect::new(place, "neither `safe` nor `never`", remedy));
        }
        if let Some((place, check_with)) = fact(CHECK_WITH)
            && check_with.as_str().is_none_or(|id| !ids.contains(&id))
        {
            let problem = match check_with.as_str() {
                Some(id) => {
                    let like =
                        nearest(id, ids.iter().copied()).map(|id| format!("; the nearest operationId is `{id}`"));
                    format!("the document has no operation `{id}`{}", like.unwrap_or_default())
                }
                None => "not the operationId of an operation".to_owned(),
            };
            let remedy = "write the operationId of an operation that shows whether a call took effect";
            defects.push(Defect::new(place, problem, remedy));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(schemas: Value, paths: Value) -> Vec<String> {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths,
            "components": {"schemas": schemas},
        });
        check(&document).into_iter().map(|defect| format!("{}: {}", defect.place, defect.problem)).collect()
    }

    #[test]
    fn names_the_version_found() {
        let found = |document: Value| check(&document).remove(0).problem;
        assert!(found(json!({"openapi": "3.1.0"})).contains("OpenAPI 3.1.0"));
        assert!(found(json!({"swagger": "2.0"})).contains("Swagger 2.0"));
        assert!(found(json!({"hello": 1})).contains("not an OpenAPI document"));
        assert!(found(json!({"openapi": 3.0})).contains("not a string"));
    }

    #[test]
    fn reports_all_dangling_references_and_the_nearest_name() {
        let found = with(
            json!({"User": {}, "A": {"$ref": "#/components/schemas/Usr"}, "B": {"$ref": "other.yaml#/X"}}),
            json!({}),
        );
        assert_eq!(
            found,
            [
                "/components/schemas/A/$ref: dangling reference: nothing is at `#/components/schemas/Usr`; the nearest \
                 name there is `User`",
                "/components/schemas/B/$ref: refers to another file, `other.yaml#/X`",
            ]
        );
    }

    #[test]
    fn refuses_a_schema_defined_as_itself_but_not_a_recursive_type() {
        let circle =
            json!({"A": {"allOf": [{"$ref": "#/components/schemas/B"}]}, "B": {"$ref": "#/components/schemas/A"}});
        let found = with(circle, json!({}));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("circular reference"), "{found:?}");
        let tree = json!({"A": {"properties": {"children": {"items": {"$ref": "#/components/schemas/A"}}}}});
        assert_eq!(with(tree, json!({})), Vec::<String>::new());
    }

    #[test]
    fn refuses_an_operation_id_given_twice() {
        let operation = json!({"operationId": "a", "responses": {}});
        let found = with(json!({}), json!({"/a": {"get": operation, "post": operation}}));
        assert_eq!(
            found,
            ["/paths/~1a/post/operationId: operationId `a` is taken already, at /paths/~1a/get/operationId"]
        );
    }

    #[test]
    fn refuses_facts_of_operations_that_say_nothing() {
        let operation = |id: &str, name: &str, value: Value| {
            let mut operation = json!({"operationId": id, "responses": {}});
            operation[name] = value;
            operation
        };
        let paths = json!({
            "/a": {"get": operation("listPets", "x-retry", json!("safe")), "post": operation("b", "x-retry", json!("sfae"))},
            "/b": {"get": operation("c", "x-retry", json!(true)), "post": operation("d", "x-retry", json!("never"))},
            "/c": {"get": operation("e", "x-check-with", json!("listPets"))},
            "/d": {"get": operation("f", "x-check-with", json!("listPet")), "put": operation("g", "x-check-with", json!(1))},
        });
        assert_eq!(
            with(json!({}), paths),
            [
                "/paths/~1a/post/x-retry: neither `safe` nor `never`",
                "/paths/~1b/get/x-retry: neither `safe` nor `never`",
                "/paths/~1d/get/x-check-with: the document has no operation `listPet`; the nearest operationId is \
                 `listPets`",
                "/paths/~1d/put/x-check-with: not the operationId of an operation",
            ]
        );
    }

    #[test]
    fn names_what_is_missing_or_misshapen() {
        let found = with(json!({"A": 1}), json!({"/a": {"get": {}}, "/b": []}));
        assert_eq!(
            found,
            [
                "/paths/~1a/get/responses: missing; expected a mapping of statuses",
                "/paths/~1b: not a mapping of methods",
                "/components/schemas/A: not a schema",
            ]
        );
    }
}
