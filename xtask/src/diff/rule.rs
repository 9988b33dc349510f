//! The kinds of change, and the table of verdicts: what each does to deployed clients and to code that compiles today.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use self::{
    Detail::{Contained, IntegerSize, Untyped},
    Verdict::{Break, Ok},
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
// break no source: one hand-written type reads them all.
rules! {
    // The document.
    // The facade writes paths, methods, keys and hosts itself, and no Rust item is named for them.
    ServerAdded: always(NONE),
    ServerRemoved: always(WIRE),
    ServerChanged: always(WIRE),
    SecuritySchemeAdded: always(NONE),
    SecuritySchemeRemoved: always(NONE),
    SecuritySchemeRenamed: always(NONE),
    SecuritySchemeChanged: always(WIRE),
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
    SecurityChanged: always(WIRE).when(Contained, always(NONE)),
    // What an operation is sent.
    RequiredParameterAdded: always(BOTH),
    RequiredParameterRemoved: always(BOTH),
    OptionalParameterAdded: always(NONE),
    OptionalParameterRemoved: always(BOTH),
    ParameterRenamed: always(BOTH),
    ParameterMoved: always(WIRE),
    ParameterRequired: always(BOTH),
    // What becomes optional stays an argument of the facade's constructors until someone takes it out.
    ParameterOptional: always(NONE),
    SerializationChanged: always(WIRE),
    RequiredBodyAdded: always(BOTH),
    RequiredBodyRemoved: always(BOTH),
    OptionalBodyAdded: always(NONE),
    OptionalBodyRemoved: always(BOTH),
    BodyRequired: always(BOTH),
    BodyOptional: always(NONE),
    // What it responds.
    StatusAdded: always(NONE),
    StatusRemoved: row(NONE, SOURCE),
    // Statuses tell outcomes apart: created now, or there before. An error is read whatever its status is, and whether it
    // has a body or not.
    StatusChanged: always(WIRE).in_errors(NONE),
    ContentAdded: row(NONE, SOURCE),
    ContentRemoved: always(BOTH).in_errors(NONE),
    HeaderAdded: always(NONE),
    HeaderRemoved: always(WIRE),
    // Either.
    MediaTypeAdded: always(NONE),
    MediaTypeRemoved: always(BOTH),
    MediaTypeChanged: always(BOTH),
    // Schemas.
    SchemaAdded: always(NONE),
    SchemaRemoved: always(SOURCE),
    // Names that are not on the wire, but in Rust. What is merged into others has none.
    SchemaRenamed: always(SOURCE).when(Untyped, always(NONE)),
    SchemaExtracted: always(NONE),
    SchemaInlined: always(NONE),
    ReferenceChanged: always(SOURCE),
    // `Option<T>` becomes `T`, `String` an enum, `f64` an `i64`: the deployed client reads what it receives now, but code
    // that was written for the old type does not compile.
    TypeNarrowed: row(BOTH, SOURCE),
    TypeWidened: row(NONE, BOTH),
    TypeChanged: always(BOTH),
    FormatNarrowed: row(BOTH, SOURCE).when(Untyped, row(WIRE, NONE)),
    FormatWidened: row(NONE, BOTH).when(Untyped, always(NONE)),
    FormatChanged: always(BOTH).when(Untyped, row(WIRE, NONE)),
    NullableAdded: row(NONE, BOTH),
    NullableRemoved: row(BOTH, SOURCE),
    ConstraintAdded: row(BOTH, SOURCE).when(Untyped, row(WIRE, NONE)),
    ConstraintRemoved: row(NONE, BOTH).when(Untyped, always(NONE)),
    // A value that was sent may be refused; the type of it stays, unless it is an integer whose size depends on it.
    ConstraintTightened: row(WIRE, NONE).when(Untyped, row(WIRE, NONE)).when(IntegerSize, row(BOTH, SOURCE)),
    ConstraintLoosened: row(NONE, WIRE).when(Untyped, always(NONE)).when(IntegerSize, row(NONE, BOTH)),
    ConstraintChanged: always(WIRE).when(Untyped, row(WIRE, NONE)).when(IntegerSize, always(BOTH)),
    EnumIntroduced: row(BOTH, SOURCE),
    EnumDropped: row(NONE, SOURCE),
    EnumValuesAdded: always(NONE),
    EnumValuesRemoved: row(BOTH, SOURCE),
    ExcludedValuesAdded: row(WIRE, NONE),
    ExcludedValuesRemoved: always(NONE),
    RequiredPropertyAdded: row(BOTH, NONE),
    RequiredPropertyRemoved: always(BOTH),
    OptionalPropertyAdded: always(NONE),
    OptionalPropertyRemoved: always(BOTH),
    PropertyRenamed: always(BOTH),
    PropertyRequired: row(BOTH, SOURCE),
    PropertyOptional: row(NONE, BOTH),
    AdditionalPropertiesClosed: row(WIRE, NONE),
    AdditionalPropertiesOpened: always(NONE),
    // What was sent is still accepted if it is among the shapes; what is received now could be received before.
    UnionIntroduced: always(BOTH).when(Contained, row(SOURCE, BOTH)),
    UnionDropped: always(BOTH).when(Contained, row(BOTH, SOURCE)),
    VariantAdded: row(NONE, BOTH),
    VariantRemoved: row(BOTH, SOURCE),
    VariantReplaced: always(BOTH),
    DiscriminatorAdded: always(SOURCE),
    DiscriminatorRemoved: always(SOURCE),
    DiscriminatorChanged: always(BOTH),
    DiscriminatorMappingChanged: always(WIRE),
    DefaultChanged: always(NONE),
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
#[allow(clippy::exhaustive_enums, reason = "it does or it does not")]
pub enum Verdict {
    /// It does.
    Ok,
    /// It may not.
    Break,
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
    /// In what it sends otherwise. One hand-written type reads all of that, so no generated item changes.
    Error,
    /// In a schema that no operation reaches. The vendor sends such by other ways (webhooks), and a type is generated
    /// for each, so it is judged as a response.
    Unreached,
}

impl Flow {
    pub(super) fn direction(self) -> Direction {
        match self {
            Self::Request => Direction::Request,
            Self::Success | Self::Error => Direction::Response,
            Self::Outside | Self::Unreached => Direction::None,
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
    /// It decides which integer type is generated.
    IntegerSize,
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
    /// Whether the deployed client works on, and whether code that uses `unigox` compiles on.
    pub(super) fn verdicts(self, flow: Flow) -> Verdicts {
        let row = self.rule.row();
        let special = row.special.iter().find(|(detail, _)| *detail == self.detail);
        let Row { request, success, error, .. } = special.map_or(&row, |(_, special)| special);
        match flow {
            Flow::Outside | Flow::Request => *request,
            Flow::Success | Flow::Unreached => *success,
            Flow::Error => *error,
        }
    }
}

/// Wire and source.
type Verdicts = (Verdict, Verdict);

const NONE: Verdicts = (Ok, Ok);
const WIRE: Verdicts = (Break, Ok);
const SOURCE: Verdicts = (Ok, Break);
const BOTH: Verdicts = (Break, Break);

/// The verdicts on a rule, and those where a detail matters.
struct Row {
    request: Verdicts,
    success: Verdicts,
    error: Verdicts,
    special: Vec<(Detail, Row)>,
}

fn row(request: Verdicts, success: Verdicts) -> Row {
    Row { request, success, error: (success.0, Ok), special: Vec::new() }
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

    /// In what is sent, in what is received, and in errors: whether it breaks wire and source.
    #[test]
    fn the_table_of_verdicts_is_as_it_was_reviewed() {
        let mut table = String::new();
        for rule in Rule::ALL {
            for detail in [Detail::Plain, Contained, Untyped, IntegerSize] {
                let verdicts =
                    |detail| [Flow::Request, Flow::Success, Flow::Error].map(|flow| rule.with(detail).verdicts(flow));
                if detail != Detail::Plain && verdicts(detail) == verdicts(Detail::Plain) {
                    continue;
                }
                let letter = |verdict, letter| if verdict == Break { letter } else { '.' };
                let shown =
                    verdicts(detail).map(|(wire, source)| format!("{}{}", letter(wire, 'w'), letter(source, 's')));
                let detail = if detail == Detail::Plain { String::new() } else { format!(" {detail:?}") };
                let _ = writeln!(table, "{} {rule}{detail}", shown.join(" "));
            }
        }
        insta::assert_snapshot!(table);
    }
}
