//! The kinds of change, and the table of verdicts: what each does to deployed clients and to code that compiles today.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Direction,
    Verdict::{self, Break, Ok},
};

/// What kind of change it is. The names are stable: scripts may rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is its name; `verdicts` says what is made of it")]
#[non_exhaustive]
pub enum Rule {
    // The document.
    ServerAdded,
    ServerRemoved,
    ServerChanged,
    SecuritySchemeAdded,
    SecuritySchemeRemoved,
    SecuritySchemeRenamed,
    SecuritySchemeChanged,
    // Operations.
    OperationAdded,
    OperationRemoved,
    OperationIdChanged,
    MethodChanged,
    PathChanged,
    PathParameterRenamed,
    Deprecated,
    Undeprecated,
    SecurityRequired,
    SecurityLifted,
    SecurityChanged,
    // What an operation is sent.
    RequiredParameterAdded,
    RequiredParameterRemoved,
    OptionalParameterAdded,
    OptionalParameterRemoved,
    ParameterRenamed,
    ParameterMoved,
    ParameterRequired,
    ParameterOptional,
    SerializationChanged,
    RequiredBodyAdded,
    RequiredBodyRemoved,
    OptionalBodyAdded,
    OptionalBodyRemoved,
    BodyRequired,
    BodyOptional,
    // What it answers.
    StatusAdded,
    StatusRemoved,
    StatusChanged,
    ContentAdded,
    ContentRemoved,
    HeaderAdded,
    HeaderRemoved,
    // Either.
    MediaTypeAdded,
    MediaTypeRemoved,
    MediaTypeChanged,
    // Schemas.
    SchemaAdded,
    SchemaRemoved,
    SchemaRenamed,
    SchemaExtracted,
    SchemaInlined,
    ReferenceChanged,
    TypeNarrowed,
    TypeWidened,
    TypeChanged,
    FormatNarrowed,
    FormatWidened,
    FormatChanged,
    NullableAdded,
    NullableRemoved,
    ConstraintAdded,
    ConstraintRemoved,
    ConstraintTightened,
    ConstraintLoosened,
    ConstraintChanged,
    EnumIntroduced,
    EnumDropped,
    EnumValuesAdded,
    EnumValuesRemoved,
    ExcludedValuesAdded,
    ExcludedValuesRemoved,
    RequiredPropertyAdded,
    RequiredPropertyRemoved,
    OptionalPropertyAdded,
    OptionalPropertyRemoved,
    PropertyRenamed,
    PropertyRequired,
    PropertyOptional,
    AdditionalPropertiesClosed,
    AdditionalPropertiesOpened,
    UnionIntroduced,
    UnionDropped,
    VariantAdded,
    VariantRemoved,
    VariantReplaced,
    DiscriminatorAdded,
    DiscriminatorRemoved,
    DiscriminatorChanged,
    DiscriminatorMappingChanged,
    DefaultChanged,
    // The rest.
    KeywordChanged,
    ExtensionChanged,
    ProseChanged,
}

/// Where a change is, as far as the verdict depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Flow {
    /// In the document or an operation itself, where no data travels.
    Outside,
    /// In what the client sends.
    Request,
    /// In what the server answers if all went well.
    Success,
    /// In what it answers otherwise. One hand-written type reads all of that, so no generated item changes.
    Error,
    /// In a schema that no operation reaches. The vendor sends such by other ways (webhooks), and a type is generated
    /// for each, so it is judged as an answer.
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

impl Rule {
    /// Whether the deployed client works on, and whether code that uses `unigox` compiles on: design's table, and where
    /// that is silent, what the generated code does.
    pub(super) fn verdicts(self, flow: Flow) -> (Verdict, Verdict) {
        match (self, flow) {
            (_, Flow::Outside | Flow::Request) => self.in_request(),
            (_, Flow::Success | Flow::Unreached) => self.in_response(),
            // An error is read whatever its status is, and whether it has a body or not.
            (Self::StatusChanged | Self::ContentRemoved, Flow::Error) => (Ok, Ok),
            (_, Flow::Error) => (self.in_response().0, Ok),
        }
    }

    #[rustfmt::skip]
    fn in_request(self) -> (Verdict, Verdict) {
        match self {
            Self::OperationRemoved | Self::MediaTypeRemoved | Self::MediaTypeChanged
            | Self::RequiredParameterAdded | Self::RequiredParameterRemoved | Self::OptionalParameterRemoved
            | Self::ParameterRenamed | Self::ParameterRequired
            | Self::RequiredBodyAdded | Self::RequiredBodyRemoved | Self::OptionalBodyRemoved | Self::BodyRequired
            | Self::RequiredPropertyAdded | Self::RequiredPropertyRemoved | Self::OptionalPropertyRemoved
            | Self::PropertyRenamed | Self::PropertyRequired
            | Self::TypeNarrowed | Self::TypeChanged | Self::FormatNarrowed | Self::FormatChanged
            | Self::NullableRemoved | Self::ConstraintAdded
            | Self::EnumIntroduced | Self::EnumValuesRemoved
            | Self::VariantRemoved | Self::VariantReplaced | Self::UnionIntroduced | Self::UnionDropped
            | Self::DiscriminatorChanged | Self::KeywordChanged => (Break, Break),

            // The facade writes paths, methods, keys and hosts itself, and no Rust item is named for them.
            Self::MethodChanged | Self::PathChanged | Self::ParameterMoved | Self::SerializationChanged
            | Self::SecurityRequired | Self::SecurityChanged | Self::SecuritySchemeChanged
            | Self::ServerRemoved | Self::ServerChanged
            // A value that was sent may be refused; the type of it stays.
            | Self::ConstraintTightened | Self::ConstraintChanged | Self::ExcludedValuesAdded
            | Self::AdditionalPropertiesClosed | Self::DiscriminatorMappingChanged => (Break, Ok),

            // Names that are not on the wire, but in Rust.
            Self::OperationIdChanged | Self::SchemaRenamed | Self::ReferenceChanged | Self::SchemaRemoved
            | Self::DiscriminatorAdded | Self::DiscriminatorRemoved => (Ok, Break),

            // The name of a path parameter is neither on the wire nor, arguments being positional, in calling code. What
            // becomes optional stays an argument of the facade's constructors until someone takes it out.
            _ => (Ok, Ok),
        }
    }

