//! Choices between lists of required names, each as one field.
//!
//! ```yaml
//! # before                                  # after
//! Quote:                                    Quote:
//!   properties:                               properties: {currency: …}
//!     currency: …                             x-lowered-choices: {amount: {$ref: QuoteAmount}}
//!     crypto_amount: …                      QuoteAmount:
//!     fiat_amount: …                          oneOf:
//!   x-lowered-alternatives:                     - {title: CryptoAmount, properties: {crypto_amount: …}}
//!     - [{required: [crypto_amount]}, …]        - {title: FiatAmount, properties: {fiat_amount: …}}
//! ```
//!
//! Two choices of two are two fields, and not four objects. What a response can hold keeps plain optional properties: a
//! response that breaks the rule is read all the same.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Report, received};
use crate::{
    names::{chosen, pascal, snake},
    openapi::{
        Object, components, components_mut,
        extension::{ALTERNATIVES, CHOICE, CHOICES, TYPE_NAME},
        join, reference_to, schemas_mut,
    },
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let received = received(document);
    let names: Vec<String> = components(document)
        .filter(|(_, schema)| schema.get(ALTERNATIVES).is_some() && schema.get("properties").is_some())
        .map(|(name, _)| name.clone())
        .collect();
    for name in names {
        let Some(schemas) = components_mut(document) else { return };
        let Some(Value::Object(mut object)) = schemas.get_mut(&name).map(Value::take) else { continue };
        let pointer = join("/components/schemas", &name);
        for list in object.shift_remove(ALTERNATIVES).and_then(|list| list.as_array().cloned()).into_iter().flatten() {
            let choice = list.as_array().and_then(|list| Choice::of(&object, list));
            match choice.filter(|_| !received.contains(&name)) {
                Some(choice) => {
                    let made = choice.factor_out(&mut object, &name, schemas);
                    report.note(&pointer, format!("{} alternatives are the field `{made}`", choice.alternatives.len()));
                }
                None => {
                    let named = all_names(&list).join("`, `");
                    report.note(&pointer, format!("a choice between `{named}` is left to the server"));
                }
            }
        }
        schemas.insert(name, Value::Object(object));
    }
    // What is left speaks of properties that are described nowhere.
    schemas_mut(document, &mut |schema, pointer| {
        if let Some(lists) = schema.as_object_mut().and_then(|schema| schema.shift_remove(ALTERNATIVES)) {
            let named: Vec<&str> = lists.as_array().into_iter().flatten().flat_map(all_names).collect();
            report.note(pointer, format!("a choice between `{}` is left to the server", named.join("`, `")));
        }
    });
}

fn all_names(list: &Value) -> Vec<&str> {
    let lists = list.as_array().into_iter().flatten().filter_map(|alternative| alternative["required"].as_array());
    lists.flatten().filter_map(Value::as_str).collect()
}

struct Choice {
    /// What is required whatever is chosen.
    common: Vec<String>,
    alternatives: Vec<Alternative>,
}

struct Alternative {
    names: Vec<String>,
    title: Option<String>,
    description: Option<Value>,
}

