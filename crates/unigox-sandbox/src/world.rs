//! What the sandbox remembers: partners, their users, and all that is known of these.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{fault::Fault, log::Log, script::Script};

/// Everything, behind one lock.
#[derive(Debug)]
pub(crate) struct World {
    /// The partners' names by their keys.
    pub(crate) partners: HashMap<String, String>,
    /// In the order in which they were made.
    pub(crate) users: Vec<User>,
    pub(crate) ids: Ids,
    pub(crate) script: Script,
    /// By `user_ref`; stands above `script`.
    pub(crate) scripts: HashMap<String, Script>,
    pub(crate) faults: BTreeMap<String, VecDeque<Fault>>,
    pub(crate) log: Log,
    /// Accounts that active offers refer to.
    pub(crate) held: BTreeSet<String>,
}

impl World {
    pub(crate) fn new(partners: HashMap<String, String>, seed: u64) -> Self {
        Self {
            partners,
            users: Vec::new(),
            ids: Ids::new(seed),
            script: Script::default(),
            scripts: HashMap::new(),
            faults: BTreeMap::new(),
            log: Log::default(),
            held: BTreeSet::new(),
        }
    }

    /// The user, if it is `partner`'s: another's looks like none.
    pub(crate) fn user(&mut self, partner: &str, uuid: Uuid) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.uuid == uuid && user.partner == partner)
    }

    pub(crate) fn script_of(&self, user_ref: &str) -> Script {
        self.scripts.get(user_ref).unwrap_or(&self.script).clone()
    }
}

/// Identifiers, the same for the same seed.
#[derive(Debug)]
pub(crate) struct Ids {
    random: fastrand::Rng,
    last_account: u64,
}

impl Ids {
    fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), last_account: 40_000 }
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.random.u128(..).to_be_bytes()).into_uuid()
    }

    /// Accounts are counted.
    pub(crate) fn account(&mut self) -> String {
        self.last_account += 1;
        self.last_account.to_string()
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
    pub(crate) accounts: Vec<Account>,
}

/// What was submitted of a person, and how far its verification is.
#[derive(Debug)]
pub(crate) struct Kyc {
    pub(crate) method: String,
    /// The fields of `pii`, as they were submitted and changed.
    pub(crate) pii: Map<String, Value>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) documents: BTreeSet<String>,
    pub(crate) session: Session,
}

/// A verification.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) script: Script,
    /// When it was opened; it runs out an hour later.
    pub(crate) opened_at: DateTime<Utc>,
    /// When the check began, for which the documents have to be there.
    pub(crate) began_at: Option<DateTime<Utc>>,
    /// How often the status was read since then.
    pub(crate) polls: u32,
    /// Whether the time has come for the verdict, however often the status was read.
    pub(crate) is_due: bool,
    /// Whether there is a page where the person acts.
    pub(crate) has_page: bool,
}

/// A payout account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) rail: String,
    pub(crate) currency: String,
    pub(crate) institution_id: Option<String>,
    pub(crate) details: Value,
}
