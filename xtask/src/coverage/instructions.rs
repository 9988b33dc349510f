//! What to write by hand for an operation that is new: where, and as far as the document tells, what.
//!
//! Names and places are proposals, made from the path; types are what is generated. What only somebody who has read the
//! vendor's description can say is marked `…`.

use serde_json::Value;

use super::facade::{SOURCES, constant};
use crate::{
    emit::sentence,
    names::{pascal, rust_type, snake},
    openapi::{self, Operation, extension, target},
};

/// What an operation of `document` needs: its row, its method, its call in the tests, and its rule in the sandbox.
pub(super) fn instructions(document: &Value, operation: &Operation<'_>) -> String {
    let id = operation.id().unwrap_or_default();
    let handle = Handle::of(operation.path);
    let name = handle.method(id);
    let parameters = parameters(operation);
    let content = Content::of(operation);
    let response = Response::of(document, operation.value());
    let method = method(operation, &handle, &name, &parameters, content.as_ref(), &response);
    let envelope = match &response.envelope {
        Some(envelope) => format!("in `envelopes!`:\n\n    {envelope} => {},", response.data),
        None => "an `impl Envelope` by hand: the response has no `data`.".to_owned(),
    };
    let export = response.export.map_or_else(String::new, |name| {
        format!("   In {SOURCES}/lib.rs, among what `pub mod types` exports: `{name}`.\n\n")
    });
    let Handle { owner, module, made_by, rules, .. } = &handle;
    let (call, variant) = (operation.call(), pascal(id));
    let asked_for = parameters.iter().filter(|parameter| !parameter.is_user).count() + content.iter().count();
    let sends = format!("{made_by}.{name}({}).await", vec!["…"; asked_for].join(", "));
    let closure = if made_by.starts_with("user") { "send_of!(|user| " } else { "send!(|client| " };
    let is_safe = operation.is_safe_to_repeat();
    format!(
        "`{id}` (`{call}`) has no method in the facade. Write, in this order:\n\n\
         1. In {SOURCES}/lib.rs, a row of the table under `# Operations`:\n\n\
         //! | `{id}` | [`{owner}::{name}`] |\n\n\
         2. In {SOURCES}/{module}.rs, in `impl {owner}`, or of a type that fits better:\n\n\
         {method}\n\n   In {SOURCES}/call/envelope.rs, {envelope}\n\n{export}\
         3. In tests/support/call.rs, a variant of `Call`, also in `ALL`, `is_safe_to_repeat`, `operation_id`, `check_with` and `send`:\n\n\
         \x20   Self::{variant} => {is_safe}\n\
         \x20   Self::{variant} => \"{id}\"\n\
         \x20   Self::{variant} => {sends}.map(drop)\n\n\
         4. In tests/facade_wire.rs, a row of `calls`, for each variant of the body:\n\n\
         \x20   call(\"{id}\", \"…\", {closure}{sends})),\n\n\
         5. In crates/unigox-sandbox/src/rules.rs, an arm of `Rule::of`, and its function in rules/{rules}.rs:\n\n\
         \x20   \"{id}\" => Self::new({rules}::{name}),\n\n\
         next: cargo test --workspace --locked, and read the snapshots that INSTA_UPDATE=always writes\n"
    )
}

