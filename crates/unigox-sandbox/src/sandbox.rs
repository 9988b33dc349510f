//! A running sandbox, and the builder that starts it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io,
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{
    api,
    clock::Clock,
    control,
    document::{Document, InvalidDocument},
    fault::Fault,
    log::LoggedRequest,
    rails::Rails,
    scenario::{InvalidScenario, Scenario},
    script::Script,
    server::{self, Port},
    shared::{Observers, Settings, Shared},
    webhooks::{self, DEFAULT_WEBHOOK_SECRET, DeliveryFault, InvalidEvent, LoggedDelivery, WebhookEvent},
    world::World,
};

/// The key of the default partner.
pub const DEFAULT_KEY: &str = "sandbox-key";

/// A running mock server, by default on a free port of the loopback interface. It stops when it is dropped.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use unigox_sandbox::{Fault, Sandbox, Script};
///
/// let sandbox = Sandbox::start().await?;
/// sandbox.script(Script::rejected("the photo is blurred"));
/// sandbox.fault("createPartnerUser", Fault::status(503));
///
/// // … let your service call `sandbox.base_url()` with `sandbox.key()` …
///
/// assert!(sandbox.requests().is_empty());
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    shared: Arc<Shared>,
    base_url: String,
    key: String,
    port: Port,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox with one partner and the system clock. Verifications succeed after their status was read twice.
    ///
    /// # Errors
    ///
    /// If the loopback interface has no free port.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A builder for a sandbox with other settings.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            partners: Vec::new(),
            clock: Clock::system(),
            seed: 0,
            document: None,
            rails: Rails::default(),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            webhook_secret: DEFAULT_WEBHOOK_SECRET.to_owned(),
            observers: Observers::default(),
        }
    }

    /// The base URL, for the settings of the client.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The key of the first partner.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The operations of the document, each by its `operationId`; one that has none is called by its method and path, as in
    /// `GET /health`.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.shared.document.operations().map(|operation| operation.id.as_str())
    }

    /// Sets the outcome of verifications that are submitted from now on.
    pub fn script(&self, script: Script) {
        self.shared.lock().set_script(script);
    }

    /// Sets the outcome of verifications that are submitted from now on for the user `user_ref`. It takes precedence over
    /// [`script`](Self::script).
    pub fn script_user(&self, user_ref: impl Into<String>, script: Script) {
        self.shared.lock().set_user_script(user_ref.into(), script);
    }

    /// Injects a fault into the next call of the operation. Faults for the same operation are queued: each applies to one
    /// call.
    ///
    /// # Panics
    ///
    /// If the document has no operation with this `operationId`, so that a test with a misspelled one fails; or if the
    /// fault has a status or a header that no response can have. An operation without an `operationId` is called as in
    /// [`operations`](Self::operations).
    #[track_caller]
    pub fn fault(&self, operation_id: &str, fault: Fault) {
        assert!(
            self.shared.document.operation(operation_id).is_some(),
            "there is no operation `{operation_id}`; `Sandbox::operations` has the names"
        );
        fault.check().unwrap_or_else(|error| panic!("this fault can't be injected: {error}"));
        self.shared.lock().queue_fault(operation_id, fault);
    }

    /// Marks payment details as referred to by an active offer, so that `deletePaymentDetails` responds 409; or removes
    /// the mark.
    pub fn hold(&self, payment_details_id: impl Into<String>, held: bool) {
        self.shared.lock().hold(payment_details_id.into(), held);
    }

    /// Takes an institution away, or brings it back. One that is away is not listed by `getInstitutions`, and payment details
    /// that name it are refused.
    ///
    /// # Panics
    ///
    /// If there is no such institution, so that a test with a misspelled one fails.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = unigox_sandbox::Sandbox::start().await?;
    /// sandbox.set_institution_live("volta-bank", false);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_institution_live(&self, institution_id: &str, is_live: bool) {
        let is_known = self.shared.rails.institution(institution_id).is_some();
        assert!(is_known, "there is no institution `{institution_id}`");
        self.shared.lock().set_live(institution_id, is_live);
    }

    /// The faults that wait for calls, by operation, the next one first.
    pub fn faults(&self) -> BTreeMap<String, Vec<Fault>> {
        self.shared.lock().faults()
    }

    /// Removes all users of all partners, with their KYC data and payment details. Scripts, faults and the log stay.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use unigox::{Client, Environment};
    ///
    /// let sandbox = unigox_sandbox::Sandbox::start().await?;
    /// let environment = Environment::Custom(sandbox.base_url().to_owned());
    /// let unigox = Client::builder(environment).api_key(sandbox.key()).build()?;
    /// let user = unigox.users().create("customer-42", "ada@example.com").await?.user_uuid;
    ///
    /// sandbox.reset_users();
    /// assert!(unigox.user(user).get().await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn reset_users(&self) {
        self.shared.lock().reset_users();
    }

    /// Applies a scenario: its scripts replace those that are set, its faults are added to the queues.
    ///
    /// # Errors
    ///
    /// If the document that the sandbox follows does not have an operation that the scenario names. Nothing is applied then.
    pub fn apply(&self, scenario: Scenario) -> Result<(), InvalidScenario> {
        scenario.apply(&self.shared).map_err(InvalidScenario)
    }

    /// Advances the clock.
    pub fn advance(&self, time: Duration) {
        self.shared.clock.advance(time);
    }

    /// The requests so far, in the order of their responses: the last ten thousand, or fewer if their bodies are large.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.lock().requests().iter().cloned().collect()
    }

    /// Sends an event to the address that the partner has registered, and returns its identifier. It is queued at once;
    /// [`wait_for_deliveries`](Self::wait_for_deliveries) waits for what becomes of it.
    ///
    /// # Errors
    ///
    /// If there is no such partner, it has registered no address, or the type or the identifier is not one of at most 100
    /// letters, digits, periods, hyphens and underscores. Nothing is queued then.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(sandbox: unigox_sandbox::Sandbox) -> Result<(), unigox_sandbox::InvalidEvent> {
    /// use unigox_sandbox::{DeliveryFault, WebhookEvent};
    ///
    /// sandbox.fault_delivery(DeliveryFault::Duplicate);
    /// sandbox.send_event(WebhookEvent::new("order.status.changed").field("status", "completed"))?;
    /// sandbox.wait_for_deliveries().await;
    /// assert_eq!(sandbox.deliveries().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn send_event(&self, event: WebhookEvent) -> Result<String, InvalidEvent> {
        self.shared.send_event(event).map_err(InvalidEvent)
    }

    /// Injects a fault into the deliveries of the next event. Faults are queued: each applies to one event.
    pub fn fault_delivery(&self, fault: DeliveryFault) {
        self.shared.lock().webhooks.queue_fault(fault);
    }

    /// The attempts to deliver events so far, in the order of their outcomes: the last ten thousand.
    pub fn deliveries(&self) -> Vec<LoggedDelivery> {
        self.shared.lock().webhooks.log().iter().cloned().collect()
    }

    /// Waits until every delivery that is due by the clock has its outcome. A receiver that does not respond is waited for
    /// until the clock has advanced by ten seconds.
    pub async fn wait_for_deliveries(&self) {
        loop {
            let mut changed = pin!(self.shared.deliveries_changed.notified());
            changed.as_mut().enable();
            if self.shared.lock().webhooks.is_delivered(self.shared.clock.now()) {
                return;
            }
            changed.await;
        }
    }

    /// Stops accepting connections, and waits until requests in progress have their responses. Deliveries of events are given
    /// up.
    pub async fn stop_and_wait(mut self) {
        self.port.close();
        self.stop.cancel();
        for task in std::mem::take(&mut self.tasks) {
            let _ = task.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.port.close();
        self.stop.cancel();
    }
}

