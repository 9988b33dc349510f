//! Faults, and the control routes, for operations that the sandbox has no rule for.

use std::time::Duration;

use serde_json::json;
use unigox_sandbox::Fault;

use super::fixture::Fixture;

const DOCUMENT: &str = r##"
paths:
  /a: { get: { operationId: getA, responses: { 200: { content: { application/json: { example: { a: "a long text" } } } } } } }
  /b: { get: { operationId: getB, responses: { 204: {} } } }
"##;

#[tokio::test]
async fn every_fault_can_be_injected_into_every_operation() {
    let fixture = Fixture::start(DOCUMENT).await;
    for (path, operation, usual) in [("/a", "getA", 200), ("/b", "getB", 204)] {
        let fault = |fault: Fault| fixture.sandbox.fault(operation, fault);
        fault(Fault::status(503).with_body(json!({"on": "purpose"})));
        let response = fixture.get(path).await;
        assert_eq!((response.status, response.json()), (503, json!({"on": "purpose"})));
        fault(Fault::redirect("/elsewhere"));
        assert_eq!(fixture.get(path).await.header("location"), Some("/elsewhere"));
        fault(Fault::delay(Duration::from_millis(1)));
        assert_eq!(fixture.get(path).await.status, usual);
        for lost in [Fault::Reset, Fault::ResponseLost] {
            fault(lost);
            assert!(fixture.request("GET", path).send().await.is_err());
        }
        for broken in [Fault::Truncated, Fault::InvalidJson, Fault::HugeBody { bytes: 100_000 }] {
            fault(broken.clone());
            let body = match fixture.request("GET", path).send().await {
                Ok(response) => response.bytes().await,
                Err(error) => Err(error),
            };
            match broken {
                Fault::Truncated if usual == 200 => assert!(body.is_err(), "{broken:?}"),
                Fault::InvalidJson if usual == 200 => {
                    let body = body.expect("it is complete");
                    assert!(serde_json::from_slice::<serde_json::Value>(&body).is_err(), "{body:?}");
                }
                Fault::HugeBody { .. } if usual == 200 => assert!(body.expect("it is complete").len() > 100_000),
                _ => {}
            }
        }
        assert_eq!(fixture.get(path).await.status, usual, "there is no fault left");
        let logged = fixture.sandbox.requests();
        let faults = logged.iter().filter(|request| request.operation_id.as_deref() == Some(operation));
        let names: Vec<_> = faults.filter_map(|request| request.fault).collect();
        let all = ["status", "redirect", "delay", "reset", "response_lost", "truncated", "invalid_json", "huge_body"];
        assert_eq!(names, all);
    }
}

#[tokio::test]
async fn control_routes_know_the_operations_of_the_document() {
    let fixture = Fixture::start(DOCUMENT).await;
    let post = async |route: &str, body: serde_json::Value| {
        let request = fixture.request("POST", &format!("/_sandbox/{route}")).body(body.to_string());
        let response = request.send().await.expect("it responds");
        (response.status().as_u16(), response.text().await.expect("it is text"))
    };
    assert_eq!(post("faults", json!({"operation": "getA", "fault": "reset"})).await.0, 204);
    assert_eq!(post("scenario", json!({"faults": {"getB": [{"status": {"status": 418}}]}})).await.0, 204);
    for (route, body) in [
        ("faults", json!({"operation": "verifyAuth", "fault": "reset"})),
        ("scenario", json!({"faults": {"verifyAuth": ["reset"]}})),
    ] {
        let (status, problem) = post(route, body).await;
        assert_eq!(status, 400);
        assert!(problem.contains("no operation `verifyAuth`; the operations are: getA, getB"), "{problem}");
    }
    assert!(fixture.request("GET", "/a").send().await.is_err(), "it is reset");
    assert_eq!(fixture.get("/b").await.status, 418);
}
