//! More constructs that the checked-in document does without: what the comparison could forget, and no other test would see.

use super::constructs::{check, operation, read, sent};

#[test]
fn a_requirement_of_a_scheme_that_is_called_something_else_is_another_requirement() {
    let document = |name: &str| {
        format!(
            "paths: {{/send: {{post: {{operationId: send, security: [{{Key: []}}]}}}}}}\n\
             components: {{securitySchemes: {{{name}: {{type: http, scheme: bearer}}}}}}"
        )
    };
    check(
        &document("Key"),
        &document("Other"),
        &[
            ".. security-scheme-renamed none  /components/securitySchemes/Other",
            "B. security-changed sent send /paths/~1send/post/security",
        ],
    );
}

#[test]
fn what_a_property_says_of_being_required_counts() {
    let document = |required| sent(&format!("A: {{properties: {{a: {{type: string, required: {required}}}}}}}"));
    check(&document(false), &document(true), &["BB property-required sent send /components/schemas/A/properties/a"]);
}

#[test]
fn null_among_the_values_is_nullable_and_values_that_hold_at_once_are_those_of_all() {
    check(&sent("A: {enum: [a, null]}"), &sent("A: {enum: [a], nullable: true}"), &[]);
    check(
        &sent("A: {enum: [a, null]}"),
        &sent("A: {enum: [a]}"),
        &["BB nullable-removed sent send /components/schemas/A/enum"],
    );
    check(
        &sent("A: {allOf: [{enum: [a, b]}, {enum: [b, c]}]}"),
        &sent("A: {allOf: [{enum: [a, b]}, {enum: [b]}]}"),
        &[],
    );
    check(
        &sent("A: {allOf: [{enum: [a, b]}, {enum: [b, c]}]}"),
        &sent("A: {allOf: [{enum: [a, b]}, {enum: [a]}]}"),
        &[
            ".. enum-values-added sent send /components/schemas/A/allOf/0/enum",
            "BB enum-values-removed sent send /components/schemas/A/allOf/0/enum",
        ],
    );
}

#[test]
fn of_types_that_hold_at_once_the_narrower_counts() {
    check(&sent("A: {allOf: [{type: number}, {type: integer}]}"), &sent("A: {type: integer}"), &[]);
    check(&sent("A: {properties: {a: {}}}"), &sent("A: {type: object, properties: {a: {}}}"), &[]);
}

#[test]
fn restrictions_are_compared_by_what_they_let_through() {
    check(
        &sent("A: {minimum: 0, exclusiveMinimum: true}"),
        &sent("A: {minimum: 0}"),
        &[".. constraint-loosened sent send /components/schemas/A/minimum"],
    );
    check(
        &sent("A: {multipleOf: 2}"),
        &sent("A: {multipleOf: 4}"),
        &["B. constraint-tightened sent send /components/schemas/A/multipleOf"],
    );
}

#[test]
fn variants_are_told_apart_by_what_they_have_of_their_own() {
    let document = |variants: [&str; 2]| sent(&format!("A: {{oneOf: [{}]}}", variants.join(", ")));
    let [string, boolean] = ["{properties: {a: {type: string}}}", "{properties: {b: {type: boolean}}}"];
    let edited = ["BB type-changed sent send /components/schemas/A/oneOf/0/properties/a/type"];
    check(&document([string, boolean]), &document([&string.replace("string", "integer"), boolean]), &edited);
    let both = document([&string.replace("string", "integer"), &boolean.replace("boolean", "integer")]);
    check(&document([string, boolean]), &both, &[edited[0], &edited[0].replace("0/properties/a", "1/properties/b")]);
    let titled = |variant: &str| variant.replacen('{', "{title: One, ", 1);
    let moved = document([boolean, &titled(string).replace("string", "integer")]);
    check(
        &document([&titled(string), boolean]),
        &moved,
        &["BB type-changed sent send /components/schemas/A/oneOf/1/properties/a/type"],
    );
}

