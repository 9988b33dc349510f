//! A wait is continued from a stored point.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;
use unigox::{
    VerificationOutcome::Pending,
    WaitPoint, WaitPolicy,
    chrono::{TimeDelta, Utc},
    futures_util::StreamExt,
};
use unigox_tests::{Clock, Server};

use super::{assert_at, pending, recording, session_at, status_reply, timed, within};

/// `policy`, and the points that it stores, as JSON.
fn storing(policy: WaitPolicy) -> (WaitPolicy, Arc<Mutex<Vec<String>>>) {
    let points = Arc::<Mutex<Vec<String>>>::default();
    let noted = Arc::clone(&points);
    let policy = policy.on_progress(move |point| {
        noted.lock().expect("no panic").push(serde_json::to_string(point).expect("it can be written"));
    });
    (policy, points)
}

fn point_until(seconds: i64) -> WaitPoint {
    WaitPoint::new(Utc::now() + TimeDelta::seconds(seconds))
}

#[tokio::test]
async fn a_point_is_stored_at_the_beginning_and_with_each_change_and_holds_no_address() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    let (one, two) = ("https://verify.example.com/secret-1", "https://verify.example.com/secret-2");
    for (status, url) in [
        ("PENDING_DOCUMENTS", None),
        ("PENDING_DOCUMENTS", Some(one)),
        ("PENDING_DOCUMENTS", Some(one)),
        ("IN_PROGRESS", Some(two)),
        ("VERIFIED", None),
    ] {
        server.reply(status_reply(&json!({"status": status, "verification_url": url})));
    }
    let (policy, points) = storing(within(900));
    let begun = Utc::now();
    session_at(&server).wait(policy).await.expect("nothing fails");
    let points = points.lock().expect("no panic").clone();
    let read = |text: &String| serde_json::from_str::<WaitPoint>(text).expect("it was written");
    let statuses: Vec<_> = points.iter().map(|text| read(text).status().map(ToString::to_string)).collect();
    let some = |status: &str| Some(status.to_owned());
    let documents = some("PENDING_DOCUMENTS");
    assert_eq!(statuses, [None, documents.clone(), documents, some("IN_PROGRESS"), some("VERIFIED")]);
    for text in &points {
        assert!(!text.contains("secret") && !text.contains("verify.") && text.len() < 200, "{text}");
        assert!(!format!("{:?}", read(text)).contains("secret"));
        let left = read(text).deadline() - begun;
        assert!(left >= TimeDelta::seconds(900) && left < TimeDelta::seconds(960), "{left:?}");
    }
}

#[tokio::test]
async fn a_page_that_was_shown_is_not_shown_again_after_a_restart() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    let page = |url: &str| status_reply(&json!({"status": "PENDING_DOCUMENTS", "verification_url": url}));
    server.reply(page("https://verify.example.com/1"));
    let (policy, points) = storing(within(0));
    let (policy, pages) = recording(policy);
    session_at(&server).wait(policy).await.expect("nothing fails");
    assert_eq!(pages.lock().expect("no panic").len(), 1);

    let stored = points.lock().expect("no panic").last().expect("there are points").clone();
    for url in ["https://verify.example.com/1", "https://verify.example.com/2"] {
        server.reply(page(url));
    }
    server.reply(pending("VERIFIED"));
    let mut value: serde_json::Value = serde_json::from_str(&stored).expect("it is JSON");
    value["deadline"] = json!(Utc::now() + TimeDelta::hours(1));
    let (policy, pages) = recording(WaitPolicy::resume(serde_json::from_value(value).expect("it is a point")));
    assert!(session_at(&server).wait(policy).await.expect("nothing fails").is_verified());
    assert_eq!(*pages.lock().expect("no panic"), ["https://verify.example.com/2"]);
}

#[tokio::test]
async fn a_resumed_wait_ends_at_the_deadline_of_its_point() {
    let clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(pending("IN_PROGRESS"));
    let (outcome, ends) = timed(&clock, session_at(&server).wait(WaitPolicy::resume(point_until(600)))).await;
    assert!(matches!(outcome, Ok(Pending(_))), "{outcome:?}");
    assert_eq!(ends[0], Duration::ZERO);
    let last = *ends.last().expect("there are polls");
    assert!(last > Duration::from_secs(590) && last <= Duration::from_secs(601), "{ends:?}");
}

#[tokio::test]
async fn a_wait_whose_deadline_has_passed_polls_once() {
    let clock = Clock::pause();
    let server = Server::start().await;
    for seconds in [0, -1, -1_000_000] {
        server.reply(pending("VERIFIED"));
        let (outcome, ends) = timed(&clock, session_at(&server).wait(WaitPolicy::resume(point_until(seconds)))).await;
        assert!(outcome.expect("nothing fails").is_verified());
        assert_eq!((ends.len(), server.take_requests().len()), (1, 1));
        assert_at(ends[0], Duration::ZERO);
    }
}

#[tokio::test]
async fn a_resumed_stream_begins_with_what_is_new() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    let point = |status: &str| {
        let point = json!({"deadline": Utc::now() + TimeDelta::hours(1), "status": status});
        serde_json::from_value::<WaitPoint>(point).expect("it is a point")
    };
    for (seen, expected) in [
        ("PENDING", vec!["IN_PROGRESS", "PENDING", "VERIFIED"]),
        ("IN_PROGRESS", vec!["PENDING", "IN_PROGRESS", "PENDING", "VERIFIED"]),
        ("VERIFIED", vec!["PENDING", "IN_PROGRESS", "PENDING", "VERIFIED"]),
    ] {
        for status in ["PENDING", "PENDING", "IN_PROGRESS", "PENDING", "VERIFIED"] {
            server.reply(pending(status));
        }
        let changes: Vec<_> = session_at(&server).changes(WaitPolicy::resume(point(seen))).collect().await;
        let changes: Vec<_> = changes.into_iter().map(|change| change.expect("nothing fails").status).collect();
        let changes: Vec<_> = changes.iter().map(|status| status.as_str()).collect();
        assert_eq!(changes, expected, "{seen}");
    }
    // The end is told even if it was seen before.
    server.reply(pending("FAILED"));
    let changes: Vec<_> = session_at(&server).changes(WaitPolicy::resume(point("FAILED"))).collect().await;
    assert_eq!(changes.len(), 1);
}
