//! Constructs that the checked-in document does without, each with one edit or a few: what the report says, line by line.

use xtask::{
    diff::{Change, Direction, Verdict},
    openapi,
};

use super::{laws::opposite, mutants::structural};

/// What a change is: verdicts (`B` breaks, `c` breaks the generated crate alone, `!` is a warning, `.` is none of these; wire,
/// source), rule, direction, operations, and the longer of the
/// two places.
pub(super) fn line(change: &Change) -> String {
    let direction = match change.direction {
        Direction::Request => "sent",
        Direction::Response => "read",
        Direction::None => "none",
    };
    let depth = |place: &str| place.matches('/').count();
    let place = if depth(&change.old) > depth(&change.new) { &change.old } else { &change.new };
    format!("{} {} {direction} {} {place}", verdicts(change), change.rule, change.operations.join(","))
}

pub(super) fn verdicts(change: &Change) -> String {
    let wire = match change.wire {
        Verdict::Break => 'B',
        Verdict::Warning => '!',
        Verdict::Ok => '.',
    };
    let source = match (change.source, change.client) {
        (Verdict::Break, Verdict::Break) => 'B',
        (Verdict::Ok, Verdict::Break) => 'c',
        (Verdict::Ok, Verdict::Ok) => '.',
        other => panic!("{other:?} for source: {change:?}"),
    };
    format!("{wire}{source}")
}

/// Compares two texts, there and back, and two documents with themselves.
pub(super) fn check(old: &str, new: &str, expected: &[&str]) {
    let [old, new] = [old, new].map(|text| openapi::parse(text).expect("YAML without a slip"));
    let changes = structural(super::compare(&old, &new));
    for change in &changes {
        assert!(old.pointer(&change.old).is_some() && new.pointer(&change.new).is_some(), "{change:?}");
    }
    let mut found: Vec<String> = changes.iter().map(line).collect();
    found.sort();
    assert_eq!(found, expected, "{changes:#?}");
    let mirror = |changes: &[Change], is_back: bool| -> Vec<_> {
        let side = |change: &Change| match is_back {
            true => (opposite(change.rule), change.new.clone(), change.old.clone()),
            false => (change.rule.to_string(), change.old.clone(), change.new.clone()),
        };
        let mut sides: Vec<_> = changes.iter().map(side).collect();
        sides.sort();
        sides
    };
    assert_eq!(mirror(&changes, false), mirror(&structural(super::compare(&new, &old)), true));
    for document in [&old, &new] {
        assert_eq!(super::compare(document, document), []);
    }
}

/// A document with component schemas, of which `send` sends `A`.
pub(super) fn sent(schemas: &str) -> String {
    operation("requestBody: {content: {a/b: {schema: {$ref: '#/components/schemas/A'}}}}", schemas)
}

/// A document with component schemas, of which `send` reads `A`.
pub(super) fn read(schemas: &str) -> String {
    let schema = "{schema: {$ref: '#/components/schemas/A'}}";
    operation(&format!("responses: {{'200': {{description: '', content: {{a/b: {schema}}}}}}}"), schemas)
}

/// A document with the operation `send`, and component schemas.
pub(super) fn operation(members: &str, schemas: &str) -> String {
    format!("paths: {{/send: {{post: {{operationId: send, {members}}}}}}}\ncomponents: {{schemas: {{{schemas}}}}}")
}

#[test]
fn what_only_a_callback_or_a_not_uses_is_compared() {
    let send = "callbacks: {on: {'{$url}': {post: {requestBody: {content: {a/b: {schema: {$ref: '#/components/schemas/B'}}}}}}}}";
    let document = |kind| operation(send, &format!("B: {{properties: {{b: {{type: {kind}}}}}}}"));
    check(
        &document("string"),
        &document("integer"),
        &["BB type-changed read send /components/schemas/B/properties/b/type"],
    );
    let document = |kind| sent(&format!("A: {{not: {{$ref: '#/components/schemas/B'}}}}, B: {{type: {kind}}}"));
    check(&document("string"), &document("integer"), &["BB type-changed none  /components/schemas/B/type"]);
}

