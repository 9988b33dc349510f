//! The calls, and the requests that they are to become.

use super::*;

/// A way to call an operation, and the request that it is to become.
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) send: for<'c> fn(&'c Client<Loopback>) -> Sending<'c>,
    method: &'static str,
    target: String,
    pub(crate) body: Content,
}

pub(crate) type Sending<'c> = Pin<Box<dyn Future<Output = Result<Summary, Failure>> + 'c>>;

/// The parts that all typed responses have.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) status: StatusCode,
    pub(crate) value: Value,
    pub(crate) body: Vec<u8>,
}

pub(crate) enum Content {
    None,
    Json(Value),
    Form(Vec<Part>),
}

impl Content {
    pub(crate) fn json(&self) -> Option<&Value> {
        match self {
            Self::Json(value) => Some(value),
            Self::None | Self::Form(_) => None,
        }
    }
}

impl Call {
    /// A call of the same operation in the generated table.
    pub(crate) fn sampled(&self) -> SampleCall {
        SampleCall::of(self.operation)
    }

    /// The first documented success.
    pub(crate) fn reply(&self) -> Reply {
        self.sampled().success()
    }

    /// Everything in which `request` is not what it is to be.
    pub(crate) fn differences(&self, request: &Request) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, actual: &dyn Display, expected: &dyn Display| {
            let (actual, expected) = (actual.to_string(), expected.to_string());
            if actual != expected {
                found.push(format!("{what} is {actual:?} and not {expected:?}"));
            }
        };
        compare("method", &request.method, &self.method);
        compare("target", &request.target, &self.target);

        let always = ["accept", "host", "x-api-key"].as_slice();
        let with_body = ["accept", "content-length", "content-type", "host", "x-api-key"].as_slice();
        let without_body = ["accept", "content-length", "host", "x-api-key"].as_slice();
        let expected = match (&self.body, self.method) {
            // By RFC 9110, it says that there is nothing where something is usual.
            (Content::None, "POST") => without_body,
            (Content::None, _) => always,
            _ => with_body,
        };
        let names = request.header_names().into_iter().collect::<Vec<_>>();
        compare("the list of headers", &names.join(" "), &expected.join(" "));
        let header = |name| request.header(name).unwrap_or("absent");
        compare("accept", &header("accept"), &Document::checked_in().operation(self.operation).accept);
        compare("x-api-key", &header("x-api-key"), &API_KEY);

        match &self.body {
            Content::None => {
                compare("content-length", &request.header("content-length").unwrap_or("0"), &"0");
                compare("length of the body", &request.body.len(), &0);
            }
            Content::Json(body) => {
                compare("content-type", &header("content-type"), &"application/json");
                compare("content-length", &header("content-length"), &request.body.len());
                compare("body", &request.json(), body);
            }
            Content::Form(parts) => {
                compare("content-length", &header("content-length"), &request.body.len());
                compare("form", &format!("{:?}", request.parts()), &format!("{parts:?}"));
            }
        }
        found
    }
}

/// `calls().name` by `client.method(arguments)`.
macro_rules! send {
    (|$client:ident| $call:expr) => {
        |$client| Box::pin(async move { summary($call.await) })
    };
}

fn summary<T: Serialize>(outcome: Result<Response<T>, Failure>) -> Result<Summary, Failure> {
    outcome.map(|response| Summary {
        status: response.http_status(),
        value: serde_json::to_value(response.value()).expect("a response can be written"),
        body: response.raw().body().to_vec(),
    })
}

/// The operations that are called here.
pub(crate) fn called() -> Vec<&'static DocumentedOperation> {
    let ids: BTreeSet<_> = calls().iter().map(|call| call.operation).collect();
    ids.into_iter().map(|id| Document::checked_in().operation(id)).collect()
}

