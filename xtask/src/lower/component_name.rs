//! Components that the overlay names, and names that no reference can hold as they are.
//!
//! ```yaml
//! # before                                # after
//! DocType:                                DocumentType:
//!   type: string                            type: string
//!   x-type-name: DocumentType
//! ```
//!
//! Every reference follows, so that the name of a Rust type survives a vendor's rename. A discriminator that tells by the
//! names of components what a value is gets a mapping with the name that the document gave.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value, json};

use super::Report;
use crate::{
    defect::Defect,
    names::pascal,
    openapi::{
        components, extension::TYPE_NAME, join, local, reference, reference_at, references_mut, schemas_mut, tokens,
    },
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for (section, members) in document.get_mut("components").and_then(Value::as_object_mut).into_iter().flatten() {
        let Some(members) = members.as_object_mut() else { continue };
        let given = |name: &str, member: &Value| {
            let given = member.get(TYPE_NAME).filter(|_| section == "schemas")?.as_str().map(pascal);
            given.filter(|given| *given != pascal(name))
        };
        let keys: HashSet<String> = members.keys().cloned().collect();
        let mut taken: HashMap<String, String> = HashMap::new();
        // What keeps its name has it before who gets one.
        for (name, _) in members.iter().filter(|(name, member)| given(name, member).is_none()) {
            taken.entry(pascal(name)).or_insert_with(|| name.clone());
        }
        for (name, mut member) in std::mem::take(members) {
            let pointer = join(&join("/components", section), &name);
            let new = match given(&name, &member) {
                Some(given) => {
                    if let Some(other) = taken.insert(given.clone(), name.clone()) {
                        let problem = format!("`{TYPE_NAME}: {given}` is the name of the component `{other}` already");
                        report.defect(Defect::new(&pointer, problem, "give it another name in the overlay"));
                    }
                    given
                }
                None if name.contains(['/', '~', '%']) => {
                    let plain = name.replace(['/', '~', '%'], "-");
                    let numbered = (2..).map(|number| format!("{plain}-{number}"));
                    let mut names = std::iter::once(plain.clone()).chain(numbered);
                    names.find(|plain| !keys.contains(plain) && !members.contains_key(plain)).unwrap_or(plain)
                }
                // Two that make the same name of a type are told apart.
                None if section == "schemas" && taken.get(&pascal(&name)).is_some_and(|first| *first != name) => {
                    let numbered = (2..).map(|number| format!("{name}{number}"));
                    let is_free = |new: &String| !taken.contains_key(&pascal(new)) && !keys.contains(new);
                    let new = numbered.into_iter().find(is_free).unwrap_or_default();
                    taken.insert(pascal(&new), new.clone());
                    new
                }
                None => name.clone(),
            };
            if let Some(schema) = member.as_object_mut().filter(|_| section == "schemas") {
                schema.shift_remove(TYPE_NAME);
            }
            if new != name {
                report.note(&pointer, format!("called `{new}`, and so in every reference"));
                renamed.insert(pointer, join(&join("/components", section), &new));
            }
            members.insert(new, member);
        }
    }
    if renamed.is_empty() {
        return;
    }
    map_discriminators(document, &renamed);
    references_mut(document, &mut |reference| follow(reference, &renamed));
}

fn follow(reference: &mut String, renamed: &BTreeMap<String, String>) {
    if let Some(new) = local(reference).and_then(|pointer| renamed.get(pointer.as_ref())) {
        *reference = reference_at(new);
    }
}

