//! Multipart forms, whose files stream.

use std::fmt;

use reqwest::{
    Body,
    multipart::{self, Part},
};
use serde::Serialize;
use serde_json::Value;

/// A file to be sent as a part of a form.
///
/// Its content streams: only what the [`Body`] holds in memory is in memory.
pub struct FilePart {
    body: Body,
    length: Option<u64>,
    file_name: String,
    content_type: String,
}

impl FilePart {
    /// A file called `file_name` of the media type `content_type`, with the content `body`.
    ///
    /// Give the file name alone: a path would disclose your folder names to the server. A body made from bytes knows its
    /// length; for one made from a stream, state it with [`with_length`](Self::with_length) where it is known, so that
    /// the request can state its own.
    pub fn new(file_name: impl Into<String>, content_type: impl Into<String>, body: impl Into<Body>) -> Self {
        Self { body: body.into(), length: None, file_name: file_name.into(), content_type: content_type.into() }
    }

    /// States the length of a streamed body, in bytes.
    #[must_use]
    pub fn with_length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
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
    /// The first part that can't be sent.
    pub(super) refused: Option<&'static str>,
}

impl Form {
    /// Adds a file.
    pub(crate) fn file(mut self, name: &'static str, file: FilePart) -> Self {
        let FilePart { body, length, file_name, content_type } = file;
        // A line break in the name would end the header that it stands in.
        if file_name.contains(char::is_control) {
            self.refused = self.refused.or(Some(name));
            return self;
        }
        let part = match length {
            Some(length) => Part::stream_with_length(body, length),
            None => Part::stream(body),
        };
        match part.file_name(file_name).mime_str(&content_type) {
            Ok(part) => self.form = self.form.part(name, part),
            Err(_) => self.refused = self.refused.or(Some(name)),
        }
        self
    }

    /// Adds a file, if there is one.
    #[allow(dead_code, reason = "a document may have no file that can be left out")]
    pub(crate) fn optional_file(self, name: &'static str, file: Option<FilePart>) -> Self {
        match file {
            Some(file) => self.file(name, file),
            None => self,
        }
    }

    /// Adds a value: text as it is, anything else as JSON, nothing for null.
    pub(crate) fn value(mut self, name: &'static str, value: &impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(Value::Null) => {}
            Ok(Value::String(text)) => self.form = self.form.text(name, text),
            Ok(value) => self.form = self.form.text(name, value.to_string()),
            Err(_) => self.refused = self.refused.or(Some(name)),
        }
        self
    }
}
