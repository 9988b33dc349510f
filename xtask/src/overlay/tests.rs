//! The rules of the overlay specification, and ours, one test each.

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::json;
use serde_json_path::JsonPath;

use super::*;

/// Compared as text: the order of the members counts.
fn check(document: Value, overlay: Value, expected: Value) {
    let applied = apply(document, &overlay).map(|applied| format!("{applied:#}"));
    assert_eq!(applied.map_err(|defects| shown(&defects)), Ok(format!("{expected:#}")));
}

fn defects(document: Value, overlay: Value) -> String {
    apply(document, &overlay).map_or_else(|defects| shown(&defects), |applied| format!("no defect: {applied}"))
}

fn shown(defects: &[Defect]) -> String {
    let shown = |Defect { place, problem, .. }: &Defect| format!("{place}: {problem}");
    defects.iter().map(shown).collect::<Vec<_>>().join("\n")
}

fn v1_0(actions: Value) -> Value {
    overlay("1.0.0", actions)
}

fn v1_1(actions: Value) -> Value {
    overlay("1.1.0", actions)
}

/// An overlay in which every action has a reason.
fn overlay(version: &str, mut actions: Value) -> Value {
    for action in actions.as_array_mut().into_iter().flatten() {
        action["description"] = json!("why");
    }
    json!({"overlay": version, "info": {"title": "t", "version": "1"}, "actions": actions})
}

#[test]
fn applies_what_fits_and_changes_nothing_for_what_does_not() {
    let actions = json!([
        {"target": "$.a", "update": {"new": 1, "list": {}}},
        {"target": "$.none", "remove": true},
        {"target": "$['a', 'b']", "update": {"new": 2, "only_there": {"x": 1}}},
        {"target": "$.b", "update": {"fits": 3}},
    ]);
    let document = json!({"a": {"list": []}, "b": {"only_there": []}});
    let (applied, unmatched) =
        apply_matching(document.clone(), &v1_1(actions.clone()), &|_| true).expect("well-formed");
    assert_eq!(applied, json!({"a": {"list": []}, "b": {"only_there": [], "fits": 3}}));
    let found = unmatched.iter().map(|action| (action.index, action.target.as_str(), action.reason.as_str()));
    assert_eq!(found.collect::<Vec<_>>(), [(0, "$.a", "why"), (1, "$.none", "why"), (2, "$['a', 'b']", "why")]);
    assert_eq!(
        shown(&unmatched[1].defects),
        "/actions/1: `$.none` matches nothing: `$` is an object without the member `none`"
    );

    let (applied, unmatched) =
        apply_matching(document.clone(), &v1_1(actions), &|index| index == 1).expect("well-formed");
    assert_eq!((applied, unmatched.len()), (document, 1));
}

#[test]
fn a_malformed_overlay_is_never_applied_in_part() {
    let actions = json!([{"target": "$.a", "update": {}}, {"target": "$.none", "remove": true}, {"target": "$.a["}]);
    let defects = apply_matching(json!({"a": {}}), &v1_1(actions), &|index| index == 0).expect_err("malformed");
    let places: Vec<&str> = defects.iter().map(|defect| defect.place.as_str()).collect();
    assert_eq!(places, ["/actions/2", "/actions/2/target"], "what does not fit is no matter here");
}

#[test]
fn merges_objects_and_keeps_the_order_of_their_members() {
    check(
        json!({"z": {"y": 1, "x": {"w": 2}}, "a": 3}),
        v1_1(json!([{"target": "$", "update": {"n": {"m": []}, "z": {"x": {"v": 4, "w": null}, "b": 5}}}])),
        json!({"z": {"y": 1, "x": {"w": null, "v": 4}, "b": 5}, "a": 3, "n": {"m": []}}),
    );
}

#[test]
fn concatenates_arrays_and_appends_what_is_no_array() {
    let document = json!({"list": [1], "in": {"list": [[2]]}});
    check(
        document.clone(),
        v1_1(json!([{"target": "$..list", "update": [[3], 4]}, {"target": "$", "update": {"list": [5]}}])),
        json!({"list": [1, [3], 4, 5], "in": {"list": [[2], [3], 4]}}),
    );
    check(
        document,
        v1_1(json!([{"target": "$.list", "update": {"a": 6}}, {"target": "$.list", "update": null}])),
        json!({"list": [1, {"a": 6}, null], "in": {"list": [[2]]}}),
    );
}

