//! The table of styles in OpenAPI 3.0, cell by cell, as it is on the wire.
//!
//! Two cells are as OpenAPI 3.0.4 and RFC 6570 have them, and not as 3.0.3 prints them: `label` without `explode` separates
//! members by commas.

use serde::Serialize;
use serde_json::json;

use crate::{
    runtime::{
        operation::{Operation, Retry},
        parameter::Style,
    },
    sent,
};

static PATH: Operation = Operation::new("path", "GET", "/a/{color}", Retry::Safe);
static AFFIXED: Operation = Operation::new("affixed", "GET", "/a/x{color}.json/{other}:undo", Retry::Safe);
static PLAIN: Operation = Operation::new("plain", "GET", "/a", Retry::Safe);

const STRING: &str = "blue";
const ARRAY: [&str; 3] = ["blue", "black", "brown"];
const NOTHING: [&str; 0] = [];

/// Its members are in the order of the document, which is not that of the alphabet.
#[derive(Serialize)]
#[allow(non_snake_case, reason = "as in the specification")]
struct Object {
    R: u8,
    G: u8,
    B: Option<u8>,
    left_out: Option<u8>,
}

const OBJECT: Object = Object { R: 100, G: 200, B: Some(150), left_out: None };

async fn path(style: Style, value: impl Serialize) -> Result<String, String> {
    let request = sent(&PATH, |call| call.path("color", style, &value)).await?;
    Ok(request.target.strip_prefix("/base/a/").expect("the path is the operation's").to_owned())
}

async fn query(style: Style, value: impl Serialize) -> Result<String, String> {
    let request = sent(&PLAIN, |call| call.query("color", style, &value)).await?;
    Ok(request.target.strip_prefix("/base/a").expect("the path is the operation's").to_owned())
}

async fn header(style: Style, value: impl Serialize) -> Result<Option<String>, String> {
    let request = sent(&PLAIN, |call| call.header("X-Color", style, &value)).await?;
    Ok(request.header("x-color").map(str::to_owned))
}

async fn cookie(style: Style, value: impl Serialize) -> Result<Option<String>, String> {
    let request = sent(&PLAIN, |call| call.cookie("color", style, &value).cookie("b", Style::FORM, &1)).await?;
    Ok(request.header("cookie").map(str::to_owned))
}

fn refused<T>(operation: &str, name: &str, problem: &str) -> Result<T, String> {
    Err(format!("{operation}: `{name}` {problem}; nothing was sent"))
}

const NO_CELL: &str = "has a value that its style has no form for";
const EMPTY: &str = "is empty, which its style has no form for: leave it out";

#[tokio::test]
async fn matrix() {
    for is_exploded in [false, true] {
        let style = Style::MATRIX.exploded(is_exploded);
        let cell = |plain: &str, exploded: &str| Ok(if is_exploded { exploded } else { plain }.to_owned());
        assert_eq!(path(style, "").await, cell(";color", ";color"));
        assert_eq!(path(style, NOTHING).await, cell(";color", ";color"));
        assert_eq!(path(style, STRING).await, cell(";color=blue", ";color=blue"));
        assert_eq!(path(style, ARRAY).await, cell(";color=blue,black,brown", ";color=blue;color=black;color=brown"));
        assert_eq!(path(style, OBJECT).await, cell(";color=R,100,G,200,B,150", ";R=100;G=200;B=150"));
    }
    assert_eq!(path(Style::MATRIX, ARRAY).await, path(Style::MATRIX.exploded(false), ARRAY).await);
}

#[tokio::test]
async fn label() {
    for is_exploded in [false, true] {
        let style = Style::LABEL.exploded(is_exploded);
        let cell = |plain: &str, exploded: &str| Ok(if is_exploded { exploded } else { plain }.to_owned());
        // It would be a segment of a dot, which is a step in the path.
        assert!(path(style, "").await.is_err());
        assert!(path(style, NOTHING).await.is_err());
        assert!(path(style, ".").await.is_err());
        assert_eq!(path(style, STRING).await, cell(".blue", ".blue"));
        assert_eq!(path(style, ARRAY).await, cell(".blue,black,brown", ".blue.black.brown"));
        assert_eq!(path(style, OBJECT).await, cell(".R,100,G,200,B,150", ".R=100.G=200.B=150"));
    }
    assert_eq!(path(Style::LABEL, ARRAY).await, path(Style::LABEL.exploded(false), ARRAY).await);
}

