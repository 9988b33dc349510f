//! Every body that the facade sends is valid by the document; other bodies are refused before anything is sent, with an
//! error that names the field and does not hold its value.

mod files;
mod inputs;
mod judged;
mod payout_addresses;
mod stored;

use std::{error::Error as StdError, fmt::Debug, sync::LazyLock};

use chrono::{Months, NaiveDate, Utc};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, RngSeed, TestCaseError, TestRunner},
};
use serde_json::{Map, Value, json};
use tokio::runtime::{Builder, Runtime};
use unigox::{
    AccountDetails, Client, CvuCbuAccount, DocumentFile, DocumentLinks, DocumentType, Error, ErrorKind, IdType,
    InstitutionOptionalRail, KycSubmission, KycUpdate, NipAccount, PaymentDetails, PaymentDetailsBuilder, Pii, Prefill,
    RegistryNumberType, Result, SepaAccount, UserHandle,
};
use unigox_tests::{Judge, Reply, Server, USER, facade_at};

use self::inputs::{
    CHANGE_COUNT, Changes, FIELD_COUNT, Fields, blank, changes, country, currency, document_type, file_name, iban,
    nearly, phone_number, submitted_fields, text, url,
};

const CREATE: &str = "createPartnerUser";
const SUBMIT: &str = "submitKYC";
const UPDATE: &str = "updateKYC";
const UPLOAD: &str = "uploadPartnerKYCDocument";
const SAVE: &str = "createPaymentDetails";

/// The places of the variants in the `oneOf` of a body.
const DIRECT_DATA: &[usize] = &[0];
const EXTERNAL_TOKEN: &[usize] = &[1];
const HANDOFF: &[usize] = &[2];
const ONE_LINK: &[usize] = &[0];
const SEVERAL_LINKS: &[usize] = &[1];
const INSTITUTION_OPTIONAL: &[usize] = &[0];
const INSTITUTION_REQUIRED: &[usize] = &[1];

static JUDGE: LazyLock<Judge> = LazyLock::new(Judge::checked_in);

// ---- Valid bodies are accepted --------------------------------------------------------------------------------------

#[test]
fn any_user_that_can_be_created_is_accepted() {
    let recorder = Recorder::new();
    each((text(), inputs::email()), |(user_ref, email)| {
        let outcome = recorder.sent(recorder.client.users().create(&user_ref, &email));
        accepts(CREATE, outcome, &json!({"user_ref": user_ref, "email": email}), &[])
    });
}

#[test]
fn any_direct_data_is_accepted() {
    let recorder = Recorder::new();
    each((text(), text(), country(), submitted_fields()), |(first, last, country, fields)| {
        let outcome = recorder.submit(KycSubmission::direct(pii(&first, &last, &country, fields.clone())));
        let mut pii = fields.into_json();
        pii.extend([("first_name", first), ("last_name", last), ("country_code", country)].map(member));
        accepts(SUBMIT, outcome, &json!({"method": "direct_data", "data": {"pii": pii}}), DIRECT_DATA)
    });
}

#[test]
fn direct_data_with_any_subset_of_its_optional_fields_is_accepted() {
    let recorder = Recorder::new();
    for subset in 0..1 << FIELD_COUNT {
        let fields = || Fields::of(subset, RegistryNumberType::Nin);
        let outcome = recorder.submit(KycSubmission::direct(pii("Ada", "Obi", "NG", fields())));
        let mut pii = fields().into_json();
        assert_eq!(pii.len() as u32, subset.count_ones() + u32::from(pii.contains_key("id_type")));
        pii.extend([("first_name", "Ada"), ("last_name", "Obi"), ("country_code", "NG")].map(member));
        let expected = json!({"method": "direct_data", "data": {"pii": pii}});
        accepts(SUBMIT, outcome, &expected, DIRECT_DATA).expect("every field is right");
    }
}

#[test]
fn any_credential_is_accepted_with_its_own_provider() {
    let recorder = Recorder::new();
    each((text(), "[A-Za-z0-9]{1,40}"), |(token, inquiry)| {
        let outcome = recorder.submit(KycSubmission::sumsub(&token));
        let expected = json!({"method": "external_token", "data": {"provider": "sumsub", "token": token}});
        accepts(SUBMIT, outcome, &expected, EXTERNAL_TOKEN)?;

        let inquiry = format!("inq_{inquiry}");
        let outcome = recorder.submit(KycSubmission::persona(&inquiry));
        let expected = json!({"method": "external_token", "data": {"provider": "persona", "inquiry_id": inquiry}});
        accepts(SUBMIT, outcome, &expected, EXTERNAL_TOKEN)
    });
}

