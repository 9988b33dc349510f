//! What all routes share: the document, the clock, the state, and the observer of requests.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::request::Parts;
use serde_json::{Map, Value};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    document::{Document, DocumentedResponse},
    log::LoggedRequest,
    rails::Rails,
    rules::{self, Listed},
    webhooks::{Event, LoggedDelivery, WebhookEvent},
    world::World,
};

/// The maximum length of the type, and of the identifier, of an event. The log keeps both.
const MAX_EVENT_NAME_BYTES: usize = 100;

/// The maximum number of types of events whose data is kept.
const MAX_EVENT_TYPES: usize = 100;

/// What all routes share.
pub(crate) struct Shared {
    pub(crate) document: Arc<Document>,
    pub(crate) clock: Clock,
    /// What responses of the document are made with.
    pub(crate) seed: u64,
    /// Whether the document has an operation that creates users.
    pub(crate) has_users: bool,
    pub(crate) rails: Rails,
    pub(crate) listed: Listed,
    /// The responses that were made from the document, by operation and status.
    made: Mutex<HashMap<String, BTreeMap<u16, DocumentedResponse>>>,
    world: Mutex<World>,
    /// The data of events, by type.
    event_data: Mutex<HashMap<String, Map<String, Value>>>,
    /// The name of the partner that events of a test are sent to.
    first_partner: String,
    /// What events are signed with.
    pub(crate) webhook_secret: String,
    /// Notified when deliveries have ended or begun.
    pub(crate) deliveries_changed: Notify,
    /// The end of the sandbox.
    pub(crate) stop: CancellationToken,
    observers: Observers,
}

/// Called with each request when its response is known, or with each delivery when its outcome is.
pub(crate) type Observer<T> = Box<dyn Fn(&T) + Send + Sync>;

/// What is called with what is logged.
#[derive(Default)]
pub(crate) struct Observers {
    pub(crate) of_requests: Option<Observer<LoggedRequest>>,
    pub(crate) of_deliveries: Option<Observer<LoggedDelivery>>,
}

/// What a test sets of a sandbox.
pub(crate) struct Settings {
    pub(crate) document: Arc<Document>,
    pub(crate) clock: Clock,
    pub(crate) seed: u64,
    pub(crate) rails: Rails,
    pub(crate) first_partner: String,
    pub(crate) webhook_secret: String,
    pub(crate) observers: Observers,
}

impl Shared {
    pub(crate) fn new(settings: Settings, world: World, stop: CancellationToken) -> Self {
        let Settings { document, clock, seed, rails, first_partner, webhook_secret, observers } = settings;
        Self {
            has_users: rules::creates_users(&document),
            listed: Listed::by(&document),
            document,
            clock,
            seed,
            rails,
            made: Mutex::default(),
            world: Mutex::new(world),
            event_data: Mutex::default(),
            first_partner,
            webhook_secret,
            deliveries_changed: Notify::new(),
            stop,
            observers,
        }
    }

    /// The response of the document for an operation and a status, which `make` makes once.
    pub(crate) fn made_response(
        &self,
        operation_id: &str,
        status: u16,
        make: impl FnOnce() -> DocumentedResponse,
    ) -> DocumentedResponse {
        let lock = || self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(operation_id).and_then(|responses| responses.get(&status)).cloned();
        known.unwrap_or_else(|| {
            // Without the lock: others are served meanwhile.
            let made = make();
            lock().entry(operation_id.to_owned()).or_default().insert(status, made.clone());
            made
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log entry of a request of which only the head is known.
    pub(crate) fn log_entry(&self, head: &Parts) -> LoggedRequest {
        let key = self.document.known_key(head, |key| self.lock().partner(key).is_some());
        LoggedRequest {
            at: self.clock.now(),
            operation_id: None,
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            partner: key.and_then(|key| self.lock().partner(&key).map(str::to_owned)),
            body: None,
            body_bytes: 0,
            status: None,
            fault: None,
            reason: None,
        }
    }

    /// The data of an event of this type, which is made once for a type of the API.
    fn event_data(&self, event_type: &str) -> Map<String, Value> {
        let lock = || self.event_data.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(event_type) {
            return known.clone();
        }
        let made = rules::event_data(&self.document, self.seed, event_type);
        if !made.is_empty() && lock().len() < MAX_EVENT_TYPES {
            lock().insert(event_type.to_owned(), made.clone());
        }
        made
    }

    /// Queues an event of a test, and returns its identifier.
    ///
    /// # Errors
    ///
    /// If there is no such partner, or it has registered no address; in words.
    pub(crate) fn send_event(&self, event: WebhookEvent) -> Result<String, String> {
        let WebhookEvent { event_type, event_id, partner, data } = event;
        if !is_event_name(&event_type) || !event_id.as_deref().is_none_or(is_event_name) {
            return Err(format!(
                "the type and the identifier of an event are at most {MAX_EVENT_NAME_BYTES} letters, digits, periods, hyphens \
                 and underscores"
            ));
        }
        let mut whole = self.event_data(&event_type);
        let mut world = self.lock();
        let partner = partner.unwrap_or_else(|| self.first_partner.clone());
        if !world.has_partner(&partner) {
            return Err(format!("there is no partner `{partner}`"));
        }
        if world.webhooks.address(&partner).is_none() {
            return Err(format!("the partner `{partner}` has registered no address for events"));
        }
        let id = event_id.unwrap_or_else(|| world.ids.event());
        let now = self.clock.now();
        whole.extend(data);
        world.webhooks.push(Event::new(id.clone(), &event_type, &partner, now, &Value::Object(whole)), now);
        Ok(id)
    }

    /// Reports deliveries to the observer, and to those who wait for them.
    pub(crate) fn report_deliveries(&self) {
        let unobserved = self.lock().webhooks.take_unobserved();
        if let Some(observer) = &self.observers.of_deliveries {
            unobserved.iter().for_each(observer);
        }
        self.deliveries_changed.notify_waiters();
    }

    /// Adds a request to the log, and reports it to the observer.
    pub(crate) fn log(&self, request: LoggedRequest) {
        if let Some(observer) = &self.observers.of_requests {
            observer(&request);
        }
        self.lock().log_request(request);
    }
}

/// Whether this can be the type or the identifier of an event.
fn is_event_name(text: &str) -> bool {
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=MAX_EVENT_NAME_BYTES).contains(&text.len()) && text.bytes().all(is_valid)
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("clock", &self.clock).field("world", &self.world).finish_non_exhaustive()
    }
}
