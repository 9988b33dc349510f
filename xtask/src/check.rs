//! What a document must be before anything is done to it: OpenAPI 3.0, with references that lead somewhere.

mod structure;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

pub(crate) use self::structure::structure;
use crate::{
    defect::Defect,
    lower::keyword::{SIZES, whole},
    openapi::{
        self, METHODS, Place, References,
        extension::{CHECK_WITH, RETRY, SENSITIVE, TYPE_NAME},
        join, local, operations, parts_of, schema_name,
        shape::parts_below,
        tokens,
    },
};

/// Every defect that no later stage could say better.
pub fn check(document: &Value) -> Vec<Defect> {
    if let Err(defect) = version(document) {
        return vec![defect];
    }
    let mut defects = outline(document);
    structure(document, &mut defects);
    references(document, &mut defects);
    // A cycle can only be looked for where every reference leads somewhere.
    if defects.is_empty() {
        cycles(document, &mut defects);
    }
    operation_ids(document, &mut defects);
    security_schemes(document, &mut defects);
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
        expect("/info/title", document["info"].get("title"), Value::is_string, "a string");
        // `version: 1.0` without quotes is a number to YAML, and what was meant is clear.
        let is_version = |version: &Value| version.is_string() || version.is_number();
        expect("/info/version", document["info"].get("version"), is_version, "a string");
    }
    if expect("/paths", document.get("paths"), Value::is_object, "a mapping") {
        for (path, item) in names(&document["paths"]) {
            let pointer = join("/paths", path);
            if path.starts_with("x-") {
                continue;
            }
            if !expect(&pointer, Some(item), Value::is_object, "a mapping of methods") {
                continue;
            }
            for method in METHODS {
                let Some(operation) = item.get(method) else { continue };
                let pointer = join(&pointer, method);
                // A reference has a defect of its own.
                if expect(&pointer, Some(operation), Value::is_object, "an operation")
                    && operation.get("$ref").is_none()
                {
                    let responses = operation.get("responses");
                    expect(&join(&pointer, "responses"), responses, Value::is_object, "a mapping of statuses");
                }
            }
        }
    }
    for (name, schema) in names(&document["components"]["schemas"]) {
        expect(&join("/components/schemas", name), Some(schema), Value::is_object, "a schema");
    }
    defects
}

