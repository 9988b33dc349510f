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

/// What a link has to have in its host that can't be fetched. No such host exists (RFC 2606).
const UNREACHABLE: &str = ".invalid";

pub(super) fn upload(mut call: Call<'_>) -> RuleResponse {
    let now = call.now;
    let is_link = !matches!(call.body, Body::Form { .. });
    let (uploads, is_batch) = match call.body {
        Body::Form { fields, files } => (file(fields, files), false),
        body => (links(body.value()), body.value().get("documents").is_some()),
    };
    let ids: Vec<_> = uploads.iter().flatten().map(|_| call.world.ids.uuid()).collect();
    let Some(kyc) = call.user().and_then(|user| user.kyc.as_mut()) else { return RuleResponse::empty(404) };
    let Some(uploads) = uploads else {
        return RuleResponse::empty(400).about(match (is_link, is_batch) {
            (false, _) => "/document",
            (true, true) => "/documents",
            (true, false) => "/url",
        });
    };
    let (mut stored, mut errors) = (Vec::new(), Vec::new());
    for (upload, id) in uploads.into_iter().zip(ids) {
        let Upload { document_type, name, is_reachable } = upload;
        if !is_reachable || is_link && kyc.session.script.failing_documents.contains(&document_type) {
            errors.push(json!({"document_type": document_type, "error": "The address can't be fetched"}));
            continue;
        }
        let name = name.unwrap_or_else(|| format!("{document_type}.jpg"));
        stored.push(json!({"document_id": id, "document_type": document_type, "file_name": name}));
        kyc.documents.insert(document_type);
    }
    if verification::missing(kyc).is_empty() {
        kyc.session.started_at.get_or_insert(now);
    }
    verification::advance(kyc, now);
    let message = "Documents accepted";
    if is_batch {
        stored.iter_mut().for_each(|document| document["status"] = json!("uploaded"));
        let mut data = json!({"uploaded": stored, "message": message});
        if !errors.is_empty() {
            data["errors"] = json!(errors);
        }
        return RuleResponse::data(200, data);
    }
    let Some(mut data) = stored.pop() else { return RuleResponse::empty(400).about("/url") };
    data["message"] = json!(message);
    // Earlier versions of the API describe these.
    data["verification_session_id"] = json!(kyc.session.id);
    data["verification_status"] = json!(verification::upload_status(kyc));
    RuleResponse::data(200, data)
}

/// A document that was sent, or that is to be fetched.
struct Upload {
    document_type: String,
    name: Option<String>,
    is_reachable: bool,
}

/// The document in a form, if its file is accepted.
fn file(fields: &Value, files: &BTreeMap<String, Vec<File>>) -> Option<Vec<Upload>> {
    let file = files.get("document")?.first().filter(|file| is_accepted(&file.content))?;
    let document_type = text(fields, "document_type")?.to_owned();
    Some(vec![Upload { document_type, name: Some(file.name.clone()), is_reachable: true }])
}

/// The documents of one or more links, if all URLs are `https`.
fn links(body: &Value) -> Option<Vec<Upload>> {
    let items = body.get("documents").and_then(Value::as_array);
    let items = items.map_or_else(|| vec![body], |items| items.iter().collect());
    let linked = items.into_iter().map(|item| {
        let url = Url::parse(text(item, "url")?).ok().filter(|url| url.scheme() == "https")?;
        let name = url.path_segments().and_then(|mut segments| segments.next_back().map(str::to_owned));
        Some(Upload {
            document_type: text(item, "document_type")?.to_owned(),
            name: name.filter(|name| !name.is_empty()),
            is_reachable: !url.host_str().is_some_and(|host| host.ends_with(UNREACHABLE)),
        })
    });
    linked.collect::<Option<Vec<_>>>().filter(|linked| !linked.is_empty())
}

/// Whether the content is JPEG, PNG, GIF or PDF, and not too large.
fn is_accepted(content: &[u8]) -> bool {
    use infer::{archive::is_pdf, image};
    let is_known = image::is_jpeg(content) || image::is_png(content) || image::is_gif(content) || is_pdf(content);
    is_known && content.len() <= MAX_FILE_BYTES
}
