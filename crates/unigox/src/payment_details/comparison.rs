//! Whether saved payment details are those that are to be saved.

use serde_json::{Map, Value};
use unigox_client::types::SavedPaymentDetails;

use super::builder::Parts;

/// The rail whose institution the server sets by itself, whatever was sent: the account names the bank. The documents say so.
const RAIL_WITH_AN_INSTITUTION_OF_ITS_OWN: &str = "imps-neft-india";

/// The institutions that the server assigns on rails where none has to be named, by the documents of `getPaymentRails`.
const ASSIGNED_INSTITUTIONS: [(&str, &str); 7] = [
    ("alipay-wallet", "alipay"),
    ("faster-payments", "other-bank"),
    ("iban-sepa", "other-bank"),
    ("imps-neft-india", "imps-or-neft-transfer"),
    ("interac-e-transfer", "interac-e-transfers"),
    ("nip-nigeria", "other-bank"),
    ("wechat-wallet", "wechat-pay"),
];

/// The field that says whether the holder is a business. Without it, the holder is an individual.
const HOLDER: &str = "beneficiary_type";

/// What hides a part of a value in a list.
const MASKS: [char; 2] = ['*', '\u{2022}'];

/// How saved payment details compare with those that are to be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Everything that is to be sent is there.
    Same,
    Different,
    /// They may be the same: the account is not shown, or not whole.
    Unclear,
}

/// Compares `saved` with what is to be sent. What the server added is not compared.
pub(super) fn compare(sent: &Parts<'_>, saved: &SavedPaymentDetails) -> Comparison {
    let institution = saved.institution_id.as_ref().and_then(Option::as_deref);
    let is_same_route = is_same_text(sent.rail, &saved.rail) && is_same_text(sent.currency, &saved.currency);
    let route = if is_same_route { compare_institutions(sent, institution) } else { Comparison::Different };
    let account = match saved.details.as_ref().filter(|details| !details.is_empty()) {
        None if sent.details.is_empty() => Comparison::Same,
        None => Comparison::Unclear,
        Some(details) if is_of_business(sent.details) != is_of_business(details) => Comparison::Different,
        Some(details) => compare_fields(sent.details, details),
    };
    all([route, account].into_iter())
}

/// If none was sent, it has to be the one that the server assigns.
fn compare_institutions(sent: &Parts<'_>, saved: Option<&str>) -> Comparison {
    if is_same_text(sent.rail, RAIL_WITH_AN_INSTITUTION_OF_ITS_OWN) {
        return Comparison::Same;
    }
    let assigned = ASSIGNED_INSTITUTIONS.iter().find(|(rail, _)| is_same_text(rail, sent.rail)).map(|(_, id)| *id);
    match (sent.institution.or(assigned), saved) {
        (Some(sent), Some(saved)) if is_same_text(sent, saved) => Comparison::Same,
        (_, None) if sent.institution.is_none() => Comparison::Same,
        (None, Some(_)) => Comparison::Unclear,
        _ => Comparison::Different,
    }
}

fn is_of_business(account: &Map<String, Value>) -> bool {
    account.get(HOLDER).and_then(Value::as_str).is_some_and(|holder| !is_same_text(holder, "individual"))
}

/// Whether all fields of `sent` are in `saved`, each with its value.
fn compare_fields(sent: &Map<String, Value>, saved: &Map<String, Value>) -> Comparison {
    let fields = sent.iter().filter(|(name, value)| *name != HOLDER && !value.is_null());
    all(fields.map(|(name, value)| saved.get(name).map_or(Comparison::Different, |saved| compare_values(value, saved))))
}

fn compare_values(sent: &Value, saved: &Value) -> Comparison {
    match (sent, saved) {
        (Value::Object(sent), Value::Object(saved)) => compare_fields(sent, saved),
        (Value::Array(sent), Value::Array(saved)) if sent.len() == saved.len() => {
            all(sent.iter().zip(saved).map(|(sent, saved)| compare_values(sent, saved)))
        }
        _ => match (as_text(sent), as_text(saved)) {
            (Some(sent), Some(saved)) if is_same_text(&sent, &saved) => Comparison::Same,
            (Some(sent), Some(saved)) if saved.contains(MASKS) && !sent.contains(MASKS) => Comparison::Unclear,
            _ => Comparison::Different,
        },
    }
}

/// The same if all are, and different if one is.
fn all(comparisons: impl Iterator<Item = Comparison>) -> Comparison {
    comparisons.fold(Comparison::Same, |so_far, next| match (so_far, next) {
        (Comparison::Different, _) | (_, Comparison::Different) => Comparison::Different,
        (Comparison::Unclear, _) | (_, Comparison::Unclear) => Comparison::Unclear,
        _ => Comparison::Same,
    })
}

