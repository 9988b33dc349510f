//! Documents without end, and requests for them: they are refused, or the response is soon there, and the place is named.

use std::{fmt::Write as _, thread, time::Duration, time::Instant};

use unigox_sandbox::Sandbox;

use super::fixture::Fixture;

/// What has no bound takes minutes.
const SOON: Duration = Duration::from_secs(5);

/// A document whose only response, and the body of whose only request, is `#/components/schemas/A0`.
fn document(schemas: &str) -> String {
    let content = "{ content: { application/json: { schema: { $ref: '#/components/schemas/A0' } } } }";
    format!(
        "openapi: 3.0.3\npaths:\n  /a:\n    get: {{ operationId: getA, responses: {{ 200: {content} }} }}\n    post: {{ operationId: \
         postA, requestBody: {content}, responses: {{ 200: {{}}, 400: {{}} }} }}\ncomponents:\n  schemas:\n{schemas}"
    )
}

/// `levels` schemas, each of which is made of a reference to the next one.
fn levels(levels: usize, of: impl Fn(&str) -> String, last: &str) -> String {
    let mut schemas = String::new();
    for level in 0..levels {
        let next = format!("{{ $ref: '#/components/schemas/A{}' }}", level + 1);
        writeln!(schemas, "    A{level}: {}", of(&next)).expect("a string can be written to");
    }
    schemas + &format!("    A{levels}: {last}\n")
}

async fn start(schemas: &str) -> Fixture {
    Fixture::with(Sandbox::builder().document(&document(schemas)).expect("the document is valid")).await
}

#[tokio::test]
async fn a_response_without_end_is_not_made_and_the_reason_names_the_place() {
    let start_time = Instant::now();
    let both = |next: &str| format!("{{ type: object, required: [l, r], properties: {{ l: {next}, r: {next} }} }}");
    let itself = "{ $ref: '#/components/schemas/A0' }";
    let teams = "
    A0: { type: object, required: [manager, team], properties: { manager: { $ref: '#/components/schemas/A0' }, \
                 team: { $ref: '#/components/schemas/Team' } } }
    Team: { type: object, required: [lead, owner], properties: { lead: { $ref: '#/components/schemas/A0' }, \
                 owner: { $ref: '#/components/schemas/A0' } } }
";
    for schemas in [
        format!("    A0: {}\n", both(itself)),
        teams.to_owned(),
        format!("    A0: {{ type: array, minItems: 2, items: {itself} }}\n"),
        levels(40, both, "{ type: string }"),
        levels(40, |next| format!("{{ type: array, minItems: 2, items: {next} }}"), "{ type: string }"),
        "    A0: { type: array, minItems: 2000000000, items: { type: string } }\n".to_owned(),
    ] {
        let response = start(&schemas).await.get("/a").await;
        let reason = String::from_utf8_lossy(&response.body).into_owned();
        assert_eq!(response.status, 599, "{reason}");
        assert!(reason.contains("getA: 200: #/components/schemas/A0: no value was found"), "{reason}");
    }
    assert!(start_time.elapsed() < SOON);
}

/// What is required is said in another part than what it is, so that its size is not known before it is made.
#[tokio::test]
async fn what_is_made_for_one_response_has_a_bound_in_all_attempts_together() {
    let start_time = Instant::now();
    let itself = "{ $ref: '#/components/schemas/A0' }";
    let parts = format!("[{{ required: [l, r] }}, {{ type: object, properties: {{ l: {itself}, r: {itself} }} }}]");
    let response = start(&format!("    A0: {{ allOf: {parts} }}\n")).await.get("/a").await;
    let reason = String::from_utf8_lossy(&response.body).into_owned();
    assert_eq!(response.status, 599, "{reason}");
    assert!(
        reason.contains("#/paths/~1a/get/responses/200/content/application~1json/schema: no value was"),
        "{reason}"
    );
    assert!(start_time.elapsed() < SOON);
}

#[tokio::test]
async fn a_response_that_is_too_deep_is_not_made() {
    let start_time = Instant::now();
    let through = |next: &str| format!("{{ type: object, required: [a], properties: {{ a: {next} }} }}");
    let response = start(&levels(3000, through, "{ type: string }")).await.get("/a").await;
    assert_eq!(response.status, 599);
    assert!(String::from_utf8_lossy(&response.body).contains("no value was found"));
    assert!(start_time.elapsed() < SOON);
}

#[tokio::test]
async fn a_response_that_may_be_null_has_an_end() {
    let start_time = Instant::now();
    for count in 2..=6 {
        let names = &["a", "b", "c", "d", "e", "f"][..count];
        let child = "{ allOf: [{ $ref: '#/components/schemas/A0' }], nullable: true }";
        let properties: Vec<_> = names.iter().map(|name| format!("{name}: {child}")).collect();
        let (required, properties) = (names.join(", "), properties.join(", "));
        let schemas = format!("    A0: {{ type: object, required: [{required}], properties: {{ {properties} }} }}\n");
        let response = start(&schemas).await.get("/a").await;
        assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
        assert!(response.json()["a"].is_object());
    }
    assert!(start_time.elapsed() < SOON);
}