    #[rustfmt::skip]
    fn in_response(self) -> (Verdict, Verdict) {
        match self {
            Self::RequiredPropertyRemoved | Self::OptionalPropertyRemoved | Self::PropertyRenamed | Self::PropertyOptional
            | Self::TypeWidened | Self::TypeChanged | Self::FormatWidened | Self::FormatChanged
            | Self::NullableAdded | Self::ConstraintRemoved
            | Self::MediaTypeRemoved | Self::MediaTypeChanged | Self::ContentRemoved
            | Self::UnionIntroduced | Self::UnionDropped | Self::VariantAdded | Self::VariantReplaced
            | Self::DiscriminatorChanged | Self::KeywordChanged => (Break, Break),

            // Statuses tell outcomes apart: created now, or there before.
            Self::StatusChanged | Self::HeaderRemoved | Self::SerializationChanged
            | Self::ConstraintLoosened | Self::ConstraintChanged | Self::DiscriminatorMappingChanged => (Break, Ok),

            // `Option<T>` becomes `T`, `String` an enum, `f64` an `i64`: the deployed client reads what now comes, but
            // code that was written for the old type does not compile.
            Self::PropertyRequired | Self::NullableRemoved
            | Self::TypeNarrowed | Self::FormatNarrowed | Self::ConstraintAdded
            | Self::EnumIntroduced | Self::EnumDropped | Self::EnumValuesRemoved
            | Self::VariantRemoved | Self::StatusRemoved | Self::ContentAdded
            | Self::SchemaRenamed | Self::ReferenceChanged | Self::SchemaRemoved
            | Self::DiscriminatorAdded | Self::DiscriminatorRemoved => (Ok, Break),

            _ => (Ok, Ok),
        }
    }

    /// The rule of the opposite change. One that is its own opposite is about a change, not about coming or going.
    pub fn opposite(self) -> Self {
        let pairs = [
            (Self::ServerAdded, Self::ServerRemoved),
            (Self::SecuritySchemeAdded, Self::SecuritySchemeRemoved),
            (Self::OperationAdded, Self::OperationRemoved),
            (Self::Deprecated, Self::Undeprecated),
            (Self::SecurityRequired, Self::SecurityLifted),
            (Self::RequiredParameterAdded, Self::RequiredParameterRemoved),
            (Self::OptionalParameterAdded, Self::OptionalParameterRemoved),
            (Self::ParameterRequired, Self::ParameterOptional),
            (Self::RequiredBodyAdded, Self::RequiredBodyRemoved),
            (Self::OptionalBodyAdded, Self::OptionalBodyRemoved),
            (Self::BodyRequired, Self::BodyOptional),
            (Self::StatusAdded, Self::StatusRemoved),
            (Self::ContentAdded, Self::ContentRemoved),
            (Self::HeaderAdded, Self::HeaderRemoved),
            (Self::MediaTypeAdded, Self::MediaTypeRemoved),
            (Self::SchemaAdded, Self::SchemaRemoved),
            (Self::SchemaExtracted, Self::SchemaInlined),
            (Self::TypeNarrowed, Self::TypeWidened),
            (Self::FormatNarrowed, Self::FormatWidened),
            (Self::NullableAdded, Self::NullableRemoved),
            (Self::ConstraintAdded, Self::ConstraintRemoved),
            (Self::ConstraintTightened, Self::ConstraintLoosened),
            (Self::EnumIntroduced, Self::EnumDropped),
            (Self::EnumValuesAdded, Self::EnumValuesRemoved),
            (Self::ExcludedValuesAdded, Self::ExcludedValuesRemoved),
            (Self::RequiredPropertyAdded, Self::RequiredPropertyRemoved),
            (Self::OptionalPropertyAdded, Self::OptionalPropertyRemoved),
            (Self::PropertyRequired, Self::PropertyOptional),
            (Self::AdditionalPropertiesClosed, Self::AdditionalPropertiesOpened),
            (Self::UnionIntroduced, Self::UnionDropped),
            (Self::VariantAdded, Self::VariantRemoved),
            (Self::DiscriminatorAdded, Self::DiscriminatorRemoved),
        ];
        let other = pairs.into_iter().find_map(|(one, other)| match self {
            rule if rule == one => Some(other),
            rule if rule == other => Some(one),
            _ => None,
        });
        other.unwrap_or(self)
    }
}

/// The name that reports use.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
