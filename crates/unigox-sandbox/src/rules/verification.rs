//! How a verification goes on: with each look at it, and with time.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::{Answer, Call};
use crate::{
    script::Verdict,
    world::{Kyc, Session},
};

/// How long a session lasts.
const SESSION: TimeDelta = TimeDelta::hours(1);

pub(super) fn status(mut call: Call<'_>) -> Answer {
    let (now, asked) = (call.now, call.verification);
    let Some(user) = call.user() else { return Answer::empty(404) };
    let is_asked = |kyc: &&mut Kyc| asked.is_none_or(|id| kyc.session.id.to_string() == id);
    let Some(kyc) = user.kyc.as_mut().filter(is_asked) else {
        return match asked {
            None => Answer::data(200, json!({"status": "NOT_INITIATED"})),
            Some(_) => Answer::empty(404),
        };
    };
    catch_up(kyc, now);
    let mut data = Map::from_iter([("status".to_owned(), json!(status_of(kyc)))]);
    let is_open = verdict(&kyc.session).is_none();
    if is_open && kyc.session.has_page {
        let left = (SESSION - (now - kyc.session.opened_at)).num_seconds().max(0);
        data.insert("verification_url".to_owned(), json!(page(&kyc.session)));
        data.insert("verification_seconds_left".to_owned(), json!(left));
    }
    if let Some(reason) = reason(kyc) {
        data.insert("provider_messages".to_owned(), json!([reason]));
    }
    // This look counts for the next.
    if kyc.session.began_at.is_some() {
        kyc.session.polls = kyc.session.polls.saturating_add(1);
    }
    Answer::data(200, Value::Object(data))
}

/// Lets the time that has passed have its effect.
pub(super) fn catch_up(kyc: &mut Kyc, now: DateTime<Utc>) {
    let session = &mut kyc.session;
    let seconds = |time: TimeDelta| u64::try_from(time.num_seconds()).unwrap_or_default();
    let is_due = |began: DateTime<Utc>| session.script.after_seconds.is_some_and(|after| seconds(now - began) >= after);
    let has_run_out = now - session.opened_at >= SESSION && session.script.verdict == Verdict::Expired;
    session.is_due |= has_run_out || session.began_at.is_some_and(is_due);
}

/// The verdict, once it is there. Looks don't make a session run out.
fn verdict(session: &Session) -> Option<Verdict> {
    let verdict = session.script.verdict;
    let was_seen = || session.polls >= session.script.after_polls && verdict != Verdict::Expired;
    (session.is_due || session.began_at.is_some() && was_seen()).then_some(verdict)
}

fn status_of(kyc: &Kyc) -> &'static str {
    match verdict(&kyc.session) {
        Some(Verdict::Verified) => "VERIFIED",
        Some(Verdict::Rejected) => "VERIFICATION_REJECTED",
        Some(Verdict::Failed | Verdict::Expired) => "FAILED",
        None if kyc.session.began_at.is_some() => "IN_PROGRESS",
        None => "PENDING_DOCUMENTS",
    }
}

/// The status as users have it, which knows fewer.
pub(super) fn kyc_status(kyc: Option<&Kyc>) -> &'static str {
    let Some(kyc) = kyc else { return "NOT_INITIATED" };
    match verdict(&kyc.session) {
        Some(Verdict::Verified) => "VERIFIED",
        Some(Verdict::Rejected) => "VERIFICATION_REJECTED",
        Some(Verdict::Failed | Verdict::Expired) | None => "IN_PROGRESS",
    }
}

/// The state of the session as an upload has it, which is no verdict.
pub(super) fn upload_status(kyc: &Kyc) -> &'static str {
    match verdict(&kyc.session) {
        Some(Verdict::Verified | Verdict::Rejected) => "COMPLETED",
        Some(Verdict::Failed | Verdict::Expired) => "FAILED",
        None if kyc.session.began_at.is_some() => "IN_PROGRESS",
        None => "PENDING",
    }
}

/// Why the person was refused, if they were.
pub(super) fn rejection_reason(kyc: &Kyc) -> Option<&str> {
    reason(kyc).filter(|_| verdict(&kyc.session) == Some(Verdict::Rejected))
}

/// Why it did not end well.
fn reason(kyc: &Kyc) -> Option<&str> {
    match verdict(&kyc.session)? {
        Verdict::Verified => None,
        Verdict::Expired => Some("The session has run out"),
        Verdict::Rejected | Verdict::Failed => kyc.session.script.reason.as_deref(),
    }
}

/// The page where the person acts.
pub(super) fn page(session: &Session) -> String {
    format!("https://verify.sandbox.invalid/{}", session.id)
}
