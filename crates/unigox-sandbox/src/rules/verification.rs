//! How a verification progresses: with each call of `getVerificationStatus`, and with time.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::{Call, RuleResponse};
use crate::{
    script::Verdict,
    webhooks::Event,
    world::{Kyc, Session, World},
};

/// The types of documents that show who a person is; the back side of one does not.
const IDENTITY_DOCUMENT_ENDING: &str = "_back";
const SELFIE: &str = "selfie";

/// The lifetime of a session.
const SESSION_LIFETIME: TimeDelta = TimeDelta::hours(1);

pub(super) fn status(mut call: Call<'_>) -> RuleResponse {
    let (now, requested) = (call.now, call.query.first("verification_id"));
    let Some(user) = call.user() else { return RuleResponse::empty(404) };
    let is_requested = |kyc: &&mut Kyc| requested.as_ref().is_none_or(|id| kyc.session.id.to_string() == *id);
    let Some(kyc) = user.kyc.as_mut().filter(is_requested) else {
        return match requested {
            None => RuleResponse::data(200, json!({"status": "NOT_INITIATED"})),
            Some(_) => RuleResponse::empty(404),
        };
    };
    advance(kyc, now);
    let mut data = Map::from_iter([("status".to_owned(), json!(status_of(kyc)))]);
    let is_open = matches!(verdict(&kyc.session), None | Some(Verdict::UnderReview));
    if is_open && kyc.session.has_page {
        let left = (SESSION_LIFETIME - (now - kyc.session.opened_at)).num_seconds().max(0);
        data.insert("verification_url".to_owned(), json!(page_url(&kyc.session)));
        data.insert("verification_seconds_left".to_owned(), json!(left));
    }
    if let Some(reason) = reason(kyc) {
        data.insert("provider_messages".to_owned(), json!([reason]));
    }
    // This call counts for the next one.
    if kyc.session.started_at.is_some() {
        kyc.session.polls = kyc.session.polls.saturating_add(1);
    }
    RuleResponse::data(200, Value::Object(data))
}

/// The event that tells a verdict.
const KYC_UPDATED: &str = "user.kyc.updated";

/// Queues the event that tells the verdict, once; or has the verification looked at again when its verdict is due.
pub(super) fn follow_up(world: &mut World, uuid: Uuid, now: DateTime<Utc>) {
    let Some(user) = world.user_of_any_partner(uuid) else { return };
    let partner = user.partner.clone();
    let Some(kyc) = user.kyc.as_mut().filter(|kyc| !kyc.session.is_told) else { return };
    advance(kyc, now);
    let status = match verdict(&kyc.session) {
        Some(Verdict::Verified) => "VERIFIED",
        // Its name in events.
        Some(Verdict::Rejected) => "REJECTED",
        Some(Verdict::UnderReview) => "UNDER_REVIEW",
        Some(Verdict::Failed | Verdict::Completed | Verdict::Expired) => return,
        None => {
            let time = due_at(&kyc.session).filter(|_| !kyc.session.is_scheduled);
            kyc.session.is_scheduled |= time.is_some();
            return time.map_or((), |time| world.webhooks.look_at(uuid, time));
        }
    };
    kyc.session.is_told = true;
    let mut data = json!({"user_uuid": uuid, "kyc_status": status});
    if let Some(reason) = rejection_reason(kyc) {
        data["rejection_reasons"] = json!([reason]);
    }
    if world.webhooks.address(&partner).is_some() {
        let event = Event::new(world.ids.event(), KYC_UPDATED, &partner, now, &data);
        world.webhooks.push(event, now);
    }
}

/// When the verdict is reached by time, if the verification has started.
fn due_at(session: &Session) -> Option<DateTime<Utc>> {
    let after = i64::try_from(session.script.after_seconds?).ok().and_then(TimeDelta::try_seconds)?;
    session.started_at?.checked_add_signed(after)
}

/// What a verification of this person still needs, by the names that the API has for it. A number in a registry stands for
/// an identity document.
pub(super) fn missing(kyc: &Kyc) -> Vec<&'static str> {
    let is_identity = |document: &String| document != SELFIE && !document.ends_with(IDENTITY_DOCUMENT_ENDING);
    let has_registry_number = ["id_number", "id_type"].iter().all(|name| kyc.pii.contains_key(*name));
    let has_identity = has_registry_number || kyc.documents.iter().any(is_identity);
    let needs = [("identity_document", has_identity), ("selfie", kyc.documents.contains(SELFIE))];
    needs.into_iter().filter(|(_, is_there)| !is_there).map(|(name, _)| name).collect()
}

