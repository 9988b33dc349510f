//! A mock server for the Unigox Partner API. It keeps state, follows the API's rules, and injects faults.
//!
//! It validates the requests of all operations against the API's OpenAPI document, and checks its own responses against it.
//! Test your service with it:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! use unigox::{Client, Environment, KycSubmission, Pii, WaitPolicy};
//! use unigox_sandbox::{Fault, Sandbox, Script};
//!
//! /// The code under test.
//! async fn onboard(unigox: &Client, name: &str) -> Result<bool, unigox::Error> {
//!     let created = unigox.users().create(name, "ada@example.com").await?;
//!     let user = unigox.user(created.user_uuid);
//!     user.kyc().submit(&KycSubmission::sumsub("a token")).await?;
//!     let wait = WaitPolicy::within(Duration::from_secs(5)).first_delay(Duration::from_millis(5));
//!     Ok(user.verification().wait(wait).await?.is_verified())
//! }
//!
//! let sandbox = Sandbox::start().await?;
//! let environment = Environment::Custom(sandbox.base_url().to_owned());
//! let unigox = Client::builder(environment).api_key(sandbox.key()).build()?;
//!
//! sandbox.fault("createPartnerUser", Fault::status(503)); // the client retries
//! assert!(onboard(&unigox, "customer-42").await?);
//!
//! sandbox.script(Script::rejected("the photo is blurred"));
//! assert!(!onboard(&unigox, "customer-43").await?);
//! # Ok(())
//! # }
//! ```
//!
//! # What it does
//!
//! | operation | rules |
//! |---|---|
//! | all | 401 without a known key where the document asks for one; 404 for the user of another partner, as for a user that does not exist; 400 for what the document does not accept |
//! | `createPartnerUser` | get-or-create by `user_ref`: 201, then 200 |
//! | `submitKYC` | with `direct_data` the verification waits for documents, with `external_token` and `handoff` it starts at once; each provider needs its own credential; an age under 18 is refused |
//! | `uploadPartnerKYCDocument` | files and links; 404 before `submitKYC`; the front of an identity document (or a registry number in the KYC data) and a `selfie` together start the verification; a link of a batch to a host below `.invalid` can't be fetched |
//! | `runPartnerKYCVerification` | starts the verification, or says what is missing; 400 without data that was submitted directly |
//! | `updateKYC` | updates optional fields; blank values are ignored, verified fields are refused |
//! | `getVerificationStatus` | progresses with each call and with time, as [scripted](Script); 404 for a session that is not the latest |
//! | `getPaymentRails`, `getInstitutions` | [rails and institutions](Rails) of the sandbox, without institutions that a test [took away](Sandbox::set_institution_live) |
//! | `createPaymentDetails` | judged by these: 400 for a rail, currency or institution that they do not have, 422 for fields that the format for the institution and the beneficiary does not accept; an institution that may be left out is assigned, also where the document's schema asks for one |
//! | `getPaymentDetailById` | 404 if the user has none with this identifier |
//! | `deletePaymentDetails` | 409 while an active offer [refers to them](Sandbox::hold) |
//! | `registerWebhook`, `getWebhook`, `deleteWebhook` | one address for each partner: `https`, or `http` on the loopback |
//! | `testPingWebhook` | sends a signed event of the type `webhook.test`; 502 if the receiver does not accept it |
//!
//! The document gives the responses of all other operations: the first success, with the example of that response, or
//! else a value that is made from its schema. It is the same one for the same [seed](SandboxBuilder::seed). Users that are
//! not there are 404 for these operations as well, if the document has that status for them.
//!
//! A request that is refused has a [reason](LoggedRequest::reason): where, and by which rule of the document.
//!
//! # Webhooks
//!
//! Events go to the registered address if it is `http` on the loopback, and nowhere else. They are signed as those of the API,
//! with [`DEFAULT_WEBHOOK_SECRET`] or [another secret](SandboxBuilder::webhook_secret). `user.kyc.updated` tells the verdict of
//! a verification, once; [`Sandbox::send_event`] sends any event.
//!
//! An attempt without a 2xx response within 10 seconds is repeated after 1, 5 and 15 minutes and 1, 6, 12 and 24 hours, then
//! every 24 hours, ten attempts in all. All of these times are those of the sandbox's clock, which
//! [`Sandbox::advance`] advances, so that no test waits. The timestamp that is signed is the system's, because receivers
//! compare it with their own clocks.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! use tokio::{io::{AsyncReadExt, AsyncWriteExt}, net::TcpListener};
//! use unigox_sandbox::{DeliveryOutcome, Sandbox, WebhookEvent};
//!
//! // The service under test, which is not well at first.
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! let url = format!("http://{}/events", listener.local_addr()?);
//! tokio::spawn(async move {
//!     for status in ["503 Service Unavailable", "204 No Content"] {
//!         let (mut stream, _) = listener.accept().await?;
//!         let mut request = [0; 4096];
//!         stream.read(&mut request).await?;
//!         stream.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()).await?;
//!         stream.shutdown().await?;
//!         while stream.read(&mut request).await? > 0 {}
//!     }
//!     std::io::Result::Ok(())
//! });
//!
//! let sandbox = Sandbox::start().await?;
//! // … let your service register `url` with `registerWebhook` …
//! # use unigox::{Client, Environment, types::RegisterWebhookRequest};
//! # let environment = Environment::Custom(sandbox.base_url().to_owned());
//! # let unigox = Client::builder(environment).api_key(sandbox.key()).build()?;
//! # unigox.api().register_webhook(&RegisterWebhookRequest::new(url)).await?;
//! sandbox.send_event(WebhookEvent::new("order.status.changed").field("status", "completed"))?;
//! sandbox.wait_for_deliveries().await;
//! assert_eq!(sandbox.deliveries()[0].outcome, DeliveryOutcome::Refused);
//!
//! sandbox.advance(Duration::from_secs(60));
//! sandbox.wait_for_deliveries().await;
//! assert_eq!(sandbox.deliveries()[1].outcome, DeliveryOutcome::Delivered);
//! # Ok(())
//! # }
//! ```
//!
//! # Example: another document
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use unigox_sandbox::Sandbox;
//!
//! let document = "
//! openapi: 3.0.3
//! paths:
//!   /rates:
//!     get:
//!       operationId: getRates
//!       responses: { 200: { content: { application/json: { schema: { type: array, items: { type: number } } } } } }
//! ";
//! let sandbox = Sandbox::builder().document(document)?.start().await?;
//! assert_eq!(sandbox.operations().collect::<Vec<_>>(), ["getRates"]);
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! - State of other operations. In particular destinations of recipients are not judged by the rails.
//! - Events to addresses outside of the loopback, or over TLS.
//! - OpenAPI 3.1, references to other files, content of XML: a body of another media type than JSON, a form or text is
//!   accepted as it is.
//! - Persistence: the state is in memory, and lost when the sandbox stops.
//! - Encryption: it speaks plain HTTP.
//!
//! Where the API documentation specifies nothing, it behaves like this: an unknown rail of `getInstitutions` has the error key
//! `invalid_rail`, a field that is sent has to match its pattern also if it is optional, unknown fields are kept, with `direct_data` it waits for documents, a
//! verification session lasts an hour, and a malformed `submitKYC` is refused with the error key `invalid_request`.

mod api;
mod body;
mod clock;
mod control;
mod document;
mod fault;
mod log;
mod operation_id;
mod rails;
mod refusal;
mod rules;
mod sandbox;
mod scenario;
mod script;
mod server;
mod shared;
mod webhooks;
mod world;

pub use chrono;

pub use crate::{
    clock::Clock,
    document::InvalidDocument,
    fault::Fault,
    log::LoggedRequest,
    rails::{InvalidRails, Rails},
    refusal::{Place, Refusal},
    sandbox::{DEFAULT_KEY, Sandbox, SandboxBuilder},
    scenario::{InvalidScenario, Scenario},
    script::{Script, Verdict},
    webhooks::{DEFAULT_WEBHOOK_SECRET, DeliveryFault, DeliveryOutcome, InvalidEvent, LoggedDelivery, WebhookEvent},
};
