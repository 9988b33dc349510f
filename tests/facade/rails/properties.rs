//! What a form accepts satisfies its rail, and what it refuses does not, by a judge that knows the rail and not the form.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, RngSeed, TestRunner},
};
use serde_json::{Map, Value, json};
use unigox::PaymentDetails;

use super::{institution, rail};

/// What is to be paid: an account on a rail, at an institution.
#[derive(Clone, Debug)]
struct Case {
    rail: Value,
    institution: Option<Value>,
    is_business: bool,
    account: Map<String, Value>,
}

/// Whether a server that follows the rail accepts this account, which has no blank fields.
type Judge = fn(case: &Case, account: &Map<String, Value>) -> bool;

#[test]
fn a_form_accepts_what_its_rail_accepts_and_refuses_what_it_refuses() {
    check(by_json_schema, 2_000, rails());
}

#[test]
fn a_form_of_several_formats_follows_the_one_of_institution_and_holder() {
    check(by_json_schema, 1_000, rails_with_formats());
}

/// Checks forms of these rails against a judge.
fn check(judge: Judge, cases: u32, inputs: impl Strategy<Value = Case>) {
    let is_given = |name| std::env::var_os(name).is_some();
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if !is_given("PROPTEST_CASES") {
        config.cases = cases;
    }
    if !is_given("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(0);
    }
    let counts = std::cell::Cell::new((0, 0));
    let outcome = TestRunner::new(config).run(&inputs, |case| {
        let (accepted, refused) = counts.get();
        let institution = case.institution.clone().map(institution);
        let form = PaymentDetails::for_rail(&rail(case.rail.clone())).institution(institution.as_ref());
        let form = if case.is_business { form.business() } else { form };
        match form.details(case.account.clone()) {
            Ok(payment_details) => {
                let body = serde_json::to_value(&payment_details).expect("it is JSON");
                let sent = body["request"]["details"].as_object().expect("it has an account").clone();
                prop_assert!(judge(&case, &sent), "{case:?} does not accept {sent:?}");
                counts.set((accepted + 1, refused));
            }
            Err(error) => {
                let mut filled = case.account.clone();
                filled.retain(|_, value| !is_blank(value));
                prop_assert!(!judge(&case, &filled), "{case:?} accepts {filled:?}, but {error}");
                prop_assert!(!error.invalid_fields().is_empty());
                counts.set((accepted, refused + 1));
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    let (accepted, refused) = counts.get();
    assert!(accepted > cases / 10 && refused > cases / 10, "{accepted} were accepted, {refused} refused");
}

/// A judge by a JSON schema that is made of the rail. Numbers are judged as their text.
fn by_json_schema(case: &Case, account: &Map<String, Value>) -> bool {
    let list = match (&case.institution, case.rail["formats"].as_array()) {
        (Some(institution), Some(formats)) => {
            let holder = if case.is_business { "business" } else { "individual" };
            let fits = |format: &&Value| {
                let kinds = format["institution_types"].as_array().expect("it has some");
                kinds.contains(&institution["institution_type"]) && format["beneficiary_type"] == holder
            };
            match &formats.iter().find(fits).expect("there is one")["fields"] {
                fields if fields.as_array().is_none_or(Vec::is_empty) => &case.rail["fields"],
                fields => fields,
            }
        }
        _ => &case.rail["fields"],
    };
    let fields = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in fields {
        let mut schema = Map::new();
        if ["text", "number", "select"].iter().any(|kind| field["type"] == *kind) {
            schema.insert("type".to_owned(), json!("string"));
        }
        for (name, keyword) in [("pattern", "pattern"), ("min_length", "minLength"), ("max_length", "maxLength")] {
            if let Some(value) = field.get(name) {
                schema.insert(keyword.to_owned(), value.clone());
            }
        }
        if let (true, Some(options)) = (field["type"] == "select", field["options"].as_array()) {
            let values: Vec<_> = options.iter().map(|option| option["code"].clone()).collect();
            schema.insert("enum".to_owned(), values.into());
        }
        properties.insert(field["key"].as_str().expect("it has a key").to_owned(), schema.into());
        if field["required"] == true {
            required.push(field["key"].clone());
        }
    }
    let mut schema = json!({"type": "object", "properties": properties, "required": required});
    if !fields.is_empty() {
        schema["additionalProperties"] = json!(false);
    }
    let as_text = |value: &Value| if value.is_number() { json!(value.to_string()) } else { value.clone() };
    let account = account.iter().filter(|(key, _)| *key != "beneficiary_type");
    let account: Map<_, _> = account.map(|(key, value)| (key.clone(), as_text(value))).collect();
    jsonschema::validator_for(&schema).expect("it is a schema").is_valid(&account.into())
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Rails with up to six fields, and accounts that nearly fit them.
fn rails() -> impl Strategy<Value = Case> {
    let others = vec(("[a-z_]{1,8}", value("[ -~]{0,12}")), 0..2);
    (vec(field(), 0..=6), prop_oneof![5 => Just(Vec::new()), 1 => others]).prop_map(|(fields, others)| {
        let mut account = Map::new();
        let mut listed = Vec::new();
        for (index, (mut field, value)) in fields.into_iter().enumerate() {
            let key = format!("field_{index}");
            field["key"] = json!(key);
            listed.push(field);
            account.extend(value.map(|value| (key, value)));
        }
        account.extend(others);
        let rail = json!({"slug": "a-rail", "institution_required": false, "currencies": ["EUR"], "fields": listed});
        Case { rail, institution: None, is_business: false, account }
    })
}

/// Rails with a format for each of two kinds of institutions and two kinds of holders, and an account for one of them.
fn rails_with_formats() -> impl Strategy<Value = Case> {
    (rails(), rails(), rails(), any::<bool>(), any::<bool>()).prop_map(|(right, other, third, is_bank, is_business)| {
        let format = |list: &Case, is_bank: bool, is_business: bool| {
            json!({"institution_types": [if is_bank { "bank" } else { "wallet" }], "fields": list.rail["fields"],
                   "beneficiary_type": if is_business { "business" } else { "individual" }})
        };
        let mut rail = other.rail.clone();
        rail["formats"] = json!([
            format(&other, !is_bank, is_business),
            format(&third, is_bank, !is_business),
            format(&right, is_bank, is_business),
            format(&third, !is_bank, !is_business),
        ]);
        let kind = if is_bank { "bank" } else { "wallet" };
        let institution = Some(json!({"id": "an-institution", "institution_type": kind}));
        Case { rail, institution, is_business, account: right.account }
    })
}

/// A field without a key, and a value of it that fits more often than not.
fn field() -> impl Strategy<Value = (Value, Option<Value>)> {
    let patterns = select(vec![
        ("^[0-9]{10}$", "[0-9]{9,10}"),
        (r"^\d{3}-\d{2}$", "[0-9]{3}-?[0-9]{2}"),
        (r"^[\w.-]+@[\w.-]+$", "[a-z.]{0,3}@[a-z]{1,5}"),
        (r"^\+[1-9]\d{1,14}$", "[+]?[0-9]{2,15}"),
        ("^(CBU|CVU)$", "C[BV]U"),
        ("[A-Z]", "[a-zA-Z]{1,6}"),
        (r"^[^\d]+$", "[a-zé ]{1,6}"),
        ("^.{2,5}$", "[a-zü]{1,6}"),
    ]);
    let pattern = prop_oneof![1 => Just(None), 2 => patterns.prop_map(Some)];
    let kind = select(vec![Some("text"), Some("text"), Some("number"), Some("phone"), None]);
    let free = (kind, any::<bool>(), pattern, option::weighted(0.2, 0..4_u64), option::weighted(0.2, 4..12_u64));
    let free = free.prop_flat_map(|(kind, required, pattern, min, max)| {
        let mut field = json!({"required": required});
        kind.into_iter().for_each(|kind| field["type"] = kind.into());
        min.into_iter().for_each(|min| field["min_length"] = min.into());
        max.into_iter().for_each(|max| field["max_length"] = max.into());
        pattern.iter().for_each(|(pattern, _)| field["pattern"] = (*pattern).into());
        let good = pattern.map_or("[a-z0-9]{1,12}", |(_, good)| good);
        (Just(field), option::weighted(0.9, value(good)))
    });
    let options = (any::<bool>(), option::weighted(0.9, value("(CBU|CVU|cvu)"))).prop_map(|(required, value)| {
        let options = json!([{"code": "CBU", "name": "A"}, {"code": "CVU", "name": "B"}]);
        (json!({"type": "select", "required": required, "options": options}), value)
    });
    prop_oneof![5 => free, 1 => options]
}

/// Mostly a text like `good`.
fn value(good: &'static str) -> impl Strategy<Value = Value> {
    prop_oneof![
        20 => good.prop_map(Value::from),
        1 => "[ -~]{0,12}".prop_map(Value::from),
        1 => any::<u32>().prop_map(Value::from),
        1 => select(vec![json!(null), json!(""), json!("  "), json!(true), json!(["a"]), json!({"a": 1})]),
    ]
}
