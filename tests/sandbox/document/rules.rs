//! Rules in a document that has some of their operations, described in another way.

use serde_json::{Value, json};
use unigox_sandbox::{Fault, Sandbox, Scenario};

use super::fixture::Fixture;

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
        let response = fixture.get(&format!("/users/{id}{rest}")).await;
        assert_eq!(response.outcome(), outcome, "{id}{rest}");
        if response.status == 404 {
            assert_eq!(response.json(), json!({"error": "no such user"}), "the body is that of the document");
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
    let response = fixture.post("/users", "application/json", "{}").await;
    assert_eq!((response.outcome(), response.json()), ((422, "body /email: required"), json!({"error": "not valid"})));
}

#[tokio::test]
async fn an_error_has_the_sentence_of_the_document_for_its_key_or_one_of_the_key_where_one_is_described() {
    const DOCUMENT: &str = r##"
paths:
  /users:
    post:
      operationId: createPartnerUser
      requestBody: { required: true, content: { application/json: { schema: { type: object } } } }
      responses: { 201: {} }
  /users/{user_uuid}/kyc:
    patch:
      operationId: updateKYC
      requestBody: { required: true, content: { application/json: { schema: { type: object } } } }
      responses:
        200: {}
        400:
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Error" }
              examples:
                birth: { value: { success: false, data: { error_key: invalid_date_of_birth, message: This is no day } } }
components:
  schemas:
    Error: { type: object, properties: { data: { type: object, properties: {
      error_key: { type: string }, message: { type: string } } } } }
"##;
    let without = DOCUMENT.replace(", message: { type: string }", "");
    for (document, described) in [(DOCUMENT, true), (without.as_str(), false)] {
        let fixture = Fixture::start(document).await;
        let path = format!("/users/{}/kyc", user(&fixture).await);
        let patch = async |body: Value| {
            let request = fixture.request("PATCH", &path).header("content-type", "application/json");
            fixture.send(request.body(body.to_string())).await.json()["data"].clone()
        };
        let expected = json!({"error_key": "invalid_date_of_birth", "message": "This is no day"});
        assert_eq!(patch(json!({"dob": "never"})).await, expected);
        let mut expected = json!({"error_key": "no_valid_kyc_fields"});
        if described {
            expected["message"] = json!("The request was refused: no valid kyc fields");
        }
        assert_eq!(patch(json!({"favourite": "never"})).await, expected);
    }
}

#[tokio::test]
async fn unknown_rails_and_institutions_are_refused_once_the_document_lists_them() {
    const DOCUMENT: &str = r##"
paths:
  /users: { post: { operationId: createPartnerUser, requestBody: { content: { application/json: {} } }, responses: { 201: {} } } }
  /users/{user_uuid}/payment-details: { post: { operationId: createPaymentDetails,
    requestBody: { content: { application/json: {} } }, responses: { 201: {}, 400: {}, 422: {} } } }
  /rails: { get: { operationId: getPaymentRails, responses: { 200: {} } } }
  /institutions: { get: { operationId: getInstitutions, responses: { 200: {} } } }
"##;
    let without = DOCUMENT.replace("operationId: get", "operationId: list");
    for (document, refused) in [(DOCUMENT, 400), (without.as_str(), 201)] {
        let fixture = Fixture::start(document).await;
        let path = format!("/users/{}/payment-details", user(&fixture).await);
        let create = async |rail: &str, institution: &str, details: Value| {
            let body = json!({"rail": rail, "currency": "GBP", "institution_id": institution, "details": details});
            fixture.post(&path, "application/json", body.to_string()).await.status
        };
        let account = || json!({"full_name": "Ada Obi", "sort_code": "040004", "account_number": "12345678"});
        assert_eq!(create("invented", "thames-bank", json!({"name": "Ada"})).await, refused);
        assert_eq!(create("faster-payments", "invented", account()).await, refused);
        assert_eq!(create("faster-payments", "thames-bank", account()).await, 201);
        assert_eq!(create("faster-payments", "thames-bank", json!({})).await, 422);
    }
}

#[tokio::test]
async fn a_scenario_names_operations_of_the_document_of_the_sandbox() {
    let fixture = Fixture::start(DOCUMENT).await;
    let scenario = |text: &str| Scenario::from_yaml(text).expect("it is a scenario");
    fixture.sandbox.apply(scenario("faults: { getLimits: [{ status: { status: 418 } }] }")).expect("it has it");
    assert_eq!(fixture.sandbox.faults()["getLimits"], [Fault::status(418)]);
    let text = "{ verification: { verdict: failed }, faults: { listOrders: [reset], verifyAuth: [reset] } }";
    let problem = fixture.sandbox.apply(scenario(text)).expect_err("it does not have it").to_string();
    assert!(problem.starts_with("faults: there is no operation `verifyAuth`"), "{problem}");
    assert!(!fixture.sandbox.faults().contains_key("listOrders"), "nothing is applied");
}

#[tokio::test]
async fn operations_can_be_taken_out_of_the_api_without_a_trace() {
    let text = include_str!("../../../crates/unigox-sandbox/src/document.json");
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
