//! What a handle can do.

use unigox_tests::Call as SampleCall;

use super::*;

/// A way to call an operation.
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) name: &'static str,
    send: fn(Client) -> Sending,
}

type Sending = Pin<Box<dyn Future<Output = Result<StatusCode>> + Send>>;

impl Call {
    /// The request that it becomes.
    pub(crate) async fn request(&self) -> Request {
        let server = Server::replying(success(self.operation)).await;
        let status = (self.send)(facade_at(&server.url())).await;
        status.unwrap_or_else(|error| panic!("{}, {}: {error}", self.operation, self.name));
        server.take_request()
    }
}

/// The body of a request.
pub(crate) enum Body {
    None,
    Json(Value),
    /// The object that the document describes, with the texts of the parts.
    Form(Value),
}

pub(crate) fn body(request: &Request) -> Body {
    match request.header("content-type") {
        None => Body::None,
        Some("application/json") => Body::Json(request.json()),
        Some(_) => {
            let members = request.parts().into_iter().map(|part| {
                let name = part.name().expect("a part of a form has a name").to_owned();
                (name, Value::String(String::from_utf8_lossy(&part.content).into_owned()))
            });
            Body::Form(Value::Object(members.collect()))
        }
    }
}

/// The first documented success of `operation`.
pub(crate) fn success(operation: &str) -> Reply {
    SampleCall::of(operation).success()
}

/// `calls().send` by a call of `client`, or of a user.
macro_rules! send {
    (|$client:ident| $call:expr) => {
        |$client| Box::pin(async move { Ok($call?.http_status()) })
    };
}

macro_rules! send_of {
    (|$user:ident| $call:expr) => {
        |client| {
            let $user = client.user(USER);
            Box::pin(async move { Ok($call?.http_status()) })
        }
    };
}

/// The operations that are called here.
pub(crate) fn called() -> BTreeSet<&'static str> {
    calls().iter().map(|call| call.operation).collect()
}

