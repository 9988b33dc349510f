//! What people may hand to the facade, well meant or not.

use chrono::{Datelike, NaiveDate, Utc};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value};
use unigox::{DocumentType, Gender, IdType, PersonSourceOfFunds, RegistryNumberType};

/// What careless code trips over.
const AWKWARD: &[&str] = &[
    "O'Neill \"Ada\" \\ / <b>&amp;</b>",
    "null",
    "0",
    "{\"method\":\"handoff\"}",
    "a\0b\u{7f}\u{1b}[31m",
    "line\r\nbreak\u{2028}\t",
    "Zoë Ćwikła-Ñandú",
    "e\u{301}\u{200d}\u{202e}abc",
    "王小明",
    "عبد الله",
    "👩‍👩‍👧‍👦",
    " spaces around ",
    "\u{feff}",
];

/// Any text at all.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => any::<String>(),
        4 => vec(any::<char>(), 0..40).prop_map(String::from_iter),
        4 => "[A-Za-z '-]{1,30}",
        4 => select(AWKWARD).prop_map(str::to_owned),
        2 => blank(),
        1 => (any::<char>(), 5_000..50_000_usize).prop_map(|(c, count)| String::from_iter(vec![c; count])),
    ]
}

/// Any text that says something.
pub(crate) fn text() -> impl Strategy<Value = String> {
    any_text().prop_filter("it is blank", |text| !text.trim().is_empty())
}

/// Text that is no path, in one line.
pub(crate) fn file_name() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace(|c: char| c.is_control() || matches!(c, '/' | '\\'), "_"))
}

/// Text that says nothing.
pub(crate) fn blank() -> impl Strategy<Value = String> {
    "[ \t\r\n\u{a0}\u{2003}\u{3000}]{0,9}"
}

/// What `good` makes, and what is nearly that: with a character more, less or another, or in another case. Or any text.
pub(crate) fn nearly(good: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = String> {
    let changed = (good.clone(), any::<prop::sample::Index>(), any_char(), 0..3);
    let changed = changed.prop_map(|(text, place, new, change)| {
        let mut chars: Vec<_> = text.chars().collect();
        let place = place.index(chars.len());
        match change {
            0 => chars.insert(place, new),
            1 => chars[place] = new,
            _ => drop(chars.remove(place)),
        }
        String::from_iter(chars)
    });
    prop_oneof![
        4 => changed,
        1 => good.clone().prop_map(|text| text.to_lowercase()),
        1 => good.clone().prop_map(|text| format!(" {text}")),
        1 => good.clone().prop_map(|text| format!("{text}\n")),
        1 => good,
        3 => any_text(),
    ]
}

fn any_char() -> impl Strategy<Value = char> {
    use prop::char::range;
    prop_oneof![
        any::<char>(),
        range(' ', '~'),
        range('0', '9'),
        range('A', 'Z'),
        select(&['٣', '\0', '\n', 'É', '０'][..]),
    ]
}

/// A country code of two letters, whether there is such a country or not.
pub(crate) fn country() -> impl Strategy<Value = String> + Clone {
    "[A-Z]{2}"
}

/// A currency code of three letters, whether there is such a currency or not.
pub(crate) fn currency() -> impl Strategy<Value = String> + Clone {
    "[A-Z]{3}"
}

/// A phone number in E.164 form.
pub(crate) fn phone_number() -> impl Strategy<Value = String> + Clone {
    "\\+[1-9][0-9]{1,14}"
}

/// An e-mail address.
pub(crate) fn email() -> impl Strategy<Value = String> + Clone {
    "[a-zA-Z0-9]{1,20}([._+-][a-z0-9]{1,10}){0,2}@([a-z0-9]{1,10}\\.){1,3}(example|test|com)"
}

/// An `https` address of what fits into a URL without being encoded.
pub(crate) fn url() -> impl Strategy<Value = String> + Clone {
    "https://([a-z0-9]{1,10}\\.){1,3}example(:[1-9][0-9]{0,3})?\
     (/([a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2}){0,12}){0,4}(\\?[a-zA-Z0-9=&;:@/?+-]{0,20})?(#[a-z0-9]{0,8})?"
}

/// What is not quite an `https` address.
pub(crate) fn any_url() -> impl Strategy<Value = String> {
    let scheme = select(&["http", "HTTP", "ftp", "file", "data", "javascript", "httpss", "https ", "//", ""][..]);
    let rest =
        select(&["://files.example.com/1.jpg", ":files.example.com", ":///", "://", "", ":image/png;base64,AA"][..]);
    prop_oneof![
        3 => nearly(url()),
        2 => (scheme, rest).prop_map(|(scheme, rest)| format!("{scheme}{rest}")),
        2 => any_text().prop_map(|text| format!("https://{text}")),
        2 => any_text().prop_map(|text| format!("https://files.example.com/{text}")),
    ]
}

/// The birth of someone who is 18.
pub(crate) fn birth() -> impl Strategy<Value = NaiveDate> {
    dates(1850, Utc::now().year() - 19)
}

/// Any date of four digits in its year, often one around the age of 18.
pub(crate) fn any_date() -> impl Strategy<Value = NaiveDate> {
    let now = Utc::now().year();
    prop_oneof![dates(now - 20, now - 16), dates(now - 2, now + 2), dates(1, 9999)]
}

/// Dates from the first day of one year to the first of another.
fn dates(from: i32, to: i32) -> impl Strategy<Value = NaiveDate> {
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("every year has a first day").num_days_from_ce();
    (day(from)..day(to)).prop_map(|day| NaiveDate::from_num_days_from_ce_opt(day).expect("the day is one"))
}

/// The optional fields that `submitKYC` and `updateKYC` have in common, with a number of the kind `K`.
#[derive(Clone, Debug)]
pub(crate) struct Fields<K> {
    pub(crate) dob: Option<NaiveDate>,
    pub(crate) middle_name: Option<String>,
    pub(crate) phone_number: Option<String>,
    pub(crate) id_number: Option<(K, String)>,
    pub(crate) address: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) postal_code: Option<String>,
}

