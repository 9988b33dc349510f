//! The extensions that the overlay gives to what OpenAPI has no word for, and those that a pass sets for later stages.

/// Set by the overlay on a schema: what its type is called.
pub const TYPE_NAME: &str = "x-type-name";

/// Set by the overlay on a schema: whether it holds personal data or a secret.
pub const SENSITIVE: &str = "x-sensitive";

/// Set by the overlay on an operation: `safe` or `never`.
pub const RETRY: &str = "x-retry";

/// Set by the overlay on an operation: the `operationId` of the one that shows whether a call took effect.
pub const CHECK_WITH: &str = "x-check-with";

/// What the extensions begin with that passes set for later stages. A document that has one by itself loses it first.
pub const PRIVATE: &str = "x-lowered-";

/// Set by a pass on an operation with a multipart form: `{schema: …}`.
pub const MULTIPART: &str = "x-lowered-multipart";

/// Set by a pass on an operation whose success statuses have different shapes: `{"200": {schema: …}, "204": {}}`.
pub const SUCCESSES: &str = "x-lowered-successes";

/// Set by a pass on every operation: its error statuses, `{"400": {description: …, schema: "ErrorResponse"}}`.
pub const ERRORS: &str = "x-lowered-errors";

/// Set by a pass on an object of which at least one of several groups of properties is required: the first of them, as a
/// list of names.
pub const LEAST: &str = "x-lowered-least";

/// Set by a pass on an enum that may grow.
pub const OPEN_ENUM: &str = "x-lowered-open-enum";

/// Set by a pass on an operation: the media types of its responses, as its requests accept them.
pub const ACCEPT: &str = "x-lowered-accept";

/// Set by a pass on an object: the lists of required names of each choice, one of which holds.
pub const ALTERNATIVES: &str = "x-lowered-alternatives";

/// Set by a pass on an object: its choices, by the name of the field, as references to components.
pub const CHOICES: &str = "x-lowered-choices";

/// Set by a pass on the component of a choice between lists of required names.
pub const CHOICE: &str = "x-lowered-choice";

/// Set by a pass on a variant: the values of the tag that stand for it. The union writes them, the variant does not.
pub const TAG: &str = "x-lowered-tag";

/// Set by a pass on a union or an enum of integers that may grow.
pub const OPEN_UNION: &str = "x-lowered-open";

/// Set by a pass on a string that is sent, and whose length or pattern is checked before.
pub const CONSTRAINED: &str = "x-lowered-constrained";

/// Set by a pass on a parameter that is written as JSON.
pub const JSON_PARAMETER: &str = "x-lowered-json";

/// Set by a pass on two descriptions of one property, until they are one.
pub const BOTH: &str = "x-lowered-both";
