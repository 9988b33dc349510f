//! Headers that a caller adds to requests.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{Error, Result};

/// The headers that belong to the client or to the connection.
const RESERVED: [&str; 16] = [
    "accept",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-api-key",
];

/// Adds a header to `headers`, in place of one with the same name. Its value is hidden wherever it could be printed.
pub(crate) fn add(headers: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    const SETTING: &str = "a header";
    let name = HeaderName::from_bytes(name.as_bytes());
    let name = name.map_err(|_| Error::configuration(SETTING, "has a name that HTTP does not allow"))?;
    if RESERVED.contains(&name.as_str()) {
        return Err(Error::configuration(SETTING, "is one that the client sets itself"));
    }
    let value = HeaderValue::from_str(value);
    let mut value = value.map_err(|_| Error::configuration(SETTING, "has a value that HTTP does not allow"))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}