#[test]
fn any_handoff_is_accepted() {
    let recorder = Recorder::new();
    let outcome = recorder.submit(KycSubmission::handoff());
    accepts(SUBMIT, outcome, &json!({"method": "handoff", "data": {}}), HANDOFF).expect("it has no fields");

    each((option::of(text()), option::of(text()), option::of(country())), |(first, last, country)| {
        let prefill = given(Prefill::new(), &first, Prefill::first_name);
        let prefill = given(given(prefill, &last, Prefill::last_name), &country, Prefill::country);
        let outcome = recorder.submit(KycSubmission::handoff_with(prefill));
        let fields = [("first_name", first), ("last_name", last), ("country_code", country)];
        let fields = fields.into_iter().filter_map(|(name, value)| Some(member((name, value?))));
        let expected = json!({"method": "handoff", "data": {"pii": Map::from_iter(fields)}});
        accepts(SUBMIT, outcome, &expected, HANDOFF)
    });
}

#[test]
fn any_update_is_accepted() {
    let recorder = Recorder::new();
    let some = changes().prop_filter("it changes nothing", |changes| !changes.clone().into_json().is_empty());
    each(some, |changes| {
        let outcome = recorder.update(update(changes.clone()));
        accepts(UPDATE, outcome, &changes.into_json().into(), &[])
    });
}

#[test]
fn an_update_of_any_fields_is_accepted_and_an_empty_one_is_refused() {
    let recorder = Recorder::new();
    for subset in 1..1 << CHANGE_COUNT {
        let outcome = recorder.update(update(Changes::of(subset)));
        let expected = Changes::of(subset).into_json();
        assert_eq!(expected.len() as u32, subset.count_ones() + u32::from(expected.contains_key("id_type")));
        accepts(UPDATE, outcome, &expected.into(), &[]).expect("every field is right");
    }
    refuses(recorder.update(KycUpdate::new()), "body", "").expect("there is nothing to change");
}

#[test]
fn any_link_is_accepted() {
    let recorder = Recorder::new();
    each((document_type(), url()), |(kind, url)| {
        let outcome = recorder.sent(recorder.user.documents().link(kind, &url));
        let expected = json!({"upload_method": "url_link", "document_type": kind.as_str(), "url": url});
        accepts(UPLOAD, outcome, &expected, ONE_LINK)
    });
}

#[test]
fn any_one_to_ten_links_are_accepted() {
    let recorder = Recorder::new();
    each(vec((document_type(), url()), 1..=10), |links| {
        let outcome =
            recorder.link_batch(links.iter().fold(DocumentLinks::new(), |batch, (kind, url)| batch.add(*kind, url)));
        let documents = links.iter().map(|(kind, url)| json!({"document_type": kind.as_str(), "url": url}));
        let expected = json!({"upload_method": "url_link", "documents": documents.collect::<Vec<_>>()});
        accepts(UPLOAD, outcome, &expected, SEVERAL_LINKS)
    });
}

#[test]
fn any_account_without_an_institution_is_accepted() {
    let recorder = Recorder::new();
    let rail = select(InstitutionOptionalRail::VALUES);
    each((rail, currency(), inputs::details(), option::of(country())), |(rail, code, details, country)| {
        let builder = given(PaymentDetails::on(rail, &code), &country, PaymentDetailsBuilder::country);
        let outcome = recorder.save(builder.details(details.clone()));
        let mut expected = json!({"rail": rail.as_str(), "currency": code, "details": details});
        country.into_iter().for_each(|country| expected["country_code"] = country.into());
        accepts(SAVE, outcome, &expected, INSTITUTION_OPTIONAL)
    });
}

#[test]
fn any_account_via_an_institution_is_accepted() {
    let recorder = Recorder::new();
    let rail = prop_oneof![
        3 => text(),
        1 => "[a-z]{2,8}(-[a-z]{2,8}){0,3}",
        2 => select(InstitutionOptionalRail::VALUES).prop_map(|rail| rail.to_string()),
    ];
    let account = (rail, text(), currency(), inputs::details(), option::of(country()));
    each(account, |(rail, institution, code, details, country)| {
        let builder = PaymentDetails::via(&rail, &institution, &code);
        let builder = given(builder, &country, PaymentDetailsBuilder::country);
        let outcome = recorder.save(builder.details(details.clone()));
        let is_optional = rail.parse::<InstitutionOptionalRail>().is_ok();
        let mut expected = json!({"rail": rail, "institution_id": institution, "currency": code, "details": details});
        country.into_iter().for_each(|country| expected["country_code"] = country.into());
        accepts(SAVE, outcome, &expected, if is_optional { INSTITUTION_OPTIONAL } else { INSTITUTION_REQUIRED })
    });
}

