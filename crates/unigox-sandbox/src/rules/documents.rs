//! Identity documents. The verification starts when all required ones are there.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::Url;

use super::{
    call::{Body, Call, File, RuleResponse, text},
    verification,
};

/// The maximum size of a file.
const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;

/// The documents that a verification requires.
const REQUIRED_DOCUMENTS: [&str; 2] = ["identity_front", "selfie"];

pub(super) fn upload(mut call: Call<'_>) -> RuleResponse {
    let now = call.now;
    let uploads = match call.body {
        Body::Form { fields, files } => file(fields, files),
        body => links(body.value()),
    };
    let id = call.world.ids.uuid();
    let Some(kyc) = call.user().and_then(|user| user.kyc.as_mut()) else { return RuleResponse::empty(404) };
    let Some(uploads) = uploads else { return RuleResponse::empty(400) };
    let last = uploads.last().cloned();
    kyc.documents.extend(uploads.into_iter().map(|(document_type, _)| document_type));
    if REQUIRED_DOCUMENTS.iter().all(|required| kyc.documents.contains(*required)) {
        kyc.session.started_at.get_or_insert(now);
    }
    verification::advance(kyc, now);
    let mut data = json!({"document_id": id, "message": "Document stored"});
    if let Some((document_type, name)) = last {
        data["document_type"] = json!(document_type);
        data["file_name"] = json!(name.unwrap_or_else(|| format!("{document_type}.jpg")));
    }
    data["verification_session_id"] = json!(kyc.session.id);
    data["verification_status"] = json!(verification::upload_status(kyc));
    RuleResponse::data(200, data)
}

/// The type and the name of a document.
type Upload = (String, Option<String>);

/// The document in a form, if its file is accepted.
fn file(fields: &Value, files: &BTreeMap<String, Vec<File>>) -> Option<Vec<Upload>> {
    let file = files.get("document")?.first().filter(|file| is_accepted(&file.content))?;
    Some(vec![(text(fields, "document_type")?.to_owned(), Some(file.name.clone()))])
}

/// The documents of one or more links, if all URLs are `https`.
fn links(body: &Value) -> Option<Vec<Upload>> {
    let items = body.get("documents").and_then(Value::as_array);
    let items = items.map_or_else(|| vec![body], |items| items.iter().collect());
    let linked = items.into_iter().map(|item| {
        let url = Url::parse(text(item, "url")?).ok().filter(|url| url.scheme() == "https")?;
        let name = url.path_segments().and_then(|mut segments| segments.next_back().map(str::to_owned));
        Some((text(item, "document_type")?.to_owned(), name.filter(|name| !name.is_empty())))
    });
    linked.collect::<Option<Vec<_>>>().filter(|linked| !linked.is_empty())
}

/// Whether the content is JPEG, PNG, GIF or PDF, and not too large.
fn is_accepted(content: &[u8]) -> bool {
    use infer::{archive::is_pdf, image};
    let is_known = image::is_jpeg(content) || image::is_png(content) || image::is_gif(content) || is_pdf(content);
    is_known && content.len() <= MAX_FILE_BYTES
}
