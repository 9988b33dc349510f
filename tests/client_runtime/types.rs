//! The types that the macros of the runtime make.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    UnknownInteger,
    runtime::{
        choice::choice,
        constrained::constrained_string,
        integer_enum::{closed_integer_enum, open_integer_enum},
        null,
        object::object,
        params::params,
        union::union,
    },
};

fn read<V: DeserializeOwned>(value: Value) -> Result<V, String> {
    let read = serde_json::from_str(&value.to_string()).map_err(|error| error.to_string());
    let from_value = serde_json::from_value::<V>(value);
    assert_eq!(read.is_ok(), from_value.is_ok(), "text and value are read alike");
    read
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it can be written")
}

closed_integer_enum! {
    /// What is sent.
    Level {
        /// `1`.
        One = 1,
        /// `-2`.
        MinusTwo = -2,
    }
}

open_integer_enum! {
    /// What is received.
    State, Unknown {
        /// `1`.
        One = 1,
        /// `2`.
        Two = 2,
    }
}

#[test]
fn a_closed_enum_of_integers_has_its_values_only() {
    assert_eq!(Level::VALUES, [Level::One, Level::MinusTwo]);
    assert_eq!(written(&Level::VALUES), "[1,-2]");
    assert_eq!((Level::MinusTwo.as_i64(), Level::MinusTwo.to_string()), (-2, "-2".to_owned()));
    assert_eq!(format!("{:>4}", Level::One), "   1");
    assert_eq!(read::<Level>(json!(-2)), Ok(Level::MinusTwo));
    assert_eq!(read::<Level>(json!(1.0)), Ok(Level::One));
    assert_eq!(Level::try_from(1).ok(), Some(Level::One));
    assert_eq!(Level::try_from(77).map_err(|error| error.to_string()), Err("not a value of `Level`".to_owned()));
    for value in [json!(77), json!(1.5), json!("1"), json!(null)] {
        let error = read::<Level>(value.clone()).expect_err("it is no value of the enum");
        assert!(!error.contains("77"), "{error}");
    }
}

#[test]
fn an_open_enum_of_integers_keeps_what_it_does_not_know() {
    assert_eq!(State::VALUES, [State::One, State::Two]);
    assert_eq!(read::<State>(json!(2)), Ok(State::Two));
    assert_eq!(read::<State>(json!(2.0)), Ok(State::Two));
    let unknown = read::<State>(json!(77)).expect("it is kept");
    assert_eq!(unknown, State::Unknown(UnknownInteger::new(77)));
    assert_eq!((unknown.as_i64(), unknown.to_string(), written(&unknown)), (77, "77".to_owned(), "77".to_owned()));
    assert_eq!(State::from(1), State::One);
    for value in [json!(1.5), json!(1e300), json!(u64::MAX), json!("1"), json!(null)] {
        assert!(read::<State>(value).is_err());
    }
}

constrained_string! {
    /// Each kind of rule.
    Code, min 1, max 3, pattern "^\\p{L}+$"
}

constrained_string! {
    /// A length alone.
    Long, min 2
}

constrained_string! {
    /// A pattern alone.
    Digits, pattern "^[0-9]+$"
}

constrained_string! {
    /// A maximum alone.
    Short, max 1
}

#[test]
fn constraints_bind_what_is_made_to_be_sent() {
    let error = |result: Result<_, crate::ConstraintError>| result.map(|_: ()| ()).map_err(|error| error.to_string());
    let code = |text: &str| error(Code::new(text).map(drop));
    let broken = |problem: &str| Err(format!("the text for `Code` {problem}"));
    assert_eq!(code("äöü"), Ok(()));
    assert_eq!(code(""), broken("is shorter than 1 character"));
    assert_eq!(code("abcd"), broken("is longer than 3 characters"));
    assert_eq!(code("a1"), broken("does not match the pattern ^\\p{L}+$"));
    assert_eq!(error(Long::new("a").map(drop)), Err("the text for `Long` is shorter than 2 characters".to_owned()));
    assert_eq!(error(Short::new("ab").map(drop)), Err("the text for `Short` is longer than 1 character".to_owned()));
    assert!(Digits::new("a1").is_err() && "1".parse::<Digits>().is_ok());
    assert!(Digits::try_from("x").is_err() && Digits::try_from("1".to_owned()).is_ok());
}

