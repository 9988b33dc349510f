//! Webhooks: events, the queue in which they wait for their deliveries, and what became of these.

mod address;
mod deliver;
mod event;
mod fault;
mod log;
mod queue;
mod send;
mod signature;

pub(crate) use self::{
    address::check_address,
    deliver::{deliver, ping},
    event::Event,
    queue::Queue,
};
pub use self::{
    event::{InvalidEvent, WebhookEvent},
    fault::DeliveryFault,
    log::{DeliveryOutcome, LoggedDelivery},
    signature::DEFAULT_WEBHOOK_SECRET,
};
