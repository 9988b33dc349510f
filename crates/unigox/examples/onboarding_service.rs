//! A service that signs people up, has their identity checked, is told the result by a webhook, and saves their accounts:
//! `cargo run -p unigox --example onboarding_service --features axum`.
//!
//! It plays through what one person does, against a mock server of its own, and is restarted in the middle. What it has to
//! remember is in a file, and nothing of it is personal data. A real service would ask who calls it before anything else.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{FromRef, Path as InPath, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};
use unigox::{
    AccountDetails, Client, Environment, ErrorKind, KycSubmission, PaymentDetails, RailForm, RailQuery,
    VerificationOutcome, WaitPoint, WaitPolicy, WaitSignals,
    chrono::{TimeDelta, Utc},
    types::RampDirection,
    uuid::Uuid,
    webhooks::{Deduplicate, MemoryDeduplicate, VerifiedEvent, WebhookVerifier},
};
use unigox_sandbox::{DEFAULT_WEBHOOK_SECRET, Sandbox, Script};

type Result<T = (), E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// What the service remembers of a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stage {
    /// The identity is being checked. The wait is continued from here after a restart.
    Verifying(WaitPoint),
    Verified,
    /// The check ended otherwise. The person may try again.
    NotVerified,
    /// The account is saved under this identifier.
    Saved(String),
}

/// A file with the stage of each person, by their `user_uuid`. A real service has a database.
#[derive(Clone)]
struct Store {
    file: Arc<PathBuf>,
    people: Arc<Mutex<BTreeMap<Uuid, Stage>>>,
}

impl Store {
    fn open(file: &Path) -> io::Result<Self> {
        let people = match std::fs::read(file) {
            Ok(text) => serde_json::from_slice(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { file: Arc::new(file.to_owned()), people: Arc::new(Mutex::new(people)) })
    }

    fn people(&self) -> MutexGuard<'_, BTreeMap<Uuid, Stage>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, person: Uuid) -> Option<Stage> {
        self.people().get(&person).cloned()
    }

    /// All or nothing: the old file is there until the new one is whole.
    fn set(&self, person: Uuid, stage: Stage) -> io::Result<()> {
        let mut people = self.people();
        people.insert(person, stage);
        let new = self.file.with_extension("new");
        std::fs::write(&new, serde_json::to_vec(&*people)?)?;
        std::fs::rename(new, &*self.file)
    }

    fn verifying(&self) -> Vec<(Uuid, WaitPoint)> {
        let people = self.people();
        let waiting = people.iter().filter_map(|(person, stage)| match stage {
            Stage::Verifying(point) => Some((*person, point.clone())),
            _ => None,
        });
        waiting.collect()
    }
}

/// The service.
#[derive(Clone)]
struct Service {
    unigox: Client,
    store: Store,
    verifier: WebhookVerifier,
    /// With several processes, use one over Redis or PostgreSQL: see the other examples.
    events: MemoryDeduplicate,
    signals: WaitSignals,
    /// They end with the service.
    waits: Arc<Mutex<JoinSet<()>>>,
}

impl FromRef<Service> for WebhookVerifier {
    fn from_ref(service: &Service) -> Self {
        service.verifier.clone()
    }
}

impl Service {
    /// The service, which goes on with what it was waiting for when it ended.
    fn open(unigox: Client, secret: &str, file: &Path) -> Result<Self> {
        let service = Self {
            unigox,
            store: Store::open(file)?,
            verifier: WebhookVerifier::new(secret)?,
            events: MemoryDeduplicate::new(),
            signals: WaitSignals::new(),
            waits: Arc::default(),
        };
        for (person, point) in service.store.verifying() {
            service.wait(person, point);
        }
        Ok(service)
    }

    fn router(self) -> Router {
        Router::new()
            .route("/people", post(sign_up))
            .route("/people/{person}", get(stage))
            .route("/people/{person}/accounts/{rail}/{currency}", post(save))
            .route("/forms/{rail}/{currency}", get(form))
            .route("/webhooks", post(receive))
            .with_state(self)
    }

