//! What waits to be sent, and when it is due.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    fmt,
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    event::Event,
    fault::DeliveryFault,
    log::{DeliveryOutcome, LoggedDelivery},
};

/// How long the API waits before each further attempt. After the last of them it waits as long again.
const RETRY_DELAYS: [TimeDelta; 7] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::hours(1),
    TimeDelta::hours(6),
    TimeDelta::hours(12),
    TimeDelta::hours(24),
];

/// The maximum number of attempts.
const MAX_ATTEMPTS: u32 = 10;

/// The maximum number of deliveries in the log. The oldest are removed first.
const MAX_DELIVERIES: usize = 10_000;

/// How much memory the events that wait or are in progress may take together. Events that are more are not sent.
const MAX_WAITING_MEMORY: usize = 64 * 1024 * 1024;

/// The addresses of partners, the events that wait, and the log.
///
/// `Debug` hides the addresses, which may have keys in them.
#[derive(Default)]
pub(crate) struct Queue {
    /// By the name of the partner.
    addresses: HashMap<String, String>,
    /// By the time at which they are due, and in the order in which they came.
    waiting: BTreeMap<(DateTime<Utc>, u64), Delivery>,
    /// How many have been queued so far.
    queued: u64,
    /// Those that wait for the next event of their partner.
    held: Vec<Delivery>,
    /// The memory of all that wait or are in progress.
    memory: usize,
    in_progress: usize,
    /// The users whose verification may have a verdict then.
    verifications: BTreeSet<(DateTime<Utc>, Uuid)>,
    /// The next one first.
    faults: VecDeque<DeliveryFault>,
    log: VecDeque<LoggedDelivery>,
    /// What happened that no observer was told of yet.
    unobserved: Vec<LoggedDelivery>,
    /// Notified when there is something new to do.
    pub(super) wake: Arc<Notify>,
}

/// An attempt to deliver an event.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) event: Arc<Event>,
    pub(super) attempt: u32,
    pub(super) fault: Option<DeliveryFault>,
    /// Whether it is the second one of a duplicate, which is not repeated.
    is_copy: bool,
}

/// What is to be done now.
#[derive(Debug, Default)]
pub(super) struct Due {
    pub(super) deliveries: Vec<Delivery>,
    pub(super) users: Vec<Uuid>,
}

impl Queue {
    pub(crate) fn address(&self, partner: &str) -> Option<&str> {
        self.addresses.get(partner).map(String::as_str)
    }

    pub(crate) fn set_address(&mut self, partner: &str, address: &str) {
        self.addresses.insert(partner.to_owned(), address.to_owned());
    }

    pub(crate) fn remove_address(&mut self, partner: &str) {
        self.addresses.remove(partner);
    }

    pub(crate) fn queue_fault(&mut self, fault: DeliveryFault) {
        self.faults.push_back(fault);
    }

    /// The faults that wait for events.
    pub(crate) fn faults(&self) -> &VecDeque<DeliveryFault> {
        &self.faults
    }

    pub(crate) fn log(&self) -> &VecDeque<LoggedDelivery> {
        &self.log
    }

    pub(crate) fn clear_log(&mut self) {
        self.log.clear();
    }

    /// Queues a new event, with the fault that waits for it.
    pub(crate) fn push(&mut self, event: Event, now: DateTime<Utc>) {
        let fault = self.faults.pop_front();
        let delivery = Delivery { event: Arc::new(event), attempt: 1, fault: fault.clone(), is_copy: false };
        match fault {
            Some(DeliveryFault::Lost) => self.record(&delivery, DeliveryOutcome::Lost, None, now, None),
            Some(DeliveryFault::OutOfOrder) => self.hold(delivery, now),
            Some(DeliveryFault::Late { seconds }) => self.wait(delivery, after(now, seconds), now),
            Some(DeliveryFault::Duplicate) => {
                self.wait(delivery.clone(), now, now);
                self.wait(Delivery { is_copy: true, ..delivery }, now, now);
            }
            _ => self.wait(delivery, now, now),
        }
        self.wake.notify_one();
    }

