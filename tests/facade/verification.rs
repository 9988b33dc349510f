//! Waiting for a verification: the outcome of each status, when the status is polled, what ends a wait and what does not.
//!
//! Time is paused: an hour of waiting passes at once. Each test has a clock, also where no time passes: an event on a thread
//! without a subscriber may disable it for the subscribers of other threads.

mod cancellation;
mod changes;
mod failures;
mod resuming;
mod waking;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::Instant;
use unigox::{
    Result, VerificationHandle,
    VerificationOutcome::{self, Failed, Pending, Rejected, UnderReview, Verified},
    WaitPolicy,
    types::VerificationStatus,
};
use unigox_tests::{Clock, Reply, Server, USER, facade_at};

/// The resolution of a timer.
const TICK: Duration = Duration::from_millis(2);

/// Every status of every version of the document, and some that are in none of them.
const STATUSES: [&str; 20] = [
    "NOT_STARTED",
    "PENDING",
    "NOT_INITIATED",
    "PENDING_DOCUMENTS",
    "IN_PROGRESS",
    "UNDER_REVIEW",
    "COMPLETED",
    "VERIFIED",
    "FAILED",
    "VERIFICATION_REJECTED",
    "ESCALATED_TO_THE_MOON",
    "REJECTED",
    "verified",
    "VERIFIED ",
    " VERIFIED",
    "VERIFIED\0",
    "VERIFIED\n",
    "",
    "Prüfung läuft \u{1f600}",
    "\"\\{}%s",
];

// ---- Statuses -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_status_is_read_and_kept() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    for status in STATUSES {
        server.reply(pending(status));
        let verification = session_at(&server).status().await.expect("any status is one");
        assert_eq!(verification.status.as_str(), status);
        assert_eq!(verification.status == VerificationStatus::Verified, status == "VERIFIED");
    }
}

#[tokio::test]
async fn three_statuses_end_a_wait_at_once_and_no_other_does() {
    let clock = Clock::pause();
    let server = Server::start().await;
    for status in STATUSES {
        server.reply_otherwise(pending(status));
        let session = session_at(&server);
        let (outcome, polls) = timed(&clock, session.wait(within(20))).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{status:?}: {error}"));
        assert_eq!(outcome.verification().status.as_str(), status);
        assert_eq!(outcome.is_verified(), status == "VERIFIED", "{status:?}");
        let is_as_expected = match status {
            "VERIFIED" => matches!(outcome, Verified(_)),
            "VERIFICATION_REJECTED" => matches!(outcome, Rejected(_)),
            "FAILED" => matches!(outcome, Failed(_)),
            "UNDER_REVIEW" => matches!(outcome, UnderReview(_)),
            _ => matches!(outcome, Pending(_)),
        };
        assert!(is_as_expected, "{status:?} comes to {outcome:?}");
        assert_eq!(outcome.is_final(), !matches!(outcome, Pending(_) | UnderReview(_)), "{status:?}");
        if !outcome.is_final() {
            assert!(polls.len() > 3, "{status:?} was waited out with polls at {polls:?}");
            assert_at(polls[polls.len() - 1], Duration::from_secs(20));
        } else {
            assert_eq!(polls, [Duration::ZERO], "{status:?}");
        }
        assert_eq!(server.take_requests().len(), polls.len());
    }
}

#[tokio::test]
async fn a_wait_ends_with_the_poll_that_sees_a_final_status() {
    let clock = Clock::pause();
    let server = Server::start().await;
    for (last, is_as_expected) in [
        ("VERIFIED", (|outcome| matches!(outcome, Verified(_))) as fn(&VerificationOutcome) -> bool),
        ("VERIFICATION_REJECTED", |outcome| matches!(outcome, Rejected(_))),
        ("FAILED", |outcome| matches!(outcome, Failed(_))),
    ] {
        for status in ["NOT_INITIATED", "PENDING_DOCUMENTS", "IN_PROGRESS", "COMPLETED", "UNDER_REVIEW", last] {
            server.reply(pending(status));
        }
        let (outcome, polls) = timed(&clock, session_at(&server).wait(within(3600))).await;
        let outcome = outcome.expect("nothing fails");
        assert!(is_as_expected(&outcome), "{last} comes to {outcome:?}");
        assert_eq!(polls.len(), 6);
        assert!(polls[5] <= Duration::from_secs(2 + 4 + 8 + 16 + 32) + 5 * TICK, "{polls:?}");
    }
}

