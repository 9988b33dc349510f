//! Multipart forms, whose files stream.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use reqwest::{
    Body,
    multipart::{self, Part},
};
use serde::Serialize;

use super::node::Node;

/// A file to be sent as a part of a form.
///
/// Its content streams: only what the [`Body`] holds in memory is in memory.
pub struct FilePart {
    content: Content,
    length: Option<u64>,
    file_name: String,
    content_type: String,
}

/// Where the content of a file comes from.
enum Content {
    /// There until it is sent.
    Once(Mutex<Option<Body>>),
    /// Made anew each time that it is sent.
    Made(Box<dyn Fn() -> Body + Send + Sync>),
}

impl FilePart {
    /// A file called `file_name` of the media type `content_type`, with the content `body`. It can be sent once.
    ///
    /// Give the file name alone: a path would disclose your folder names to the server. A body made from bytes knows its
    /// length; for one made from a stream, state it with [`with_length`](Self::with_length) where it is known, so that
    /// the request can state its own.
    pub fn new(file_name: impl Into<String>, content_type: impl Into<String>, body: impl Into<Body>) -> Self {
        Self::of(file_name.into(), content_type.into(), Content::Once(Mutex::new(Some(body.into()))))
    }

    /// A file whose content `make` gives, each time that it is sent.
    pub fn from_fn(
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        make: impl Fn() -> Body + Send + Sync + 'static,
    ) -> Self {
        Self::of(file_name.into(), content_type.into(), Content::Made(Box::new(make)))
    }

    fn of(file_name: String, content_type: String, content: Content) -> Self {
        Self { content, length: None, file_name, content_type }
    }

    /// States the length of a streamed body, in bytes.
    #[must_use]
    pub fn with_length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// The content, unless it was sent already.
    fn body(&self) -> Option<Body> {
        match &self.content {
            Content::Once(body) => body.lock().unwrap_or_else(PoisonError::into_inner).take(),
            Content::Made(make) => Some(make()),
        }
    }
}

/// Shows the media type alone: names of files are often names of people.
impl fmt::Debug for FilePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilePart").field("content_type", &self.content_type).finish_non_exhaustive()
    }
}

/// A form under construction; the generated form types know how to become one.
#[derive(Default)]
pub(crate) struct Form {
    pub(super) form: multipart::Form,
    /// The first part that can't be sent, and why.
    pub(super) refused: Option<(&'static str, &'static str)>,
}

#[allow(dead_code, reason = "which of these are used depends on the document that the forms are generated from")]
impl Form {
    /// Adds a file. `media_type` is what the document wants it to be, whatever the caller said.
    pub(crate) fn file(self, name: &'static str, media_type: Option<&'static str>, file: &FilePart) -> Self {
        // A line break in the name would end the header that it stands in.
        if file.file_name.contains(char::is_control) {
            return self.refuse(name);
        }
        let Some(body) = file.body() else { return self.refuse_as(name, "was sent already; give the file once more") };
        let part = match file.length {
            Some(length) => Part::stream_with_length(body, length),
            None => Part::stream(body),
        };
        match part.file_name(file.file_name.clone()).mime_str(media_type.unwrap_or(&file.content_type)) {
            Ok(part) => self.part(name, part),
            Err(_) => self.refuse(name),
        }
    }

    /// Adds files, a part each.
    pub(crate) fn files<'f>(
        self,
        name: &'static str,
        media_type: Option<&'static str>,
        files: impl IntoIterator<Item = &'f FilePart>,
    ) -> Self {
        files.into_iter().fold(self, |form, file| form.file(name, media_type, file))
    }

    /// Adds a value: nothing for null, a part for each member of a list, otherwise one part. Objects are JSON and
    /// scalars text, unless the document names another media type; with one of JSON, a list is one part too.
    pub(crate) fn field(
        self,
        name: &'static str,
        media_type: Option<&'static str>,
        value: &(impl Serialize + ?Sized),
    ) -> Self {
        let Some(value) = Node::of(value) else { return self.refuse(name) };
        if value.is_null() {
            return self;
        }
        let is_json = media_type.is_some_and(is_json);
        let pieces = if is_json { value.json().map(|text| Pieces::One(Piece::Json(text))) } else { pieces(value) };
        let pieces = match pieces {
            Some(Pieces::None) => Vec::new(),
            Some(Pieces::One(piece)) => vec![piece],
            Some(Pieces::Many(pieces)) => pieces,
            None => return self.refuse(name),
        };
        pieces.into_iter().fold(self, |form, piece| {
            let (text, own_type) = match piece {
                Piece::Json(_) if media_type.is_some() && !is_json => return form.refuse(name),
                Piece::Json(text) => (text, Some("application/json")),
                Piece::Text(text) => (text, None),
            };
            let part = Part::text(text);
            match media_type.or(own_type) {
                None => form.part(name, part),
                Some(media_type) => match part.mime_str(media_type) {
                    Ok(part) => form.part(name, part),
                    Err(_) => form.refuse(name),
                },
            }
        })
    }

    /// Names are written as browsers do (RFC 7578, section 5.1): as they are, but for what would end them.
    fn part(mut self, name: &'static str, part: Part) -> Self {
        self.form = self.form.part(name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A"), part);
        self
    }

    fn refuse(self, name: &'static str) -> Self {
        self.refuse_as(name, "can't be written as a part of a form")
    }

    fn refuse_as(mut self, name: &'static str, problem: &'static str) -> Self {
        self.refused = self.refused.or(Some((name, problem)));
        self
    }
}

/// What a field of a form becomes where the document does not say.
pub(super) enum Pieces {
    None,
    One(Piece),
    Many(Vec<Piece>),
}

pub(super) enum Piece {
    Text(String),
    Json(String),
}

/// Takes a value apart: nothing for null, a piece for each member of a list, otherwise one. Nothing if it has a null
/// in a list, which would be no piece.
pub(super) fn pieces(value: Node) -> Option<Pieces> {
    let piece = |value: Node| match value {
        Node::List(_) | Node::Map(_) => value.json().map(Piece::Json),
        scalar => scalar.into_text().map(Piece::Text),
    };
    match value {
        Node::List(members) => members.into_iter().map(piece).collect::<Option<_>>().map(Pieces::Many),
        value if value.is_null() => Some(Pieces::None),
        value => piece(value).map(Pieces::One),
    }
}

impl From<Piece> for Node {
    fn from(piece: Piece) -> Self {
        match piece {
            Piece::Text(text) | Piece::Json(text) => Self::Scalar(text.into()),
        }
    }
}

fn is_json(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    name == "application/json" || name.ends_with("+json")
}