/// A text, number or truth value as text: a server may write one as the other.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Whether two texts differ in nothing that a server may normalize: case, white space, hyphens, and the `+` of a phone
/// number.
fn is_same_text(one: &str, other: &str) -> bool {
    fn normalized(text: &str) -> impl Iterator<Item = char> {
        let text = text.trim();
        let text = text.strip_prefix('+').unwrap_or(text);
        text.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase)
    }
    normalized(one).eq(normalized(other))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compared(sent: &Value, saved: &Value) -> Comparison {
        let (Value::Object(sent), Value::Object(saved)) = (sent, saved) else { panic!("both are objects") };
        let sent =
            Parts { rail: "upi-india", institution: Some("a-bank"), currency: "INR", country: None, details: sent };
        let mut profile = SavedPaymentDetails::new("1", "upi-india", "INR");
        profile.institution_id = Some(Some("a-bank".to_owned()));
        profile.details = Some(saved.clone());
        compare(&sent, &profile)
    }

    #[test]
    fn values_are_the_same_if_a_server_may_have_normalized_them() {
        for (sent, saved) in [
            (json!("DE75512108001245126199"), json!("de75 5121 0800 1245 1261 99")),
            (json!("+37012345678"), json!("370 1234-5678")),
            (json!("Ada Obi"), json!("ADA  OBI")),
            (json!("Élan"), json!("ÉLAN")),
            (json!("12-34-56"), json!("123456")),
            (json!(42), json!("42")),
            (json!(true), json!("true")),
            (json!({"a": ["x", {"b": "y"}]}), json!({"a": ["X", {"b": "Y", "added": 1}], "added": null})),
        ] {
            let (sent, saved) = (json!({"field": sent}), json!({"field": saved, "added": "by the server"}));
            assert_eq!(compared(&sent, &saved), Comparison::Same, "{sent} and {saved}");
        }
    }

    #[test]
    fn another_value_or_a_field_that_is_missing_is_another_account() {
        for (sent, saved) in [
            (json!({"a": "1"}), json!({"a": "2"})),
            (json!({"a": "0000000042"}), json!({"a": 42})),
            (json!({"a": "1", "b": "2"}), json!({"a": "1"})),
            (json!({"a": "1"}), json!({"a": null})),
            (json!({"a": "1"}), json!({"a": ["1"]})),
            (json!({"a": ["1", "2"]}), json!({"a": ["1"]})),
            (json!({"a": "a+b@example.com"}), json!({"a": "ab@example.com"})),
            (json!({"a": "1", "b": "12345"}), json!({"a": "2", "b": "***45"})),
        ] {
            assert_eq!(compared(&sent, &saved), Comparison::Different, "{sent} and {saved}");
        }
    }

    #[test]
    fn an_account_that_is_not_shown_whole_may_be_the_same() {
        for saved in [json!({}), json!({"a": "****5678"}), json!({"a": "\u{2022}\u{2022}78", "b": 1})] {
            assert_eq!(compared(&json!({"a": "12345678"}), &saved), Comparison::Unclear, "{saved}");
        }
        assert_eq!(compared(&json!({}), &json!({})), Comparison::Same);
    }

    #[test]
    fn rail_currency_and_institution_are_part_of_an_account() {
        let details = Map::from_iter([("a".to_owned(), json!("1"))]);
        let of = |rail, institution, currency| {
            let sent = Parts { rail, institution, currency, country: Some("IN"), details: &details };
            let mut saved = SavedPaymentDetails::new("1", "imps-neft-india", "INR");
            saved.institution_id = Some(Some("imps-or-neft-transfer".to_owned()));
            saved.details = Some(details.clone());
            let on_this_rail = compare(&sent, &saved);
            saved.rail = "upi-india".to_owned();
            saved.institution_id = Some(Some("a-bank".to_owned()));
            (on_this_rail, compare(&sent, &saved))
        };
        use Comparison::{Different, Same, Unclear};
        assert_eq!(of("imps-neft-india", None, "INR"), (Same, Different));
        assert_eq!(of("imps-neft-india", Some("ignored"), "INR"), (Same, Different));
        assert_eq!(of("imps-neft-india", None, "USD"), (Different, Different));
        assert_eq!(of("upi-india", Some("A-Bank"), "INR"), (Different, Same));
        assert_eq!(of("upi-india", Some("another-bank"), "INR"), (Different, Different));
        // Which one the server assigns on this rail is not documented.
        assert_eq!(of("upi-india", None, "INR"), (Different, Unclear));
    }

    #[test]
    fn without_an_institution_the_one_that_is_assigned_is_the_same_and_no_other() {
        let details = Map::from_iter([("account_number".to_owned(), json!("0123456789"))]);
        let sent = Parts { rail: "nip-nigeria", institution: None, currency: "NGN", country: None, details: &details };
        let mut saved = SavedPaymentDetails::new("1", "nip-nigeria", "NGN");
        saved.details = Some(details.clone());
        for (institution, expected) in [
            (None, Comparison::Same),
            (Some("other-bank"), Comparison::Same),
            (Some("kola-wallet"), Comparison::Different),
        ] {
            saved.institution_id = Some(institution.map(str::to_owned));
            assert_eq!(compare(&sent, &saved), expected, "{institution:?}");
        }
    }

    #[test]
    fn an_account_of_a_business_is_not_that_of_an_individual() {
        let (none, individual, business) =
            (json!({"a": "1"}), json!({"a": "1", HOLDER: "individual"}), json!({"a": "1", HOLDER: "business"}));
        for (sent, saved, expected) in [
            (&none, &individual, Comparison::Same),
            (&individual, &none, Comparison::Same),
            (&business, &business, Comparison::Same),
            (&none, &business, Comparison::Different),
            (&business, &none, Comparison::Different),
        ] {
            assert_eq!(compared(sent, saved), expected, "{sent} and {saved}");
        }
    }
}
