//! A webhook event as an argument of an axum handler.

use axum_core::{
    body::Body,
    extract::{FromRef, FromRequest, Request},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::{Event, WebhookError, WebhookErrorKind, WebhookVerifier};

/// A genuine webhook event, as an argument of a handler of axum 0.8.
///
/// The [`WebhookVerifier`] is taken from the state. A request that is refused never reaches the handler: it gets
/// [`WebhookError::status`] and no body. No more of the body is read than the verifier allows, whatever
/// `DefaultBodyLimit` says; a limit of time is up to the server. The state has to have a `FromRef` for the verifier, as below.
/// To see why requests are refused, take a `Result<VerifiedEvent, WebhookError>`.
///
/// # Examples
///
/// ```
/// use axum::{Router, extract::{FromRef, State}, http::StatusCode, routing::post};
/// use unigox::{
///     WaitSignals,
///     webhooks::{Deduplicate, MemoryDeduplicate, VerifiedEvent, WebhookVerifier},
/// };
///
/// #[derive(Clone)]
/// struct Service {
///     verifier: WebhookVerifier,
///     events: MemoryDeduplicate,
///     signals: WaitSignals,
/// }
///
/// impl FromRef<Service> for WebhookVerifier {
///     fn from_ref(service: &Service) -> Self {
///         service.verifier.clone()
///     }
/// }
///
/// async fn receive(State(service): State<Service>, VerifiedEvent(event): VerifiedEvent) -> StatusCode {
///     // In a task of its own, since this one is dropped when the sender hangs up.
///     let handled = tokio::spawn(async move {
///         let handling = async {
///             service.signals.wake_for(&event);
///             // … store what happened …
///             Ok::<_, std::io::Error>(())
///         };
///         match service.events.handle_once(event.id(), handling).await {
///             Ok(handled) => handled.status(),
///             Err(error) => error.status(),
///         }
///     });
///     handled.await.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
/// }
///
/// # fn router(service: Service) -> Router {
/// Router::new().route("/webhooks", post(receive)).with_state(service)
/// # }
/// ```
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct VerifiedEvent(pub Event);

impl<S> FromRequest<S> for VerifiedEvent
where
    WebhookVerifier: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = WebhookError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebhookError> {
        let verifier = WebhookVerifier::from_ref(state);
        let (parts, body) = request.into_parts();
        // Before anything is received of a body that is not accepted anyway.
        verifier.check_form(&parts.headers)?;
        let length = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > verifier.body_limit() as u64) {
            return Err(WebhookErrorKind::BodyTooLarge.into());
        }
        let body = receive(body, verifier.body_limit()).await?;
        verifier.verify(&parts.headers, &body).map(Self)
    }
}

async fn receive(body: Body, limit: usize) -> Result<Bytes, WebhookError> {
    let received = Limited::new(body, limit).collect().await;
    received.map(http_body_util::Collected::to_bytes).map_err(|error| match error.is::<LengthLimitError>() {
        true => WebhookErrorKind::BodyTooLarge.into(),
        false => WebhookErrorKind::BodyBroken.into(),
    })
}

/// The [status](WebhookError::status) alone.
impl IntoResponse for WebhookError {
    fn into_response(self) -> Response {
        self.status().into_response()
    }
}
