//! The state of the sandbox: partners, their users, scripts, faults and the log.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    fault::Fault,
    log::{Log, LoggedRequest},
    script::Script,
    webhooks::Queue,
};

/// The whole state, which is behind one lock.
#[derive(Debug)]
pub(crate) struct World {
    /// The names of the partners by their keys.
    partners: HashMap<String, String>,
    users: HashMap<Uuid, User>,
    /// The users of each partner by `user_ref`.
    user_refs: HashMap<String, HashMap<String, Uuid>>,
    pub(crate) ids: Ids,
    script: Script,
    /// By `user_ref`; each takes precedence over `script`.
    user_scripts: HashMap<String, Script>,
    /// By `operationId`, the next one first.
    faults: BTreeMap<String, VecDeque<Fault>>,
    log: Log,
    /// The payment details that active offers refer to.
    held: BTreeSet<String>,
    /// The institutions that can't be paid now.
    gone_institutions: BTreeSet<String>,
    pub(crate) webhooks: Queue,
}

impl World {
    pub(crate) fn new(partners: HashMap<String, String>, seed: u64) -> Self {
        Self {
            partners,
            users: HashMap::new(),
            user_refs: HashMap::new(),
            ids: Ids::new(seed),
            script: Script::default(),
            user_scripts: HashMap::new(),
            faults: BTreeMap::new(),
            log: Log::default(),
            held: BTreeSet::new(),
            gone_institutions: BTreeSet::new(),
            webhooks: Queue::default(),
        }
    }

    /// Whether there is a partner with this name.
    pub(crate) fn has_partner(&self, name: &str) -> bool {
        self.partners.values().any(|known| known == name)
    }

    /// The name of the partner that has this key.
    pub(crate) fn partner(&self, key: &str) -> Option<&str> {
        self.partners.get(key).map(String::as_str)
    }

    pub(crate) fn add_user(&mut self, user: User) {
        let refs = self.user_refs.entry(user.partner.clone()).or_default();
        refs.insert(user.user_ref.clone(), user.uuid);
        self.users.insert(user.uuid, user);
    }

    /// The user, if it belongs to `partner`.
    pub(crate) fn user(&mut self, partner: &str, uuid: Uuid) -> Option<&mut User> {
        self.users.get_mut(&uuid).filter(|user| user.partner == partner)
    }

    /// The user, whatever partner it belongs to.
    pub(crate) fn user_of_any_partner(&mut self, uuid: Uuid) -> Option<&mut User> {
        self.users.get_mut(&uuid)
    }

    /// The user whom `partner` created with this `user_ref`.
    pub(crate) fn user_by_ref(&mut self, partner: &str, user_ref: &str) -> Option<&mut User> {
        let uuid = self.user_refs.get(partner)?.get(user_ref)?;
        self.users.get_mut(uuid)
    }

    /// Removes all users of all partners, with what belongs to them.
    pub(crate) fn reset_users(&mut self) {
        self.users.clear();
        self.user_refs.clear();
        self.held.clear();
    }

    pub(crate) fn set_script(&mut self, script: Script) {
        self.script = script;
    }

    pub(crate) fn set_user_script(&mut self, user_ref: String, script: Script) {
        self.user_scripts.insert(user_ref, script);
    }

    pub(crate) fn script_for(&self, user_ref: &str) -> Script {
        self.user_scripts.get(user_ref).unwrap_or(&self.script).clone()
    }

    /// Queues a fault behind those that wait for calls of the same operation.
    pub(crate) fn queue_fault(&mut self, operation_id: &str, fault: Fault) {
        self.faults.entry(operation_id.to_owned()).or_default().push_back(fault);
    }

    /// The faults that wait for a call, by operation.
    pub(crate) fn faults(&self) -> BTreeMap<String, Vec<Fault>> {
        let waiting = self.faults.iter().filter(|(_, faults)| !faults.is_empty());
        waiting.map(|(operation, faults)| (operation.clone(), faults.iter().cloned().collect())).collect()
    }