/// The members of a mapping of names, without a reference that stands for all of them: it has a defect of its own.
fn names(mapping: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let is_reference = |name: &str, value: &Value| name == "$ref" && value.is_string();
    mapping.as_object().into_iter().flatten().filter(move |(name, value)| !is_reference(name, value))
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
        if !target.starts_with('#') {
            let problem = format!("refers to another file, `{target}`");
            let remedy = "bundle the document into one file first, for example with `redocly bundle`";
            defects.push(Defect::new(place, problem, remedy));
            return;
        }
        let holder = tokens(pointer);
        let is_operation =
            matches!(holder.as_slice(), [first, _, method] if first == "paths" && METHODS.contains(&method.as_str()));
        let is_mapping = holder == ["paths"] || matches!(holder.as_slice(), [first, _] if first == "components");
        if is_operation || is_mapping {
            let what = if is_operation { "an operation" } else { "a mapping of names" };
            let remedy = "write it out in place; a path item, a schema and other components can be references";
            defects.push(Defect::new(place, format!("{what} that is a reference is not OpenAPI 3.0"), remedy));
            return;
        }
        let Some(local) = local(target) else {
            let remedy = "write the escapes (`%24`) as those of UTF-8, or what they stand for";
            defects.push(Defect::new(place, format!("`{target}` has escapes that stand for no text"), remedy));
            return;
        };
        if leads_out(document, &local) {
            return;
        }
        let is_path_item = matches!(holder.as_slice(), [first, _] if first == "paths");
        let is_whole = match tokens(&local).as_slice() {
            [] => true,
            [first, rest @ ..] => match first.as_str() {
                "paths" if is_path_item => rest.is_empty(),
                "paths" | "components" => rest.len() < 2,
                _ => false,
            },
        };
        if is_whole {
            let problem = format!("`{target}` is a whole section of the document, not what belongs here");
            defects.push(Defect::new(place, problem, "refer to one schema, parameter or response"));
        } else if document.pointer(&local).is_some_and(Value::is_null) {
            let remedy = "write what it is to describe, or remove it and what refers to it";
            defects.push(Defect::new(place, format!("what is at `{target}` is empty"), remedy));
        } else if document.pointer(&local).is_none_or(|found| !found.is_object()) {
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

/// Whether `pointer` leads through a reference to another file, which has a defect of its own.
fn leads_out(document: &Value, pointer: &str) -> bool {
    let ends = pointer.match_indices('/').map(|(end, _)| &pointer[..end]);
    ends.filter_map(|holder| openapi::reference(document.pointer(holder)?)).any(|target| !target.starts_with('#'))
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
    let remedy = match tokens(place).as_slice() {
        [components, section, _] if components == "components" && section != "schemas" => {
            "break the cycle: write out one of them in place of its reference"
        }
        _ => "break the cycle: a schema can contain itself only through a property, array or map",
    };
    Defect::new(place, problem, remedy)
}

/// How many steps of a circle are shown.
const MAX_SHOWN: usize = 20;

/// What the passes leave to the generator, which would stop at it without naming a place: keywords with a value that they
/// can't have, values that are not of their type, and two properties that make one field.
pub fn schemas(document: &Value) -> Vec<Defect> {
    let mut defects = Vec::new();
    for (schema, _) in openapi::schemas(document) {
        if openapi::reference(schema.value).is_some() {
            continue;
        }
        keywords(&schema, &mut defects);
        values(&schema, &mut defects);
        for (_, property) in schema.get("properties").iter().flat_map(Place::members) {
            if !property.value.is_object() {
                defects.push(Defect::new(property.pointer(), "not a schema", "write the schema of the property"));
            }
        }
    }
    defects
}

/// Keywords, whether a value is one that they can have, and what that is.
type Expected = (&'static [&'static str], fn(&Value) -> bool, &'static str);

/// What the keywords of a schema must be, by the specification.
const KEYWORDS: [Expected; 11] = [
    (&SIZES, |value| whole(value).is_some_and(|size| size >= 0), "a whole number from 0"),
    (&["minimum", "maximum"], Value::is_number, "a number"),
    (&["multipleOf"], |value| value.as_f64().is_some_and(|step| step > 0.0), "a number above 0"),
    (
        &["exclusiveMinimum", "exclusiveMaximum"],
        Value::is_boolean,
        "`true` or `false`, beside the bound in `minimum` or `maximum`",
    ),
    (&["nullable", "readOnly", "writeOnly", "deprecated", "uniqueItems"], Value::is_boolean, "`true` or `false`"),
    (&["title", "description", "format", "pattern"], Value::is_string, "a string"),
    (&["enum"], Value::is_array, "a list of values"),
    (&["allOf", "oneOf", "anyOf"], |value| is_list_of(value, Value::is_object), "a list of schemas"),
    (&["items", "not", "properties"], Value::is_object, "a mapping"),
    (&["additionalProperties"], |value| value.is_object() || value.is_boolean(), "a schema, `true` or `false`"),
    (&["required"], |value| value.is_boolean() || is_list_of(value, Value::is_string), "a list of names"),
];

fn is_list_of(value: &Value, is: fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(is))
}

fn keywords(schema: &Place<'_>, defects: &mut Vec<Defect>) {
    const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];
    // A keyword without a value is read as if it were not there.
    let said = |key: &&str| schema.get(key).filter(|said| !said.value.is_null());
    if let Some(kind) = said(&"type").filter(|kind| !kind.value.as_str().is_some_and(|kind| TYPES.contains(&kind))) {
        let problem = format!("not OpenAPI 3.0: there is no `type: {}`", kind.value);
        let remedy = match kind.value.as_str() {
            Some("null") => "write `nullable: true` beside the type that it may be instead".to_owned(),
            _ => format!("write one of `{}`", TYPES.join("`, `")),
        };
        defects.push(Defect::new(schema.pointer(), problem, remedy));
    }
    for (key, said) in schema.members().filter(|(_, said)| !said.value.is_null()) {
        let expected = KEYWORDS.iter().find(|(keys, ..)| keys.contains(&key));
        if let Some((_, _, what)) = expected.filter(|(_, is, _)| !is(said.value)) {
            defects.push(Defect::new(said.pointer(), format!("not {what}"), CORRECT));
        }
    }
    if let Some(discriminator) = said(&"discriminator") {
        let mapping = discriminator.get("mapping").filter(|mapping| !mapping.value.is_null());
        let is_mapping =
            |mapping: &Value| mapping.as_object().is_some_and(|mapping| mapping.values().all(Value::is_string));
        if discriminator.text("propertyName").is_none() {
            let problem = "a discriminator without `propertyName`, a string";
            defects.push(Defect::new(discriminator.pointer(), problem, CORRECT));
        } else if let Some(mapping) = mapping.filter(|mapping| !is_mapping(mapping.value)) {
            defects.push(Defect::new(mapping.pointer(), "not a mapping from values to schemas", CORRECT));
        }
    }
}

