//! Neighbours of the cases: whole documents, from which code is generated. A line is as in `constructs`; `?` stands for a
//! verdict on source that follows from how the emitters treat the construct.

use serde_json::Value;
use xtask::{
    coverage::Coverage,
    diff::{self, Verdict},
    openapi,
};

use super::cases::{is_as_expected, lines};

/// A document with `get` and `post` of `/a/{id}`: members of the operation `getA`, those of `postA`, and of the components.
fn document(get: &str, post: &str, components: &str) -> Value {
    let responses = |members: &str| match members.contains("responses:") {
        true => String::new(),
        false => ", responses: {'204': {description: ok}}".to_owned(),
    };
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  '/a/{{id}}':\n    \
         parameters: [{{name: id, in: path, required: true, schema: {{type: string, enum: [x, y]}}}}]\n    \
         get: {{operationId: getA{get}{}}}\n    post: {{operationId: postA{post}{}}}\ncomponents: {{{components}}}\n",
        responses(get),
        responses(post),
    );
    openapi::parse(&text).expect("YAML without a slip")
}

fn query(more: &str) -> Value {
    document(&format!(", parameters: [{{name: q, in: query{more}}}]"), "", "")
}

fn body(schema: &str) -> String {
    format!(", requestBody: {{required: true, content: {{application/json: {{schema: {schema}}}}}}}")
}

fn sent(schema: &str) -> Value {
    document("", &body(schema), "")
}

fn response(status: &str, schema: &str) -> String {
    format!("'{status}': {{description: ok, content: {{application/json: {{schema: {schema}}}}}}}")
}

fn read(schema: &str) -> Value {
    document(&format!(", responses: {{{}}}", response("200", schema)), "", "")
}

fn check(old: &Value, new: &Value, expected: &[&str]) {
    let found = lines(old, new).replace("/paths/~1a~1{id}", "%").replace("application~1json/schema", "json");
    let expected: String = expected.iter().map(|line| format!("{line}\n")).collect();
    assert!(is_as_expected(&expected, &found), "expected\n{expected}found\n{found}");
}

#[test]
fn bounds_of_numbers_are_no_type() {
    let bound = |kind: &str, more: &str| query(&format!(", schema: {{type: {kind}, {more}}}"));
    let at = "sent getA %/get/parameters/0/schema/maximum";
    for kind in ["integer", "number"] {
        let [small, great] = ["maximum: 50", "maximum: 100"].map(|more| bound(kind, more));
        check(&great, &small, &[&format!("B. constraint-tightened {at}")]);
        check(&small, &great, &[&format!(".. constraint-loosened {at}")]);
    }
    let exclusive = "maximum: 10, exclusiveMaximum: true";
    check(&bound("integer", exclusive), &bound("integer", "maximum: 9"), &[]);
    check(&bound("integer", "maximum: 9.5"), &bound("integer", "maximum: 9"), &[]);
    check(&bound("number", exclusive), &bound("number", "maximum: 10"), &[&format!(".. constraint-loosened {at}")]);
    // A bound that is not a number is the same as itself.
    check(&bound("integer", "maximum: {a: 1}"), &bound("integer", "maximum: {a: 1}"), &[]);
}

#[test]
fn a_default_is_a_warning() {
    let parameter = |default: &str| query(&format!(", schema: {{type: integer{default}}}"));
    check(
        &parameter(", default: 10"),
        &parameter(", default: 20"),
        &["!. default-changed sent getA %/get/parameters/0/schema/default"],
    );
    check(
        &parameter(""),
        &parameter(", default: 20"),
        &["!? default-changed sent getA %/get/parameters/0/schema/default"],
    );
    let property = |default: &str| format!("{{type: object, properties: {{a: {{type: string, default: {default}}}}}}}");
    check(
        &sent(&property("x")),
        &sent(&property("y")),
        &["!. default-changed sent postA %/post/requestBody/content/json/properties/a/default"],
    );
    check(
        &read(&property("x")),
        &read(&property("y")),
        &["!. default-changed read getA %/get/responses/200/content/json/properties/a/default"],
    );
}