#[test]
fn any_field_of_account_data_is_sent_as_it_was_set() {
    let recorder = Recorder::new();
    each((inputs::details(), any::<bool>()), |(fields, is_business)| {
        let details = fields.iter();
        let details = details.fold(AccountDetails::new(), |details, (name, value)| details.field(name, value.clone()));
        let details = if is_business { details.business() } else { details };
        let outcome = recorder.save(PaymentDetails::via("upi-india", "some-bank", "INR").details(details));
        let mut details = fields;
        if is_business {
            details.insert("beneficiary_type".to_owned(), "business".into());
        }
        let expected =
            json!({"rail": "upi-india", "institution_id": "some-bank", "currency": "INR", "details": details});
        accepts(SAVE, outcome, &expected, INSTITUTION_REQUIRED)
    });
}

#[test]
fn any_sepa_account_is_accepted_and_its_iban_sent_without_spaces() {
    let recorder = Recorder::new();
    let account = (text(), iban(), option::of(country()), any::<bool>(), any::<bool>());
    each(account, |(name, iban, country, is_spaced, is_business)| {
        let written = if is_spaced { in_fours(&iban) } else { iban.clone() };
        let account = given(SepaAccount::new(&name, written), &country, SepaAccount::country);
        let outcome = recorder.save(PaymentDetails::sepa(if is_business { account.business() } else { account }));
        let details = with_business(json!({"full_name": name, "iban": iban}), is_business);
        let mut expected = json!({"rail": "iban-sepa", "currency": "EUR", "details": details});
        country.into_iter().for_each(|country| expected["country_code"] = country.into());
        accepts(SAVE, outcome, &expected, INSTITUTION_OPTIONAL)
    });
}

#[test]
fn any_nigerian_account_is_accepted() {
    let recorder = Recorder::new();
    each(("[0-9]{10}", option::of(text()), any::<bool>()), |(number, name, is_business)| {
        let account = given(NipAccount::new(&number), &name, NipAccount::full_name);
        let outcome =
            recorder.save(PaymentDetails::nip_nigeria(if is_business { account.business() } else { account }));
        let mut details = json!({"account_number": number});
        name.into_iter().for_each(|name| details["full_name"] = name.into());
        let details = with_business(details, is_business);
        let expected = json!({"rail": "nip-nigeria", "currency": "NGN", "details": details});
        accepts(SAVE, outcome, &expected, INSTITUTION_OPTIONAL)
    });
}

#[test]
fn any_argentine_account_is_accepted() {
    let recorder = Recorder::new();
    let account = ("[0-9]{22}", any::<bool>(), option::of(text()), option::of(phone_number()), any::<bool>());
    each((text(), account), |(institution, (number, is_bank, alias, phone, is_business))| {
        let account = if is_bank { CvuCbuAccount::cbu(&number) } else { CvuCbuAccount::cvu(&number) };
        let account = given(given(account, &alias, CvuCbuAccount::alias), &phone, CvuCbuAccount::phone_number);
        let account = if is_business { account.business() } else { account };
        let outcome = recorder.save(PaymentDetails::cvu_cbu(&institution, account));
        let mut details = json!({(if is_bank { "cbu" } else { "cvu" }): number});
        alias.into_iter().for_each(|alias| details["alias"] = alias.into());
        phone.into_iter().for_each(|phone| details["phone_number"] = phone.into());
        let details = with_business(details, is_business);
        let expected = json!({"rail": "cvu-cbu", "institution_id": institution, "currency": "ARS", "details": details});
        accepts(SAVE, outcome, &expected, INSTITUTION_REQUIRED)
    });
}

// ---- Other bodies are refused ---------------------------------------------------------------------------------------

#[test]
fn no_text_that_is_required_is_blank() {
    let recorder = Recorder::new();
    each(blank(), |blank| {
        let create = |user_ref: &str, email: &str| recorder.sent(recorder.client.users().create(user_ref, email));
        refuses(create(&blank, "ada@example.com"), "user_ref", &blank)?;
        refuses(create("customer-42", &blank), "email", &blank)?;

        let direct = |first: &str, last: &str, country: &str| {
            recorder.submit(KycSubmission::direct(Pii::new(first, last, country)))
        };
        refuses(direct(&blank, "Obi", "NG"), "data.pii.first_name", &blank)?;
        refuses(direct("Ada", &blank, "NG"), "data.pii.last_name", &blank)?;
        refuses(direct("Ada", "Obi", &blank), "data.pii.country_code", &blank)?;
        refuses(recorder.submit(KycSubmission::sumsub(&blank)), "data.token", &blank)?;
        refuses(recorder.submit(KycSubmission::persona(&blank)), "data.inquiry_id", &blank)?;

        let via = |rail: &str, institution: &str, code: &str| {
            recorder.save(PaymentDetails::via(rail, institution, code).details(AccountDetails::new()))
        };
        refuses(via(&blank, "uala", "ARS"), "rail", &blank)?;
        refuses(via("cvu-cbu", &blank, "ARS"), "institution_id", &blank)?;
        refuses(via("iban-sepa", &blank, "EUR"), "institution_id", &blank)?;
        refuses(via("cvu-cbu", "uala", &blank), "currency", &blank)?;
        let cvu = || CvuCbuAccount::cvu("0000099900000000000042");
        refuses(recorder.save(PaymentDetails::cvu_cbu(&blank, cvu())), "institution_id", &blank)?;
        let account = SepaAccount::new(&blank, "DE75512108001245126199");
        refuses(recorder.save(PaymentDetails::sepa(account)), "details.full_name", &blank)?;
        let account = NipAccount::new("0000000042").full_name(&blank);
        refuses(recorder.save(PaymentDetails::nip_nigeria(account)), "details.full_name", &blank)?;
        refuses(recorder.save(PaymentDetails::cvu_cbu("uala", cvu().alias(&blank))), "details.alias", &blank)
    });
}

