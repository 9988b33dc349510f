//! The program `unigox-sandbox`: exit codes, streams, signals, control routes, and many connections.

#![allow(missing_docs, reason = "tests are claims, and documented by their names")]
#![cfg(unix)]

use std::{
    collections::BTreeSet,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    iter,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use unigox_sandbox::{Sandbox, Scenario};

const README: &str = include_str!("../README.md");
const USERS: &str = "/api/v1/partner/users";
const AUTH: &str = "/api/v1/partner/verify-auth";

/// How long an exchange, or the end of the program, may take.
const TIMEOUT: Duration = Duration::from_secs(20);

// ---- Start ----------------------------------------------------------------------------------------------------------

#[test]
fn a_free_port_is_printed_on_stderr_and_in_a_json_log_on_stdout() {
    let sandbox = Running::start(&["--log", "json"]);
    let url = sandbox.url.clone();
    assert_eq!(sandbox.get(AUTH, "sandbox-key").status, 200, "it listens there");
    let (_, lines) = sandbox.stop();
    assert_eq!(lines[0], json!({"listening": url}).to_string());
}

#[test]
fn each_key_is_a_partner_of_its_own() {
    let sandbox = Running::start(&["--key", "alice", "--key", "bob"]);
    let created = sandbox.post(USERS, "alice", &user("customer-42"));
    assert_eq!(created.status, 201);
    let path = format!("{USERS}/{}", created.json()["data"]["user_uuid"].as_str().expect("a UUID"));
    for (key, status) in [("alice", 200), ("bob", 404), ("sandbox-key", 401), ("", 401), ("alice ", 200)] {
        assert_eq!(sandbox.get(&path, key).status, status, "`{key}`");
    }
    assert_eq!(
        sandbox.post(USERS, "bob", &user("customer-42")).status,
        201,
        "only the other partner has this reference"
    );
}

#[test]
fn a_seed_determines_the_identifiers() {
    let first = |seed| {
        let sandbox = Running::start(&["--seed", seed]);
        sandbox.post(USERS, "sandbox-key", &user("customer-42")).json()["data"]["user_uuid"].clone()
    };
    assert_eq!(first("1"), first("1"));
    assert_ne!(first("1"), first("2"));
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for args in [
        &["--port", "70000"][..],
        &["--host", "nowhere"],
        &["--key", ""],
        &["--key", "a b"],
        &["--log", "xml"],
        &["--seed", "-1"],
        &["--nonsense"],
        &["nonsense"],
    ] {
        let (code, stdout, stderr) = run(args);
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}: {stderr}");
        assert!(stderr.contains("--help"), "{args:?}: {stderr}");
    }
}

#[test]
fn help_describes_every_option_and_what_scripts_need() {
    let (code, help, _) = run(&["--help"]);
    assert_eq!(code, 0);
    for word in [
        "--port",
        "--host",
        "--key",
        "--scenario",
        "--seed",
        "--webhook-secret",
        "sandbox-webhook-secret",
        "--log",
        "--scenario-schema",
        r#"{"listening":"#,
        "Exit codes:",
        "sandbox-key",
        "8787",
    ] {
        assert!(help.contains(word), "{word}");
    }
    let (_, short, _) = run(&["-h"]);
    assert!(short.lines().count() < help.lines().count(), "-h is the short one");
}

#[test]
fn a_port_in_use_ends_with_what_to_do_next() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let (code, stdout, stderr) = run(&["--port", &port]);
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains(&format!("127.0.0.1:{port}")), "{stderr}");
    assert!(last_line(&stderr).starts_with("next: ") && last_line(&stderr).contains("--port 0"), "{stderr}");
}

// ---- Scenarios ------------------------------------------------------------------------------------------------------

#[test]
fn the_scenario_of_the_readme_is_applied() {
    let file = file(example("yaml"));
    let sandbox = Running::start(&["--scenario", file.to_str().expect("a path of text")]);
    let limited = sandbox.post(USERS, "sandbox-key", &user("customer-43"));
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("1")));
    assert_eq!(sandbox.post(USERS, "sandbox-key", &user("customer-43")).status, 503);
    let created = sandbox.post(USERS, "sandbox-key", &user("customer-43"));
    assert_eq!(created.status, 201, "neither of the faults did anything");
    let path = format!("{USERS}/{}", created.json()["data"]["user_uuid"].as_str().expect("a UUID"));
    assert_eq!(sandbox.get(&path, "sandbox-key").header("location"), Some("http://elsewhere.example/"));
}

