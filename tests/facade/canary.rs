//! What is secret or personal is printed nowhere: marked values go down every path of every operation, and are looked for
//! in all records, errors, panics and `Debug`.

mod calls;
mod canaries;
mod generated;
mod output;
mod spans;

use std::{fmt::Debug, io, panic, time::Duration};

use serde_json::{Value, json};
use unigox::{
    AccountDetails, ApiKey, CallOptions, Client, ClientBuilder, CvuCbuAccount, DocumentFile, DocumentLinks,
    DocumentType, Environment, Error, ErrorKind, IdType, InstitutionOptionalRail, KycSubmission, KycUpdate, NipAccount,
    PaymentDetails, Pii, Prefill, RegistryNumberType, Response, RetryPolicy, SepaAccount, WaitPolicy,
    chrono::NaiveDate,
};
use unigox_tests::{Reply, ReservedAddress, Server};

use self::{
    calls::{CALLS, call, success, with_headers},
    canaries::*,
    output::{Output, debug_shows_nothing, error_shows_nothing},
};

// ---- The guard itself -----------------------------------------------------------------------------------------------

#[tokio::test]
async fn records_of_this_crate_and_of_its_dependencies_are_captured() {
    let output = Output::begin();
    let server = Server::replying(success(json!({}))).await;
    client_at(&server.url()).verify_auth().await.expect("the response is a success");
    // Both ways by which a dependency may say something.
    tracing::trace!(target: "hyper::of_this_test", "as a dependency would");
    let text = output.text();
    for line in [
        "reqwest::connect: starting new connection",
        "TRACE unigox{operation_id=\"verifyAuth\"",
        "hyper_util::client::legacy",
        "TRACE hyper::of_this_test: as a dependency would",
        "DEBUG unigox{operation_id=\"verifyAuth\"",
        "sending",
    ] {
        assert!(text.contains(line), "`{line}` is missing in {text}");
    }
    panic::catch_unwind(|| panic!("a panic of this test")).expect_err("it panics");
    assert!(output.text().contains("a panic of this test"));
}

// ---- What is sent and what comes back -------------------------------------------------------------------------------

#[tokio::test]
async fn successes_show_no_data_of_request_and_response() {
    let output = Output::begin();
    let server = Server::start().await;
    let client = client_at(&server.url());
    let mut sent = String::new();
    for (name, data) in CALLS {
        server.reply(success(data()));
        let value = call(&client, name).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        debug_shows_nothing(name, &value);
        let request = server.take_request();
        sent += &format!("{} {:?} {}\n", request.target, request.headers, String::from_utf8_lossy(&request.body));
    }
    output.shows_nothing();
    // Without this, nothing would have been there to be shown.
    for canary in [
        API_KEY,
        TENANT,
        USER_REF,
        EMAIL,
        FIRST_NAME,
        MIDDLE_NAME,
        LAST_NAME,
        FULL_NAME,
        COUNTRY,
        DATE_OF_BIRTH,
        PHONE,
        ID_NUMBER,
        ADDRESS,
        CITY,
        POSTAL_CODE,
        TOKEN,
        INQUIRY,
        "verification_id=canary%20session%2F1",
        FILE_NAME,
        FILE_CONTENT,
        LINK,
        BATCH_LINK,
        IBAN,
        NUBAN,
        CVU,
        ALIAS,
        ACCOUNT,
    ] {
        assert!(sent.contains(canary), "`{canary}` was never sent: {sent}");
    }
}

#[tokio::test]
async fn polls_that_fail_are_traced_without_a_word_of_the_response() {
    let output = Output::begin();
    let server = Server::start().await;
    server.reply(Reply::new(403, REJECTION));
    server.reply(success(json!({"status": "VERIFIED"})));
    let policy = WaitPolicy::within(Duration::from_secs(5)).first_delay(Duration::ZERO);
    let outcome = client_at(&server.url()).user(USER).verification().wait(policy).await;
    assert!(outcome.expect("the second poll has a status").is_verified());
    let text = output.text();
    let warning = text.lines().find(|line| line.contains("poll failed")).expect("it is traced");
    for part in [
        "WARN",
        "operation_id=\"getVerificationStatus\"",
        "error.type=\"403\"",
        "kind=\"api\"",
        "http.response.status_code=403",
        "polls=1",
        "continues=true",
    ] {
        assert!(warning.contains(part), "`{part}` is missing in {warning}");
    }
    output.shows_nothing();
}

