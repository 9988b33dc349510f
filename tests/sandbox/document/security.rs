//! Who needs a key, and where it is sent.

use super::fixture::Fixture;

const SCHEMES: &str = r##"
security: [{ Key: [] }]
paths:
  /private: { get: { responses: { 200: {}, 401: { content: { application/json: { example: { error: no key } } } } } } }
  /public: { get: { security: [] } }
  /optional: { get: { security: [{}, { Key: [] }] } }
  /query: { get: { security: [{ Query: [] }] } }
  /token: { get: { security: [{ Token: [] }] } }
components:
  securitySchemes:
    Key: { type: apiKey, in: header, name: X-Partner-Key }
    Query: { type: apiKey, in: query, name: key }
    Token: { type: http, scheme: bearer }
"##;

#[tokio::test]
async fn a_key_is_needed_where_the_document_says_so_under_the_name_that_it_says() {
    let fixture = Fixture::start(SCHEMES).await;
    let (key, wrong) = (fixture.sandbox.key(), "wrong");
    let bearer = format!("Bearer {key}");
    for (path, header, outcome) in [
        ("/private", Some(("x-partner-key", key)), (200, "")),
        ("/private", Some(("x-partner-key", wrong)), (401, "header /x-partner-key: security")),
        ("/private", Some(("x-api-key", key)), (401, "header /x-partner-key: security")),
        ("/private", None, (401, "header /x-partner-key: security")),
        ("/public", None, (200, "")),
        ("/optional", None, (200, "")),
        ("/query?key=sandbox-key", None, (200, "")),
        ("/query?key=secret", None, (401, "query /key: security")),
        ("/token", Some(("authorization", bearer.as_str())), (200, "")),
        ("/token", Some(("authorization", key)), (401, "header /authorization: security")),
    ] {
        let request = fixture.request("GET", path);
        let request = header.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        let response = fixture.send(request).await;
        assert_eq!(response.outcome(), outcome, "{path}: {header:?}");
        let partner = fixture.sandbox.requests().pop().and_then(|request| request.partner);
        let has_key = response.status == 200 && !["/public", "/optional"].contains(&path);
        assert_eq!(partner.as_deref(), has_key.then_some("partner"), "{path}");
    }
    assert_eq!(fixture.get("/private").await.json(), serde_json::json!({"error": "no key"}));
}

#[tokio::test]
async fn a_document_without_security_needs_no_key() {
    let fixture = Fixture::start("paths: { /a: { get: { responses: { 200: {}, 401: {} } } } }").await;
    assert_eq!(fixture.get("/a").await.status, 200);
}