#[test]
fn no_text_that_is_optional_is_blank() {
    type Set<T> = fn(T, String) -> T;
    let recorder = Recorder::new();
    each(blank(), |blank| {
        for (field, set) in [
            ("data.pii.middle_name", Pii::middle_name as Set<Pii>),
            ("data.pii.id_number", |pii, number| pii.registry_number(RegistryNumberType::Nin, number)),
            ("data.pii.address", Pii::address),
            ("data.pii.city", Pii::city),
            ("data.pii.postal_code", Pii::postal_code),
        ] {
            let pii = set(Pii::new("Ada", "Obi", "NG"), blank.clone());
            refuses(recorder.submit(KycSubmission::direct(pii)), field, &blank)?;
        }
        for (field, set) in [
            ("data.pii.first_name", Prefill::first_name as Set<Prefill>),
            ("data.pii.last_name", Prefill::last_name),
            ("data.pii.country_code", Prefill::country),
        ] {
            let handoff = KycSubmission::handoff_with(set(Prefill::new(), blank.clone()));
            refuses(recorder.submit(handoff), field, &blank)?;
        }
        for (field, set) in [
            ("middle_name", KycUpdate::middle_name as Set<KycUpdate>),
            ("id_number", |update, number| update.id_number(IdType::Passport, number)),
            ("address", KycUpdate::address),
            ("city", KycUpdate::city),
            ("postal_code", KycUpdate::postal_code),
            ("nationality", KycUpdate::nationality),
            ("id_issue_country", KycUpdate::id_issue_country),
        ] {
            refuses(recorder.update(set(KycUpdate::new(), blank.clone())), field, &blank)?;
        }
        Ok(())
    });
}

#[test]
fn any_names_are_taken_or_refused() {
    let recorder = Recorder::new();
    each(inputs::any_text(), |name| {
        let outcome = recorder.submit(KycSubmission::direct(Pii::new(&name, "Obi", "NG")));
        accepts_or_refuses(SUBMIT, outcome, "data.pii.first_name", &name)?;
        let outcome = recorder.submit(KycSubmission::direct(Pii::new("Ada", &name, "NG")));
        accepts_or_refuses(SUBMIT, outcome, "data.pii.last_name", &name)?;
        let outcome = recorder.sent(recorder.client.users().create(&name, "ada@example.com"));
        accepts_or_refuses(CREATE, outcome, "user_ref", &name)
    });
}

#[test]
fn any_email_is_accepted_or_refused() {
    let recorder = Recorder::new();
    each(nearly(inputs::email()), |email| {
        let outcome = recorder.sent(recorder.client.users().create("customer-42", &email));
        accepts_or_refuses(CREATE, outcome, "email", &email)
    });
}

#[test]
fn any_country_is_accepted_or_refused() {
    let recorder = Recorder::new();
    each(nearly(country()), |code| {
        let outcome = recorder.submit(KycSubmission::direct(Pii::new("Ada", "Obi", &code)));
        accepts_or_refuses(SUBMIT, outcome, "data.pii.country_code", &code)?;
        let outcome = recorder.submit(KycSubmission::handoff_with(Prefill::new().country(&code)));
        accepts_or_refuses(SUBMIT, outcome, "data.pii.country_code", &code)?;
        let outcome = recorder.update(KycUpdate::new().nationality(&code));
        accepts_or_refuses(UPDATE, outcome, "nationality", &code)?;
        let outcome = recorder.update(KycUpdate::new().id_issue_country(&code));
        accepts_or_refuses(UPDATE, outcome, "id_issue_country", &code)?;
        let account = SepaAccount::new("Ada Obi", "DE75512108001245126199").country(&code);
        let outcome = recorder.save(PaymentDetails::sepa(account));
        accepts_or_refuses(SAVE, outcome, "country_code", &code)?;
        let via = PaymentDetails::via("cvu-cbu", "uala", "ARS").country(&code).details(AccountDetails::new());
        accepts_or_refuses(SAVE, recorder.save(via), "country_code", &code)
    });
}