#[test]
fn what_other_operations_use_now_is_compared() {
    let document = |path: &str, kind| {
        let response = "{description: '', content: {a/b: {schema: {$ref: '#/components/schemas/B'}}}}";
        format!(
            "paths: {{{path}: {{get: {{responses: {{'200': {response}}}}}}}}}\n\
             components: {{schemas: {{B: {{type: {kind}}}}}}}"
        )
    };
    check(
        &document("/a", "string"),
        &document("/b", "integer"),
        &[
            ".. operation-added none GET /b /paths/~1b/get",
            "BB operation-removed none GET /a /paths/~1a/get",
            "BB type-changed none  /components/schemas/B/type",
        ],
    );
}

#[test]
fn the_response_by_default_is_one_use_of_its_schema() {
    let document = |kind| {
        format!(
            "paths: {{/send: {{post: {{operationId: send, responses: {{default: {{$ref: '#/components/responses/R'}}}}}}}}}}\n\
             components: {{responses: {{R: {{description: '', content: {{a/b: {{schema: {{$ref: '#/components/schemas/E'}}}}}}}}}}, \
             schemas: {{E: {{type: {kind}}}}}}}"
        )
    };
    check(&document("string"), &document("integer"), &["B. type-changed read send /components/schemas/E/type"]);
}

#[test]
fn of_constraints_that_hold_at_once_the_tightest_counts() {
    let document = |least, most| {
        sent(&format!("A: {{allOf: [{{maxLength: 10, minLength: {least}}}, {{maxLength: {most}, minLength: 0}}]}}"))
    };
    check(
        &document(1, 5),
        &document(2, 6),
        &[
            ".. constraint-loosened sent send /components/schemas/A/allOf/1/maxLength",
            "B. constraint-tightened sent send /components/schemas/A/allOf/0/minLength",
        ],
    );
    check(&document(1, 11), &document(1, 12), &[]);
    let (one, other) = ("A: {allOf: [{maxLength: 10}], maxLength: 5}", "A: {maxLength: 5, allOf: [{maxLength: 10}]}");
    check(&sent(one), &sent(other), &[]);
    check(
        &sent("A: {allOf: [{pattern: a}, {pattern: b}]}"),
        &sent("A: {allOf: [{pattern: a}, {pattern: c}]}"),
        &["B. constraint-changed sent send /components/schemas/A/allOf/1/pattern"],
    );
}

#[test]
fn a_number_is_the_same_in_another_notation() {
    check(&sent("A: {type: integer, minimum: 1}"), &sent("A: {type: integer, minimum: 1.0}"), &[]);
    let document = |most: u64| sent(&format!("A: {{type: integer, maximum: {most}}}"));
    check(
        &document(9_007_199_254_740_993),
        &document(9_007_199_254_740_992),
        &["B. constraint-tightened sent send /components/schemas/A/maximum"],
    );
}

#[test]
fn what_goes_without_saying_may_be_said() {
    let parameter = |more: &str| operation(&format!("parameters: [{{name: q, in: query{more}}}]"), "");
    let said = ", required: false, style: form, explode: true, allowReserved: false, deprecated: false";
    check(&parameter(""), &parameter(said), &[]);
    check(
        &parameter(""),
        &parameter(", style: spaceDelimited, explode: true"),
        &["B. serialization-changed sent send /paths/~1send/post/parameters/0"],
    );
    let more = "readOnly: false, writeOnly: false, nullable: false, uniqueItems: false, deprecated: false";
    check(&sent("A: {type: string}"), &sent(&format!("A: {{type: string, {more}}}")), &[]);
}