#[test]
fn replaces_primitive_targets_of_any_kind() {
    check(
        json!({"a": "old", "b": [1, true, null]}),
        v1_1(json!([{"target": "$.a", "update": 2}, {"target": "$.b[1:]", "update": "new"}])),
        json!({"a": 2, "b": [1, "new", "new"]}),
    );
}

#[test]
fn removes_several_elements_of_one_array() {
    check(
        json!({"tags": ["a", "x", "b", "x", "x", "c"], "more": [["x"], "x"]}),
        v1_1(json!([{"target": "$..[?@ == 'x']", "remove": true}, {"target": "$.tags[0, 2]", "remove": true}])),
        json!({"tags": ["b"], "more": [[]]}),
    );
}

#[test]
fn removes_more_than_ten_elements_by_number_not_by_text() {
    check(
        json!((0..24).collect::<Vec<_>>()),
        v1_1(json!([{"target": "$[2:22]", "remove": true}])),
        json!([0, 1, 22, 23]),
    );
}

#[test]
fn removes_a_node_along_with_matches_within_it() {
    check(
        json!({"a": {"a": [{"a": 1}, {"b": 2, "a": 3}]}, "b": [{"a": 4}]}),
        v1_1(json!([{"target": "$..a", "remove": true}])),
        json!({"b": [{}]}),
    );
}

#[test]
fn removing_a_member_leaves_the_others_in_order() {
    check(
        json!({"a": 1, "b": 2, "c": 3, "d": 4}),
        v1_1(json!([{"target": "$.a", "remove": true}, {"target": "$['b']", "remove": true}])),
        json!({"c": 3, "d": 4}),
    );
}

#[test]
fn repairs_a_boolean_required() {
    check(
        json!({"properties": {"required": {"type": "string", "required": true}}, "required": ["id"]}),
        v1_1(json!([{"target": "$.properties[?@.required == true].required", "remove": true}])),
        json!({"properties": {"required": {"type": "string"}}, "required": ["id"]}),
    );
}

#[test]
fn a_node_selected_twice_is_changed_once() {
    check(
        json!({"a": [1, 2, 3]}),
        v1_1(json!([{"target": "$['a', 'a']", "update": 4}, {"target": "$.a[0, 0]", "remove": true}])),
        json!({"a": [2, 3, 4]}),
    );
}

#[test]
fn a_copy_merges_like_an_update() {
    check(
        json!({"from": {"a": [1], "b": {"c": 2}}, "to": {"x": {"a": [0], "z": 3}}, "list": []}),
        v1_1(json!([
            {"target": "$.to.*", "copy": "$.from"},
            {"target": "$.list", "copy": "$.from.b"},
            {"target": "$.from.b.c", "copy": "$.to.x.z"},
        ])),
        json!({
            "from": {"a": [1], "b": {"c": 3}},
            "to": {"x": {"a": [0, 1], "z": 3, "b": {"c": 2}}},
            "list": [{"c": 2}],
        }),
    );
}

#[test]
fn a_copy_takes_its_source_as_it_was_before() {
    check(
        json!({"a": {"k": {}}, "b": {}}),
        v1_1(json!([{"target": "$..['k', 'b']", "copy": "$.a"}])),
        json!({"a": {"k": {"k": {}}}, "b": {"k": {}}}),
    );
}

