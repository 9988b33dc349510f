//! What all routes share: the document, the clock, the state, and the observer of requests.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::request::Parts;

use crate::{
    clock::Clock,
    document::{Document, DocumentedResponse},
    log::LoggedRequest,
    rules,
    world::World,
};

/// What all routes share.
pub(crate) struct Shared {
    pub(crate) document: Arc<Document>,
    pub(crate) clock: Clock,
    /// What responses of the document are made with.
    pub(crate) seed: u64,
    /// Whether the document has an operation that creates users.
    pub(crate) has_users: bool,
    /// The rails that the document has as an example.
    pub(crate) rails: BTreeSet<String>,
    /// The responses that were made from the document, by operation and status.
    made: Mutex<HashMap<String, BTreeMap<u16, DocumentedResponse>>>,
    world: Mutex<World>,
    observer: Option<Observer>,
}

/// Called with each request when its response is known.
pub(crate) type Observer = Box<dyn Fn(&LoggedRequest) + Send + Sync>;

impl Shared {
    pub(crate) fn new(
        document: Arc<Document>,
        clock: Clock,
        world: World,
        seed: u64,
        observer: Option<Observer>,
    ) -> Self {
        let has_users = rules::creates_users(&document);
        let rails = rules::rails(&document);
        Self { document, clock, seed, has_users, rails, made: Mutex::default(), world: Mutex::new(world), observer }
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

    /// Adds a request to the log, and reports it to the observer.
    pub(crate) fn log(&self, request: LoggedRequest) {
        if let Some(observer) = &self.observer {
            observer(&request);
        }
        self.lock().log_request(request);
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("clock", &self.clock).field("world", &self.world).finish_non_exhaustive()
    }
}
