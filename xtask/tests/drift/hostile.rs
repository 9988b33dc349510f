//! Documents that nobody would write but to see the comparison fail: it ends, in time that grows with their size.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use xtask::openapi;

/// Far more than any of them takes, and far less than what grows with more than their size.
const LIMIT: Duration = Duration::from_secs(30);

/// Compares two documents that take and return `A`, of these schemas, and returns how many changes there are.
fn changes(old: &str, new: &str) -> usize {
    let schema = "{schema: {$ref: '#/components/schemas/A'}}";
    let body = format!("{{description: '', content: {{a/b: {schema}}}}}");
    let paths = format!("paths: {{/a: {{post: {{requestBody: {body}, responses: {{'200': {body}}}}}}}}}");
    let document = |schemas: &str| {
        openapi::parse(&format!("{paths}\ncomponents: {{schemas: {{{schemas}}}}}")).expect("YAML without a slip")
    };
    let (old, new) = (document(old), document(new));
    let start = Instant::now();
    let changes = super::compare(&old, &new);
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
    changes.len()
}

fn list(count: usize, mut item: impl FnMut(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut list, index| {
        let _ = write!(list, "{}, ", item(index));
        list
    })
}

fn reference(index: usize) -> String {
    format!("{{$ref: '#/components/schemas/S{index}'}}")
}

/// What holds at once below `A` is any of 2⁴⁰ sets of schemas.
#[test]
fn combinations_of_what_holds_at_once_are_not_all_looked_at() {
    let document = |kind: &str| {
        let next = |index| format!("S{index}: {{properties: {{a: {0}, b: {0}}}}}", reference(index + 1));
        let again = "{$ref: '#/components/schemas/A'}";
        let first = format!("{{properties: {{a: {again}, b: {again}}}}}, {{properties: {{a: {}}}}}", reference(0));
        format!("A: {{allOf: [{first}]}}, {} S40: {{type: {kind}}}", list(40, next))
    };
    assert_eq!(changes(&document("string"), &document("integer")), 2);
}

/// One property has another name, and what it holds branches fortyfold at every level.
#[test]
fn likeness_is_found_out_once_for_what_is_shared() {
    let document = |name: &str| {
        let part = format!("{{properties: {{{}}}}}", list(40, |index| format!("p{index}: {}", reference(0))));
        format!("A: {{properties: {{{name}: {{allOf: [{part}, {part}]}}}}}}, S0: {{allOf: [{part}, {part}]}}")
    };
    assert_eq!(changes(&document("one"), &document("other")), 2);
}

/// Every schema of the one ring meets every schema of the other.
#[test]
fn rings_of_different_lengths_do_not_meet_forever() {
    let ring = |count: usize| {
        let link = |index| format!("S{index}: {{properties: {{next: {}}}}}", reference((index + 1) % count));
        format!("{} A: {}", list(count, link), reference(0))
    };
    assert!(changes(&ring(2_000), &ring(1_999)) < 100_000);
}

#[test]
fn long_enums_chains_and_lists_of_parts_take_their_time_and_no_more() {
    let document = |turn: &str, kind: &str| {
        let values = list(50_000, |index| format!("{turn}{index}"));
        let parts = list(2_000, |index| format!("{{properties: {{{turn}{index}: {{}}}}}}"));
        let link = |index| format!("S{index}: {{allOf: [{}]}}", reference(index + 1));
        format!(
            "A: {{properties: {{a: {{enum: [{values}]}}, b: {{allOf: [{parts}]}}, c: {}}}}}, {} S20000: {{type: {kind}}}",
            reference(0),
            list(20_000, link)
        )
    };
    assert_eq!(changes(&document("u", "string"), &document("v", "integer")), 4 + 8_000 + 2);
}

#[test]
fn a_response_of_many_operations_is_compared_once() {
    let document = |kind: &str| {
        let properties = list(1_000, |index| format!("p{index}: {{type: {kind}}}"));
        let path = |index| format!("/{index}: {{get: {{responses: {{'200': {{$ref: '#/components/responses/R'}}}}}}}}");
        let response = format!("{{description: '', content: {{a/b: {{schema: {{properties: {{{properties}}}}}}}}}}}");
        let text = format!("paths: {{{}}}\ncomponents: {{responses: {{R: {response}}}}}", list(1_000, path));
        openapi::parse(&text).expect("YAML without a slip")
    };
    let (old, new) = (document("string"), document("integer"));
    let start = Instant::now();
    let changes = super::compare(&old, &new);
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
    assert_eq!((changes.len(), changes[0].operations.len()), (1_000, 1_000));
}

/// Each callback's operation has the next callback, and the last one the first.
#[test]
fn a_ring_of_callbacks_ends() {
    let document = |words: &str| {
        let called = |index| {
            format!("{{post: {{description: {words}, callbacks: {{c: {{$ref: '#/components/callbacks/C{index}'}}}}}}}}")
        };
        let callback = |index| format!("C{index}: {{'{{$url}}': {}}}", called((index + 1) % 5_000));
        let text = format!("paths: {{/a: {}}}\ncomponents: {{callbacks: {{{}}}}}", called(0), list(5_000, callback));
        openapi::parse(&text).expect("YAML without a slip")
    };
    let changes = super::compare(&document("one"), &document("other"));
    assert_eq!(changes.len(), 1 + 5_000);
    assert!(changes.iter().all(|change| change.rule == xtask::diff::Rule::ProseChanged));
}