#[test]
fn constraints_do_not_bind_what_is_read() {
    for text in ["", "abcd", "1", "ü"] {
        let read = read::<Code>(json!(text)).expect("it is kept");
        assert_eq!((read.as_str(), &*read, read.as_ref()), (text, text, text));
        assert_eq!(written(&read), json!(text).to_string());
        assert_eq!(format!("{read:?}"), "[hidden]");
        assert_eq!(String::from(read.clone()), read.into_string());
    }
    assert!(read::<Code>(json!(1)).is_err());
}

/// Has a field for the tag, which its owner need not fill in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Circle {
    #[serde(rename = "shapeType")]
    shape_type: String,
    #[serde(default)]
    size: f32,
}

/// Has no field for the tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Square {
    side: u8,
    at: Vec<u8>,
}

union! {
    /// Closed, with a tag.
    Shape tag "shapeType" {
        /// A circle.
        Circle(Circle) from = "round",
        /// A square.
        Square(Box<Square>) = "four" | "quad",
    }
}

union! {
    /// Open, with a tag.
    AnyShape, Unknown tag "shapeType" {
        /// A circle.
        Circle(Circle) from = "round",
        /// A square.
        Square(Square) from = "four" | "quad",
    }
}

union! {
    /// Closed, without a tag.
    Contact {
        /// Of an object.
        Square(Square),
        /// Of text, which is hidden.
        Phone(String) hidden from,
        /// Of an integer.
        Number(i64) from,
    }
}

union! {
    /// Open, without a tag.
    Anything, Other {
        /// Of an object.
        Square(Square) from hidden,
    }
}

fn square() -> Square {
    Square { side: 2, at: vec![1] }
}

#[test]
fn a_tag_decides_which_variant_is_read() {
    let circle = |tag: &str, size| Circle { shape_type: tag.to_owned(), size };
    assert_eq!(read::<Shape>(json!({"size": 2.0, "shapeType": "round"})), Ok(Shape::Circle(circle("round", 2.0))));
    for tag in ["four", "quad"] {
        let value = json!({"shapeType": tag, "side": 2, "at": [1], "size": 1});
        assert_eq!(read::<Shape>(value), Ok(Shape::Square(Box::new(square()))));
    }
    // The fields of one variant under the tag of the other, or under no tag.
    for value in [
        json!({"shapeType": "round", "size": "secret"}),
        json!({"shapeType": "four", "size": 1}),
        json!({"shapeType": "secret", "side": 2, "at": []}),
        json!({"side": 2, "at": [1]}),
        json!({"shapeType": 4, "side": 2, "at": []}),
        json!("four"),
        json!(["four"]),
    ] {
        let error = read::<Shape>(value.clone()).expect_err("no variant has this tag and these fields");
        assert!(error.starts_with("not what any variant of `Shape` reads"), "{error}");
        let kept = read::<AnyShape>(value.clone()).expect("it is kept");
        assert_eq!(kept, AnyShape::Unknown(value.clone()));
        assert_eq!(written(&kept), value.to_string());
        assert_eq!(format!("{kept:?}"), "Unknown([hidden])");
    }
    let tagged = read::<AnyShape>(json!({"shapeType": "quad", "side": 2, "at": [1]}));
    assert_eq!(tagged, Ok(AnyShape::from(square())));
}

