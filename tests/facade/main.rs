//! The facade, against servers on the loopback.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]

mod bodies;
mod canary;
mod faults;
mod mutations;
mod payment_details;
mod rails;
mod redirects;
mod responses;
mod tls;
mod transport;
mod verification;
mod webhooks;
mod wire;