/// How many of them there are; a number and its kind count as one.
pub(crate) const FIELD_COUNT: u32 = 7;

impl<K: ToString> Fields<K> {
    /// Those of which the bit in `subset` is set, with a number of this kind.
    pub(crate) fn of(subset: u32, kind: K) -> Self {
        let has = |bit: u32| subset & (1 << bit) != 0;
        let text = |bit: u32, text: &str| has(bit).then(|| text.to_owned());
        Self {
            dob: NaiveDate::from_ymd_opt(1990, 12, 10).filter(|_| has(0)),
            middle_name: text(1, "Chidi"),
            phone_number: text(2, "+2348031234567"),
            id_number: text(3, "SPECIMEN-00042").map(|number| (kind, number)),
            address: text(4, "12 Marina Road"),
            city: text(5, "Lagos"),
            postal_code: text(6, "01067"),
        }
    }

    /// The members of the body that they become.
    pub(crate) fn into_json(self) -> Map<String, Value> {
        let (id_type, id_number) = self.id_number.unzip();
        members([
            ("dob", self.dob.map(|date| date.format("%Y-%m-%d").to_string())),
            ("middle_name", self.middle_name),
            ("phone_number", self.phone_number),
            ("id_type", id_type.map(|kind| kind.to_string())),
            ("id_number", id_number),
            ("address", self.address),
            ("city", self.city),
            ("postal_code", self.postal_code),
        ])
    }
}

fn members<const COUNT: usize>(fields: [(&str, Option<String>); COUNT]) -> Map<String, Value> {
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?)))).collect()
}

/// Any of the optional fields, with a number of one of these kinds.
fn fields<K: Copy + std::fmt::Debug + 'static>(kinds: &'static [K]) -> impl Strategy<Value = Fields<K>> {
    let id_number = (select(kinds), text());
    let fields = (
        option::of(birth()),
        option::of(text()),
        option::of(phone_number()),
        option::of(id_number),
        option::of(text()),
        option::of(text()),
        option::of(text()),
    );
    fields.prop_map(|(dob, middle_name, phone_number, id_number, address, city, postal_code)| Fields {
        dob,
        middle_name,
        phone_number,
        id_number,
        address,
        city,
        postal_code,
    })
}