#[test]
fn an_invalid_scenario_is_reported_with_file_and_line_before_anything_listens() {
    for (text, place, word) in [
        ("faults:\n  createUser: [reset]\n", "faults", "there is no operation `createUser`"),
        ("faults:\n  submitKYC:\n    - explode\n", "line 3", "explode"),
        ("faults:\n  submitKYC: [{ status: { status: 600 } }]\n", "line 2", "600 is not a status"),
        ("faults:\n  submitKYC: [{ status: { status: 199 } }]\n", "line 2", "199 is not a status"),
        ("faults: { submitKYC: [{ redirect: { status: 300, location: / } }] }", "line 1", "300 is not one of"),
        ("faults: { submitKYC: [{ redirect: { status: 302, location: \"\\n\" } }] }", "line 1", "location"),
        ("faults: { submitKYC: [{ status: { status: 200, headers: { \"a b\": c } } }] }", "line 1", "`a b`"),
        (
            "faults: { submitKYC: [{ status: { status: 200, headers: { Content-Length: \"1\" } } }] }",
            "line 1",
            "Length",
        ),
        ("users:\n  a: { verdict: verified }\n  b: { verdict: perhaps }\n", "line 3", "perhaps"),
        ("verification:\n  verdict: verified\n  after_pols: 1\n", "line 3", "after_pols"),
        ("verification: { verdict: verified, after_polls: -1 }\n", "line 1", "u32"),
        ("verification: {}\n", "line 1", "verdict"),
        ("users:\n  a: { verdict: verified\n", "line", ""),
        ("users:\n  \"a\n", "line", ""),
        ("- a list\n", "line 1", ""),
    ] {
        let file = file(text);
        let name = file.to_str().expect("a path of text");
        let (code, stdout, stderr) = run(&["--port", "0", "--scenario", name]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{text}: {stderr}");
        for wanted in [name, place, word] {
            assert!(stderr.contains(wanted), "{text} lacks `{wanted}`: {stderr}");
        }
        assert!(!stderr.contains("listening"), "{text}: {stderr}");
        assert!(last_line(&stderr).starts_with("next: "), "{text}: {stderr}");
    }
}

#[test]
fn an_unreadable_scenario_is_reported_with_its_path() {
    let binary = tempfile::NamedTempFile::new().expect("a file");
    fs::write(binary.path(), b"\xff\xfe").expect("it is written");
    for path in ["/nowhere/scenario.yaml", "/", binary.path().to_str().expect("a path of text")] {
        let (code, _, stderr) = run(&["--port", "0", "--scenario", path]);
        assert_eq!(code, 1, "{path}: {stderr}");
        assert!(stderr.contains(path) && last_line(&stderr).starts_with("next: "), "{path}: {stderr}");
    }
}

#[tokio::test]
async fn the_schema_of_scenarios_accepts_what_the_sandbox_accepts() {
    let sandbox = Sandbox::start().await.expect("the loopback has a free port");
    let (code, stdout, stderr) = run(&["--scenario-schema"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let schema: Value = serde_json::from_str(&stdout).expect("the schema is JSON");
    assert!(jsonschema::meta::is_valid(&schema), "it is a JSON Schema");
    let schema = jsonschema::validator_for(&schema).expect("it is a JSON Schema");
    let cases = [
        (example("yaml"), true),
        ("{}", true),
        ("verification: { verdict: expired }", true),
        ("verification: { verdict: perhaps }", false),
        ("verification: { verdict: failed, reasons: a }", false),
        ("users: { a: failed }", false),
        ("faults: { submitKYC: [truncated, { delay: { milliseconds: 1 } }] }", true),
        ("faults: { submit: [truncated] }", false),
        ("faults: { submitKYC: truncated }", false),
        ("faults: { submitKYC: [{ status: { status: 600 } }] }", false),
        ("faults: { submitKYC: [{ redirect: { status: 300, location: a } }] }", false),
        ("other: 1", false),
    ];
    for (text, is_valid) in cases {
        let value: Value = serde_saphyr::from_str(text).expect("it is YAML");
        assert_eq!(schema.is_valid(&value), is_valid, "the schema: {text}");
        let applied = Scenario::from_yaml(text).and_then(|scenario| sandbox.apply(scenario));
        assert_eq!(applied.is_ok(), is_valid, "the sandbox: {text}");
    }
}

#[test]
fn the_readme_lists_every_fault() {
    let schema = Scenario::json_schema();
    let variants = |name: &str| schema["$defs"][name]["oneOf"].as_array().expect("a fault is one of its variants");
    let names: BTreeSet<_> = [variants("Fault"), variants("DeliveryFault")]
        .into_iter()
        .flatten()
        .map(|variant| {
            variant["const"].as_str().unwrap_or_else(|| variant["required"][0].as_str().expect("a variant has a name"))
        })
        .collect();
    let listed: BTreeSet<_> = first_cells().filter(|cell| !cell.contains('/')).collect();
    assert_eq!(listed, names);
}

// ---- Log ------------------------------------------------------------------------------------------------------------

#[test]
fn a_json_log_has_a_line_for_each_request_and_nothing_that_is_private() {
    let sandbox = Running::start(&["--log", "json", "--key", "private-key"]);
    let body = json!({"user_ref": "private-ref", "email": "private@example.com"});
    sandbox.post(USERS, "private-key", &body);
    sandbox.get(&format!("{AUTH}?name=private-query"), "private-guess");
    sandbox.get("/nothing", "private-key");
    let fault = json!({"operation": "verifyAuth", "fault": "reset"});
    assert_eq!(sandbox.post("/_sandbox/faults", "", &fault).status, 204);
    let lost = sandbox.try_request(&request("GET", AUTH, "private-key", b""));
    assert!(lost.is_err(), "the connection is reset");
    let (_, lines) = sandbox.stop();
    let text = lines.join("\n");
    assert!(!text.contains("private") && !text.contains('\u{1b}'), "{text}");
    let lines: Vec<Value> = lines[1..].iter().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let members = ["at", "body_bytes", "fault", "method", "operation", "partner", "path", "reason", "status"];
    for line in &lines {
        let names: BTreeSet<_> = line.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(names, BTreeSet::from(members));
        assert!(line["at"].as_str().is_some_and(|at| at.parse::<chrono::DateTime<chrono::Utc>>().is_ok()), "{line}");
    }
    let logged: Vec<_> = lines.iter().map(|line| [&line["operation"], &line["partner"], &line["status"]]).collect();
    assert_eq!(
        json!(logged),
        json!([
            ["createPartnerUser", "partner-1", 201],
            ["verifyAuth", null, 401],
            [null, "partner-1", 404],
            ["verifyAuth", "partner-1", null],
        ])
    );
    assert_eq!(lines[0]["body_bytes"], body.to_string().len());
    assert_eq!(lines[3]["fault"], "reset");
    let reason = json!({"place": "header", "pointer": "/x-api-key", "rule": "security"});
    assert_eq!([&lines[0]["reason"], &lines[1]["reason"]], [&Value::Null, &reason]);
    // The example of the README has the same members.
    let example = example("json").lines().last().unwrap_or_default();
    let example: Value = serde_json::from_str(example).expect("the example is JSON");
    assert_eq!(example.as_object().expect("an object").keys().collect::<Vec<_>>(), members);
}

#[test]
fn a_text_log_has_a_line_for_each_request_and_can_be_turned_off() {
    let usual = "200 verifyAuth                 GET    /api/v1/partner/verify-auth";
    let refused = "400 createPartnerUser          POST   /api/v1/partner/users  (body /email: format)";
    for (log, wanted) in [("text", vec![usual, refused]), ("none", vec![])] {
        let sandbox = Running::start(&["--log", log]);
        sandbox.get(&format!("{AUTH}?private"), "sandbox-key");
        sandbox.post(USERS, "sandbox-key", &json!({"user_ref": "customer-42", "email": "private"}));
        let (_, lines) = sandbox.stop();
        let without_time: Vec<_> = lines.iter().filter_map(|line| Some(line.split_once(' ')?.1)).collect();
        assert_eq!(without_time, wanted, "{log}");
    }
}

// ---- End ------------------------------------------------------------------------------------------------------------

#[test]
fn a_signal_stops_it_whatever_its_clients_do() {
    for signal in ["TERM", "INT"] {
        let sandbox = Running::start(&["--log", "none"]);
        let mut idle = sandbox.connect();
        idle.write_all(&kept_alive(AUTH)).expect("it is accepted");
        assert_eq!(Response::read(&mut BufReader::new(&idle)).expect("a response").status, 200);
        let mut half_a_head = sandbox.connect();
        half_a_head.write_all(b"GET / HT").expect("it is accepted");
        let mut half_a_body = sandbox.connect();
        let whole = request("POST", USERS, "sandbox-key", b"{\"user_ref\": 1}");
        half_a_body.write_all(&whole[..whole.len() - 1]).expect("it is accepted");
        let slow = json!({"operation": "createPartnerUser", "fault": {"delay": {"milliseconds": 3_600_000}}});
        assert_eq!(sandbox.post("/_sandbox/faults", "", &slow).status, 204);
        let mut waiting = sandbox.connect();
        let call = request("POST", USERS, "sandbox-key", user("customer-42").to_string().as_bytes());
        waiting.write_all(&call).expect("it is accepted");
        let (status, _) = sandbox.stop_with(signal);
        assert_eq!(status.code(), Some(0), "{signal}: {status}");
    }
}

#[test]
fn a_request_in_progress_gets_its_response_before_the_end() {
    let sandbox = Running::start(&["--log", "none"]);
    let created = sandbox.post(USERS, "sandbox-key", &user("customer-42")).json();
    let path = format!("{USERS}/{}", created["data"]["user_uuid"].as_str().expect("a UUID"));
    let slow = json!({"operation": "submitKYC", "fault": {"delay": {"milliseconds": 300}}});
    assert_eq!(sandbox.post("/_sandbox/faults", "", &slow).status, 204);
    let mut waiting = sandbox.connect();
    let submission = br#"{"method": "handoff", "data": {}}"#;
    let call = request("POST", &format!("{path}/kyc-submissions"), "sandbox-key", submission);
    waiting.write_all(&call).expect("it is accepted");
    // The operation takes effect at once; only its response is late.
    let status = || sandbox.get(&format!("{path}/verification-status"), "sandbox-key").json()["data"]["status"].clone();
    assert!((0..10_000).any(|_| status() != "NOT_INITIATED"), "it never takes effect");
    let (status, _) = sandbox.stop();
    assert_eq!(status.code(), Some(0), "{status}");
    assert_eq!(Response::read(&mut BufReader::new(&waiting)).expect("a response").status, 200);
}

// ---- Control routes -------------------------------------------------------------------------------------------------

#[test]
fn the_commands_of_the_readme_work() {
    let sandbox = Running::start(&[]);
    let mut called = BTreeSet::new();
    // The address for the event.
    let address = json!({"url": "http://127.0.0.1:9/"});
    assert_eq!(sandbox.post("/api/v1/partner/webhooks", "sandbox-key", &address).status, 200);
    for line in README.lines().filter(|line| line.starts_with("curl ")) {
        let path = line.split_once("8787").and_then(|(_, rest)| rest.split(' ').next()).expect("a path");
        let body = line.split_once(" -d '").map(|(_, rest)| rest.trim_end_matches('\''));
        let method = match (line.contains("-X DELETE"), body) {
            (true, _) => "DELETE",
            (false, Some(_)) => "POST",
            (false, None) => "GET",
        };
        let response = sandbox.send(&request(method, path, "", body.unwrap_or_default().as_bytes()));
        assert!(matches!(response.status, 200 | 204), "{line}: {response:?}");
        called.insert(format!("{method} {path}"));
    }
    let listed = first_cells().filter(|route| route.contains("/_sandbox/"));
    assert_eq!(called, listed.map(str::to_owned).collect(), "the table and the commands are the same");
    assert_eq!(called.len(), 15);
}

#[test]
fn control_routes_do_what_they_say() {
    let sandbox = Running::start(&[]);
    let post = |path: &str, body: Value| sandbox.post(path, "sandbox-key", &body);
    let control = |route: &str, body: Value| assert_eq!(post(&format!("/_sandbox/{route}"), body).status, 204);
    let created = post(USERS, user("customer-42")).json();
    let path = format!("{USERS}/{}", created["data"]["user_uuid"].as_str().expect("a UUID"));
    let status = || sandbox.get(&format!("{path}/verification-status"), "sandbox-key").json()["data"]["status"].clone();
    let submission = json!({"method": "handoff", "data": {}});
    let submit = || post(&format!("{path}/kyc-submissions"), submission.clone()).status;

    control("faults", json!({"operation": "submitKYC", "fault": {"status": {"status": 418}}}));
    assert_eq!(submit(), 418);
    control("script", json!({"script": {"verdict": "rejected", "after_polls": 0}}));
    assert_eq!((submit(), status()), (200, json!("VERIFICATION_REJECTED")));
    control("script", json!({"user_ref": "customer-42", "script": {"verdict": "failed", "after_polls": 0}}));
    assert_eq!((submit(), status()), (200, json!("FAILED")));
    let slow = json!({"verdict": "verified", "after_polls": 1000, "after_seconds": 60});
    control("scenario", json!({"users": {"customer-42": slow}, "faults": {"verifyAuth": ["invalid_json"]}}));
    assert_eq!((submit(), status()), (200, json!("IN_PROGRESS")));
    control("advance", json!({"seconds": 60}));
    assert_eq!(status(), "VERIFIED");
    assert!(serde_json::from_slice::<Value>(&sandbox.get(AUTH, "sandbox-key").body).is_err(), "the fault was added");

    let details = json!({"full_name": "Ada Obi", "iban": "DE75512108001245126199"});
    let account = json!({"rail": "iban-sepa", "currency": "EUR", "details": details});
    let account = post(&format!("{path}/payment-details"), account).json();
    let id = &account["data"]["payment_details_id"];
    let deleted = format!("{path}/payment-details/{}", id.as_str().expect("text"));
    for (is_held, status) in [(true, 409), (false, 200)] {
        control("hold", json!({"payment_details_id": id, "held": is_held}));
        assert_eq!(sandbox.send(&request("DELETE", &deleted, "sandbox-key", b"")).status, status);
    }

    control("faults", json!({"operation": "updateKYC", "fault": "reset"}));
    control("faults", json!({"operation": "updateKYC", "fault": "truncated"}));
    assert_eq!(sandbox.get("/_sandbox/faults", "").json(), json!({"updateKYC": ["reset", "truncated"]}));
    assert_eq!(sandbox.send(&request("DELETE", "/_sandbox/users", "", b"")).status, 204);
    assert_eq!(sandbox.get(&path, "sandbox-key").status, 404);
    assert_eq!(post(USERS, user("customer-42")).status, 201, "it is a new one");

    let requests = sandbox.get("/_sandbox/requests", "").json();
    let first = &requests[0];
    assert_eq!((&first["operation_id"], &first["body"]), (&json!("createPartnerUser"), &user("customer-42")));
    assert!(requests.as_array().expect("a list").iter().all(|request| request["operation_id"].is_string()));
    assert_eq!(sandbox.send(&request("DELETE", "/_sandbox/requests", "", b"")).status, 204);
    assert_eq!(sandbox.get("/_sandbox/requests", "").json(), json!([]));
}

#[test]
fn control_routes_refuse_invalid_bodies() {
    let sandbox = Running::start(&[]);
    let huge = format!("{{\"seconds\": {}1}}", " ".repeat(1024 * 1024));
    for (route, body, word) in [
        ("faults", "", "EOF"),
        ("faults", "{}", "operation"),
        ("faults", r#"{"operation": "createUser", "fault": "reset"}"#, "no operation `createUser`"),
        ("faults", r#"{"operation": "submitKYC", "fault": "explode"}"#, "explode"),
        ("faults", r#"{"operation": "submitKYC", "fault": {"status": {"status": 99}}}"#, "99"),
        ("faults", r#"{"operation": "submitKYC", "fault": "reset", "times": 2}"#, "times"),
        ("script", r#"{"verdict": "verified"}"#, "verdict"),
        ("script", r#"{"script": {"verdict": "perhaps"}}"#, "perhaps"),
        ("advance", r#"{"seconds": -1}"#, "-1"),
        ("advance", r#"{"seconds": "1"}"#, "string"),
        ("advance", "60", "60"),
        ("advance", &huge, "bytes"),
        ("hold", r#"{"payment_details_id": 40001, "held": true}"#, "40001"),
        ("hold", r#"{"payment_details_id": "40001"}"#, "held"),
        ("institution", r#"{"institution_id": "invented", "live": false}"#, "no institution `invented`"),
        ("events", r#"{"event_type": "order.status.changed"}"#, "has registered no address"),
        ("events", r#"{"event_type": "order.status.changed", "partner": "nobody"}"#, "no partner `nobody`"),
        ("events", r#"{"event_type": ""}"#, "the type and the identifier of an event"),
        ("events", r#"{"event_type": "a", "event_id": "a b"}"#, "the type and the identifier of an event"),
        ("delivery-faults", r#"{"fault": "explode"}"#, "explode"),
        ("scenario", "[", "EOF"),
        ("scenario", r#"{"faults": {"nothing": []}}"#, "no operation `nothing`"),
    ] {
        let response = sandbox.send(&request("POST", &format!("/_sandbox/{route}"), "", body.as_bytes()));
        assert_eq!(response.status, 400, "{route}: {response:?}");
        let problem = response.json();
        assert!(problem["problem"].as_str().is_some_and(|problem| problem.contains(word)), "{word}: {problem}");
    }
    assert_eq!(sandbox.send(&request("POST", USERS, "sandbox-key", user("a").to_string().as_bytes())).status, 201);
}

#[test]
fn deliveries_are_signed_with_the_secret_logged_and_listed() {
    let receiver = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/events", receiver.local_addr().expect("an address"));
    let receiving = thread::spawn(move || {
        let mut events = Vec::new();
        for status in ["500 Failed", "200 OK"] {
            let (mut stream, _) = receiver.accept().expect("a connection");
            let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                reader.read_line(&mut head).expect("a line");
            }
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            let mut body = vec![0; length.parse().expect("a number")];
            reader.read_exact(&mut body).expect("a body");
            stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes()).expect("it is read");
            events.push((head, serde_json::from_slice::<Value>(&body).expect("JSON")));
        }
        events
    });
    let sandbox = Running::start(&["--log", "json", "--webhook-secret", "private-secret"]);
    assert_eq!(sandbox.post("/api/v1/partner/webhooks", "sandbox-key", &json!({"url": url})).status, 200);
    let event =
        json!({"event_type": "order.status.changed", "event_id": "evt_42", "data": {"user_id": "private-user"}});
    assert_eq!(sandbox.post("/_sandbox/events", "", &event).status, 204);
    let listed = |count: usize| {
        let start = Instant::now();
        loop {
            let listed = sandbox.get("/_sandbox/deliveries", "").json();
            if listed.as_array().expect("a list").len() == count {
                return listed;
            }
            assert!(start.elapsed() < TIMEOUT, "{listed}");
        }
    };
    listed(1);
    assert_eq!(sandbox.post("/_sandbox/advance", "", &json!({"seconds": 60})).status, 204);
    let deliveries = listed(2);
    let outcomes: Vec<_> = deliveries.as_array().expect("a list").iter().map(|delivery| &delivery["outcome"]).collect();
    assert_eq!(outcomes, ["refused", "delivered"]);
    let events = receiving.join().expect("it has received both");
    assert!(
        events.iter().all(|(head, body)| head.contains("x-unigox-signature: sha256=") && body["event_id"] == "evt_42")
    );
    assert_eq!(sandbox.send(&request("DELETE", "/_sandbox/deliveries", "", b"")).status, 204);
    assert_eq!(sandbox.get("/_sandbox/deliveries", "").json(), json!([]));
    let (_, lines) = sandbox.stop();
    assert!(!lines.join("\n").contains("private"), "{lines:?}");
    let lines = lines.iter().filter(|line| line.contains("event_id"));
    let logged: Vec<Value> = lines.map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    assert_eq!(json!(logged), deliveries, "the log has what the list had");
    // The example of the README has the same members.
    let example = example("json").lines().find(|line| line.contains("event_id")).expect("there is one");
    let example: Value = serde_json::from_str(example).expect("the example is JSON");
    let names = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&example), names(&logged[0]));
}

#[test]
fn the_clock_can_be_advanced_to_its_limit() {
    let sandbox = Running::start(&[]);
    let advance = || sandbox.post("/_sandbox/advance", "", &json!({"seconds": u64::MAX})).status;
    assert_eq!((advance(), advance()), (204, 204));
    assert_eq!(sandbox.post(USERS, "sandbox-key", &user("customer-42")).status, 201, "the date is still one");
}

// ---- Many connections -----------------------------------------------------------------------------------------------

#[test]
fn ten_thousand_connections_are_open_at_once_and_served() {
    let limit = Command::new("sh").args(["-c", "ulimit -n"]).output().expect("there is a shell").stdout;
    let limit = String::from_utf8(limit).ok().and_then(|limit| limit.trim().parse().ok()).unwrap_or(usize::MAX);
    // As many as this process may have, except for those that other tests need.
    let count = limit.saturating_sub(200).min(10_000);
    let sandbox = Running::start(&["--log", "none"]);
    let mut streams = Vec::new();
    for batch in (0..count).collect::<Vec<_>>().chunks(100) {
        streams.extend(batch.iter().map(|_| sandbox.connect()));
        assert_eq!(sandbox.get(AUTH, "sandbox-key").status, 200, "one more is served");
    }
    for stream in &mut streams {
        stream.write_all(&kept_alive(AUTH)).expect("it is accepted");
    }
    for (index, stream) in streams.iter().enumerate() {
        assert_eq!(Response::read(&mut BufReader::new(stream)).expect("a response").status, 200, "{index} of {count}");
    }
}

#[test]
fn too_many_connections_are_served_in_turn() {
    let command = format!("ulimit -n 64; exec {} --port 0 --log none", env!("CARGO_BIN_EXE_unigox-sandbox"));
    let mut shell = Command::new("sh");
    shell.args(["-c", &command]);
    let sandbox = Running::spawn(shell);
    let mut streams: Vec<_> = (0..150).map(|_| sandbox.connect()).collect();
    // No request is sent, so that no connection ends. The sandbox has no file descriptor left once it uses the last one.
    if cfg!(target_os = "linux") {
        let last = PathBuf::from(format!("/proc/{}/fd/63", sandbox.child.id()));
        let start = Instant::now();
        let mut polls = iter::repeat_with(|| last.exists()).take_while(|_| start.elapsed() < TIMEOUT);
        assert!(polls.any(|is_used| is_used), "there are file descriptors left");
    }
    for stream in &mut streams {
        stream.write_all(&request("GET", AUTH, "sandbox-key", b"")).expect("it is accepted");
    }
    for (index, stream) in streams.iter().enumerate() {
        assert_eq!(Response::read(&mut BufReader::new(stream)).expect("a response").status, 200, "{index}");
    }
    assert_eq!(sandbox.get(AUTH, "sandbox-key").status, 200);
    assert_eq!(sandbox.stop().0.code(), Some(0));
}

// ---- The binary -----------------------------------------------------------------------------------------------------

/// Runs the binary to its end.
fn run(args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unigox-sandbox"));
    let output = command.args(args).stdin(Stdio::null()).output().expect("the binary starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert!(!stderr.contains("panicked"), "{args:?}: {stderr}");
    (output.status.code().expect("it was not killed"), stdout, stderr)
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}

/// A file with `text` in it.
fn file(text: &str) -> tempfile::TempPath {
    let file = tempfile::Builder::new().suffix(".yaml").tempfile().expect("a file");
    fs::write(file.path(), text).expect("it is written");
    file.into_temp_path()
}

/// The first cells of the tables in the README.
fn first_cells() -> impl Iterator<Item = &'static str> {
    README.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0))
}

/// The one block of the README in `language`.
fn example(language: &str) -> &'static str {
    let start = format!("```{language}\n");
    let (_, rest) = README.split_once(&start).expect("the README has such a block");
    rest.split_once("```").expect("a block has an end").0
}

fn user(user_ref: &str) -> Value {
    json!({"user_ref": user_ref, "email": "ada@example.com"})
}

/// A running binary, until it is dropped.
struct Running {
    child: Child,
    url: String,
    stdout: Option<ChildStdout>,
    stderr: BufReader<ChildStderr>,
}

impl Running {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unigox-sandbox"));
        command.args(["--port", "0"]).args(args);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let stdout = child.stdout.take();
        let mut stderr = BufReader::new(child.stderr.take().expect("stderr is a pipe"));
        let mut line = String::new();
        stderr.read_line(&mut line).expect("it prints its address");
        let url =
            line.strip_prefix("listening on ").and_then(|rest| rest.split_once(';')).map(|(url, _)| url.to_owned());
        let url = url.unwrap_or_else(|| panic!("it does not print its address, but: {line}"));
        Self { child, url, stdout, stderr }
    }

    fn stop(self) -> (ExitStatus, Vec<String>) {
        self.stop_with("TERM")
    }

    /// The exit status, and the lines of stdout.
    fn stop_with(mut self, signal: &str) -> (ExitStatus, Vec<String>) {
        let kill = Command::new("kill").args(["-s", signal, &self.child.id().to_string()]).status();
        assert!(kill.is_ok_and(|status| status.success()), "it runs");
        let mut stdout = self.stdout.take().expect("stdout is a pipe");
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut text = String::new();
            let _ = sender.send(stdout.read_to_string(&mut text).map(|_| text));
        });
        let text = receiver.recv_timeout(TIMEOUT).expect("it ends").expect("stdout is text");
        let status = self.child.wait().expect("it ended");
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).expect("stderr is text");
        assert_eq!(rest, "", "a normal end prints nothing");
        (status, text.lines().map(str::to_owned).collect())
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.url.strip_prefix("http://").expect("a URL")).expect("it listens");
        stream.set_read_timeout(Some(TIMEOUT)).expect("a socket has a time-out");
        stream
    }

    fn try_request(&self, bytes: &[u8]) -> io::Result<Response> {
        let mut stream = self.connect();
        stream.write_all(bytes)?;
        Response::read(&mut BufReader::new(&stream))
    }

    fn send(&self, bytes: &[u8]) -> Response {
        self.try_request(bytes).expect("a response")
    }

    fn get(&self, path: &str, key: &str) -> Response {
        self.send(&request("GET", path, key, b""))
    }

    fn post(&self, path: &str, key: &str, body: &Value) -> Response {
        self.send(&request("POST", path, key, body.to_string().as_bytes()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn request(method: &str, path: &str, key: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{method} {path} HTTP/1.1\r\nhost: a\r\nx-api-key: {key}\r\nconnection: close\r\n");
    let head = format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A request after which the connection stays open.
fn kept_alive(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: a\r\nx-api-key: sandbox-key\r\n\r\n").into_bytes()
}

#[derive(Debug)]
struct Response {
    status: u16,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Response {
    fn read(stream: &mut impl BufRead) -> io::Result<Self> {
        let headers: Vec<_> = stream
            .by_ref()
            .lines()
            .take_while(|line| !matches!(line, Ok(line) if line.is_empty()))
            .collect::<io::Result<_>>()?;
        let status = headers.first().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let mut response = Self { status: status.ok_or(io::ErrorKind::UnexpectedEof)?, headers, body: Vec::new() };
        let length = response.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        response.body.resize(length, 0);
        stream.read_exact(&mut response.body)?;
        Ok(response)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter().filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}
