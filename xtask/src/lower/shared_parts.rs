//! What stands beside a choice, or in another part of an `allOf` with one, holds for each of its variants.
//!
//! ```yaml
//! # before                          # after
//! allOf:                            oneOf:
//!   - $ref: '#/…/Base'                - allOf: [{$ref: '#/…/Base'}, {$ref: '#/…/Card'}]
//!   - oneOf:                          - allOf: [{$ref: '#/…/Base'}, {$ref: '#/…/Cash'}]
//!       - $ref: '#/…/Card'
//!       - $ref: '#/…/Cash'
//! ```
//!
//! The generator would read a part of it and drop the rest. A variant keeps its values of the discriminator, and the name of
//! its component if nothing else refers to that: what is added beside a choice one day gives its variants a field more, and
//! no other names.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{Report, tagged_union};
use crate::{
    defect::Defect,
    names::pascal,
    openapi::{
        Object,
        extension::{ALTERNATIVES, TAG, TYPE_NAME},
        reference, references, resolve, schema_name, schemas_mut_beside,
        shape::Shape,
    },
};

/// How many variants there may be in what is made of one document.
const MAX_VARIANTS: usize = 100_000;

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let once = referred_to_once(document);
    let mut left = MAX_VARIANTS;
    schemas_mut_beside(document, &mut |schema, pointer, rest| {
        distribute(schema, pointer, (rest, &once), &mut left, report);
    });
}

fn distribute(
    schema: &mut Value,
    pointer: &str,
    (rest, once): (&Value, &HashSet<String>),
    left: &mut usize,
    report: &mut Report,
) {
    let Some(object) = schema.as_object() else { return };
    let (mut shared, mut choices) = (Vec::new(), Vec::new());
    for part in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        match Choice::of(resolve(rest, part).unwrap_or(part)) {
            Some(choice) => choices.push(choice),
            None if is_prose(part) => {}
            None => shared.push(part.clone()),
        }
    }
    choices.extend(Choice::of(schema));
    if choices.is_empty() {
        return;
    }
    let own: Object =
        object.iter().filter(|(key, value)| is_structure(key, value)).map(|(k, v)| (k.clone(), v.clone())).collect();
    let is_all_its_own = shared.is_empty() && choices.len() == 1;
    if is_all_its_own && own.is_empty() {
        return;
    }
    let variants = || choices.iter().flat_map(|choice| choice.variants);
    let shapes: Option<Vec<Shape<'_>>> = variants().map(|variant| Shape::of(rest, &[variant])).collect();
    // What is being changed is not there to be read.
    let is_whole = |shape: &Shape<'_>| !shape.parts().iter().any(|part| part.is_null());
    let Some(shapes) = shapes.filter(|shapes| shapes.iter().all(is_whole)) else {
        let problem = "a choice with a variant that is made of the choice";
        let remedy = "describe what the variants share in a component without the choice, and refer to that in each";
        return report.defect(Defect::new(pointer, problem, remedy));
    };
    if !variants().all(|variant| is_object(resolve(rest, variant).unwrap_or(variant))) {
        return;
    }
    if choices.len() > 1 && choices.iter().any(|choice| choice.tag().is_some()) {
        let problem = "several choices in one object, of which one has a discriminator";
        return report.defect(Defect::new(pointer, problem, "make one choice of them with an overlay action"));
    }
    let tag = choices[0].tag();
    let is_there = |shape: &Shape<'_>| {
        let names = own.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name);
        let required = own.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        names.map(String::as_str).all(|name| tag == Some(name) || !shape.property(name).is_empty())
            && required.into_iter().all(|name| tag == Some(name) || shape.required().contains(name))
    };
    if is_all_its_own && !own.contains_key(ALTERNATIVES) && shapes.iter().all(is_there) {
        if let Some(object) = schema.as_object_mut() {
            own.keys().for_each(|key| drop(object.shift_remove(key)));
        }
        return report.note(pointer, "what stands beside the choice stands in each variant as well");
    }
    if !own.is_empty() {
        shared.push(Value::Object(own.clone()));
    }
    let mut all = vec![(String::new(), shared, None)];
    for choice in &choices {
        let with = |(title, parts, _): &(String, Vec<Value>, Option<Vec<Value>>), variant: &Value| {
            let named = reference(variant).and_then(schema_name).or_else(|| variant["title"].as_str());
            let parts = parts.iter().chain([variant]).cloned().collect();
            let values = tag.and_then(|tag| tagged_union::values(variant, rest, tag, choice.mapping()));
            (format!("{title}{}", named.map(pascal).unwrap_or_default()), parts, values)
        };
        if all.len().saturating_mul(choice.variants.len()) > *left {
            let remedy = "describe fewer choices beside each other, or use properties instead";
            return report.defect(Defect::new(pointer, "choices with too many variants to write out", remedy));
        }
        all = all.iter().flat_map(|made| choice.variants.iter().map(move |variant| with(made, variant))).collect();
    }
    *left -= all.len();
    report.note(pointer, format!("what stands beside the choice is part of each of its {} variants", all.len()));
    let mut names = Vec::new();
    let is_elsewhere = |part: &Value| resolve(rest, part).is_some_and(|target| Choice::of(target).is_some());
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    if let [choice] = choices.as_slice()
        && !parts.filter(|part| reference(part).is_some()).any(is_elsewhere)
    {
        let name = |variant| reference(variant).and_then(schema_name).filter(|name| once.contains(*name));
        names.extend(choice.variants.iter().map(|variant| name(variant).map(pascal)));
    }
    let mut names = names.into_iter();
    let (key, tag) = (choices[0].key, tag.map(|tag| json!({"propertyName": tag})));
    let variants = all.into_iter().map(|(title, parts, values)| {
        let mut variant = json!({"allOf": parts});
        if !title.is_empty() {
            variant["title"] = title.into();
        }
        if let Some(values) = values {
            variant[TAG] = values.into();
        }
        let name = names.next().flatten();
        distribute(&mut variant, pointer, (rest, once), left, report);
        // The component is merged into it, and not used any more.
        if let Some(name) = name.filter(|_| variant.get("allOf").is_some()) {
            variant[TYPE_NAME] = name.into();
        }
        variant
    });
    let variants: Value = variants.collect();
    let Some(object) = schema.as_object_mut() else { return };
    ["allOf", "oneOf", "anyOf", "type", "discriminator"].iter().for_each(|key| drop(object.shift_remove(*key)));
    own.keys().for_each(|key| drop(object.shift_remove(key)));
    object.insert(key.to_owned(), variants);
    object.extend(tag.map(|tag| ("discriminator".to_owned(), tag)));
}

