//! Damaged responses, at random: no call panics, reports an effect without evidence, or shows what the response holds.
//!
//! The same responses are made in every run. `MUTATED_RESPONSES=1000000 MUTATION_SEED=$RANDOM cargo test -p unigox-tests
//! --test facade_mutations -- --nocapture` tries more, and others.

#![expect(clippy::print_stdout, reason = "says what was tried, for whoever runs it with `--nocapture`")]

use std::{
    collections::BTreeMap,
    error::Error as _,
    sync::{Arc, Mutex, PoisonError},
};

use fastrand::Rng;
use serde_json::{Value, json};
use unigox::{
    CallOptions, Client, Effect, Environment, Error, HttpTransport, RequestBody, RetryPolicy, Sending,
    bytes::Bytes,
    http::{Request, Response},
};
use unigox_tests::{API_KEY, Call};

/// Stands where personal data may stand. It has a blank, so it does not look like a key.
const CANARY: &str = "canary Ada-Obi-DE75512108001245126199";

const STATUSES: [u16; 21] =
    [200, 201, 202, 204, 206, 299, 301, 304, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 599];

const CONTENT_TYPES: [&str; 6] =
    ["application/json", "application/json; charset=utf-8", "application/problem+json", "text/html", "text/plain", ""];

/// A response before it is sent.
#[derive(Clone, Debug)]
struct Damaged {
    status: u16,
    content_type: &'static str,
    body: Vec<u8>,
}

/// What a response shows about the effect of the call, read independently of the facade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Evidence {
    Done,
    Refused,
    None,
}

impl Damaged {
    fn evidence(&self) -> Evidence {
        let says = serde_json::from_slice::<Value>(&self.body).ok().and_then(|body| body.get("success")?.as_bool());
        let is_json = self.content_type.is_empty() || self.content_type.contains("json");
        match (self.status, says) {
            (408, _) => Evidence::None,
            (300..=499, _) | (200..=299, Some(false)) => Evidence::Refused,
            (200..=299, Some(true)) if is_json => Evidence::Done,
            _ => Evidence::None,
        }
    }
}

/// Sends nothing, and responds with what it was given last.
#[derive(Clone)]
struct Replies(Arc<Mutex<Damaged>>);

impl HttpTransport for Replies {
    fn send(&self, _: Request<RequestBody>) -> Sending<'_> {
        let Damaged { status, content_type, body } = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut response = Response::builder().status(status);
        if !content_type.is_empty() {
            response = response.header("content-type", content_type);
        }
        let response = response.body(Bytes::from(body)).expect("it is a response");
        Box::pin(async move { Ok(response) })
    }
}

#[tokio::test]
async fn no_damaged_response_makes_a_call_panic_report_an_effect_or_show_too_much() {
    let number = |name: &str, default| std::env::var(name).ok().map_or(default, |text| text.parse().expect("a number"));
    let (count, seed) = (number("MUTATED_RESPONSES", 20_000), number("MUTATION_SEED", 7));
    let replies = Replies(Arc::new(Mutex::new(Damaged { status: 200, content_type: "", body: Vec::new() })));
    let options = CallOptions::new().retries(RetryPolicy::none());
    let builder = Client::builder(Environment::Custom("https://a.example".to_owned())).api_key(API_KEY);
    let client = builder.options(options).transport(replies.clone()).build().expect("these settings go together");
    let calls: Vec<Call> = Call::of_each_operation().collect();
    let mut random = Rng::with_seed(seed);
    let mut seen: BTreeMap<(Evidence, &str), u64> = BTreeMap::new();
    for round in 0..count {
        let call = calls[random.usize(..calls.len())];
        let damaged = damaged(call, &mut random);
        *replies.0.lock().unwrap_or_else(PoisonError::into_inner) = damaged.clone();
        let about = || format!("seed {seed}, round {round}: {call:?} with {damaged:?}");
        let evidence = damaged.evidence();
        let report = match call.receive(&client).await {
            Ok(received) => {
                assert!((200..300).contains(&received.status), "{}", about());
                if call.returns_data() {
                    assert_eq!(evidence, Evidence::Done, "a success without evidence: {}", about());
                }
                assert_ne!(evidence, Evidence::Refused, "a refusal is a success: {}", about());
                "a value"
            }
            Err(error) => {
                assert!(!shown(&error).contains("Ada-Obi"), "{}: {}", about(), shown(&error));
                match error.effect() {
                    Effect::Yes => assert_eq!(evidence, Evidence::Done, "an effect without evidence: {}", about()),
                    Effect::No => assert_eq!(evidence, Evidence::Refused, "a refusal without evidence: {}", about()),
                    Effect::Unknown => assert_ne!(evidence, Evidence::Refused, "a refusal is doubted: {}", about()),
                }
                match error.effect() {
                    Effect::Yes => "an error after an effect",
                    Effect::No => "an error without an effect",
                    Effect::Unknown => "an error, and no report",
                }
            }
        };
        *seen.entry((evidence, report)).or_default() += 1;
    }
    println!("{count} responses: {seen:#?}");
    for kind in [
        (Evidence::Done, "a value"),
        (Evidence::Done, "an error after an effect"),
        (Evidence::Refused, "an error without an effect"),
        (Evidence::None, "an error, and no report"),
    ] {
        assert!(seen.contains_key(&kind), "no response of the kind {kind:?}: {seen:?}");
    }
}