#[test]
fn any_currency_is_accepted_or_refused() {
    let recorder = Recorder::new();
    each(nearly(currency()), |code| {
        let rail = InstitutionOptionalRail::NipNigeria;
        let outcome = recorder.save(PaymentDetails::on(rail, &code).details(AccountDetails::new()));
        accepts_or_refuses(SAVE, outcome, "currency", &code)?;
        let outcome = recorder.save(PaymentDetails::via("swift", "bank", &code).details(AccountDetails::new()));
        accepts_or_refuses(SAVE, outcome, "currency", &code)
    });
}

#[test]
fn any_phone_number_is_accepted_or_refused() {
    let recorder = Recorder::new();
    each(prop_oneof![nearly(phone_number()), "\\+?[0-9]{0,18}", "\\+[1-9][0-9]{13,16}"], |number| {
        let pii = Pii::new("Ada", "Obi", "NG").phone_number(&number);
        accepts_or_refuses(SUBMIT, recorder.submit(KycSubmission::direct(pii)), "data.pii.phone_number", &number)?;
        let outcome = recorder.update(KycUpdate::new().phone_number(&number));
        accepts_or_refuses(UPDATE, outcome, "phone_number", &number)?;

        let account = CvuCbuAccount::cvu("0000099900000000000042").phone_number(&number);
        let outcome = recorder.save(PaymentDetails::cvu_cbu("uala", account));
        // The document leaves `details` open, so the number is held to the rule of the others.
        let is_right = JUDGE.complaints(UPDATE, &json!({"phone_number": number})).is_empty();
        prop_assert_eq!(outcome.is_ok(), is_right);
        accepts_or_refuses(SAVE, outcome, "details.phone_number", &number)
    });
}

#[test]
fn any_date_of_birth_is_accepted_or_refused() {
    let recorder = Recorder::new();
    each(inputs::any_date(), |date| {
        let shown = date.to_string();
        let pii = Pii::new("Ada", "Obi", "NG").dob(date);
        accepts_or_refuses(SUBMIT, recorder.submit(KycSubmission::direct(pii)), "data.pii.dob", &shown)?;
        accepts_or_refuses(UPDATE, recorder.update(KycUpdate::new().dob(date)), "dob", &shown)
    });
}

#[test]
fn a_date_of_birth_is_in_the_past_and_18_years_ago() {
    let recorder = Recorder::new();
    let today = Utc::now().date_naive();
    let years_ago = |years: u32| today - Months::new(12 * years);
    for (date, is_right) in [
        (years_ago(0).succ_opt().expect("the world goes on"), false),
        (today + Months::new(12), false),
        (NaiveDate::MAX, false),
        (years_ago(0), false),
        (years_ago(17), false),
        (years_ago(18) + Months::new(1), false),
        (years_ago(18), true),
        (years_ago(19), true),
        (years_ago(120), true),
    ] {
        let submitted = recorder.submit(KycSubmission::direct(Pii::new("Ada", "Obi", "NG").dob(date)));
        let updated = recorder.update(KycUpdate::new().dob(date));
        let text = date.to_string();
        for (outcome, operation, field) in [(submitted, SUBMIT, "data.pii.dob"), (updated, UPDATE, "dob")] {
            assert_eq!(outcome.is_ok(), is_right, "{date}");
            accepts_or_refuses(operation, outcome, field, &text).expect("it is refused as expected");
        }
    }
}

/// `YYYY-MM-DD` has no room for a sign.
#[test]
fn a_date_of_birth_is_of_our_era() {
    let recorder = Recorder::new();
    for date in [NaiveDate::MIN, NaiveDate::from_ymd_opt(-1, 12, 31).expect("a date")] {
        let outcome = recorder.submit(KycSubmission::direct(Pii::new("Ada", "Obi", "NG").dob(date)));
        accepts_or_refuses(SUBMIT, outcome, "data.pii.dob", &date.to_string()).expect("it is accepted or refused");
        let outcome = recorder.update(KycUpdate::new().dob(date));
        accepts_or_refuses(UPDATE, outcome, "dob", &date.to_string()).expect("it is accepted or refused");
    }
}

#[test]
fn any_address_of_a_document_is_accepted_or_refused() {
    let recorder = Recorder::new();
    each(inputs::any_url(), |url| {
        let outcome = recorder.sent(recorder.user.documents().link(DocumentType::VoterId, &url));
        accepts_or_refuses(UPLOAD, outcome, "url", &url)?;
        let links = DocumentLinks::new().add(DocumentType::Selfie, "https://files.example.com/1.jpg");
        let outcome = recorder.link_batch(links.add(DocumentType::Passport, &url));
        accepts_or_refuses(UPLOAD, outcome, "documents[1].url", &url)
    });
}

