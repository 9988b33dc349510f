//! Bodies by media type, what goes with a body that is not there, and what is read of a response.

use serde::Serialize;
use serde_json::{Value, json};
use unigox_tests::{Part, Reply, Request};

use crate::{
    exchange,
    runtime::{
        error::Error,
        form::{FilePart, Form},
        operation::{Operation, Retry},
        parameter::Style,
        response::{Response, TextBody},
    },
    sent,
};

static POST: Operation = Operation::new("post", "POST", "/a", Retry::Never);
static PUT: Operation = Operation::new("put", "PUT", "/a", Retry::Never);
static PATCH: Operation = Operation::new("patch", "PATCH", "/a", Retry::Never);
static DELETE: Operation = Operation::new("delete", "DELETE", "/a", Retry::Never);
static GET: Operation = Operation::new("get", "GET", "/a", Retry::Safe);
static HEAD: Operation = Operation::new("head", "HEAD", "/a", Retry::Safe);

fn body(request: &Request) -> (Option<&str>, &str) {
    (request.header("content-type"), str::from_utf8(&request.body).expect("the body is text"))
}

#[tokio::test]
async fn json_is_sent_under_the_name_that_the_document_gives_it() {
    for (media_type, value) in [
        ("application/json", json!({"a": null})),
        ("application/merge-patch+json", json!({"a": null})),
        ("application/json; charset=utf-8", json!("text")),
        ("application/json", json!(17)),
        ("application/json", json!(null)),
    ] {
        let request = sent(&PATCH, |call| call.json(media_type, &value)).await.expect("it is sent");
        assert_eq!(body(&request), (Some(media_type), value.to_string().as_str()));
    }
    let request = sent(&PATCH, |call| call.json("application/json", "text")).await.expect("it is sent");
    assert_eq!(body(&request).1, "\"text\"");
    let request = sent(&PATCH, |call| call.json("application/json", &[0.1_f32])).await.expect("it is sent");
    assert_eq!(body(&request).1, "[0.1]");
}

#[tokio::test]
async fn text_and_bytes_are_sent_as_they_are() {
    for (media_type, expected) in [
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/csv; header=present", "text/csv; header=present; charset=utf-8"),
        ("text/plain; Charset=UTF-8", "text/plain; Charset=UTF-8"),
        ("application/xml", "application/xml"),
    ] {
        let request = sent(&POST, |call| call.text(media_type, "\"ü\"")).await.expect("it is sent");
        assert_eq!(body(&request), (Some(expected), "\"ü\""));
    }
    let request = sent(&POST, |call| call.bytes("image/png", &b"\xff\0"[..])).await.expect("it is sent");
    assert_eq!(request.header("content-type"), Some("image/png"));
    assert_eq!(request.header("content-length"), Some("2"));
    assert_eq!(request.body, b"\xff\0");
    let refused = sent(&POST, |call| call.bytes("image/\n", "a")).await.err();
    assert_eq!(refused.as_deref(), Some("post: `Content-Type` can't be written as a header; nothing was sent"));
}

#[tokio::test]
async fn without_a_body_its_length_is_stated_where_one_is_usual() {
    for operation in [&POST, &PUT, &PATCH] {
        let request = sent(operation, |call| call).await.expect("it is sent");
        assert_eq!(request.header("content-length"), Some("0"), "{operation}");
        assert_eq!(request.header("transfer-encoding"), None, "{operation}");
        assert_eq!(request.header("content-type"), None, "{operation}");
    }
    for operation in [&GET, &HEAD, &DELETE] {
        let request = sent(operation, |call| call).await.expect("it is sent");
        assert_eq!(request.header("content-length"), None, "{operation}");
    }
    let request = sent(&POST, |call| call.text("text/plain", "")).await.expect("it is sent");
    assert_eq!(request.header("content-length"), Some("0"));
    assert_eq!(body(&request), (Some("text/plain; charset=utf-8"), ""));
    let request = sent(&POST, |call| call.text("text/plain", "four")).await.expect("it is sent");
    assert_eq!(request.header("content-length"), Some("4"));
}

#[tokio::test]
async fn an_optional_body_may_be_left_out() {
    let send = |text: Option<&'static str>| {
        sent(&POST, move |call| call.optional(text, |call, text| call.json("application/json", text)))
    };
    assert_eq!(body(&send(None).await.expect("it is sent")), (None, ""));
    assert_eq!(body(&send(Some("a")).await.expect("it is sent")), (Some("application/json"), "\"a\""));
}