#[test]
fn a_pattern_that_lets_more_through_does_no_harm() {
    let schema = |pattern: &str| format!("{{type: object, properties: {{a: {{type: string{pattern}}}}}}}");
    let with = |pattern: &str| schema(&format!(", pattern: '{pattern}'"));
    let at = "sent postA %/post/requestBody/content/json/properties/a/pattern";
    let (two, some, more) = (with("^[A-Z]{2}$"), with("^[A-Z]{2,3}$"), schema(""));
    check(&sent(&two), &sent(&some), &[&format!(".? constraint-loosened {at}")]);
    check(&sent(&some), &sent(&two), &[&format!("B? constraint-tightened {at}")]);
    check(&sent(&two), &sent(&more), &[&format!(".? constraint-removed {at}")]);
    check(&sent(&two), &sent(&with("^[0-9]$")), &[&format!("B? constraint-changed {at}")]);
    check(&sent(&with("^(a|b)$")), &sent(&with("^[ab]$")), &[]);
    let at = at.replace("sent postA %/post/requestBody", "read getA %/get/responses/200");
    check(&read(&some), &read(&two), &[&format!(".? constraint-tightened {at}")]);
    check(&read(&two), &read(&more), &[&format!(".? constraint-removed {at}")]);
    let length =
        |least: u8| sent(&format!("{{type: object, properties: {{a: {{type: string, minLength: {least}}}}}}}"));
    check(&length(0), &sent(&more), &[]);
}

#[test]
fn each_crate_is_judged_for_itself() {
    let optional = "{type: object, properties: {a: {type: string}}}";
    let required = "{type: object, required: [a], properties: {a: {type: string}}}";
    check(
        &sent(required),
        &sent(optional),
        &[".c property-optional sent postA %/post/requestBody/content/json/properties/a"],
    );
    check(
        &sent(optional),
        &sent(required),
        &["BB property-required sent postA %/post/requestBody/content/json/properties/a"],
    );
    let parameter = |required: bool| query(&format!(", required: {required}, schema: {{type: string}}"));
    check(&parameter(true), &parameter(false), &[".c parameter-optional sent getA %/get/parameters/0"]);
    let list = |names: &[&str]| {
        let parameters: Vec<String> =
            names.iter().map(|name| format!("{{name: {name}, in: query, schema: {{type: string}}}}")).collect();
        document(&format!(", parameters: [{}]", parameters.join(", ")), "", "")
    };
    check(&list(&["q"]), &list(&["q", "r"]), &[".? optional-parameter-added sent getA %/get/parameters/1"]);
}

#[test]
fn a_mark_counts_in_its_direction() {
    let schema = |mark: &str| format!("{{type: object, properties: {{a: {{type: string{mark}}}}}}}");
    let (plain, read_only, write_only) = (schema(""), schema(", readOnly: true"), schema(", writeOnly: true"));
    let sent_at = "sent postA %/post/requestBody/content/json/properties/a";
    let read_at = "read getA %/get/responses/200/content/json/properties/a";
    check(&sent(&plain), &sent(&write_only), &[&format!(".? access-changed {sent_at}")]);
    // What has nothing to send is a map, and what has something a struct.
    check(&sent(&read_only), &sent(&plain), &[&format!(".B optional-property-added {sent_at}")]);
    check(&read(&plain), &read(&write_only), &[&format!("B? optional-property-removed {read_at}")]);
    check(&read(&write_only), &read(&plain), &[&format!(".B optional-property-added {read_at}")]);
    // The mark may be where the property leads to.
    let reference = |mark: &str| {
        let schemas = format!("schemas: {{N: {{type: string{mark}}}}}");
        let of = |required: &str| {
            format!(
                "{{type: object{required}, properties: {{a: {{$ref: '#/components/schemas/N'}}, b: {{type: string}}}}}}"
            )
        };
        [of(""), of(", required: [a]")].map(|schema| document("", &body(&schema), &schemas))
    };
    let [optional, required] = reference(", readOnly: true");
    check(&optional, &required, &[]);
    let [optional, required] = reference("");
    check(&optional, &required, &[&format!("BB property-required {sent_at}")]);
}

