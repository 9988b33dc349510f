//! References to what is no component: into a path, into another schema, or to a place of somebody's own.
//!
//! ```yaml
//! # before                                            # after
//! schema:                                             schema:
//!   $ref: '#/components/schemas/A/properties/b'         $ref: '#/components/schemas/AB'
//! ```
//!
//! What is referred to becomes a component, and a reference is left in its place. References that are written with
//! escapes of a URI are written without.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::{Report, operation_id};
use crate::{
    names::pascal,
    openapi::{Object, join, local, reference_at, references, references_mut, tokens},
};

/// The sections of `components` that a reference can lead into.
const SECTIONS: [&str; 9] = [
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
];

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let targets = targets(document);
    let mut taken: HashSet<(&str, String)> = HashSet::new();
    for section in SECTIONS {
        let members = document.get("components").and_then(|components| components.get(section)?.as_object());
        taken.extend(members.into_iter().flatten().map(|(name, _)| (section, pascal(name))));
    }
    let mut components: BTreeMap<String, String> = BTreeMap::new();
    // The longest first: what is within another target has left it, then.
    let mut longest_first: Vec<(String, &str)> = targets.into_iter().collect();
    longest_first.sort_by_key(|(pointer, _)| std::cmp::Reverse(pointer.matches('/').count()));
    for (pointer, section) in longest_first {
        let wanted = name(document, &pointer);
        let numbered = (2..).map(|number| format!("{wanted}{number}"));
        let free = std::iter::once(wanted.clone()).chain(numbered).find(|name| taken.insert((section, pascal(name))));
        let Some(name) = free else { continue };
        let place = join(&join("/components", section), &name);
        let Some(slot) = document.pointer_mut(&pointer) else { continue };
        let moved = std::mem::replace(slot, json!({"$ref": format!("#{place}")}));
        if let Some(members) = section_mut(document, section) {
            members.insert(name.clone(), moved);
        }
        report.note(&pointer, format!("became the component `{name}`, since references lead there"));
        components.insert(pointer, place);
    }
    references_mut(document, &mut |reference| {
        let Some(pointer) = local(reference) else { return };
        let plain = reference_at(components.get(pointer.as_ref()).map_or(&pointer, |place| place));
        if *reference != plain {
            *reference = plain;
        }
    });
}

/// The pointers that references lead to and that are no components, each with the section that it belongs to.
fn targets(document: &Value) -> BTreeMap<String, &'static str> {
    let mut found: BTreeMap<String, &'static str> = BTreeMap::new();
    let mut open = vec![String::new()];
    while let Some(within) = open.pop() {
        let Some(value) = document.pointer(&within) else { continue };
        references(value, &mut |holder, reference| {
            let Some(target) = local(reference) else { return };
            if is_component(&target) || found.contains_key(target.as_ref()) {
                return;
            }
            let section = match found.get(&within) {
                Some(section) if holder.is_empty() => *section,
                _ => section(&format!("{within}{holder}")),
            };
            found.insert(target.clone().into_owned(), section);
            // It may be where no reference is looked for: under an extension.
            open.push(target.into_owned());
        });
    }
    found
}

fn is_component(pointer: &str) -> bool {
    matches!(tokens(pointer).as_slice(), [first, section, _] if first == "components" && SECTIONS.contains(&section.as_str()))
}

/// What a reference at `holder` has to lead to.
fn section(holder: &str) -> &'static str {
    let tokens = tokens(holder);
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    if let ["components", section, _] = tokens.as_slice() {
        return SECTIONS.into_iter().find(|known| known == section).unwrap_or("schemas");
    }
    let is_in_schema =
        tokens.starts_with(&["components", "schemas"]) || tokens.iter().skip(2).any(|token| *token == "schema");
    match tokens.as_slice() {
        _ if is_in_schema => "schemas",
        [.., "requestBody"] => "requestBodies",
        [.., above, _] => SECTIONS.into_iter().find(|section| section == above).unwrap_or("schemas"),
        _ => "schemas",
    }
}

/// What a component made of the value at `pointer` is called: after the operation or the component that it stands in, and
/// the names on the way.
fn name(document: &Value, pointer: &str) -> String {
    let tokens = tokens(pointer);
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let (start, rest) = match tokens.as_slice() {
        ["paths", path, method, rest @ ..] => {
            let id = document["paths"][path][method]["operationId"].as_str();
            (id.map_or_else(|| operation_id::name(method, path), str::to_owned), rest)
        }
        ["components", _, name, rest @ ..] => ((*name).to_owned(), rest),
        other => (String::new(), other),
    };
    let says_nothing =
        |token: &str| matches!(token, "content" | "schema" | "properties" | "responses") || token.contains('/');
    let rest = rest.iter().filter(|token| !says_nothing(token)).map(|token| format!("-{token}"));
    pascal(&format!("{start}{}", rest.collect::<String>()))
}

fn section_mut<'d>(document: &'d mut Value, section: &str) -> Option<&'d mut Object> {
    let components = document.as_object_mut()?.entry("components").or_insert_with(|| json!({}));
    components.as_object_mut()?.entry(section).or_insert_with(|| json!({})).as_object_mut()
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    #[test]
    fn makes_components_of_what_references_lead_to() {
        let refer = |to: &str| json!({"$ref": format!("#{to}")});
        let text = json!({"type": "string"});
        let get = |response: Value| json!({"get": {"operationId": "getUser", "responses": {"200": response}}});
        let body = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
        let notes = check(
            run,
            json!({"paths": {
                "/users/{id}": get(body(json!({"properties": {"pet": {"properties": {"n": text}}}}))),
                "/pets": {"get": {"parameters": [refer("/components/parameters/%24top")], "responses": {
                    "200": refer("/paths/~1users~1%7Bid%7D/get/responses/200"),
                    "201": body(refer("/paths/~1users~1{id}/get/responses/200/content/application~1json/schema/properties/pet")),
                    "202": body(refer("/x-own/C"))}}}},
                "components": {"schemas": {"A": {"properties": {"b": text}}, "B": refer("/components/schemas/A/properties/b")},
                    "parameters": {"$top": {"name": "top"}}},
                "x-own": {"C": {"items": refer("/x-own/D")}, "D": text}}),
            &json!({"paths": {
                "/users/{id}": get(refer("/components/responses/GetUser200")),
                "/pets": {"get": {"parameters": [refer("/components/parameters/$top")], "responses": {
                    "200": refer("/components/responses/GetUser200"),
                    "201": body(refer("/components/schemas/GetUser200Pet")),
                    "202": body(refer("/components/schemas/XOwnC"))}}}},
                "components": {
                    "schemas": {
                        "A": {"properties": {"b": refer("/components/schemas/AB")}}, "B": refer("/components/schemas/AB"),
                        "AB": text, "GetUser200Pet": {"properties": {"n": text}},
                        "XOwnC": {"items": refer("/components/schemas/XOwnD")}, "XOwnD": text},
                    "parameters": {"$top": {"name": "top"}},
                    "responses": {"GetUser200": body(json!({"properties": {"pet": refer("/components/schemas/GetUser200Pet")}}))}},
                "x-own": {"C": refer("/components/schemas/XOwnC"), "D": refer("/components/schemas/XOwnD")}}),
        );
        assert_eq!(notes.len(), 5, "{notes:?}");
    }
}