#[test]
fn the_tag_is_written() {
    assert_eq!(written(&AnyShape::from(square())), r#"{"shapeType":"four","side":2,"at":[1]}"#);
    assert_eq!(written(&Shape::Square(Box::new(square()))), r#"{"shapeType":"four","side":2,"at":[1]}"#);
    // A field of the variant's own is corrected in its place, and no number changes on the way.
    for tag in ["", "four", "round"] {
        let circle = Circle { shape_type: tag.to_owned(), size: 0.1 };
        assert_eq!(written(&Shape::from(circle)), r#"{"shapeType":"round","size":0.1}"#);
    }
    // Each value of the variant's own is kept.
    let quad = json!({"at": [1], "shapeType": "quad", "side": 2});
    union! {
        /// A variant that keeps the tag.
        Kept tag "shapeType" {
            /// Anything.
            Map(serde_json::Map<String, Value>) = "four" | "quad",
        }
    }
    assert_eq!(written(&read::<Kept>(quad.clone()).expect("it is read")), quad.to_string());
    union! {
        /// A variant that can have no tag.
        Wrong tag "shapeType" {
            /// Not an object.
            Text(String) = "text",
        }
    }
    let error = serde_json::to_string(&Wrong::Text("secret".to_owned())).expect_err("text has no properties");
    assert_eq!(error.to_string(), "a variant that is told apart by a property is no object");
}

/// A union in a union in a union: each level is written once.
#[test]
fn tagged_unions_nest() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
    pub struct Folder {
        inside: Vec<Item>,
    }
    union! {
        /// An item.
        Item tag "kind" {
            /// A folder.
            Folder(Folder) from = "folder",
        }
    }
    let mut text = r#"{"kind":"folder","inside":[]}"#.to_owned();
    for _ in 0..50 {
        text = format!(r#"{{"kind":"folder","inside":[{text}]}}"#);
    }
    let item: Item = serde_json::from_str(&text).expect("it is read");
    assert_eq!(written(&item), text);
}

#[derive(Serialize)]
#[allow(clippy::exhaustive_enums, reason = "a test's own")]
enum Plain {
    Unit,
    Newtype(u8),
    Tuple(u8, char),
    Struct { a: Option<f32> },
}

/// What a form sends as JSON is what JSON itself would be.
#[test]
fn a_node_is_written_as_its_value() {
    use std::collections::BTreeMap;

    use crate::runtime::node::Node;

    let map = BTreeMap::from([(-1, (1.5_f32, 0.1_f64, u64::MAX)), (2, (1e20, 1e300, 0))]);
    let plain = [Plain::Unit, Plain::Newtype(1), Plain::Tuple(2, 'ü'), Plain::Struct { a: Some(0.1) }];
    let value = (map, plain, ((), "text", [i8::MIN, 0], None::<u8>), [[true]; 2]);
    assert_eq!(Node::of(&value).and_then(|node| node.json()), Some(written(&value)));
    assert!(Node::of(&f32::NAN).is_none() && Node::of(&BTreeMap::from([((), 1)])).is_none());
}

#[test]
fn without_a_tag_the_first_variant_that_fits_is_read() {
    assert_eq!(read::<Contact>(json!({"side": 2, "at": [1], "more": 3})), Ok(Contact::Square(square())));
    assert_eq!(read::<Contact>(json!("1")), Ok(Contact::from("1".to_owned())));
    assert_eq!(read::<Contact>(json!(1)), Ok(Contact::from(1)));
    let error = read::<Contact>(json!({"side": 2, "secret": 1})).expect_err("a required field is absent");
    assert!(error.starts_with("not what any variant of `Contact` reads"), "{error}");
    for value in [json!({"side": 2, "at": [1]}), json!("1"), json!(1)] {
        assert_eq!(serde_json::to_value(read::<Contact>(value.clone()).expect("it is read")).ok(), Some(value));
    }
    let unknown = json!({"side": 2, "secret": [null, 1.5]});
    let kept = read::<Anything>(unknown.clone()).expect("it is kept");
    assert_eq!(kept, Anything::Other(unknown.clone()));
    assert_eq!(written(&kept), unknown.to_string());
    assert_eq!(read::<Anything>(json!({"side": 2, "at": [1]})), Ok(Anything::from(square())));
}

#[test]
fn debug_shows_a_variant_and_hides_what_is_marked() {
    assert_eq!(format!("{:?}", Contact::Square(square())), "Square(Square { side: 2, at: [1] })");
    assert_eq!(format!("{:?}", Contact::Phone("secret".to_owned())), "Phone([hidden])");
    assert_eq!(format!("{:?}", Contact::Number(1)), "Number(1)");
    assert_eq!(format!("{:?}", Anything::from(square())), "Square([hidden])");
    assert_eq!(format!("{:?}", Anything::Other(json!("secret"))), "Other([hidden])");
}

/// Tells absent, null and a value apart.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Patch {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "null::present")]
    name: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "null::as_default")]
    tags: Vec<u8>,
}

