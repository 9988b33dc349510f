//! Forms: fields of a type, several files, parts that are JSON.

use reqwest::multipart::{Form, Part};

use super::fixture::Fixture;

const FORMS: &str = r##"
paths:
  /fields:
    post:
      requestBody: { required: true, content: { application/x-www-form-urlencoded: {
        schema: { $ref: "#/components/schemas/Fields" },
        encoding: { flat: { explode: false }, deep: { style: deepObject }, json: { contentType: application/json } } } } }
      responses: { 200: {}, 400: {} }
  /parts:
    post:
      requestBody: { required: true, content: { multipart/form-data: { schema: { $ref: "#/components/schemas/Parts" } } } }
      responses: { 200: {}, 400: {} }
  /closed:
    post:
      requestBody: { content: { multipart/form-data: { schema: { additionalProperties: false, properties: { a: {} } } } } }
      responses: { 200: {}, 400: {} }
components:
  schemas:
    Fields:
      type: object
      required: [count, list]
      properties:
        count: { type: integer, maximum: 9 }
        on: { type: boolean }
        list: { type: array, items: { type: number } }
        flat: { type: array, items: { type: string, maxLength: 1 } }
        deep: { type: object, required: [x], properties: { x: { type: integer } } }
        object: { type: object, required: [x], properties: { x: { type: integer } } }
        json: { type: array, items: { type: integer } }
    Parts:
      type: object
      required: [kind, files]
      properties:
        kind: { type: string, enum: [a, b] }
        files: { type: array, maxItems: 2, items: { type: string, format: binary } }
        picture: { type: string, format: binary }
        count: { type: integer, minimum: 1 }
        on: { type: boolean }
        meta: { type: object, required: [x], properties: { x: { type: integer } } }
        tags: { type: array, items: { type: string, minLength: 2 } }
        items: { type: array, items: { type: object, required: [x], properties: { x: { type: integer } } } }
        date: { type: string, format: date }
"##;

#[tokio::test]
async fn fields_have_types_and_styles() {
    let fixture = Fixture::start(FORMS).await;
    for (body, outcome) in [
        ("count=1&list=1&list=2.5&on=true&unknown=x", (200, "")),
        ("count=1", (200, "")),
        ("count=1&flat=a,b&deep%5Bx%5D=1&object=%7B%22x%22%3A1%7D&json=%5B1%5D", (200, "")),
        ("list=1", (400, "body /count: required")),
        ("count=10", (400, "body /count: maximum")),
        ("count=1.5", (400, "body /count: type")),
        ("count=1&on=yes", (400, "body /on: type")),
        ("count=1&list=a", (400, "body /list/0: type")),
        ("count=1&flat=a,bc", (400, "body /flat/1: maxLength")),
        ("count=1&deep[x]=a", (400, "body /deep/x: type")),
        ("count=1&object=%7B%7D", (400, "body /object/x: required")),
        ("count=1&json=1,2", (400, "body /json: encoding")),
        ("count=%ff", (400, "body /count: encoding")),
    ] {
        let response = fixture.post("/fields", "application/x-www-form-urlencoded", body).await;
        assert_eq!(response.outcome(), outcome, "{body}");
    }
}

fn file() -> Part {
    Part::bytes(b"\xff\x00".to_vec()).file_name("a.png")
}

fn json(text: &str) -> Part {
    Part::text(text.to_owned()).mime_str("application/json").expect("it is a media type")
}

#[tokio::test]
async fn parts_have_types_and_files_may_be_several() {
    let fixture = Fixture::start(FORMS).await;
    let base = || Form::new().text("kind", "a").part("files", file());
    for (form, outcome) in [
        (base(), (200, "")),
        (base().part("files", file()).part("picture", file()), (200, "")),
        (base().text("count", "3").text("on", "false").text("date", "2026-02-03"), (200, "")),
        (base().text("tags", "ab").text("tags", "cd").part("meta", json(r#"{"x": 1}"#)), (200, "")),
        (base().text("meta", r#"{"x": 1}"#), (200, "")),
        (base().part("items", json(r#"{"x": 1}"#)).part("items", json(r#"{"x": 2}"#)), (200, "")),
        (base().part("items", json(r#"[{"x": 1}]"#)).part("tags", json(r#"["ab"]"#)), (200, "")),
        (base().part("unknown", file()), (200, "")),
        (Form::new().text("kind", "a"), (200, "")),
        (Form::new().part("files", file()), (400, "body /kind: required")),
        (base().part("files", file()).part("files", file()), (400, "body /files: maxItems")),
        (base().part("picture", file()).part("picture", file()), (400, "body /picture: duplicate")),
        (base().text("kind", "b"), (400, "body /kind: duplicate")),
        (base().text("count", "0"), (400, "body /count: minimum")),
        (base().text("count", "one"), (400, "body /count: type")),
        (base().text("on", "1"), (400, "body /on: type")),
        (base().text("tags", "ab").text("tags", "c"), (400, "body /tags/1: minLength")),
        (base().part("meta", json("{")), (400, "body /meta: encoding")),
        (base().part("meta", json("{}")), (400, "body /meta/x: required")),
        (base().part("items", json(r#"[{"x": "a"}]"#)), (400, "body /items/0/x: type")),
        (base().part("date", file()), (400, "body /date: encoding")),
    ] {
        let name = format!("{form:?}");
        let response = fixture.send(fixture.request("POST", "/parts").multipart(form)).await;
        assert_eq!(response.outcome(), outcome, "{name}");
    }
    let response = fixture.post("/parts", "multipart/form-data; boundary=x", "--y").await;
    assert_eq!(response.outcome(), (400, "body: encoding"));
    let closed = Form::new().text("a", "1").part("a secret", file());
    let response = fixture.send(fixture.request("POST", "/closed").multipart(closed)).await;
    assert_eq!(response.outcome(), (400, "body: additionalProperties"));
}

#[tokio::test]
async fn a_file_of_fifteen_mebibytes_is_read() {
    let fixture = Fixture::start(FORMS).await;
    let large = Part::bytes(vec![0; 15 * 1024 * 1024]).file_name("a.png");
    let form = Form::new().text("kind", "a").part("files", large);
    assert_eq!(fixture.send(fixture.request("POST", "/parts").multipart(form)).await.outcome(), (200, ""));
}
