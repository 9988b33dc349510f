//! Reading a verification of which a field is not as documented.

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use unigox_client::types::Verification;

use crate::{Error, ErrorKind, RawResponse, Response, Result};

/// The verification in a response that can't be read as a whole, without the fields that are not as documented. What
/// decides about a person is the status, which a number with a fraction elsewhere does not make less true.
pub(super) fn without_odd_fields(error: Error) -> Result<Response<Verification>> {
    let read = match error.kind() {
        ErrorKind::Decode => error.response().and_then(|raw| Some((read(raw)?, raw.clone()))),
        _ => None,
    };
    match read {
        Some((verification, raw)) => Ok(Response::new(verification, raw)),
        None => Err(error),
    }
}

fn read(raw: &RawResponse) -> Option<Verification> {
    let content_type = raw.headers().get(CONTENT_TYPE);
    let is_json = content_type.is_none_or(|value| value.to_str().is_ok_and(|text| text.contains("json")));
    let envelope = raw.json().filter(|envelope| is_json && envelope.get("success") == Some(&Value::Bool(true)))?;
    let data = envelope.get("data")?.as_object()?;
    let status = ("status".to_owned(), data.get("status")?.clone());
    let mut fields = Map::from_iter([status]);
    for (name, value) in data {
        let mut with_field = fields.clone();
        with_field.insert(name.clone(), value.clone());
        if serde_json::from_value::<Verification>(Value::Object(with_field.clone())).is_ok() {
            fields = with_field;
        }
    }
    serde_json::from_value(Value::Object(fields)).ok()
}
