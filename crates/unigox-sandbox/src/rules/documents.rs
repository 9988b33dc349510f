//! Documents, and the check that begins when there are enough of them.

use serde_json::{Value, json};
use url::Url;

use super::{Answer, Body, Call, text, verification};

/// How large a file may be.
pub(crate) const MOST: usize = 10 * 1024 * 1024;

/// What a check needs.
const NEEDED: [&str; 2] = ["identity_front", "selfie"];

pub(super) fn upload(mut call: Call<'_>) -> Answer {
    let now = call.now;
    let uploads = match call.body {
        Body::File { document_type, name, content } => {
            is_taken(content).then(|| vec![(document_type.clone(), Some(name.clone()))])
        }
        body => links(body.json()),
    };
    let id = call.world.ids.uuid();
    let Some(kyc) = call.user().and_then(|user| user.kyc.as_mut()) else { return Answer::empty(404) };
    let Some(uploads) = uploads else { return Answer::empty(400) };
    let last = uploads.last().cloned();
    kyc.documents.extend(uploads.into_iter().map(|(document_type, _)| document_type));
    if NEEDED.iter().all(|needed| kyc.documents.contains(*needed)) {
        kyc.session.began_at.get_or_insert(now);
    }
    verification::catch_up(kyc, now);
    let mut data = json!({"document_id": id, "message": "Document stored"});
    if let Some((document_type, name)) = last {
        data["document_type"] = json!(document_type);
        data["file_name"] = json!(name.unwrap_or_else(|| format!("{document_type}.jpg")));
    }
    data["verification_session_id"] = json!(kyc.session.id);
    data["verification_status"] = json!(verification::upload_status(kyc));
    Answer::data(200, data)
}

/// Types and names of what is linked; none if one of the addresses is not `https`.
fn links(body: &Value) -> Option<Vec<(String, Option<String>)>> {
    let items = body.get("documents").and_then(Value::as_array);
    let items = items.map_or_else(|| vec![body], |items| items.iter().collect());
    let linked = items.into_iter().map(|item| {
        let url = Url::parse(text(item, "url")?).ok().filter(|url| url.scheme() == "https")?;
        let name = url.path_segments().and_then(|mut segments| segments.next_back().map(str::to_owned));
        Some((text(item, "document_type")?.to_owned(), name.filter(|name| !name.is_empty())))
    });
    linked.collect::<Option<Vec<_>>>().filter(|linked| !linked.is_empty())
}

/// JPEG, PNG, GIF or PDF, by content, and not too large.
fn is_taken(content: &[u8]) -> bool {
    use infer::{archive::is_pdf, image};
    let is_known = image::is_jpeg(content) || image::is_png(content) || image::is_gif(content) || is_pdf(content);
    is_known && content.len() <= MOST
}