    /// Has the verification of a user looked at again at a time.
    pub(crate) fn look_at(&mut self, user: Uuid, time: DateTime<Utc>) {
        self.verifications.insert((time, user));
        self.wake.notify_one();
    }

    /// When the next thing is due.
    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        let delivery = self.waiting.keys().next().map(|(time, _)| *time);
        let verification = self.verifications.first().map(|(time, _)| *time);
        delivery.into_iter().chain(verification).min()
    }

    /// Takes what is due. Its deliveries are in progress until they are [ended](Self::end).
    pub(super) fn take_due(&mut self, now: DateTime<Utc>) -> Due {
        let mut due = Due::default();
        while let Some(entry) = self.waiting.first_entry().filter(|entry| entry.key().0 <= now) {
            due.deliveries.push(entry.remove());
            self.in_progress += 1;
        }
        while let Some((_, user)) = self.verifications.first().copied().filter(|(time, _)| *time <= now) {
            self.verifications.pop_first();
            due.users.push(user);
        }
        due
    }

    /// Whether nothing is in progress, and nothing due.
    pub(crate) fn is_delivered(&self, now: DateTime<Utc>) -> bool {
        self.in_progress == 0 && self.next_due().is_none_or(|time| time > now)
    }

    /// Ends a delivery: logs it, queues the next attempt if it failed, and those that waited for it to be sent.
    pub(super) fn end(
        &mut self,
        delivery: Delivery,
        outcome: DeliveryOutcome,
        status: Option<u16>,
        now: DateTime<Utc>,
    ) {
        self.in_progress -= 1;
        self.memory -= delivery.event.memory();
        let has_failed =
            matches!(outcome, DeliveryOutcome::Refused | DeliveryOutcome::TimedOut | DeliveryOutcome::Unreachable);
        let is_repeated = has_failed && !delivery.is_copy && delivery.attempt < MAX_ATTEMPTS;
        let retry_at = is_repeated.then(|| retry_time(delivery.attempt, now));
        self.record(&delivery, outcome, status, now, retry_at);
        let partner = delivery.event.partner.clone();
        if let Some(time) = retry_at {
            self.wait(Delivery { attempt: delivery.attempt + 1, fault: None, ..delivery }, time, now);
        }
        let (released, held) =
            std::mem::take(&mut self.held).into_iter().partition(|held| held.event.partner == partner);
        self.held = held;
        let released: Vec<_> = released;
        for delivery in released {
            self.memory -= delivery.event.memory();
            self.wait(delivery, now, now);
        }
        self.wake.notify_one();
    }

    /// Logs a delivery that was not queued.
    pub(super) fn log_ping(&mut self, event: Event, outcome: DeliveryOutcome, status: Option<u16>, now: DateTime<Utc>) {
        let delivery = Delivery { event: Arc::new(event), attempt: 1, fault: None, is_copy: true };
        self.record(&delivery, outcome, status, now, None);
    }

    /// What happened since the last call, for observers.
    pub(crate) fn take_unobserved(&mut self) -> Vec<LoggedDelivery> {
        std::mem::take(&mut self.unobserved)
    }

    fn wait(&mut self, delivery: Delivery, time: DateTime<Utc>, now: DateTime<Utc>) {
        if self.reserve(&delivery, now) {
            self.waiting.insert((time, self.queued), delivery);
            self.queued += 1;
        }
    }

    fn hold(&mut self, delivery: Delivery, now: DateTime<Utc>) {
        if self.reserve(&delivery, now) {
            self.held.push(delivery);
        }
    }

    /// Whether there is memory for another delivery that waits. If not, it is logged as not sent.
    fn reserve(&mut self, delivery: &Delivery, now: DateTime<Utc>) -> bool {
        let memory = self.memory + delivery.event.memory();
        if memory > MAX_WAITING_MEMORY {
            self.record(delivery, DeliveryOutcome::NotSent, None, now, None);
            return false;
        }
        self.memory = memory;
        true
    }

    fn record(
        &mut self,
        delivery: &Delivery,
        outcome: DeliveryOutcome,
        status: Option<u16>,
        at: DateTime<Utc>,
        retry_at: Option<DateTime<Utc>>,
    ) {
        let Delivery { event, attempt, fault, .. } = delivery;
        let logged = LoggedDelivery {
            at,
            partner: event.partner.clone(),
            event_id: event.id.clone(),
            event_type: event.kind.clone(),
            attempt: *attempt,
            outcome,
            status,
            fault: fault.as_ref().map(DeliveryFault::name),
            retry_at,
        };
        self.unobserved.push(logged.clone());
        self.log.push_back(logged);
        while self.log.len() > MAX_DELIVERIES {
            self.log.pop_front();
        }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.waiting.len())
            .field("in_progress", &self.in_progress)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// When the attempt after this one is due.
