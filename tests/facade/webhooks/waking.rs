//! A wait ends soon after the event, and by polling when the event is lost.

use std::time::{Duration, Instant as RealInstant};

use tokio::{sync::watch, time::sleep};
use unigox::{WaitPolicy, WaitSignals, chrono::Utc, test_util::webhook_headers, uuid::Uuid, webhooks::WebhookVerifier};
use unigox_tests::{Clock, Reply, Server, USER, facade_at};

use super::{extractor, kyc_updated, read};

const SECOND: Duration = Duration::from_secs(1);

fn status(status: &str) -> Reply {
    Reply::json(200, &serde_json::json!({"success": true, "data": {"status": status}}))
}

fn within(time: Duration, signals: &WaitSignals) -> WaitPolicy {
    WaitPolicy::within(time).first_delay(60 * SECOND).woken_by(&signals.of(USER))
}

#[tokio::test]
async fn a_wait_ends_within_a_second_of_the_event() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    for (told, read_then) in [("VERIFIED", "VERIFIED"), ("REJECTED", "VERIFICATION_REJECTED")] {
        server.reply(status("IN_PROGRESS"));
        server.reply(status(read_then));
        let signals = WaitSignals::new();
        let waiting = facade_at(&server.url()).user(USER).verification().wait(within(3600 * SECOND, &signals));
        let telling = async {
            sleep(7 * SECOND).await;
            signals.wake_for(&read(&kyc_updated(told)));
            tokio::time::Instant::now()
        };
        let ended = async { (waiting.await, tokio::time::Instant::now()) };
        let ((outcome, ended), told_at) = tokio::join!(ended, telling);
        assert!(outcome.expect("nothing fails").is_final());
        assert!(ended - told_at < SECOND, "{:?}", ended - told_at);
        assert!(signals.is_empty(), "{signals:?}");
    }
}

#[tokio::test]
async fn a_wait_whose_event_is_lost_ends_by_polling() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply(status("IN_PROGRESS"));
    server.reply(status("VERIFIED"));
    let signals = WaitSignals::new();
    let started = tokio::time::Instant::now();
    let outcome = facade_at(&server.url()).user(USER).verification().wait(within(3600 * SECOND, &signals)).await;
    assert!(outcome.expect("nothing fails").is_verified());
    assert!(started.elapsed() >= 30 * SECOND && started.elapsed() <= 61 * SECOND, "{:?}", started.elapsed());
}

/// In real time, with an event that arrives over HTTP.
#[tokio::test]
async fn a_wait_ends_within_a_second_of_the_request_of_the_vendor() {
    let server = Server::start().await;
    server.reply(status("IN_PROGRESS"));
    server.reply(status("VERIFIED"));
    let signals = WaitSignals::new();
    let receiver =
        extractor::Receiver::start(WebhookVerifier::new(super::SECRET).expect("a secret"), signals.clone()).await;

    let (told, mut is_waiting) = watch::channel(false);
    let policy = within(600 * SECOND, &signals).on_progress(move |point| {
        told.send_replace(point.status().is_some());
    });
    let waiting = tokio::spawn(facade_at(&server.url()).user(USER).verification().wait(policy));
    is_waiting.wait_for(|is_waiting| *is_waiting).await.expect("the wait has begun");

    let body = kyc_updated("VERIFIED").to_string();
    let headers = webhook_headers(super::SECRET, Utc::now(), body.as_bytes());
    let sent = RealInstant::now();
    assert_eq!(receiver.post(headers, body.into_bytes()).await, 200);
    assert!(waiting.await.expect("no panic").expect("nothing fails").is_verified());
    assert!(sent.elapsed() < SECOND, "{:?}", sent.elapsed());
}

#[tokio::test]
async fn all_waits_of_a_user_are_woken_and_no_others() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(status("IN_PROGRESS"));
    let signals = WaitSignals::new();
    let other = Uuid::from_u128(7);
    let wait = |user: Uuid| {
        let policy = WaitPolicy::within(20 * SECOND).first_delay(60 * SECOND).woken_by(&signals.of(user));
        facade_at(&server.url()).user(user).verification().wait(policy)
    };
    // A poll at the beginning and one at the end, and one more of those that are woken.
    let telling = async {
        sleep(9 * SECOND).await;
        signals.clone().wake(USER);
    };
    assert_eq!(signals.len(), 0);
    let (one, two, three, ()) = tokio::join!(wait(USER), wait(USER), wait(other), telling);
    for outcome in [one, two, three] {
        outcome.expect("nothing fails");
    }
    let polls = |user: Uuid, requests: &[unigox_tests::Request]| {
        requests.iter().filter(|request| request.target.contains(&user.to_string())).count()
    };
    let requests = server.take_requests();
    assert_eq!((polls(USER, &requests), polls(other, &requests)), (6, 2));
    assert!(signals.is_empty(), "{signals:?}");
}

#[test]
fn signals_are_there_as_long_as_waits_and_waking_leaves_nothing_behind() {
    let signals = WaitSignals::new();
    for number in 0..10_000 {
        signals.wake(Uuid::from_u128(number));
    }
    assert!(signals.is_empty());
    let policies: Vec<_> = (0..10_000_u128)
        .map(|number| WaitPolicy::within(SECOND).woken_by(&signals.of(Uuid::from_u128(number % 1_000))))
        .collect();
    assert_eq!(signals.len(), 1_000);
    signals.wake(Uuid::from_u128(5));
    drop(policies);
    assert!(signals.is_empty());
    // A signal may outlive the signals that it is from.
    let signal = signals.of(USER);
    drop(signals);
    signal.wake();
}

#[test]
fn signals_may_be_had_dropped_and_woken_on_many_threads() {
    let signals = WaitSignals::new();
    std::thread::scope(|scope| {
        for thread in 0..8_u128 {
            let signals = &signals;
            scope.spawn(move || {
                for round in 0..20_000_u128 {
                    let user = Uuid::from_u128((round + thread) % 4);
                    let held = signals.of(user);
                    signals.wake(user);
                    assert!(!signals.is_empty());
                    drop(held);
                }
            });
        }
    });
    assert!(signals.is_empty(), "{signals:?}");
}

#[tokio::test]
async fn only_events_about_the_verification_of_a_user_wake_their_waits() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(status("IN_PROGRESS"));
    for (event_type, user, is_woken) in [
        ("user.kyc.updated", Some(USER), true),
        ("user.kyc.updated", None, false),
        ("user.kyc.updated", Some(Uuid::from_u128(7)), false),
        ("fiat_account.updated", Some(USER), false),
        ("something.else", Some(USER), false),
    ] {
        let signals = WaitSignals::new();
        let mut event = kyc_updated("VERIFIED");
        event["event_type"] = event_type.into();
        event["data"]["user_uuid"] = user.map_or(serde_json::Value::Null, |user| user.to_string().into());
        let telling = async {
            sleep(9 * SECOND).await;
            signals.wake_for(&read(&event));
        };
        let waiting = facade_at(&server.url()).user(USER).verification().wait(within(20 * SECOND, &signals));
        tokio::join!(waiting, telling).0.expect("nothing fails");
        assert_eq!(server.take_requests().len(), if is_woken { 3 } else { 2 }, "{event_type} {user:?}");
    }
}