    /// Waits for the verification of a person, in the background. A webhook ends it; if none arrives, polling does.
    fn wait(&self, person: Uuid, point: WaitPoint) {
        let (verification, store) = (self.unigox.user(person).verification(), self.store.clone());
        let progress = self.store.clone();
        let policy = WaitPolicy::resume(point).woken_by(&self.signals.of(person)).on_progress(move |point| {
            let stored = progress.set(person, Stage::Verifying(point.clone()));
            stored.unwrap_or_else(|error| println!("a wait was not stored: {error}"));
        });
        let waiting = async move {
            let stage = match verification.wait(policy).await {
                Ok(VerificationOutcome::Verified(_)) => Stage::Verified,
                Ok(_) => Stage::NotVerified,
                // The point is stored: the next start waits again.
                Err(error) => return println!("a wait failed: {error}"),
            };
            store.set(person, stage).unwrap_or_else(|error| println!("an outcome was not stored: {error}"));
        };
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).spawn(waiting);
    }

    /// The form of a rail, as the API describes it now.
    async fn form(&self, slug: &str, currency: &str) -> Result<RailForm, Refusal> {
        let query = RailQuery::in_currency(currency);
        let rails = self.unigox.supported().rails(RampDirection::Offramp, query).await?.into_value().rails;
        let rail = rails.iter().find(|rail| rail.slug.as_deref() == Some(slug));
        rail.map(PaymentDetails::for_rail).ok_or(Refusal(StatusCode::NOT_FOUND, json!({"error": "no such rail"})))
    }
}

/// Why a request is refused.
struct Refusal(StatusCode, Value);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

impl From<unigox::Error> for Refusal {
    fn from(error: unigox::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidRequest => {
                // Fields and what they have to be, without values.
                let fields: Vec<String> = error.invalid_fields().iter().map(ToString::to_string).collect();
                Self(StatusCode::UNPROCESSABLE_ENTITY, json!({"error": error.to_string(), "fields": fields}))
            }
            // Nobody knows whether it took effect: the same request again finds out.
            ErrorKind::OutcomeUnknown => {
                Self(StatusCode::SERVICE_UNAVAILABLE, json!({"error": "make the same request again"}))
            }
            _ => Self(StatusCode::BAD_GATEWAY, json!({"error": error.to_string()})),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(_: io::Error) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, json!({"error": "it was not stored"}))
    }
}

#[derive(Deserialize)]
struct NewPerson {
    /// The service's own name for the person: signing up twice gives one user.
    reference: String,
    email: String,
    /// The credential of the provider that has checked the person.
    token: String,
}

async fn sign_up(State(service): State<Service>, Json(person): Json<NewPerson>) -> Result<Json<Value>, Refusal> {
    let created = service.unigox.users().create(&person.reference, &person.email).await?;
    let user = service.unigox.user(created.user_uuid);
    if service.store.get(user.uuid()).is_none() {
        user.kyc().submit(&KycSubmission::sumsub(person.token)).await?;
        let point = WaitPoint::new(Utc::now() + TimeDelta::hours(24));
        service.store.set(user.uuid(), Stage::Verifying(point.clone()))?;
        service.wait(user.uuid(), point);
    }
    Ok(Json(json!({"person": user.uuid()})))
}

async fn stage(State(service): State<Service>, InPath(person): InPath<Uuid>) -> Result<Json<Value>, Refusal> {
    let stage = match service.store.get(person) {
        Some(Stage::Verifying(_)) => "verifying",
        Some(Stage::Verified) => "verified",
        Some(Stage::NotVerified) => "not verified",
        Some(Stage::Saved(_)) => "account saved",
        None => return Err(Refusal(StatusCode::NOT_FOUND, json!({"error": "no such person"}))),
    };
    Ok(Json(json!({"stage": stage})))
}

/// What to ask a person for.
async fn form(
    State(service): State<Service>,
    InPath((rail, currency)): InPath<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let form = service.form(&rail, &currency).await?;
    Ok(Json(json!({"institution": form.needs_institution(), "fields": form.fields()?})))
}

/// Saves what the person filled in, once, however often it is sent.
async fn save(
    State(service): State<Service>,
    InPath((person, rail, currency)): InPath<(Uuid, String, String)>,
    Json(fields): Json<Map<String, Value>>,
) -> Result<Json<Value>, Refusal> {
    if !matches!(service.store.get(person), Some(Stage::Verified | Stage::Saved(_))) {
        return Err(Refusal(StatusCode::CONFLICT, json!({"error": "the person is not verified"})));
    }
    let payment_details = service.form(&rail, &currency).await?.details(AccountDetails::from(fields))?;
    let ensured = service.unigox.user(person).payment_details().ensure(&payment_details).await?;
    service.store.set(person, Stage::Saved(ensured.payment_details_id().to_owned()))?;
    Ok(Json(json!({"payment_details_id": ensured.payment_details_id()})))
}

