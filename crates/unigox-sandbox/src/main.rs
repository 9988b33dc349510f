//! `unigox-sandbox`: the sandbox for a desk.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to its user")]

use std::{
    fs,
    io::{self, IsTerminal, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use clap::{Parser, ValueEnum};
use unigox_sandbox::{DEFAULT_KEY, LoggedRequest, Sandbox, Scenario};

/// The Unigox Partner API on a desk: it keeps state, follows the rules, and has bad days on demand.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port to listen at; 0 for a free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The address to listen at.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// A key that is taken. Each is a partner of its own, who knows nothing of the others' users.
    #[arg(long = "key", value_name = "KEY", default_value = DEFAULT_KEY)]
    keys: Vec<String>,
    /// What becomes of whom, and what goes wrong: a YAML file.
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Identifiers follow from this number.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How requests are logged; `text` on a terminal and `json` elsewhere without it.
    #[arg(long, value_enum)]
    log: Option<Log>,
    /// Prints the JSON Schema of scenarios, and ends.
    #[arg(long)]
    scenario_schema: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Log {
    /// A line for people.
    Text,
    /// A line of JSON, without bodies and queries.
    Json,
    /// Nothing.
    None,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if arguments.scenario_schema {
        println!("{:#}", Scenario::json_schema());
        return Ok(());
    }
    let scenario = match &arguments.scenario {
        None => Scenario::default(),
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
            let next = "next: `unigox-sandbox --scenario-schema` prints what it may be";
            Scenario::from_yaml(&text).with_context(|| format!("{} is no scenario; {next}", path.display()))?
        }
    };
    let address = SocketAddr::new(arguments.host, arguments.port);
    let mut builder = Sandbox::builder().address(address).seed(arguments.seed);
    for (index, key) in arguments.keys.iter().enumerate() {
        builder = builder.partner(format!("partner-{}", index + 1), key);
    }
    let is_terminal = io::stdout().is_terminal();
    let log = arguments.log.unwrap_or(if is_terminal { Log::Text } else { Log::Json });
    let builder = builder.on_request(move |request| print(request, log, is_terminal));
    let listening = builder.start().await;
    let next = "next: choose another port with --port, or --port 0 for a free one";
    let sandbox = listening.with_context(|| format!("can't listen at {address}; {next}"))?;
    sandbox.apply(scenario)?;
    eprintln!("listening at {}; keys: {}; stop with Ctrl+C", sandbox.base_url(), arguments.keys.len());
    stopped().await?;
    sandbox.stop_and_wait().await;
    Ok(())
}

/// Until somebody wants it to end.
async fn stopped() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            outcome = tokio::signal::ctrl_c() => outcome,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

fn print(request: &LoggedRequest, log: Log, is_terminal: bool) {
    let line = match log {
        Log::None => return,
        Log::Json => json_line(request),
        Log::Text => text_line(request, is_terminal),
    };
    // Whoever read this has gone; the sandbox goes on.
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
    })
    .to_string()
}

fn text_line(request: &LoggedRequest, is_coloured: bool) -> String {
    use anstyle::{AnsiColor, Style};
    let colour = match request.status {
        Some(200..300) => AnsiColor::Green,
        Some(300..500) => AnsiColor::Yellow,
        _ => AnsiColor::Red,
    };
    let style = if is_coloured { colour.on_default() } else { Style::new() };
    let status = request.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let operation = request.operation_id.as_deref().unwrap_or("-");
    let fault = request.fault.map(|fault| format!("  ({fault}, on purpose)")).unwrap_or_default();
    let (time, method, path) = (request.at.format("%H:%M:%S"), &request.method, &request.path);
    format!("{time} {style}{status}{style:#} {operation:<26} {method:<6} {path}{fault}")
}
