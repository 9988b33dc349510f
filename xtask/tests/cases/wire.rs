//! What the programs of the cases share: a server on the loopback that records a request, and calls through it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{self, Receiver},
    time::Duration,
};

pub(crate) use serde_json::{Value, json};

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// In their order, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

#[allow(dead_code, reason = "the cases decide which of these are used")]
impl Request {
    /// The value of a header that occurs at most once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let value = values.next();
        assert!(values.next().is_none(), "`{name}` is there twice: {self:?}");
        value.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The parts of a multipart form: name, content type, content, and file name.
    pub(crate) fn parts(&self) -> Vec<(String, Option<String>, String, Option<String>)> {
        let boundary = self.header("content-type").expect("a content type");
        let boundary = boundary.strip_prefix("multipart/form-data; boundary=").expect("a form");
        let text = format!("\r\n{}", self.text());
        let mut parts: Vec<&str> = text.split(&format!("\r\n--{boundary}")).collect();
        assert_eq!((parts.remove(0), parts.pop()), ("", Some("--\r\n")));
        let read = |part: &str| {
            let (head, content) = part.strip_prefix("\r\n").expect("a line").split_once("\r\n\r\n").expect("a head");
            let quoted = |key: &str| Some(head.split_once(&format!("{key}=\""))?.1.split_once('"')?.0.to_owned());
            let content_type = head.lines().find_map(|line| line.strip_prefix("Content-Type: ").map(str::to_owned));
            (quoted(" name").expect("a name"), content_type, content.to_owned(), quoted("filename"))
        };
        parts.into_iter().map(read).collect()
    }
}

/// What the server responds with.
#[derive(Clone, Debug)]
pub(crate) struct Reply(pub(crate) u16, pub(crate) &'static str, pub(crate) String);

#[allow(dead_code, reason = "the cases decide which of these are used")]
impl Reply {
    pub(crate) fn json(value: Value) -> Self {
        Self(200, "application/json", value.to_string())
    }

    pub(crate) fn empty() -> Self {
        Self(204, "", String::new())
    }
}

/// The URL of a server that responds to one request with `reply`, and where the request can be had.
pub(crate) fn serve(reply: Reply) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let request = read(&stream);
        let Reply(status, content_type, body) = reply;
        let mut head = format!("HTTP/1.1 {status} OK\r\nconnection: close\r\n");
        if !content_type.is_empty() {
            head.push_str(&format!("content-type: {content_type}\r\n"));
        }
        if status != 204 {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        if request.method != "HEAD" {
            head.push_str(&body);
        }
        (&stream).write_all(head.as_bytes()).expect("written");
        sender.send(request).expect("a receiver");
    });
    (url, receiver)
}

fn read(stream: &TcpStream) -> Request {
    let mut stream = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    };
    let first = line();
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next().expect("a method"), words.next().expect("a target"));
    let mut request = Request { method, target, ..Request::default() };
    loop {
        let line = line();
        let Some((name, value)) = line.split_once(':') else { break };
        request.headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    if request.header("transfer-encoding") == Some("chunked") {
        loop {
            let mut size = String::new();
            stream.read_line(&mut size).expect("a size");
            let size = usize::from_str_radix(size.trim(), 16).expect("a size");
            let mut chunk = vec![0; size + 2];
            stream.read_exact(&mut chunk).expect("a chunk");
            request.body.extend(&chunk[..size]);
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = request.header("content-length") {
        request.body = vec![0; length.parse().expect("a length")];
        stream.read_exact(&mut request.body).expect("a body");
    }
    request
}

/// Runs a call to its end.
pub(crate) fn run<V>(call: impl Future<Output = V>) -> V {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(call)
}

pub(crate) fn arrived(receiver: &Receiver<Request>) -> Request {
    let mut request = receiver.recv_timeout(Duration::from_secs(20)).expect("a request");
    request.target = request.target.strip_prefix("/v1").expect("the path of the server").to_owned();
    request
}

/// A value of any type by its JSON, and its JSON.
#[allow(dead_code, reason = "the cases decide which of these are used")]
pub(crate) fn of<V: serde::de::DeserializeOwned>(value: Value) -> V {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
}

#[allow(dead_code, reason = "the cases decide which of these are used")]
pub(crate) fn written(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

/// The calls of one crate: `sent` returns the request, `read` the value, `both` both, `refused` why nothing was sent,
/// `failed` why the response was an error.
macro_rules! calls {
    ($api:ident) => {
        #[allow(unused_imports)]
        use crate::wire::{Reply, Request, Value, json, of, written};
        #[allow(unused_imports)]
        use $api::{Client, FilePart, types};

        pub(super) struct Wire($api::reqwest::Client);

        impl $api::Transport for Wire {
            type Error = $api::reqwest::Error;

            fn http(&self) -> &$api::reqwest::Client {
                &self.0
            }

            async fn send(
                &self,
                request: $api::reqwest::Request,
                _: &'static $api::Operation,
            ) -> Result<$api::RawResponse, Self::Error> {
                let response = self.0.execute(request).await?;
                let (status, headers) = (response.status(), response.headers().clone());
                Ok($api::RawResponse::new(status, headers, response.bytes().await?))
            }
        }

        #[allow(dead_code)]
        type Outcome<V> = Result<$api::Response<V>, $api::Error<$api::reqwest::Error>>;

        #[allow(dead_code)]
        fn exchange<V>(
            reply: Reply,
            call: impl AsyncFnOnce(&Client<Wire>) -> Outcome<V>,
        ) -> (Option<Request>, Outcome<V>) {
            let (url, receiver) = crate::wire::serve(reply);
            let http = $api::reqwest::Client::builder().no_proxy().build().expect("a client");
            let client = Client::new(&url, Wire(http)).expect("a URL");
            let outcome = crate::wire::run(call(&client));
            let is_sent = !matches!(outcome, Err($api::Error::InvalidRequest(_)));
            (is_sent.then(|| crate::wire::arrived(&receiver)), outcome)
        }

        #[allow(dead_code)]
        fn both<V>(reply: Reply, call: impl AsyncFnOnce(&Client<Wire>) -> Outcome<V>) -> (Request, V) {
            let (request, outcome) = exchange(reply, call);
            let value = outcome.unwrap_or_else(|error| panic!("{error}"));
            (request.expect("a request"), value.into_value())
        }

        #[allow(dead_code)]
        fn sent<V>(call: impl AsyncFnOnce(&Client<Wire>) -> Outcome<V>) -> Request {
            both(Reply::empty(), call).0
        }

        #[allow(dead_code)]
        fn read<V>(reply: Reply, call: impl AsyncFnOnce(&Client<Wire>) -> Outcome<V>) -> V {
            both(reply, call).1
        }

        #[allow(dead_code)]
        fn refused<V>(call: impl AsyncFnOnce(&Client<Wire>) -> Outcome<V>) -> String {
            let (request, outcome) = exchange(Reply::empty(), call);
            assert!(request.is_none(), "{request:?}");
            outcome.err().expect("an error").to_string()
        }
    };
}

pub(crate) use calls;