/// Keeps the values that discriminators know the renamed components by.
fn map_discriminators(document: &mut Value, renamed: &BTreeMap<String, String>) {
    let last = |pointer: &str| tokens(pointer).pop().unwrap_or_default();
    let old_by_new: HashMap<&str, String> = renamed.iter().map(|(old, new)| (new.as_str(), last(old))).collect();
    // By the parent's pointer, as it is called now: the children that `allOf` makes of it.
    let mut children: HashMap<String, Vec<String>> = HashMap::new();
    for (name, schema) in components(document) {
        let place = join("/components/schemas", name);
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let Some(parent) = reference(part).and_then(local) else { continue };
            let parent = renamed.get(parent.as_ref()).cloned().unwrap_or_else(|| parent.into_owned());
            children.entry(parent).or_default().push(place.clone());
        }
    }
    schemas_mut(document, &mut |schema, pointer| {
        let variants = ["oneOf", "anyOf"].iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
        let variants = variants.filter_map(|variant| reference(variant).and_then(local));
        let variants = variants.map(|at| renamed.get(at.as_ref()).cloned().unwrap_or_else(|| at.into_owned()));
        let known: Vec<String> = variants.chain(children.get(pointer).into_iter().flatten().cloned()).collect();
        let Some(discriminator) = schema.get_mut("discriminator").and_then(Value::as_object_mut) else { return };
        let mapping = discriminator.entry("mapping").or_insert_with(|| json!({}));
        let Some(mapping) = mapping.as_object_mut() else { return };
        for value in mapping.values_mut() {
            let Value::String(target) = value else { continue };
            // A bare name is one of a component, too.
            if !target.contains(['/', '#'])
                && let Some(new) = renamed.get(&join("/components/schemas", target))
            {
                *target = reference_at(new);
            }
            follow(target, renamed);
        }
        for at in known {
            let is_mapped = mapping.values().any(|value| value.as_str().and_then(local).is_some_and(|to| to == at));
            if let Some(old) = old_by_new.get(at.as_str()).filter(|_| !is_mapped) {
                mapping.insert(old.clone(), reference_at(&at).into());
            }
        }
        if mapping.is_empty() {
            discriminator.shift_remove("mapping");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    fn refer(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn names_a_component_and_every_reference_to_it() {
        let text = |name: Option<&str>| match name {
            Some(name) => json!({"type": "string", "x-type-name": name}),
            None => json!({"type": "string"}),
        };
        let notes = check(
            run,
            json!({"components": {"schemas": {"K": text(Some("DocumentType")), "A/B": text(None), "Same": text(Some("Same")),
                "A": {"properties": {"k": refer("K"), "b": refer("A~1B"), "s": refer("Same")}}}}}),
            &json!({"components": {"schemas": {"DocumentType": text(None), "A-B": text(None), "Same": text(None),
                "A": {"properties": {"k": refer("DocumentType"), "b": refer("A-B"), "s": refer("Same")}}}}}),
        );
        assert_eq!(notes[0], "/components/schemas/K: called `DocumentType`, and so in every reference");
    }

    #[test]
    fn keeps_the_values_that_discriminators_know_it_by() {
        let tag = |mapping: Option<Value>| match mapping {
            Some(mapping) => json!({"propertyName": "t", "mapping": mapping}),
            None => json!({"propertyName": "t"}),
        };
        let with = |cat: &str, given: Option<&str>, pet: Value, union: Value| {
            let mut schema = json!({"allOf": [refer("Pet"), {}]});
            given.into_iter().for_each(|given| schema["x-type-name"] = given.into());
            json!({"components": {"schemas": {
                cat: schema, "Pet": {"type": "object", "discriminator": pet},
                "U": {"oneOf": [refer(cat), refer("Pet")], "discriminator": union}}}})
        };
        let feline = "#/components/schemas/Feline";
        check(
            run,
            with("Cat", Some("Feline"), tag(None), tag(Some(json!({"c": "Cat"})))),
            &with("Feline", None, tag(Some(json!({"Cat": feline}))), tag(Some(json!({"c": feline})))),
        );
    }

    #[test]
    fn refuses_a_name_that_is_taken() {
        let mut report = Report::default();
        run(&mut json!({"components": {"schemas": {"A": {"x-type-name": "B"}, "B": {}}}}), &mut report);
        assert_eq!(report.defects.len(), 1);
    }
}