/// The components that there is one reference to.
fn referred_to_once(document: &Value) -> HashSet<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    references(document, &mut |_, target| {
        if let Some(name) = schema_name(target) {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
    });
    counts.into_iter().filter(|(_, count)| *count == 1).map(|(name, _)| name).collect()
}

/// A choice between variants.
struct Choice<'v> {
    key: &'static str,
    variants: &'v Vec<Value>,
    discriminator: Option<&'v Value>,
}

impl<'v> Choice<'v> {
    fn of(schema: &'v Value) -> Option<Self> {
        let found = ["oneOf", "anyOf"].into_iter().find_map(|key| Some((key, schema.get(key)?.as_array()?)));
        let (key, variants) = found.filter(|(_, variants)| variants.len() > 1)?;
        Some(Self { key, variants, discriminator: schema.get("discriminator") })
    }

    fn tag(&self) -> Option<&'v str> {
        self.discriminator?["propertyName"].as_str()
    }

    fn mapping(&self) -> Option<&'v Object> {
        self.discriminator?["mapping"].as_object()
    }
}

/// Whether the keyword demands something of an object.
fn is_structure(key: &str, value: &Value) -> bool {
    match key {
        "properties" => value.as_object().is_some_and(|properties| !properties.is_empty()),
        "required" => value.as_array().is_some_and(|names| !names.is_empty()),
        "additionalProperties" => value.is_object(),
        ALTERNATIVES => true,
        _ => false,
    }
}

fn is_prose(schema: &Value) -> bool {
    let is_prose = |key: &String| matches!(key.as_str(), "description" | "title" | "example") || key.starts_with("x-");
    schema.as_object().is_some_and(|object| object.keys().all(is_prose))
}

fn is_object(schema: &Value) -> bool {
    let says = |key: &str| schema.get(key).is_some();
    schema["type"] == "object"
        || (!says("type") && ["properties", "required", "allOf", "oneOf", "anyOf", "$ref"].iter().any(|key| says(key)))
}

