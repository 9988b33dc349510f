//! Routes, parameters and JSON bodies.

use serde_json::json;

use super::fixture::Fixture;

#[tokio::test]
async fn a_literal_path_comes_before_one_with_a_parameter() {
    let document = r#"
paths:
  /accounts/{id}:
    get: { operationId: getAccount, parameters: [{ name: id, in: path, required: true, schema: { type: string } }] }
    delete: { operationId: deleteAccount }
  /accounts/config:
    get: { operationId: getConfig }
  /{anything}/config/x:
    get: { operationId: other }
  /accounts/{account}/x:
    get: { operationId: getPart }
  /files/{name}.{type}:
    get: { operationId: getFile }
"#;
    let fixture = Fixture::start(document).await;
    for (method, path, status, operation) in [
        ("GET", "/accounts/config", 200, Some("getConfig")),
        ("GET", "/accounts/conf%69g", 200, Some("getConfig")),
        ("GET", "/accounts/17", 200, Some("getAccount")),
        ("GET", "/accounts/a%2Fb", 200, Some("getAccount")),
        ("GET", "/accounts/config/x", 200, Some("getPart")),
        ("GET", "/a/config/x", 200, Some("other")),
        ("GET", "/files/a.pdf", 200, Some("getFile")),
        ("HEAD", "/accounts/17", 200, Some("getAccount")),
        ("DELETE", "/accounts/17", 200, Some("deleteAccount")),
        ("DELETE", "/accounts/config", 405, None),
        ("POST", "/accounts/17", 405, None),
        ("GET", "/accounts/", 404, None),
        ("GET", "/accounts/%ff", 404, None),
        ("GET", "/accounts", 404, None),
    ] {
        let response = fixture.send(fixture.request(method, path)).await;
        let logged = fixture.sandbox.requests().pop().and_then(|request| request.operation_id);
        assert_eq!((response.status, logged.as_deref()), (status, operation), "{method} {path}");
        assert_eq!(response.header("allow").is_some(), status == 405, "{method} {path}");
    }
    let operations: Vec<_> = fixture.sandbox.operations().collect();
    assert_eq!(operations.len(), 6, "{operations:?}");
}

#[tokio::test]
async fn an_operation_without_an_id_is_called_by_its_method_and_path() {
    let fixture = Fixture::start("paths: { '/a/{b}': { get: {} } }").await;
    assert_eq!(fixture.sandbox.operations().collect::<Vec<_>>(), ["GET /a/{b}"]);
    fixture.sandbox.fault("GET /a/{b}", unigox_sandbox::Fault::status(503));
    assert_eq!(fixture.get("/a/1").await.status, 503);
}

const PARAMETERS: &str = r##"
paths:
  /orders/{order_id}:
    parameters:
      - { $ref: "#/components/parameters/OrderId" }
      - { name: limit, in: query, schema: { type: string } }
    get:
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }
        - { name: status, in: query, required: true, schema: { $ref: "#/components/schemas/Status" } }
        - { name: tags, in: query, schema: { type: array, items: { type: integer } } }
        - { name: x-amount, in: header, schema: { type: string, pattern: "^[0-9]+$" } }
      responses:
        200: { description: all of them }
        422: { content: { application/json: { example: { error: "not valid" } } } }
components:
  parameters:
    OrderId: { name: order_id, in: path, required: true, schema: { type: string, format: uuid } }
  schemas:
    Status: { type: string, enum: [open, closed] }
"##;

#[tokio::test]
async fn parameters_are_validated_and_the_reason_is_logged_without_a_value() {
    let fixture = Fixture::start(PARAMETERS).await;
    let order = "/orders/ce3cfd6a-1234-5678-abcd-ef1234567890";
    for (path, header, outcome) in [
        (format!("{order}?status=open"), None, (200, "")),
        (format!("{order}?status=open&limit=20&tags=1&tags=2&unknown=x"), Some("17"), (200, "")),
        (order.to_owned(), None, (422, "query /status: required")),
        (format!("{order}?status=secret"), None, (422, "query /status: enum")),
        (format!("{order}?status=open&limit=101"), None, (422, "query /limit: maximum")),
        (format!("{order}?status=open&limit=secret"), None, (422, "query /limit: type")),
        (format!("{order}?status=open&tags=1&tags=secret"), None, (422, "query /tags/1: type")),
        (format!("{order}?status=open"), Some("secret"), (422, "header /x-amount: pattern")),
        ("/orders/secret?status=open".to_owned(), None, (422, "path /order_id: format")),
    ] {
        let request = fixture.request("GET", &path);
        let request = header.into_iter().fold(request, |request, value| request.header("X-Amount", value));
        let response = fixture.send(request).await;
        assert_eq!(response.outcome(), outcome, "{path}");
        if response.status == 422 {
            assert_eq!(response.json(), json!({"error": "not valid"}));
        }
    }
    let log = fixture.request("GET", "/_sandbox/requests").send().await.expect("it responds");
    let log: Vec<serde_json::Value> =
        serde_json::from_slice(&log.bytes().await.expect("it is complete")).expect("a list");
    let refusals: Vec<_> = log.iter().map(|request| request["reason"].clone()).collect();
    assert_eq!(refusals[2], json!({"place": "query", "pointer": "/status", "rule": "required"}));
    assert!(!json!(refusals).to_string().contains("secret"), "{refusals:?}");
}