#[tokio::test]
async fn simple_in_a_path() {
    for is_exploded in [false, true] {
        let style = Style::SIMPLE.exploded(is_exploded);
        let cell = |plain: &str, exploded: &str| Ok(if is_exploded { exploded } else { plain }.to_owned());
        assert_eq!(path(style, "").await, refused("path", "color", "is empty, which would call another path"));
        assert_eq!(path(style, NOTHING).await, refused("path", "color", "is empty, which would call another path"));
        assert_eq!(path(style, STRING).await, cell("blue", "blue"));
        assert_eq!(path(style, ARRAY).await, cell("blue,black,brown", "blue,black,brown"));
        assert_eq!(path(style, OBJECT).await, cell("R,100,G,200,B,150", "R=100,G=200,B=150"));
    }
    assert_eq!(path(Style::SIMPLE, OBJECT).await, path(Style::SIMPLE.exploded(false), OBJECT).await);
}

#[tokio::test]
async fn simple_in_a_header() {
    for is_exploded in [false, true] {
        let style = Style::SIMPLE.exploded(is_exploded);
        let cell = |plain: &str, exploded: &str| Ok(Some(if is_exploded { exploded } else { plain }.to_owned()));
        assert_eq!(header(style, "").await, cell("", ""));
        assert_eq!(header(style, NOTHING).await, refused("plain", "X-Color", EMPTY));
        assert_eq!(header(style, STRING).await, cell("blue", "blue"));
        assert_eq!(header(style, ARRAY).await, cell("blue,black,brown", "blue,black,brown"));
        assert_eq!(header(style, OBJECT).await, cell("R,100,G,200,B,150", "R=100,G=200,B=150"));
        assert_eq!(header(style, None::<String>).await, Ok(None));
    }
}

#[tokio::test]
async fn form_in_a_query() {
    for is_exploded in [false, true] {
        let style = Style::FORM.exploded(is_exploded);
        let cell = |plain: &str, exploded: &str| Ok(if is_exploded { exploded } else { plain }.to_owned());
        assert_eq!(query(style, "").await, cell("?color=", "?color="));
        assert_eq!(query(style, NOTHING).await, cell("?color=", "?color="));
        assert_eq!(query(style, STRING).await, cell("?color=blue", "?color=blue"));
        let exploded = "?color=blue&color=black&color=brown";
        assert_eq!(query(style, ARRAY).await, cell("?color=blue,black,brown", exploded));
        assert_eq!(query(style, OBJECT).await, cell("?color=R,100,G,200,B,150", "?R=100&G=200&B=150"));
        assert_eq!(query(style, None::<[&str; 3]>).await, cell("", ""));
        // The members of an exploded object are parameters by themselves: without any, there is nothing to send.
        assert_eq!(query(style, json!({})).await, cell("?color=", ""));
        assert_eq!(query(style.allow_empty(), json!({})).await, cell("?color=", "?color="));
    }
    assert_eq!(query(Style::FORM, ARRAY).await, query(Style::FORM.exploded(true), ARRAY).await);
}

#[tokio::test]
async fn form_in_a_cookie() {
    let plain = Style::FORM.exploded(false);
    let cell = |text: &str| Ok(Some(format!("color={text}; b=1")));
    assert_eq!(cookie(plain, "").await, cell(""));
    assert_eq!(cookie(Style::FORM, "a;b, c").await, cell("a%3Bb%2C%20c"));
    assert_eq!(cookie(plain, ARRAY).await, cell("blue,black,brown"));
    assert_eq!(cookie(plain, OBJECT).await, cell("R,100,G,200,B,150"));
    assert_eq!(cookie(plain, None::<i32>).await, Ok(Some("b=1".to_owned())));
    // Several cookies of one name, or of none that the document gives: it has no form for these.
    assert_eq!(cookie(Style::FORM, ARRAY).await, refused("plain", "color", NO_CELL));
    assert_eq!(cookie(Style::FORM, OBJECT).await, refused("plain", "color", NO_CELL));
}

#[tokio::test]
async fn delimited() {
    let cell = |text: &str| Ok(text.to_owned());
    assert_eq!(query(Style::SPACE_DELIMITED, ARRAY).await, cell("?color=blue%20black%20brown"));
    assert_eq!(query(Style::SPACE_DELIMITED, OBJECT).await, cell("?color=R%20100%20G%20200%20B%20150"));
    assert_eq!(query(Style::PIPE_DELIMITED, ARRAY).await, cell("?color=blue|black|brown"));
    assert_eq!(query(Style::PIPE_DELIMITED, OBJECT).await, cell("?color=R|100|G|200|B|150"));
    for style in [Style::SPACE_DELIMITED, Style::PIPE_DELIMITED] {
        assert_eq!(query(style, NOTHING).await, refused("plain", "color", EMPTY));
        assert_eq!(query(style, STRING).await, refused("plain", "color", NO_CELL));
        let problem = "has a style that has no exploded form";
        assert_eq!(query(style.exploded(true), ARRAY).await, refused("plain", "color", problem));
        assert_eq!(query(style, None::<i32>).await, cell(""));
    }
}