#[tokio::test]
async fn responses_hold_everything_and_their_debug_nothing() {
    let server = Server::replying(success(calls::partner_user())).await;
    let user = client_at(&server.url()).user(USER).get().await.expect("the response is a success");
    let body = String::from_utf8_lossy(user.raw().body()).into_owned();
    for canary in [IBAN, REJECTION, DETAIL_NAME, DETAIL, UNKNOWN, FIRST_NAME, DATE_OF_BIRTH] {
        assert!(body.contains(canary), "{canary}");
    }
    assert_eq!(user.raw().request_id(), Some(HEADER));
    assert_eq!(user.kyc.as_ref().and_then(|kyc| kyc.first_name.as_deref()), Some(FIRST_NAME));
    debug_shows_nothing("a response", user.raw());
    debug_shows_nothing("a response", &user);
    debug_shows_nothing("a clone of a response", &Response::clone(&user));
    debug_shows_nothing("a value", &user.into_value());
}

#[tokio::test]
async fn requests_and_handles_show_nothing() {
    let account = || PaymentDetails::sepa(calls::sepa());
    let user = client_at("http://127.0.0.1:9").user(USER);
    let session = user.verification().of_session(SESSION);
    let [optional, required] = calls::builders();
    let values: Vec<(&str, Box<dyn Debug>)> = vec![
        ("ApiKey", Box::new(ApiKey::from(API_KEY))),
        ("Pii", Box::new(calls::pii())),
        ("Prefill", Box::new(calls::prefill())),
        ("KycUpdate", Box::new(calls::update())),
        ("KycSubmission by direct data", Box::new(KycSubmission::direct(calls::pii()))),
        ("KycSubmission by Sumsub", Box::new(KycSubmission::sumsub(TOKEN))),
        ("KycSubmission by Persona", Box::new(KycSubmission::persona(INQUIRY))),
        ("KycSubmission by handoff", Box::new(KycSubmission::handoff_with(calls::prefill()))),
        ("DocumentFile of bytes", Box::new(calls::file())),
        ("DocumentFile of a stream", Box::new(calls::stream().await)),
        ("DocumentLinks", Box::new(calls::links())),
        ("AccountDetails", Box::new(calls::details())),
        ("SepaAccount", Box::new(calls::sepa())),
        ("NipAccount", Box::new(calls::nip())),
        ("CvuCbuAccount", Box::new(calls::cvu())),
        ("PaymentDetails", Box::new(account())),
        ("PaymentDetails with details", Box::new(optional.clone().details(calls::details()))),
        ("PaymentDetails with an institution", Box::new(required.clone().details(calls::details()))),
        ("PaymentDetailsBuilder", Box::new((optional, required))),
        ("PaymentDetails for a rail", Box::new(calls::form(None).details(calls::details()).expect("it fits"))),
        ("RailForm", Box::new(calls::form(None).country(FULL_NAME).currency(IBAN))),
        ("WaitPolicy", Box::new(calls::policy())),
        ("VerificationHandle", Box::new(session.clone())),
        ("StatusChanges", Box::new(session.changes(calls::policy()))),
        ("Client", Box::new(client_at("http://127.0.0.1:9"))),
        ("Users", Box::new(client_at("http://127.0.0.1:9").users())),
        ("KycHandle", Box::new(user.kyc())),
        ("DocumentsHandle", Box::new(user.documents())),
        ("PaymentDetailsHandle", Box::new(user.payment_details())),
        ("UserHandle", Box::new(user)),
    ];
    for (name, value) in values {
        debug_shows_nothing(name, &value);
    }
}

// ---- Errors of the server -------------------------------------------------------------------------------------------

