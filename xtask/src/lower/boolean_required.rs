//! `required: true` inside a property.
//!
//! ```yaml
//! # before                          # after
//! properties:                       required: [kind]
//!   kind:                           properties:
//!     type: string                    kind:
//!     required: true                    type: string
//! ```

use serde_json::Value;

use super::Report;
use crate::openapi::{join, schemas_mut};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let mut required_of = Vec::new();
    schemas_mut(document, &mut |schema, pointer| {
        let Some(object) = schema.as_object_mut() else { return };
        let mut required = Vec::new();
        for (name, property) in object.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            let Some(property) = property.as_object_mut() else { continue };
            let Some(&Value::Bool(is_required)) = property.get("required") else { continue };
            property.shift_remove("required");
            let place = join(&join(pointer, "properties"), name);
            if is_required {
                required.push(name.clone());
                report.note(place, "`required: true` moved to the list of its parent");
            } else {
                report.note(place, "`required: false` dropped: it says what holds without it");
            }
        }
        if !required.is_empty() {
            required_of.push((pointer.to_owned(), required));
        }
    });
    // The lists are written only now: a property that is itself an object may have had a boolean where its list belongs.
    for (pointer, names) in required_of {
        let Some(object) = document.pointer_mut(&pointer).and_then(Value::as_object_mut) else { continue };
        let list = object.entry("required").or_insert_with(|| Value::Array(Vec::new()));
        if !list.is_array() {
            *list = Value::Array(Vec::new());
        }
        let Some(list) = list.as_array_mut() else { continue };
        for name in names {
            if !list.iter().any(|known| known.as_str() == Some(name.as_str())) {
                list.push(name.into());
            }
        }
    }
    // What is still a boolean stands where no parent could take it: at a component, an item, a variant.
    schemas_mut(document, &mut |schema, pointer| {
        let Some(object) = schema.as_object_mut() else { return };
        if object.get("required").is_some_and(Value::is_boolean) {
            object.shift_remove("required");
            report.note(pointer, "boolean `required` dropped: nothing here could be left out");
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check_schema, *};

    #[test]
    fn moves_the_name_to_the_parent() {
        let notes = check_schema(
            run,
            json!({"required": ["a"], "properties": {
                "a": {"type": "string", "required": true}, "b": {"type": "string", "required": true},
                "c": {"type": "string", "required": false}}}),
            json!({"required": ["a", "b"], "properties": {
                "a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "string"}}}),
        );
        assert_eq!(notes.len(), 3);
    }

    #[test]
    fn serves_a_property_that_has_properties_itself() {
        check_schema(
            run,
            json!({"properties": {"a": {"required": true, "properties": {"b": {"required": true}}}}}),
            json!({"required": ["a"], "properties": {"a": {"required": ["b"], "properties": {"b": {}}}}}),
        );
    }

    #[test]
    fn leaves_a_property_called_required_alone() {
        let schema = json!({"required": ["required"], "properties": {"required": {"type": "boolean"}}});
        assert_eq!(check_schema(run, schema.clone(), schema), Vec::<String>::new());
    }

    #[test]
    fn drops_one_that_no_parent_can_take() {
        let notes = check_schema(run, json!({"type": "string", "required": true}), json!({"type": "string"}));
        assert_eq!(notes.len(), 1);
    }
}