/// Settings of a [`Sandbox`] that is not started yet.
#[must_use]
pub struct SandboxBuilder {
    partners: Vec<(String, String)>,
    clock: Clock,
    seed: u64,
    document: Option<Arc<Document>>,
    rails: Rails,
    address: SocketAddr,
    webhook_secret: String,
    observers: Observers,
}

impl SandboxBuilder {
    /// Adds a partner, who sees only the users that it created. Without any there is one, with the key [`DEFAULT_KEY`].
    pub fn partner(mut self, name: impl Into<String>, key: impl Into<String>) -> Self {
        self.partners.push((key.into(), name.into()));
        self
    }

    /// Sets the clock; the system clock by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the seed of what is generated: identifiers, and values of the document's schemas. It is 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Follows another document than that of the API: OpenAPI 3.0 as JSON or YAML.
    ///
    /// It validates the requests of all of its operations, and gives their responses. The rules of the API apply to those
    /// operations that have the same `operationId`.
    ///
    /// # Errors
    ///
    /// If it is not a document of OpenAPI 3.0, or the sandbox can't follow a part of it: at most 100 references may lead from
    /// one schema to the next for the same value, and one schema may lead to at most 10,000 others. The message says where.
    pub fn document(mut self, text: &str) -> Result<Self, InvalidDocument> {
        self.document = Some(Arc::new(Document::parse(text)?));
        Ok(self)
    }

