//! The pages of a list of institutions, right and wrong.

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use unigox::{ErrorKind, InstitutionQuery};
use unigox_tests::{Reply, Server, facade_at};

/// The ids that were read, and the kind of the error after them.
async fn read(pages: Vec<Reply>) -> (Vec<String>, Option<ErrorKind>, Server) {
    let server = Server::start().await;
    pages.into_iter().for_each(|page| server.reply(page));
    let supported = facade_at(&server.url()).supported();
    let mut found = supported.institutions(InstitutionQuery::on("imps-neft-india").page_size(2));
    let (mut ids, mut failure) = (Vec::new(), None);
    while let Some(institution) = found.next().await {
        assert_eq!(failure, None, "there is something after the error");
        match institution {
            Ok(institution) => ids.push(institution.id.expect("it has one")),
            Err(error) => failure = Some(error.kind()),
        }
    }
    assert!(found.next().await.is_none());
    (ids, failure, server)
}

#[tokio::test]
async fn every_page_is_asked_for_with_what_was_asked_for() {
    let server = Server::start().await;
    server.reply(page(&["a", "b"], Some(3)));
    server.reply(page(&["c"], Some(3)));
    let query = InstitutionQuery::on("imps-neft-india").search("hdfc bank").code("HDFC").country("IN").currency("INR");
    let pages = facade_at(&server.url()).supported().institution_pages(query.page_size(2));
    let sizes: Vec<_> = pages.map_ok(|page| page.len()).try_collect().await.expect("it is complete");
    assert_eq!(sizes, [2, 1]);
    let targets: Vec<_> = server.take_requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets.len(), 2);
    for (target, offset) in targets.iter().zip(["offset=0", "offset=2"]) {
        for parameter in
            ["rail=imps-neft-india", "code=HDFC", "country=IN", "currency=INR", "limit=2", "search=hdfc%20bank", offset]
        {
            assert!(target.split(['?', '&']).any(|known| known == parameter), "{parameter} is not in {target}");
        }
    }
}

#[tokio::test]
async fn what_can_not_be_asked_for_is_not_sent() {
    let server = Server::start().await;
    let supported = facade_at(&server.url()).supported();
    let query = || InstitutionQuery::on("iban-sepa");
    for (query, field) in [
        (InstitutionQuery::on(" "), "rail"),
        (query().page_size(0), "limit"),
        (query().page_size(101), "limit"),
        (query().country("Estonia"), "country"),
        (query().currency("euro"), "currency"),
    ] {
        let outcome: Result<Vec<_>, _> = supported.institutions(query).try_collect().await;
        assert_eq!(outcome.expect_err("it is not valid").field(), Some(field));
    }
    assert_eq!(server.take_connections(), 0);
}

#[tokio::test]
async fn a_list_ends_with_its_last_page() {
    for (pages, requests) in [
        (vec![page(&["a"], Some(1))], 1),
        (vec![page(&["a", "b"], Some(3)), page(&["c"], Some(3))], 2),
        // A full page may have another behind it, whatever the total.
        (vec![page(&["a", "b"], Some(2)), page(&[], Some(2))], 2),
        (vec![page(&["a", "b"], Some(1)), page(&["c", "d"], Some(1)), page(&[], Some(1))], 3),
        (vec![page(&["a"], None), page(&[], None)], 2),
        // A server that allows fewer than were asked for.
        (vec![page(&["a"], Some(3)), page(&["b"], Some(3)), page(&["c"], Some(3))], 3),
        (vec![page(&[], Some(0))], 1),
        (vec![page(&[], None)], 1),
    ] {
        let (ids, failure, server) = read(pages).await;
        assert_eq!(failure, None, "{ids:?}");
        let mut sorted = ids.clone();
        sorted.dedup();
        assert_eq!(sorted, ids);
        assert_eq!(server.take_requests().len(), requests, "{ids:?}");
    }
}

#[tokio::test]
async fn a_list_that_may_not_be_complete_ends_with_an_error_after_what_it_had() {
    let lost = Reply::json(200, &of(&[json!({"id": "a"}), json!(5)], Some(2)));
    for (pages, ids) in [
        // The page repeats.
        (vec![page(&["a", "b"], Some(9)), page(&["a", "b"], Some(9))], &["a", "b"][..]),
        (vec![page(&["a", "b"], None), page(&["a", "b"], None)], &["a", "b"]),
        (vec![page(&["a", "b"], Some(9)), page(&["b", "c"], Some(9)), page(&["a", "c"], Some(9))], &["a", "b", "c"]),
        // An empty page before the end.
        (vec![page(&["a", "b"], Some(9)), page(&[], Some(9))], &["a", "b"]),
        // The list grew or shrank meanwhile, so that one was passed over.
        (vec![page(&["a", "b"], Some(3)), page(&["b", "c"], Some(4)), page(&[], Some(4))], &["a", "b", "c"]),
        (vec![page(&["a", "b"], Some(4)), page(&["d"], Some(3))], &["a", "b", "d"]),
        // An institution that can't be read.
        (vec![lost, page(&[], Some(2))], &["a"]),
    ] {
        let (read, failure, _) = read(pages).await;
        assert_eq!((read, failure), (ids.iter().map(ToString::to_string).collect(), Some(ErrorKind::Incomplete)));
    }
}

#[tokio::test]
async fn a_page_that_fails_ends_the_list_with_its_error() {
    let (ids, failure, server) = read(vec![page(&["a", "b"], Some(9)), Reply::new(400, "")]).await;
    assert_eq!((ids, failure), (vec!["a".to_owned(), "b".to_owned()], Some(ErrorKind::Api)));
    assert_eq!(server.take_requests().len(), 2);
}

#[tokio::test]
async fn branches_of_one_bank_are_all_there() {
    let branch = |code: &str| json!({"id": "hdfc-bank", "branch": {"code": code}});
    let pages = vec![
        Reply::json(200, &of(&[branch("HDFC0001"), branch("HDFC0002")], Some(3))),
        Reply::json(200, &of(&[branch("HDFC0003")], Some(3))),
    ];
    let (ids, failure, _) = read(pages).await;
    assert_eq!((ids.len(), failure), (3, None));
}

#[tokio::test]
async fn one_institution_is_found_if_it_is_there() {
    let server = Server::start().await;
    let supported = facade_at(&server.url()).supported();
    server.reply(page(&["another", "uala"], Some(2)));
    let found = supported.institution("cvu-cbu", "uala").await.expect("it gets a response");
    assert_eq!(found.and_then(|institution| institution.id).as_deref(), Some("uala"));
    assert!(server.take_request().target.contains("institution_id=uala"));
    server.reply(page(&["another"], Some(1)));
    assert_eq!(supported.institution("cvu-cbu", "uala").await.expect("it gets a response"), None);
}

fn page(ids: &[&str], total: Option<u32>) -> Reply {
    let institutions: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    Reply::json(200, &of(&institutions, total))
}

fn of(institutions: &[Value], total: Option<u32>) -> Value {
    let mut pagination = json!({"limit": 2, "offset": 0});
    total.into_iter().for_each(|total| pagination["total"] = total.into());
    json!({"success": true, "data": {"institutions": institutions, "pagination": pagination}})
}
