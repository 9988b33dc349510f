//! What is left to write by hand for an operation that is new: where, and as far as the document tells, what.

use std::fmt::Write as _;

use serde_json::Value;

use super::{SOURCES, constant};
use crate::{
    emit::sentence,
    names::{pascal, snake},
    walk,
};

/// The list of what to write for the operation `operation_id` of `effective`: its row, its method, its call in the tests,
/// and its rule in the sandbox.
///
/// Names and places are proposals, made from the path; types are what is generated. What only somebody who has read the
/// vendor's description can say is marked `…`.
pub fn what_to_write(effective: &Value, operation_id: &str) -> String {
    let mut found = None;
    walk::operations(effective, |at, operation| {
        if operation["operationId"] == operation_id {
            found = Some(New::of(effective, operation_id, at, operation).text());
        }
    });
    found.unwrap_or_else(|| format!("`{operation_id}` is no operation of the document"))
}

/// An operation that nobody has written a method for.
struct New<'d> {
    id: &'d str,
    call: String,
    summary: String,
    is_safe: bool,
    place: Place,
    method: String,
    parameters: Vec<Parameter>,
    body: Option<String>,
    form: Option<String>,
    answer: Answer,
    errors: Vec<&'d str>,
}

/// Where a method goes.
struct Place {
    owner: String,
    module: String,
    /// What the owner is made by, from a client.
    made_by: String,
    is_of_user: bool,
    /// The file of its rules in the sandbox.
    rules: String,
}

struct Parameter {
    name: String,
    kind: String,
    is_user: bool,
}

struct Answer {
    /// The generated type.
    envelope: Option<String>,
    /// What the caller is after.
    data: String,
    /// The component that has to be exported for it.
    export: Option<String>,
}

impl<'d> New<'d> {
    fn of(document: &'d Value, id: &'d str, at: walk::At<'_>, operation: &'d Value) -> Self {
        let place = Place::of(at.path);
        let name = snake(id);
        // `PayoutRoutesHandle::list` instead of `PayoutRoutesHandle::list_payout_routes`.
        let short = ["", "s"].iter().find_map(|plural| {
            let verb = name.strip_suffix(&format!("_{}", place.module.trim_end_matches('s').to_owned() + plural))?;
            place.is_of_user.then_some(verb).filter(|verb| !verb.is_empty())
        });
        let method = short.unwrap_or(&name).to_owned();
        let item = document.get("paths").and_then(|paths| paths.get(at.path)).unwrap_or(&Value::Null);
        let body = operation.pointer("/requestBody/content").and_then(Value::as_object);
        let body = body.and_then(|content| Some(kind(content.values().next()?.get("schema")?)));
        let form = operation.get(walk::MULTIPART).and_then(|form| form["schema"][walk::TYPE_NAME].as_str());
        let errors = operation.get(walk::ERRORS).and_then(Value::as_object);
        Self {
            id,
            call: format!("{} {}", at.method.to_uppercase(), at.path),
            summary: operation["summary"].as_str().map_or_else(|| "…".to_owned(), sentence),
            is_safe: operation[walk::RETRY] == "safe",
            place,
            method,
            parameters: parameters(document, &[item, operation]),
            body,
            form: form.map(pascal),
            answer: Answer::of(document, operation),
            errors: errors.into_iter().flat_map(|errors| errors.keys().map(String::as_str)).collect(),
        }
    }

