//! Components that are nothing but a reference to another.
//!
//! A reference to one of them leads to the end of the chain instead: the generator goes along a chain once for each of its
//! parts. The component itself stays, for who looks for it by its name.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::Report;
use crate::openapi::{components, join, reference, reference_to, references_mut, schema_name, schemas, target};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    // What a discriminator has no mapping for it knows by the name in the reference.
    let told_by_name: HashSet<&str> = schemas(document)
        .into_iter()
        .filter(|(schema, _)| schema.value.get("discriminator").is_some())
        .flat_map(|(schema, _)| ["oneOf", "anyOf"].into_iter().filter_map(move |key| schema.get(key)))
        .flat_map(|variants| variants.elements())
        .filter_map(|variant| reference(variant.value).and_then(schema_name))
        .collect();
    let next: HashMap<&str, &str> = components(document)
        .filter(|(name, _)| !told_by_name.contains(name.as_str()))
        .filter_map(|(name, schema)| Some((name.as_str(), alias_of(schema)?)))
        .collect();
    let mut ends: HashMap<String, String> = HashMap::new();
    for start in next.keys() {
        let mut chain = Vec::new();
        let mut end = *start;
        // The checks have refused circles.
        while let Some(further) = next.get(end).filter(|_| !ends.contains_key(end)) {
            chain.push(end);
            end = further;
        }
        let end = ends.get(end).cloned().unwrap_or_else(|| end.to_owned());
        ends.extend(chain.into_iter().map(|name| (name.to_owned(), end.clone())));
    }
    let mut followed: HashSet<String> = HashSet::new();
    references_mut(document, &mut |reference| {
        if let Some(name) = schema_name(reference).map(str::to_owned)
            && let Some(end) = ends.get(&name)
        {
            *reference = reference_to(end)["$ref"].as_str().unwrap_or_default().to_owned();
            followed.insert(name);
        }
    });
    let mut followed: Vec<String> = followed.into_iter().collect();
    followed.sort();
    for name in followed {
        let done = format!("the same as `{}`, to which references lead instead", ends[&name]);
        report.note(join("/components/schemas", &name), done);
    }
}

/// The component that `schema` is: by a reference, or by one in an `allOf` beside which only words stand.
fn alias_of(schema: &Value) -> Option<&str> {
    let is_word = |key: &String| matches!(key.as_str(), "$ref" | "allOf" | "title" | "description" | "example");
    schema.as_object()?.keys().all(is_word).then(|| target(schema)).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check, *};

    #[test]
    fn leads_references_to_the_end_of_a_chain() {
        let notes = check(
            run,
            json!({"components": {"schemas": {
                "A": {"description": "d", "allOf": [reference_to("B")]}, "B": reference_to("C"), "C": {"type": "string"},
                "D": {"properties": {"a": reference_to("A"), "b": reference_to("B")}},
                "E": reference_to("C"), "U": {"oneOf": [reference_to("E")], "discriminator": {"propertyName": "t"}}}}}),
            &json!({"components": {"schemas": {
                "A": {"description": "d", "allOf": [reference_to("C")]}, "B": reference_to("C"), "C": {"type": "string"},
                "D": {"properties": {"a": reference_to("C"), "b": reference_to("C")}},
                "E": reference_to("C"), "U": {"oneOf": [reference_to("E")], "discriminator": {"propertyName": "t"}}}}}),
        );
        assert_eq!(
            notes,
            [
                "/components/schemas/A: the same as `C`, to which references lead instead",
                "/components/schemas/B: the same as `C`, to which references lead instead",
            ]
        );
    }
}