#[tokio::test]
async fn the_media_types_of_the_response_are_asked_for() {
    let request = sent(&GET, |call| call).await.expect("it is sent");
    assert_eq!(request.header("accept"), Some("application/json"));
    let request = sent(&GET, |call| call.accept("text/csv, application/problem+json")).await.expect("it is sent");
    assert_eq!(request.header("accept"), Some("text/csv, application/problem+json"));
}

#[derive(Serialize)]
struct Fields {
    text: Vec<&'static str>,
    sign: &'static str,
    number: f32,
    none: Option<bool>,
    object: Value,
    objects: Vec<Value>,
}

const FIELDS: fn() -> Fields = || Fields {
    text: vec!["a b", "c,d"],
    sign: "1+1=2&~",
    number: 0.1,
    none: None,
    object: json!({"a": [1]}),
    objects: vec![json!({"b": 2}), json!([3])],
};

#[tokio::test]
async fn forms_repeat_lists_and_have_objects_as_json() {
    let request = sent(&POST, |call| call.form_urlencoded(&FIELDS(), &[])).await.expect("it is sent");
    let expected = "text=a+b&text=c%2Cd&sign=1%2B1%3D2%26~&number=0.1&object=%7B%22a%22%3A%5B1%5D%7D\
                    &objects=%7B%22b%22%3A2%7D&objects=%5B3%5D";
    assert_eq!(body(&request), (Some("application/x-www-form-urlencoded"), expected));
}

#[tokio::test]
async fn forms_have_the_styles_of_their_fields() {
    let styles = [
        ("text", Style::FORM.exploded(false)),
        ("a", Style::DEEP_OBJECT),
        ("b", Style::PIPE_DELIMITED),
        ("c", Style::JSON),
        ("d", Style::SPACE_DELIMITED),
    ];
    let value = json!({"text": ["a b", "c,d"], "a": {"x": 1}, "b": [1, 2], "c": ["e"], "d": [3, 4]});
    let request = sent(&POST, |call| call.form_urlencoded(&value, &styles)).await.expect("it is sent");
    let mut pairs: Vec<&str> = body(&request).1.split('&').collect();
    pairs.sort_unstable();
    assert_eq!(pairs, ["a[x]=1", "b=1|2", "c=%5B%22e%22%5D", "d=3+4", "text=a+b,c%2Cd"]);
    let refused = sent(&POST, |call| call.form_urlencoded(&json!({"text": [[1]]}), &styles)).await.err();
    let problem = "has a list or an object in it, which its style has no form for";
    assert_eq!(refused, Some(format!("post: `text` {problem}; nothing was sent")));
    let refused = sent(&POST, |call| call.form_urlencoded(&17, &[])).await.err();
    assert_eq!(refused.as_deref(), Some("post: `body` can't be written as a form; nothing was sent"));
}

fn part(head: &[&str], content: &str) -> Part {
    let head = head.iter().map(|line| (*line).to_owned()).collect();
    Part { head, content: content.as_bytes().to_vec() }
}

