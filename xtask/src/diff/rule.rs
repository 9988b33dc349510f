//! The kinds of change, and the table of verdicts: what each does to deployed clients, and to code that uses the facade or
//! the generated crate and compiles today.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use self::{
    Detail::{Contained, Marked, Restricting, Untyped},
    Source::{ByCode, Certain},
    Verdict::{Break, Ok, Warning},
};

/// Makes the rules and their table, so that no rule is without a row.
macro_rules! rules {
    ($($rule:ident: $row:expr,)*) => {
        /// What kind of change it is. The names are stable: scripts may rely on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        #[allow(missing_docs, reason = "each is its name; the table has its verdicts")]
        #[non_exhaustive]
        pub enum Rule {
            $($rule,)*
        }

        impl Rule {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$rule,)*];

            fn row(self) -> Row {
                match self {
                    $(Self::$rule => $row,)*
                }
            }
        }
    };
}

// Design's table, and where that is silent, what the generated code does: in what is sent, then in what is received. Errors
// break no source: one hand-written type reads them all. The facade's requests are written by hand: what widens one changes
// the generated crate alone. `code` marks what depends on the generator; what it is given holds where there is no code.
rules! {
    // The document.
    // The facade writes paths, methods, keys and hosts itself, and no Rust item is named for them.
    ServerAdded: always(NONE),
    ServerRemoved: always(WIRE),
    ServerChanged: always(WIRE),
    SecuritySchemeAdded: always(NONE),
    SecuritySchemeRemoved: always(NONE),
    SecuritySchemeRenamed: always(NONE),
    SecuritySchemeChanged: always(WIRE).when(Contained, always(NONE)),
    // Operations.
    OperationAdded: always(NONE),
    OperationRemoved: always(BOTH),
    OperationIdChanged: always(SOURCE),
    MethodChanged: always(WIRE),
    PathChanged: always(WIRE),
    // Neither on the wire nor, arguments being positional, in calling code.
    PathParameterRenamed: always(NONE),
    Deprecated: always(NONE),
    Undeprecated: always(NONE),
    SecurityRequired: always(WIRE),
    SecurityLifted: always(NONE),
    // Contained: who could call it can still call it.
    SecurityChanged: always(WIRE).when(Contained, always(NONE)),
    // The server calls: nothing is generated for that but the types of components.
    CallbackAdded: always(NONE),
    CallbackRemoved: always(WIRE),
    CallbackMoved: always(WIRE),
    // What an operation is sent.
    RequiredParameterAdded: always(BOTH),
    RequiredParameterRemoved: always(BOTH),
    OptionalParameterAdded: always(MAYBE_CLIENT),
    OptionalParameterRemoved: always(BOTH),
    ParameterRenamed: always(BOTH),
    ParameterMoved: always(code(WIRE)),
    ParameterRequired: always(BOTH),
    ParameterOptional: always(code(CLIENT)),
    // Contained: what was written the old way is read the new way.
    SerializationChanged: always(code(WIRE)).when(Contained, always(code(NONE))),
    RequiredBodyAdded: always(BOTH),
    RequiredBodyRemoved: always(BOTH),
    OptionalBodyAdded: always(code(CLIENT)),
    OptionalBodyRemoved: always(BOTH),
    BodyRequired: always(BOTH),
    BodyOptional: always(code(CLIENT)),
    // What it responds.
    StatusAdded: row(NONE, code(NONE)),
    StatusRemoved: row(NONE, code(SOURCE)),
    // Statuses tell outcomes apart: created now, or there before. A range and a status in it do not. An error is read
    // whatever its status is, and whether it has a body or not.
    StatusChanged: always(code(WIRE)).in_errors(NONE).when(Contained, always(code(NONE))),
    ContentAdded: row(NONE, code(SOURCE)),
    ContentRemoved: always(code(BOTH)).in_errors(NONE),
    HeaderAdded: always(NONE),
    HeaderRemoved: always(WIRE),
    HeaderRequired: always(NONE),
    HeaderOptional: always(WIRE),
    // Either.
    MediaTypeAdded: row(MAYBE_CLIENT, code(NONE)),
    MediaTypeRemoved: always(code(BOTH)),
    MediaTypeChanged: always(code(BOTH)),
    // Schemas.
    SchemaAdded: always(NONE),
    SchemaRemoved: always(SOURCE),
    // Names that are not on the wire, but in Rust. What is merged into others has none, and the overlay may keep one.
    SchemaRenamed: always(code(SOURCE)).when(Untyped, always(code(NONE))),
    // A type that is written in place is named for its place.
    SchemaExtracted: always(code(SOURCE)),
    SchemaInlined: always(code(SOURCE)),
    ReferenceChanged: always(SOURCE),
    // `Option<T>` becomes `T`, `String` an enum, `f64` an `i64`: the deployed client reads what it receives now, but code
    // that was written for the old type does not compile.
    TypeNarrowed: row(BOTH, SOURCE),
    TypeWidened: row(CLIENT, BOTH),
    TypeChanged: always(BOTH),
    FormatNarrowed: row(code(BOTH), code(SOURCE)).when(Untyped, row(code(WIRE), code(NONE))),
    FormatWidened: row(code(CLIENT), code(BOTH)).when(Untyped, row(MAYBE_CLIENT, code(NONE))),
    FormatChanged: always(code(BOTH)).when(Untyped, row(code(WIRE), code(NONE))),
    NullableAdded: row(code(CLIENT), code(BOTH)),
    NullableRemoved: row(code(BOTH), code(SOURCE)),
    // They bind what is sent: what is received is read, whatever its bounds.
    ConstraintAdded: row(code(BOTH), code(NONE)).when(Untyped, row(code(WIRE), code(NONE))),
    ConstraintRemoved: row(code(CLIENT), code(NONE)).when(Untyped, row(MAYBE_CLIENT, code(NONE))),
    ConstraintTightened: row(code(WIRE), code(NONE)),
    ConstraintLoosened: row(MAYBE_CLIENT, code(NONE)),
    ConstraintChanged: row(code(WIRE), code(NONE)),
    EnumIntroduced: row(code(BOTH), code(SOURCE)),
    EnumDropped: row(code(CLIENT), code(SOURCE)),
    // What grows can become a type of its own where it was one with what is equal elsewhere.
    EnumValuesAdded: always(code(NONE)),
    EnumValuesRemoved: row(BOTH, SOURCE),
    ExcludedValuesAdded: row(code(WIRE), code(NONE)),
    ExcludedValuesRemoved: row(MAYBE_CLIENT, code(NONE)),
    // In what is received it is one argument more of a constructor, which those who use the facade have no need to call.
    RequiredPropertyAdded: row(BOTH, code(CLIENT)).when(Marked, row(code(BOTH), code(CLIENT))),
    RequiredPropertyRemoved: always(BOTH).when(Marked, always(code(BOTH))),
    OptionalPropertyAdded: always(code(NONE)),
    OptionalPropertyRemoved: always(BOTH).when(Marked, always(code(BOTH))),
    PropertyRenamed: always(BOTH),
    PropertyRequired: row(BOTH, SOURCE),
    PropertyOptional: row(CLIENT, BOTH),
    // A `readOnly` or `writeOnly` that does not matter in this direction. Where it does, a property comes or goes.
    AccessChanged: always(code(NONE)),
    AdditionalPropertiesClosed: row(code(WIRE), code(NONE)),
    AdditionalPropertiesOpened: row(MAYBE_CLIENT, code(NONE)),
    // What was sent is still accepted if it is among the shapes; what is received now could be received before. What only
    // restricts the properties beside it lets more through when it goes.
    UnionIntroduced: always(BOTH)
        .when(Contained, row(code(SOURCE), BOTH))
        .when(Restricting, row(code(BOTH), code(SOURCE))),
    UnionDropped: always(BOTH)
        .when(Contained, row(BOTH, code(SOURCE)))
        .when(Restricting, row(code(SOURCE), code(BOTH))),
    // A union that is received keeps what it does not know.
    VariantAdded: row(MAYBE_CLIENT, code(NONE)),
    VariantRemoved: row(BOTH, SOURCE),
    VariantReplaced: always(BOTH),
    DiscriminatorAdded: always(code(SOURCE)),
    DiscriminatorRemoved: always(code(SOURCE)),
    DiscriminatorChanged: always(BOTH),
    DiscriminatorMappingChanged: always(code(WIRE)),
    // Who leaves it out gets something else.
    DefaultChanged: row(MAYBE_CLIENT.warning(), code(NONE).warning()),
    // The rest.
    KeywordChanged: always(BOTH),
    ExtensionChanged: always(NONE),
    ProseChanged: always(NONE),
}

