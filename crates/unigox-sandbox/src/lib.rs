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
//! | `createPaymentDetails` | an institution is required unless the rail does not need one; 422 for malformed `iban-sepa`, `nip-nigeria` and `cvu-cbu` details |
//! | `getPaymentDetailById` | 404 if the user has none with this identifier |
//! | `deletePaymentDetails` | 409 while an active offer [refers to them](Sandbox::hold) |
//!
//! The document gives the responses of all other operations: the first success, with the example of that response, or
//! else a value that is made from its schema. It is the same one for the same [seed](SandboxBuilder::seed). Users that are
//! not there are 404 for these operations as well, if the document has that status for them.
//!
//! A request that is refused has a [reason](LoggedRequest::reason): where, and by which rule of the document.
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
//! - State of other operations, and webhooks.
//! - OpenAPI 3.1, references to other files, content of XML: a body of another media type than JSON, a form or text is
//!   accepted as it is.
//! - Persistence: the state is in memory, and lost when the sandbox stops.
//! - Encryption: it speaks plain HTTP.
//!
//! Where the API documentation specifies nothing, it behaves like this: with `direct_data` it waits for documents, a
//! verification session lasts an hour, and a malformed `submitKYC` is refused with the error key `invalid_request`.

mod api;
mod body;
mod clock;
mod control;
mod document;
mod fault;
mod log;
mod operation_id;
mod refusal;
mod rules;
mod sandbox;
mod scenario;
mod script;
mod server;
mod shared;
mod world;

pub use chrono;

pub use crate::{
    clock::Clock,
    document::InvalidDocument,
    fault::Fault,
    log::LoggedRequest,
    refusal::{Place, Refusal},
    sandbox::{DEFAULT_KEY, Sandbox, SandboxBuilder},
    scenario::{InvalidScenario, Scenario},
    script::{Script, Verdict},
};