#[tokio::test]
async fn errors_of_every_shape_show_nothing_of_the_servers_words() {
    let shapes = [
        json!({"success": false, "data": {"error_key": "invalid_payment_details", "message": ERROR_MESSAGE}}),
        json!({"success": false, "data": {"error_key": ERROR_MESSAGE, "message": IBAN, "of": UNKNOWN}}),
        json!({"success": false, "error": {"code": "NO", "message": ERROR_MESSAGE, "details": {"iban": IBAN}}}),
        json!({"success": false, "error": {"code": ERROR_MESSAGE, "message": ERROR_MESSAGE, "details": null}}),
        json!({"success": false, "error": ERROR_MESSAGE}),
        json!({"ok": false, "source": UNKNOWN, "error": "slug", "detail": ERROR_MESSAGE, "upstream": {"of": UNKNOWN}}),
        json!({"ok": false, "source": UNKNOWN, "error": ERROR_MESSAGE, "missing": [UNKNOWN]}),
        json!([ERROR_MESSAGE, {UNKNOWN: UNKNOWN}]),
        json!(ERROR_MESSAGE),
    ];
    let mut bodies: Vec<_> = shapes.iter().map(|shape| shape.to_string().into_bytes()).collect();
    bodies.push(format!("<html><p>{ERROR_MESSAGE}").into_bytes());
    bodies.push(Vec::new());
    bodies.push([b"\xff\xfe", ERROR_MESSAGE.as_bytes()].concat());
    for (index, body) in bodies.into_iter().enumerate() {
        let status = [400, 401, 404, 409, 422, 429, 500, 503][index % 8];
        let reply = with_headers(Reply::new(status, body)).with_header("retry-after", "7");
        fails_in_silence(&format!("shape {index}"), ErrorKind::Api, &reply).await;
    }
    // A success status with `success: false`.
    let reply = with_headers(Reply::json(200, &shapes[0]));
    fails_in_silence("a refusal with success", ErrorKind::Api, &reply).await;
}

#[tokio::test]
async fn redirects_show_nothing_of_where_they_lead() {
    for status in [301, 302, 303, 307, 308] {
        let reply = with_headers(Reply::new(status, ERROR_MESSAGE)).with_header("location", LOCATION);
        fails_in_silence("a redirect", ErrorKind::Api, &reply).await;
    }
}

#[tokio::test]
async fn undecodable_responses_show_nothing_of_what_is_in_them() {
    let wrong = |data: Value| json!({"success": true, "data": data, "of": UNKNOWN}).to_string();
    let shown = json!({"email": EMAIL, "kyc": {"first_name": FIRST_NAME}, "details": {"iban": IBAN}}).to_string();
    for body in [
        String::new(),
        ERROR_MESSAGE.to_owned(),
        format!("{{\"success\": true, \"data\": {shown}").replace("}}", ""),
        format!("{{\"success\": true, \"data\": {ERROR_MESSAGE}}}"),
        format!("{{\"success\": true, \"data\": {{\"{DETAIL_NAME}\": {{\"{DETAIL_NAME}\": 1e999}}}}}}"),
        json!({"success": EMAIL, "data": UNKNOWN}).to_string(),
        json!({EMAIL: EMAIL, DETAIL_NAME: DETAIL}).to_string(),
        json!([EMAIL]).to_string(),
        json!(IBAN).to_string(),
        wrong(json!(FIRST_NAME)),
        wrong(json!([[FIRST_NAME], {DETAIL_NAME: DETAIL}])),
    ] {
        let reply = with_headers(Reply::new(200, body));
        fails_in_silence("an undecodable response", ErrorKind::Decode, &reply).await;
    }
    // Those that require none of these fields succeed without them.
    let output = Output::begin();
    let server = Server::start().await;
    for (name, _) in CALLS {
        server.reply(with_headers(Reply::new(200, wrong(json!({
            "user_uuid": FIRST_NAME, "kyc_status": {DETAIL_NAME: REJECTION}, "status": [REJECTION], "message": {"of": EMAIL},
            "updated_fields": {EMAIL: EMAIL}, "document_id": [FILE_NAME], "payment_details_id": {"iban": IBAN},
        })))));
        match call(&client_at(&server.url()), name).await {
            Ok(value) => debug_shows_nothing(name, &value),
            Err(error) => error_shows_nothing(name, &error),
        }
    }
    output.shows_nothing();
    let html = Reply::new(200, wrong(json!({"authenticated": true})));
    let server = Server::replying(with_headers(html).with_header("content-type", "text/html")).await;
    let error = client_at(&server.url()).verify_auth().await.expect_err("a page is no response");
    error_shows_nothing("a page", &error);
    let profile = json!({"user_uuid": USER, "payment_profiles": [{"details": {DETAIL_NAME: DETAIL}, "rail": [IBAN]}]});
    let server = Server::replying(Reply::new(200, wrong(profile))).await;
    let user = client_at(&server.url()).user(USER).get().await.expect("payment details may be missing");
    let places: Vec<_> = user.problems().iter().map(|problem| problem.path()).collect();
    assert_eq!(places, ["data.payment_profiles[0].rail"]);
    debug_shows_nothing("a rail that is a list", &user);
    debug_shows_nothing("a rail that is a list", &user.problems());
}