const CORRECT: &str = "correct the document there, or with an overlay action";

/// Values of an enum that are not of the type beside it.
fn values(schema: &Place<'_>, defects: &mut Vec<Defect>) {
    let is: fn(&Value) -> bool = match schema.text("type") {
        Some("string") => Value::is_string,
        Some("integer") => |value| whole(value).is_some(),
        Some("number") => Value::is_number,
        Some("boolean") => Value::is_boolean,
        _ => return,
    };
    let Some(values) = schema.get("enum") else { return };
    let other = values.elements().filter(|value| !value.value.is_null() && !is(value.value)).count();
    if other > 0 {
        let kind = schema.text("type").unwrap_or_default();
        let problem = format!("{} of the values can't be of the type `{kind}`", other);
        let remedy = "write the type of the values, or the values as that type: `'1'` is a string, `1` is an integer";
        defects.push(Defect::new(values.pointer(), problem, remedy));
    }
}

/// Two choices at once, for which there is no type.
pub(crate) fn unions(document: &Value, defects: &mut Vec<Defect>) {
    for (schema, _) in openapi::schemas(document) {
        if schema.get("oneOf").is_some() && schema.get("anyOf").is_some() {
            let remedy = "move one of them into an `allOf` part with properties of its own, or remove it, with an overlay action";
            defects.push(Defect::new(
                schema.pointer(),
                "`oneOf` and `anyOf` of one schema have no type together",
                remedy,
            ));
        }
    }
}

/// Whether what `schema` is made of has to be merged to make a type of it.
pub(crate) fn is_composed(schema: &Value) -> bool {
    let says = |key: &str| schema.get(key).is_some();
    says("allOf") || ((says("oneOf") || says("anyOf")) && (says("properties") || says("required")))
}

/// Of how many parts a schema may be that the generator has to merge, with all that they are made of.
const MAX_PARTS: usize = 1_000;