/// Receives an event. It is genuine, or this is not called.
async fn receive(State(service): State<Service>, VerifiedEvent(event): VerifiedEvent) -> StatusCode {
    // In a task of its own, since this one is dropped when the sender hangs up.
    let handled = tokio::spawn(async move {
        let handling = async {
            service.signals.wake_for(&event);
            Ok::<_, io::Error>(())
        };
        match service.events.handle_once(event.id(), handling).await {
            Ok(handled) => handled.status(),
            Err(error) => error.status(),
        }
    });
    handled.await.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The service while it runs, at an address of the loopback.
struct Running {
    service: Service,
    url: String,
    server: JoinHandle<io::Result<()>>,
}

impl Running {
    async fn start(unigox: &Client, file: &Path) -> Result<Self> {
        let service = Service::open(unigox.clone(), DEFAULT_WEBHOOK_SECRET, file)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        unigox.webhooks().register(format!("{url}/webhooks")).await?;
        let router = service.clone().router();
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { service, url, server })
    }

    /// Ends it without a warning, as a crash would.
    async fn crash(self) {
        self.server.abort();
        let _ = self.server.await;
    }

    /// Waits until every verification that the service waits for has ended.
    async fn wait_for_verifications(&self) {
        let mut waits = std::mem::take(&mut *self.service.waits.lock().unwrap_or_else(PoisonError::into_inner));
        while waits.join_next().await.is_some() {}
    }

    async fn call(&self, path: &str, body: Option<Value>) -> Result<(u16, Value)> {
        let url = format!("{}{path}", self.url);
        let http = reqwest::Client::new();
        let request = match body {
            None => http.get(url),
            Some(body) => http.post(url).header("content-type", "application/json").body(body.to_string()),
        };
        let response = request.send().await?;
        let status = response.status().as_u16();
        println!("   {status}");
        Ok((status, serde_json::from_slice(&response.bytes().await?)?))
    }
}

#[tokio::main]
async fn main() -> Result {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("people.json");
    let sandbox = Sandbox::start().await?;
    // The provider takes an hour.
    sandbox.script(Script::verified().after(Duration::from_secs(3600)));
    let environment = Environment::Custom(sandbox.base_url().to_owned());
    let unigox = Client::builder(environment).api_key(sandbox.key()).build()?;

    step("starting the service");
    let running = Running::start(&unigox, &file).await?;

    step("a person signs up");
    let person = json!({"reference": "customer-42", "email": "ada@example.com", "token": "a token"});
    let (_, signed_up) = running.call("/people", Some(person)).await?;
    let person = format!("/people/{}", signed_up["person"].as_str().unwrap_or_default());
    print_field(&running.call(&person, None).await?.1, "stage");

    step("the service crashes, and is started again");
    running.crash().await;
    let running = Running::start(&unigox, &file).await?;
    print_field(&running.call(&person, None).await?.1, "stage");

    step("an hour later a webhook tells the result");
    sandbox.advance(Duration::from_secs(3600));
    sandbox.wait_for_deliveries().await;
    running.wait_for_verifications().await;
    print_field(&running.call(&person, None).await?.1, "stage");

    step("the person is shown the form of a rail");
    let (_, form) = running.call("/forms/iban-sepa/EUR", None).await?;
    for field in form["fields"].as_array().into_iter().flatten() {
        print_field(field, "label");
    }

    step("the person makes a mistake");
    let account = format!("{person}/accounts/iban-sepa/EUR");
    let (_, refused) = running.call(&account, Some(json!({"iban": "DE00512108001245126199"}))).await?;
    for field in refused["fields"].as_array().into_iter().flatten() {
        println!("   {}", field.as_str().unwrap_or_default());
    }

    step("the account is sent twice, and saved once");
    let filled_in = json!({"full_name": "Ada Obi", "iban": "DE75512108001245126199"});
    let (_, first) = running.call(&account, Some(filled_in.clone())).await?;
    let (_, second) = running.call(&account, Some(filled_in)).await?;
    if first != second {
        return Err("the account was saved twice".into());
    }
    print_field(&running.call(&person, None).await?.1, "stage");
    Ok(())
}

fn step(name: &str) {
    println!("=> {name}");
}

fn print_field(json: &Value, name: &str) {
    println!("   {}", json[name].as_str().unwrap_or("(nothing)"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_taken_through_with_a_crash_in_the_middle() -> Result {
        main()
    }
}
