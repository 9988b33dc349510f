//! What `cargo xtask spec update` says is left to do, for documents of this test's own.

#![cfg(unix)]

use std::{collections::BTreeMap, fs};

use serde_json::{Value, json};

use crate::support::workspace::{
    COMPILES, DOCUMENT, DRY_RUN, OVERLAY, UPDATE, Workspace, fine, real_root, refusing, replaced,
};

const DOCUMENT_BEFORE: &str = "\
openapi: 3.0.3
info: {title: Shop, version: '1'}
paths:
  /orders:
    get:
      operationId: listOrders
      summary: All of them.
      responses:
        '200':
          description: The orders.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}}
    post:
      operationId: createOrder
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [channel]
              properties:
                channel: {type: string, enum: [web, shop, phone]}
                note_of_buyer: {type: string}
      responses:
        '200': {description: The order., content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
  /orders/cancel:
    post:
      operationId: cancelOrder
      responses: {'204': {description: Done.}}
components:
  schemas:
    Order:
      type: object
      properties:
        id: {type: string, format: uuid}
        state: {type: string, enum: [OPEN, PAID, LOST]}
";

const OVERLAY_BEFORE: &str = "\
overlay: 1.1.0
info: {title: Corrections, version: '1'}
actions:
  - target: $.paths['/orders'].post.requestBody.content['application/json'].schema
    description: A name.
    update: {x-type-name: NewOrder}
  - target: $.paths['/orders'].post.requestBody.content['application/json'].schema.properties.channel
    description: Where an order comes from.
    update: {x-type-name: Channel}
  - target: $.paths['/orders'].post.requestBody.content['application/json'].schema.properties.note_of_buyer
    description: Free words.
    update: {x-sensitive: true}
  - target: $.components.schemas.Order.properties.state
    description: A name.
    update: {x-type-name: OrderState}
  - target: $.paths['/orders'].post
    description: A repeat makes a second order.
    update: {x-retry: never}
  - target: $.paths['/orders/cancel'].post
    description: A repeat changes nothing.
    update: {x-retry: safe}
";

const FACADE: &str = "\
impl Orders {
    pub async fn create(&self, channel: types::Channel) { self.client.api().create_order(channel) }
    /// `cancelOrder`.
    pub async fn cancel(&self) { self.client.api().cancel_order() }
}
";

const RULES: &str = "\
match id {
    \"createOrder\" => Self::new(orders::create),
    \"cancelOrder\" => Self::new(orders::cancel),
}
";

/// A workspace of the document above; `new.yaml` is what `change` makes of it.
fn shop(cargo: &str, change: impl FnOnce(String) -> String) -> Workspace {
    let workspace = Workspace::new(cargo, |_| change(DOCUMENT_BEFORE.to_owned()));
    fs::remove_dir_all(workspace.path("crates/unigox/src")).expect("removed");
    fs::remove_dir_all(workspace.path("crates/unigox-sandbox/src")).expect("removed");
    workspace.write(DOCUMENT, DOCUMENT_BEFORE);
    workspace.write(OVERLAY, OVERLAY_BEFORE);
    workspace.write("crates/unigox/src/lib.rs", FACADE);
    workspace.write("crates/unigox-sandbox/src/rules.rs", RULES);
    workspace.write("tests/orders.rs", "let order = Order { state: OrderState::Lost };\n");
    fine(&workspace, &["codegen"]);
    workspace
}

/// Fails unless every part is in `text`, in this order.
fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("`{part}` is not there, or not in its place:\n{text}")
        };
        rest = after;
    }
}

fn line_of(text: &str, part: &str) -> usize {
    1 + text.lines().position(|line| line.contains(part)).unwrap_or_else(|| panic!("there is no `{part}`"))
}

#[test]
fn nothing_left_is_said_in_one_line() {
    let workspace = shop(COMPILES, |document| document);
    let (stdout, _) = fine(&workspace, &UPDATE);
    let expected = "openapi/unigox-partner.yaml → new.yaml\n\nnothing changed\n\nNothing is written: the document is the one \
                    that is checked in.\n\nNothing is left to do by hand.\n";
    assert_eq!(stdout, expected);
}

