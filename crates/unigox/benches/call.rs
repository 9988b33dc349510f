//! The time of a call through the facade, compared with hand-written reqwest and serde and with the generated client:
//! `cargo bench -p unigox --bench call`.
//!
//! All three call the same server on the loopback, over one connection each, in turns within one run. A ratio is the median
//! over all turns of the facade's time divided by the other's in the same turn. Beside it are the instructions of a call, as
//! valgrind counts them, if it is there: time depends on what else a machine does, and they do not.

#![allow(missing_docs, clippy::print_stdout, reason = "a benchmark prints")]

mod server;

use std::{
    collections::HashMap,
    net::SocketAddr,
    process::Command,
    time::{Duration, Instant},
};

use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use unigox::{Client, Environment, PaymentDetails, SepaAccount};
use unigox_client::{RawResponse, Transport, types};
use uuid::{Uuid, uuid};

const USER: Uuid = uuid!("6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04");
const KEY: &str = "a key for a benchmark";
const TURNS: usize = 301;
const CALLS_IN_A_TURN: u32 = 100;
const UNKNOWN_FIELDS: usize = 40;

/// Says what to call, in a process whose instructions are counted: operation, caller, number of calls, address.
const COUNTED: &str = "UNIGOX_BENCH_COUNTED";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Ok(counted) = std::env::var(COUNTED) {
        return call_counted(&counted).await;
    }
    println!("{TURNS} turns of {CALLS_IN_A_TURN} calls each; microseconds for one call, median over the turns\n");
    heading();
    let servers = Operation::ALL.map(|operation| (operation, operation.server()));
    for (operation, server) in servers {
        let callers = Callers::of(server);
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..TURNS {
            for (caller, times) in Caller::ALL.into_iter().zip(&mut times) {
                times.push(turn(|| callers.call(operation, caller)).await.as_secs_f64() * 1e6);
            }
        }
        print(operation, &times);
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("\nInstructions are not counted: valgrind is not there.");
        return;
    }
    println!("\nThousands of instructions for one call\n");
    heading();
    for (operation, server) in servers {
        print(operation, &Caller::ALL.map(|caller| vec![instructions(operation, caller, server) / 1e3]));
    }
    let read = |server| instructions(Operation::GetPartnerUser, Caller::Facade, server);
    let more = server::start(200, &user(UNKNOWN_FIELDS).to_string());
    let more = read(more) - read(Operation::GetPartnerUser.server());
    println!(
        "\nInstructions for a field that the document does not list, of {UNKNOWN_FIELDS} in a read: {:.0}",
        more / UNKNOWN_FIELDS as f64
    );
}

/// The response to a read, with some fields in its data that the document does not list: texts, numbers and booleans.
fn user(unknown_fields: usize) -> Value {
    let profile = json!({"id": "987", "rail": "iban-sepa", "currency": "EUR", "institution_name": null,
        "institution_id": "other-bank",
        "details": {"iban": "DE75512108001245126199", "full_name": "Ada Obi"}});
    let mut body = json!({"success": true, "data": {"user_uuid": USER, "email": "ada@example.com",
        "created_at": "2026-11-23T12:00:00Z", "kyc": {"status": "VERIFIED", "kyc_method": "direct_data",
        "first_name": "Ada", "last_name": "Obi", "country_code": "NG", "rejection_reason": null,
        "updated_at": "2026-11-23T12:00:00Z"}, "payment_profiles": [profile, profile, profile]}});
    for index in 0..unknown_fields {
        let value = [json!("a text of this length"), json!(index), json!(true)];
        body["data"][format!("later_field_{index}")] = value[index % value.len()].clone();
    }
    body
}

fn heading() {
    println!("{:<24} {:>8} {:>10} {:>12} {:>10} {:>10}", "", "facade", "generated", "hand-written", "ratio", "ratio");
}