const BODIES: &str = r##"
paths:
  /people:
    post:
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: "#/components/schemas/Person" } }
          application/merge-patch+json: { schema: { type: object, additionalProperties: false } }
          text/plain: { schema: { type: string, maxLength: 3 } }
          application/octet-stream: { schema: { type: string, format: binary } }
      responses:
        201: { description: created }
        400: { description: not valid }
        415: { description: another media type }
  /notes:
    post:
      requestBody: { content: { application/json: { schema: { type: string } } } }
      responses: { 204: { description: taken }, default: { content: { application/json: { example: { code: 1 } } } } }
components:
  schemas:
    Person:
      type: object
      required: [id, name, secret, born]
      properties:
        id: { type: string, format: uuid, readOnly: true }
        name: { allOf: [{ $ref: "#/components/schemas/Name" }], nullable: true }
        secret: { type: string, writeOnly: true }
        born: { type: string, format: date }
        weight: { type: number, minimum: 0, exclusiveMinimum: true }
        parent: { $ref: "#/components/schemas/Person" }
        note: { $ref: "#/components/schemas/Name", nullable: true }
        tags: { type: object, additionalProperties: { type: string, format: email } }
        account: { oneOf: [{ $ref: "#/components/schemas/Bank" }, { $ref: "#/components/schemas/Card" }],
                   discriminator: { propertyName: kind } }
    Name: { type: string, minLength: 2 }
    Bank: { type: object, required: [kind, iban], properties: { kind: { enum: [bank] }, iban: { type: string } } }
    Card: { type: object, required: [kind, number], properties: { kind: { enum: [card] }, number: { pattern: "^[0-9]+$", type: string } } }
"##;

#[tokio::test]
async fn json_is_validated_by_the_whole_of_openapi_3_0() {
    let fixture = Fixture::start(BODIES).await;
    let person = json!({"name": "Ada", "secret": "s", "born": "1990-12-10"});
    let with = |name: &str, value: serde_json::Value| {
        let mut person = person.clone();
        person[name] = value;
        person
    };
    for (body, outcome) in [
        (person.clone(), (201, "")),
        (with("name", json!(null)), (201, "")),
        (with("note", json!(null)), (201, "")),
        (with("parent", person.clone()), (201, "")),
        (with("account", json!({"kind": "card", "number": "1"})), (201, "")),
        (with("tags", json!({"a": "a@example.com"})), (201, "")),
        (with("name", json!("A")), (400, "body /name: minLength")),
        (with("born", json!("1990-02-30")), (400, "body /born: format")),
        (with("born", json!(null)), (400, "body /born: type")),
        (with("weight", json!(0)), (400, "body /weight: exclusiveMinimum")),
        (with("parent", json!({"name": "Ada"})), (400, "body /parent/born: required")),
        (with("account", json!({"kind": "card", "number": "x"})), (400, "body /account/number: pattern")),
        (with("tags", json!({"a secret": "x"})), (400, "body /tags/*: format")),
        (json!([]), (400, "body: type")),
    ] {
        let response = fixture.post("/people", "application/json; charset=utf-8", body.to_string()).await;
        assert_eq!(response.outcome(), outcome, "{body}");
    }
}

#[tokio::test]
async fn a_body_is_what_its_media_type_says() {
    let fixture = Fixture::start(BODIES).await;
    for (media_type, body, outcome) in [
        ("application/merge-patch+json", "{}", (201, "")),
        ("application/merge-patch+json", "{\"secret\": 1}", (400, "body: additionalProperties")),
        ("application/json", "{", (400, "body: encoding")),
        ("application/json", "", (400, "body: required")),
        ("text/plain", "abc", (201, "")),
        ("text/plain", "abcd", (400, "body: maxLength")),
        ("application/octet-stream", "\u{0}", (201, "")),
        ("application/xml", "<a/>", (415, "header /content-type: mediaType")),
    ] {
        assert_eq!(fixture.post("/people", media_type, body).await.outcome(), outcome, "{media_type}: {body}");
    }
    for (body, outcome) in [("", (204, "")), ("\"a\"", (204, "")), ("1", (400, "body: type"))] {
        let response = fixture.post("/notes", "application/json", body).await;
        assert_eq!(response.outcome(), outcome, "{body}");
        if response.status == 400 {
            assert_eq!(response.json(), json!({"code": 1}), "the response by `default`");
        }
    }
    assert_eq!(fixture.send(fixture.request("POST", "/notes")).await.status, 204);
    let huge = vec![b' '; 1024 * 1024 + 1];
    assert_eq!(fixture.post("/people", "application/json", huge).await.outcome(), (400, "body: size"));
}

#[tokio::test]
async fn a_path_parameter_without_a_place_in_the_path_is_read_in_the_query() {
    let parameter = "{ name: id, in: path, required: true, schema: { type: integer } }";
    let fixture = Fixture::start(&format!("paths: {{ /a: {{ get: {{ parameters: [{parameter}] }} }} }}")).await;
    for (path, outcome) in [("/a", (200, "")), ("/a?id=1", (200, "")), ("/a?id=x", (400, "query /id: type"))] {
        assert_eq!(fixture.get(path).await.outcome(), outcome, "{path}");
    }
}

#[tokio::test]
async fn a_refusal_without_a_documented_status_is_a_plain_400() {
    let document =
        "paths: { /a: { get: { parameters: [{ name: q, in: query, required: true }], responses: { 200: {} } } } }";
    let response = Fixture::start(document).await.get("/a").await;
    assert_eq!((response.outcome(), response.body.len()), ((400, "query /q: required"), 0));
}