#[test]
fn what_grows_in_one_place_may_be_a_type_of_its_own_from_then_on() {
    let enums = |first: &str, second: &str| {
        read(&format!(
            "{{type: object, properties: {{a_kind: {{type: string, enum: [{first}]}}, b_kind: {{type: string, enum: [{second}]}}}}}}"
        ))
    };
    let at = |name: &str| format!("read getA %/get/responses/200/content/json/properties/{name}");
    let values = |name: &str, verdict: &str| format!("{verdict} enum-values-added {}/enum", at(name));
    check(&enums("p, q", "p, q"), &enums("p, q", "p, q, r"), &[&values("b_kind", ".B")]);
    // The type has the name of the first place: the second one loses it.
    check(&enums("p, q", "p, q"), &enums("p, q, r", "p, q"), &[&values("a_kind", ".B")]);
    let both = [values("a_kind", ".."), values("b_kind", "..")];
    check(&enums("p, q", "p, q"), &enums("p, q, r", "p, q, r"), &[&both[0], &both[1]]);
    check(&enums("p, q", "v, w"), &enums("p, q, r", "v, w"), &[&values("a_kind", "..")]);

    let objects = |first: &str, second: &str| {
        let part = |more: &str| format!("{{type: object, properties: {{k: {{type: integer}}{more}}}}}");
        let list =
            |more: &str| format!("{{type: array, items: {{type: object, properties: {{page_info: {}}}}}}}", part(more));
        read(&format!("{{type: object, properties: {{page_info: {}, old: {}}}}}", part(first), list(second)))
    };
    let added = |place: &str, verdict: &str| format!("{verdict} optional-property-added {}", at(place));
    let more = ", l: {type: integer}";
    check(&objects("", ""), &objects(more, ""), &[&added("page_info/properties/l", ".B")]);
    check(&objects("", ""), &objects("", more), &[&added("old/items/properties/page_info/properties/l", ".B")]);
}

#[test]
fn headers_of_responses_have_no_type() {
    let header = |more: &str| {
        let headers = format!("{{X-A: {{schema: {{type: string}}{more}}}}}");
        document(&format!(", responses: {{'204': {{description: ok, headers: {headers}}}}}"), "", "")
    };
    let at = "read getA %/get/responses/204/headers/X-A";
    check(&header(""), &header(", required: true"), &[&format!(".. header-required {at}")]);
    check(&header(", required: true"), &header(""), &[&format!("B. header-optional {at}")]);
    check(&header(""), &header(", deprecated: true"), &[&format!(".. deprecated {at}/deprecated")]);
    check(&header(""), &header(", style: simple, explode: false"), &[]);
}

#[test]
fn names_of_headers_and_media_types_have_no_case() {
    let parameters = |one: &str, two: &str| {
        let header = |name: &str| format!("{{name: {name}, in: header, schema: {{type: string}}}}");
        document(&format!(", parameters: [{}, {}]", header(one), header(two)), "", "")
    };
    check(&parameters("X-One", "X-Two"), &parameters("x-two", "x-one"), &[]);
    let media = |name: &str| {
        let content = format!("{{'{name}': {{schema: {{type: object, properties: {{a: {{type: string}}}}}}}}}}");
        document(&format!(", responses: {{'200': {{description: ok, content: {content}}}}}"), "", "")
    };
    check(&media("application/json"), &media("Application/JSON;charset=\"UTF-8\""), &[]);
    let found = lines(&media("application/json"), &media("application/json; version=2"));
    assert!(found.starts_with("B") && found.contains("media-type-changed"), "{found}");
}

#[test]
fn keys_that_still_open_the_door_break_nothing() {
    let flows = |scopes: &str, url: &str| {
        format!(
            "{{O: {{type: oauth2, flows: {{clientCredentials: {{tokenUrl: 'https://{url}', scopes: {{{scopes}}}}}}}}}, \
                 B: {{type: http, scheme: bearer}}}}"
        )
    };
    let secured = |security: &str, schemes: &str| {
        document(&format!(", security: [{security}]"), "", &format!("securitySchemes: {schemes}"))
    };
    let all = flows("r: r, w: w", "a");
    let at = "sent getA %/get/security";
    check(&secured("{O: [r, w]}", &all), &secured("{O: [r]}", &all), &[&format!(".. security-changed {at}")]);
    check(&secured("{O: [r]}", &all), &secured("{O: [r, w]}", &all), &[&format!("B. security-changed {at}")]);
    check(&secured("{O: [r], B: []}", &all), &secured("{B: []}", &all), &[&format!(".. security-changed {at}")]);
    check(&secured("{O: [r]}, {B: []}", &all), &secured("{B: []}", &all), &[&format!("B. security-changed {at}")]);
    let at = "sent getA /components/securitySchemes/O/flows/clientCredentials";
    check(
        &secured("{O: [r]}", &all),
        &secured("{O: [r]}", &flows("r: r, w: w, x: x", "a")),
        &[&format!(".. security-scheme-changed {at}/scopes/x")],
    );
    check(
        &secured("{O: [r]}", &all),
        &secured("{O: [r]}", &flows("r: r, w: w", "b")),
        &[&format!("B. security-scheme-changed {at}/tokenUrl")],
    );
    let words = secured("{O: [r]}", &flows("r: other, w: w", "a"));
    check(
        &secured("{O: [r]}", &all),
        &words,
        &[".. prose-changed sent getA /components/securitySchemes/O/flows/clientCredentials/scopes/r"],
    );
}