#[test]
fn what_breaks_is_said_first_then_what_is_left_then_the_rest_with_a_line_for_what_is_long() {
    let workspace = shop(COMPILES, |document| {
        let more = "  /a:\n    get:\n      operationId: getA\n      responses: {'204': {description: A.}}\n    post:\n      \
                    operationId: postA\n      responses: {'204': {description: A.}}\n";
        let document = replaced(&document, "paths:\n", &format!("paths:\n{more}"));
        let document = replaced(&document, "All of them.", "Every order.");
        let document = replaced(&document, "description: The orders.", "description: Orders.");
        replaced(&document, "OPEN, PAID, LOST", "OPEN, PAID, SENT")
    });
    let (stdout, _) = fine(&workspace, &UPDATE);
    in_order(
        &stdout,
        &[
            "What breaks\n",
            "`Order.state` no longer has `LOST`\n",
            "Left to do by hand\n",
            "1 new operation without x-retry: ",
            "    postA\n",
            "What else changed\n",
            "  Added operations: 2\n    getA   GET /a\n    postA  POST /a\n",
            "`Order.state` may now be `SENT`\n",
            "    listOrders: texts of 2 places\n",
            "Commits, ",
        ],
    );
    // A GET is safe to repeat, unless the overlay says otherwise. What was added is said once.
    assert_eq!(stdout.matches("getA").count(), 1, "{stdout}");
    assert_eq!(stdout.matches("/a\n").count(), 2, "{stdout}");
}

#[test]
fn dead_actions_are_listed_all_at_once_with_their_lines() {
    let workspace = shop(COMPILES, |document| {
        let document =
            replaced(&document, "note_of_buyer: {type: string}", "note_of_buyer: {type: string, x-sensitive: true}");
        replaced(&document, "/orders/cancel:", "/orders/withdraw:")
    });
    let (stdout, _) = fine(&workspace, &UPDATE);
    let line = |target: &str| {
        let target = format!("target: {target}\n");
        let at = OVERLAY_BEFORE.find(&target).expect("an action");
        1 + OVERLAY_BEFORE[..at].matches('\n').count()
    };
    let (note, cancel) = (
        "$.paths['/orders'].post.requestBody.content['application/json'].schema.properties.note_of_buyer",
        "$.paths['/orders/cancel'].post",
    );
    for part in [
        "2 unmatched overlay actions: ".to_owned(),
        format!(
            "openapi/overlay.yaml:{}  {note}\n      reason: Free words.\n      update: has no effect:\n",
            line(note)
        ),
        format!(
            "openapi/overlay.yaml:{}  {cancel}\n      reason: A repeat changes nothing.\n      matches nothing: ",
            line(cancel)
        ),
        "did you mean `/orders`?".to_owned(),
    ] {
        assert!(stdout.contains(&part), "`{part}` is not in:\n{stdout}");
    }
}

/// The values of an anonymous enum are a component now, with more values.
fn with_a_component(document: String) -> String {
    let document = replaced(
        &document,
        "channel: {type: string, enum: [web, shop, phone]}",
        "channel: {$ref: '#/components/schemas/SalesChannel'}",
    );
    document + "    SalesChannel: {type: string, enum: [web, shop, phone, app, mail, fax, fair, door]}\n"
}

#[test]
fn a_name_can_be_kept_with_the_action_that_is_printed() {
    let workspace = shop(COMPILES, with_a_component);
    let (stdout, _) = fine(&workspace, &UPDATE);
    in_order(
        &stdout,
        &[
            "1 type name removed while a similar one was added.",
            "`Channel` is `SalesChannel` now: with `app`, `door`, `fair`, `fax` and `mail`\n",
            "the name is given by the action in openapi/overlay.yaml:7, whose target is now\n",
            "      - target: \"$.components.schemas.SalesChannel\"\n",
        ],
    );
    // The unmatched action for the name that the vendor wrote out has the printed target from now on.
    let target =
        stdout.lines().find_map(|line| line.trim().strip_prefix("- target: \"$.components")).expect("a target");
    let unmatched = OVERLAY_BEFORE.split("  - target: ").find(|action| action.contains("Channel}")).expect("an action");
    let (old, _) = unmatched.split_once('\n').expect("lines");
    let overlay = OVERLAY_BEFORE.replace(&format!("{old}\n"), &format!("\"$.components{target}\n"));
    assert!(overlay.contains("x-type-name: Channel"), "{overlay}");
    workspace.write(OVERLAY, overlay);
    fine(&workspace, &["codegen"]);
    let types = workspace.read("crates/unigox-client/src/generated/types.rs");
    assert!(types.contains("Channel") && !types.contains("SalesChannel"), "{types}");
    let (stdout, _) = fine(&workspace, &UPDATE);
    assert!(stdout.contains("\nNothing is left to do by hand.\n"), "{stdout}");
}