/// An object that keeps what it does not list.
#[derive(Clone, PartialEq, Serialize)]
struct Open {
    id: u8,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    type_: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Option<String>>,
    tags: Vec<u8>,
    #[serde(flatten)]
    extra: serde_json::Map<String, Value>,
}

object! { Open { id, type_ "type": optional, name: optional @present, tags @or_null } }

#[test]
fn an_object_keeps_what_it_does_not_list() {
    let body = json!({"a": [{"b": 1.5}], "id": 1, "name": null, "tags": [2], "type": "t", "z": "secret"});
    let open = read::<Open>(body.clone()).expect("it is read");
    assert_eq!((open.id, open.type_.as_deref(), &open.name, &open.tags), (1, Some("t"), &Some(None), &vec![2]));
    assert_eq!(open.extra.keys().collect::<Vec<_>>(), ["a", "z"]);
    assert_eq!(serde_json::to_value(&open).ok(), Some(body));
    let shown = r#"Open { id: 1, type_: Some([hidden]), name: Some([hidden]), tags: [2], extra: [hidden] }"#;
    assert_eq!(format!("{open:?}"), shown);

    let least = read::<Open>(json!({"id": 1, "tags": null})).expect("it is read");
    assert_eq!((least.type_, least.name, least.tags, least.extra.len()), (None, None, Vec::new(), 0));
}

/// A type, and fields, that are called like parts of the macro.
#[derive(Clone, PartialEq, Serialize)]
struct Field {
    map: Option<u8>,
    name: Option<u8>,
    #[serde(rename = "Unlisted")]
    unlisted: Option<u8>,
    #[serde(flatten)]
    extra: serde_json::Map<String, Value>,
}

object! { Field { map, name, unlisted "Unlisted" } }

/// Nothing is listed.
#[derive(Clone, PartialEq, Serialize)]
struct Nothing {
    #[serde(flatten)]
    extra: serde_json::Map<String, Value>,
}

object! { Nothing {} }

#[test]
fn an_object_may_be_called_like_anything() {
    assert_eq!(read::<Nothing>(json!({"a": 1})).map(|nothing| nothing.extra.len()), Ok(1));
    let body = json!({"map": 1, "name": 2, "Unlisted": 3, "value": 4});
    let field = read::<Field>(body.clone()).expect("it is read");
    assert_eq!((field.map, field.name, field.unlisted, field.extra.len()), (Some(1), Some(2), Some(3), 1));
    assert_eq!(serde_json::to_value(&field).ok(), Some(body));
}