#[test]
fn one_more_shape_is_accepted_and_one_less_is_read() {
    let [flat, union] = ["A: {type: string}", "A: {oneOf: [{type: string}, {type: integer}]}"];
    check(&sent(flat), &sent(union), &[".B union-introduced sent send /components/schemas/A/oneOf"]);
    check(&sent(union), &sent(flat), &["BB union-dropped sent send /components/schemas/A/oneOf"]);
    check(&read(flat), &read(union), &["BB union-introduced read send /components/schemas/A/oneOf"]);
    check(
        &sent("A: {oneOf: [{type: string}, {}]}"),
        &sent("A: {anyOf: [{}, {type: string}]}"),
        &["BB keyword-changed sent send /components/schemas/A/anyOf"],
    );
    check(
        &read("A: {oneOf: [{type: string}, {type: boolean}]}"),
        &read("A: {oneOf: [{type: string}, {type: boolean}, {type: integer}]}"),
        &[".. variant-added read send /components/schemas/A/oneOf/2"],
    );
    let two = "A: {oneOf: [{required: [a]}, {required: [b]}], anyOf: [{required: [c]}, {required: [d]}]}";
    check(
        &sent(two),
        &sent("A: {oneOf: [{required: [a]}, {required: [b]}]}"),
        &[".B union-dropped sent send /components/schemas/A/anyOf"],
    );
}

#[test]
fn what_other_properties_hold_is_compared_in_every_part() {
    let document = |kind| {
        let parts = format!("{{additionalProperties: {{minLength: 1}}}}, {{additionalProperties: {{type: {kind}}}}}");
        sent(&format!("A: {{allOf: [{parts}]}}"))
    };
    check(
        &document("string"),
        &document("integer"),
        &["BB type-changed sent send /components/schemas/A/allOf/1/additionalProperties/type"],
    );
}

#[test]
fn what_stands_beside_the_schemas_is_compared() {
    let body = |more: &str| operation(&format!("requestBody: {{content: {{a/b: {{schema: {{}}{more}}}}}}}"), "");
    check(
        &body(", encoding: {a: {contentType: c/d}}"),
        &body(", encoding: {a: {contentType: e/f}}"),
        &["B. serialization-changed sent send /paths/~1send/post/requestBody/content/a~1b/encoding"],
    );
    let response = |more: &str| operation(&format!("responses: {{'200': {{description: ''{more}}}}}"), "");
    check(
        &response(""),
        &response(", links: {}"),
        &[".. extension-changed read send /paths/~1send/post/responses/200/links"],
    );
    check(
        &response(", headers: {H: {}}"),
        &response(", headers: {H: {required: true}}"),
        &[".. header-required read send /paths/~1send/post/responses/200/headers/H"],
    );
    check(
        &response(", headers: {H: {schema: {type: string}}}"),
        &response(", headers: {H: {schema: {type: integer}}}"),
        &["B. type-changed read send /paths/~1send/post/responses/200/headers/H/schema/type"],
    );
    let members = |body: &str, item: &str| {
        format!("paths: {{/a: {{post: {{operationId: a, requestBody: {{content: {{}}{body}}}}}{item}}}}}")
    };
    check(
        &members("", ""),
        &members(", x-a: 1", ", x-b: 1"),
        &[".. extension-changed none a /paths/~1a/x-b", ".. extension-changed sent a /paths/~1a/post/requestBody/x-a"],
    );
}

#[test]
fn servers_count_where_they_are_nearest() {
    let document = |test: &str, own: &str| {
        let variables = format!("{{stage: {{default: {test}, enum: [a, b]}}}}");
        format!(
            "servers: [{{url: 'https://x', variables: {variables}}}]\npaths: {{/a: {{get: {{operationId: a{own}}}}}}}"
        )
    };
    check(&document("a", ""), &document("b", ""), &["B. server-changed none  /servers/0"]);
    check(
        &document("a", ""),
        &document("a", ", servers: [{url: 'https://y'}]"),
        &["B. server-changed none a /paths/~1a/get/servers/0"],
    );
}