#[tokio::test]
async fn a_wait_can_end_at_the_review() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    for status in ["PENDING_DOCUMENTS", "IN_PROGRESS", "UNDER_REVIEW"] {
        server.reply(pending(status));
    }
    let outcome = session_at(&server).wait(within(3600).end_at_review()).await.expect("nothing fails");
    assert!(matches!(outcome, UnderReview(_)) && !outcome.is_verified(), "{outcome:?}");
    assert_eq!(server.take_requests().len(), 3);
}

#[tokio::test]
async fn outcomes_keep_everything_that_was_read_last() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    for status in ["VERIFIED", "FAILED", "VERIFICATION_REJECTED", "PENDING"] {
        server.reply(status_reply(&json!({
            "status": status, "verification_url": "https://verify.example.com/1", "verification_seconds_left": 3600,
            "provider_messages": ["blurred"], "of_tomorrow": {"a": [1]},
        })));
        let outcome = session_at(&server).wait(within(0)).await.expect("nothing fails");
        assert_eq!(outcome.verification_url(), Some("https://verify.example.com/1"));
        let verification = outcome.verification();
        assert_eq!(outcome.provider_messages(), ["blurred"]);
        assert_eq!(verification.verification_seconds_left, Some(Some(3600)));
        assert_eq!(verification.provider_messages, Some(Some(vec!["blurred".to_owned()])));
        assert_eq!(verification.extra["of_tomorrow"], json!({"a": [1]}));
        server.reply(status_reply(&json!({"status": status, "verification_url": null})));
        let outcome = session_at(&server).wait(within(0)).await.expect("nothing fails");
        assert_eq!((outcome.verification_url(), outcome.provider_messages().len()), (None, 0));
    }
}

// ---- Delays ---------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn polls_come_at_once_then_after_delays_that_double_up_to_a_maximum_and_last_at_the_deadline() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("IN_PROGRESS"));
    let ceilings = [2, 4, 8, 16, 32, 64].into_iter().chain(std::iter::repeat(120));
    let deadline = Duration::from_secs(1800);
    let mut shares = Vec::new();
    for _ in 0..12 {
        let (outcome, polls) = timed(&clock, session_at(&server).wait(WaitPolicy::within(deadline))).await;
        assert!(matches!(outcome, Ok(Pending(_))), "{outcome:?}");
        assert_eq!(polls[0], Duration::ZERO);
        let delays = polls.windows(2).map(|pair| pair[1] - pair[0]);
        let count = polls.len() - 1;
        for (index, (delay, ceiling)) in delays.zip(ceilings.clone()).enumerate() {
            let ceiling = Duration::from_secs(ceiling);
            assert!(delay <= ceiling + TICK, "{delay:?} of {ceiling:?}, polls at {polls:?}");
            // The last is cut short by the deadline.
            if index + 1 < count {
                assert!(delay >= ceiling / 2, "{delay:?} of {ceiling:?}, polls at {polls:?}");
                shares.push(delay.as_secs_f64() / ceiling.as_secs_f64());
            }
        }
        assert_at(polls[count], deadline);
        assert!(polls[count - 1] < deadline, "two polls at the end: {polls:?}");
    }
    let among = |from: f64, to: f64| shares.iter().any(|share| (from..to).contains(share));
    assert!(among(0.5, 0.6) && among(0.7, 0.8) && among(0.9, 1.01), "delays do not spread: {shares:?}");
}

#[tokio::test]
async fn a_wait_of_no_time_is_one_poll() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("PENDING"));
    let (outcome, polls) = timed(&clock, session_at(&server).wait(within(0))).await;
    assert!(matches!(outcome, Ok(Pending(_))), "{outcome:?}");
    assert_eq!(polls, [Duration::ZERO]);
    assert_eq!(server.take_requests().len(), 1);
}