/// The source of the method.
fn method(
    operation: &Operation<'_>,
    handle: &Handle,
    name: &str,
    parameters: &[Parameter],
    content: Option<&Content>,
    response: &Response,
) -> String {
    let id = operation.id().unwrap_or_default();
    let (client, user) = match (handle.owner.as_str(), handle.is_of_user) {
        ("Client", _) => ("self", ""),
        ("UserHandle", _) => ("&self.client", "&self.uuid"),
        (_, true) => ("&self.user.client", "&self.user.uuid"),
        (_, false) => ("&self.client", ""),
    };
    let summary = operation.value()["summary"].as_str().map_or_else(|| "…".to_owned(), sentence);
    let repeated = match operation.is_safe_to_repeat() {
        true => "Safe to repeat.",
        false => "Not safe to repeat.",
    };
    let errors: Vec<String> = operation.errors().map(|(status, _)| format!("{status} if …")).collect();
    let errors = if errors.is_empty() { "…".to_owned() } else { errors.join("; ") + "." };
    let asked_for = parameters.iter().filter(|parameter| !parameter.is_user);
    let mut signature: Vec<String> = asked_for.map(|asked| format!(", {}: {}", asked.name, asked.kind)).collect();
    let mut arguments: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let mut suffix = "";
    match content {
        Some(Content::Body(kind)) => {
            signature.push(format!(", body: &{kind}"));
            arguments.push("body");
        }
        Some(Content::Form(kind)) => {
            signature.push(format!(", form: {kind}"));
            arguments.push("form");
            suffix = "_multipart";
        }
        None => {}
    }
    let uuid = parameters.iter().find(|parameter| parameter.is_user);
    let uuid = uuid.map_or_else(String::new, |uuid| format!("        let {} = {user};\n", uuid.name));
    let (signature, arguments, data) = (signature.concat(), arguments.join(", "), &response.data);
    let (constant, method) = (constant(id), snake(id));
    format!(
        "    /// {summary}\n    ///\n    /// `{id}`. {repeated}\n    ///\n    /// # Errors\n    ///\n    /// {errors}\n    \
         pub async fn {name}(&self{signature}) -> Result<Response<{data}>> {{\n{uuid}        \
         let operation = &operations::{constant};\n        \
         call::call({client}, operation, |api| async move {{ api.{method}{suffix}({arguments}).await }}).await\n    }}"
    )
}

/// Where a method goes.
struct Handle {
    owner: String,
    module: String,
    /// What the owner is made by, from a client.
    made_by: String,
    is_of_user: bool,
    /// The file of its rules in the sandbox.
    rules: String,
}

impl Handle {
    /// By the path: what is below a user has a handle named for the first thing there.
    fn of(path: &str) -> Self {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let last = segments.clone().next_back().unwrap_or_default();
        let is_of_user = segments.any(|segment| segment == "{user_uuid}");
        let thing = segments.find(|segment| is_of_user && !segment.starts_with('{'));
        let (owner, module, made_by) = match (is_of_user, thing) {
            (true, Some(thing)) => (pascal(thing) + "Handle", snake(thing), format!("user.{}()", snake(thing))),
            (true, None) => ("UserHandle".to_owned(), "users".to_owned(), "user".to_owned()),
            (false, _) if last == "users" => {
                ("UsersHandle".to_owned(), "users".to_owned(), "client.users()".to_owned())
            }
            (false, _) => ("Client".to_owned(), "client".to_owned(), "client".to_owned()),
        };
        let rules = if owner == "Client" { snake(last) } else { module.clone() };
        Self { owner, module, made_by, is_of_user, rules }
    }

    /// `PayoutRoutesHandle::list` instead of `PayoutRoutesHandle::list_payout_routes`.
    fn method(&self, id: &str) -> String {
        let (name, one) = (snake(id), self.module.trim_end_matches('s'));
        let short = name.strip_suffix(&format!("_{one}")).or_else(|| name.strip_suffix(&format!("_{one}s")));
        short.filter(|verb| self.is_of_user && !verb.is_empty()).unwrap_or(&name).to_owned()
    }
}

/// What is sent besides parameters, by its generated type.
enum Content {
    Body(String),
    Form(String),
}

impl Content {
    fn of(operation: &Operation<'_>) -> Option<Self> {
        let body = operation.value().pointer("/requestBody/content").and_then(Value::as_object);
        let form = || operation.form()?[extension::TYPE_NAME].as_str();
        match body {
            Some(content) => Some(Self::Body(kind(content.values().next()?.get("schema")?))),
            None => form().map(|name| Self::Form(format!("types::{}", pascal(name)))),
        }
    }
}

struct Response {
    /// The generated type.
    envelope: Option<String>,
    /// What the caller is after.
    data: String,
    /// The component that has to be exported for it.
    export: Option<String>,
}

