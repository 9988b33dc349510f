//! The API over HTTP: a request is read, judged by the document, answered by the rules, and spoilt if it is to be.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body as HttpBody,
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::{
    document::Operation,
    fault::{self, Fault},
    log::LoggedRequest,
    rules::{Answer, Body, Call},
    sandbox::Shared,
    server::{NoAnswer, Reset},
};

/// How large a body may be that is no file.
const MOST_JSON: usize = 1024 * 1024;

/// How large a form may be: a file, and what a form has around it.
const MOST_FORM: usize = 11 * 1024 * 1024;

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(30);

/// The routes of the documented operations.
pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    let mut routes = Router::new();
    for operation in shared.document.operations() {
        let Ok(method) = MethodFilter::try_from(operation.method.parse::<axum::http::Method>().unwrap_or_default())
        else {
            continue;
        };
        let handler = move |shared: State<Arc<Shared>>, path: Result<RawPathParams, _>, request: Request| async move {
            // What is no text names nothing.
            let Ok::<_, RawPathParamsRejection>(path) = path else { return unknown(shared, request).await };
            handle(&shared, operation, &path, request).await
        };
        routes = routes.route(&operation.path, on(method, handler));
    }
    routes.method_not_allowed_fallback(unknown_method).with_state(Arc::clone(shared))
}