/// The operations on users, in each way that their parameters and bodies allow.
pub(crate) fn calls() -> Vec<Call> {
    vec![
        Call {
            name: "verifyAuth",
            operation: "verifyAuth",
            send: send!(|client| client.verify_auth()),
            method: "GET",
            target: "/api/v1/partner/verify-auth".to_owned(),
            body: Content::None,
        },
        Call {
            name: "createPartnerUser",
            operation: "createPartnerUser",
            send: send!(|client| client
                .create_partner_user(&types::CreateUserRequest::new("customer/42 ä\"\n", "ada@example.com"))),
            method: "POST",
            target: "/api/v1/partner/users".to_owned(),
            body: Content::Json(json!({"user_ref": "customer/42 ä\"\n", "email": "ada@example.com"})),
        },
        Call {
            name: "getPartnerUser",
            operation: "getPartnerUser",
            send: send!(|client| client.get_partner_user(USER)),
            method: "GET",
            target: under_user(""),
            body: Content::None,
        },
        Call {
            name: "submitKYC: direct data, as little as possible",
            operation: "submitKYC",
            send: send!(|client| client
                .submit_kyc(USER, &types::KycSubmitDirectData::new(types::DirectData::new(pii())).into())),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({
                "method": "direct_data",
                "data": {"pii": {"first_name": "Ada", "last_name": "Obi", "country_code": "NG"}},
            })),
        },
        Call {
            name: "submitKYC: direct data, everything",
            operation: "submitKYC",
            send: send!(|client| client
                .submit_kyc(USER, &types::KycSubmitDirectData::new(types::DirectData::new(full_pii())).into())),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({
                "method": "direct_data",
                "data": {"pii": {
                    "first_name": "Ada",
                    "last_name": "Obi",
                    "country_code": "NG",
                    "dob": "1990-02-03",
                    "middle_name": "Ngozi",
                    "phone_number": "+2348012345678",
                    "id_number": "007",
                    "id_type": "KENYA_KRA_PIN",
                    "address": "1 Marina",
                    "city": "Lagos",
                    "postal_code": "03229",
                }},
            })),
        },
        Call {
            name: "submitKYC: token of Sumsub",
            operation: "submitKYC",
            send: send!(|client| client.submit_kyc(USER, &types::KycSubmitExternalToken::new(sumsub()).into())),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({
                "method": "external_token",
                "data": {"provider": "sumsub", "token": "share-token"},
            })),
        },
        Call {
            name: "submitKYC: inquiry of Persona",
            operation: "submitKYC",
            send: send!(|client| client.submit_kyc(USER, &types::KycSubmitExternalToken::new(persona()).into())),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({
                "method": "external_token",
                "data": {"provider": "persona", "inquiry_id": "inq_1"},
            })),
        },
        Call {
            name: "submitKYC: handoff of a stranger",
            operation: "submitKYC",
            send: send!(
                |client| client.submit_kyc(USER, &types::KycSubmitHandoff::new(types::Handoff::default()).into())
            ),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({"method": "handoff", "data": {}})),
        },
        Call {
            name: "submitKYC: handoff of someone known",
            operation: "submitKYC",
            send: send!(|client| client.submit_kyc(USER, &types::KycSubmitHandoff::new(handoff()).into())),
            method: "POST",
            target: under_user("/kyc-submissions"),
            body: Content::Json(json!({
                "method": "handoff",
                "data": {"pii": {"first_name": "Ada", "last_name": "Obi", "country_code": "NG"}},
            })),
        },
        Call {
            name: "uploadPartnerKYCDocument: link",
            operation: "uploadPartnerKYCDocument",
            send: send!(|client| client.upload_partner_kyc_document(USER, &link().into())),
            method: "POST",
            target: under_user("/kyc/documents"),
            body: Content::Json(json!({
                "upload_method": "url_link",
                "document_type": "voter_id",
                "url": "https://files.example.com/1?sig=a%2Fb&x=ä",
            })),
        },
        Call {
            name: "uploadPartnerKYCDocument: links",
            operation: "uploadPartnerKYCDocument",
            send: send!(|client| client.upload_partner_kyc_document(USER, &links().into())),
            method: "POST",
            target: under_user("/kyc/documents"),
            body: Content::Json(json!({
                "upload_method": "url_link",
                "documents": [
                    {"document_type": "selfie", "url": "https://files.example.com/1"},
                    {"document_type": "identity_front", "url": "https://files.example.com/2"},
                ],
            })),
        },
        Call {
            name: "uploadPartnerKYCDocument: file",
            operation: "uploadPartnerKYCDocument",
            send: send!(|client| upload(client, FilePart::new("front.jpg", "image/jpeg", PHOTO))),
            method: "POST",
            target: under_user("/kyc/documents"),
            body: Content::Form(vec![
                file_part("front.jpg", "image/jpeg", PHOTO),
                Part {
                    head: vec![r#"Content-Disposition: form-data; name="document_type""#.to_owned()],
                    content: b"identity_front".to_vec(),
                },
            ]),
        },
        Call {
            name: "runPartnerKYCVerification",
            operation: "runPartnerKYCVerification",
            send: send!(|client| client.run_partner_kyc_verification(USER)),
            method: "POST",
            target: under_user("/kyc/verify"),
            body: Content::None,
        },
        Call {
            name: "updateKYC: one field",
            operation: "updateKYC",
            send: send!(|client| client.update_kyc(USER, &move_to("Lagos"))),
            method: "PATCH",
            target: under_user("/kyc"),
            body: Content::Json(json!({"city": "Lagos"})),
        },
        Call {
            name: "updateKYC: everything",
            operation: "updateKYC",
            send: send!(|client| client.update_kyc(USER, &full_update())),
            method: "PATCH",
            target: under_user("/kyc"),
            body: Content::Json(json!({
                "address": "1 Marina",
                "city": "Lagos",
                "postal_code": "03229",
                "dob": "1990-02-03",
                "phone_number": "+2348012345678",
                "middle_name": "Ngozi",
                "id_number": "007",
                "id_type": "PASSPORT",
                "gender": "F",
                "nationality": "NG",
                "id_issue_country": "LT",
                "source_of_funds": "family_support",
            })),
        },
        Call {
            name: "getVerificationStatus: latest",
            operation: "getVerificationStatus",
            send: send!(|client| client.get_verification_status(USER)),
            method: "GET",
            target: under_user("/verification-status"),
            body: Content::None,
        },
        Call {
            name: "getVerificationStatus: a certain one",
            operation: "getVerificationStatus",
            send: send!(|client| client.get_verification_status_with(
                USER,
                &types::GetVerificationStatusParams::new().verification_id("c7e1f0b4")
            )),
            method: "GET",
            target: under_user("/verification-status?verification_id=c7e1f0b4"),
            body: Content::None,
        },
        Call {
            name: "getPaymentDetails",
            operation: "getPaymentDetails",
            send: send!(|client| client.get_payment_details(USER)),
            method: "GET",
            target: under_user("/payment-details"),
            body: Content::None,
        },
        Call {
            name: "createPaymentDetails: without an institution",
            operation: "createPaymentDetails",
            send: send!(|client| client.create_payment_details(USER, &on_sepa().into())),
            method: "POST",
            target: under_user("/payment-details"),
            body: Content::Json(json!({
                "currency": "EUR",
                "rail": "iban-sepa",
                "details": {"iban": "DE75512108001245126199", "nested": {"list": [1, "2", null]}},
            })),
        },
        Call {
            name: "createPaymentDetails: without an institution, on a rail that says so itself",
            operation: "createPaymentDetails",
            send: send!(|client| client.create_payment_details(USER, &on_faster_payments().into())),
            method: "POST",
            target: under_user("/payment-details"),
            body: Content::Json(json!({
                "currency": "GBP",
                "rail": "faster-payments",
                "details": {"sort_code": "040004"},
            })),
        },
        Call {
            name: "createPaymentDetails: with an institution that could be left out",
            operation: "createPaymentDetails",
            send: send!(|client| client.create_payment_details(USER, &at_a_nigerian_bank().into())),
            method: "POST",
            target: under_user("/payment-details"),
            body: Content::Json(json!({
                "currency": "NGN",
                "rail": "nip-nigeria",
                "details": {},
                "country_code": "NG",
                "institution_id": "gtbank",
            })),
        },
        Call {
            name: "createPaymentDetails: with an institution that is needed",
            operation: "createPaymentDetails",
            send: send!(|client| client.create_payment_details(USER, &via_uala().into())),
            method: "POST",
            target: under_user("/payment-details"),
            body: Content::Json(json!({
                "currency": "ARS",
                "rail": "cvu-cbu",
                "details": {"cvu": "0000003100010000000001"},
                "country_code": "AR",
                "institution_id": "uala",
            })),
        },
        Call {
            name: "getPaymentDetailById",
            operation: "getPaymentDetailById",
            send: send!(|client| client.get_payment_detail_by_id(USER, "a/b?c")),
            method: "GET",
            target: under_user("/payment-details/a%2Fb%3Fc"),
            body: Content::None,
        },
        Call {
            name: "deletePaymentDetails",
            operation: "deletePaymentDetails",
            send: send!(|client| client.delete_payment_details(USER, "40417")),
            method: "DELETE",
            target: under_user("/payment-details/40417"),
            body: Content::None,
        },
    ]
}