#[tokio::test]
async fn a_wait_shorter_than_the_first_delay_polls_at_both_ends() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("PENDING"));
    for millis in [1, 500, 999] {
        let time = Duration::from_millis(millis);
        let (outcome, polls) = timed(&clock, session_at(&server).wait(WaitPolicy::within(time))).await;
        assert!(matches!(outcome, Ok(Pending(_))), "{outcome:?}");
        assert_eq!(polls.len(), 2, "{polls:?}");
        assert_at(polls[1], time);
    }
}

#[tokio::test]
async fn the_first_delay_and_the_maximum_can_be_set() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("PENDING"));
    for (first, longest, ceilings) in [(10, 15, [10, 15, 15]), (1, 3, [1, 2, 3]), (60, 5, [5, 5, 5])] {
        let policy = within(60).first_delay(Duration::from_secs(first)).max_delay(Duration::from_secs(longest));
        let (_, polls) = timed(&clock, session_at(&server).wait(policy)).await;
        for (pair, ceiling) in polls.windows(2).zip(ceilings).take(polls.len() - 2) {
            let (delay, ceiling) = (pair[1] - pair[0], Duration::from_secs(ceiling));
            assert!(delay >= ceiling / 2 && delay <= ceiling + TICK, "{delay:?} of {ceiling:?}");
        }
        assert_at(polls[polls.len() - 1], Duration::from_secs(60));
    }
}

#[tokio::test]
async fn a_wait_may_be_as_long_as_a_duration() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    for status in ["PENDING", "PENDING", "PENDING", "VERIFIED"] {
        server.reply(pending(status));
    }
    let policy = WaitPolicy::within(Duration::MAX).max_delay(Duration::MAX);
    let outcome = session_at(&server).wait(policy).await.expect("nothing fails");
    assert!(outcome.is_verified(), "{outcome:?}");
}

#[tokio::test]
async fn a_policy_may_be_used_again() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("PENDING"));
    let (session, policy) = (session_at(&server), within(30));
    for _ in 0..2 {
        let (_, polls) = timed(&clock, session.wait(policy.clone())).await;
        assert_at(polls[polls.len() - 1], Duration::from_secs(30));
    }
}

// ---- Pages for the person -------------------------------------------------------------------------------------------

#[tokio::test]
async fn the_caller_is_told_of_each_page_once() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    let (one, two) = ("https://verify.example.com/1", "https://verify.example.com/2");
    for url in [None, Some(one), Some(one), None, Some(one), Some(two), Some(two)] {
        server.reply(status_reply(&json!({"status": "PENDING_DOCUMENTS", "verification_url": url})));
    }
    server.reply(pending("VERIFIED"));
    let (policy, pages) = recording(within(3600));
    session_at(&server).wait(policy).await.expect("nothing fails");
    assert_eq!(*pages.lock().expect("no panic"), [one, two]);
}

#[tokio::test]
async fn the_caller_is_told_as_soon_as_there_is_a_page() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(status_reply(&json!({"status": "PENDING", "verification_url": "https://example.com/"})));
    let (policy, pages) = recording(within(3600));
    let session = session_at(&server);
    let waiting = tokio::spawn(async move { session.wait(policy).await });
    clock.after_attempts(1).await;
    assert_eq!(pages.lock().expect("no panic").len(), 1);
    waiting.abort();
}

#[tokio::test]
async fn a_page_beside_a_final_status_is_not_reported() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    for status in ["VERIFIED", "VERIFICATION_REJECTED", "FAILED"] {
        server.reply(status_reply(&json!({"status": status, "verification_url": "https://verify.example.com/1"})));
        let (policy, pages) = recording(within(3600));
        let outcome = session_at(&server).wait(policy).await.expect("nothing fails");
        assert_eq!(outcome.verification_url(), Some("https://verify.example.com/1"));
        assert!(pages.lock().expect("no panic").is_empty(), "{status}");
    }
}

