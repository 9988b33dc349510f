//! For every rail of the mock server: what a form accepts the server accepts, and what it refuses the server refuses.

use std::{collections::BTreeMap, path::Path};

use futures_util::TryStreamExt;
use serde_json::{Map, Value, json};
use unigox::{
    Client, Environment, FormField, InstitutionQuery, PaymentDetails, RailForm, RailQuery,
    types::{Institution, PaymentRail, RampDirection},
    uuid::Uuid,
};
use unigox_sandbox::Sandbox;

/// How many accounts are tried for each rail, institution and kind of holder.
const ACCOUNTS: usize = 40;

#[tokio::test]
async fn a_form_accepts_what_the_server_accepts_for_every_rail() {
    let sandbox = Sandbox::start().await.expect("the loopback has a free port");
    let environment = Environment::Custom(sandbox.base_url().to_owned());
    let unigox = Client::builder(environment).api_key(sandbox.key()).build().expect("a client");
    let user = unigox.users().create("customer-42", "ada@example.com").await.expect("it is accepted").user_uuid;
    let server = Server { sandbox: &sandbox, http: reqwest::Client::new(), user };
    let mut random = fastrand::Rng::with_seed(20_261_127);

    let (mut accepted, mut refused) = (0, 0);
    let rails = rails(&unigox).await;
    for (slug, (rail, currency)) in &rails {
        let institutions = unigox.supported().institutions(InstitutionQuery::on(slug)).try_collect::<Vec<_>>().await;
        let institutions = institutions.expect("they can be read").into_iter().map(Some).chain([None]);
        let forms =
            institutions.flat_map(|institution| [false, true].map(|is_business| (institution.clone(), is_business)));
        let mut accepted_of_rail = 0;
        for (institution, is_business) in forms {
            let form = PaymentDetails::for_rail(rail).institution(institution.as_ref()).currency(currency.as_str());
            let form = if is_business { form.business() } else { form };
            let Some(fields) = fields(&form, institution.as_ref(), is_business) else { continue };
            for number in 0..ACCOUNTS {
                let account = account(&fields, number, &mut random);
                match form.details(account.clone()) {
                    Ok(payment_details) => {
                        let sent = serde_json::to_value(&payment_details).expect("it is JSON")["request"].clone();
                        let (status, reason) = server.create(&sent).await;
                        assert_eq!(status, 201, "{slug}: {sent} is refused: {reason}");
                        accepted_of_rail += 1;
                    }
                    Err(error) => {
                        assert!(!error.invalid_fields().is_empty(), "{slug}: {error}");
                        let mut details = account;
                        details.retain(|_, value| value.as_str().is_none_or(|text| !text.trim().is_empty()));
                        if is_business {
                            details.insert("beneficiary_type".to_owned(), json!("business"));
                        }
                        let mut body = json!({"rail": slug, "currency": currency, "details": details});
                        if let Some(institution) = &institution {
                            body["institution_id"] = json!(institution.id);
                        }
                        let (status, _) = server.create(&body).await;
                        assert!((400..500).contains(&status), "{slug}: {body} is accepted, but {error}");
                        refused += 1;
                    }
                }
            }
        }
        assert!(accepted_of_rail > 0, "{slug}: no account fits");
        accepted += accepted_of_rail;
    }
    assert!(rails.len() > 1 && refused > accepted / 4, "{} rails: {accepted} accepted, {refused} refused", rails.len());
}

/// All rails that the mock server tells of, each with one of its currencies.
async fn rails(unigox: &Client) -> BTreeMap<String, (PaymentRail, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/unigox-sandbox/src/rails/rails.yaml");
    let known: Value = serde_saphyr::from_str(&std::fs::read_to_string(file).expect("it can be read")).expect("YAML");
    let mut rails = BTreeMap::new();
    for known in known["rails"].as_array().expect("it lists rails") {
        let currency = known["rail"]["currencies"][0].as_str().expect("it has a currency");
        for direction in [RampDirection::Onramp, RampDirection::Offramp] {
            let found = unigox.supported().rails(direction, RailQuery::in_currency(currency)).await.expect("rails");
            for rail in found.into_value().rails {
                rails.insert(rail.slug.clone().expect("it has a slug"), (rail, currency.to_owned()));
            }
        }
        assert!(rails.contains_key(known["rail"]["slug"].as_str().expect("a slug")), "it is listed");
    }
    rails
}

/// The fields of a form, unless there is no format for this institution and holder.
fn fields(form: &RailForm, institution: Option<&Institution>, is_business: bool) -> Option<Vec<FormField>> {
    match form.fields() {
        Ok(fields) => Some(fields),
        Err(_) if institution.is_none() || is_business => None,
        Err(error) => panic!("{institution:?}: {error}"),
    }
}

/// The examples of the fields, of which all but the first account have some left out or damaged.
fn account(fields: &[FormField], number: usize, random: &mut fastrand::Rng) -> Map<String, Value> {
    let mut account = Map::new();
    for field in fields {
        let option = (!field.options.is_empty()).then(|| random.choice(&field.options).expect("one").value.clone());
        let example = option.or_else(|| field.example.clone()).unwrap_or_else(|| "1234567890".to_owned());
        let value = match random.u8(..if number == 0 { 1 } else { 16 }) {
            10 => continue,
            11 => " ".to_owned(),
            12 => format!("{example}0"),
            13 => example.chars().skip(1).collect(),
            14 => example.to_lowercase(),
            15 => (0..random.usize(1..12)).map(|_| char::from(random.u8(b' '..=b'~'))).collect(),
            _ => example,
        };
        account.insert(field.key.clone(), value.into());
    }
    account
}

struct Server<'s> {
    sandbox: &'s Sandbox,
    http: reqwest::Client,
    user: Uuid,
}

impl Server<'_> {
    /// Saves payment details: the status, and why if they are refused.
    async fn create(&self, body: &Value) -> (u16, String) {
        let url = format!("{}/api/v1/partner/users/{}/payment-details", self.sandbox.base_url(), self.user);
        let request = self.http.post(url).header("x-api-key", self.sandbox.key()).body(body.to_string());
        let response = request.header("content-type", "application/json").send().await.expect("a response");
        let status = response.status().as_u16();
        (status, response.text().await.expect("a whole response"))
    }
}