#[test]
fn an_address_that_is_not_https_is_refused() {
    let recorder = Recorder::new();
    for url in [
        "http://files.example.com/1.jpg",
        "ftp://files.example.com/1.jpg",
        "//files.example.com/1.jpg",
        "files.example.com/1.jpg",
        "file:///home/ada/1.jpg",
        "data:image/png;base64,AAAA",
        "https://",
    ] {
        let outcome = recorder.sent(recorder.user.documents().link(DocumentType::Selfie, url));
        refuses(outcome, "url", url).expect("it is not https");
        let outcome = recorder.link_batch(DocumentLinks::new().add(DocumentType::Selfie, url));
        refuses(outcome, "documents[0].url", url).expect("it is not https");
    }
}

#[test]
fn a_batch_of_none_or_of_eleven_is_refused() {
    let recorder = Recorder::new();
    refuses(recorder.link_batch(DocumentLinks::new()), "documents", "").expect("there are none");
    each((vec((document_type(), url()), 10), url()), |(links, eleventh)| {
        let batch = links.iter().fold(DocumentLinks::new(), |batch, (kind, url)| batch.add(*kind, url));
        let outcome = recorder.link_batch(batch.add(DocumentType::Selfie, &eleventh));
        refuses(outcome, "documents", &eleventh)
    });
}

#[test]
fn an_iban_with_another_check_digit_is_refused() {
    let recorder = Recorder::new();
    each((iban(), 1..97_u32), |(iban, change)| {
        let digits: u32 = iban[2..4].parse().expect("check digits are digits");
        let iban = format!("{}{:02}{}", &iban[..2], (digits + change) % 97, &iban[4..]);
        let outcome = recorder.save(PaymentDetails::sepa(SepaAccount::new("Ada Obi", &iban)));
        refuses(outcome, "details.iban", &iban)
    });
}

#[test]
fn an_iban_with_another_digit_is_refused() {
    let recorder = Recorder::new();
    each((iban(), any::<Index>(), 1..10_u32), |(iban, place, change)| {
        let digits: Vec<_> = iban.char_indices().filter(|(_, c)| c.is_ascii_digit()).collect();
        let (place, digit) = digits[place.index(digits.len())];
        let digit = (digit.to_digit(10).expect("it is a digit") + change) % 10;
        let iban = format!("{}{digit}{}", &iban[..place], &iban[place + 1..]);
        let outcome = recorder.save(PaymentDetails::sepa(SepaAccount::new("Ada Obi", &iban)));
        refuses(outcome, "details.iban", &iban)
    });
}

#[test]
fn whatever_is_accepted_as_an_iban_is_sent_as_one() {
    let recorder = Recorder::new();
    each(nearly(iban()), |iban| {
        let outcome = recorder.save(PaymentDetails::sepa(SepaAccount::new("Ada Obi", &iban)));
        if let Ok(body) = &outcome {
            let sent = body["details"]["iban"].as_str().expect("an IBAN is text");
            let is_plain = sent.is_ascii() && sent.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
            prop_assert!(is_plain && sent.len() > 4, "{:?}", sent);
            let check_digits = inputs::check_digits(&sent[..2], &sent[4..]);
            prop_assert_eq!(sent[2..4].parse().ok(), Some(check_digits));
        }
        accepts_or_refuses(SAVE, outcome, "details.iban", &iban)
    });
}

#[test]
fn account_numbers_have_their_digits_and_nothing_else() {
    let recorder = Recorder::new();
    each(nearly("[0-9]{10}"), |number| {
        let is_right = number.len() == 10 && number.bytes().all(|byte| byte.is_ascii_digit());
        let outcome = recorder.save(PaymentDetails::nip_nigeria(NipAccount::new(&number)));
        prop_assert_eq!(outcome.is_ok(), is_right);
        accepts_or_refuses(SAVE, outcome, "details.account_number", &number)
    });
    each(nearly("[0-9]{22}"), |number| {
        let is_right = number.len() == 22 && number.bytes().all(|byte| byte.is_ascii_digit());
        for (field, account) in
            [("details.cvu", CvuCbuAccount::cvu as fn(String) -> CvuCbuAccount), ("details.cbu", CvuCbuAccount::cbu)]
        {
            let outcome = recorder.save(PaymentDetails::cvu_cbu("uala", account(number.clone())));
            prop_assert_eq!(outcome.is_ok(), is_right);
            accepts_or_refuses(SAVE, outcome, field, &number)?;
        }
        Ok(())
    });
}

#[test]
fn any_rail_and_institution_is_accepted_or_refused() {
    let recorder = Recorder::new();
    each(inputs::any_text(), |text| {
        let outcome = recorder.save(PaymentDetails::via(&text, "uala", "ARS").details(AccountDetails::new()));
        accepts_or_refuses(SAVE, outcome, "rail", &text)?;
        let outcome = recorder.save(PaymentDetails::via("cvu-cbu", &text, "ARS").details(AccountDetails::new()));
        accepts_or_refuses(SAVE, outcome, "institution_id", &text)
    });
}