// ---- Requests -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_session_is_asked_for_by_its_id_and_the_latest_by_none() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    let path = format!("/api/v1/partner/users/{USER}/verification-status");
    for (id, query) in [
        (None, ""),
        (Some("session-1"), "?verification_id=session-1"),
        (Some("a b&c=d/ü?#%"), "?verification_id=a%20b%26c%3Dd%2F%C3%BC%3F%23%25"),
    ] {
        let session = session_at(&server);
        let session = id.map_or_else(|| session.clone(), |id| session.clone().of_session(id));
        server.reply_otherwise(pending("PENDING"));
        session.status().await.expect("nothing fails");
        session.wait(within(5)).await.expect("nothing fails");
        let requests = server.take_requests();
        assert!(requests.len() > 3, "{requests:?}");
        for request in requests {
            assert_eq!((request.method.as_str(), request.target), ("GET", format!("{path}{query}")));
            assert_eq!(request.body, b"");
        }
    }
}

#[tokio::test]
async fn waiting_may_be_moved_to_another_thread() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    fn is_shared<T: Send + Sync + 'static>(_: &T) {}
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("VERIFIED"));
    let session = session_at(&server);
    is_shared(&session);
    is_shared(&within(1));
    is_send(session.status()).await.expect("nothing fails");
    is_send(session.wait(within(1))).await.expect("nothing fails");
    drop(is_send(session.changes(within(1))));
    let elsewhere = tokio::spawn(session.wait(within(1)));
    drop(session);
    assert!(elsewhere.await.expect("no panic").expect("nothing fails").is_verified());
    // With no handle that lives on.
    let elsewhere = tokio::spawn(facade_at(&server.url()).user(USER).verification().wait(within(1)));
    assert!(elsewhere.await.expect("no panic").expect("nothing fails").is_verified());
}

/// 10,000 of them have 2 KiB each.
#[test]
fn a_wait_takes_little_memory_while_it_sleeps() {
    let session = facade_at("http://127.0.0.1:1").user(USER).verification();
    let size = size_of_val(&session.wait(within(1).on_action(|_| ()).on_progress(|_| ())));
    assert!(size <= 1_024, "{size} bytes");
}

// ---- Support --------------------------------------------------------------------------------------------------------

fn session_at(server: &Server) -> VerificationHandle {
    facade_at(&server.url()).user(USER).verification()
}

fn within(seconds: u64) -> WaitPolicy {
    WaitPolicy::within(Duration::from_secs(seconds))
}

/// `policy`, and the pages that it reports.
fn recording(policy: WaitPolicy) -> (WaitPolicy, Arc<Mutex<Vec<String>>>) {
    let pages = Arc::<Mutex<Vec<String>>>::default();
    let noted = Arc::clone(&pages);
    let policy = policy.on_action(move |url| noted.lock().expect("no panic").push(url.to_owned()));
    (policy, pages)
}

/// A response with `status` and nothing else.
fn pending(status: &str) -> Reply {
    status_reply(&json!({"status": status}))
}

fn status_reply(data: &Value) -> Reply {
    Reply::json(200, &json!({"success": true, "data": data}))
}

/// The result of `future`, and when its attempts ended, counted from its start. Attempts themselves take no time.
async fn timed<T>(clock: &Clock, future: impl Future<Output = T>) -> (T, Vec<Duration>) {
    let (start, before) = (Instant::now(), clock.attempts());
    let mut ends = Vec::new();
    let watching = async {
        loop {
            clock.after_attempts(before + ends.len() + 1).await;
            ends.push(start.elapsed());
        }
    };
    let value = tokio::select! {
        biased;
        () = watching => unreachable!("it goes on for ever"),
        value = future => value,
    };
    // Time stood still since.
    ends.resize(clock.attempts() - before, start.elapsed());
    (value, ends)
}

fn assert_at(time: Duration, expected: Duration) {
    assert!(time >= expected && time <= expected + TICK, "at {time:?} instead of {expected:?}");
}

/// The error of a wait that fails.
fn failure(outcome: Result<VerificationOutcome>) -> unigox::Error {
    outcome.expect_err("the wait was to fail")
}
