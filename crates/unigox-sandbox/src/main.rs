//! `unigox-sandbox`: the mock server as a program.

#![expect(clippy::print_stderr, reason = "diagnostics go to stderr")]

use std::{
    fs,
    io::{self, IsTerminal, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, ValueEnum};
use unigox_sandbox::{
    DEFAULT_KEY, DEFAULT_WEBHOOK_SECRET, InvalidScenario, LoggedDelivery, LoggedRequest, Sandbox, Scenario,
};

/// How long requests in progress may take to end after a signal.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// A mock server for the Unigox Partner API: it keeps state, follows the API's rules, and injects faults.
///
/// It prints the address that it listens at on stderr, and logs requests and deliveries of events on stdout. With `--log json` (the default when
/// stdout is not a terminal) the first line of stdout is `{"listening":"http://127.0.0.1:PORT"}`, for scripts that start
/// it with `--port 0`. Each line after it is a request, without body, key and query, or a delivery, without data.
///
/// Routes below `/_sandbox` control it while it runs: see the README of this crate.
///
/// Exit codes: 0 stopped by Ctrl+C or SIGTERM; 1 can't start; 2 wrong usage.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// The port to listen at; 0 for a free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The address to listen at. Everybody who can connect to it can control the sandbox, without a key.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// An accepted API key; may be repeated. Each key is a partner of its own, who does not see the users of others.
    #[arg(long = "key", value_name = "KEY", default_value = DEFAULT_KEY, value_parser = key)]
    keys: Vec<String>,
    /// The secret that events are signed with.
    #[arg(long, value_name = "SECRET", default_value = DEFAULT_WEBHOOK_SECRET)]
    webhook_secret: String,
    /// A YAML file with outcomes of verifications and faults to inject.
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// The seed of generated identifiers.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// The format of the log; by default `text` on a terminal, and `json` otherwise.
    #[arg(long, value_enum)]
    log: Option<Log>,
    /// Print the JSON Schema of scenarios, and exit.
    #[arg(long)]
    scenario_schema: bool,
}

const EXAMPLES: &str = "\
Examples:
  unigox-sandbox
  unigox-sandbox --key alice --key bob --scenario scenario.yaml
  curl -H 'X-API-Key: sandbox-key' http://127.0.0.1:8787/api/v1/partner/verify-auth";

/// Parses a key: it has to be a valid header value.
fn key(text: &str) -> Result<String, &'static str> {
    let is_valid = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_valid.then(|| text.to_owned()).ok_or("a key consists of one or more visible ASCII characters")
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Log {
    /// A line of text for each request and each delivery.
    Text,
    /// A line of JSON for each request and each delivery.
    Json,
    /// No log.
    None,
}

/// Why the sandbox can't start, and what to do next.
struct Failure {
    message: String,
    next: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { message, next }) => {
            eprintln!("error: {}\nnext: {next}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    if arguments.scenario_schema {
        // If the reader has closed the pipe, nobody needs the schema.
        let _ = writeln!(io::stdout(), "{:#}", Scenario::json_schema());
        return Ok(());
    }
    let path = arguments.scenario.as_deref();
    let scenario = path.map(read_scenario).transpose()?.unwrap_or_default();
    let address = SocketAddr::new(arguments.host, arguments.port);
    let mut builder = Sandbox::builder().address(address).seed(arguments.seed);
    builder = builder.webhook_secret(arguments.webhook_secret);
    for (index, key) in arguments.keys.iter().enumerate() {
        builder = builder.partner(format!("partner-{}", index + 1), key);
    }
    let is_terminal = io::stdout().is_terminal();
    let log = arguments.log.unwrap_or(if is_terminal { Log::Text } else { Log::Json });
    let builder = builder
        .on_request(move |request| print(log, || json_line(request), || text_line(request, is_terminal)))
        .on_delivery(move |delivery| print(log, || json_of(delivery), || text_of(delivery, is_terminal)));
    let signal = stop_signal().map_err(|error| Failure {
        message: format!("can't wait for signals: {error}"),
        next: "start it from another shell".to_owned(),
    })?;
    // Locked until the address is printed, so that requests are logged after it.
    let mut stdout = io::stdout().lock();
    let sandbox = builder.start().await.map_err(|error| Failure {
        message: format!("can't listen at {address}: {error}"),
        next: "choose another port with --port, or --port 0 for a free one".to_owned(),
    })?;
    sandbox.apply(scenario).map_err(|error| invalid_scenario(path.unwrap_or(Path::new("scenario")), &error))?;
    if matches!(log, Log::Json) {
        let _ = writeln!(stdout, "{}", serde_json::json!({"listening": sandbox.base_url()}));
    }
    drop(stdout);
    eprintln!("listening on {}; keys: {}; stop with Ctrl+C", sandbox.base_url(), arguments.keys.len());
    signal.await;
    // Requests that are still in progress then are dropped.
    let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, sandbox.stop_and_wait()).await;
    Ok(())
}

