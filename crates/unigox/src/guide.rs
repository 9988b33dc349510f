//! A page for each job, from a new user to an order, with examples that run against the mock server.
//!
//! | you want to | page |
//! |---|---|
//! | create a user for a person or a business | [`sign_up`] |
//! | have a person verified, and learn the outcome | [`verify`] |
//! | send identity documents | [`documents`] |
//! | ask for an account and save it, on any rail | [`save_an_account`] |
//! | pay a user to a saved account | [`order`] |
//! | receive events in place of polling | [`be_told`] |
//! | find out what happened after a lost response or a missed event | [`reconcile`] |
//! | test your service without a key and without the network | [`test`](mod@test) |
//!
//! A page says when you need it, which calls to make in which order, what can go wrong, and which limits there are. What a
//! method does in detail is said at the method. The modules have nothing in them but these pages.
//!
//! The names in parentheses, such as `createPartnerUser`, are the operations in the vendor's document.
//!
//! # The examples
//!
//! They are compiled, and most of them run, with the tests of this crate. `unigox` is a [`Client`](crate::Client) and
//! `user` a [`UserHandle`](crate::UserHandle). In the tests both belong to a mock server; in your service they come from
//! your configuration:
//!
//! ```no_run
//! # fn main() -> Result<(), unigox::Error> {
//! use unigox::{Client, Environment};
//!
//! // The key is in the variable `UNIGOX_API_KEY`. Make one client and clone it: clones share their connections.
//! let unigox = Client::builder(Environment::Staging).build()?;
//!
//! // The identifier is the one that you stored when you created the user.
//! let user_uuid = "550e8400-e29b-41d4-a716-446655440000".parse().expect("it is a UUID");
//! let user = unigox.user(user_uuid);
//! # Ok(())
//! # }
//! ```

#[doc = include_str!("guide/sign_up.md")]
pub mod sign_up {}

#[doc = include_str!("guide/verify.md")]
pub mod verify {}

#[doc = include_str!("guide/documents.md")]
pub mod documents {}

#[doc = include_str!("guide/save_an_account.md")]
pub mod save_an_account {}

#[doc = include_str!("guide/order.md")]
pub mod order {}

/// Learn of changes by webhook events, in place of polling.
///
/// All of this needs the feature `webhooks`.
#[cfg_attr(feature = "webhooks", doc = "", doc = include_str!("guide/be_told.md"))]
pub mod be_told {}

#[doc = include_str!("guide/reconcile.md")]
pub mod reconcile {}

#[doc = include_str!("guide/test.md")]
pub mod test {}