#[test]
fn an_object_is_no_list_and_has_each_required_field_once() {
    for (text, problem) in [
        (r#"{"tags": []}"#, "missing field `id`"),
        (r#"{"id": 1}"#, "missing field `tags`"),
        (r#"{"id": 1, "id": 1, "tags": []}"#, "duplicate field `id`"),
        (r#"{"id": 1, "type": null, "type": null, "tags": []}"#, "duplicate field `type`"),
        (r#"[1, null, null, []]"#, "invalid type: sequence, expected struct Open"),
        (r#"{"id": "1", "tags": []}"#, "invalid type: string"),
    ] {
        let error = serde_json::from_str::<Open>(text).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with(problem), "{text}: {error}");
    }
}

#[test]
fn absent_null_and_a_value_are_three_things() {
    for (text, name) in
        [("{}", None), (r#"{"name":null}"#, Some(None)), (r#"{"name":"a"}"#, Some(Some("a".to_owned())))]
    {
        let patch = read::<Patch>(serde_json::from_str(text).expect("it is JSON"));
        assert_eq!(patch, Ok(Patch { name, tags: Vec::new() }));
        assert_eq!(written(&patch.expect("it is read")), text);
    }
    assert_eq!(read::<Patch>(json!({"tags": null})), Ok(Patch::default()));
}

#[test]
fn schemas_say_what_is_sent() {
    let schema = |schema: schemars::Schema| serde_json::to_value(schema).expect("a schema is JSON");
    assert_eq!(schema(schemars::schema_for!(Level))["enum"], json!([1, -2]));
    assert_eq!(schema(schemars::schema_for!(State))["anyOf"][0]["enum"], json!([1, 2]));
    let code = schema(schemars::schema_for!(Code));
    assert_eq!((&code["minLength"], &code["maxLength"], &code["pattern"]), (&json!(1), &json!(3), &json!("^\\p{L}+$")));
    assert_eq!(schema(schemars::schema_for!(Digits)).get("minLength"), None);
    let members = |value: Value| value["anyOf"].as_array().expect("a union has variants").len();
    assert_eq!(members(schema(schemars::schema_for!(Contact))), 3);
    let any_shape = schema(schemars::schema_for!(AnyShape));
    assert_eq!(any_shape["anyOf"][2], json!(true));
    assert_eq!(members(any_shape), 3);
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
pub struct Range {
    low: i64,
    high: i64,
}

choice! {
    /// An amount.
    Amount {
        /// Crypto.
        Crypto(String) hidden = "crypto_amount",
        /// A range.
        Range(Range),
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, schemars::JsonSchema)]
struct Quote {
    currency: String,
    #[serde(flatten)]
    amount: Amount,
}

#[test]
fn one_alternative_is_written_beside_the_other_properties() {
    for (amount, text) in [
        (Amount::Crypto("1".to_owned()), r#"{"currency":"c","crypto_amount":"1"}"#),
        (Amount::Range(Range { low: 1, high: 2 }), r#"{"currency":"c","low":1,"high":2}"#),
    ] {
        let quote = Quote { currency: "c".to_owned(), amount };
        assert_eq!(written(&quote), text);
        assert_eq!(read::<Quote>(serde_json::from_str(text).expect("it is JSON")), Ok(quote));
    }
    assert!(read::<Quote>(json!({"currency": "c"})).is_err(), "none is there");
    assert_eq!(format!("{:?}", Amount::Crypto("secret".to_owned())), "Crypto([hidden])");
}

params! {
    /// Some.
    Filter {
        /// How many.
        limit: i64,
        /// From where.
        cursor: String = hidden,
    }
}

#[test]
fn an_optional_parameter_is_set_or_left_out_and_hidden_where_it_is_marked() {
    let filter = Filter::new().limit(3).cursor("secret");
    assert_eq!((filter.limit, filter.cursor.as_deref()), (Some(3), Some("secret")));
    assert_eq!(format!("{filter:?}"), "Filter { limit: Some(3), cursor: Some([hidden]) }");
    assert_eq!(Filter::new(), Filter::default());
}

constrained_string! {
    /// Refuses two.
    Other, not ["a", "b"]
}

#[test]
fn refused_values_are_refused_to_who_sends_and_read_all_the_same() {
    let error = Other::new("a").expect_err("it is listed");
    assert_eq!(error.to_string(), "the text for `Other` is one of the values that the document refuses");
    assert_eq!(Other::new("c").map(Other::into_string), Ok("c".to_owned()));
    assert_eq!(read::<Other>(json!("a")).map(Other::into_string), Ok("a".to_owned()));
}