pub(crate) fn under_user(path: &str) -> String {
    format!("/api/v1/partner/users/6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04{path}")
}

fn pii() -> types::Pii {
    types::Pii::new("Ada", "Obi", "NG")
}

fn full_pii() -> types::Pii {
    let mut pii = pii();
    pii.dob = NaiveDate::from_ymd_opt(1990, 2, 3);
    pii.middle_name = Some("Ngozi".to_owned());
    pii.phone_number = Some("+2348012345678".to_owned());
    pii.id_number = Some("007".to_owned());
    pii.id_type = Some(types::RegistryNumberType::KenyaKraPin);
    pii.address = Some("1 Marina".to_owned());
    pii.city = Some("Lagos".to_owned());
    pii.postal_code = Some("03229".to_owned());
    pii
}

fn sumsub() -> types::ExternalToken {
    let mut token = types::ExternalToken::new(types::KycProvider::Sumsub);
    token.token = Some("share-token".to_owned());
    token
}

fn persona() -> types::ExternalToken {
    let mut token = types::ExternalToken::new(types::KycProvider::Persona);
    token.inquiry_id = Some("inq_1".to_owned());
    token
}

fn handoff() -> types::Handoff {
    let mut pii = types::HandoffPii::default();
    pii.first_name = Some("Ada".to_owned());
    pii.last_name = Some("Obi".to_owned());
    pii.country_code = Some("NG".to_owned());
    let mut handoff = types::Handoff::default();
    handoff.pii = Some(pii);
    handoff
}

