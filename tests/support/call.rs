//! One call of each operation, for tests that hold for all of them: made with sample values, from the table that is generated.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    pin::Pin,
    sync::LazyLock,
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use unigox::{Api, Client, DocumentFile, Environment, Error, Response, RetryBudget, types::FilePart};
use uuid::{Uuid, uuid};
use xtask::calls::{self, SampleBody, SampleCall, SampleResponse};

use crate::{Document, DocumentedOperation, Reply, generated::calls::ROWS};

/// The user that calls are about.
pub const USER: Uuid = uuid!("6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04");

/// A file that is detected as a PNG, and is sent in more than one piece.
pub static PICTURE: LazyLock<Vec<u8>> =
    LazyLock::new(|| b"\x89PNG\r\n\x1a\n".iter().copied().chain((0..=255).cycle().take(200_000)).collect());

/// The facade, of the API at `base_url`, with as many retries as a test needs.
pub fn facade_at(base_url: &str) -> Client {
    let builder = Client::builder(Environment::Custom(base_url.to_owned())).retry_budget(RetryBudget::unlimited());
    builder.api_key(crate::API_KEY).build().expect("these settings go together")
}

/// A row of the generated table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) send: for<'c> fn(Api<'c>) -> Sending<'c>,
}

/// A call on its way. It ends with the value as JSON, where there is one.
pub(crate) type Sending<'c> = Pin<Box<dyn Future<Output = Result<Received, Error>> + Send + 'c>>;

/// A response of a call: the value that was read, if it can be written as JSON, and what it was read from.
#[derive(Debug)]
#[non_exhaustive]
pub struct Received {
    /// The value.
    pub value: Option<Value>,
    /// The status.
    pub status: u16,
    /// What `Debug` shows of the response.
    pub shown: String,
}

/// A row of the table: its name, its operation, and the call.
macro_rules! row {
    ($name:literal, $operation:literal, |$api:ident| $call:expr) => {
        Row {
            name: $name,
            operation: $operation,
            send: |$api| Box::pin(async move { $call.await.map(|response| crate::call::received(&response)) }),
        }
    };
}

/// The same for a value that can't be written as JSON.
#[allow(unused_macros, reason = "a document may have no such value")]
macro_rules! opaque_row {
    ($name:literal, $operation:literal, |$api:ident| $call:expr) => {
        Row {
            name: $name,
            operation: $operation,
            send: |$api| Box::pin(async move { $call.await.map(|response| crate::call::opaque(&response)) }),
        }
    };
}

#[allow(unused_imports, reason = "as above")]
pub(crate) use {opaque_row, row};

/// A value from its JSON.
pub(crate) fn json<V: DeserializeOwned>(text: &str) -> V {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("a sample fits its type: {error}: {text}"))
}

/// A file for the part `name` of a form.
pub(crate) fn file(name: &str) -> FilePart {
    DocumentFile::from_bytes(format!("{name}.png"), PICTURE.clone()).expect("it is a PNG").into()
}

pub(crate) fn received<T: Serialize + fmt::Debug>(response: &Response<T>) -> Received {
    let value = serde_json::to_value(response.value()).expect("a value can be written");
    Received { value: Some(value), ..opaque(response) }
}

pub(crate) fn opaque<T: fmt::Debug>(response: &Response<T>) -> Received {
    let status = response.http_status().as_u16();
    Received { value: None, status, shown: format!("{response:?} {response:#?}") }
}

/// A call of an operation through [`Client::api`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Call(usize);

/// What the document says of the calls, in their order.
static SAMPLES: LazyLock<Vec<SampleCall>> = LazyLock::new(|| {
    let samples = calls::calls(Document::checked_in().value());
    let names = |(row, sample): (&Row, &SampleCall)| assert_eq!(row.name, sample.name, "run `cargo xtask codegen`");
    assert_eq!(ROWS.len(), samples.len(), "run `cargo xtask codegen`");
    ROWS.iter().zip(&samples).for_each(names);
    samples
});

/// The responses of success that the document describes, by their operation.
static SUCCESSES: LazyLock<BTreeMap<String, Vec<SampleResponse>>> = LazyLock::new(|| {
    let mut all: BTreeMap<String, Vec<SampleResponse>> = BTreeMap::new();
    for response in calls::responses(Document::checked_in().value()) {
        all.entry(response.operation.clone()).or_default().push(response);
    }
    all
});