    fn text(&self) -> String {
        let Self { id, call, place, method, .. } = self;
        let Place { owner, module, made_by, rules, .. } = place;
        let mut out = format!(
            "`{id}` (`{call}`) has no method in the facade. Write, in this order:\n\n\
             1. In {SOURCES}/lib.rs, a row of the table under `# Operations`:\n\n\
             //! | `{id}` | [`{owner}::{method}`] |\n\n\
             2. In {SOURCES}/{module}.rs, in `impl {owner}`, or of a type that fits better:\n\n{}\n",
            self.method()
        );
        let _ = match &self.answer.envelope {
            Some(envelope) => writeln!(
                out,
                "   In {SOURCES}/call/envelope.rs, in `envelopes!`:\n\n    {envelope} => {},\n",
                self.answer.data
            ),
            None => writeln!(
                out,
                "   In {SOURCES}/call/envelope.rs, an `impl Envelope` by hand: the answer has no `data`.\n"
            ),
        };
        if let Some(export) = &self.answer.export {
            let _ = writeln!(out, "   In {SOURCES}/lib.rs, among what `pub mod types` exports: `{export}`.\n");
        }
        let variant = pascal(id);
        let arguments = vec!["…"; self.shown().len() + usize::from(self.takes().is_some())].join(", ");
        let sends = format!("{made_by}.{method}({arguments}).await");
        let closure = if made_by.starts_with("user") { "send_of!(|user| " } else { "send!(|client| " };
        let is_safe = self.is_safe;
        let _ = write!(
            out,
            "3. In tests/support/call.rs, a variant of `Call`, also in `ALL`, `is_safe_to_repeat`, `operation_id`, `check_with` and `send`:\n\n\
             \x20   Self::{variant} => {is_safe}\n\
             \x20   Self::{variant} => \"{id}\"\n\
             \x20   Self::{variant} => {sends}.map(drop)\n\n\
             4. In tests/facade_wire.rs, a row of `calls`, for each variant of the body:\n\n\
             \x20   call(\"{id}\", \"…\", {closure}{sends})),\n\n\
             5. In crates/unigox-sandbox/src/rules.rs, an arm of `Rule::of`, and its function in rules/{rules}.rs:\n\n\
             \x20   \"{id}\" => Self::new({rules}::{method}),\n\n\
             next: cargo test --workspace --locked, and read the snapshots that INSTA_UPDATE=always writes\n"
        );
        out
    }

    /// What the method asks its caller for: all parameters but the user.
    fn shown(&self) -> Vec<&Parameter> {
        self.parameters.iter().filter(|parameter| !parameter.is_user).collect()
    }

    fn takes(&self) -> Option<&str> {
        self.body.as_deref().or(self.form.as_deref())
    }

    fn method(&self) -> String {
        let Self { id, method, answer, .. } = self;
        let (client, user) = match (self.place.owner.as_str(), self.place.is_of_user) {
            ("Client", _) => ("self", ""),
            ("UserHandle", _) => ("&self.client", "&self.uuid"),
            (_, true) => ("&self.user.client", "&self.user.uuid"),
            (_, false) => ("&self.client", ""),
        };
        let repeated = match self.is_safe {
            true => "Safe to repeat.",
            false => "Not safe to repeat.",
        };
        let errors = match self.errors.as_slice() {
            [] => "…".to_owned(),
            errors => errors.iter().map(|status| format!("{status} if …")).collect::<Vec<_>>().join("; ") + ".",
        };
        let mut signature = vec!["&self".to_owned()];
        signature.extend(self.shown().iter().map(|parameter| format!("{}: {}", parameter.name, parameter.kind)));
        signature.extend(self.body.as_ref().map(|body| format!("body: &{body}")));
        if self.body.is_none() {
            signature.extend(self.form.as_ref().map(|form| format!("form: types::{form}")));
        }
        let mut arguments: Vec<_> = self.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        arguments.extend(self.body.as_ref().map(|_| "body"));
        let multipart = if self.body.is_none() && self.form.is_some() {
            arguments.push("form");
            "_multipart"
        } else {
            ""
        };
        let mut out = format!(
            "    /// {}\n    ///\n    /// `{id}`. {repeated}\n    ///\n    /// # Errors\n    ///\n    /// {errors}\n    \
             pub async fn {method}({}) -> Result<Response<{}>> {{\n",
            self.summary,
            signature.join(", "),
            answer.data
        );
        if let Some(uuid) = self.parameters.iter().find(|parameter| parameter.is_user) {
            let _ = writeln!(out, "        let {} = {user};", uuid.name);
        }
        let _ = writeln!(
            out,
            "        let operation = &operations::{};\n        \
             call::call({client}, operation, |api| async move {{ api.{}{multipart}({}).await }}).await\n    }}",
            constant(id),
            snake(id),
            arguments.join(", ")
        );
        out
    }
}

impl Place {
    /// By the path: what is below a user has a handle named for the first thing there.
    fn of(path: &str) -> Self {
        let segments: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let of = |owner: &str, module: &str, made_by: &str, is_of_user| Self {
            owner: owner.to_owned(),
            module: module.to_owned(),
            made_by: made_by.to_owned(),
            is_of_user,
            rules: if owner == "Client" {
                segments.last().map_or_else(String::new, |last| snake(last))
            } else {
                module.to_owned()
            },
        };
        let Some(user) = segments.iter().position(|segment| *segment == "{user_uuid}") else {
            return match segments.last() {
                Some(&"users") => of("UsersHandle", "users", "client.users()", false),
                _ => of("Client", "client", "client", false),
            };
        };
        match segments[user + 1..].iter().find(|segment| !segment.starts_with('{')) {
            None => of("UserHandle", "users", "user", true),
            Some(thing) => {
                let (owner, module) = (format!("{}Handle", pascal(thing)), snake(thing));
                of(&owner, &module, &format!("user.{module}()"), true)
            }
        }
    }
}

