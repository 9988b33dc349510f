//! Rules in a document that has some of their operations, described in another way.

use serde_json::{Value, json};
use unigox_sandbox::Sandbox;

use crate::fixture::Fixture;

const DOCUMENT: &str = r##"
paths:
  /users:
    post:
      operationId: createPartnerUser
      requestBody: { required: true, content: { application/json: { schema: {
        type: object, required: [user_ref, email], properties: { user_ref: { type: string }, email: { type: string } } } } } }
      responses: { 201: {}, 200: {}, 422: { content: { application/json: { example: { error: not valid } } } } }
  /users/{user_uuid}:
    get:
      operationId: getPartnerUser
      responses: { 200: {}, 404: { content: { application/json: { example: { error: no such user } } } } }
  /users/{user_uuid}/orders:
    get:
      operationId: listOrders
      responses: { 200: { content: { application/json: { example: [] } } }, 404: { content: { application/json: { example: { error: no such user } } } } }
  /users/{user_uuid}/limits:
    get: { operationId: getLimits, responses: { 200: {} } }
"##;

async fn user(fixture: &Fixture) -> String {
    let body = json!({"user_ref": "customer-42", "email": "ada@example.com"});
    let created = fixture.post("/users", "application/json", body.to_string()).await;
    assert_eq!(created.status, 201);
    created.json()["data"]["user_uuid"].as_str().expect("it has an id").to_owned()
}

#[tokio::test]
async fn a_user_of_a_path_has_to_exist_also_without_a_rule_where_404_is_documented() {
    let fixture = Fixture::start(DOCUMENT).await;
    let known = user(&fixture).await;
    let unknown = "6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04";
    for (id, rest, outcome) in [
        (known.as_str(), "", (200, "")),
        (known.as_str(), "/orders", (200, "")),
        (unknown, "", (404, "path /user_uuid: exists")),
        (unknown, "/orders", (404, "path /user_uuid: exists")),
        ("secret", "/orders", (404, "path /user_uuid: format")),
        (unknown, "/limits", (200, "")),
    ] {
        let answer = fixture.get(&format!("/users/{id}{rest}")).await;
        assert_eq!(answer.outcome(), outcome, "{id}{rest}");
        if answer.status == 404 {
            assert_eq!(answer.json(), json!({"error": "no such user"}), "the body is that of the document");
        }
    }
}

#[tokio::test]
async fn users_that_can_not_be_created_exist() {
    let without = DOCUMENT.replace("createPartnerUser", "createUser").replace("getPartnerUser", "getUser");
    let fixture = Fixture::start(&without).await;
    assert_eq!(fixture.get("/users/6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04/orders").await.status, 200);
}

#[tokio::test]
async fn a_refusal_of_a_rule_that_is_not_documented_is_one_of_the_document() {
    let fixture = Fixture::start(DOCUMENT).await;
    let answer = fixture.post("/users", "application/json", "{}").await;
    assert_eq!((answer.outcome(), answer.json()), ((422, "body /email: required"), json!({"error": "not valid"})));
}

#[tokio::test]
async fn operations_can_be_taken_out_of_the_api_without_a_trace() {
    let text = include_str!("../../crates/unigox-sandbox/src/document.json");
    let whole: Value = serde_json::from_str(text).expect("it is JSON");
    let paths = whole["paths"].as_object().expect("it has paths");
    for taken in paths.keys() {
        let mut document = whole.clone();
        document["paths"].as_object_mut().expect("it has paths").remove(taken);
        let builder = Sandbox::builder().document(&document.to_string()).expect("it is valid");
        let fixture = Fixture::with(builder).await;
        let path = taken.replace(['{', '}'], "");
        let status = fixture.get(&path).await.status;
        assert!(matches!(status, 404 | 405 | 401), "{taken}: {status}");
    }
}

#[test]
fn an_invalid_document_is_an_error_that_says_what_is_wrong() {
    let error = Sandbox::builder().document("{\"openapi\": \"3.1.0\"}").expect_err("it is another version");
    assert!(error.to_string().contains("OpenAPI 3.0"), "{error}");
}