impl Response {
    fn of(document: &Value, operation: &Value) -> Self {
        let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        let success = responses
            .filter(|(status, _)| status.starts_with('2'))
            .find_map(|(_, response)| response.get("content")?.as_object()?.values().next()?.get("schema"));
        let Some(name) = success.and_then(target) else {
            return Self { envelope: None, data: "…".to_owned(), export: None };
        };
        let component = openapi::component(document, name);
        let data = component.and_then(|component| component.get("properties")?.get("data"));
        let export = data.and_then(|data| target(data).or_else(|| target(data.get("items")?)));
        Self {
            envelope: data.map(|_| pascal(name)),
            data: data.map_or_else(|| format!("types::{}", pascal(name)), kind),
            export: export.map(pascal),
        }
    }
}

struct Parameter {
    name: String,
    kind: String,
    is_in_path: bool,
    is_user: bool,
}

/// The parameters in the order in which the generated method takes them: those of the path, then the others by name.
fn parameters(operation: &Operation<'_>) -> Vec<Parameter> {
    let of = |parameter: &openapi::Parameter<'_>| {
        let is_in_path = parameter.location == "path";
        let value = match kind(parameter.value().get("schema").unwrap_or(&Value::Null)).as_str() {
            "String" => "&str".to_owned(),
            "Uuid" => "&Uuid".to_owned(),
            other => other.to_owned(),
        };
        let kind = if parameter.is_required() { value } else { format!("Option<{value}>") };
        let name = snake(parameter.name);
        Parameter { kind, is_in_path, is_user: is_in_path && name == "user_uuid", name }
    };
    let mut found: Vec<Parameter> = operation.parameters().iter().map(of).collect();
    found.sort_by_cached_key(|parameter| {
        (!parameter.is_in_path, (!parameter.is_in_path).then(|| parameter.name.clone()))
    });
    found
}

/// The type that is generated for `schema`, as the facade calls it.
fn kind(schema: &Value) -> String {
    let ty = rust_type(schema, "types::");
    ["::std::vec::", "::std::string::", "::uuid::"].iter().fold(ty, |ty, path| ty.replace(path, ""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        let response = |name: &str| {
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
                        "responses": response("Routes"),
                        "x-lowered-errors": {"401": {}, "404": {}},
                        "x-retry": "safe",
                    },
                },
                "/api/v1/partner/webhooks": {"post": {
                    "operationId": "createWebhook",
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewHook"}}}},
                    "responses": response("Hook"),
                }},
            },
        })
    }

    fn written(document: &Value, id: &str) -> String {
        let found = openapi::operations(document).find(|operation| operation.id() == Some(id));
        instructions(document, &found.expect("the document has it"))
    }

    #[test]
    fn an_operation_of_a_user_gets_a_handle() {
        insta::assert_snapshot!(written(&document(), "listPayoutRoutes"), @r#"
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
        let text = written(&document(), "createWebhook");
        for part in [
            "//! | `createWebhook` | [`Client::create_webhook`] |\n",
            "2. In crates/unigox/src/client.rs, in `impl Client`, ",
            "`createWebhook`. Not safe to repeat.\n    ///\n    /// # Errors\n    ///\n    /// …\n",
            "    pub async fn create_webhook(&self, body: &types::NewHook) -> Result<Response<types::Hook>> {\n",
            "call::call(self, operation, |api| async move { api.create_webhook(body).await }).await",
            "envelope.rs, an `impl Envelope` by hand: the response has no `data`.",
            "Self::CreateWebhook => client.create_webhook(…).await.map(drop)",
            "call(\"createWebhook\", \"…\", send!(|client| client.create_webhook(…).await)),",
            "its function in rules/webhooks.rs:\n\n    \"createWebhook\" => Self::new(webhooks::create_webhook),",
        ] {
            assert!(text.contains(part), "`{part}` is not in:\n{text}");
        }
    }

    #[test]
    fn what_is_written_parses() {
        for id in ["listPayoutRoutes", "createWebhook"] {
            let text = written(&document(), id);
            let method =
                text.split("fits better:\n\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a method");
            syn::parse_str::<syn::ImplItemFn>(method).unwrap_or_else(|error| panic!("{error}: {method}"));
        }
    }
}