/// Which way the data travels that a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "data travels to the server or from it; the rest is no data")]
pub enum Direction {
    /// The client sends it.
    Request,
    /// The server sends it.
    Response,
    /// It is no data, or no operation carries it.
    None,
}

/// Whether something goes on working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "it does, it does not, or it does something else")]
pub enum Verdict {
    /// It does.
    Ok,
    /// It does, but what happens may be something else. Only on the wire.
    Warning,
    /// It may not.
    Break,
}

/// A verdict on source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// It depends on what the generator makes of both documents. If that is not known, it is this.
    ByCode(Verdict),
    /// It is this, whatever the generator does.
    Certain(Verdict),
}

impl Source {
    /// The verdict on what is found in two places.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Certain(Break), _) | (_, Certain(Break)) => Certain(Break),
            (Certain(Ok), other) | (other, Certain(Ok)) => other,
            _ => self.max(other),
        }
    }

    /// The verdict, if `is_changed` tells whether the code is another one.
    pub(super) fn verdict(self, is_changed: Option<bool>) -> Verdict {
        match (self, is_changed) {
            (ByCode(_), Some(true)) => Break,
            (ByCode(_), Some(false)) => Ok,
            (ByCode(verdict), None) | (Certain(verdict), _) => verdict,
        }
    }
}

