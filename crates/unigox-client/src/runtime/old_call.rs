//! Calls as the generated methods make them today. This file goes when they call `Client::request`.

use reqwest::Body;
use serde::Serialize;

use super::{
    call::{Call, Received},
    error::Error,
    form::Form,
    parameter::Style,
    transport::Transport,
};

pub(crate) struct OldCall<'c, T>(pub(super) Call<'c, T>);

#[allow(dead_code, reason = "which of these are used depends on the document that the methods are generated from")]
impl<T: Transport> OldCall<'_, T> {
    pub(crate) fn path(self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        Self(self.0.path(name, Style::SIMPLE, value))
    }

    pub(crate) fn query(self, name: &'static str, value: &impl Serialize) -> Self {
        Self(self.0.query(name, Style::FORM, value))
    }

    pub(crate) fn header(self, name: &'static str, value: Option<impl Serialize>) -> Self {
        Self(self.0.header(name, Style::SIMPLE, &value))
    }

    pub(crate) fn json(self, body: &impl Serialize) -> Self {
        Self(self.0.json("application/json", body))
    }

    pub(crate) fn optional_json(self, body: Option<&impl Serialize>) -> Self {
        Self(self.0.optional(body, |call, body| call.json("application/json", body)))
    }

    pub(crate) fn form_urlencoded(self, body: &impl Serialize) -> Self {
        Self(self.0.form_urlencoded(body, &[]))
    }

    pub(crate) fn octets(self, body: impl Into<Body>) -> Self {
        Self(self.0.bytes("application/octet-stream", body))
    }

    pub(crate) fn text(self, body: String) -> Self {
        Self(self.0.text("text/plain", body))
    }

    pub(crate) fn multipart(self, form: Form) -> Self {
        Self(self.0.multipart(form))
    }

    pub(crate) async fn send(self) -> Result<Received, Error<T::Error>> {
        self.0.send().await
    }
}