#[test]
fn a_copy_needs_exactly_one_source() {
    let overlay = v1_1(json!([
        {"target": "$.b", "copy": "$.a.*"},
        {"target": "$.b", "copy": "$.a.z"},
        {"target": "$.b", "copy": "$['a','a'].x"},
    ]));
    insta::assert_snapshot!(defects(json!({"a": {"x": 1, "y": 2}, "b": 0}), overlay), @r"
    /actions/0/copy: `$.a.*` selects 2 nodes; one can be copied
    /actions/1/copy: `$.a.z` matches nothing: `$.a` is an object without the member `z`
    ");
}

#[test]
fn an_action_sees_what_those_before_it_did() {
    // The move of the specification, "Move Example".
    check(
        json!({"paths": {"/items": {"get": {}}, "/some": {"delete": {}}}}),
        v1_1(json!([
            {"target": "$.paths", "update": {"/new": {}}},
            {"target": "$.paths['/new']", "copy": "$.paths['/items']"},
            {"target": "$.paths['/items']", "remove": true},
            {"target": "$.paths['/new'].get", "update": {"x": 1}},
        ])),
        json!({"paths": {"/some": {"delete": {}}, "/new": {"get": {"x": 1}}}}),
    );
}

#[test]
fn applies_the_traits_of_the_specification() {
    let action = json!({
        "target": "$.paths[?(@.get['x-oai-traits'][?(@ == 'paged')])].get",
        "update": {"parameters": [{"name": "top"}]},
    });
    check(
        json!({"paths": {
            "/a": {"get": {"x-oai-traits": ["paged"]}},
            "/b": {"get": {"x-oai-traits": ["paged"], "parameters": [{"name": "id"}]}},
            "/c": {"get": {}},
        }}),
        v1_1(json!([action])),
        json!({"paths": {
            "/a": {"get": {"x-oai-traits": ["paged"], "parameters": [{"name": "top"}]}},
            "/b": {"get": {"x-oai-traits": ["paged"], "parameters": [{"name": "id"}, {"name": "top"}]}},
            "/c": {"get": {}},
        }}),
    );
}

#[test]
fn remove_makes_update_and_copy_void_unless_it_is_false() {
    check(
        json!({"a": 1, "b": 2}),
        v1_1(json!([
            {"target": "$.a", "remove": true, "update": [], "copy": "$.nowhere"},
            {"target": "$.b", "remove": false, "update": 3},
        ])),
        json!({"b": 3}),
    );
}

#[test]
fn reports_all_unmatched_actions_and_how_far_their_paths_lead() {
    let document = json!({
        "schemas": {"Foo": {"fields": {"baz": {}}}, "Quux": {}},
        "paths": {"/use/{id}": {"get": {}}, "/b[.d": {"post": {}}},
        "list": [1],
    });
    let overlay = v1_1(json!([
        {"target": "$.schemas.Fo.fields.bar", "remove": true},
        {"target": "$.schemas['Foo'].bar.baz", "update": {}},
        {"target": "$.paths[\"/us/{id}\"].get", "update": {}},
        {"target": "$.paths['/b[.d'].pots", "copy": "$.scemas"},
        {"target": "$.paths.*.gte", "update": {}},
        {"target": "$.list[1]", "remove": true},
        {"target": "$.list[?@ == '.']", "remove": true},
        {"target": "$..nowhere", "remove": true},
        {"target": "$.list", "update": 2},
        {"target": "$.list[0].a", "update": 2},
    ]));
    insta::assert_snapshot!(defects(document, overlay), @r#"
    /actions/0: `$.schemas.Fo.fields.bar` matches nothing: `$.schemas` is an object without the member `Fo`
    /actions/1: `$.schemas['Foo'].bar.baz` matches nothing: `$.schemas['Foo']` is an object without the member `bar`
    /actions/2: `$.paths["/us/{id}"].get` matches nothing: `$.paths` is an object without the member `/us/{id}`
    /actions/3: `$.paths['/b[.d'].pots` matches nothing: `$.paths['/b[.d']` is an object without the member `pots`
    /actions/3/copy: `$.scemas` matches nothing: `$` is an object without the member `scemas`
    /actions/4: `$.paths.*.gte` matches nothing: `$.paths.*` is 2 nodes without the member `gte`
    /actions/5: `$.list[1]` matches nothing: `$.list` is an array, of which `[1]` selects nothing
    /actions/6: `$.list[?@ == '.']` matches nothing: `$.list` is an array, of which `[?@ == '.']` selects nothing
    /actions/7: `$..nowhere` matches nothing: `$` is an object, of which `..nowhere` selects nothing
    /actions/9: `$.list[0].a` matches nothing: `$.list[0]` is a primitive value without the member `a`
    "#);
}

#[test]
fn asks_whether_the_nearest_member_was_meant() {
    let document = json!({"schemas": {"Bar": {}, "Foo": {}}});
    let remedy = |target| {
        let applied = apply(document.clone(), &v1_1(json!([{"target": target, "remove": true}])));
        applied.err().into_iter().flatten().map(|defect| defect.remedy).collect::<String>()
    };
    let or = "or delete the action if the document no longer needs it";
    assert_eq!(remedy("$.schemas.Fooo.a"), format!("did you mean `Foo`? Correct the path, {or}"));
    assert_eq!(remedy("$['schema'].Foo"), format!("did you mean `schemas`? Correct the path, {or}"));
    assert_eq!(remedy("$.schemas.Unlike"), format!("correct the path, {or}"));
}

#[test]
fn only_1_1_changes_primitives_and_copies() {
    let actions = json!([
        {"target": "$.tags[?@ == 'x']", "remove": true},
        {"target": "$.title", "update": "new"},
        {"target": "$.tags", "copy": "$.title"},
        {"target": "$.tags", "update": ["y"]},
    ]);
    let document = json!({"title": "old", "tags": ["x"]});
    check(document.clone(), v1_1(actions.clone()), json!({"title": "new", "tags": ["new", "y"]}));
    insta::assert_snapshot!(defects(document, v1_0(actions)), @r"
    /actions/0: `$.tags[?@ == 'x']` selects a primitive value at #/tags/0
    /actions/1: `$.title` selects a primitive value at #/title
    /actions/2: Overlay 1.0 does not support `copy`
    /actions/3: `$.tags` selects an array at #/tags: 1.0 makes an array one element of it, most tools join them
    ");
}

#[test]
fn in_1_0_one_object_suits_objects_and_arrays() {
    let actions = json!([{"target": "$.*", "update": {"b": [2]}}]);
    let document = json!({"o": {"b": [1]}, "l": [{}]});
    check(document.clone(), v1_0(actions.clone()), json!({"o": {"b": [1, 2]}, "l": [{}, {"b": [2]}]}));
    let found = defects(document, v1_1(actions));
    insta::assert_snapshot!(found, @"/actions/0: `$.*` selects an object at #/o and an array at #/l");
}

#[test]
fn refuses_values_of_another_kind_once_for_all_nodes_alike() {
    let document = json!({"a": {"o": {}, "l": [], "p": null}, "b": {"o": {}, "l": [], "p": 1}, "c/d": [0], "e": 1});
    let overlay = v1_1(json!([
        {"target": "$['a', 'b']", "update": {"o": null, "l": {}, "p": [], "new": 1}},
        {"target": "$.a", "update": []},
        {"target": "$['c/d'][0]", "update": {}},
        {"target": "$", "update": 1},
        {"target": "$.a", "copy": "$.e"},
    ]));
    insta::assert_snapshot!(defects(document, overlay), @r"
    /actions/0/update/l: an object can't be merged into an array at #/a/l
    /actions/0/update/o: a primitive value can't be merged into an object at #/a/o
    /actions/0/update/p: an array can't be merged into a primitive value at #/a/p
    /actions/1/update: an array can't be merged into an object at #/a
    /actions/2/update: an object can't be merged into a primitive value at #/c~1d/0
    /actions/3/update: a primitive value can't be merged into an object at #
    /actions/4/copy: a primitive value can't be merged into an object at #/a
    ");
}

#[test]
fn refuses_to_require_what_is_no_property() {
    let document = json!({"a": {"properties": {"x": {}}}, "b": {"allOf": [{}], "properties": {}}, "c": {}});
    let require = |target: &str| json!([{"target": target, "update": {"required": ["x"]}}]);
    for target in ["$.a", "$.b", "$.c"] {
        apply(document.clone(), &v1_1(require(target))).expect("it is declared, or may be");
    }
    let found = defects(document, v1_1(json!([{"target": "$.a", "update": {"required": ["x", "y"]}}])));
    insta::assert_snapshot!(found, @"/actions/0/update/required: requires `y`, which is not a property there");
}

#[test]
fn refuses_to_remove_the_root() {
    let found = defects(json!({}), v1_1(json!([{"target": "$", "remove": true}])));
    insta::assert_snapshot!(found, @"/actions/0: `$` selects the root, which can't be removed");
}

#[test]
fn reports_every_defect_of_the_overlay_at_once() {
    let overlay = json!({
        "overlay": "2.0.0",
        "info": {"title": "", "x-own": 1, "licence": "MIT"},
        "extend": "a.yaml",
        "x-own": 1,
        "actions": [
            "remove",
            {},
            {"target": "$.a", "remove": true, "descripton": "why", "x-own": 1},
            {"target": "$.a[", "update": 1, "description": " "},
            {"target": 1, "remove": "true", "description": ["why"]},
            {"target": "$", "update": 1, "copy": "$.a", "description": "why"},
            {"target": "$.a", "copy": "a", "description": "why"},
            {"target": "$.a", "remove": false, "description": "why"},
            {"target": "$.a", "remove": false, "description": "why"},
        ],
    });
    insta::assert_snapshot!(defects(json!({"b": 1}), overlay), @r#"
    /overlay: version 2.0.0 is not supported
    /extend: there is no field `extend`
    /info/title: `title` is "", not a string with content
    /info: `version` is missing
    /info/licence: there is no field `licence`
    /actions/0: the action is not an object
    /actions/1: changes nothing
    /actions/1: `target` is missing
    /actions/2/descripton: there is no field `descripton`
    /actions/2: `$.a` matches nothing: `$` is an object without the member `a`
    /actions/3/description: `description` is " ", not a string with content
    /actions/3/target: `$.a[` is not a valid JSONPath: at position 3, parser error
    /actions/4/description: `description` is ["why"], not a string with content
    /actions/4: `remove` is not a boolean
    /actions/4/target: `target` is 1, not a string with content
    /actions/5: `update` and `copy` can't be used together
    /actions/6/copy: `a` is not a valid JSONPath: at position 0, parser error
    /actions/6: `$.a` matches nothing: `$` is an object without the member `a`
    /actions/7: changes nothing
    /actions/7: `$.a` matches nothing: `$` is an object without the member `a`
    /actions/8: repeats /actions/7
    "#);
}

#[test]
fn refuses_paths_that_the_parser_would_choke_on() {
    for path in [format!("$[?{}@.a{}]", "(".repeat(9_000), ")".repeat(9_000)), format!("$.a{}", "[?@".repeat(60))] {
        let found = defects(json!({}), v1_1(json!([{"target": path, "remove": true}])));
        assert_eq!(found, "/actions/0/target: nested more than 12 levels deep");
    }
    check(
        json!({"a": 1, "b": 2}),
        v1_1(json!([{"target": "$[?(((((((((((@ == 1)))))))))))]", "remove": true}])),
        json!({"b": 2}),
    );
}

#[test]
fn refuses_what_is_not_an_overlay() {
    insta::assert_snapshot!(defects(json!({}), json!([])), @": the overlay is not an object");
    insta::assert_snapshot!(defects(json!({}), json!({"overlay": 1.1, "info": [], "actions": []})), @r"
    /overlay: `overlay` is 1.1, not a string with content
    : `info` is missing or not an object
    : `actions` is missing, empty or not an array
    ");
    insta::assert_snapshot!(defects(json!({}), json!({})), @r"
    : `overlay` is missing
    : `info` is missing or not an object
    : `actions` is missing, empty or not an array
    ");
}

#[test]
fn the_patch_version_plays_no_part() {
    let actions = json!([{"target": "$", "update": {"b": 1}}]);
    for version in ["1.0.1", "1.1.0", "1.1.42"] {
        check(json!({}), overlay(version, actions.clone()), json!({"b": 1}));
    }
    for version in ["1.2.0", "1.1", "1.1.", "1.1.0-rc1", "1.1.0.0", "1.10.0", "v1.1.0", " 1.1.0"] {
        let found = defects(json!({}), overlay(version, actions.clone()));
        assert!(found.starts_with(&format!("/overlay: version {version} is not supported")), "{found}");
    }
}

/// Small values whose members have few names, so that paths meet them.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), (0..3).prop_map(Value::from)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[abc/]", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn path() -> impl Strategy<Value = String> {
    let segments = ".a .b ['/'] .* [0] [-1] [1:] [::-1] ['a','b','a'] ..* ..a [?@.a] [?@==1] ..[0,1]";
    let segment = prop::sample::select(segments.split(' ').collect::<Vec<_>>());
    let simple = prop::collection::vec(segment, 0..4).prop_map(|segments| format!("${}", segments.concat()));
    prop_oneof![9 => simple, 1 => "[$.@?*'\"\\[\\]a1: ]{0,12}", 1 => any::<String>()]
}

fn action() -> impl Strategy<Value = Value> {
    let change = prop_oneof![
        value().prop_map(|update| json!({"update": update})),
        path().prop_map(|copy| json!({"copy": copy})),
        Just(json!({"remove": true})),
        value(),
    ];
    (path(), change).prop_map(|(target, mut action)| {
        if let Value::Object(fields) = &mut action {
            fields.insert("target".to_owned(), target.into());
            fields.insert("description".to_owned(), "why".into());
        }
        action
    })
}

/// `value` at `path`, copied except for the nodes at the paths in `removed`.
fn without(removed: &HashSet<String>, value: &Value, path: &str) -> Value {
    let kept = |path: String, value| (!removed.contains(&path)).then(|| without(removed, value, &path));
    match value {
        Value::Object(members) => {
            let member = |(name, value): (&String, _)| Some((name.clone(), kept(format!("{path}['{name}']"), value)?));
            Value::Object(members.iter().filter_map(member).collect())
        }
        Value::Array(elements) => {
            let element = |(index, value)| kept(format!("{path}[{index}]"), value);
            elements.iter().enumerate().filter_map(element).collect()
        }
        primitive => primitive.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics(
        document in value(),
        version in "1\\.[01]\\.0",
        actions in prop::collection::vec(action(), 0..4),
    ) {
        let overlay = json!({"overlay": version, "info": {"title": "t", "version": "1"}, "actions": actions});
        if let Err(defects) = apply(document.clone(), &overlay) {
            prop_assert!(!defects.is_empty());
        }
        prop_assert!(apply(overlay, &document).is_err());
    }

    #[test]
    fn removes_all_that_is_selected_and_nothing_else(document in value(), path in prop::sample::select(vec![
        "$..a", "$..[?@ == 1]", "$.*.*", "$..[?@.b]",
    ])) {
        let query = JsonPath::parse(path).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let applied = apply(document.clone(), &v1_1(json!([{"target": path, "remove": true}])));
        prop_assert_eq!(applied.is_err(), query.query(&document).is_empty());
        if let Ok(applied) = applied {
            prop_assert!(query.query(&applied).is_empty());
            let removed = query.query_located(&document).locations().map(ToString::to_string).collect();
            prop_assert_eq!(applied.to_string(), without(&removed, &document, "$").to_string());
        }
    }
}

#[test]
fn an_action_that_changes_nothing_is_reported_and_a_list_gets_no_member_twice() {
    let reference = json!({"$ref": "#/components/schemas/K"});
    let document = json!({"A": {"required": ["a"], "properties": {"kind": reference, "n": {"type": "integer"}, "a": {}, "b": {}}}, "K": {}});
    let actions = json!([
        {"target": "$.A", "update": {"required": ["a"]}},
        {"target": "$.A.properties.kind", "update": {"x-type-name": "Kind", "x-sensitive": false}},
        {"target": "$.A.properties", "update": {"n": {"x-type-name": "N"}}},
        {"target": "$.A", "update": {"required": ["a", "b", "b"]}},
        {"target": "$.K", "update": {"x-type-name": "DocumentType"}},
        {"target": "$.A.properties.kind", "copy": "$.A.properties.kind"},
    ]);
    let overlay = v1_1(actions);
    insta::assert_snapshot!(defects(document.clone(), overlay.clone()), @r"
    /actions/0/update: has no effect: `$.A` has all of it already
    /actions/1/update/x-type-name: `x-type-name` has no effect beside a reference: the component has the name
    /actions/2/update/n/x-type-name: `x-type-name` has no effect: no type of its own is made of `type: integer`
    /actions/5/copy: has no effect: `$.A.properties.kind` has all of it already
    ");
    let (applied, unmatched) = apply_matching(document, &overlay, &|_| true).expect("well-formed");
    assert_eq!(unmatched.len(), 4);
    assert_eq!(applied["A"]["required"], json!(["a", "b"]));
}

#[test]
fn takes_an_overlay_of_others_without_reasons() {
    let overlay = json!({"overlay": "1.1.0", "info": {"title": "t", "version": "1"}, "actions": [{"target": "$.a", "remove": true}]});
    assert_eq!(apply(json!({"a": 1}), &overlay), Ok(json!({})));
}

#[test]
fn every_action_of_our_own_overlay_gives_its_reason() {
    let text = include_str!("../../../openapi/overlay.yaml");
    let overlay = openapi::parse(text).expect("YAML");
    for action in overlay["actions"].as_array().expect("actions") {
        let reason = action["description"].as_str().unwrap_or_default().trim();
        assert!(!reason.is_empty(), "{} says nothing of why", action["target"]);
    }
}

#[test]
fn knows_the_line_in_which_each_action_begins() {
    let text = "overlay: 1.1.0\nactions:\n  # Why.\n  - target: $.a\n    update: {b: 1}\n\n  - description: >-\n      Two\n      lines.\n    target: $.c\n";
    assert_eq!(lines(text), [4, 7]);
    assert_eq!(lines("{\"actions\": [{},\n {}]}"), [1, 2]);
    assert_eq!(lines("actions: ["), [0_u64; 0]);
}
