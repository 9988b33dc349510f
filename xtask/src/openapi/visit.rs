//! Every schema of a document, and everything that holds one; to read.

use serde_json::Value;

use super::{METHODS, Place, extension};

/// The keywords under which a schema holds a list of schemas.
pub(super) const LISTS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// The keywords under which a schema holds one schema.
pub(super) const SINGLE: [&str; 3] = ["items", "additionalProperties", "not"];

/// Whether `schema` has one of the keywords under which others are. Most have none; going over their few keys once takes
/// less time than asking for each of these.
pub(super) fn holds_schemas(schema: &Value) -> bool {
    let holds = |key: &str| key == "properties" || LISTS.contains(&key) || SINGLE.contains(&key);
    schema.as_object().is_some_and(|schema| schema.keys().any(|key| holds(key)))
}

/// What a visitor does at each stop.
pub(crate) trait Visit<'d> {
    /// A schema, the outermost first. `name` is that of the property, parameter, header or component that it is the schema
    /// of, or of the one whose items it describes.
    fn schema(&mut self, place: &Place<'d>, name: Option<&'d str>);

    /// A parameter, a header or a media type: what holds a schema and examples for it. After the schemas within it.
    fn holder(&mut self, place: &Place<'d>, media_type: Option<&'d str>) {
        let _ = (place, media_type);
    }
}

/// Every schema of `document`, the outermost first, with what it is the schema of.
pub(crate) fn schemas(document: &Value) -> Vec<(Place<'_>, Option<&str>)> {
    let mut schemas = Vec::new();
    visit(document, &mut schemas);
    schemas
}

impl<'d> Visit<'d> for Vec<(Place<'d>, Option<&'d str>)> {
    fn schema(&mut self, place: &Place<'d>, name: Option<&'d str>) {
        self.push((place.clone(), name));
    }
}

/// Goes over `document`: the paths, then the components. References are not followed.
pub(crate) fn visit<'d>(document: &'d Value, visitor: &mut impl Visit<'d>) {
    let root = Place::root(document);
    for (_, item) in root.get("paths").iter().flat_map(Place::members) {
        holders(item.get("parameters"), visitor);
        for operation in METHODS.into_iter().filter_map(|method| item.get(method)) {
            visit_operation(&operation, visitor);
        }
    }
    let Some(components) = root.get("components") else { return };
    for key in ["parameters", "headers", "requestBodies"] {
        holders(components.get(key), visitor);
    }
    for (_, response) in components.get("responses").iter().flat_map(Place::members) {
        visit_response(&response, visitor);
    }
    for (name, schema) in components.get("schemas").iter().flat_map(Place::members) {
        visit_schema(&schema, Some(name), visitor);
    }
}

/// Goes over one operation. What the passes have set aside for later stages holds schemas, too.
fn visit_operation<'d>(operation: &Place<'d>, visitor: &mut impl Visit<'d>) {
    holders(operation.get("parameters"), visitor);
    if let Some(form) = operation.get(extension::MULTIPART) {
        holder(&form, None, visitor);
    }
    for (_, success) in operation.get(extension::SUCCESSES).iter().flat_map(Place::members) {
        holder(&success, None, visitor);
    }
    if let Some(body) = operation.get("requestBody") {
        media_types(&body, None, visitor);
    }
    for (_, response) in operation.get("responses").iter().flat_map(Place::members) {
        visit_response(&response, visitor);
    }
}

fn visit_response<'d>(response: &Place<'d>, visitor: &mut impl Visit<'d>) {
    media_types(response, None, visitor);
    holders(response.get("headers"), visitor);
}

/// Parameters in a list, or headers, parameters and bodies by name.
fn holders<'d>(list: Option<Place<'d>>, visitor: &mut impl Visit<'d>) {
    let Some(list) = list else { return };
    list.elements().for_each(|place| holder(&place, place.text("name"), visitor));
    list.members().for_each(|(name, place)| holder(&place, Some(name), visitor));
}

fn holder<'d>(place: &Place<'d>, name: Option<&'d str>, visitor: &mut impl Visit<'d>) {
    if !place.value.is_object() {
        return;
    }
    if let Some(schema) = place.get("schema") {
        visit_schema(&schema, name, visitor);
    }
    media_types(place, name, visitor);
    visitor.holder(place, None);
}

fn media_types<'d>(place: &Place<'d>, name: Option<&'d str>, visitor: &mut impl Visit<'d>) {
    for (media_type, media) in place.get("content").iter().flat_map(Place::members) {
        // A media type holds no content of its own; what looks like it is not followed.
        if let Some(schema) = media.get("schema") {
            visit_schema(&schema, name, visitor);
        }
        visitor.holder(&media, Some(media_type));
    }
}

fn visit_schema<'d>(place: &Place<'d>, name: Option<&'d str>, visitor: &mut impl Visit<'d>) {
    if !place.value.is_object() {
        return;
    }
    visitor.schema(place, name);
    if !holds_schemas(place.value) {
        return;
    }
    for (property, inner) in place.get("properties").iter().flat_map(Place::members) {
        visit_schema(&inner, Some(property), visitor);
    }
    for inner in LISTS.iter().filter_map(|key| place.get(key)).flat_map(|list| list.elements()) {
        visit_schema(&inner, name, visitor);
    }
    for key in SINGLE {
        if let Some(inner) = place.get(key) {
            visit_schema(&inner, name.filter(|_| key == "items"), visitor);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_every_schema_with_its_name_and_no_lookalike() {
        let document = json!({
            "components": {"schemas": {"A": {"properties": {"schema": {"items": {}}}, "example": {"schema": {}}}}},
            "paths": {"/a": {"parameters": [{"name": "p", "schema": {}}], "get": {
                "requestBody": {"content": {"x/y": {"schema": {"oneOf": [{}]}}}},
                "responses": {"200": {"headers": {"H": {"schema": {}}}}}}}},
        });
        let seen: Vec<_> = schemas(&document).into_iter().map(|(place, name)| (place.pointer(), name)).collect();
        let seen: Vec<_> = seen.iter().map(|(pointer, name)| (pointer.as_str(), *name)).collect();
        assert_eq!(
            seen,
            [
                ("/paths/~1a/parameters/0/schema", Some("p")),
                ("/paths/~1a/get/requestBody/content/x~1y/schema", None),
                ("/paths/~1a/get/requestBody/content/x~1y/schema/oneOf/0", None),
                ("/paths/~1a/get/responses/200/headers/H/schema", Some("H")),
                ("/components/schemas/A", Some("A")),
                ("/components/schemas/A/properties/schema", Some("schema")),
                ("/components/schemas/A/properties/schema/items", Some("schema")),
            ]
        );
    }
}