// ---- Bodies are checked and borrowed --------------------------------------------------------------------------------

#[test]
fn a_body_can_be_sent_again() {
    let recorder = Recorder::new();
    let user = &recorder.user;
    let submission = KycSubmission::direct(pii("Ada", "Obi", "NG", Fields::of(!0, RegistryNumberType::Nin)));
    let update = update(Changes::of(!0));
    let links = DocumentLinks::new().add(DocumentType::Selfie, "https://files.example.com/1.jpg");
    let payment_details = PaymentDetails::sepa(SepaAccount::new("Ada Obi", "DE75512108001245126199"));
    let send = || {
        [
            recorder.sent(user.kyc().submit(&submission)).expect("every field is right"),
            recorder.sent(user.kyc().update(&update)).expect("every field is right"),
            recorder.sent(user.documents().link_batch(&links)).expect("it is https"),
            recorder.sent(user.payment_details().create(&payment_details)).expect("every field is right"),
        ]
    };
    assert_eq!(send(), send());
}

#[test]
fn a_part_of_a_body_is_checked_as_the_whole() {
    each(nearly(country()), |code| {
        let reason = |validated: Result<()>| validated.map_err(|error| error.to_string());
        let pii = || Pii::new("Ada", "Obi", &code);
        prop_assert_eq!(reason(pii().validate()), reason(KycSubmission::direct(pii()).validate()));
        let prefill = || Prefill::new().country(&code);
        prop_assert_eq!(reason(prefill().validate()), reason(KycSubmission::handoff_with(prefill()).validate()));
        let sepa = || SepaAccount::new("Ada Obi", "DE75512108001245126199").country(&code);
        prop_assert_eq!(reason(sepa().validate()), reason(PaymentDetails::sepa(sepa()).validate()));
        let nip = || NipAccount::new(&code).country("NG");
        prop_assert_eq!(reason(nip().validate()), reason(PaymentDetails::nip_nigeria(nip()).validate()));
        let cvu = || CvuCbuAccount::cvu("0000099900000000000042").alias(&code);
        prop_assert_eq!(reason(cvu().validate()), reason(PaymentDetails::cvu_cbu("uala", cvu()).validate()));
        Ok(())
    });
}

// ---- Support --------------------------------------------------------------------------------------------------------

type Verdict = Result<(), TestCaseError>;

/// A client, and a server that accepts everything.
struct Recorder {
    runtime: Runtime,
    server: Server,
    client: Client,
    user: UserHandle,
}

impl Recorder {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a thread is all it takes");
        let server = runtime.block_on(Server::start());
        // All fields that any response requires.
        let data = json!({
            "user_uuid": USER,
            "kyc_status": "IN_PROGRESS",
            "updated_fields": [],
            "payment_details_id": "40417",
            "rail": "iban-sepa",
            "currency": "EUR",
        });
        server.reply_otherwise(Reply::json(200, &json!({"success": true, "data": data})));
        let client = facade_at(&server.url());
        let user = client.user(USER);
        Self { runtime, server, client, user }
    }

    /// The body that `call` sent, or the error with which it was refused before anything was sent.
    fn sent<T>(&self, call: impl Future<Output = Result<T>>) -> Result<Value> {
        let outcome = self.runtime.block_on(call);
        let mut requests = self.server.take_requests();
        assert_eq!(requests.len(), usize::from(outcome.is_ok()), "a refusal sends nothing, a call one request");
        outcome.map(|_| requests.remove(0).json())
    }

    fn submit(&self, submission: KycSubmission) -> Result<Value> {
        agree(submission.validate(), self.sent(self.user.kyc().submit(&submission)))
    }

    fn update(&self, update: KycUpdate) -> Result<Value> {
        agree(update.validate(), self.sent(self.user.kyc().update(&update)))
    }

    fn link_batch(&self, links: DocumentLinks) -> Result<Value> {
        agree(links.validate(), self.sent(self.user.documents().link_batch(&links)))
    }

    fn save(&self, payment_details: PaymentDetails) -> Result<Value> {
        agree(payment_details.validate(), self.sent(self.user.payment_details().create(&payment_details)))
    }
}

/// The result of sending, after an assertion that `validate` has the same result.
fn agree(validated: Result<()>, sent: Result<Value>) -> Result<Value> {
    let reason = |error: &Error| (error.kind(), error.field().map(str::to_owned), error.to_string());
    let earlier = validated.as_ref().err().map(reason);
    let on_sending = sent.as_ref().err().map(|error| {
        let (kind, field, message) = reason(error);
        let operation = format!("{}: ", error.operation_id().expect("a refusal on sending names its operation"));
        let message = message.strip_prefix(&operation).expect("it comes first").to_owned();
        (kind, field, message)
    });
    assert_eq!(earlier, on_sending);
    sent
}