impl Answer {
    fn of(document: &Value, operation: &Value) -> Self {
        let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        let success = responses
            .filter(|(status, _)| status.starts_with('2'))
            .find_map(|(_, response)| response.get("content")?.as_object()?.values().next()?.get("schema"));
        let Some(name) = success.and_then(walk::target) else {
            return Self { envelope: None, data: "…".to_owned(), export: None };
        };
        let component = document.get("components").and_then(|components| components["schemas"].get(name));
        let data = component.and_then(|component| component.get("properties")?.get("data"));
        let export = data.and_then(|data| walk::target(data).or_else(|| walk::target(data.get("items")?)));
        Self {
            envelope: data.map(|_| pascal(name)),
            data: data.map_or_else(|| format!("types::{}", pascal(name)), kind),
            export: export.map(pascal),
        }
    }
}

/// The parameters in the order in which the generated method takes them: those of the path, then the others by name.
fn parameters(document: &Value, holders: &[&Value]) -> Vec<Parameter> {
    let lists = holders.iter().filter_map(|holder| holder.get("parameters")?.as_array()).flatten();
    let mut found: Vec<_> = lists
        .filter_map(|parameter| {
            let parameter = walk::resolve(document, parameter)?;
            let name = parameter["name"].as_str()?;
            let is_in_path = parameter["in"] == "path";
            let schema = parameter.get("schema").unwrap_or(&Value::Null);
            let value = match kind(schema).as_str() {
                "String" => "&str".to_owned(),
                "Uuid" => "&Uuid".to_owned(),
                other => other.to_owned(),
            };
            let is_given = is_in_path || parameter["required"] == true;
            let kind = if is_given { value } else { format!("Option<{value}>") };
            let rank = (!is_in_path, if is_in_path { String::new() } else { snake(name) });
            Some((rank, Parameter { name: snake(name), kind, is_user: is_in_path && name == "user_uuid" }))
        })
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found.into_iter().map(|(_, parameter)| parameter).collect()
}

