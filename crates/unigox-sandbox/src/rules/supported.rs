//! Rails and institutions: what can be paid now, and which fields of an account it needs.

use serde_json::{Map, Value, json};

use super::call::{Call, RuleResponse};
use crate::rails::{Institution, Rail};

/// The error key of a rail that does not exist, for which the documents name none.
const UNKNOWN_RAIL: &str = "invalid_rail";

/// How many institutions are on a page without `limit`.
const PAGE_SIZE: usize = 20;

pub(super) fn rails(call: Call<'_>) -> RuleResponse {
    let parameter = |name: &str| call.query.first(name).filter(|value| !value.is_empty());
    let (country, currency) = (parameter("country"), parameter("currency"));
    let Some(direction) = parameter("direction") else {
        return RuleResponse::sentence(400, "The query needs a direction");
    };
    if country.is_none() && currency.is_none() {
        return RuleResponse::sentence(400, "The query needs a country or a currency");
    }
    let has_length = |code: &Option<String>, length| code.as_ref().is_none_or(|code| code.len() == length);
    if !has_length(&country, 2) || !has_length(&currency, 3) {
        return RuleResponse::sentence(400, "A country has two letters, and a currency three");
    }
    let is_exact = country.is_some() && currency.is_some();
    let rails: Vec<_> = call.rails.of(&direction, country.as_deref(), currency.as_deref()).collect();
    let of_first = |codes: fn(&Rail) -> &[String]| rails.first().and_then(|rail| codes(rail).first()).cloned();
    let mut data = json!({
        "direction": direction,
        "rails": rails.iter().map(|rail| rail_to_json(rail, is_exact)).collect::<Vec<_>>(),
    });
    data["country"] = json!(country.clone().or_else(|| of_first(|rail| &rail.countries)).unwrap_or_default());
    if let Some(currency) = currency.clone().or_else(|| of_first(|rail| &rail.currencies)) {
        data["currency"] = json!(currency);
    }
    RuleResponse::data(200, data)
}

/// The rail as it is sent. Only a query for a country and a currency is told where there is liquidity.
fn rail_to_json(rail: &Rail, is_exact: bool) -> Value {
    let mut json = rail.json.clone();
    if !is_exact {
        let formats = json.get_mut("formats").and_then(Value::as_array_mut).into_iter().flatten();
        formats.filter_map(Value::as_object_mut).for_each(|format| drop(format.remove("has_liquidity")));
    }
    json
}

pub(super) fn institutions(call: Call<'_>) -> RuleResponse {
    let parameter = |name: &str| call.query.first(name).filter(|value| !value.is_empty());
    let number = |name: &str| parameter(name).and_then(|value| value.parse::<usize>().ok());
    let Some(rail) = parameter("rail").and_then(|slug| call.rails.rail(&slug)) else {
        return RuleResponse::error(400, UNKNOWN_RAIL);
    };
    let (id, country, currency) = (parameter("institution_id"), parameter("country"), parameter("currency"));
    let (search, code) = (parameter("search").map(|text| text.to_lowercase()), parameter("code"));
    let is_asked_for = |institution: &Institution| {
        id.as_ref().is_none_or(|id| *id == institution.id)
            && country.as_ref().is_none_or(|country| institution.is_in(country, rail))
            && currency.as_ref().is_none_or(|currency| rail.has_currency(currency))
            && search
                .as_ref()
                .is_none_or(|text| institution.name.as_ref().is_some_and(|name| name.to_lowercase().contains(text)))
            && code.as_ref().is_none_or(|code| institution.code().is_some_and(|of| of.eq_ignore_ascii_case(code)))
    };
    let found = call.rails.institutions(&rail.slug);
    let found = found.filter(|(_, institution)| call.world.is_live(&institution.id) && is_asked_for(institution));
    let found: Vec<_> = found.collect();
    let (limit, offset) = (number("limit").unwrap_or(PAGE_SIZE), number("offset").unwrap_or_default());
    let network = call.rails.number(&rail.slug).unwrap_or_default();
    let page = found.iter().skip(offset).take(limit);
    let page: Vec<_> = page.map(|(method, found)| institution_to_json(found, rail, *method, network)).collect();
    let pagination = json!({"total": found.len(), "limit": limit, "offset": offset});
    RuleResponse::data(200, json!({"institutions": page, "pagination": pagination}))
}

/// The institution as it is sent. In a directory that payment details name nothing of, it has no numeric identifiers.
fn institution_to_json(institution: &Institution, rail: &Rail, method: usize, network: usize) -> Value {
    let mut json = institution.json.clone();
    let numbers = [("payment_method_id", method + 1), ("payment_network_id", network + 1)];
    if let Some(members) = json.as_object_mut().filter(|_| !rail.ignores_institution) {
        add(members, numbers);
    }
    json
}

/// Adds members that are not there.
fn add<const COUNT: usize>(members: &mut Map<String, Value>, numbers: [(&str, usize); COUNT]) {
    for (name, number) in numbers {
        members.entry(name).or_insert_with(|| json!(number));
    }
}