/// Makes every call with `reply` as its response, and fails if one succeeds or something is shown.
async fn fails_in_silence(what: &str, kind: ErrorKind, reply: &Reply) {
    let output = Output::begin();
    let server = Server::start().await;
    let client = client_at(&server.url());
    for (name, _) in CALLS {
        server.reply(reply.clone());
        let error = call(&client, name).await.err().unwrap_or_else(|| panic!("{what} is a success of {name}"));
        error_shows_nothing(&format!("{name} for {what}"), &error);
        let is_wait = error.kind() == ErrorKind::WaitFailed;
        assert!(error.kind() == kind || is_wait, "{name} for {what}: {error}");
        assert_eq!(server.take_requests().len(), 1, "{name} for {what}");
    }
    output.shows_nothing();
}

// ---- No response ----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn calls_without_a_response_show_nothing() {
    let output = Output::begin();
    let refusing = ReservedAddress::new();
    let server = Server::start().await;
    let garbage = format!("HTTP/1.1 {ERROR_MESSAGE}\r\n{HEADER}\r\n\r\n{IBAN}");
    let bad_length = format!("HTTP/1.1 200 {HEADER}\r\ncontent-length: {UNKNOWN}\r\n\r\n{IBAN}");
    let bad_chunk = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{IBAN}\r\n{IBAN}");
    for (what, url, response, kind) in [
        ("a refused connection", refusing.url(), String::new(), ErrorKind::NeverSent),
        ("a server without TLS", server.url().replace("http:", "https:"), String::new(), ErrorKind::NeverSent),
        ("a closed connection", server.url(), String::new(), ErrorKind::MaybeSent),
        ("a response that is not HTTP", server.url(), garbage, ErrorKind::MaybeSent),
        ("a length that is not a number", server.url(), bad_length, ErrorKind::MaybeSent),
        ("a chunk without a length", server.url(), bad_chunk, ErrorKind::MaybeSent),
    ] {
        let client = client_at(&url);
        server.reply_otherwise(Reply::raw(response));
        for (name, _) in CALLS {
            let error = call(&client, name).await.err().unwrap_or_else(|| panic!("{what} is a success of {name}"));
            error_shows_nothing(&format!("{name} for {what}"), &error);
            let is_wait = error.kind() == ErrorKind::WaitFailed;
            assert!(error.kind() == kind || is_wait, "{name} for {what}: {error}");
        }
    }
    output.shows_nothing();
}

#[tokio::test]
async fn responses_that_are_late_cut_short_or_too_long_show_nothing() {
    let output = Output::begin();
    let server = Server::start().await;
    let client = client_at(&server.url());
    let short = client.with_options(CallOptions::new().max_response_bytes(16));
    let silent = Server::silent().await;
    let hurried = CallOptions::new().attempt_timeout(Duration::from_millis(10)).retries(RetryPolicy::none());
    let hurried = client_at(&silent.url()).with_options(hurried);
    for (name, data) in CALLS {
        server.reply(success(data()).cut_short());
        server.reply(success(data()));
        for (what, client) in [("cut short", &client), ("too long", &short), ("late", &hurried)] {
            let error = call(client, name).await.err().unwrap_or_else(|| panic!("{what} is a success of {name}"));
            error_shows_nothing(&format!("{name}, {what}"), &error);
        }
    }
    output.shows_nothing();
}

#[tokio::test]
async fn calls_that_are_retried_show_nothing() {
    let output = Output::begin();
    let server = Server::start().await;
    let retries = RetryPolicy::new().base_delay(Duration::ZERO);
    let client = client_at(&server.url()).with_options(CallOptions::new().retries(retries));
    for _ in 0..2 {
        server.reply(with_headers(Reply::new(503, ERROR_MESSAGE)));
    }
    server.reply(success(calls::partner_user()));
    client.user(USER).get().await.expect("the third response is a success");
    assert_eq!(server.take_requests().len(), 3);
    let error = client.users().create(USER_REF, EMAIL).await.expect_err("there are no more replies");
    assert_eq!(error.attempts(), 3);
    error_shows_nothing("a call that was tried three times", &error);
    assert!(output.text().contains("retrying"));
    output.shows_nothing();
}