impl Choice {
    /// The choice that `list` is in `object`, if one field can say it.
    fn of(object: &Object, list: &[Value]) -> Option<Self> {
        let required: Vec<&str> =
            object.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let properties = object.get("properties")?.as_object()?;
        let lists: Vec<Vec<&str>> = list
            .iter()
            .map(|one| one["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect())
            .collect();
        let is_common = |name: &str| lists.iter().all(|list: &Vec<&str>| list.contains(&name));
        let common = lists.first()?.iter().filter(|name| is_common(name)).map(|name| (*name).to_owned()).collect();
        let mut alternatives = Vec::new();
        for (one, list) in list.iter().zip(&lists) {
            let names: Vec<String> = list
                .iter()
                .filter(|name| !is_common(name) && !required.contains(name))
                .map(|name| (*name).to_owned())
                .collect();
            // Another choice may have taken a name already.
            if names.is_empty() || names.iter().any(|name| !properties.contains_key(name)) {
                return None;
            }
            let title = one[TYPE_NAME].as_str().or_else(|| one["title"].as_str()).map(pascal);
            alternatives.push(Alternative { names, title, description: one.get("description").cloned() });
        }
        Some(Self { common, alternatives })
    }

    /// Moves the properties out of `object` into a component of their own. Returns the name of the field.
    fn factor_out(&self, object: &mut Object, parent: &str, schemas: &mut Object) -> String {
        for name in &self.common {
            let required = object.entry("required").or_insert_with(|| json!([])).as_array_mut();
            required.into_iter().filter(|list| !list.contains(&json!(name))).for_each(|list| list.push(json!(name)));
        }
        let label = self.label();
        let component = free(&format!("{}{}", pascal(parent), pascal(&label)), schemas);
        let taken: BTreeSet<String> = object
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, _)| snake(name))
            .collect();
        let field = if taken.contains(&label) && !self.names().any(|name| *name == label) {
            format!("{label}_choice")
        } else {
            label
        };
        let mut moved = Object::new();
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
            for name in self.names() {
                moved.extend(properties.shift_remove(name).map(|schema| (name.clone(), schema)));
            }
        }
        let mut variants = Vec::new();
        let mut titles = BTreeSet::new();
        for alternative in &self.alternatives {
            let title = alternative.title.clone().unwrap_or_else(|| chosen(&alternative.names));
            let title = if titles.insert(title.clone()) { title } else { format!("{title}{}", variants.len() + 1) };
            let properties: Object = alternative
                .names
                .iter()
                .map(|name| (name.clone(), moved.get(name).cloned().unwrap_or_else(|| json!({}))))
                .collect();
            let mut schema = json!({"type": "object", "required": alternative.names, "properties": properties});
            if let Some(description) = &alternative.description {
                schema["description"] = description.clone();
            }
            variants.push(if let [_] = alternative.names.as_slice() {
                schema["title"] = title.into();
                schema
            } else {
                let inner = free(&format!("{}{title}", pascal(parent)), schemas);
                schemas.insert(inner.clone(), schema);
                json!({"title": title, "allOf": [reference_to(&inner)]})
            });
        }
        schemas.insert(component.clone(), json!({CHOICE: true, "oneOf": variants}));
        let choices = object.entry(CHOICES).or_insert_with(|| json!({}));
        choices[&field] = reference_to(&component);
        field
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        let mut seen = BTreeSet::new();
        self.alternatives.iter().flat_map(|alternative| &alternative.names).filter(move |name| seen.insert(*name))
    }

    /// What the names have in common at their end, or else the first of each.
    fn label(&self) -> String {
        let words = |name: &String| snake(name).split('_').map(str::to_owned).collect::<Vec<_>>();
        let all: Vec<Vec<String>> = self.names().map(words).collect();
        let common = |length: usize| {
            all.iter()
                .all(|words| words.len() > length && words[words.len() - length..] == all[0][all[0].len() - length..])
        };
        let length = (1..).take_while(|length| common(*length)).last().unwrap_or(0);
        if length > 0 && self.alternatives.iter().all(|alternative| alternative.names.len() == 1) {
            return all[0][all[0].len() - length..].join("_");
        }
        let firsts = self.alternatives.iter().map(|alternative| match &alternative.title {
            Some(title) => snake(title),
            None => snake(&alternative.names[0]),
        });
        firsts.collect::<Vec<_>>().join("_or_")
    }
}

fn free(wanted: &str, schemas: &Object) -> String {
    let is_free = |name: &String| !schemas.keys().any(|known| pascal(known) == *name);
    let numbered = (2..).map(|number| format!("{wanted}{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    fn document(schemas: Value, response: &str) -> Value {
        let body = |name: &str| json!({"content": {"application/json": {"schema": reference_to(name)}}});
        json!({"paths": {"/a": {"post": {"requestBody": body("A"), "responses": {"200": body(response)}}}},
            "components": {"schemas": schemas}})
    }

    #[test]
    fn each_choice_becomes_one_field() {
        let text = json!({"type": "string"});
        let notes = check(
            run,
            document(
                json!({"A": {
                    "required": ["c"], "properties": {"crypto_amount": text, "fiat_amount": text, "c": text, "x": text, "y": text, "z": text},
                    "x-lowered-alternatives": [
                        [{"required": ["crypto_amount"]}, {"required": ["fiat_amount"]}],
                        [{"required": ["x"]}, {"required": ["y", "z"], "x-type-name": "Others"}]]}, "R": {}}),
                "R",
            ),
            &document(
                json!({"R": {},
                "AAmount": {"x-lowered-choice": true, "oneOf": [
                    {"type": "object", "required": ["crypto_amount"], "properties": {"crypto_amount": text}, "title": "CryptoAmount"},
                    {"type": "object", "required": ["fiat_amount"], "properties": {"fiat_amount": text}, "title": "FiatAmount"}]},
                "AOthers": {"type": "object", "required": ["y", "z"], "properties": {"y": text, "z": text}},
                "AXOrOthers": {"x-lowered-choice": true, "oneOf": [
                    {"type": "object", "required": ["x"], "properties": {"x": text}, "title": "X"},
                    {"title": "Others", "allOf": [reference_to("AOthers")]}]},
                "A": {"required": ["c"], "properties": {"c": text}, "x-lowered-choices": {
                    "amount": reference_to("AAmount"), "x_or_others": reference_to("AXOrOthers")}}}),
                "R",
            ),
        );
        assert_eq!(notes.len(), 2, "{notes:?}");
    }

    #[test]
    fn what_a_response_can_hold_keeps_plain_properties() {
        let schema = |extra: Value| {
            let mut schema = json!({"properties": {"a": {}, "b": {}}});
            if !extra.is_null() {
                schema["x-lowered-alternatives"] = extra;
            }
            json!({"A": schema})
        };
        let lists = json!([[{"required": ["a"]}, {"required": ["b"]}]]);
        let notes = check(run, document(schema(lists), "A"), &document(schema(Value::Null), "A"));
        assert_eq!(notes, ["/components/schemas/A: a choice between `a`, `b` is left to the server"]);
    }
}
