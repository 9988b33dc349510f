//! Validates a request by the document, and responds: by the rule of the operation, or by the document.

use axum::http::request::Parts;
use serde_json::Value;
use uuid::Uuid;

use super::{
    made::{self, UNDOCUMENTED_RESPONSE},
    read::ReceivedBody,
};
use crate::{
    document::{DocumentedBody, DocumentedResponse, KeyPlace, Operation, PathParameters, Query, decode},
    refusal::{Place, Refusal},
    rules::{self, Call, Rule, RuleResponse},
    shared::Shared,
    webhooks::Event,
};

/// The parameter of the path that says which user of the partner an operation is about.
const USER: &str = "user_uuid";

/// A response, and why the request was refused if it was.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) response: DocumentedResponse,
    pub(super) refusal: Option<Refusal>,
    /// An event that is to be sent first. The response is that of [`after_event`] then.
    pub(super) sends: Option<Box<Event>>,
}

impl Judged {
    fn new(response: DocumentedResponse, refusal: Option<Refusal>) -> Self {
        Self { response, refusal, sends: None }
    }
}

/// A request for an operation.
pub(super) struct Received<'r> {
    pub(super) head: &'r Parts,
    pub(super) path: &'r PathParameters,
    pub(super) body: ReceivedBody,
    /// The name of the partner; empty if the request has no known key.
    pub(super) partner: String,
}

/// The response of the operation, without any fault.
pub(super) fn judge(shared: &Shared, operation: &Operation, received: &Received<'_>) -> Judged {
    let Received { head, path, body, partner } = received;
    let missing = operation.security.missing(head, |key| shared.lock().partner(key).is_some());
    if let Some(place) = missing {
        return refuse(shared, operation, &[401], without_key(place));
    }
    let rule = Rule::of(&operation.id);
    let parameter = |name: &str| path.iter().find(|(known, _)| known == name).and_then(|(_, value)| decode_path(value));
    let user = parameter(USER).map(|uuid| uuid.parse::<Uuid>());
    if matches!(user, Some(Err(_))) && operation.has_status(404) {
        return refuse(shared, operation, &[404], Refusal::new(Place::Path, format!("/{USER}"), "format"));
    }
    if let Some(refusal) = operation.parameters.iter().find_map(|parameter| parameter.problem(head, path)) {
        let statuses: &[u16] = if refusal.place == Place::Path { &[400, 422, 404] } else { &[400, 422] };
        return refuse(shared, operation, statuses, refusal);
    }
    let user = user.and_then(Result::ok);
    if let Some(refusal) = &body.refusal {
        return refuse_body(shared, operation, rule, body.body.value(), refusal.clone());
    }
    let Some(rule) = rule else {
        let is_unknown = user.is_some_and(|user| shared.has_users && shared.lock().user(partner, user).is_none());
        if is_unknown && operation.has_status(404) {
            return refuse(shared, operation, &[404], unknown_user());
        }
        return Judged::new(made::response(shared, operation, operation.success()), None);
    };
    let query = Query::new(head.uri.query());
    let payment_details_id = parameter("payment_details_id");
    let now = shared.clock.now();
    let mut world = shared.lock();
    let is_unknown = user.is_some_and(|user| world.user(partner, user).is_none());
    let mut response = rule.respond(Call {
        world: &mut world,
        partner,
        user,
        payment_details_id: payment_details_id.as_deref(),
        query: &query,
        rails: &shared.rails,
        listed: shared.listed,
        body: &body.body,
        now,
    });
    if let Some(user) = user {
        rules::follow_up(&mut world, user, now);
    }
    drop(world);
    let sends = response.sends.take();
    if is_unknown && response.status == 404 {
        return Judged::new(of_rule(shared, operation, response), Some(unknown_user()));
    }
    Judged { sends, ..by_rule(shared, operation, response) }
}

/// The response when the event of a call was sent, and the receiver accepted it with `status` or did not.
pub(super) fn after_event(shared: &Shared, operation: &Operation, status: Option<u16>) -> Judged {
    by_rule(shared, operation, rules::pinged(status))
}