/// Where the data travels that a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Flow {
    /// In the document or an operation itself, where no data travels.
    Outside,
    /// In what the client sends.
    Request,
    /// In what the server sends if all went well.
    Success,
    /// In what it sends otherwise, and in headers. Hand-written code reads all of that, so no generated item changes.
    Error,
    /// In what the server sends when it calls. Only components that are used there have types.
    Called,
    /// In the response to such a call.
    CallResponse,
    /// In a schema that no operation reaches. The vendor sends such by other ways (webhooks), and a type is generated
    /// for each, so it is judged as a response.
    Unreached,
}

impl Flow {
    pub(super) fn direction(self) -> Direction {
        match self {
            Self::Request | Self::CallResponse => Direction::Request,
            Self::Success | Self::Error | Self::Called => Direction::Response,
            Self::Outside | Self::Unreached => Direction::None,
        }
    }

    /// The word that says of a property that it does not travel this way.
    pub(super) fn hidden_by(self) -> Option<&'static str> {
        match self {
            Self::Request => Some("readOnly"),
            Self::Success | Self::Error => Some("writeOnly"),
            Self::Outside | Self::Called | Self::CallResponse | Self::Unreached => None,
        }
    }
}

/// What a verdict depends on beside rule and flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Nothing.
    Plain,
    /// What was allowed before is one of several alternatives now, or what is allowed now was one of several before.
    Contained,
    /// No generated type stands for it, and no generated code checks it.
    Untyped,
    /// It declares nothing of its own.
    Restricting,
    /// It comes or goes by a `readOnly` or `writeOnly`: for this direction alone.
    Marked,
}

/// A rule, and what else its verdict depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged {
    pub(super) rule: Rule,
    pub(super) detail: Detail,
}

impl From<Rule> for Judged {
    fn from(rule: Rule) -> Self {
        rule.with(Detail::Plain)
    }
}

impl Rule {
    pub(super) fn with(self, detail: Detail) -> Judged {
        Judged { rule: self, detail }
    }
}