/// What an action gives that matches no longer comes back with the action: it was not removed, and needs no other action.
#[test]
fn what_an_unmatched_action_gives_is_no_work_of_its_own() {
    let workspace = shop(COMPILES, |document| {
        document.replace("schemas/Order'", "schemas/Purchase'").replace("    Order:\n", "    Purchase:\n")
    });
    let overlay = workspace
        .read(OVERLAY)
        .replace("update: {x-type-name: OrderState}", "update: {x-type-name: OrderState, enum: [BACK]}");
    workspace.write(OVERLAY, &overlay);
    workspace.write("tests/orders.rs", "let order = Order { state: OrderState::Back, was: \"BACK\" };\n");
    fine(&workspace, &["codegen"]);
    let (report, _) = fine(&workspace, &DRY_RUN);
    assert!(report.contains("1 unmatched overlay action"), "{report}");
    assert!(report.contains("the name is given by the action in openapi/overlay.yaml:"), "{report}");
    for gone in ["x-type-name: OrderState", "`BACK` was removed", "`OrderState` was removed"] {
        assert!(!report.contains(gone), "{gone}\n{report}");
    }
    // The component itself has another name, whatever the overlay says.
    assert!(report.contains("x-type-name: Order\n"), "{report}");
}

fn without_cancel(document: String) -> String {
    let start = document.find("  /orders/cancel:").expect("a path");
    let end = document.find("components:").expect("components");
    document[..start].to_owned() + &document[end..]
}

#[test]
fn an_operation_that_is_lost_is_said_with_its_methods_and_every_place_that_names_it() {
    let workspace = shop(COMPILES, |document| replaced(&without_cancel(document), "OPEN, PAID, LOST", "OPEN, PAID"));
    let (stdout, _) = fine(&workspace, &UPDATE);
    let rules = line_of(RULES, "cancelOrder");
    in_order(
        &stdout,
        &[
            "  Removed operations: 1\n    cancelOrder  POST /orders/cancel  → Orders::cancel\n",
            "Left to do by hand\n",
            "the operation `cancelOrder` was removed: remove Orders::cancel with everything that calls it\n",
            &format!("      crates/unigox-sandbox/src/rules.rs:{rules}\n"),
            &format!(
                "      crates/unigox/src/lib.rs:{}, {}\n",
                line_of(FACADE, "`cancelOrder`"),
                line_of(FACADE, "cancel_order")
            ),
            "the value `LOST` was removed: follow the change: `Order.state` no longer has `LOST`",
            "      tests/orders.rs:1\n",
        ],
    );
    workspace.write(OVERLAY, OVERLAY_BEFORE.split("  - target: $.paths['/orders/cancel']").next().expect("the rest"));
    fine(&workspace, &["codegen"]);
    let (stdout, _) = fine(&workspace, &UPDATE);
    assert!(stdout.contains("\nNothing is left to do by hand.\n"), "{stdout}");
}

