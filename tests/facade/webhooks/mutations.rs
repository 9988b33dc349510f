//! Damaged requests, at random: nothing panics, what is not signed is no event, and nothing of what is signed is lost
//! or shown.
//!
//! The same requests are made in every run. `MUTATED_EVENTS=1000000 MUTATION_SEED=$RANDOM cargo test -p unigox-tests
//! --test facade no_damaged_event -- --nocapture` tries more, and others.

#![expect(clippy::print_stdout, reason = "says what was tried, for whoever runs it with `--nocapture`")]

use std::{collections::BTreeMap, time::Instant};

use fastrand::Rng;
use serde_json::{Value, json};
use unigox::{
    http::HeaderValue,
    types::EventType,
    webhooks::{EventData, SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookErrorKind as Kind},
};
use unigox_tests::USER;

use super::{headers, verifier};
use crate::mutations::{CANARY, replace_a_value};

#[test]
fn no_damaged_event_makes_it_panic_is_lost_or_is_shown() {
    let number = |name: &str, default| std::env::var(name).ok().map_or(default, |text| text.parse().expect("a number"));
    let (count, seed) = (number("MUTATED_EVENTS", 10_000), number("MUTATION_SEED", 7));
    let (verifier, mut random, started) = (verifier(), Rng::with_seed(seed), Instant::now());
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for round in 0..count {
        let body = damaged(&mut random);
        let mut headers = headers(&body);
        let is_signed = random.u8(..8) > 0;
        if !is_signed {
            damage(&mut headers, &mut random);
        }
        let about = || format!("seed {seed}, round {round}: {}", String::from_utf8_lossy(&body));
        let is_object = serde_json::from_slice::<Value>(&body).ok().map(|json| json.is_object());
        let result = match verifier.verify(&headers, &body) {
            Ok(event) => {
                assert!(is_signed && is_object == Some(true), "{}", about());
                assert_eq!(event.body().as_ref(), body, "{}", about());
                let again = verifier.verify(&headers, &body).expect("it was genuine before");
                assert_eq!(again.id(), event.id(), "{}", about());
                assert!(!event.id().is_empty() && event.id().is_ascii(), "{}", about());
                for problem in event.problems() {
                    assert!(!problem.path().contains("Ada-Obi"), "{}", about());
                }
                assert!(!format!("{event:?}").contains("Ada-Obi"), "{event:?} {}", about());
                match (event.data(), event.problems()) {
                    (EventData::Unknown(_), _) => "unknown".to_owned(),
                    (_, []) => "read".to_owned(),
                    _ => "read in part".to_owned(),
                }
            }
            Err(error) => {
                match error.kind() {
                    Kind::NotJson => assert!(is_signed && is_object.is_none(), "{}", about()),
                    Kind::NotAnEvent => assert!(is_signed && is_object == Some(false), "{}", about()),
                    kind => assert!(!is_signed, "{kind}: {}", about()),
                }
                assert!(!format!("{error} {error:?}").contains("Ada-Obi"), "{error:?} {}", about());
                error.kind().to_string()
            }
        };
        *seen.entry(result).or_default() += 1;
    }
    println!("{count} requests in {:?}: {seen:#?}", started.elapsed());
    for kind in ["unknown", "read", "read in part", "not_json", "not_an_event", "wrong_signature", "missing_header"] {
        assert!(seen.contains_key(kind), "no request came to {kind}: {seen:?}");
    }
}

/// An event with personal data in it, damaged a few times.
fn damaged(random: &mut Rng) -> Vec<u8> {
    let types = EventType::VALUES;
    let event_type = types.get(random.usize(..=types.len())).map_or("a.new.type", EventType::as_str);
    let mut body = json!({
        "event_id": format!("evt_{}", random.u32(..)),
        "event_type": event_type,
        "created_at": "2026-02-01T12:00:05Z",
        "data": {
            "order_id": USER, "user_id": USER, "user_uuid": USER, "status": "active", "kyc_status": CANARY,
            "rejection_reasons": [CANARY, CANARY], "crypto_amount": CANARY, "fiat_account_id": CANARY,
            "action_required": {"type": CANARY, "message": CANARY}, "amount": CANARY, "closes_at": "2026-02-01T12:00:05Z",
            "transaction_id": CANARY, "reason": CANARY, "settlement_hours": 24, "more": {CANARY: CANARY},
        },
    });
    for _ in 0..random.u8(..4) {
        replace_a_value(&mut body, random);
    }
    let mut body = body.to_string().into_bytes();
    for _ in 0..random.u8(..3).saturating_sub(1) {
        match random.u8(..5) {
            0 => body.truncate(random.usize(..=body.len())),
            1 => body.extend_from_slice(CANARY.as_bytes()),
            2 => body = ["[", "{\"a\":"][random.usize(..2)].repeat(random.usize(..300)).into_bytes(),
            3 => body = [b"{\"data\":", "[".repeat(random.usize(..200)).as_bytes(), b"1"].concat(),
            _ if !body.is_empty() => {
                let at = random.usize(..body.len());
                body[at] = random.u8(..);
            }
            _ => {}
        }
    }
    body
}

/// Makes headers not those of the body.
fn damage(headers: &mut unigox::http::HeaderMap, random: &mut Rng) {
    let name = [SIGNATURE_HEADER, TIMESTAMP_HEADER][random.usize(..2)];
    let before = headers[name].clone();
    match random.u8(..4) {
        0 => drop(headers.remove(name)),
        1 => drop(headers.append(name, before)),
        2 => {
            let text = before.to_str().expect("it is text");
            let (start, end) = text.split_at(text.len() - 1);
            let other = if end == "0" { "1" } else { "0" };
            headers.insert(name, HeaderValue::try_from(format!("{start}{other}")).expect("a header can hold it"));
        }
        _ => drop(headers.insert(name, HeaderValue::from_bytes(&[random.u8(128..); 9]).expect("a header can hold it"))),
    }
}
