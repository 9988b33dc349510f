//! Responses of operations without a rule: by the document's example, or by its schema.

use serde_json::json;

use super::fixture::Fixture;

const RESPONSES: &str = r##"
paths:
  /example: { get: { responses: { 202: {}, 201: { content: { application/json: {
    schema: { $ref: "#/components/schemas/Item" }, example: { id: 7, kind: b } } } } } } }
  /examples: { get: { responses: { 200: { content: { application/json: {
    schema: { $ref: "#/components/schemas/Item" }, examples: { a: { $ref: "#/components/examples/First" } } } } } } } }
  /invalid-example: { get: { responses: { 200: { content: { application/json: {
    schema: { $ref: "#/components/schemas/Item" }, example: { id: seven } } } } } } }
  /schema: { get: { responses: { 200: { content: { application/problem+json: { schema: { $ref: "#/components/schemas/Item" } } } } } } }
  /no-content: { delete: { responses: { 204: { description: gone } } } }
  /no-schema: { get: { responses: { 200: { content: { application/json: {} } } } } }
  /text: { get: { responses: { 200: { content: { text/csv: { example: "a,b" } } } } } }
  /bytes: { get: { responses: { 200: { content: { application/pdf: { schema: { type: string, format: binary } } } } } } }
  /redirect: { get: { responses: { 302: { headers: { Location: { required: true, schema: { type: string, format: uri } } } } } } }
  /default: { get: { responses: { default: { content: { application/json: { schema: { type: array, minItems: 1, items: {} } } } } } } }
  /range: { get: { responses: { 2XX: {} } } }
  /nothing: { get: {} }
  /impossible: { get: { responses: { 200: { content: { application/json: { schema: { not: {} } } } } } } }
components:
  examples: { First: { value: { id: 9, kind: a } } }
  schemas:
    Item:
      type: object
      required: [id, kind, secret]
      properties:
        id: { type: integer, minimum: 1 }
        kind: { type: string, enum: [a, b, c, d, e, f] }
        note: { type: string, example: as documented }
        code: { type: string, pattern: "^[A-Z]{3}-[0-9]{4}$" }
        at: { type: string, format: date-time }
        secret: { type: string, writeOnly: true }
        parts: { type: array, items: { $ref: "#/components/schemas/Item" } }
"##;

#[tokio::test]
async fn a_valid_example_of_the_first_success_is_the_response() {
    let fixture = Fixture::start(RESPONSES).await;
    let response = fixture.get("/example").await;
    assert_eq!((response.status, response.json()), (201, json!({"id": 7, "kind": "b"})));
    assert_eq!(fixture.get("/examples").await.json(), json!({"id": 9, "kind": "a"}));
    let made = fixture.get("/invalid-example").await.json();
    assert!(made["id"].is_u64() && made["note"] == "as documented", "{made}");
}

#[tokio::test]
async fn a_response_is_made_from_the_schema_the_same_for_the_same_seed() {
    let (one, same, other) =
        (Fixture::seeded(RESPONSES, 1).await, Fixture::seeded(RESPONSES, 1).await, Fixture::seeded(RESPONSES, 2).await);
    let response = one.get("/schema").await;
    assert_eq!(response.header("content-type"), Some("application/problem+json"));
    assert_eq!(response.json(), one.get("/schema").await.json(), "for each call");
    assert_eq!(response.json(), same.get("/schema").await.json());
    assert_ne!(response.json(), other.get("/schema").await.json());
    let made = response.json();
    assert!(["id", "kind", "code", "at", "parts"].iter().all(|name| made.get(name).is_some()), "{made}");
}

#[tokio::test]
async fn a_success_need_not_be_json() {
    let fixture = Fixture::start(RESPONSES).await;
    let response = fixture.send(fixture.request("DELETE", "/no-content")).await;
    assert_eq!((response.status, response.body.len(), response.header("content-type")), (204, 0, None));
    assert_eq!(fixture.get("/no-schema").await.json(), json!({}));
    let response = fixture.get("/text").await;
    assert_eq!((response.header("content-type"), response.body.as_slice()), (Some("text/csv"), &b"a,b"[..]));
    let response = fixture.get("/bytes").await;
    assert_eq!(response.header("content-type"), Some("application/pdf"));
    assert!(!response.body.is_empty());
    let response = fixture.get("/redirect").await;
    assert_eq!(response.status, 302);
    assert!(response.header("location").is_some_and(|location| location.starts_with("https://")));
    assert!(fixture.get("/default").await.json().as_array().is_some_and(|items| !items.is_empty()));
    for path in ["/range", "/nothing"] {
        let response = fixture.get(path).await;
        assert_eq!((response.status, response.body.len()), (200, 0), "{path}");
    }
}

#[tokio::test]
async fn a_schema_that_nothing_fits_is_not_answered_with_something_else() {
    let response = Fixture::start(RESPONSES).await.get("/impossible").await;
    assert_eq!(response.status, 599);
    assert!(String::from_utf8_lossy(&response.body).contains("no value was found"));
}