#[test]
fn a_parameter_may_be_written_as_a_media_type() {
    let parameter = |more: &str| operation(&format!("parameters: [{{name: q, in: query, {more}}}]"), "");
    let (plain, json) = ("schema: {type: string}", "content: {application/json: {schema: {type: string}}}");
    let changed = ["B. serialization-changed sent send /paths/~1send/post/parameters/0"];
    check(&parameter(plain), &parameter(json), &changed);
    check(&parameter(&json.replace("json", "xml")), &parameter(json), &changed);
    check(
        &parameter(json),
        &parameter(&json.replace("string", "integer")),
        &["BB type-changed sent send /paths/~1send/post/parameters/0/content/application~1json/schema/type"],
    );
}

#[test]
fn a_mapping_follows_the_names_of_its_components() {
    let document = |first: &str, mapped: &str| {
        sent(&format!(
            "A: {{oneOf: [{{$ref: '#/components/schemas/{first}'}}, {{$ref: '#/components/schemas/Y'}}], discriminator: \
             {{propertyName: k, mapping: {{x: '#/components/schemas/{mapped}', y: Y}}}}}}, {first}: {{properties: {{k: {{}}, a: {{}}}}}}, \
             Y: {{properties: {{k: {{}}}}}}"
        ))
    };
    check(&document("X", "X"), &document("Z", "Z"), &[".B schema-renamed sent send /components/schemas/Z"]);
    check(
        &document("X", "X"),
        &document("X", "Y"),
        &["B. discriminator-mapping-changed sent send /components/schemas/A/discriminator"],
    );
}

#[test]
fn several_unions_may_stand_in_any_order() {
    let [one, other] = ["{oneOf: [{required: [a]}, {required: [b]}]}", "{oneOf: [{required: [c]}, {required: [d]}]}"];
    check(&sent(&format!("A: {{allOf: [{one}, {other}]}}")), &sent(&format!("A: {{allOf: [{other}, {one}]}}")), &[]);
}

#[test]
fn one_of_the_shapes_that_there_were_is_not_compared_with_the_others() {
    check(
        &read("A: {anyOf: [{type: string}, {type: integer}]}"),
        &read("A: {type: string}"),
        &[".B union-dropped read send /components/schemas/A/anyOf"],
    );
}

#[test]
fn operations_with_one_id_are_told_apart_by_their_paths() {
    let operation = "{get: {operationId: same}}";
    let one = format!("paths: {{/a: {operation}, /b: {operation}, /c: {operation}}}");
    let other = format!("paths: {{/c: {operation}, /b: {operation}, /a: {operation}}}");
    check(&one, &other, &[]);
}

#[test]
fn a_path_item_may_be_a_reference() {
    let item = "{get: {operationId: get, deprecated: false}}";
    let shared = format!("paths: {{/a: {{$ref: '#/x-items/A'}}}}\nx-items: {{A: {item}}}");
    let written = format!("paths: {{/a: {item}}}\nx-items: {{A: {item}}}");
    check(&shared, &written, &[]);
    check(
        &shared,
        &shared.replace("deprecated: false", "deprecated: true"),
        &[".. deprecated none get /x-items/A/get/deprecated", ".. extension-changed none  /x-items"],
    );
}

#[test]
fn scopes_have_no_order_and_schemes_may_be_unused() {
    let document = |scopes: &str, name: &str| {
        let schemes = format!("{{O: {{type: oauth2}}, Unused: {{type: apiKey, in: header, name: {name}}}}}");
        format!(
            "paths: {{/a: {{get: {{operationId: a, security: [{{O: [{scopes}]}}]}}}}}}\ncomponents: {{securitySchemes: {schemes}}}"
        )
    };
    check(&document("a, b", "K"), &document("b, a", "K"), &[]);
    check(
        &document("a", "K"),
        &document("a, b", "L"),
        &[
            "B. security-changed sent a /paths/~1a/get/security",
            "B. security-scheme-changed sent  /components/securitySchemes/Unused/name",
        ],
    );
    let change = |old: &str, new: &str| {
        let [old, new] = [old, new].map(|text| openapi::parse(text).expect("YAML without a slip"));
        super::compare(&old, &new).remove(0).summary
    };
    let summary = change(&document("a", "K"), &document("a, b", "K"));
    assert_eq!(summary, "it needed `O` for `a` and needs `O` for `a`, `b`");
}

