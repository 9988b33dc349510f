//! The vendor's page on user management, which stands above the document: what it says is true of the overlaid document,
//! whatever document is checked in. Each line here is one of the page.

use std::path::Path;

use serde_json::{Value, json};
use xtask::{
    codegen,
    openapi::{self, Operation},
    pipeline,
};

/// An operation of the page: method, path, and the names that it has for its parameters and its fields.
struct Row {
    method: &'static str,
    path: &'static str,
    /// Where, name, whether it is required, and the type with the format.
    parameters: &'static [(&'static str, &'static str, bool, &'static str)],
    /// The fields of a body that is an object: name, whether it is required, and the type with the format.
    fields: &'static [(&'static str, bool, &'static str)],
    /// How many shapes a body with a choice has, the form among them.
    shapes: usize,
    /// A response that the page shows, if it shows one.
    status: Option<&'static str>,
}

const USER: (&str, &str, bool, &str) = ("path", "user_uuid", true, "string uuid");

const PAGE: &[Row] = &[
    Row { method: "get", path: "/verify-auth", parameters: &[], fields: &[], shapes: 0, status: Some("200") },
    Row {
        method: "post",
        path: "/users",
        parameters: &[],
        fields: &[("user_ref", true, "string"), ("email", true, "string email")],
        shapes: 1,
        status: Some("200"),
    },
    Row { method: "get", path: "/users/{user_uuid}", parameters: &[USER], fields: &[], shapes: 0, status: Some("200") },
    Row {
        method: "post",
        path: "/users/{user_uuid}/kyc-submissions",
        parameters: &[USER],
        fields: &[],
        shapes: 3,
        status: Some("200"),
    },
    Row {
        method: "post",
        path: "/users/{user_uuid}/kyc/documents",
        parameters: &[USER],
        fields: &[],
        shapes: 3,
        status: Some("200"),
    },
    Row {
        method: "patch",
        path: "/users/{user_uuid}/kyc",
        parameters: &[USER],
        fields: &[
            ("address", false, "string"),
            ("city", false, "string"),
            ("postal_code", false, "string"),
            ("dob", false, "string date"),
            ("phone_number", false, "string"),
            ("middle_name", false, "string"),
            ("id_number", false, "string"),
            ("id_type", false, "string"),
        ],
        shapes: 1,
        status: Some("200"),
    },
    Row {
        method: "get",
        path: "/users/{user_uuid}/verification-status",
        parameters: &[USER, ("query", "verification_id", false, "string")],
        fields: &[],
        shapes: 0,
        status: Some("200"),
    },
    Row {
        method: "get",
        path: "/users/{user_uuid}/payment-details",
        parameters: &[USER],
        fields: &[],
        shapes: 0,
        status: Some("200"),
    },
    Row {
        method: "post",
        path: "/users/{user_uuid}/payment-details",
        parameters: &[USER],
        fields: &[],
        // Those of the page, and one without an institution for rails that say of themselves that they need none.
        shapes: 3,
        status: None,
    },
    Row {
        method: "delete",
        path: "/users/{user_uuid}/payment-details/{payment_details_id}",
        parameters: &[USER, ("path", "payment_details_id", true, "string")],
        fields: &[],
        shapes: 0,
        status: Some("200"),
    },
];

/// What an upload by address takes: addresses by `https` are the server's rule; at most ten are a batch.
const MAX_LINKS: u64 = 10;

/// The rails that may be used without an institution by the page, whatever else is known of them.
const WITHOUT_INSTITUTION: [&str; 2] = ["iban-sepa", "nip-nigeria"];

/// The states that end a verification.
const TERMINAL: [&str; 4] = ["VERIFIED", "VERIFICATION_REJECTED", "FAILED", "COMPLETED"];

#[test]
fn every_operation_of_the_page_takes_and_returns_what_it_says() {
    let document = overlaid();
    for row in PAGE {
        let operation = operation(&document, row);
        let name = format!("{} {}", row.method, row.path);
        assert_eq!(operation.value()["security"], json!([{"ApiKeyAuth": []}]), "{name}: the key");
        let parameters = operation.parameters();
        for (location, parameter, is_required, kind) in row.parameters {
            let found = parameters.iter().find(|known| (known.location, known.name) == (*location, *parameter));
            let found = found.unwrap_or_else(|| panic!("{name}: there is no {location} parameter `{parameter}`"));
            assert_eq!(found.is_required(), *is_required, "{name}: `{parameter}`");
            assert_eq!(kind_of(&document, &found.value()["schema"]), *kind, "{name}: `{parameter}`");
        }
        let shapes = shapes(&document, operation.value());
        assert!(shapes.len() >= row.shapes, "{name}: {} shapes of its body", shapes.len());
        for (field, is_required, kind) in row.fields {
            let schema = &shapes[0];
            let property = &schema["properties"][*field];
            assert!(property.is_object(), "{name}: there is no field `{field}`");
            assert_eq!(requires(schema, field), *is_required, "{name}: `{field}`");
            assert_eq!(kind_of(&document, property), *kind, "{name}: `{field}`");
        }
        if let Some(status) = row.status {
            let response = &operation.value()["responses"][status]["content"]["application/json"]["schema"];
            let envelope = shape(&document, response);
            assert_eq!(envelope["properties"]["success"]["type"], "boolean", "{name}: `success` of {status}");
        }
    }
    let key = &document["components"]["securitySchemes"]["ApiKeyAuth"];
    assert_eq!((&key["type"], &key["in"], &key["name"]), (&json!("apiKey"), &json!("header"), &json!("X-API-Key")));
}