/// Checks `property` for many inputs, and panics with the smallest one for which it does not hold.
///
/// The inputs are the same in every run. `PROPTEST_CASES` and `PROPTEST_RNG_SEED` make them more, and others.
fn each<T: Debug>(inputs: impl Strategy<Value = T>, property: impl Fn(T) -> Verdict) {
    let is_given = |name| std::env::var_os(name).is_some();
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if !is_given("PROPTEST_CASES") {
        config.cases = 96;
    }
    if !is_given("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(0);
    }
    TestRunner::new(config).run(&inputs, property).unwrap_or_else(|error| panic!("{error}"));
}

/// The body that was sent is `expected`, is valid for `operation`, and matches these variants.
fn accepts(operation: &str, outcome: Result<Value>, expected: &Value, variants: &[usize]) -> Verdict {
    let body = outcome.map_err(failed)?;
    let expected: Value = serde_json::from_str(&expected.to_string()).expect("JSON is JSON");
    prop_assert_eq!(&body, &expected);
    prop_assert_eq!(JUDGE.complaints(operation, &body), [""; 0], "{}", body);
    prop_assert_eq!(JUDGE.variants(operation, &body), variants, "{}", body);
    Ok(())
}

/// The body that was sent is valid for `operation`, or it was refused because of `field`.
fn accepts_or_refuses(operation: &str, outcome: Result<Value>, field: &str, value: &str) -> Verdict {
    match outcome {
        Ok(body) => prop_assert_eq!(JUDGE.complaints(operation, &body), [""; 0], "{}", body),
        Err(error) => is_refusal(&error, field, value)?,
    }
    Ok(())
}

/// The body was refused because of `field`.
fn refuses(outcome: Result<Value>, field: &str, value: &str) -> Verdict {
    match outcome {
        Ok(body) => Err(TestCaseError::fail(format!("`{field}` was sent: {body}"))),
        Err(error) => is_refusal(&error, field, value),
    }
}

/// The error is that of a request that is not valid; it names the field, and does not hold its value.
fn is_refusal(error: &Error, field: &str, value: &str) -> Verdict {
    prop_assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{}", error);
    prop_assert_eq!(error.field(), Some(field), "{}", error);
    prop_assert_eq!((error.attempts(), error.status()), (0, None), "{}", error);
    let mut printed = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        printed += &format!(" {error} {error:?}");
        source = error.source();
    }
    // Examples, which may be what was given.
    let printed = printed.replace("+37012345678", "").replace("https", "");
    prop_assert!(value.chars().count() <= 3 || !printed.contains(value), "{} has {:?} in it", printed, value);
    Ok(())
}

fn failed(error: Error) -> TestCaseError {
    TestCaseError::fail(format!("it was refused: {error}"))
}

fn pii(first: &str, last: &str, country: &str, fields: Fields<RegistryNumberType>) -> Pii {
    let mut pii = Pii::new(first, last, country);
    pii = given(pii, &fields.dob, Pii::dob);
    pii = given(pii, &fields.phone_number, Pii::phone_number);
    pii = given(pii, &fields.middle_name, Pii::middle_name);
    pii = given(pii, &fields.id_number, |pii, (kind, number)| pii.registry_number(kind, number));
    pii = given(pii, &fields.address, Pii::address);
    pii = given(pii, &fields.city, Pii::city);
    given(pii, &fields.postal_code, Pii::postal_code)
}

fn update(changes: Changes) -> KycUpdate {
    let fields = changes.fields;
    let mut update = KycUpdate::new();
    update = given(update, &fields.dob, KycUpdate::dob);
    update = given(update, &fields.phone_number, KycUpdate::phone_number);
    update = given(update, &fields.middle_name, KycUpdate::middle_name);
    update = given(update, &fields.id_number, |update, (kind, number)| update.id_number(kind, number));
    update = given(update, &fields.address, KycUpdate::address);
    update = given(update, &fields.city, KycUpdate::city);
    update = given(update, &fields.postal_code, KycUpdate::postal_code);
    update = given(update, &changes.gender, KycUpdate::gender);
    update = given(update, &changes.nationality, KycUpdate::nationality);
    update = given(update, &changes.id_issue_country, KycUpdate::id_issue_country);
    given(update, &changes.source_of_funds, KycUpdate::source_of_funds)
}

/// `target` with `value` set, if there is one.
fn given<T, V: Clone>(target: T, value: &Option<V>, set: impl FnOnce(T, V) -> T) -> T {
    match value.clone() {
        Some(value) => set(target, value),
        None => target,
    }
}

fn with_business(mut details: Value, is_business: bool) -> Value {
    if is_business {
        details["beneficiary_type"] = "business".into();
    }
    details
}

fn in_fours(iban: &str) -> String {
    iban.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}

fn member((name, value): (&str, impl Into<String>)) -> (String, Value) {
    (name.to_owned(), Value::String(value.into()))
}