#[test]
fn a_renamed_property_is_called_by_its_name_when_it_becomes_optional() {
    let [old, new] = ["A: {required: [a], properties: {a: {type: string}}}", "A: {properties: {b: {type: string}}}"];
    check(
        &sent(old),
        &sent(new),
        &[
            ".c property-optional sent send /components/schemas/A/properties/b",
            "BB property-renamed sent send /components/schemas/A/properties/b",
        ],
    );
}

#[test]
fn a_type_that_is_no_openapi_is_compared_as_it_stands() {
    check(
        &sent("A: {type: [string]}"),
        &sent("A: {type: [integer]}"),
        &["BB keyword-changed sent send /components/schemas/A/type"],
    );
}

#[test]
fn other_parts_of_the_components_are_compared_as_they_stand() {
    let document = |id: &str| format!("paths: {{}}\ncomponents: {{links: {{L: {{operationId: {id}}}}}}}");
    check(&document("a"), &document("b"), &[".. extension-changed none  /components/links"]);
}

/// They bind what is sent, and are no type.
#[test]
fn bounds_of_what_is_received_change_nothing() {
    let at = "/components/schemas/A/maximum";
    for kind in ["integer", "number"] {
        let bound = |more: &str| format!("A: {{type: {kind}{more}}}");
        let (none, small, great) = (bound(""), bound(", maximum: 255"), bound(", maximum: 300"));
        check(&read(&none), &read(&small), &[&format!(".. constraint-added read send {at}")]);
        check(&read(&small), &read(&none), &[&format!(".. constraint-removed read send {at}")]);
        check(&read(&small), &read(&great), &[&format!(".. constraint-loosened read send {at}")]);
        check(&read(&great), &read(&small), &[&format!(".. constraint-tightened read send {at}")]);
        check(&sent(&none), &sent(&small), &[&format!("B. constraint-added sent send {at}")]);
        check(&sent(&great), &sent(&small), &[&format!("B. constraint-tightened sent send {at}")]);
        check(&sent(&small), &sent(&great), &[&format!(".. constraint-loosened sent send {at}")]);
        check(&sent(&small), &sent(&none), &[&format!(".. constraint-removed sent send {at}")]);
    }
}

#[test]
fn what_becomes_a_component_is_said_to_and_has_another_name() {
    let inline = "A: {properties: {b: {type: string, enum: [x]}}}";
    let component = "A: {properties: {b: {$ref: '#/components/schemas/B'}}}, B: {type: string, enum: [x]}";
    let inline = sent(inline);
    let component = sent(component);
    check(&inline, &component, &[".B schema-extracted sent send /components/schemas/A/properties/b"]);
    let known = sent(&format!(
        "{}, C: {{$ref: '#/components/schemas/B'}}",
        "A: {properties: {b: {type: string, enum: [x]}}}, B: {type: string, enum: [x]}"
    ));
    let used = known.replacen("{type: string, enum: [x]}", "{$ref: '#/components/schemas/B'}", 1);
    check(&known, &used, &[".B schema-extracted sent send /components/schemas/A/properties/b"]);
    check(&component, &inline, &[".B schema-inlined sent send /components/schemas/A/properties/b"]);
}

#[test]
fn a_header_has_one_name_in_any_case() {
    let header = |name: &str| {
        let header = format!("headers: {{{name}: {{schema: {{type: string}}}}}}");
        operation(&format!("responses: {{'200': {{description: '', {header}}}}}"), "")
    };
    check(&header("X-Limit"), &header("x-limit"), &[]);
    let parameter = |name: &str| operation(&format!("parameters: [{{name: {name}, in: header}}]"), "");
    check(&parameter("X-Limit"), &parameter("x-limit"), &[]);
}
