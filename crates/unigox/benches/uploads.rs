//! The memory that fifty concurrent uploads of 10 MB need: `cargo bench -p unigox --bench uploads`.
//!
//! The server is in the same process, so its buffers are part of the figures.

#![allow(missing_docs, clippy::print_stdout, reason = "a benchmark prints")]

mod server;

use std::{io::Write, time::Instant};

use peak_alloc::PeakAlloc;
use tokio::task::JoinSet;
use unigox::{Client, DocumentFile, DocumentType, Environment, uuid::uuid};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const FILES: usize = 50;
const BYTES: usize = 10 * 1000 * 1000;

#[tokio::main]
async fn main() {
    let mut photo = tempfile::NamedTempFile::with_suffix(".jpg").expect("a temporary file");
    photo.write_all(b"\xff\xd8\xff\xe0").expect("the file can be written");
    let rest = vec![7; 1000];
    for _ in 0..BYTES / rest.len() {
        photo.write_all(&rest).expect("the file can be written");
    }
    let base = format!("http://{}", server::start(200, r#"{"success":true,"data":{"document_id":"1"}}"#));
    let unigox = Client::builder(Environment::Custom(base)).api_key("a key for a benchmark").build().expect("a client");
    let user = unigox.user(uuid!("6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04"));
    let upload = |user: unigox::UserHandle, path: std::path::PathBuf| async move {
        let file = DocumentFile::open(path).await.expect("the file can be read");
        user.documents().upload(DocumentType::Selfie, file).await.expect("a response");
    };
    // The first upload allocates what is needed once.
    upload(user.clone(), photo.path().to_owned()).await;

    HEAP.reset_peak_usage();
    let idle_heap = HEAP.current_usage_as_mb();
    let idle = resident();
    let start = Instant::now();
    let mut uploads = JoinSet::new();
    for _ in 0..FILES {
        uploads.spawn(upload(user.clone(), photo.path().to_owned()));
    }
    let mut most = idle;
    while let Some(done) = uploads.join_next().await {
        done.expect("no upload panics");
        most = most.max(resident());
    }
    let peak = resident_peak().max(most);

    println!("{FILES} files of {} MB at once, in {:.1} s", BYTES / 1_000_000, start.elapsed().as_secs_f64());
    println!("heap:     {:6.1} MiB above idle at its peak", HEAP.peak_usage_as_mb() - idle_heap);
    println!("resident: {:6.1} MiB above idle at its peak", (peak - idle) / 1024.0);
}

/// Resident memory in KiB, as the kernel counts it.
fn resident() -> f64 {
    status("VmRSS:")
}

/// The peak of resident memory, in KiB.
fn resident_peak() -> f64 {
    status("VmHWM:")
}

fn status(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse().unwrap_or(f64::NAN)
}