#[test]
fn an_operation_with_another_name_is_said_with_the_action_that_keeps_the_old_one() {
    let workspace =
        shop(COMPILES, |document| replaced(&document, "operationId: cancelOrder", "operationId: stopOrder"));
    let (report, _) = fine(&workspace, &DRY_RUN);
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "the operation `cancelOrder` is called `stopOrder` now: keep the name with an overlay action (target: \
                    \"$.paths['/orders/cancel'].post\", update: {operationId: cancelOrder}), or write `stopOrder`";
    assert!(report.contains(expected) && !report.contains("`cancelOrder` was removed"), "{report}");

    let action = "  - target: \"$.paths['/orders/cancel'].post\"\n    description: Callers use that name.\n    update: \
                  {operationId: cancelOrder}\n";
    workspace.write(OVERLAY, &(OVERLAY_BEFORE.to_owned() + action));
    let (report, _) = fine(&workspace, &UPDATE);
    assert!(report.contains("\nNothing is left to do by hand.\n"), "{report}");
}

#[test]
fn what_the_compiler_says_is_listed_once_with_the_change_that_leads_to_it() {
    let error = |line: u32, text: &str| {
        let message = json!({"reason": "compiler-message", "message": {"level": "error", "message": text, "spans": [
            {"file_name": "crates/unigox/src/lib.rs", "line_start": line, "is_primary": true, "label": null}]}});
        format!("echo '{message}'; echo '{message}'; ")
    };
    let errors = [
        error(3, "no variant or associated item named `Lost` found for enum `OrderState` in the current scope"),
        error(4, "no field `note_of_buyer` on type `&NewOrder`"),
        error(5, "something else"),
    ];
    let cargo = format!("case \" $* \" in *' -p unigox '*) {} exit 101;; esac", errors.concat());
    let workspace = shop(&cargo, |document| {
        let document = replaced(&document, "OPEN, PAID, LOST", "OPEN, PAID");
        replaced(&document, "                note_of_buyer: {type: string}\n", "")
    });
    for args in [&DRY_RUN[..], &UPDATE] {
        let (stdout, _) = fine(&workspace, args);
        in_order(
            &stdout,
            &[
                "3 compiler errors in crates/unigox",
                "`Order.state` no longer has `LOST`, at /components/schemas/Order/properties/state/enum\n      crates/unigox/src/lib.rs:3: ",
                "optional property `note_of_buyer`",
                "      crates/unigox/src/lib.rs:4: no field",
                "no single change of the document stands out:\n      crates/unigox/src/lib.rs:5: something else\n",
            ],
        );
        assert_eq!(stdout.matches("lib.rs:3: ").count(), 1, "{stdout}");
    }
    // They stay as long as the compiler says so, although the old document is gone.
    let (stdout, _) = fine(&workspace, &UPDATE);
    in_order(
        &stdout,
        &["nothing changed\n", "3 compiler errors in crates/unigox", "lib.rs:3: ", "lib.rs:4: ", "lib.rs:5: "],
    );
}

#[test]
fn what_the_overlay_removes_is_not_in_the_report() {
    let workspace = shop(COMPILES, |document| {
        let document = replaced(&document, "operationId: cancelOrder", "operationId: withdrawOrder");
        let used_there = "{type: object, properties: {words: {type: string}}}";
        let body = format!(
            "responses: {{'200': {{description: Done., content: {{application/json: {{schema: {used_there}}}}}}}}}"
        );
        replaced(&document, "responses: {'204': {description: Done.}}", &body)
    });
    let removal = "  - {target: \"$.paths['/orders/cancel']\", description: Nobody needs it., remove: true}\n";
    let (others, _) = OVERLAY_BEFORE.split_once("  - target: $.paths['/orders/cancel']").expect("the last action");
    workspace.write(OVERLAY, format!("{others}{removal}"));
    let without =
        |text: &str, part: &str| text.lines().filter(|line| !line.contains(part)).collect::<Vec<_>>().join("\n");
    workspace.write("crates/unigox/src/lib.rs", without(FACADE, "cancelOrder"));
    workspace.write("crates/unigox-sandbox/src/rules.rs", without(RULES, "cancelOrder"));
    let (stdout, _) = fine(&workspace, &UPDATE);
    in_order(&stdout, &["\nnothing changed\n", "\nNothing is left to do by hand.\n"]);
    assert!(!workspace.read("crates/unigox-sandbox/src/document.json").contains("withdraw"));
}