impl Judged {
    /// Whether the deployed client works on, and whether code that uses the crates compiles on. What is not in a component
    /// has no type if it travels in a call of the server.
    pub(super) fn verdicts(self, flow: Flow, is_in_component: bool) -> Verdicts {
        let row = self.rule.row();
        let special = row.special.iter().find(|(detail, _)| *detail == self.detail);
        let Row { request, success, error, .. } = special.map_or(&row, |(_, special)| special);
        let verdicts = match flow {
            Flow::Outside | Flow::Request | Flow::CallResponse => *request,
            Flow::Success | Flow::Called | Flow::Unreached => *success,
            Flow::Error => *error,
        };
        match flow {
            Flow::Called | Flow::CallResponse if !is_in_component => verdicts.without_source(),
            _ => verdicts,
        }
    }
}

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdicts {
    /// To deployed clients.
    pub(super) wire: Verdict,
    /// To code that uses the facade.
    pub(super) facade: Source,
    /// To code that uses the generated crate.
    pub(super) client: Source,
}

impl Verdicts {
    const fn certain(wire: Verdict, facade: Verdict, client: Verdict) -> Self {
        Self { wire, facade: Certain(facade), client: Certain(client) }
    }

    const fn without_source(self) -> Self {
        Self::certain(self.wire, Ok, Ok)
    }

    const fn warning(self) -> Self {
        Self { wire: Warning, ..self }
    }
}

const NONE: Verdicts = Verdicts::certain(Ok, Ok, Ok);
const WIRE: Verdicts = Verdicts::certain(Break, Ok, Ok);
const CLIENT: Verdicts = Verdicts::certain(Ok, Ok, Break);
const SOURCE: Verdicts = Verdicts::certain(Ok, Break, Break);
const BOTH: Verdicts = Verdicts::certain(Break, Break, Break);

/// The generated crate may be another one, which the facade's hand-written requests hide.
const MAYBE_CLIENT: Verdicts = Verdicts { client: ByCode(Ok), ..NONE };

/// What depends on the generator: the source of both crates, or of the generated one if the facade hides it.
fn code(verdicts: Verdicts) -> Verdicts {
    let by_code = |source: Source| ByCode(source.verdict(None));
    let is_hidden = verdicts.facade != verdicts.client;
    let facade = if is_hidden { verdicts.facade } else { by_code(verdicts.facade) };
    Verdicts { facade, client: by_code(verdicts.client), ..verdicts }
}

/// The verdicts on a rule, and those where a detail matters.
struct Row {
    request: Verdicts,
    success: Verdicts,
    error: Verdicts,
    special: Vec<(Detail, Row)>,
}

fn row(request: Verdicts, success: Verdicts) -> Row {
    Row { request, success, error: success.without_source(), special: Vec::new() }
}

/// For what is judged alike in both directions, or occurs in one alone.
fn always(verdicts: Verdicts) -> Row {
    row(verdicts, verdicts)
}

impl Row {
    fn in_errors(self, error: Verdicts) -> Self {
        Self { error, ..self }
    }

    fn when(mut self, detail: Detail, row: Self) -> Self {
        self.special.push((detail, row));
        self
    }
}

/// The name that reports use.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// In what is sent, in what is received, and in errors: what it does to the wire (`!` is a warning), to the source of
    /// the facade and to that of the generated crate. A capital or `?` depends on the generated code: what holds without.
    #[test]
    fn the_table_of_verdicts_is_as_it_was_reviewed() {
        let mut table = String::new();
        for rule in Rule::ALL {
            for detail in [Detail::Plain, Contained, Untyped, Restricting, Marked] {
                let verdicts = |detail| {
                    [Flow::Request, Flow::Success, Flow::Error].map(|flow| rule.with(detail).verdicts(flow, true))
                };
                if detail != Detail::Plain && verdicts(detail) == verdicts(Detail::Plain) {
                    continue;
                }
                let wire = |verdict| match verdict {
                    Ok => '.',
                    Warning => '!',
                    Break => 'w',
                };
                let source = |source, letter: char| match source {
                    Certain(Break) => letter,
                    Certain(_) => '.',
                    ByCode(Break) => letter.to_ascii_uppercase(),
                    ByCode(_) => '?',
                };
                let shown = verdicts(detail).map(|verdicts| {
                    let Verdicts { wire: on_wire, facade, client } = verdicts;
                    format!("{}{}{}", wire(on_wire), source(facade, 's'), source(client, 'c'))
                });
                let detail = if detail == Detail::Plain { String::new() } else { format!(" {detail:?}") };
                let _ = writeln!(table, "{} {rule}{detail}", shown.join(" "));
            }
        }
        insta::assert_snapshot!(table);
    }
}