/// Starts the verification of KYC data that was submitted directly, if all that it needs is there.
pub(super) fn start(mut call: Call<'_>) -> RuleResponse {
    let now = call.now;
    let Some(user) = call.user() else { return RuleResponse::empty(404) };
    let Some(kyc) = user.kyc.as_mut().filter(|kyc| kyc.method == "direct_data") else {
        return RuleResponse::empty(400);
    };
    let missing = missing(kyc);
    if !missing.is_empty() {
        let data = json!({"ready": false, "missing": missing, "message": "Send what is missing first"});
        return RuleResponse::data(200, data);
    }
    kyc.session.started_at.get_or_insert(now);
    advance(kyc, now);
    let status = if kyc_status(Some(kyc)) == "VERIFIED" { "VERIFIED" } else { "IN_PROGRESS" };
    RuleResponse::data(200, json!({"ready": true, "status": status, "message": "Verification started"}))
}

/// Advances the session to `now`.
pub(super) fn advance(kyc: &mut Kyc, now: DateTime<Utc>) {
    let session = &mut kyc.session;
    let seconds = |time: TimeDelta| u64::try_from(time.num_seconds()).unwrap_or_default();
    let is_due = |start: DateTime<Utc>| session.script.after_seconds.is_some_and(|after| seconds(now - start) >= after);
    let has_expired = now - session.opened_at >= SESSION_LIFETIME && session.script.verdict == Verdict::Expired;
    session.is_due |= has_expired || session.started_at.is_some_and(is_due);
}

/// The verdict, once it is reached. A session does not expire by polling.
fn verdict(session: &Session) -> Option<Verdict> {
    let verdict = session.script.verdict;
    let is_polled = || session.polls >= session.script.after_polls && verdict != Verdict::Expired;
    (session.is_due || session.started_at.is_some() && is_polled()).then_some(verdict)
}

fn status_of(kyc: &Kyc) -> &'static str {
    match verdict(&kyc.session) {
        Some(Verdict::Verified) => "VERIFIED",
        Some(Verdict::Rejected) => "VERIFICATION_REJECTED",
        Some(Verdict::Failed | Verdict::Expired) => "FAILED",
        Some(Verdict::UnderReview) => "UNDER_REVIEW",
        Some(Verdict::Completed) => "COMPLETED",
        None if kyc.session.started_at.is_some() => "IN_PROGRESS",
        None => "PENDING_DOCUMENTS",
    }
}

/// The status of the user, which has fewer values.
pub(super) fn kyc_status(kyc: Option<&Kyc>) -> &'static str {
    let Some(kyc) = kyc else { return "NOT_INITIATED" };
    match verdict(&kyc.session) {
        Some(Verdict::Verified) => "VERIFIED",
        Some(Verdict::Rejected) => "VERIFICATION_REJECTED",
        Some(Verdict::UnderReview) => "UNDER_REVIEW",
        Some(Verdict::Failed | Verdict::Expired | Verdict::Completed) | None => "IN_PROGRESS",
    }
}

/// The state of the session in the response of an upload, which does not tell the verdict.
pub(super) fn upload_status(kyc: &Kyc) -> &'static str {
    match verdict(&kyc.session) {
        Some(Verdict::Verified | Verdict::Rejected | Verdict::Completed) => "COMPLETED",
        Some(Verdict::Failed | Verdict::Expired) => "FAILED",
        Some(Verdict::UnderReview) => "IN_PROGRESS",
        None if kyc.session.started_at.is_some() => "IN_PROGRESS",
        None => "PENDING",
    }
}

/// Why the person was rejected, if so.
pub(super) fn rejection_reason(kyc: &Kyc) -> Option<&str> {
    reason(kyc).filter(|_| verdict(&kyc.session) == Some(Verdict::Rejected))
}

/// The reason of a verdict other than verified.
fn reason(kyc: &Kyc) -> Option<&str> {
    match verdict(&kyc.session)? {
        Verdict::Verified | Verdict::UnderReview | Verdict::Completed => None,
        Verdict::Expired => Some("The session has expired"),
        Verdict::Rejected | Verdict::Failed => kyc.session.script.reason.as_deref(),
    }
}

/// The URL of the page where the person does the verification.
pub(super) fn page_url(session: &Session) -> String {
    format!("https://verify.sandbox.invalid/{}", session.id)
}