#[tokio::test]
async fn files_that_fail_on_the_way_show_nothing() {
    let output = Output::begin();
    let server = Server::start().await;
    let documents = client_at(&server.url()).user(USER).documents();
    let reader = io::Cursor::new([b"\xff\xd8\xff\xe0", FILE_CONTENT.as_bytes()].concat());
    let file = DocumentFile::from_reader(FILE_NAME, 1000, reader).await.expect("it begins as a JPEG does");
    let error = documents.upload(DocumentType::Selfie, file).await.expect_err("it is shorter than that");
    error_shows_nothing("a file of another length", &error);
    let here = env!("CARGO_MANIFEST_DIR");
    for path in [format!("/{TENANT}/{FILE_NAME}"), here.to_owned(), format!("{here}/Cargo.toml"), "/..".to_owned()] {
        let error = DocumentFile::open(&path).await.expect_err("there is no such image");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(!format!("{error} {error:?}").contains(here), "the path is shown");
        error_shows_nothing("a file that can't be opened", &error);
    }
    output.shows_nothing();
}

#[tokio::test]
async fn proxies_show_neither_their_password_nor_what_goes_through_them() {
    let output = Output::begin();
    let proxy = Server::start().await;
    let credentials = format!("http://{PROXY_USER}:{PROXY_PASSWORD}@");
    let url = proxy.url().replace("http://", &credentials);
    let behind = |base: &str, url: &str| {
        let builder = builder(base).proxy(url).options(CallOptions::new().retries(RetryPolicy::none()));
        debug_shows_nothing("ClientBuilder", &builder);
        builder.build().expect("the proxy has a URL")
    };
    let client = behind("http://127.0.0.1:9", &url);
    for (name, data) in CALLS {
        proxy.reply(success(data()));
        proxy.reply(with_headers(Reply::new(407, ERROR_MESSAGE)));
        debug_shows_nothing(name, &call(&client, name).await.unwrap_or_else(|error| panic!("{name}: {error}")));
        error_shows_nothing(name, &call(&client, name).await.expect_err("the proxy refuses"));
    }
    let requests = proxy.take_requests();
    assert_eq!(requests.len(), 2 * CALLS.len());
    assert!(requests.iter().all(|request| request.header("proxy-authorization").is_some()));
    assert!(requests[0].target.starts_with("http://127.0.0.1:9/"), "{}", requests[0].target);

    // A tunnel that the proxy refuses to dig, and proxies that are not there.
    let address = ReservedAddress::new();
    let nowhere = address.url().replace("http://", &credentials);
    for url in [&url, &nowhere, &nowhere.replace("http:", "https:"), &nowhere.replace("http:", "socks5:")] {
        proxy.reply(with_headers(Reply::new(407, ERROR_MESSAGE)));
        let builder =
            builder("https://127.0.0.1:9").proxy(url).options(CallOptions::new().retries(RetryPolicy::none()));
        let error = match builder.build() {
            Ok(client) => client.user(USER).get().await.expect_err("there is no way"),
            Err(error) => error,
        };
        error_shows_nothing("a proxy that leads nowhere", &error);
    }
    output.shows_nothing();
}