#[test]
fn a_callback_is_compared_like_what_it_is() {
    let callback = |kind: &str, name: &str| {
        let schema = format!("{{type: object, properties: {{a: {{type: {kind}}}}}}}");
        let post = format!(
            "{{post: {{requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}, responses: {{'204': {{description: ok}}}}}}}}"
        );
        document("", &format!(", responses: {{}}, callbacks: {{{name}: {{'{{$request.body#/u}}': {post}}}}}"), "")
    };
    let at = "postA %/post/callbacks/on";
    check(
        &callback("string", "on"),
        &callback("integer", "on"),
        &[&format!("B. type-changed read {at}/{{$request.body#~1u}}/post/requestBody/content/json/properties/a/type")],
    );
    check(
        &callback("string", "on"),
        &callback("string", "off"),
        &[".. callback-added none postA %/post/callbacks/off", &format!("B. callback-removed none {at}")],
    );
}

#[test]
fn statuses_that_are_read_by_the_same_code_break_nothing() {
    let object = "{type: object, properties: {a: {type: string}}}";
    let statuses = |list: &[&str]| {
        let responses: Vec<String> = list.iter().map(|status| response(status, object)).collect();
        document(&format!(", responses: {{{}}}", responses.join(", ")), "", "")
    };
    check(&statuses(&["200"]), &statuses(&["2XX"]), &[".. status-changed read getA %/get/responses/2XX"]);
    check(&statuses(&["2xx"]), &statuses(&["2XX"]), &[]);
    check(&statuses(&["200", "202"]), &statuses(&["200"]), &[".. status-removed read getA %/get/responses/202"]);
}

#[test]
fn serialization_counts_where_it_says_something() {
    let parameter = |schema: &str, more: &str| query(&format!("{more}, schema: {schema}"));
    let at = "sent getA %/get/parameters/0";
    for scalar in ["{type: string}", "{type: integer}", "{anyOf: [{type: string}, {type: integer}]}"] {
        check(&parameter(scalar, ""), &parameter(scalar, ", explode: false"), &[]);
    }
    let list = "{type: array, items: {type: string}}";
    check(&parameter(list, ""), &parameter(list, ", explode: false"), &[&format!("B. serialization-changed {at}")]);
    let text = "{type: string}";
    check(
        &parameter(text, ""),
        &parameter(text, ", allowReserved: true"),
        &[&format!(".. serialization-changed {at}")],
    );
    check(
        &parameter(text, ", allowReserved: true"),
        &parameter(text, ""),
        &[&format!("B. serialization-changed {at}")],
    );
}

#[test]
fn a_restriction_that_goes_is_harmless_to_who_sends() {
    let properties = "properties: {x: {type: string}, y: {type: string}}";
    let free = format!("{{type: object, {properties}}}");
    for word in ["oneOf", "anyOf"] {
        let choice =
            format!("{{type: object, {properties}, {word}: [{{title: X, required: [x]}}, {{required: [y]}}]}}");
        let found = lines(&sent(&choice), &sent(&free));
        assert!(found.starts_with('.') && found.contains("union-dropped sent postA"), "{found}");
        let found = lines(&sent(&free), &sent(&choice));
        assert!(found.starts_with('B') && found.contains("union-introduced"), "{found}");
    }
}

/// A type that is written in place has the name of its place, and as a component its own.
#[test]
fn what_is_named_otherwise_breaks_source_alone() {
    let list = "{type: string, enum: [a, b]}";
    let of = |status: &str| format!("{{type: object, properties: {{status: {status}}}}}");
    let read = |status: &str, schemas: &str| {
        document(
            &format!(", responses: {{{}}}", response("200", "{$ref: '#/components/schemas/T'}")),
            "",
            &format!("schemas: {{T: {}{schemas}}}", of(status)),
        )
    };
    let component = read("{$ref: '#/components/schemas/Status'}", &format!(", Status: {list}"));
    check(&read(list, ""), &component, &[".B schema-extracted read getA /components/schemas/T/properties/status"]);
    check(&component, &read(list, ""), &[".B schema-inlined read getA /components/schemas/T/properties/status"]);
    // As the overlay says, where it says it.
    let named = "{x-type-name: Status, type: string, enum: [a, b]}";
    check(
        &read(named, ""),
        &component,
        &[
            ".. extension-changed read getA /components/schemas/T/properties/status/x-type-name",
            ".. schema-extracted read getA /components/schemas/T/properties/status",
        ],
    );
}