fn print(operation: Operation, [facade, generated, hand_written]: &[Vec<f64>; 3]) {
    let ratio = |others: &[f64]| median(facade.iter().zip(others).map(|(ours, theirs)| ours / theirs).collect());
    println!(
        "{:<24} {:>8.1} {:>10.1} {:>12.1} {:>10.3} {:>10.3}",
        format!("{operation:?}"),
        median(facade.clone()),
        median(generated.clone()),
        median(hand_written.clone()),
        ratio(generated),
        ratio(hand_written),
    );
}

/// The instructions of one call: the difference between many calls and few, in processes that do nothing else.
fn instructions(operation: Operation, caller: Caller, server: SocketAddr) -> f64 {
    const FEW: u32 = 100;
    const MANY: u32 = 600;
    let count = |calls: u32| {
        let this = std::env::current_exe().expect("a program has a path");
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(this);
        let output = valgrind.env(COUNTED, format!("{operation:?} {caller:?} {calls} {server}")).output();
        let report = String::from_utf8(output.expect("valgrind runs").stderr).expect("text");
        let count = report.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse::<f64>().ok());
        count.unwrap_or_else(|| panic!("valgrind counted nothing:\n{report}"))
    };
    (count(MANY) - count(FEW)) / f64::from(MANY - FEW)
}

async fn call_counted(counted: &str) {
    let words: Vec<&str> = counted.split(' ').collect();
    let [operation, caller, calls, server] = words[..] else { panic!("{COUNTED} has {} words", words.len()) };
    let operation = Operation::ALL.into_iter().find(|one| format!("{one:?}") == operation).expect("an operation");
    let caller = Caller::ALL.into_iter().find(|one| format!("{one:?}") == caller).expect("a caller");
    let callers = Callers::of(server.parse().expect("an address"));
    for _ in 0..calls.parse().expect("a number") {
        callers.call(operation, caller).await;
    }
}

/// What is called.
#[derive(Clone, Copy, Debug)]
enum Operation {
    GetPartnerUser,
    CreatePaymentDetails,
}

impl Operation {
    const ALL: [Self; 2] = [Self::GetPartnerUser, Self::CreatePaymentDetails];

    fn server(self) -> SocketAddr {
        match self {
            Self::GetPartnerUser => server::start(200, &user(0).to_string()),
            Self::CreatePaymentDetails => {
                let body = json!({"success": true, "data": {"payment_details_id": "987", "rail": "iban-sepa",
                    "currency": "EUR", "institution_name": null, "institution_id": "other-bank",
                    "details": {"iban": "DE75512108001245126199", "full_name": "Ada Obi"}}});
                server::start(201, &body.to_string())
            }
        }
    }
}

/// Who calls.
#[derive(Clone, Copy, Debug)]
enum Caller {
    Facade,
    Generated,
    HandWritten,
}

impl Caller {
    const ALL: [Self; 3] = [Self::Facade, Self::Generated, Self::HandWritten];
}

/// The three clients of the same server.
struct Callers {
    facade: unigox::UserHandle,
    generated: unigox_client::Client<Plain>,
    http: reqwest::Client,
    base: String,
}

impl Callers {
    fn of(server: SocketAddr) -> Self {
        let base = format!("http://{server}");
        let facade = Client::builder(Environment::Custom(base.clone())).api_key(KEY).build().expect("a client");
        let generated = unigox_client::Client::new(&base, Plain(http())).expect("a client");
        Self { facade: facade.user(USER), generated, http: http(), base }
    }

    async fn call(&self, operation: Operation, caller: Caller) {
        match (operation, caller) {
            (Operation::GetPartnerUser, Caller::Facade) => self.read_by_facade().await,
            (Operation::GetPartnerUser, Caller::Generated) => self.read_by_generated().await,
            (Operation::GetPartnerUser, Caller::HandWritten) => self.read_by_hand().await,
            (Operation::CreatePaymentDetails, Caller::Facade) => self.create_by_facade().await,
            (Operation::CreatePaymentDetails, Caller::Generated) => self.create_by_generated().await,
            (Operation::CreatePaymentDetails, Caller::HandWritten) => self.create_by_hand().await,
        }
    }

    async fn read_by_facade(&self) {
        drop(self.facade.get().await.expect("a response"));
    }