#[tokio::test]
async fn deep_object() {
    let cell = |text: &str| Ok(text.to_owned());
    for style in [Style::DEEP_OBJECT, Style::DEEP_OBJECT.exploded(true), Style::DEEP_OBJECT.exploded(false)] {
        assert_eq!(query(style, OBJECT).await, cell("?color[R]=100&color[G]=200&color[B]=150"));
        assert_eq!(query(style, STRING).await, refused("plain", "color", NO_CELL));
        assert_eq!(query(style, ARRAY).await, refused("plain", "color", NO_CELL));
        assert_eq!(query(style, json!({})).await, refused("plain", "color", EMPTY));
    }
    assert_eq!(query(Style::DEEP_OBJECT, json!({"a[b]": "c d"})).await, cell("?color[a%5Bb%5D]=c%20d"));
}

#[tokio::test]
async fn content_is_json() {
    let json = r#"{"R":100,"G":200,"B":150,"left_out":null}"#;
    assert_eq!(header(Style::JSON, OBJECT).await, Ok(Some(json.to_owned())));
    let escaped = "%7B%22R%22%3A100%2C%22G%22%3A200%2C%22B%22%3A150%2C%22left_out%22%3Anull%7D";
    assert_eq!(query(Style::JSON, OBJECT).await, Ok(format!("?color={escaped}")));
    assert_eq!(path(Style::JSON, OBJECT).await, Ok(escaped.to_owned()));
    assert_eq!(cookie(Style::JSON, OBJECT).await, Ok(Some(format!("color={escaped}; b=1"))));
    assert_eq!(query(Style::JSON, "blue").await, Ok("?color=%22blue%22".to_owned()));
    assert_eq!(query(Style::JSON, None::<i32>).await, Ok(String::new()));
}

#[tokio::test]
async fn nested_values_are_refused() {
    let nested = "has a list or an object in it, which its style has no form for";
    let null = "has a null in it, which its style has no form for";
    for value in [json!([["a"]]), json!([{"a": 1}]), json!({"a": [1]}), json!({"a": {"b": 1}})] {
        assert_eq!(path(Style::SIMPLE, &value).await, refused("path", "color", nested));
        for style in [Style::FORM, Style::FORM.exploded(false), Style::PIPE_DELIMITED, Style::DEEP_OBJECT] {
            assert_eq!(query(style, &value).await, refused("plain", "color", nested));
        }
        assert_eq!(header(Style::SIMPLE, &value).await, refused("plain", "X-Color", nested));
    }
    assert_eq!(query(Style::FORM, json!([null])).await, refused("plain", "color", null));
}

#[tokio::test]
async fn a_delimiter_within_a_member_is_no_delimiter() {
    let cell = |text: &str| Ok(text.to_owned());
    let members = ["a,b", "c|d", "e.f;g", "h&i=j"];
    let plain = Style::FORM.exploded(false);
    assert_eq!(query(plain, members).await, cell("?color=a%2Cb,c%7Cd,e.f%3Bg,h%26i%3Dj"));
    assert_eq!(query(plain.allow_reserved(), members).await, cell("?color=a%2Cb,c%7Cd,e.f;g,h%26i=j"));
    assert_eq!(query(Style::PIPE_DELIMITED, members).await, cell("?color=a%2Cb|c%7Cd|e.f%3Bg|h%26i%3Dj"));
    let problem = "has a space in a member, which is what separates the members";
    assert_eq!(query(Style::SPACE_DELIMITED, ["a b"]).await, refused("plain", "color", problem));
    assert_eq!(path(Style::SIMPLE, members).await, cell("a%2Cb,c%7Cd,e.f%3Bg,h%26i%3Dj"));
    assert_eq!(path(Style::LABEL.exploded(true), ["a.b", "c"]).await, cell(".a%2Eb.c"));
    assert_eq!(path(Style::MATRIX.exploded(true), ["a;b", "c"]).await, cell(";color=a%3Bb;color=c"));
    // Headers have no escapes.
    let problem = "has a comma in a member, which is what separates the members";
    assert_eq!(header(Style::SIMPLE, members).await, refused("plain", "X-Color", problem));
    assert_eq!(header(Style::SIMPLE, json!({"a": "b,c"})).await, refused("plain", "X-Color", problem));
    assert_eq!(header(Style::SIMPLE, "a,b").await, Ok(Some("a,b".to_owned())));
    let problem = "has an equals sign in a name, which is what ends the name";
    let style = Style::SIMPLE.exploded(true);
    assert_eq!(header(style, json!({"a=": "b"})).await, refused("plain", "X-Color", problem));
}