impl Call {
    /// Every one: each operation, once for each variant of its body.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..ROWS.len()).map(Self)
    }

    /// One of each operation.
    pub fn of_each_operation() -> impl Iterator<Item = Self> {
        let mut seen = BTreeSet::new();
        Self::all().filter(move |call| seen.insert(call.operation_id()))
    }

    /// One of each kind: safe to repeat or not, with which kind of body, and with which kind of response. For what takes long.
    pub fn of_each_kind() -> impl Iterator<Item = Self> {
        let mut seen = BTreeSet::new();
        Self::all().filter(move |call| {
            let body = match call.sample().body {
                SampleBody::None => 0,
                SampleBody::Json(..) => 1,
                SampleBody::Other(_) => 2,
                SampleBody::Form(_) => 3,
            };
            seen.insert((call.is_safe_to_repeat(), body, call.returns_data(), call.returns_json()))
        })
    }

    /// The first call of an operation.
    pub fn of(operation_id: &str) -> Self {
        Self::all().find(|call| call.operation_id() == operation_id).expect("the operation is in the document")
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        ROWS[self.0].name
    }

    /// The `operationId`.
    pub fn operation_id(self) -> &'static str {
        ROWS[self.0].operation
    }

    /// What the document says of it.
    pub fn sample(self) -> &'static SampleCall {
        &SAMPLES[self.0]
    }

    fn documented(self) -> &'static DocumentedOperation {
        Document::checked_in().operation(self.operation_id())
    }

    /// Whether it is safe to repeat, as the document says it and not as the client was told.
    pub fn is_safe_to_repeat(self) -> bool {
        self.documented().is_safe_to_repeat
    }

    /// Whether it only reads, by its method.
    pub fn only_reads(self) -> bool {
        self.documented().only_reads
    }

    /// The operation that shows whether it took effect, by its `operationId`.
    pub fn check_with(self) -> Option<&'static str> {
        self.documented().check_with.as_deref()
    }

    /// Whether it sends a form, which takes longer.
    pub fn is_upload(self) -> bool {
        self.documented().takes_a_file
    }

    /// The responses of success: with all that is documented, and with what is required alone.
    pub fn successes(self) -> &'static [SampleResponse] {
        SUCCESSES.get(self.operation_id()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the facade returns what is in the data of this response, and not the envelope around it.
    pub fn is_opened(self, success: &SampleResponse) -> bool {
        let is_envelope = success.schema.as_ref().is_some_and(|schema| Document::checked_in().is_envelope(schema));
        is_envelope && !self.documented().has_shape_by_status
    }

    /// Whether its responses are an envelope whose data is an object.
    pub fn returns_data(self) -> bool {
        let document = Document::checked_in();
        let opened = self.successes().first().filter(|success| self.is_opened(success));
        opened.and_then(|success| success.schema.as_ref()).is_some_and(|schema| {
            let data = &document.resolve(schema)["properties"]["data"];
            document.resolve(data)["properties"].is_object()
        })
    }

    /// Whether its responses are JSON.
    pub fn returns_json(self) -> bool {
        self.successes().first().is_some_and(|response| response.body.is_some())
    }

    /// Whether its responses have a body, of JSON or of something else.
    pub fn returns_a_body(self) -> bool {
        self.successes().first().is_some_and(|response| response.has_body)
    }

    /// Whether a response can have a body at all: one to a HEAD has none.
    pub fn can_receive_a_body(self) -> bool {
        self.sample().method != "HEAD"
    }

    /// The first success that is documented.
    pub fn success(self) -> Reply {
        self.success_as(Some("application/json"))
    }

    /// The same with another content type, or with none.
    pub fn success_as(self, content_type: Option<&str>) -> Reply {
        let success = self.successes().first().expect("an operation can succeed");
        let body = success.body.as_ref().map(Value::to_string).unwrap_or_default();
        let reply = Reply::new(success.status, body);
        match content_type.filter(|_| success.body.is_some()) {
            Some(content_type) => reply.with_header("content-type", content_type),
            None => reply,
        }
    }

    /// Makes the call.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub async fn receive(self, client: &Client) -> Result<Received, Error> {
        (ROWS[self.0].send)(client.api()).await
    }

    /// Makes the call, and drops its value.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub async fn send(self, client: &Client) -> Result<(), Error> {
        self.receive(client).await.map(drop)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