fn read_scenario(path: &Path) -> Result<Scenario, Failure> {
    let file = path.display();
    let text = fs::read_to_string(path).map_err(|error| Failure {
        message: format!("can't read {file}: {error}"),
        next: "name a file of UTF-8 text with --scenario".to_owned(),
    })?;
    Scenario::from_yaml(&text).map_err(|error| invalid_scenario(path, &error))
}

fn invalid_scenario(path: &Path, error: &InvalidScenario) -> Failure {
    Failure {
        message: format!("{} is not a valid scenario: {error}", path.display()),
        next: "correct the file; `unigox-sandbox --scenario-schema` prints the JSON Schema of scenarios".to_owned(),
    }
}

/// Installs the signal handlers. The future ends at the first signal.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Installs the signal handlers. The future ends at the first signal.
#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move { drop(interrupt.recv().await) })
}

fn print(log: Log, json: impl Fn() -> String, text: impl Fn() -> String) {
    let line = match log {
        Log::None => return,
        Log::Json => json(),
        Log::Text => text(),
    };
    // If the reader has closed the pipe, the sandbox keeps running.
    let _ = writeln!(io::stdout().lock(), "{line}");
}

fn json_line(request: &LoggedRequest) -> String {
    serde_json::json!({
        "at": request.at,
        "operation": request.operation_id,
        "method": request.method,
        "path": request.path,
        "partner": request.partner,
        "body_bytes": request.body_bytes,
        "status": request.status,
        "fault": request.fault,
        "reason": request.reason,
    })
    .to_string()
}

fn text_line(request: &LoggedRequest, is_coloured: bool) -> String {
    let status = status_text(request.status, is_coloured);
    let operation = request.operation_id.as_deref().unwrap_or("-");
    let fault = request.fault.map(|fault| format!("  (injected fault: {fault})")).unwrap_or_default();
    let reason = request.reason.as_ref().map(|reason| format!("  ({reason})")).unwrap_or_default();
    let (time, method, path) = (request.at.format("%H:%M:%S"), &request.method, &request.path);
    format!("{time} {status} {operation:<26} {method:<6} {path}{reason}{fault}")
}

fn json_of(delivery: &LoggedDelivery) -> String {
    serde_json::json!(delivery).to_string()
}

fn text_of(delivery: &LoggedDelivery, is_coloured: bool) -> String {
    let LoggedDelivery { at, event_type, event_id, attempt, outcome, .. } = delivery;
    let (time, status) = (at.format("%H:%M:%S"), status_text(delivery.status, is_coloured));
    let fault = delivery.fault.map(|fault| format!("  (injected fault: {fault})")).unwrap_or_default();
    let retry = delivery.retry_at.map(|time| format!(", again at {}", time.format("%H:%M:%S"))).unwrap_or_default();
    format!("{time} {status} {event_type:<26} event  {event_id}  (attempt {attempt}: {outcome}{retry}){fault}")
}

/// The status, with the colour of its class.
fn status_text(status: Option<u16>, is_coloured: bool) -> String {
    use anstyle::{AnsiColor, Style};
    let colour = match status {
        Some(200..300) => AnsiColor::Green,
        Some(300..500) => AnsiColor::Yellow,
        _ => AnsiColor::Red,
    };
    let style = if is_coloured { colour.on_default() } else { Style::new() };
    let status = status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    format!("{style}{status}{style:#}")
}