async fn handle(shared: &Shared, operation: &Operation, path: &RawPathParams, request: Request) -> Response {
    let fault = shared.lock().faults.get_mut(&operation.id).and_then(std::collections::VecDeque::pop_front);
    let (parts, body) = request.into_parts();
    let reset = parts.extensions.get::<Reset>().cloned().unwrap_or_default();
    let mut entry = LoggedRequest {
        operation_id: Some(operation.id.clone()),
        fault: fault.as_ref().map(name),
        ..entry_of(shared, &parts)
    };
    let received = read(body, operation, &parts.headers, &mut entry).await;
    let is_unread = matches!(received, Err(Refusal::Unread));
    let mut answer = answer(shared, operation, path, entry, received, fault, &reset).await;
    if is_unread {
        // What was not read would be taken for the next request.
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

/// What becomes of a request that was received: what the operation answers, or what goes wrong instead.
async fn answer(
    shared: &Shared,
    operation: &Operation,
    path: &RawPathParams,
    entry: LoggedRequest,
    received: Result<Body, Refusal>,
    fault: Option<Fault>,
    reset: &Reset,
) -> Response {
    if let Some(answer) = instead(fault.as_ref(), reset) {
        shared.log(LoggedRequest { status: answer.as_ref().map(|answer| answer.status().as_u16()), ..entry });
        return answer.unwrap_or_else(broken);
    }
    let answer = judge(shared, operation, path, &entry, received);
    let answer = match operation.problem_with(answer.status, answer.body.as_ref()) {
        None => answer,
        // The rules are wrong: loudly, so that a test finds it.
        Some(problem) => Answer { status: 599, body: Some(Value::String(problem)) },
    };
    shared.log(LoggedRequest { status: Some(answer.status), ..entry });
    // Late, and done all the same: a client that gives up does not take it back.
    if let Some(Fault::Delay { milliseconds }) = fault {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    spoil(answer, fault.as_ref(), reset)
}

/// What the operation answers, without faults.
fn judge(
    shared: &Shared,
    operation: &Operation,
    path: &RawPathParams,
    entry: &LoggedRequest,
    received: Result<Body, Refusal>,
) -> Answer {
    let Some(partner) = entry.partner.as_deref() else {
        return match operation.id.as_str() {
            "verifyAuth" => Answer::refused(401, "unauthorized"),
            _ => Answer::empty(401),
        };
    };
    let parameter = |name: &str| path.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    let user = parameter("user_uuid").map(str::parse);
    if matches!(user, Some(Err(_))) {
        return Answer::empty(404);
    }
    let Ok(body) = received else { return Call::refuse(&operation.id, &Value::Null) };
    let is_taken = match &body {
        Body::None => true,
        Body::Json(json) => operation.takes(json),
        // The document has the form among the JSON bodies.
        Body::File { document_type, .. } => operation.takes(&json!({"document": "", "document_type": document_type})),
    };
    if !is_taken {
        return Call::refuse(&operation.id, body.json());
    }
    let mut query = url::form_urlencoded::parse(entry.query.as_deref().unwrap_or_default().as_bytes());
    let verification = query.find(|(name, _)| name == "verification_id").map(|(_, value)| value);
    let now = shared.clock.now();
    let call = Call {
        world: &mut shared.lock(),
        partner,
        user: user.and_then(Result::ok),
        payment_details: parameter("payment_details_id"),
        verification: verification.as_deref(),
        body: &body,
        now,
    };
    call.answer(&operation.id)
}

/// Why a body is none that an operation takes.
#[derive(Debug)]
enum Refusal {
    /// It is not the JSON or the form that it should be.
    Malformed,
    /// It is too large, too slow, or breaks off.
    Unread,
}

impl From<Unread> for Refusal {
    fn from(Unread: Unread) -> Self {
        Self::Unread
    }
}

async fn read(
    body: HttpBody,
    operation: &Operation,
    headers: &HeaderMap,
    entry: &mut LoggedRequest,
) -> Result<Body, Refusal> {
    if !operation.has_body() {
        return Ok(Body::None);
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form = content_type.to_ascii_lowercase().starts_with("multipart/form-data");
    let takes_form = operation.id == "uploadPartnerKYCDocument";
    let limit = if is_form && takes_form { MOST_FORM } else { MOST_JSON };
    let bytes = collect(body, limit).await?;
    entry.body_bytes = bytes.len();
    if is_form && takes_form {
        return form(content_type, bytes).await;
    }
    let is_json = content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
    let json = serde_json::from_slice::<Value>(&bytes).ok().filter(|_| is_json);
    entry.body.clone_from(&json);
    json.map(Body::Json).ok_or(Refusal::Malformed)
}

/// A body that could not be read to its end.
#[derive(Debug)]
pub(crate) struct Unread;

/// Reads a body that is not too large and does not take too long.
pub(crate) async fn collect(mut body: HttpBody, limit: usize) -> Result<Bytes, Unread> {
    // Whoever says how much is to come is refused at once.
    if axum::body::HttpBody::size_hint(&body).lower() > limit as u64 {
        return Err(Unread);
    }
    let reading = async {
        let mut collected = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| Unread)?.into_data() else { continue };
            if collected.len() + data.len() > limit {
                return Err(Unread);
            }
            collected.extend_from_slice(&data);
        }
        Ok(collected.freeze())
    };
    tokio::time::timeout(PATIENCE, reading).await.map_err(|_| Unread)?
}

/// The two parts of an upload, each of them once.
async fn form(content_type: &str, bytes: Bytes) -> Result<Body, Refusal> {
    let boundary = multer::parse_boundary(content_type).map_err(|_| Refusal::Malformed)?;
    let once = futures_util::stream::once(async move { Ok::<_, std::io::Error>(bytes) });
    let mut form = multer::Multipart::new(once, boundary);
    let (mut document, mut document_type) = (None, None);
    while let Some(part) = form.next_field().await.map_err(|_| Refusal::Malformed)? {
        match part.name().map(str::to_owned).as_deref() {
            Some("document") if document.is_none() => {
                let name = part.file_name().unwrap_or("document").to_owned();
                document = Some((name, part.bytes().await.map_err(|_| Refusal::Malformed)?));
            }
            Some("document_type") if document_type.is_none() => {
                document_type = Some(part.text().await.map_err(|_| Refusal::Malformed)?);
            }
            Some("document" | "document_type") => return Err(Refusal::Malformed),
            _ => {}
        }
    }
    let ((name, content), document_type) = document.zip(document_type).ok_or(Refusal::Malformed)?;
    Ok(Body::File { document_type, name, content })
}

/// What is answered without asking the rules; `Some(None)` is nothing at all.
fn instead(fault: Option<&Fault>, reset: &Reset) -> Option<Option<Response>> {
    match fault? {
        Fault::Status { status, headers, body } => {
            let mut answer = answer_of(&Answer { status: *status, body: body.clone() });
            for (name, value) in headers {
                if let Some((name, value)) = fault::header(name, value) {
                    answer.headers_mut().insert(name, value);
                }
            }
            Some(Some(answer))
        }
        Fault::Redirect { status, location } => {
            let mut answer = answer_of(&Answer::empty(*status));
            if let Ok(location) = HeaderValue::from_str(location) {
                answer.headers_mut().insert(header::LOCATION, location);
            }
            Some(Some(answer))
        }
        Fault::Reset => {
            reset.on_close();
            Some(None)
        }
        _ => None,
    }
}

/// The answer, with what goes wrong with it.
fn spoil(answer: Answer, fault: Option<&Fault>, reset: &Reset) -> Response {
    let whole = || serde_json::to_vec(&answer.body).unwrap_or_default();
    match fault {
        Some(Fault::AnswerLost) => {
            reset.on_close();
            broken()
        }
        Some(Fault::Truncated) => {
            let (mut head, body) = (answer_of(&answer), whole());
            head.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len().max(1)));
            let half = Bytes::from(body).split_to(whole().len() / 2);
            let end = async {
                // What is there goes out before it breaks off.
                tokio::task::yield_now().await;
                Err(std::io::Error::other("truncated on purpose"))
            };
            let halves = futures_util::stream::once(async { Ok(half) }).chain(futures_util::stream::once(end));
            *head.body_mut() = HttpBody::from_stream(halves);
            head
        }
        Some(Fault::InvalidJson) => {
            let mut body = whole();
            body.truncate(body.len() / 2);
            json_response(answer.status, body.into())
        }
        Some(Fault::HugeBody { bytes }) => {
            let spaces = std::iter::successors(Some(*bytes), |left| Some(left.saturating_sub(SPACES.len() as u64)))
                .take_while(|left| *left > 0)
                .map(|left| {
                    Bytes::from_static(&SPACES[..usize::try_from(left).unwrap_or(usize::MAX).min(SPACES.len())])
                });
            let chunks = std::iter::once(Bytes::from(whole())).chain(spaces);
            let stream = futures_util::stream::iter(chunks.map(Ok::<_, std::io::Error>));
            json_response(answer.status, HttpBody::from_stream(stream))
        }
        _ => answer_of(&answer),
    }
}