/// What a handle can do, in each way that parameters and bodies allow.
pub(crate) fn calls() -> Vec<Call> {
    let call = |operation, name, send| Call { operation, name, send };
    vec![
        call("verifyAuth", "the key", send!(|client| client.verify_auth().await)),
        call(
            "createPartnerUser",
            "a user",
            send!(|client| client.users().create("customer-42", "ada@example.com").await),
        ),
        call(
            "registerWebhook",
            "an address",
            send!(|client| client.webhooks().register("https://example.com/webhooks").await),
        ),
        call("getWebhook", "the address", send!(|client| client.webhooks().get().await)),
        call("testPingWebhook", "a test event", send!(|client| client.webhooks().send_test_event().await)),
        call("deleteWebhook", "the address", send!(|client| client.webhooks().delete().await)),
        call(
            "getPaymentRails",
            "of a country",
            send!(|client| client.supported().rails(RampDirection::Offramp, RailQuery::in_country("NG")).await),
        ),
        call(
            "getPaymentRails",
            "of a country and a currency",
            send!(|client| {
                let query = RailQuery::in_currency("NGN").country("NG");
                client.supported().rails(RampDirection::Onramp, query).await
            }),
        ),
        call("getInstitutions", "a page", |client| {
            let query = InstitutionQuery::on("imps-neft-india").search("hdfc & more").code("HDFC");
            let mut pages = client.supported().institution_pages(query.country("IN").currency("INR").page_size(50));
            Box::pin(async move { pages.try_next().await.map(|_| StatusCode::OK) })
        }),
        call("getInstitutions", "one", |client| {
            let found = client.supported().institution("cvu-cbu", "uala");
            Box::pin(async move { found.await.map(|_| StatusCode::OK) })
        }),
        call("getSupportedCorridors", "all", send!(|client| client.supported().corridors().await)),
        call("getFiatCurrencies", "all", send!(|client| client.supported().fiat_currencies().await)),
        call("getCryptoCurrencies", "all", send!(|client| client.supported().crypto_currencies().await)),
        call("getBlockchains", "all", send!(|client| client.supported().blockchains().await)),
        call("getSupportedPairs", "all", send!(|client| client.supported().pairs().await)),
        call("getPartnerUser", "a user", send_of!(|user| user.get().await)),
        call(
            "submitKYC",
            "direct data, as little as possible",
            send_of!(|user| user.kyc().submit(&KycSubmission::direct(Pii::new("Ada", "Obi", "NG"))).await),
        ),
        call(
            "submitKYC",
            "direct data, everything",
            send_of!(|user| user.kyc().submit(&KycSubmission::direct(full_pii())).await),
        ),
        call("submitKYC", "Sumsub", send_of!(|user| user.kyc().submit(&KycSubmission::sumsub("share-token")).await)),
        call(
            "submitKYC",
            "Persona",
            send_of!(|user| user.kyc().submit(&KycSubmission::persona("inq_Example42")).await),
        ),
        call("submitKYC", "handoff", send_of!(|user| user.kyc().submit(&KycSubmission::handoff()).await)),
        call(
            "submitKYC",
            "handoff of someone known",
            send_of!(|user| {
                let prefill = Prefill::new().first_name("Ada").last_name("Obi").country("NG");
                user.kyc().submit(&KycSubmission::handoff_with(prefill)).await
            }),
        ),
        call(
            "updateKYC",
            "an address",
            send_of!(|user| {
                let update = KycUpdate::new().address("Svitrigailos g. 29").city("Vilnius").postal_code("03229");
                user.kyc().update(&update).await
            }),
        ),
        call("updateKYC", "everything", send_of!(|user| user.kyc().update(&full_update()).await)),
        call(
            "uploadPartnerKYCDocument",
            "a file",
            send_of!(|user| {
                let file = DocumentFile::from_bytes("front.jpg", PHOTO)?;
                user.documents().upload(DocumentType::IdentityFront, file).await
            }),
        ),
        call(
            "uploadPartnerKYCDocument",
            "a link",
            send_of!(|user| user
                .documents()
                .link(DocumentType::VoterId, "https://files.example.com/1?sig=a%2Fb")
                .await),
        ),
        call(
            "uploadPartnerKYCDocument",
            "several links",
            send_of!(|user| {
                let links = DocumentLinks::new()
                    .add(DocumentType::IdentityFront, "https://files.example.com/1")
                    .add(DocumentType::Selfie, "https://files.example.com/2");
                user.documents().link_batch(&links).await
            }),
        ),
        call("runPartnerKYCVerification", "a user", send_of!(|user| user.verification().start().await)),
        call("getVerificationStatus", "the latest session", send_of!(|user| user.verification().status().await)),
        call(
            "getVerificationStatus",
            "a certain session",
            send_of!(|user| user.verification().of_session("c7e1f0b4 & more").status().await),
        ),
        call("getPaymentDetails", "all of a user", send_of!(|user| user.payment_details().list().await)),
        call("getPaymentDetailById", "one account", send_of!(|user| user.payment_details().get("40417").await)),
        call(
            "createPaymentDetails",
            "SEPA",
            send_of!(|user| {
                let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99");
                user.payment_details().create(&PaymentDetails::sepa(account)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "SEPA, of a business in a country",
            send_of!(|user| {
                let account = SepaAccount::new("Obi GmbH", "DE75512108001245126199").business().country("DE");
                user.payment_details().create(&PaymentDetails::sepa(account)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "a Nigerian bank",
            send_of!(|user| {
                let account = NipAccount::new("0000000042").full_name("Ada Obi");
                user.payment_details().create(&PaymentDetails::nip_nigeria(account)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "an Argentine wallet",
            send_of!(|user| {
                let account = CvuCbuAccount::cvu("0000099900000000000042").alias("ada.obi.ejemplo").country("AR");
                user.payment_details().create(&PaymentDetails::cvu_cbu("uala", account)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "an Argentine bank",
            send_of!(|user| {
                let account = CvuCbuAccount::cbu("0000099900000000000042").phone_number("+5491100000000");
                user.payment_details().create(&PaymentDetails::cvu_cbu("example-bank", account.business())).await
            }),
        ),
        call(
            "createPaymentDetails",
            "a rail that needs no institution",
            send_of!(|user| {
                let details = AccountDetails::new().field("account_number", "0000000042");
                let builder = PaymentDetails::on(InstitutionOptionalRail::NipNigeria, "NGN");
                user.payment_details().create(&builder.details(details)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "an institution on a rail that needs none",
            send_of!(|user| {
                let details = AccountDetails::new().field("account_number", "0000000042");
                let builder = PaymentDetails::via("nip-nigeria", "example-bank", "NGN").country("NG");
                user.payment_details().create(&builder.details(details)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "an institution on another rail",
            send_of!(|user| {
                let branch = json!({"code": "0042", "open": [1, 2.5, null]});
                let details = AccountDetails::new().field("branch", branch).field("vpa", "ada@example").business();
                let builder = PaymentDetails::via("upi-india", "example-bank", "INR");
                user.payment_details().create(&builder.details(details)).await
            }),
        ),
        call(
            "createPaymentDetails",
            "a rail that says that it needs no institution",
            send_of!(|user| {
                let rail = json!({"slug": "faster-payments", "institution_required": false, "currencies": ["GBP"]});
                let rail = serde_json::from_value(rail).expect("it is a rail");
                let details = AccountDetails::new().field("sort_code", "040004").field("account_number", "00000042");
                let form = PaymentDetails::for_rail(&rail).country("GB");
                user.payment_details().create(&form.details(details)?).await
            }),
        ),
        call("deletePaymentDetails", "one account", send_of!(|user| user.payment_details().delete("40417").await)),
    ]
}

fn full_pii() -> Pii {
    let pii = Pii::new("Ada", "Obi", "NG")
        .dob(NaiveDate::from_ymd_opt(1990, 12, 10).expect("a date"))
        .middle_name("Chidi")
        .phone_number("+2348031234567")
        .registry_number(RegistryNumberType::NationalId, "SPECIMEN-00042");
    pii.address("12 Marina Road").city("Lagos").postal_code("01067")
}

fn full_update() -> KycUpdate {
    let update = KycUpdate::new()
        .dob(NaiveDate::from_ymd_opt(1990, 12, 10).expect("a date"))
        .middle_name("Chidi")
        .phone_number("+2348031234567")
        .id_number(IdType::DriverLicense, "SPECIMEN-00042");
    let update = update
        .id_issue_country("CH")
        .nationality("NG")
        .gender(Gender::F)
        .source_of_funds(PersonSourceOfFunds::BusinessIncome);
    update.address("Musterweg 5 \"Hof\"").city("Zürich").postal_code("01067")
}