    /// Sets the rails and institutions; by default invented ones of several kinds.
    pub fn rails(mut self, rails: Rails) -> Self {
        self.rails = rails;
        self
    }

    /// Sets the address to listen at; a free port of the loopback interface by default.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Calls `observer` with each request when its response is known.
    pub fn on_request(mut self, observer: impl Fn(&LoggedRequest) + Send + Sync + 'static) -> Self {
        self.observers.of_requests = Some(Box::new(observer));
        self
    }

    /// Sets the secret that events are signed with; [`DEFAULT_WEBHOOK_SECRET`] by default. All partners have the same one.
    pub fn webhook_secret(mut self, secret: impl Into<String>) -> Self {
        self.webhook_secret = secret.into();
        self
    }

    /// Calls `observer` with each attempt to deliver an event when its outcome is known.
    pub fn on_delivery(mut self, observer: impl Fn(&LoggedDelivery) + Send + Sync + 'static) -> Self {
        self.observers.of_deliveries = Some(Box::new(observer));
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    ///
    /// If it can't listen at the address; if two partners have the same key, or a key or the secret of events is blank.
    pub async fn start(mut self) -> io::Result<Sandbox> {
        if self.partners.is_empty() {
            self.partners.push((DEFAULT_KEY.to_owned(), "partner".to_owned()));
        }
        self.check()?;
        let (port, address) = Port::listen(self.address)?;
        let base_url = format!("http://{address}");
        let key = self.partners[0].0.clone();
        let first_partner = self.partners[0].1.clone();
        let partners: HashMap<_, _> = self.partners.into_iter().collect();
        let document = self.document.unwrap_or_else(|| Arc::clone(Document::checked_in()));
        let world = World::new(partners, self.seed);
        let stop = CancellationToken::new();
        let settings = Settings {
            document,
            clock: self.clock,
            seed: self.seed,
            rails: self.rails,
            first_partner,
            webhook_secret: self.webhook_secret,
            observers: self.observers,
        };
        let shared = Arc::new(Shared::new(settings, world, stop.clone()));
        let api = Router::new().fallback(api::handle).with_state(Arc::clone(&shared));
        let routes = control::routes(&shared).merge(api);
        let serving = tokio::spawn(server::serve(port.clone(), routes, stop.clone()));
        let tasks = vec![serving, tokio::spawn(webhooks::deliver(Arc::clone(&shared)))];
        Ok(Sandbox { shared, base_url, key, port, stop, tasks })
    }
}

impl SandboxBuilder {
    /// Whether requests can be told apart by their keys, and events be signed.
    fn check(&self) -> io::Result<()> {
        let keys: HashSet<&str> = self.partners.iter().map(|(key, _)| key.as_str()).collect();
        let problem = if keys.len() < self.partners.len() {
            "two partners have the same key; give each its own"
        } else if keys.iter().any(|key| key.trim().is_empty()) {
            "the key of a partner is blank"
        } else if self.webhook_secret.trim().is_empty() {
            "the secret of events is blank"
        } else {
            return Ok(());
        };
        Err(io::Error::new(io::ErrorKind::InvalidInput, problem))
    }
}

/// Shows the address alone: the rest has keys and data of users.
impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxBuilder")
            .field("address", &self.address)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