#[test]
fn a_removed_operation_that_another_is_checked_with_is_a_defect_with_its_remedy() {
    let workspace = shop(COMPILES, |document| document);
    let overlay = OVERLAY_BEFORE.replace("{x-retry: never}", "{x-retry: never, x-check-with: listOrders}");
    workspace.write(OVERLAY, overlay + "  - {target: \"$.paths['/orders'].get\", description: d, remove: true}\n");
    let (code, _, stderr) = workspace.run(&["codegen"]);
    assert_eq!(code, 3, "{stderr}");
    in_order(
        &stderr,
        &[
            "/paths/~1orders/post/x-check-with",
            "no operation `listOrders`",
            "if an overlay action removes `listOrders`",
        ],
    );
}

/// Every JSON pointer in a report for scripts, with the document that it speaks of.
fn pointers(report: &Value) -> Vec<(&'static str, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for change in report["report"]["changes"].as_array().into_iter().flatten() {
        found.push(("old", text(&change["old"])));
        found.push(("new", text(&change["new"])));
    }
    let left = &report["left"];
    found.extend(
        left["unmarked_strings"].as_object().into_iter().flatten().map(|(schema, _)| ("overlaid", schema.clone())),
    );
    for removed in left["removed_types"].as_array().into_iter().flatten() {
        found.extend(removed["successor"]["pointer"].as_str().map(|pointer| ("overlaid", pointer.to_owned())));
    }
    for action in left["unmatched_actions"].as_array().into_iter().flatten() {
        let places = action["defects"].as_array().into_iter().flatten().map(|defect| text(&defect["place"]));
        found.extend(places.map(|place| (if place.starts_with("/actions/") { "overlay" } else { "overlaid" }, place)));
    }
    found
}

/// Takes `new.yaml` over and holds every pointer of the report against the document that it speaks of.
fn check_pointers(workspace: &Workspace) -> usize {
    let load = |path: &str| xtask::openapi::parse(&workspace.read(path)).expect("YAML");
    let (old, new, overlay) = (load(DOCUMENT), load("new.yaml"), load(OVERLAY));
    let (stdout, _) = fine(workspace, &["spec", "update", "new.yaml", "--format", "json"]);
    let overlaid = load("crates/unigox-sandbox/src/document.json");
    let documents = BTreeMap::from([("old", old), ("new", new), ("overlay", overlay), ("overlaid", overlaid)]);
    let report: Value = serde_json::from_str(&stdout).expect("JSON");
    let schema = schemars::schema_for!(xtask::update::Update);
    let problem = jsonschema::validate(schema.as_value(), &report).err();
    assert!(problem.is_none(), "{problem:?}");
    let pointers = pointers(&report);
    for (of, pointer) in &pointers {
        // The place in an action may be a member that is missing there.
        let pointer =
            if *of == "overlay" { pointer.split('/').take(3).collect::<Vec<_>>().join("/") } else { pointer.clone() };
        assert!(documents[of].pointer(&pointer).is_some(), "nothing is at {pointer} of the {of} document");
    }
    pointers.len()
}

#[test]
fn every_pointer_leads_somewhere() {
    let workspace = shop(COMPILES, |document| {
        let document = with_a_component(without_cancel(document));
        // The name that is given there is another schema's now, which is found by a pass.
        let document = replaced(
            &document,
            "state: {type: string, enum: [OPEN, PAID, LOST]}",
            "state: {type: string, enum: [OPEN]}",
        );
        document + "    OrderState: {type: object, properties: {words: {type: string}}}\n"
    });
    assert!(check_pointers(&workspace) > 6);
}

#[test]
fn every_pointer_leads_somewhere_for_every_vendor_document() {
    let Some(documents) = std::env::var_os("UNIGOX_VENDOR_DOCUMENTS") else { return };
    let entries = fs::read_dir(real_root().join(documents)).expect("a folder that can be read");
    let texts: Vec<String> =
        entries.map(|entry| fs::read_to_string(entry.expect("an entry").path()).expect("a document")).collect();
    for text in &texts {
        let workspace = Workspace::new(&refusing("unigox", "crates/unigox/src/users.rs"), |_| text.clone());
        assert!(check_pointers(&workspace) > 0);
    }
}