fn link() -> types::DocumentLink {
    let url = "https://files.example.com/1?sig=a%2Fb&x=ä";
    types::DocumentLink::new(types::UploadMethod::UrlLink, types::DocumentType::VoterId, url)
}

fn links() -> types::DocumentLinkBatch {
    let item = types::DocumentLinkItem::new;
    let selfie = item(types::DocumentType::Selfie, "https://files.example.com/1");
    let front = item(types::DocumentType::IdentityFront, "https://files.example.com/2");
    types::DocumentLinkBatch::new(types::UploadMethod::UrlLink, vec![selfie, front])
}

fn move_to(city: &str) -> types::UpdateKycRequest {
    let mut update = types::UpdateKycRequest::default();
    update.city = Some(city.to_owned());
    update
}

fn full_update() -> types::UpdateKycRequest {
    let mut update = move_to("Lagos");
    update.address = Some("1 Marina".to_owned());
    update.postal_code = Some("03229".to_owned());
    update.dob = NaiveDate::from_ymd_opt(1990, 2, 3);
    update.phone_number = Some("+2348012345678".to_owned());
    update.middle_name = Some("Ngozi".to_owned());
    update.id_number = Some("007".to_owned());
    update.id_type = Some(types::IdType::Passport);
    update.gender = Some(types::Gender::F);
    update.nationality = Some("NG".to_owned());
    update.id_issue_country = Some("LT".to_owned());
    update.source_of_funds = Some(types::PersonSourceOfFunds::FamilySupport);
    update
}

fn on_sepa() -> types::CreatePaymentDetailsRequestInstitutionOptional {
    let details = object(json!({"iban": "DE75512108001245126199", "nested": {"list": [1, "2", null]}}));
    let rail = types::InstitutionOptionalRail::IbanSepa;
    types::CreatePaymentDetailsRequestInstitutionOptional::new("EUR", rail, details)
}

fn at_a_nigerian_bank() -> types::CreatePaymentDetailsRequestInstitutionOptional {
    let rail = types::InstitutionOptionalRail::NipNigeria;
    let mut account = types::CreatePaymentDetailsRequestInstitutionOptional::new("NGN", rail, Map::new());
    account.country_code = Some("NG".to_owned());
    account.institution_id = Some("gtbank".to_owned());
    account
}

fn on_faster_payments() -> types::CreatePaymentDetailsRequestInstitutionOmitted {
    let rail = types::InstitutionOmittedRail::try_from("faster-payments".to_owned()).expect("it is another rail");
    let details = object(json!({"sort_code": "040004"}));
    types::CreatePaymentDetailsRequestInstitutionOmitted::new("GBP", rail, details)
}

fn via_uala() -> types::CreatePaymentDetailsRequestInstitutionRequired {
    let rail = types::InstitutionRequiredRail::try_from("cvu-cbu".to_owned()).expect("the rail needs an institution");
    let details = object(json!({"cvu": "0000003100010000000001"}));
    let mut account = types::CreatePaymentDetailsRequestInstitutionRequired::new("ARS", rail, details, "uala");
    account.country_code = Some("AR".to_owned());
    account
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}