// ---- Nothing is sent ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn refused_values_are_not_shown() {
    let output = Output::begin();
    let server = Server::start().await;
    let client = client_at(&server.url());
    let user = client.user(USER);
    let young = NaiveDate::from_ymd_opt(2999, 1, 1).expect("a date");
    let batch = DocumentLinks::new().add(DocumentType::Selfie, BATCH_LINK);
    let batch = batch.add(DocumentType::Selfie, LINK.replace("https", "http"));
    let full = (0..11).fold(DocumentLinks::new(), |links, _| links.add(DocumentType::Selfie, BATCH_LINK));
    let mut errors = vec![
        DocumentFile::from_bytes(FILE_NAME, FILE_CONTENT.as_bytes()).expect_err("no image"),
        DocumentFile::from_bytes(FILE_NAME, vec![0; 11 << 20]).expect_err("too large"),
    ];
    for (refused, why) in [
        (Pii::new("", LAST_NAME, COUNTRY).validate(), "a blank name"),
        (Prefill::new().last_name(LAST_NAME).country(CITY).validate(), "a city for a country"),
        (SepaAccount::new(FULL_NAME, IBAN.replace('7', "8")).validate(), "no IBAN"),
        (NipAccount::new(IBAN).validate(), "no NUBAN"),
        (CvuCbuAccount::cvu(&CVU[1..]).validate(), "too short"),
        (CvuCbuAccount::cbu(ALIAS).validate(), "an alias for a number"),
        (calls::cvu().phone_number(EMAIL).validate(), "no phone number"),
        (calls::sepa().country(FULL_NAME).validate(), "a name for a country"),
    ] {
        errors.push(refused.expect_err(why));
    }
    for form in [
        calls::form(None).currency(IBAN),
        calls::form(None).country(FULL_NAME),
        calls::form(Some("a pattern")),
        calls::form(Some("^(")).business().currency(ALIAS),
    ] {
        let account = AccountDetails::new().field("full_name", FULL_NAME).field(IBAN, IBAN).field("iban", IBAN);
        errors.push(form.details(account).expect_err("it does not fit"));
    }
    for payment_details in [
        PaymentDetails::on(InstitutionOptionalRail::IbanSepa, IBAN).details(calls::details()),
        PaymentDetails::via("cvu-cbu", "", CVU).details(calls::details()),
        PaymentDetails::via(" ", ALIAS, "ARS").details(calls::details()),
        PaymentDetails::via("cvu-cbu", "uala", ALIAS).details(calls::details()),
        PaymentDetails::via("cvu-cbu", "uala", "ARS").country(FULL_NAME).details(calls::details()),
        PaymentDetails::cvu_cbu("", calls::cvu()),
        PaymentDetails::cvu_cbu("uala", calls::cvu().phone_number(EMAIL)),
        PaymentDetails::nip_nigeria(NipAccount::new(IBAN)),
        PaymentDetails::sepa(SepaAccount::new(FULL_NAME, IBAN.replace('7', "8"))),
        PaymentDetails::sepa(SepaAccount::new(" ", IBAN)),
        PaymentDetails::sepa(calls::sepa().country(FULL_NAME)),
    ] {
        errors.push(payment_details.validate().expect_err("it is not valid"));
        errors.push(user.payment_details().create(&payment_details).await.expect_err("it is not valid"));
    }
    for submission in [
        KycSubmission::direct(Pii::new("", LAST_NAME, COUNTRY)),
        KycSubmission::direct(Pii::new(FIRST_NAME, " ", COUNTRY)),
        KycSubmission::direct(Pii::new(FIRST_NAME, LAST_NAME, CITY)),
        KycSubmission::direct(calls::pii().dob(young)),
        KycSubmission::direct(calls::pii().phone_number(&PHONE[1..])),
        KycSubmission::direct(calls::pii().address(" ")),
        KycSubmission::direct(calls::pii().registry_number(RegistryNumberType::Nin, "")),
        KycSubmission::sumsub(""),
        KycSubmission::persona("\n"),
        KycSubmission::handoff_with(calls::prefill().country(CITY)),
        KycSubmission::handoff_with(Prefill::new().first_name(FIRST_NAME).last_name("")),
    ] {
        errors.push(submission.validate().expect_err("it is not valid"));
        errors.push(user.kyc().submit(&submission).await.expect_err("it is not valid"));
    }
    for update in [
        KycUpdate::new().dob(young),
        KycUpdate::new().phone_number(EMAIL),
        calls::update().city(""),
        calls::update().nationality(CITY),
        calls::update().id_issue_country(CITY),
        calls::update().id_number(IdType::Passport, " "),
    ] {
        errors.push(update.validate().expect_err("it is not valid"));
        errors.push(user.kyc().update(&update).await.expect_err("it is not valid"));
    }
    errors.push(user.documents().link(DocumentType::Selfie, LINK.replace("https", "ftp")).await.expect_err("ftp"));
    errors.push(user.documents().link(DocumentType::Selfie, format!("{LINK} \n")).await.expect_err("a line break"));
    for links in [DocumentLinks::new(), batch, full] {
        errors.push(links.validate().expect_err("it is not valid"));
        errors.push(user.documents().link_batch(&links).await.expect_err("it is not valid"));
    }
    for id in ["", ".", "..", &format!("{ACCOUNT}\u{1b}")] {
        errors.push(user.payment_details().get(id).await.expect_err("no id"));
        errors.push(user.payment_details().delete(id).await.expect_err("no id"));
    }
    errors.push(client.users().create(" ", EMAIL).await.expect_err("a blank user_ref"));
    errors.push(client.users().create(USER_REF, "\t").await.expect_err("a blank e-mail address"));
    for error in &errors {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        error_shows_nothing(error.field().expect("it names a field"), error);
    }
    assert_eq!(server.take_connections(), 0);
    output.shows_nothing();
}