fn retry_time(attempt: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    let place = usize::try_from(attempt).unwrap_or(usize::MAX).saturating_sub(1).min(RETRY_DELAYS.len() - 1);
    now.checked_add_signed(RETRY_DELAYS[place]).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A time that many seconds later.
fn after(now: DateTime<Utc>, seconds: u64) -> DateTime<Utc> {
    let time = i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds);
    time.and_then(|time| now.checked_add_signed(time)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(id: &str, data: &serde_json::Value) -> Event {
        Event::new(id.to_owned(), "order.status.changed", "partner", DateTime::default(), data)
    }

    #[test]
    fn a_delivery_is_repeated_by_the_documented_schedule_and_ten_times_at_most() {
        let (mut queue, mut now) = (Queue::default(), DateTime::default());
        queue.push(event("evt_1", &json!({})), now);
        let mut minutes = Vec::new();
        while let Some(time) = queue.next_due() {
            minutes.push((time - now).num_minutes());
            now = time;
            let due = queue.take_due(now);
            due.deliveries
                .into_iter()
                .for_each(|delivery| queue.end(delivery, DeliveryOutcome::Refused, Some(500), now));
        }
        assert_eq!(minutes, [0, 1, 5, 15, 60, 360, 720, 1440, 1440, 1440]);
        assert_eq!(queue.log().back().map(|last| (last.attempt, last.retry_at)), Some((10, None)));
    }

    #[test]
    fn the_log_and_what_waits_are_bounded() {
        let (mut queue, now) = (Queue::default(), DateTime::default());
        let data = json!("a".repeat(1024 * 1024));
        (0..100).for_each(|number| queue.push(event(&format!("evt_{number}"), &data), now));
        assert!(queue.memory <= MAX_WAITING_MEMORY);
        let waiting = queue.waiting.len();
        assert!((60..64).contains(&waiting), "{waiting}");
        assert!(queue.log().iter().all(|logged| logged.outcome == DeliveryOutcome::NotSent));
        assert_eq!(queue.log().len(), 100 - waiting);
        let due = queue.take_due(now);
        queue.push(event("evt_100", &data), now);
        assert_eq!(queue.log().len(), 101 - waiting, "what is in progress takes memory as well");
        due.deliveries.into_iter().for_each(|delivery| queue.end(delivery, DeliveryOutcome::Delivered, Some(200), now));
        assert_eq!((queue.memory, queue.in_progress), (0, 0));
        queue.faults = vec![DeliveryFault::Lost; MAX_DELIVERIES + 5].into();
        (0..MAX_DELIVERIES + 5).for_each(|number| queue.push(event(&format!("evt_{number}"), &json!({})), now));
        assert_eq!((queue.log().len(), queue.log()[0].event_id.as_str()), (MAX_DELIVERIES, "evt_5"));
    }
}