/// What the generator, which merges what the passes left, would merge without end: it goes from a property that two parts
/// describe into what they refer to.
pub(crate) fn endless(document: &Value, defects: &mut Vec<Defect>) {
    let circular = References::of(document).circular_schemas();
    if circular.is_empty() {
        return;
    }
    let is_circular = |reference: &str| schema_name(reference).is_some_and(|name| circular.contains(name));
    let leads_on = |schema: &Value| {
        let mut found = false;
        openapi::references(schema, &mut |_, target| found |= is_circular(target));
        found
    };
    let component = |reference: &str| schema_name(reference).and_then(|name| openapi::component(document, name));
    let merges_again = |schema: &Value| {
        let mut targets = parts_of(schema).into_iter().filter(|target| is_circular(target)).filter_map(component);
        targets.any(is_composed)
    };
    let remedy = "describe the property in one of the parts only, or make what it refers to a plain object";
    for (schema, _) in openapi::schemas(document).into_iter().filter(|(schema, _)| is_composed(schema.value)) {
        // Each part of an `allOf` is merged with the others, and so is each variant of a choice.
        let all_of = schema.get("allOf");
        let choices = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key));
        let members = all_of.iter().flat_map(Place::elements).map(|part| vec![part]);
        let members: Vec<Vec<Place<'_>>> = members.chain(choices.map(|list| list.elements().collect())).collect();
        let own = ["properties", "items", "additionalProperties"].iter().any(|key| schema.get(key).is_some());
        if members.len() + usize::from(own) < 2 {
            continue;
        }
        let mut known: HashMap<&str, &Value> = described(&schema).into_iter().collect();
        for member in members {
            let parts = parts_below(document, member, &["allOf", "oneOf", "anyOf"]);
            if parts.len() > MAX_PARTS {
                let problem = "made of too many parts that can't be written out as one object";
                defects.push(Defect::new(schema.pointer(), problem, "make the chain of `allOf` shorter"));
                break;
            }
            let properties: Vec<(&str, &Value)> = parts.iter().flat_map(described).collect();
            let is_open = |others: Option<&&Value>| others.is_some_and(|others| others.is_object());
            let differs = properties.iter().find(|(name, property)| match known.get(name) {
                Some(known) => known != property && leads_on(known) && leads_on(property),
                None => is_open(known.get(OTHERS)) && merges_again(property),
            });
            let now: HashMap<&str, &Value> = properties.iter().copied().collect();
            let is_open_now = is_open(now.get(OTHERS));
            let mut before = known.iter().map(|(name, property)| (*name, *property));
            let before =
                before.find(|(name, property)| is_open_now && !now.contains_key(name) && merges_again(property));
            let differs = differs.copied().or(before);
            if let Some((name, _)) = differs {
                let name = if name.starts_with('`') { name.to_owned() } else { format!("`{name}`") };
                let problem = format!("parts describe {name} differently, and what it refers to leads back to itself");
                defects.push(Defect::new(schema.pointer(), problem, remedy));
                break;
            }
            known.extend(properties);
        }
    }
}

/// What stands for the values of a map among the properties of a schema.
const OTHERS: &str = "`additionalProperties`";

/// What `schema` describes below itself: properties, items, and the values of a map.
fn described<'d>(schema: &Place<'d>) -> Vec<(&'d str, &'d Value)> {
    let properties = schema.get("properties");
    let properties = properties.iter().flat_map(Place::members).map(|(name, property)| (name, property.value));
    let items = schema.get("items").map(|items| ("`items`", items.value));
    let others = schema.get("additionalProperties").map(|values| (OTHERS, values.value));
    properties.chain(items).chain(others).collect()
}

fn operation_ids(document: &Value, defects: &mut Vec<Defect>) {
    let mut seen: HashMap<&str, String> = HashMap::new();
    for operation in operations(document) {
        let Some(id) = operation.id() else { continue };
        let place = join(&operation.pointer(), "operationId");
        // Of a path item behind references there are several, all the same one.
        if let Some(first) = seen.get(id).filter(|first| **first != place) {
            let problem = format!("operationId `{id}` is taken already, at {first}");
            defects.push(Defect::new(place, problem, "give each operation an id of its own"));
        } else {
            seen.insert(id, place);
        }
    }
}