#[tokio::test]
async fn multipart_has_a_part_for_each_member() {
    let file = |content: &'static str| FilePart::new("f.png", "image/png", content);
    let form = || {
        Form::default()
            .files("files", None, &[file("1"), file("2")])
            .files("none", None, None)
            .file("typed", Some("application/pdf"), &file("3"))
            .field("tags", None, &["a", "b"])
            .field("kind", None, &1)
            .field("absent", None, &None::<i32>)
            .field("absent", Some("application/json"), &None::<i32>)
            .field("empty", None, &Vec::<String>::new())
            .field("meta", None, &json!({"a": 1}))
            .field("metas", None, &[json!({"b": 2}), json!([3])])
            .field("csv", Some("text/csv"), &["x,y", "z"])
            .field("json", Some("application/json"), &["c"])
            .field("patch", Some("application/merge-patch+json"), "text")
            .field("with \"quotes\" ü/%", None, "d")
    };
    let request = sent(&POST, |call| call.multipart(form())).await.expect("it is sent");
    let disposition = |name: &str| format!("Content-Disposition: form-data; name=\"{name}\"");
    let named = |name: &str, content: &str| part(&[&disposition(name)], content);
    let typed = |name: &str, media_type: &str, content: &str| {
        part(&[&disposition(name), &format!("Content-Type: {media_type}")], content)
    };
    let file = |name: &str, media_type: &str, content: &str| {
        let disposition = format!("{}; filename=\"f.png\"", disposition(name));
        part(&[&disposition, &format!("Content-Type: {media_type}")], content)
    };
    let expected = [
        file("files", "image/png", "1"),
        file("files", "image/png", "2"),
        file("typed", "application/pdf", "3"),
        named("tags", "a"),
        named("tags", "b"),
        named("kind", "1"),
        typed("meta", "application/json", r#"{"a":1}"#),
        typed("metas", "application/json", r#"{"b":2}"#),
        typed("metas", "application/json", "[3]"),
        typed("csv", "text/csv", "x,y"),
        typed("csv", "text/csv", "z"),
        typed("json", "application/json", r#"["c"]"#),
        typed("patch", "application/merge-patch+json", "\"text\""),
        named("with %22quotes%22 ü/%", "d"),
    ];
    assert_eq!(request.parts(), expected);
}

#[tokio::test]
async fn parts_that_have_no_form_are_refused() {
    let object = json!({"a": 1});
    for (form, name) in [
        (Form::default().field("meta", Some("text/csv"), &object), "meta"),
        (Form::default().field("list", None, &[None, Some(1)]), "list"),
        (Form::default().field("typed", Some("no type"), "a"), "typed"),
        (Form::default().file("typed", Some("no type"), &FilePart::new("a", "image/png", "")), "typed"),
        (Form::default().file("file", None, &FilePart::new("a\nb", "image/png", "")), "file"),
    ] {
        let refused = sent(&POST, |call| call.multipart(form)).await.err();
        let expected = format!("post: `{name}` can't be written as a part of a form; nothing was sent");
        assert_eq!(refused, Some(expected));
    }
}

#[tokio::test]
async fn a_file_is_sent_again_only_if_its_content_can_be_made_again() {
    let once = FilePart::new("f.png", "image/png", "content");
    let made = FilePart::from_fn("f.png", "image/png", || "content".into());
    for again in [false, true] {
        let request = sent(&POST, |call| call.multipart(Form::default().file("made", None, &made))).await;
        assert_eq!(request.expect("it is made each time").parts()[0].content, b"content");
        let outcome = sent(&POST, |call| call.multipart(Form::default().file("once", None, &once))).await;
        let problem = "post: `once` was sent already; give the file once more; nothing was sent";
        assert_eq!(
            outcome.map(|request| request.parts()[0].content.clone()),
            match again {
                false => Ok(b"content".to_vec()),
                true => Err(problem.to_owned()),
            }
        );
    }
}

async fn text(content_type: &str, body: &[u8]) -> Result<String, String> {
    let reply = Reply::new(200, body).with_header("content-type", content_type);
    let (_, received) = exchange(&GET, reply, |call| call).await.expect("it is sent");
    let read: Result<Response<TextBody>, Error<()>> = received.text();
    if let Ok(read) = &read {
        assert_eq!(format!("{:?}", read.value()), format!("TextBody {{ bytes: {} }}", read.len()));
    }
    read.map(|read| read.to_string()).map_err(|error| match error {
        Error::Decode(error) => error.problem().to_owned(),
        _ => "another error".to_owned(),
    })
}

#[tokio::test]
async fn text_is_read_by_its_charset() {
    assert_eq!(text("text/plain", "ü".as_bytes()).await, Ok("ü".to_owned()));
    assert_eq!(text("text/csv; header=present; charset=\"UTF-8\"", "ü".as_bytes()).await, Ok("ü".to_owned()));
    assert_eq!(text("text/plain;charset=ISO-8859-1", b"\xfc").await, Ok("ü".to_owned()));
    assert_eq!(text("text/plain", b"").await, Ok(String::new()));
    assert_eq!(text("text/plain", b"\xfc").await, Err("is not text in UTF-8".to_owned()));
    let problem = "is text in a charset other than UTF-8 and ISO 8859-1".to_owned();
    assert_eq!(text("text/plain; charset=shift_jis", b"a").await, Err(problem));
}

#[tokio::test]
async fn nothing_is_read_where_there_is_no_body() {
    let (_, received) = exchange(&HEAD, Reply::new(200, ""), |call| call).await.expect("it is sent");
    assert!(received.empty::<()>().is_ok());
    for status in [204, 205] {
        let (_, received) = exchange(&GET, Reply::new(status, ""), |call| call).await.expect("it is sent");
        assert!(received.empty::<()>().is_ok(), "{status}");
    }
}
