//! What is asked for, what is kept, and for how long.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use unigox::{CachedSupported, ErrorKind, InstitutionQuery, RailQuery, Result, types::RampDirection};
use unigox_tests::{Call, Clock, Reply, Server, facade_at};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn rails_are_asked_for_by_country_currency_or_both_and_by_no_other_name() {
    let server = Server::start().await;
    let supported = facade_at(&server.url()).supported();
    for (query, parameters) in [
        (RailQuery::in_country("NG"), "country=NG&direction=offramp"),
        (RailQuery::in_currency("NGN"), "currency=NGN&direction=offramp"),
        (RailQuery::in_country("NG").currency("NGN"), "country=NG&currency=NGN&direction=offramp"),
        (RailQuery::in_currency("NGN").country(None::<String>), "currency=NGN&direction=offramp"),
    ] {
        server.reply(rails("NG"));
        let rails = supported.rails(RampDirection::Offramp, query).await.expect("it gets a response");
        assert_eq!(rails.rails[0].slug.as_deref(), Some("nip-nigeria"));
        let target = server.take_request().target;
        let (path, query) = target.split_once('?').expect("there is a query");
        let mut names: Vec<_> = query.split('&').collect();
        names.sort_unstable();
        assert_eq!((path, names.join("&").as_str()), ("/api/v1/supported/payment-rails", parameters));
    }
}

#[tokio::test]
async fn what_can_not_be_asked_for_is_not_sent() {
    let server = Server::start().await;
    let supported = facade_at(&server.url()).supported();
    for (query, field) in [
        (RailQuery::in_country("nga"), "country"),
        (RailQuery::in_currency("N"), "currency"),
        (RailQuery::in_country("NG").currency("ngn"), "currency"),
    ] {
        let error = supported.rails(RampDirection::Onramp, query).await.expect_err("it is not a code");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidRequest, Some(field)));
        assert_eq!(error.operation_id(), Some("getPaymentRails"));
    }
    for (rail, id, field) in [(" ", "uala", "rail"), ("cvu-cbu", "", "institution_id")] {
        let error = supported.institution(rail, id).await.expect_err("it is blank");
        assert_eq!(error.field(), Some(field));
    }
    assert_eq!(server.take_connections(), 0);
}

#[tokio::test]
async fn everything_that_is_supported_can_be_asked_for() {
    let server = Server::start().await;
    let supported = facade_at(&server.url()).supported();
    for id in
        ["getSupportedCorridors", "getFiatCurrencies", "getCryptoCurrencies", "getBlockchains", "getSupportedPairs"]
    {
        server.reply(Call::of(id).success());
    }
    supported.corridors().await.expect("it gets a response");
    supported.fiat_currencies().await.expect("it gets a response");
    supported.crypto_currencies().await.expect("it gets a response");
    supported.blockchains().await.expect("it gets a response");
    supported.pairs().await.expect("it gets a response");
    let targets: Vec<_> = server.take_requests().into_iter().map(|request| request.target).collect();
    assert_eq!(
        targets,
        [
            "/api/v1/supported/corridors",
            "/api/v1/supported/fiat-currencies",
            "/api/v1/supported/crypto-currencies",
            "/api/v1/supported/blockchains",
            "/api/v1/supported-exchange-pairs"
        ]
    );
}

#[tokio::test]
async fn a_response_is_kept_for_its_time_and_clones_share_it() {
    let _clock = Clock::pause();
    let server = Server::start().await;
    server.reply_otherwise(rails("NG"));
    let cached = facade_at(&server.url()).supported().cached(MINUTE);
    let clone = cached.clone();
    let ask = async |cached: &CachedSupported, country: &str| {
        cached.rails(RampDirection::Offramp, RailQuery::in_country(country)).await.expect("it gets a response");
        server.take_requests().len()
    };
    assert_eq!((ask(&cached, "NG").await, ask(&clone, "NG").await, ask(&clone, "GH").await), (1, 0, 1));
    tokio::time::advance(MINUTE - Duration::from_secs(1)).await;
    assert_eq!(ask(&cached, "NG").await, 0);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!((ask(&cached, "NG").await, ask(&cached, "NG").await), (1, 0));
    clone.clear();
    assert_eq!(ask(&cached, "NG").await, 1);
    let none = cached.max_entries(0);
    assert_eq!((ask(&none, "NG").await, ask(&none, "NG").await), (1, 1));
}

#[tokio::test]
async fn callers_at_once_make_one_request() {
    let server = Server::start().await;
    let client = facade_at(&server.url());
    let cached = client.supported().cached(MINUTE);
    for (reply, is_right) in [(Reply::new(400, ""), false), (rails("NG"), true)] {
        server.reply(reply);
        let callers = (0..50).map(|_| {
            let cached = cached.clone();
            tokio::spawn(async move { cached.rails(RampDirection::Offramp, RailQuery::in_country("NG")).await })
        });
        for outcome in join_all(callers).await {
            let outcome = outcome.expect("it does not panic");
            assert_eq!(outcome.is_ok(), is_right);
            let status = outcome.err().map(|error| error.status().map(|status| status.as_u16()));
            assert_eq!(status, (!is_right).then_some(Some(400)));
        }
        assert_eq!(server.take_requests().len(), 1);
    }
}

#[tokio::test]
async fn a_list_of_institutions_is_kept_whole_or_not_at_all() {
    let server = Server::start().await;
    let cached = facade_at(&server.url()).supported().cached(MINUTE);
    let ask = async || -> Result<usize> {
        Ok(cached.institutions(InstitutionQuery::on("cvu-cbu").page_size(2)).await?.len())
    };
    let page = |ids: &[&str]| {
        let institutions: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        data(&json!({"institutions": institutions, "pagination": {"total": 3, "limit": 2}}))
    };
    server.reply(page(&["a", "b"]));
    server.reply(page(&[]));
    assert_eq!(ask().await.expect_err("one is missing").kind(), ErrorKind::Incomplete);
    server.reply(page(&["a", "b"]));
    server.reply(page(&["c"]));
    assert_eq!((ask().await.ok(), ask().await.ok()), (Some(3), Some(3)));
    assert_eq!(server.take_requests().len(), 4);
}

fn rails(country: &str) -> Reply {
    data(&json!({"country": country, "direction": "offramp", "rails": [{"slug": "nip-nigeria"}]}))
}

fn data(data: &Value) -> Reply {
    Reply::json(200, &json!({"success": true, "data": data}))
}