/// Everything that an error shows.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(inner) = source {
        shown.push_str(&format!(" {inner} {inner:?}"));
        source = inner.source();
    }
    shown
}

/// A documented response with personal data in it, damaged a few times.
fn damaged(call: Call, random: &mut Rng) -> Damaged {
    let successes = call.successes();
    let success = &successes[random.usize(..successes.len())];
    let mut body = success.body.clone().unwrap_or_default();
    if let Some(members) = body.as_object_mut() {
        members.insert("message".to_owned(), CANARY.into());
    }
    for _ in 0..random.u8(..3) {
        replace_a_value(&mut body, random);
    }
    let mut damaged = Damaged {
        status: success.status,
        content_type: "application/json",
        body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
    };
    for _ in 0..random.u8(..3) {
        match random.u8(..8) {
            0 => damaged.status = STATUSES[random.usize(..STATUSES.len())],
            1 => damaged.content_type = CONTENT_TYPES[random.usize(..CONTENT_TYPES.len())],
            2 => damaged.body.truncate(random.usize(..=damaged.body.len())),
            3 => damaged.body = format!("<html><title>{CANARY}</title></html>").into_bytes(),
            4 => damaged.body.extend_from_slice(CANARY.as_bytes()),
            5 => damaged.body = json!({"success": random.bool(), "data": {"error_key": CANARY}}).to_string().into(),
            6 if !damaged.body.is_empty() => {
                let at = random.usize(..damaged.body.len());
                damaged.body[at] = random.u8(..);
            }
            _ => damaged.body = [0x1f, 0x8b, 8, 0].into_iter().chain(damaged.body.drain(..)).collect(),
        }
    }
    damaged
}

/// Replaces a value somewhere in `body` by one of another kind, or removes it.
fn replace_a_value(body: &mut Value, random: &mut Rng) {
    let mut place = body;
    loop {
        let inside = match &*place {
            Value::Object(members) => members.len(),
            Value::Array(values) => values.len(),
            _ => 0,
        };
        if inside == 0 || random.u8(..4) == 0 {
            *place = other_value(random);
            return;
        }
        let at = random.usize(..inside);
        place = match place {
            Value::Object(members) => {
                let name = members.keys().nth(at).cloned().unwrap_or_default();
                if random.u8(..8) == 0 {
                    members.remove(&name);
                    return;
                }
                members.entry(name).or_insert(Value::Null)
            }
            Value::Array(values) => &mut values[at],
            _ => return,
        };
    }
}

fn other_value(random: &mut Rng) -> Value {
    match random.u8(..7) {
        0 => Value::Null,
        1 => random.bool().into(),
        2 => 3599.5.into(),
        3 => json!([CANARY]),
        4 => json!({ CANARY: CANARY }),
        5 => random.i64(..).into(),
        _ => CANARY.into(),
    }
}