#[test]
fn a_parameter_is_called_by_its_name() {
    let summaries = |old: &Value, new: &Value| -> Vec<String> {
        diff::compare(old, new, &Coverage::default()).into_iter().map(|change| change.summary).collect()
    };
    let parameter = |values: &str| query(&format!(", schema: {{type: string, enum: [{values}]}}"));
    assert_eq!(summaries(&parameter("a, b"), &parameter("a")), ["the query parameter `q` no longer has `b`"]);
    let of_path = query(", schema: {type: string}");
    let mut other = of_path.clone();
    other["paths"]["/a/{id}"]["parameters"][0]["schema"]["enum"] = serde_json::json!(["x"]);
    assert_eq!(summaries(&of_path, &other), ["the path parameter `id` no longer has `y`"]);
    let shared = |values: &str| {
        let parameter = format!("{{name: q, in: query, schema: {{type: string, enum: [{values}]}}}}");
        document(", parameters: [{$ref: '#/components/parameters/P'}]", "", &format!("parameters: {{P: {parameter}}}"))
    };
    assert_eq!(summaries(&shared("a, b"), &shared("a")), ["the query parameter `q` no longer has `b`"]);
}

/// Without code, verdicts are as for most documents, and the report says so.
#[test]
fn what_can_not_be_generated_is_said() {
    let schema = |most: u8| {
        format!("{{type: object, properties: {{a: {{type: string, maxLength: {most}}}, b: {{$ref: '#/nowhere'}}}}}}")
    };
    let (old, new) = (sent(&schema(5)), sent(&schema(4)));
    let compared = diff::compare_with_code(&old, &new, &Coverage::default(), [&old, &new]);
    assert_eq!((compared.changes[0].wire, compared.changes[0].source), (Verdict::Break, Verdict::Ok));
    let assumed = compared.assumed.expect("there is no code");
    assert!(assumed.starts_with("The new document is refused") && assumed.contains("/b"), "{assumed}");
    let fine = sent("{type: object, properties: {a: {type: string, maxLength: 4}, b: {type: string}}}");
    let assumed = diff::compare_with_code(&old, &fine, &Coverage::default(), [&old, &fine]).assumed;
    let assumed = assumed.expect("there is no code");
    assert!(
        assumed.starts_with("No code can be generated from the old document") && assumed.contains("/b"),
        "{assumed}"
    );
    // Nobody needs code for this.
    let mut words = fine.clone();
    words["info"]["title"] = "Other".into();
    assert_eq!(diff::compare_with_code(&fine, &words, &Coverage::default(), [&fine, &words]).assumed, None);
}

/// Schemas that are made of themselves, however they lead back.
#[test]
fn what_is_made_of_itself_is_compared() {
    for kid in [
        "{allOf: [{$ref: '#/components/schemas/B'}]}",
        "{nullable: true, allOf: [{$ref: '#/components/schemas/B'}]}",
        "{type: array, items: {allOf: [{$ref: '#/components/schemas/B'}, {properties: {x: {type: string}}}]}}",
        "{type: object, additionalProperties: {allOf: [{$ref: '#/components/schemas/B'}]}}",
    ] {
        let of = |kind: &str| {
            let schemas = format!("schemas: {{B: {{type: object, properties: {{a: {{type: {kind}}}, kid: {kid}}}}}}}");
            document(&format!(", responses: {{{}}}", response("200", "{$ref: '#/components/schemas/B'}")), "", &schemas)
        };
        let changes = diff::compare(&of("string"), &of("integer"), &Coverage::default());
        assert_eq!(changes.len(), 1, "{changes:#?}");
        assert_eq!(diff::compare(&of("string"), &of("string"), &Coverage::default()), []);
    }
}

#[test]
fn a_field_beside_a_choice_is_one_of_its_variants() {
    let choice = |beside: &str| {
        let variants = "AP: {type: object, required: [p], properties: {p: {type: string}}}, \
                        AQ: {type: object, required: [q], properties: {q: {type: string}}}";
        let refs = "oneOf: [{$ref: '#/components/schemas/AP'}, {$ref: '#/components/schemas/AQ'}]";
        let components = format!("schemas: {{A: {{{refs}{beside}}}, {variants}}}");
        document("", &body("{$ref: '#/components/schemas/A'}"), &components)
    };
    let (before, after) = (choice(""), choice(", properties: {memo: {type: string}}"));
    check(&before, &after, &[".. optional-property-added sent postA /components/schemas/A/properties/memo"]);
    check(&after, &before, &["BB optional-property-removed sent postA /components/schemas/A/properties/memo"]);
}