/// The optional fields of a submission.
pub(crate) fn submitted_fields() -> impl Strategy<Value = Fields<RegistryNumberType>> {
    fields(RegistryNumberType::VALUES)
}

/// The fields of an update.
#[derive(Clone, Debug)]
pub(crate) struct Changes {
    pub(crate) fields: Fields<IdType>,
    pub(crate) gender: Option<Gender>,
    pub(crate) nationality: Option<String>,
    pub(crate) id_issue_country: Option<String>,
    pub(crate) source_of_funds: Option<PersonSourceOfFunds>,
}

/// How many fields an update has.
pub(crate) const CHANGE_COUNT: u32 = FIELD_COUNT + 4;

impl Changes {
    /// Those of which the bit in `subset` is set.
    pub(crate) fn of(subset: u32) -> Self {
        let has = |bit: u32| subset & (1 << (FIELD_COUNT + bit)) != 0;
        Self {
            fields: Fields::of(subset, IdType::Passport),
            gender: has(0).then_some(Gender::F),
            nationality: has(1).then(|| "NG".to_owned()),
            id_issue_country: has(2).then(|| "LT".to_owned()),
            source_of_funds: has(3).then_some(PersonSourceOfFunds::BusinessIncome),
        }
    }

    /// The body that they become.
    pub(crate) fn into_json(self) -> Map<String, Value> {
        let mut body = self.fields.into_json();
        body.extend(members([
            ("gender", self.gender.map(|gender| gender.to_string())),
            ("nationality", self.nationality),
            ("id_issue_country", self.id_issue_country),
            ("source_of_funds", self.source_of_funds.map(|source| source.to_string())),
        ]));
        body
    }
}

/// Any fields of an update.
pub(crate) fn changes() -> impl Strategy<Value = Changes> {
    let changes = (
        fields(IdType::VALUES),
        option::of(select(Gender::VALUES)),
        option::of(country()),
        option::of(country()),
        option::of(select(PersonSourceOfFunds::VALUES)),
    );
    changes.prop_map(|(fields, gender, nationality, id_issue_country, source_of_funds)| Changes {
        fields,
        gender,
        nationality,
        id_issue_country,
        source_of_funds,
    })
}

/// A type of document.
pub(crate) fn document_type() -> impl Strategy<Value = DocumentType> {
    select(DocumentType::VALUES)
}

/// Account data of any shape.
pub(crate) fn details() -> impl Strategy<Value = Map<String, Value>> {
    let number = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
    ];
    let leaf = prop_oneof![
        3 => any::<String>().prop_map(Value::from),
        1 => select(AWKWARD).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => number,
        1 => Just(Value::Null),
    ];
    let name = || prop_oneof![any::<String>(), "[a-z_]{1,12}", Just("beneficiary_type".to_owned())];
    let value = leaf.prop_recursive(4, 24, 6, move |inner| {
        let object = vec((name(), inner.clone()), 0..6).prop_map(|members| Value::Object(Map::from_iter(members)));
        prop_oneof![vec(inner, 0..6).prop_map(Value::Array), object]
    });
    vec((name(), value), 0..6).prop_map(Map::from_iter)
}

/// An IBAN of one of five countries, with the check digits that belong to it.
pub(crate) fn iban() -> impl Strategy<Value = String> + Clone {
    let parts = prop_oneof![
        (Just("DE"), "[0-9]{18}"),
        (Just("LT"), "[0-9]{16}"),
        (Just("NL"), "[A-Z]{4}[0-9]{10}"),
        (Just("GB"), "[A-Z]{4}[0-9]{14}"),
        (Just("FR"), "[0-9]{10}[0-9A-Z]{11}[0-9]{2}"),
    ];
    parts.prop_map(|(country, account)| format!("{country}{:02}{account}", check_digits(country, &account)))
}

/// The check digits of the IBAN of `account` in `country` (ISO 7064, MOD 97-10).
pub(crate) fn check_digits(country: &str, account: &str) -> u32 {
    98 - format!("{account}{country}00").chars().fold(0, |rest, c| {
        let digit = c.to_digit(36).expect("an IBAN has letters and digits");
        (rest * if digit < 10 { 10 } else { 100 } + digit) % 97
    })
}