/// The response of a rule, with the reason if it refuses.
fn by_rule(shared: &Shared, operation: &Operation, response: RuleResponse) -> Judged {
    let refusal = (response.status >= 400).then(|| {
        let rule = response.key().map_or_else(|| response.status.to_string(), str::to_owned);
        Refusal::new(Place::State, response.field.clone(), rule)
    });
    Judged::new(of_rule(shared, operation, response), refusal)
}

/// The response of a rule, if the document describes it. The document has the body of an error that the rule has none for.
fn of_rule(shared: &Shared, operation: &Operation, response: RuleResponse) -> DocumentedResponse {
    let response = with_message(operation, response);
    match operation.problem_with(response.status, response.body.as_ref()) {
        None => response.into(),
        Some(_) if response.status >= 400 && operation.has_status(response.status) => {
            made::response(shared, operation, response.status)
        }
        Some(problem) => RuleResponse::new(UNDOCUMENTED_RESPONSE, Some(Value::String(problem))).into(),
    }
}

/// An error with the sentence that the document has for its key; with one of the key's own words, if the document has none and
/// describes a sentence.
fn with_message(operation: &Operation, mut response: RuleResponse) -> RuleResponse {
    let Some(key) = response.key().map(str::to_owned) else { return response };
    let is_of_key = |example: &&Value| example.pointer("/data/error_key").is_some_and(|of| of == key.as_str());
    let documented = operation.examples(response.status).find(is_of_key);
    let documented = documented.and_then(|example| example.pointer("/data/message")).cloned();
    let in_words = || Value::from(format!("The request was refused: {}", key.replace('_', " ")));
    let is_described = operation.describes(response.status, &["data", "message"]);
    let message = documented.or_else(|| is_described.then(in_words));
    let data = response.body.as_mut().and_then(|body| body.get_mut("data")).and_then(Value::as_object_mut);
    if let (Some(message), Some(data)) = (message, data) {
        data.entry("message").or_insert(message);
    }
    response
}

/// The response to a body that the document does not accept: that of the rule, if the document describes it.
fn refuse_body(shared: &Shared, operation: &Operation, rule: Option<&Rule>, body: &Value, refusal: Refusal) -> Judged {
    let by_rule = rule.map(|rule| with_message(operation, rule.refuse(body)));
    let by_rule = by_rule.filter(|response| operation.problem_with(response.status, response.body.as_ref()).is_none());
    if let Some(response) = by_rule {
        return Judged::new(response.into(), Some(refusal));
    }
    let statuses: &[u16] = match refusal.rule.as_str() {
        "mediaType" => &[415, 400, 422],
        "size" => &[413, 400, 422],
        _ => &[400, 422],
    };
    refuse(shared, operation, statuses, refusal)
}

/// A refusal with the first of `statuses` that the document names; with one that it describes among others, or else has
/// no body for: 400, or the first one of another kind.
fn refuse(shared: &Shared, operation: &Operation, statuses: &[u16], refusal: Refusal) -> Judged {
    let plain = if statuses.contains(&400) { 400 } else { statuses[0] };
    let named = statuses.iter().copied().find(|status| operation.names_status(*status));
    let response = made::response(shared, operation, named.unwrap_or(plain));
    Judged::new(response, Some(refusal))
}

fn without_key(place: &KeyPlace) -> Refusal {
    let (place, name) = match place {
        KeyPlace::Header(name) => (Place::Header, name.as_str()),
        KeyPlace::Query(name) => (Place::Query, name.as_str()),
        KeyPlace::Cookie(name) => (Place::Cookie, name.as_str()),
        KeyPlace::Authorization => (Place::Header, "authorization"),
    };
    Refusal::new(place, format!("/{name}"), "security")
}

fn unknown_user() -> Refusal {
    Refusal::new(Place::Path, format!("/{USER}"), "exists")
}

/// The text of a parameter in the path, where `+` is no space.
fn decode_path(value: &str) -> Option<String> {
    decode(&value.replace('+', "%2B"))
}

impl From<RuleResponse> for DocumentedResponse {
    fn from(RuleResponse { status, body, .. }: RuleResponse) -> Self {
        Self { status, body: body.map(DocumentedBody::json), headers: Vec::new() }
    }
}
