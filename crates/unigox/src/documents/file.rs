//! A file that streams into a request.

use std::{
    fmt,
    io::{self, Cursor},
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use sync_wrapper::SyncStream;
use tokio::{
    fs::File,
    io::{AsyncRead, AsyncReadExt},
};

use unigox_client::FilePart;

use crate::{Error, Result};

/// The maximum size of a file: 10 MB. The document does not say which; a file between 10·1000² and 10·1024² bytes is left
/// to the server.
const MAX_FILE_BYTES: u64 = 10 * 1024 * 1024;

/// The size of the pieces that a file is sent in; one piece is in memory at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// The size of the beginning of a file, by which its type is detected.
const HEAD_BYTES: usize = 16;

/// An identity document as a file: JPEG, PNG, GIF or PDF, at most 10 MB.
///
/// The type is detected from the content, not from the name. The name is sent, the path is not. `Debug` hides the name,
/// which is often that of a person.
///
/// # Examples
///
/// ```
/// use unigox::DocumentFile;
///
/// # fn main() -> Result<(), unigox::Error> {
/// let file = DocumentFile::from_bytes("front.png", &b"\x89PNG\r\n\x1a\n..."[..])?;
/// assert_eq!(file.media_type(), "image/png");
///
/// let error = DocumentFile::from_bytes("front.png", &b"<html>"[..]).unwrap_err();
/// assert_eq!(error.field(), Some("document"));
/// # Ok(())
/// # }
/// ```
pub struct DocumentFile {
    name: String,
    media_type: &'static str,
    length: u64,
    /// Taken by the attempt that begins to send it. An attempt without a connection leaves it here.
    content: Arc<Mutex<Option<Content>>>,
    observer: Option<Observer>,
}

enum Content {
    Bytes(Bytes),
    Reader(Pin<Box<dyn AsyncRead + Send>>),
}

type Observer = Arc<dyn Fn(Progress) + Send + Sync>;

/// Why something can't be read, without a name or a path.
fn unreadable_because(error: &io::Error) -> String {
    format!("can't be read ({})", error.kind())
}

/// How much of a file was written to the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes so far.
    pub sent: u64,
    /// Bytes of the whole file.
    pub total: u64,
}

impl DocumentFile {
    /// Opens the file at `path`. It is read while it is sent.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it can't be read (the [source](std::error::Error::source) says
    /// why), is empty, is larger than 10 MB, or is not a JPEG, PNG, GIF or PDF.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let unreadable = |error: io::Error| Error::invalid("document", unreadable_because(&error)).with_source(error);
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Error::invalid("document", "has a name that can't be sent"))?;
        let file = File::open(path).await.map_err(unreadable)?;
        let metadata = file.metadata().await.map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(Error::invalid("document", "is not a file"));
        }
        Self::from_reader(name, metadata.len(), file).await
    }

    /// A file called `name`, read from `reader`, which has exactly `length` bytes.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and if `name` is empty or a path. If the reader has more or fewer bytes than `length`, the
    /// upload fails.
    pub async fn from_reader(
        name: impl Into<String>,
        length: u64,
        reader: impl AsyncRead + Send + 'static,
    ) -> Result<Self> {
        let name = checked_name(name.into())?;
        check_length(length)?;
        let mut reader = Box::pin(reader);
        let mut head = Vec::with_capacity(HEAD_BYTES);
        let read = (&mut reader).take(HEAD_BYTES as u64).read_to_end(&mut head).await;
        read.map_err(|error| Error::invalid("document", unreadable_because(&error)).with_source(error))?;
        let media_type = media_type(&head)?;
        let content = Content::Reader(Box::pin(Cursor::new(head).chain(reader)));
        Ok(Self::new(name, media_type, length, content))
    }

    /// A file called `name` that is in memory already.
    ///
    /// # Errors
    ///
    /// As [`from_reader`](Self::from_reader).
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Result<Self> {
        let (name, bytes) = (checked_name(name.into())?, bytes.into());
        check_length(bytes.len() as u64)?;
        let media_type = media_type(&bytes[..bytes.len().min(HEAD_BYTES)])?;
        Ok(Self::new(name, media_type, bytes.len() as u64, Content::Bytes(bytes)))
    }

    fn new(name: String, media_type: &'static str, length: u64, content: Content) -> Self {
        Self { name, media_type, length, content: Arc::new(Mutex::new(Some(content))), observer: None }
    }

    /// Calls `observer` after each piece of the file that is written to the connection. It should be quick: the upload
    /// waits for it.
    #[must_use]
    pub fn on_progress(mut self, observer: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// The type of its content: `image/jpeg`, `image/png`, `image/gif` or `application/pdf`.
    pub fn media_type(&self) -> &'static str {
        self.media_type
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The content as the body of a request. Nothing is read before the connection asks for it.
    fn body(&self) -> reqwest::Body {
        let start = Reading {
            content: Arc::clone(&self.content),
            open: None,
            progress: Progress { sent: 0, total: self.length },
            observer: self.observer.clone(),
        };
        let frames = stream::try_unfold(start, |mut reading| async {
            let chunk = reading.next().await?;
            Ok::<_, io::Error>(chunk.map(|chunk| (Frame::data(chunk), reading)))
        });
        reqwest::Body::wrap(StreamBody::new(SyncStream::new(Box::pin(frames))))
    }
}