#[test]
fn kyc_data_is_submitted_by_three_methods_with_their_credentials() {
    let document = overlaid();
    let submit = operation(&document, &PAGE[3]);
    let shapes = shapes(&document, submit.value());
    let data_of = |method: &str| {
        let shape = shapes.iter().find(|shape| shape["properties"]["method"]["enum"][0] == method);
        let shape = shape.unwrap_or_else(|| panic!("there is no method `{method}`"));
        &shape["properties"]["data"]["properties"]
    };
    assert!(data_of("handoff").is_object(), "a handoff has data");
    let pii = &data_of("direct_data")["pii"]["properties"];
    for field in ["address", "city", "postal_code", "first_name", "last_name", "country_code"] {
        assert!(pii[field].is_object(), "payouts need `{field}`, or it can't be changed later");
    }
    let data = data_of("external_token");
    for credential in ["token", "inquiry_id"] {
        assert!(data[credential].is_object(), "there is no `{credential}`");
    }
    let changeable = shapes_of(&document, &PAGE[5]);
    for verified in ["first_name", "last_name", "country_code"] {
        assert!(changeable[0]["properties"].get(verified).is_none(), "`{verified}` can be changed");
    }
}

#[test]
fn a_document_is_a_file_an_address_or_a_batch_of_ten_addresses() {
    let document = overlaid();
    let shapes = shapes_of(&document, &PAGE[4]);
    let has = |shape: &Value, fields: &[&str]| fields.iter().all(|field| requires(shape, field));
    assert!(shapes.iter().any(|shape| has(shape, &["document", "document_type"])), "a file");
    assert!(shapes.iter().any(|shape| has(shape, &["upload_method", "document_type", "url"])), "an address");
    let batch = shapes.iter().find(|shape| has(shape, &["upload_method", "documents"])).expect("a batch");
    assert_eq!(batch["properties"]["documents"]["maxItems"], MAX_LINKS);
    let kind = shapes.iter().find_map(|shape| shape["properties"].get("document_type")).expect("a type");
    let kind = shape(&document, kind);
    let types = kind["enum"].as_array().expect("the types are listed");
    for kind in ["identity_front", "selfie", "identity_back", "passport", "national_id", "driver_license"] {
        assert!(types.contains(&json!(kind)), "`{kind}` is no type of documents");
    }
}

#[test]
fn a_verification_ends_in_the_states_of_the_page() {
    let document = overlaid();
    let status = operation(&document, &PAGE[6]);
    let response = &status.value()["responses"]["200"]["content"]["application/json"]["schema"];
    let data = &shape(&document, response)["properties"]["data"];
    let states = &shape(&document, data)["properties"]["status"]["enum"];
    for state in TERMINAL {
        assert!(states.as_array().is_some_and(|states| states.contains(&json!(state))), "there is no `{state}`");
    }
}

#[test]
fn an_institution_is_optional_on_the_rails_of_the_page_and_on_others_only_as_the_rail_itself_says() {
    let document = overlaid();
    let shapes = shapes_of(&document, &PAGE[8]);
    let without = shapes.iter().find(|shape| !requires(shape, "institution_id")).expect("one needs none");
    assert_eq!(without["properties"]["rail"]["enum"], json!(WITHOUT_INSTITUTION));
    let with = shapes.iter().find(|shape| requires(shape, "institution_id")).expect("one needs it");
    assert_eq!(with["properties"]["rail"]["not"]["enum"], json!(WITHOUT_INSTITUTION));
    let omitted = shapes.last().expect("there are several");
    assert_eq!(omitted["properties"]["rail"]["not"]["enum"], json!(WITHOUT_INSTITUTION));
    assert_eq!(omitted["not"], json!({"required": ["institution_id"]}), "no body has two shapes");
}

fn overlaid() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    pipeline::overlay(&codegen::checked_in(&root)).expect("the document and its overlay are sound").document
}

fn operation<'d>(document: &'d Value, row: &Row) -> Operation<'d> {
    let path = format!("/api/v1/partner{}", row.path);
    let found = openapi::operations(document).find(|known| (known.method, known.path) == (row.method, path.as_str()));
    found.unwrap_or_else(|| panic!("there is no {} {path}", row.method))
}

fn shapes_of(document: &Value, row: &Row) -> Vec<Value> {
    shapes(document, operation(document, row).value())
}

/// Each shape that the body of an operation may have, whatever its media type.
fn shapes(document: &Value, operation: &Value) -> Vec<Value> {
    let content = operation["requestBody"]["content"].as_object();
    let schemas = content.into_iter().flatten().map(|(_, media)| shape(document, &media["schema"]));
    let each = |schema: Value| match schema["oneOf"].as_array() {
        Some(variants) => variants.iter().map(|variant| shape(document, variant)).collect(),
        None => vec![schema],
    };
    schemas.flat_map(each).collect()
}

/// A schema with what it refers to, and what it is made of, in one place.
fn shape(document: &Value, schema: &Value) -> Value {
    let mut whole = openapi::resolve(document, schema).unwrap_or(schema).clone();
    let parts = whole.as_object_mut().and_then(|whole| whole.remove("allOf")).unwrap_or_default();
    for part in parts.as_array().into_iter().flatten() {
        merge(&mut whole, shape(document, part));
    }
    whole
}

fn merge(whole: &mut Value, part: Value) {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            for (name, value) in part {
                merge(whole.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(whole), Value::Array(part)) => whole.extend(part),
        (whole, part) => *whole = part,
    }
}

/// The type of a schema, with its format.
fn kind_of(document: &Value, schema: &Value) -> String {
    let schema = shape(document, schema);
    [&schema["type"], &schema["format"]].into_iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

fn requires(schema: &Value, field: &str) -> bool {
    schema["required"].as_array().is_some_and(|required| required.iter().any(|name| name == field))
}