/// On a thread with the stack of a thread of tokio, which these chains used to overflow.
#[test]
fn a_chain_of_references_without_end_is_refused_with_its_place() {
    let composed: [fn(&str) -> String; 4] = [
        |next| next.to_owned(),
        |next| format!("{{ allOf: [{next}] }}"),
        |next| format!("{{ oneOf: [{next}] }}"),
        |next| format!("{{ not: {next} }}"),
    ];
    let load = move || {
        for link in composed {
            let start = Instant::now();
            let loaded = Sandbox::builder().document(&document(&levels(6000, link, "{ type: string }")));
            let problem = loaded.expect_err("it is too long").to_string();
            assert!(problem.contains("#/components/schemas/A1"), "{problem}");
            assert!(problem.contains("more than 100 references"), "{problem}");
            assert!(start.elapsed() < SOON);
            assert!(Sandbox::builder().document(&document(&levels(90, link, "{ type: string }"))).is_ok());
        }
        let through = |next: &str| format!("{{ type: object, properties: {{ a: {next} }} }}");
        let problem =
            Sandbox::builder().document(&document(&levels(12_000, through, "{}"))).expect_err("it is too large");
        assert!(problem.to_string().contains("more than 10000 schemas"), "{problem}");
    };
    thread::Builder::new().stack_size(2 << 20).spawn(load).expect("a thread").join().expect("the stack is enough");
}

#[tokio::test]
async fn many_references_to_one_schema_are_followed_once() {
    let start_time = Instant::now();
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let fixture = start(&levels(60, |next| format!("{{ {keyword}: [{next}, {next}] }}"), "{ type: object }")).await;
        // Nothing fits exactly one of two equal schemas.
        let (status, accepted) = if keyword == "oneOf" { (599, 400) } else { (200, 200) };
        assert_eq!(fixture.get("/a").await.status, status, "{keyword}");
        assert_eq!(fixture.post("/a", "application/json", "{}").await.status, accepted, "{keyword}");
        assert_eq!(fixture.post("/a", "application/json", "1").await.status, 400, "{keyword}");
    }
    assert!(start_time.elapsed() < SOON);
}

#[tokio::test]
async fn a_deep_body_of_alternatives_is_refused_soon_with_its_place() {
    let group = |kind: &str| {
        format!(
            "{{ type: object, required: [kind], properties: {{ kind: {{ type: string, enum: [{kind}] }}, \
             of: {{ $ref: '#/components/schemas/A0' }} }} }}"
        )
    };
    let fixture = start(&format!("    A0: {{ oneOf: [{}, {}] }}\n", group("and"), group("or"))).await;
    let start_time = Instant::now();
    let body = format!("{}{{\"kind\":\"xor\"}}{}", "{\"kind\":\"and\",\"of\":".repeat(60), "}".repeat(60));
    let response = fixture.post("/a", "application/json", body).await;
    let place = "/of".repeat(60);
    assert_eq!(response.outcome(), (400, format!("body {place}/kind: enum").as_str()));
    assert!(start_time.elapsed() < SOON);
}

#[tokio::test]
async fn what_http_does_not_allow_is_no_response() {
    const DOCUMENT: &str = r##"
paths:
  /header: { get: { operationId: getHeader, responses: { 200: { headers: {
    X-Note: { required: true, schema: { type: string, example: "a\r\nb: c" } } } } } } }
  /no-content: { delete: { responses: { 204: { content: { application/json: { example: { a: 1 } } } } } } }
  /not-modified: { get: { responses: { 304: { content: { application/json: { example: { a: 1 } } } } } } }
"##;
    let fixture = Fixture::start(DOCUMENT).await;
    let response = fixture.get("/header").await;
    let reason = String::from_utf8_lossy(&response.body).into_owned();
    assert_eq!(response.status, 599, "{reason}");
    for part in ["getHeader: 200: #/paths/~1header/get/responses/200/headers/X-Note/schema", "the header `X-Note`"] {
        assert!(reason.contains(part), "{reason}");
    }
    let response = fixture.send(fixture.request("DELETE", "/no-content")).await;
    assert_eq!(
        (response.status, response.header("content-length"), response.header("content-type")),
        (204, None, None)
    );
    let response = fixture.get("/not-modified").await;
    assert_eq!((response.status, response.body.len(), response.header("content-type")), (304, 0, None));
}

#[test]
fn a_schema_that_is_none_is_refused_with_its_place_in_words() {
    for (schema, place, words) in [
        (
            "{ type: string, pattern: '(' }",
            "#/components/schemas/A0/pattern",
            "`pattern` has to be a regular expression",
        ),
        ("{ type: integer, multipleOf: 0 }", "#/components/schemas/A0/multipleOf", "has to be a number greater than 0"),
        ("{ items: { type: text } }", "#/components/schemas/A0/items/type", "`type` has to be `array`"),
        ("{ properties: { a/b: 1 } }", "#/components/schemas/A0/properties/a~1b", "a schema has to be an object"),
        ("{ not: { $ref: '#/nowhere' } }", "#/components/schemas/A0/not", "`#/nowhere` leads nowhere"),
    ] {
        let loaded = Sandbox::builder().document(&document(&format!("    A0: {schema}\n")));
        let problem = loaded.expect_err(schema).to_string();
        assert!(problem.starts_with("getA: ") && problem.contains(place) && problem.contains(words), "{problem}");
    }
}