#[test]
fn a_scheme_may_have_another_name() {
    let document = |name: &str, ways: &str| {
        let schemes = format!("{{{name}: {{type: apiKey, in: header, name: K}}, O: {{type: oauth2}}}}");
        format!(
            "paths: {{/a: {{get: {{operationId: a, security: [{ways}]}}}}}}\ncomponents: {{securitySchemes: {schemes}}}"
        )
    };
    check(
        &document("K", "{K: []}"),
        &document("L", "{L: []}"),
        &[".. security-scheme-renamed none a /components/securitySchemes/L"],
    );
    check(
        &document("K", "{K: []}"),
        &document("K", "{K: []}, {O: []}"),
        &[".. security-changed sent a /paths/~1a/get/security"],
    );
    check(
        &document("K", "{K: [], O: []}"),
        &document("K", "{O: []}"),
        &[".. security-changed sent a /paths/~1a/get/security"],
    );
}

#[test]
fn edited_variants_in_another_order_keep_their_titles_and_tags() {
    let expected = [
        "BB type-changed sent send /components/schemas/A/oneOf/0/properties/b/type",
        "BB type-changed sent send /components/schemas/A/oneOf/1/properties/a/type",
    ];
    for (title, tag) in [(true, false), (false, true)] {
        let variant = |name: &str, kind: &str| {
            let title = if title { format!("title: T{name}, ") } else { String::new() };
            let tag = if tag { format!("t: {{enum: [{name}]}}, ") } else { String::new() };
            format!("{{{title}properties: {{{tag}{name}: {{type: {kind}}}}}}}")
        };
        let document = |[one, other]: [&str; 2], kind| {
            sent(&format!("A: {{oneOf: [{}, {}]}}", variant(one, kind), variant(other, kind)))
        };
        check(&document(["a", "b"], "string"), &document(["b", "a"], "integer"), &expected);
    }
}

#[test]
fn parameters_of_a_path_are_those_of_its_operations() {
    let document = |more: &str| {
        let parameter = format!("{{name: id, in: path, schema: {{type: string}}{more}}}");
        format!(
            "paths: {{'/a/{{id}}': {{parameters: [{parameter}], get: {{operationId: g}}, put: {{operationId: p}}}}}}"
        )
    };
    // What is in a path is required, said or not.
    check(&document(""), &document(", required: true"), &[]);
    check(
        &document(""),
        &document(", deprecated: true"),
        &[".. deprecated sent g,p /paths/~1a~1{id}/parameters/0/deprecated"],
    );
}

#[test]
fn an_operation_without_an_id_is_known_by_its_path_and_a_response_by_what_it_holds() {
    check("paths: {/a: {get: {}}}", "paths: {/a: {put: {}}}", &["B. method-changed sent PUT /a /paths/~1a/put"]);
    let response = |status: &str, kind: &str| {
        let content = format!("{{a/b: {{schema: {{type: {kind}}}}}}}");
        operation(&format!("responses: {{'{status}': {{description: '', content: {content}}}}}"), "")
    };
    check(
        &response("200", "string"),
        &response("201", "string"),
        &["B. status-changed read send /paths/~1send/post/responses/201"],
    );
    check(
        &response("200", "string"),
        &response("201", "integer"),
        &[
            ".. status-added read send /paths/~1send/post/responses/201",
            ".B status-removed read send /paths/~1send/post/responses/200",
        ],
    );
}

/// No type is generated for what only errors carry; this is carried by a success, too, and found there last.
#[test]
fn what_errors_and_successes_share_is_judged_as_in_a_success() {
    let document = |schema: &str| {
        let responses_at = |path: &str, status: u16| {
            let content = "content: {a/b: {schema: {$ref: '#/components/schemas/S'}}}";
            format!(
                "/{path}: {{get: {{operationId: {path}, responses: {{'{status}': {{description: '', {content}}}}}}}}}"
            )
        };
        let paths = format!("{}, {}", responses_at("a", 400), responses_at("b", 200));
        format!("paths: {{{paths}}}\ncomponents: {{schemas: {{S: {{type: object, properties: {{{schema}}}}}}}}}")
    };
    let removed = "BB optional-property-removed read a,b /components/schemas/S/properties/p";
    check(&document("p: {type: string}"), &document(""), &[removed]);
}
