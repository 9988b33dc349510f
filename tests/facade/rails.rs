//! What the API supports, and accounts that fit their rail.

mod discovery;
mod forms;
mod institutions;
mod properties;
mod sandbox;

use serde_json::Value;
use unigox::types::{Institution, PaymentRail};

fn rail(json: Value) -> PaymentRail {
    serde_json::from_value(json).expect("it is a rail")
}

fn institution(json: Value) -> Institution {
    serde_json::from_value(json).expect("it is an institution")
}
