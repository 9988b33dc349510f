//! The Unigox Partner API on a desk: a stand-in that keeps state, follows the API's rules, and has bad days on demand.
//!
//! It judges requests by the API's document itself, and answers as the document describes. Test your own service with it:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! use unigox::{Client, Environment, KycSubmission, Pii, WaitPolicy};
//! use unigox_sandbox::{Fault, Sandbox, Script};
//!
//! /// What is to be tested.
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
//! sandbox.fault("createPartnerUser", Fault::status(503)); // the client tries again
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
//! | all | 401 without a known key; 404 for another partner's user, as for none |
//! | `createPartnerUser` | get-or-create by `user_ref`: 201, then 200 |
//! | `submitKYC` | `direct_data` waits for documents; `external_token` and `handoff` begin at once; a credential has to go with its provider; an age under 18 is refused |
//! | `uploadPartnerKYCDocument` | files and links; 404 before KYC; with `identity_front` and `selfie` the check begins |
//! | `updateKYC` | changes optional fields; blank ones are passed over, fixed ones refused |
//! | `getVerificationStatus` | goes on with each look and with time, as [scripted](Script); 404 for another session than the latest |
//! | `createPaymentDetails` | an institution unless the rail does without; 422 for malformed `iban-sepa`, `nip-nigeria`, `cvu-cbu` accounts |
//! | `deletePaymentDetails` | 409 while an offer [refers to it](Sandbox::hold) |
//!
//! # What it does not do
//!
//! Where the documents are silent, it does what is plain: after `direct_data` documents are waited for, a session lasts an hour,
//! and a malformed `submitKYC` is refused with the key `invalid_request`. Other operations than these, webhooks among them, are
//! not there. It keeps everything in memory and forgets it at the end.

mod api;
mod clock;
mod control;
mod document;
mod fault;
mod log;
mod rules;
mod sandbox;
mod scenario;
mod script;
mod server;
mod world;

pub use chrono;

pub use crate::{
    clock::Clock,
    fault::Fault,
    log::LoggedRequest,
    sandbox::{DEFAULT_KEY, Sandbox, SandboxBuilder},
    scenario::{InvalidScenario, Scenario},
    script::{Script, Verdict},
};