    async fn read_by_generated(&self) {
        drop(self.generated.get_partner_user(USER).await.expect("a response"));
    }

    async fn read_by_hand(&self) {
        let url = format!("{}/api/v1/partner/users/{USER}", self.base);
        let response = self.http.get(&url).header("X-API-Key", KEY).send().await.expect("a response");
        let body = response.error_for_status().expect("a success").bytes().await.expect("a whole response");
        drop(serde_json::from_slice::<Envelope<HandWrittenUser>>(&body).expect("a response of this shape"));
    }

    async fn create_by_facade(&self) {
        let account = SepaAccount::new("Ada Obi", "DE75512108001245126199");
        drop(self.facade.payment_details().create(&PaymentDetails::sepa(account)).await.expect("a response"));
    }

    async fn create_by_generated(&self) {
        let details = [("full_name", "Ada Obi"), ("iban", "DE75512108001245126199")];
        let details = details.map(|(name, value)| (name.to_owned(), Value::from(value))).into_iter().collect();
        let rail = unigox::InstitutionOptionalRail::IbanSepa;
        let body = types::CreatePaymentDetailsRequestInstitutionOptional::new("EUR", rail, details);
        drop(self.generated.create_payment_details(USER, &body.into()).await.expect("a response"));
    }

    async fn create_by_hand(&self) {
        let url = format!("{}/api/v1/partner/users/{USER}/payment-details", self.base);
        let details = HandWrittenDetails { full_name: "Ada Obi", iban: "DE75512108001245126199" };
        let body = HandWrittenRequest { currency: "EUR", rail: "iban-sepa", details };
        let body = serde_json::to_vec(&body).expect("JSON");
        let request =
            self.http.post(&url).header("X-API-Key", KEY).header("Content-Type", "application/json").body(body);
        let response = request.send().await.expect("a response");
        let body = response.error_for_status().expect("a success").bytes().await.expect("a whole response");
        drop(serde_json::from_slice::<Envelope<HandWrittenProfile>>(&body).expect("a response of this shape"));
    }
}

async fn turn<F: Future<Output = ()>>(call: impl Fn() -> F) -> Duration {
    let start = Instant::now();
    for _ in 0..CALLS_IN_A_TURN {
        call().await;
    }
    start.elapsed() / CALLS_IN_A_TURN
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn http() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.timeout(Duration::from_secs(30)).build().expect("a client")
}

/// The transport of the documentation of `unigox_client::Transport`.
struct Plain(reqwest::Client);

impl Transport for Plain {
    type Error = reqwest::Error;

    fn http(&self) -> &reqwest::Client {
        &self.0
    }

    async fn send(
        &self,
        mut request: reqwest::Request,
        _: &'static unigox_client::Operation,
    ) -> Result<RawResponse, reqwest::Error> {
        request.headers_mut().insert("X-API-Key", HeaderValue::from_static(KEY));
        let response = self.0.execute(request).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(RawResponse::new(status, headers, response.bytes().await?))
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read, as a program that uses them would")]
struct Envelope<T> {
    success: bool,
    data: T,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read, as a program that uses them would")]
struct HandWrittenUser {
    user_uuid: Uuid,
    email: Option<String>,
    created_at: Option<chrono::DateTime<chrono::Utc>>,
    kyc: Option<HandWrittenKyc>,
    payment_profiles: Vec<HandWrittenProfile>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read, as a program that uses them would")]
struct HandWrittenKyc {
    status: Option<String>,
    kyc_method: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    country_code: Option<String>,
    rejection_reason: Option<String>,
    updated_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read, as a program that uses them would")]
struct HandWrittenProfile {
    #[serde(alias = "payment_details_id")]
    id: String,
    rail: String,
    currency: String,
    institution_name: Option<String>,
    institution_id: Option<String>,
    details: HashMap<String, Value>,
}

#[derive(Serialize)]
struct HandWrittenRequest {
    currency: &'static str,
    rail: &'static str,
    details: HandWrittenDetails,
}

#[derive(Serialize)]
struct HandWrittenDetails {
    full_name: &'static str,
    iban: &'static str,
}