/// The type that is generated for `schema`, as far as a proposal needs it.
fn kind(schema: &Value) -> String {
    if let Some(name) = walk::target(schema) {
        return format!("types::{}", pascal(name));
    }
    match (schema["type"].as_str(), schema["format"].as_str(), schema.get("items")) {
        (Some("array"), _, Some(items)) => format!("Vec<{}>", kind(items)),
        (Some("string"), Some("uuid"), _) => "Uuid".to_owned(),
        (Some("string"), ..) => "String".to_owned(),
        (Some("integer"), ..) => "i64".to_owned(),
        (Some("number"), ..) => "f64".to_owned(),
        (Some("boolean"), ..) => "bool".to_owned(),
        _ => "serde_json::Value".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        let answer = |name: &str| {
            json!({"200": {"content": {"application/json": {"schema": {
            "$ref": format!("#/components/schemas/{name}")}}}}})
        };
        let user = json!({"name": "user_uuid", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}});
        json!({
            "components": {"schemas": {
                "Routes": {"properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/PayoutRoute"}}}},
                "Hook": {"type": "object"},
            }},
            "paths": {
                "/api/v1/partner/users/{user_uuid}/payout-routes": {
                    "parameters": [user],
                    "get": {
                        "operationId": "listPayoutRoutes",
                        "summary": "List the ways to pay a user.",
                        "parameters": [
                            {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                            {"name": "currency", "in": "query", "required": true, "schema": {"type": "string"}},
                        ],
                        "responses": answer("Routes"),
                        "x-errors": {"401": {}, "404": {}},
                        "x-retry": "safe",
                    },
                },
                "/api/v1/partner/webhooks": {"post": {
                    "operationId": "createWebhook",
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewHook"}}}},
                    "responses": answer("Hook"),
                }},
            },
        })
    }

    #[test]
    fn an_operation_of_a_user_gets_a_handle() {
        insta::assert_snapshot!(what_to_write(&document(), "listPayoutRoutes"), @r#"
        `listPayoutRoutes` (`GET /api/v1/partner/users/{user_uuid}/payout-routes`) has no method in the facade. Write, in this order:

        1. In crates/unigox/src/lib.rs, a row of the table under `# Operations`:

        //! | `listPayoutRoutes` | [`PayoutRoutesHandle::list`] |

        2. In crates/unigox/src/payout_routes.rs, in `impl PayoutRoutesHandle`, or of a type that fits better:

            /// List the ways to pay a user.
            ///
            /// `listPayoutRoutes`. Safe to repeat.
            ///
            /// # Errors
            ///
            /// 401 if …; 404 if ….
            pub async fn list(&self, currency: &str, limit: Option<i64>) -> Result<Response<Vec<types::PayoutRoute>>> {
                let user_uuid = &self.user.uuid;
                let operation = &operations::LIST_PAYOUT_ROUTES;
                call::call(&self.user.client, operation, |api| async move { api.list_payout_routes(user_uuid, currency, limit).await }).await
            }

           In crates/unigox/src/call/envelope.rs, in `envelopes!`:

            Routes => Vec<types::PayoutRoute>,

           In crates/unigox/src/lib.rs, among what `pub mod types` exports: `PayoutRoute`.

        3. In tests/support/call.rs, a variant of `Call`, also in `ALL`, `is_safe_to_repeat`, `operation_id`, `check_with` and `send`:

            Self::ListPayoutRoutes => true
            Self::ListPayoutRoutes => "listPayoutRoutes"
            Self::ListPayoutRoutes => user.payout_routes().list(…, …).await.map(drop)

        4. In tests/facade_wire.rs, a row of `calls`, for each variant of the body:

            call("listPayoutRoutes", "…", send_of!(|user| user.payout_routes().list(…, …).await)),

        5. In crates/unigox-sandbox/src/rules.rs, an arm of `Rule::of`, and its function in rules/payout_routes.rs:

            "listPayoutRoutes" => Self::new(payout_routes::list),

        next: cargo test --workspace --locked, and read the snapshots that INSTA_UPDATE=always writes
        "#);
    }

    #[test]
    fn an_operation_of_no_user_gets_a_method_of_the_client() {
        insta::assert_snapshot!(what_to_write(&document(), "createWebhook"), @r#"
        `createWebhook` (`POST /api/v1/partner/webhooks`) has no method in the facade. Write, in this order:

        1. In crates/unigox/src/lib.rs, a row of the table under `# Operations`:

        //! | `createWebhook` | [`Client::create_webhook`] |

        2. In crates/unigox/src/client.rs, in `impl Client`, or of a type that fits better:

            /// …
            ///
            /// `createWebhook`. Not safe to repeat.
            ///
            /// # Errors
            ///
            /// …
            pub async fn create_webhook(&self, body: &types::NewHook) -> Result<Response<types::Hook>> {
                let operation = &operations::CREATE_WEBHOOK;
                call::call(self, operation, |api| async move { api.create_webhook(body).await }).await
            }

           In crates/unigox/src/call/envelope.rs, an `impl Envelope` by hand: the answer has no `data`.

        3. In tests/support/call.rs, a variant of `Call`, also in `ALL`, `is_safe_to_repeat`, `operation_id`, `check_with` and `send`:

            Self::CreateWebhook => false
            Self::CreateWebhook => "createWebhook"
            Self::CreateWebhook => client.create_webhook(…).await.map(drop)

        4. In tests/facade_wire.rs, a row of `calls`, for each variant of the body:

            call("createWebhook", "…", send!(|client| client.create_webhook(…).await)),

        5. In crates/unigox-sandbox/src/rules.rs, an arm of `Rule::of`, and its function in rules/webhooks.rs:

            "createWebhook" => Self::new(webhooks::create_webhook),

        next: cargo test --workspace --locked, and read the snapshots that INSTA_UPDATE=always writes
        "#);
    }

    #[test]
    fn what_is_written_parses() {
        for id in ["listPayoutRoutes", "createWebhook"] {
            let mut method = None;
            walk::operations(&document(), |at, operation| {
                if operation["operationId"] == id {
                    method = Some(New::of(&document(), id, at, operation).method());
                }
            });
            let method = method.expect("it is in the document");
            syn::parse_str::<syn::ImplItemFn>(&method).unwrap_or_else(|error| panic!("{error}: {method}"));
        }
    }

    #[test]
    fn what_is_no_operation_is_said_to_be_none() {
        assert_eq!(what_to_write(&document(), "gone"), "`gone` is no operation of the document");
    }
}