/// Security requirements that name no scheme which is declared.
pub(crate) fn security_schemes(document: &Value, defects: &mut Vec<Defect>) {
    let declared = document.get("components").and_then(|components| components.get("securitySchemes"));
    let whole = std::iter::once(("/security".to_owned(), document));
    let each = operations(document).map(|operation| (join(&operation.pointer(), "security"), operation.value()));
    for (pointer, holder) in whole.chain(each) {
        let requirements = holder.get("security").and_then(Value::as_array);
        for (index, requirement) in requirements.into_iter().flatten().enumerate() {
            for (scheme, _) in requirement.as_object().into_iter().flatten() {
                if declared.is_none_or(|declared| declared.get(scheme).is_none()) {
                    let place = join(&join(&pointer, &index.to_string()), scheme);
                    let problem = format!("the security scheme `{scheme}` is not declared");
                    let remedy = "declare it in `components.securitySchemes`, or name one that is";
                    defects.push(Defect::new(place, problem, remedy));
                }
            }
        }
    }
}

/// What an overlay can say of operations and schemas.
const FACTS: [&str; 4] = [TYPE_NAME, SENSITIVE, RETRY, CHECK_WITH];

/// Facts of operations and schemas that are not what they have to be. Taken for what they are not, they would be dropped in silence.
fn extensions(document: &Value, defects: &mut Vec<Defect>) {
    let schemas = openapi::schemas(document);
    for (schema, _) in &schemas {
        let is_name = |name: &Value| name.as_str().is_some_and(|name| name.chars().any(char::is_alphabetic));
        if let Some(name) = schema.get(TYPE_NAME).filter(|name| !is_name(name.value)) {
            defects.push(Defect::new(
                name.pointer(),
                "not the name of a type",
                "write one such as `UserStatus`, or remove it",
            ));
        }
        if let Some(sensitive) = schema.get(SENSITIVE).filter(|sensitive| !sensitive.value.is_boolean()) {
            let remedy = "write `true` for personal data and secrets, `false` for what was reviewed, or remove it";
            defects.push(Defect::new(sensitive.pointer(), "neither `true` nor `false`", remedy));
        }
    }
    let mut misspelt = |value: &Value, pointer: &dyn Fn() -> String| {
        let own = value.as_object().into_iter().flatten().map(|(key, _)| key).filter(|key| key.starts_with("x-"));
        for key in own.filter(|key| !FACTS.contains(&key.as_str())) {
            if let Some(fact) = FACTS.into_iter().find(|fact| strsim::levenshtein(fact, key) <= 2) {
                let problem = format!("`{key}` says nothing; the nearest fact is `{fact}`");
                defects.push(Defect::new(join(&pointer(), key), problem, "correct the name, or remove it"));
            }
        }
    };
    schemas.iter().for_each(|(schema, _)| misspelt(schema.value, &|| schema.pointer()));
    operations(document).for_each(|operation| misspelt(operation.value(), &|| operation.pointer()));
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
            let remedy = "write the operationId of an operation that shows whether a call took effect";
            let (problem, remedy) = match check_with.as_str() {
                Some(id) => {
                    let like =
                        nearest(id, ids.iter().copied()).map(|id| format!("; the nearest operationId is `{id}`"));
                    let problem = format!("the document has no operation `{id}`{}", like.unwrap_or_default());
                    let kept = format!("if an overlay action removes `{id}`, delete that action");
                    (problem, format!("{remedy}, or remove `{CHECK_WITH}` here; {kept}"))
                }
                None => ("not the operationId of an operation".to_owned(), remedy.to_owned()),
            };
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
            "/e": {"get": operation("h", "x-retri", json!("safe")), "put": operation("i", "x-retry-after", json!(1))},
        });
        assert_eq!(
            with(json!({}), paths),
            [
                "/paths/~1e/get/x-retri: `x-retri` says nothing; the nearest fact is `x-retry`",
                "/paths/~1a/post/x-retry: neither `safe` nor `never`",
                "/paths/~1b/get/x-retry: neither `safe` nor `never`",
                "/paths/~1d/get/x-check-with: the document has no operation `listPet`; the nearest operationId is \
                 `listPets`",
                "/paths/~1d/put/x-check-with: not the operationId of an operation",
            ]
        );
    }

    #[test]
    fn refuses_what_would_be_merged_without_end() {
        let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let found = |schemas: Value| {
            let mut defects = Vec::new();
            endless(&json!({"components": {"schemas": schemas}}), &mut defects);
            defects.into_iter().map(|defect| defect.place).collect::<Vec<_>>()
        };
        let both = json!({"allOf": [refer("X"), refer("Y")]});
        let next = |name: &str| json!({"properties": {"next": refer(name)}});
        let list = |name: &str| json!({"type": "array", "items": refer(name)});
        assert_eq!(found(json!({"A": both, "X": next("X"), "Y": next("Y")})), ["/components/schemas/A"]);
        assert_eq!(found(json!({"A": both, "X": list("X"), "Y": list("Y")})), ["/components/schemas/A"]);
        let choice = json!({"properties": {"y": {}}, "additionalProperties": {}, "oneOf": [refer("X")]});
        assert_eq!(found(json!({"A": choice, "X": next("A")})), ["/components/schemas/A"]);
        let choice = json!({"allOf": [refer("X"), {"oneOf": [refer("Y")]}]});
        let open = json!({"additionalProperties": {}});
        assert_eq!(found(json!({"A": choice, "X": next("A"), "Y": open})), ["/components/schemas/A"]);
        assert_eq!(found(json!({"A": both, "X": next("X"), "Y": next("X")})), [""; 0]);
        assert_eq!(found(json!({"A": both, "X": next("B"), "Y": list("C"), "B": {}, "C": {}})), [""; 0]);
    }

    #[test]
    fn names_the_keyword_whose_value_is_none() {
        let schemas = json!({"A": {"properties": {
            "a": {"type": "string", "enum": ["x", 1], "minLength": -1}, "b": {"exclusiveMinimum": 5}, "c": null,
            "d": {"type": "integer", "enum": [1, 2.0, null], "maximum": "5", "description": null}, "e": {"oneOf": [1]},
            "f": {"discriminator": "kind"}, "g": {"enum": {}}, "h": {"type": ["string"]}}}});
        let document = json!({"components": {"schemas": schemas}});
        let found: Vec<String> = super::schemas(&document).into_iter().map(|defect| defect.place).collect();
        let places =
            ["a/minLength", "a/enum", "b/exclusiveMinimum", "d/maximum", "e/oneOf", "f/discriminator", "g/enum", "h"];
        let mut expected = vec!["/components/schemas/A/properties/c".to_owned()];
        expected.extend(places.map(|place| format!("/components/schemas/A/properties/{place}")));
        assert_eq!(found, expected);
    }

    #[test]
    fn reports_each_reference_to_another_file_once_and_nothing_that_follows() {
        let refer = |to: &str| json!({"$ref": to});
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"get": refer("a.yaml"), "parameters": [refer("p.yaml")]}, "/b": refer("b.yaml"),
                "/c": {"get": {"responses": {"200": {"$ref": "#/components/responses/Ok"}, "404": {"content": {
                    "application/json": {"schema": refer("#/components/schemas/A/properties/b")}}}}}}},
            "components": {"schemas": {"$ref": "schemas.yaml"}, "responses": refer("responses.yaml")},
        });
        let found: Vec<String> = check(&document).into_iter().map(|defect| defect.place).collect();
        assert_eq!(
            found,
            [
                "/paths/~1a/get/$ref",
                "/paths/~1a/parameters/0/$ref",
                "/paths/~1b/$ref",
                "/components/schemas/$ref",
                "/components/responses/$ref",
            ]
        );
    }

    #[test]
    fn refuses_references_to_what_can_not_be_one() {
        let found = with(
            json!({"A": {"$ref": "#"}, "B": {"$ref": "#/components/schemas"}, "C": {"$ref": "#/%FF"}}),
            json!({"/a": {"get": {"$ref": "#/paths/~1b/get"}}, "/b": {"get": {"responses": {}}}}),
        );
        assert_eq!(found.len(), 4, "{found:?}");
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