static SPACES: [u8; 64 * 1024] = [b' '; 64 * 1024];

pub(crate) fn answer_of(answer: &Answer) -> Response {
    match &answer.body {
        Some(body) => json_response(answer.status, body.to_string().into()),
        None => (status(answer.status), HttpBody::empty()).into_response(),
    }
}

fn json_response(code: u16, body: HttpBody) -> Response {
    (status(code), [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// An answer that is not sent.
fn broken() -> Response {
    let mut answer = Response::new(HttpBody::empty());
    answer.extensions_mut().insert(NoAnswer);
    answer
}

fn name(fault: &Fault) -> &'static str {
    match fault {
        Fault::Status { .. } => "status",
        Fault::Delay { .. } => "delay",
        Fault::Reset => "reset",
        Fault::AnswerLost => "answer_lost",
        Fault::Truncated => "truncated",
        Fault::InvalidJson => "invalid_json",
        Fault::HugeBody { .. } => "huge_body",
        Fault::Redirect { .. } => "redirect",
    }
}

/// What a route answers that is not documented.
pub(crate) async fn unknown(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    shared.log(LoggedRequest { status: Some(404), ..entry_of(&shared, &parts) });
    answer_of(&Answer::refused(404, "not_found"))
}

/// What a method answers that is not documented for its route.
async fn unknown_method(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    shared.log(LoggedRequest { status: Some(405), ..entry_of(&shared, &parts) });
    answer_of(&Answer::empty(405))
}

/// What is known of a request by its head.
fn entry_of(shared: &Shared, parts: &Parts) -> LoggedRequest {
    LoggedRequest {
        at: shared.clock.now(),
        operation_id: None,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        partner: shared.partner(&parts.headers),
        body: None,
        body_bytes: 0,
        status: None,
        fault: None,
    }
}