    /// Takes the fault for the call of the operation that has just arrived.
    pub(crate) fn take_fault(&mut self, operation_id: &str) -> Option<Fault> {
        self.faults.get_mut(operation_id)?.pop_front()
    }

    /// Marks payment details as referred to by an active offer, or removes the mark.
    pub(crate) fn hold(&mut self, payment_details_id: String, is_held: bool) {
        match is_held {
            true => drop(self.held.insert(payment_details_id)),
            false => drop(self.held.remove(&payment_details_id)),
        }
    }

    pub(crate) fn is_held(&self, payment_details_id: &str) -> bool {
        self.held.contains(payment_details_id)
    }

    /// Takes an institution away, or brings it back.
    pub(crate) fn set_live(&mut self, institution_id: &str, is_live: bool) {
        match is_live {
            true => drop(self.gone_institutions.remove(institution_id)),
            false => drop(self.gone_institutions.insert(institution_id.to_owned())),
        }
    }

    pub(crate) fn is_live(&self, institution_id: &str) -> bool {
        !self.gone_institutions.contains(institution_id)
    }

    pub(crate) fn log_request(&mut self, request: LoggedRequest) {
        self.log.push(request);
    }

    pub(crate) fn requests(&self) -> &VecDeque<LoggedRequest> {
        self.log.requests()
    }

    pub(crate) fn clear_requests(&mut self) {
        self.log.clear();
    }
}

/// Makes identifiers: the same ones for the same seed.
#[derive(Debug)]
pub(crate) struct Ids {
    random: fastrand::Rng,
    /// For events, which come at times of their own.
    events: fastrand::Rng,
    last_payment_details: u64,
}

impl Ids {
    fn new(seed: u64) -> Self {
        let (random, events) = (fastrand::Rng::with_seed(seed), fastrand::Rng::with_seed(!seed));
        Self { random, events, last_payment_details: 40_000 }
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.random.u128(..).to_be_bytes()).into_uuid()
    }

    pub(crate) fn event(&mut self) -> String {
        let uuid = uuid::Builder::from_random_bytes(self.events.u128(..).to_be_bytes()).into_uuid();
        format!("evt_{uuid}")
    }

    /// The next `payment_details_id`: they are consecutive numbers.
    pub(crate) fn payment_details(&mut self) -> String {
        self.last_payment_details += 1;
        self.last_payment_details.to_string()
    }
}

#[derive(Debug)]
pub(crate) struct User {
    pub(crate) uuid: Uuid,
    pub(crate) partner: String,
    pub(crate) user_ref: String,
    pub(crate) email: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) kyc: Option<Kyc>,
    pub(crate) payment_details: Vec<PaymentDetails>,
}

/// The KYC data of a user, and the state of the verification.
#[derive(Debug)]
pub(crate) struct Kyc {
    pub(crate) method: String,
    /// The fields of `pii`, as they were submitted and updated.
    pub(crate) pii: Map<String, Value>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) documents: BTreeSet<String>,
    pub(crate) session: Session,
}

/// A verification session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) script: Script,
    pub(crate) opened_at: DateTime<Utc>,
    /// When the check of the person started; none while documents are missing.
    pub(crate) started_at: Option<DateTime<Utc>>,
    /// How often the status was read since the start.
    pub(crate) polls: u32,
    /// Whether the time of the verdict has come, independent of `polls`.
    pub(crate) is_due: bool,
    /// Whether the partner was told the verdict.
    pub(crate) is_told: bool,
    /// Whether the time of the verdict is known to the queue of events.
    pub(crate) is_scheduled: bool,
    /// Whether the person is sent to a verification page.
    pub(crate) has_page: bool,
}

/// Saved payment details.
#[derive(Debug)]
pub(crate) struct PaymentDetails {
    pub(crate) id: String,
    pub(crate) rail: String,
    pub(crate) currency: String,
    pub(crate) institution_id: Option<String>,
    pub(crate) institution_name: Option<String>,
    pub(crate) details: Value,
}