#[cfg(test)]
mod tests {
    use super::{super::check_schema, *};
    use crate::openapi::reference_to;

    fn document(a: Value) -> Value {
        json!({"components": {"schemas": {
            "A": a,
            "Base": {"type": "object", "properties": {"id": {"type": "string"}}},
            "P": {"type": "object", "properties": {"p": {"type": "string"}}},
            "Q": {"type": "object", "properties": {"q": {"type": "string"}}},
        }}})
    }

    fn lowered(a: Value) -> (Value, Vec<String>) {
        let (mut document, mut report) = (document(a), Report::default());
        run(&mut document, &mut report);
        let defects = report.defects.iter().map(|defect| format!("{}: {}", defect.place, defect.problem));
        (document["components"]["schemas"]["A"].clone(), defects.collect())
    }

    #[test]
    fn each_variant_has_what_stands_beside_the_choice() {
        let (p, q, base) = (reference_to("P"), reference_to("Q"), reference_to("Base"));
        let own = json!({"properties": {"k": {"type": "string"}}, "required": ["k"]});
        let variant = |part: &Value, variant: &Value, name: &str| json!({"allOf": [part, variant], "title": name, "x-type-name": name});
        let expected = |part: &Value| json!({"oneOf": [variant(part, &p, "P"), variant(part, &q, "Q")]});
        let beside =
            json!({"type": "object", "properties": {"k": {"type": "string"}}, "required": ["k"], "oneOf": [p, q]});
        assert_eq!(lowered(beside), (expected(&own), vec![]));
        let parts = json!({"allOf": [base, {"oneOf": [p, q]}, {"description": "d"}]});
        assert_eq!(lowered(parts), (expected(&base), vec![]));
    }

    #[test]
    fn a_variant_keeps_the_name_of_a_component_that_nothing_else_refers_to() {
        let beside = |more: &str| json!({"properties": {"k": reference_to(more)}, "oneOf": [reference_to("P"), reference_to("Q")]});
        let names = |a: Value| {
            let (made, _) = lowered(a);
            [0, 1].map(|index| made["oneOf"][index].get(TYPE_NAME).cloned())
        };
        assert_eq!(names(beside("Base")), [Some(json!("P")), Some(json!("Q"))]);
        assert_eq!(names(beside("P")), [None, Some(json!("Q"))]);
    }

    #[test]
    fn two_choices_are_one_between_their_combinations() {
        let (p, q) = (reference_to("P"), reference_to("Q"));
        let choice = json!({"oneOf": [p, q]});
        let (made, _) = lowered(json!({"allOf": [choice, choice]}));
        let titles: Vec<_> = made["oneOf"].as_array().into_iter().flatten().map(|variant| &variant["title"]).collect();
        assert_eq!(titles, ["PP", "PQ", "QP", "QQ"]);
    }

    #[test]
    fn a_variant_keeps_its_values_of_the_discriminator() {
        let (p, q, base) = (reference_to("P"), reference_to("Q"), reference_to("Base"));
        let discriminator = json!({"propertyName": "kind", "mapping": {"x": "#/components/schemas/P"}});
        let (made, _) = lowered(json!({"allOf": [base, {"oneOf": [p, q], "discriminator": discriminator}]}));
        assert_eq!(made["discriminator"], json!({"propertyName": "kind"}));
        assert_eq!([&made["oneOf"][0][TAG], &made["oneOf"][1][TAG]], [&json!(["x"]), &json!(["Q"])]);
    }

    #[test]
    fn what_each_variant_has_already_is_not_written_again() {
        let (p, q) = (reference_to("P"), reference_to("Q"));
        let beside = json!({"properties": {"kind": {}}, "discriminator": {"propertyName": "kind"}, "oneOf": [p, q]});
        let (made, _) = lowered(beside);
        assert_eq!(made, json!({"discriminator": {"propertyName": "kind"}, "oneOf": [p, q]}));
        let (made, defects) = lowered(json!({"properties": {"k": {}}, "oneOf": [reference_to("A"), p]}));
        assert_eq!(defects, ["/components/schemas/A: a choice with a variant that is made of the choice"], "{made}");
        check_schema(run, json!({"oneOf": [p, q]}), json!({"oneOf": [p, q]}));
    }
}