#[tokio::test]
async fn reserved_characters_stay_where_the_document_allows_it() {
    let reserved = ":/?#[]@!$&'()*+,;= %";
    let escaped = "%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%20%25";
    assert_eq!(query(Style::FORM, reserved).await, Ok(format!("?color={escaped}")));
    assert_eq!(path(Style::SIMPLE, reserved).await, Ok(escaped.to_owned()));
    // `#`, `&` and `+` would end the query, end the value, and be read as a space. An apostrophe is escaped by `url`.
    let kept = ":/?%23[]@!$%26%27()*%2B,;=%20%25";
    assert_eq!(query(Style::FORM.allow_reserved(), reserved).await, Ok(format!("?color={kept}")));
    assert_eq!(query(Style::FORM, "-._~ü").await, Ok("?color=-._~%C3%BC".to_owned()));
}

#[tokio::test]
async fn scalars_are_written_with_their_digits() {
    let cell = |text: &str| Ok(format!("?color={text}"));
    assert_eq!(query(Style::FORM, 0.1_f32).await, cell("0.1"));
    assert_eq!(query(Style::FORM, 0.1_f64).await, cell("0.1"));
    assert_eq!(query(Style::FORM.exploded(false), [0.1_f32, 2.5]).await, cell("0.1,2.5"));
    assert_eq!(query(Style::FORM, u64::MAX).await, cell("18446744073709551615"));
    assert_eq!(query(Style::FORM, -1).await, cell("-1"));
    assert_eq!(query(Style::FORM, true).await, cell("true"));
    assert_eq!(query(Style::FORM, 0.1 + 0.2).await, cell("0.30000000000000004"));
    assert_eq!(query(Style::FORM, f64::MIN_POSITIVE).await, cell("2.2250738585072014e-308"));
    // JSON would have null, which would be left out.
    for value in [f64::NAN, f64::INFINITY] {
        let problem = "can't be written as a parameter";
        assert_eq!(query(Style::FORM, value).await, refused("plain", "color", problem));
    }
}

#[tokio::test]
async fn parameters_that_would_call_another_path_are_refused() {
    for value in ["", ".", ".."] {
        assert!(path(Style::SIMPLE, value).await.is_err(), "{value:?}");
    }
    assert!(path(Style::SIMPLE, None::<i32>).await.is_err());
    for value in [[""], ["."], [".."]] {
        assert!(path(Style::SIMPLE, value).await.is_err(), "{value:?}");
    }
    assert_eq!(path(Style::SIMPLE, ["a", "b\n"]).await, refused("path", "color", "has a control character in it"));
    // Each of these stays one segment.
    for (value, expected) in [("a/../b", "a%2F..%2Fb"), ("%2e%2e", "%252e%252e"), ("a\\b", "a%5Cb")] {
        assert_eq!(path(Style::SIMPLE, value).await, Ok(expected.to_owned()));
    }
    let add = |color: &'static str| {
        sent(&AFFIXED, move |call| call.path("color", Style::SIMPLE, color).path("other", Style::SIMPLE, "c d"))
    };
    assert_eq!(add("a b").await.map(|request| request.target), Ok("/base/a/xa%20b.json/c%20d:undo".to_owned()));
}

#[tokio::test]
async fn headers_that_would_arrive_otherwise_are_refused() {
    let problem = "begins or ends with a space, which a header loses";
    assert_eq!(header(Style::SIMPLE, " a").await, refused("plain", "X-Color", problem));
    let problem = "can't be written as a header";
    assert_eq!(header(Style::SIMPLE, "a\r\nb").await, refused("plain", "X-Color", problem));
}

#[tokio::test]
async fn parameters_are_sent_in_their_order() {
    let request = sent(&PLAIN, |call| {
        call.query("a b", Style::FORM, "1").query("ids[]", Style::FORM, &[1, 2]).query("c", Style::FORM, &None::<i32>)
    });
    assert_eq!(request.await.map(|request| request.target), Ok("/base/a?a%20b=1&ids%5B%5D=1&ids%5B%5D=2".to_owned()));
}
