//! Everything that is printed: records of this crate and of all that it depends on, panics, `Debug` and `Display`.

use std::{
    error,
    fmt::Debug,
    io, panic,
    sync::{Mutex, Once, PoisonError},
};

use tracing_subscriber::fmt::format::FmtSpan;

use super::canaries::{leak, leak_in_debug};

static PRINTED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// What was printed since it was made, by whatever test.
#[derive(Debug)]
pub(crate) struct Output {
    start: usize,
}

impl Output {
    /// Begins to listen, at every level.
    pub(crate) fn begin() -> Self {
        static LISTENING: Once = Once::new();
        LISTENING.call_once(|| {
            // It also captures the records of `log`.
            tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_span_events(FmtSpan::FULL)
                .with_writer(|| Printer)
                .without_time()
                .init();
            let before = panic::take_hook();
            panic::set_hook(Box::new(move |panic| {
                print(panic.to_string().as_bytes());
                before(panic);
            }));
        });
        Self { start: lock().len() }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&lock()[self.start..]).into_owned()
    }

    /// Fails if a secret or an id was printed.
    pub(crate) fn shows_nothing(&self) {
        let text = self.text();
        assert!(text.contains("unigox"), "nothing was captured");
        if let Some(found) = leak(&text) {
            panic!("printed: {found}");
        }
    }
}

fn lock() -> std::sync::MutexGuard<'static, Vec<u8>> {
    PRINTED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn print(bytes: &[u8]) {
    lock().extend_from_slice(bytes);
}

struct Printer;

impl io::Write for Printer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        print(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Fails if the `Debug` of a value has a secret in it.
pub(crate) fn debug_shows_nothing(what: &str, value: &dyn Debug) {
    if let Some(found) = leak_in_debug(&format!("{value:?}\n{value:#?}")) {
        panic!("`Debug` of {what} has in it: {found}");
    }
}

/// Fails if an error or one of its sources has a secret or an id in it.
pub(crate) fn error_shows_nothing(what: &str, error: &unigox::Error) {
    let mut printed = String::new();
    let mut next: Option<&dyn error::Error> = Some(error);
    while let Some(error) = next {
        printed += &format!("{error}\n{error:#}\n{error:?}\n{error:#?}\n");
        next = error.source();
    }
    if let Some(found) = leak(&printed) {
        panic!("the error of {what} has in it: {found}");
    }
}