#[test]
fn configurations_show_nothing_that_is_wrong_with_them() {
    let at = |url: &str| Client::builder(Environment::Custom(url.to_owned())).api_key(API_KEY);
    let key = |key: &str| Client::builder(Environment::Staging).api_key(key);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{PEM}\n-----END CERTIFICATE-----\n");
    let local = || builder("http://127.0.0.1:9");
    for builder in [
        key(&format!("{API_KEY}\n")),
        key(&format!("{API_KEY}\u{e9}\u{0}")),
        key(""),
        at(TENANT),
        at(""),
        at(&format!("ftp://example.test/{TENANT}")),
        at(&format!("http://example.test/{TENANT}")),
        at(&format!("https://{PROXY_USER}:{PROXY_PASSWORD}@example.test/{TENANT}")),
        at(&format!("https://example.test/{TENANT}?key={API_KEY}")),
        at(&format!("https://example.test/#{TENANT}")),
        at(&format!("https://[{TENANT}]:{PROXY_PASSWORD}/")),
        local().proxy(format!("http://{PROXY_USER}:{PROXY_PASSWORD}@:99999999")),
        local().proxy(format!("{PROXY_PASSWORD} {PROXY_USER}")),
        local().root_certificates(pem.as_bytes()),
        local().root_certificates(PEM),
        local().application(format!("{TENANT}\n")),
    ] {
        debug_shows_nothing("ClientBuilder", &builder);
        let error = builder.build().expect_err("it is no configuration");
        assert_eq!(error.kind(), ErrorKind::Configuration);
        error_shows_nothing("a configuration", &error);
    }
    for environment in
        [TENANT.to_owned(), format!("https://{PROXY_USER}:{PROXY_PASSWORD}@example.test/{TENANT}?{TOKEN}")]
    {
        debug_shows_nothing("Environment", &Environment::Custom(environment));
    }
    let held = ApiKey::from(API_KEY);
    let hooked = local().http(move |http| {
        debug_shows_nothing("HttpSettings", &(&http, &held));
        http
    });
    debug_shows_nothing("ClientBuilder", &hooked);
    debug_shows_nothing("Client", &hooked.build().expect("it is a configuration"));
}

// ---- Panics ---------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_panic_of_the_caller_says_nothing_of_ours() {
    let output = Output::begin();
    let server = Server::start().await;
    let client = client_at(&server.url());
    let (_, verification) = CALLS.into_iter().find(|(name, _)| *name == "status").expect("there is one");
    server.reply(success(verification()));
    let policy = WaitPolicy::within(Duration::from_secs(900)).on_action(|_| panic!("by the caller"));
    let session = client.user(USER).verification().of_session(SESSION);
    let panicked = tokio::spawn(async move { session.wait(policy).await }).await.expect_err("it panics");
    debug_shows_nothing("a panic", &panicked);
    let file = calls::file().on_progress(|_| panic!("by the caller"));
    let documents = client.user(USER).documents();
    let upload = tokio::spawn(async move { documents.upload(DocumentType::Selfie, file).await }).await;
    match upload {
        Ok(outcome) => error_shows_nothing("a panic while sending", &outcome.expect_err("it can't be sent")),
        Err(panicked) => debug_shows_nothing("a panic while sending", &panicked),
    }
    assert!(output.text().matches("by the caller").count() >= 2);
    output.shows_nothing();
}

// ---- Support --------------------------------------------------------------------------------------------------------

fn builder(url: &str) -> ClientBuilder {
    Client::builder(Environment::Custom(format!("{url}/{TENANT}"))).api_key(API_KEY)
}

/// A client without retries, so that each call needs one reply.
fn client_at(url: &str) -> Client {
    // An event on a thread without a subscriber may disable it for the subscribers of other threads.
    Output::begin();
    let client: Result<_, Error> = builder(url).options(CallOptions::new().retries(RetryPolicy::none())).build();
    client.expect("it is a configuration")
}