impl From<DocumentFile> for FilePart {
    fn from(file: DocumentFile) -> Self {
        let (name, media_type, length) = (file.name.clone(), file.media_type, file.length);
        Self::from_fn(name, media_type, move || file.body()).with_length(length)
    }
}

impl fmt::Debug for DocumentFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentFile")
            .field("media_type", &self.media_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// A name without a path, which would tell the server about this machine.
fn checked_name(name: String) -> Result<String> {
    match name.as_str() {
        "" => Err(Error::invalid("document", "has no name")),
        // A line break would end the header that it stands in.
        text if text.contains(char::is_control) => Err(Error::invalid("document", "has a name that can't be sent")),
        text if text.contains(['/', '\\']) => {
            Err(Error::invalid("document", "has a path for a name: give the name alone"))
        }
        _ => Ok(name),
    }
}

fn check_length(length: u64) -> Result<()> {
    match length {
        0 => Err(Error::invalid("document", "is empty")),
        1..=MAX_FILE_BYTES => Ok(()),
        _ => Err(Error::invalid("document", "is larger than 10 MB")),
    }
}

fn media_type(head: &[u8]) -> Result<&'static str> {
    Ok(match () {
        () if infer::image::is_jpeg(head) => "image/jpeg",
        () if infer::image::is_png(head) => "image/png",
        () if infer::image::is_gif(head) => "image/gif",
        () if infer::archive::is_pdf(head) => "application/pdf",
        () => return Err(Error::invalid("document", "is not a JPEG, PNG, GIF or PDF")),
    })
}

/// A file that is being sent.
struct Reading {
    content: Arc<Mutex<Option<Content>>>,
    open: Option<Content>,
    progress: Progress,
    observer: Option<Observer>,
}

impl Reading {
    /// The next piece, or `None` at the end.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let open = match &mut self.open {
            Some(open) => open,
            none => {
                let taken = self.content.lock().unwrap_or_else(PoisonError::into_inner).take();
                none.insert(taken.ok_or_else(|| io::Error::other("the file has been sent already"))?)
            }
        };
        let chunk = match open {
            Content::Bytes(bytes) => bytes.split_to(bytes.len().min(CHUNK_BYTES)),
            Content::Reader(reader) => read_chunk(reader).await?,
        };
        self.progress.sent += chunk.len() as u64;
        let Progress { sent, total } = self.progress;
        // The length has been sent already.
        if sent > total || (chunk.is_empty() && sent < total) {
            return Err(io::Error::other("the file does not have the stated length"));
        }
        if chunk.is_empty() {
            return Ok(None);
        }
        if let Some(observer) = &self.observer {
            observer(self.progress);
        }
        Ok(Some(chunk))
    }
}

/// Fills a whole chunk, so that many small reads don't become many small chunks.
async fn read_chunk(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<Bytes> {
    let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
    while chunk.len() < chunk.capacity() && reader.read_buf(&mut chunk).await? > 0 {}
    Ok(chunk.freeze())
}
