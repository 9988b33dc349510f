//! `cargo xtask spec diff` as its callers see it: exit codes, formats, and what is on which stream.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::diff::Report;

/// A folder with `old.yaml` (the checked-in document) and `new.json`, changed by `edit`.
fn folder(edit: impl FnOnce(&mut Value)) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let text = fs::read(document()).expect("the document");
    let mut value = xtask::openapi::load(&document()).expect("the document").value;
    edit(&mut value);
    fs::write(folder.path().join("old.yaml"), text).expect("a file");
    fs::write(folder.path().join("new.json"), value.to_string()).expect("a file");
    folder
}

fn document() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/users/document.yaml")
}

/// Runs `spec diff` on the two files of `folder`.
fn run(folder: &TempDir, old: &str, new: &str, options: &[&str]) -> (i32, String, String) {
    let files = [old, new].map(|name| folder.path().join(name));
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["spec", "diff"]).args(files).args(options);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).output().expect("it starts");
    let text = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).expect("UTF-8");
        text.replace(&format!("{}/", folder.path().display()), "")
    };
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let code = output.status.code().expect("it ends by itself");
    assert!(!stderr.contains("panicked"), "{stderr}");
    if code != 0 {
        let last = stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("next: "), "ended with {code}, but not with what to do next:\n{stderr}");
    }
    (code, stdout, stderr)
}

/// One change that breaks both, one that breaks neither, and words.
fn some_changes(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    let direct = &mut schemas["KYCSubmitDirectData"]["properties"]["data"]["properties"]["pii"];
    direct["required"] = json!(["first_name", "last_name", "country_code", "dob"]);
    schemas["PaymentProfile"]["properties"]["created_at"] = json!({"type": "string", "format": "date-time"});
    document["paths"]["/api/v1/partner/verify-auth"]["get"]["summary"] = json!("Other words");
}

#[test]
fn the_report_for_a_terminal_says_what_changed_and_whom_it_breaks() {
    let (code, stdout, stderr) = run(&folder(some_changes), "old.yaml", "new.json", &[]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    insta::assert_snapshot!(stdout, @r##"
    old.yaml → new.json

    What breaks

      submitKYC  → KycHandle::submit
        breaks wire, source     `KYCSubmitDirectData.data.pii.dob` became required
                                property-required, request, /components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/dob

    What else changed

      createPaymentDetails, getPaymentDetails  → PaymentDetailsHandle::create, PaymentDetailsHandle::ensure, PaymentDetailsHandle::list
        harmless                `PaymentProfile` now has an optional property `created_at`
                                optional-property-added, response, /components/schemas/PaymentProfile/properties/created_at

      Texts and examples (`spec diff --format json` lists each place)
        verifyAuth: texts of 1 place

    2 changes (1 breaks the wire, 1 breaks the source of unigox, 1 breaks that of unigox-client) and 1 change of words: a major version of unigox: code that uses it may not compile
    "##);
}

#[test]
fn the_report_for_a_pull_request_is_a_table_for_each_operation() {
    let (code, stdout, _) = run(&folder(some_changes), "old.yaml", "new.json", &["--format", "markdown"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(stdout, @r##"
    ## API drift: `old.yaml` → `new.json`

    **2 changes (1 breaks the wire, 1 breaks the source of unigox, 1 breaks that of unigox-client) and 1 change of words: a major version of unigox: code that uses it may not compile**

    ### createPaymentDetails, getPaymentDetails

    Reaches `PaymentDetailsHandle::create`, `PaymentDetailsHandle::ensure`, `PaymentDetailsHandle::list`.

    | | change | rule | where |
    |---|---|---|---|
    | harmless | `PaymentProfile` now has an optional property `created_at` | `optional-property-added`, response | `/components/schemas/PaymentProfile/properties/created_at` |

    ### submitKYC

    Reaches `KycHandle::submit`.

    | | change | rule | where |
    |---|---|---|---|
    | breaks wire, source | `KYCSubmitDirectData.data.pii.dob` became required | `property-required`, request | `/components/schemas/KYCSubmitDirectData/properties/data/properties/pii/properties/dob` |

    ### verifyAuth

    Reaches `Client::verify_auth`.

    <details><summary>1 text changed</summary>

    - `summary` of the operation changed, `/paths/~1api~1v1~1partner~1verify-auth/get/summary`

    </details>
    "##);
}

#[test]
fn the_report_for_scripts_has_a_version_and_a_schema() {
    let (code, stdout, _) = run(&folder(some_changes), "old.yaml", "new.json", &["--format", "json"]);
    assert_eq!(code, 0);
    let report: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(report["format_version"], 1);
    assert_eq!(report["bump"], "major");
    assert_eq!(report["old"]["file"], "old.yaml");
    let schema = schemars::schema_for!(Report);
    let problem = jsonschema::validate(schema.as_value(), &report).err();
    assert!(problem.is_none(), "{problem:?}");
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema).expect("JSON"));
}

/// The facade's table of operations knows it by the old name still.
#[test]
fn an_operation_with_another_id_reaches_the_method_that_it_had() {
    let folder = folder(|document| {
        document["paths"]["/api/v1/partner/users/{user_uuid}"]["get"]["operationId"] = json!("readUser");
    });
    let (_, stdout, _) = run(&folder, "old.yaml", "new.json", &["--format", "json"]);
    let report: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(report["changes"][0]["operations"], json!(["readUser"]));
    assert_eq!(report["changes"][0]["reaches"], json!(["UserHandle::get"]));
}

#[test]
fn the_exit_code_is_1_only_as_asked() {
    let words = |document: &mut Value| document["info"]["description"] = json!("Other words");
    let harmless = |document: &mut Value| {
        document["components"]["schemas"]["PaymentProfile"]["properties"]["more"] = json!({"type": "boolean"});
    };
    let code = |folder: &TempDir, options: &[&str]| run(folder, "old.yaml", "new.json", options).0;
    for (folder, by_default, breaking, any) in [
        (folder(|_| {}), 0, 0, 0),
        (folder(words), 0, 0, 1),
        (folder(harmless), 0, 0, 1),
        (folder(some_changes), 0, 1, 1),
    ] {
        assert_eq!(code(&folder, &[]), by_default);
        assert_eq!(code(&folder, &["--fail-on", "breaking"]), breaking);
        assert_eq!(code(&folder, &["--fail-on", "any"]), any);
    }
}

/// A default is a warning, and a request property that becomes optional is the generated crate's matter alone.
#[test]
fn a_warning_is_no_break_and_each_crate_is_judged_for_itself() {
    let folder = folder(|document| {
        let direct =
            &mut document["components"]["schemas"]["KYCSubmitDirectData"]["properties"]["data"]["properties"]["pii"];
        direct["properties"]["dob"]["default"] = json!("1990-01-01");
        direct["required"] = json!(["first_name", "last_name"]);
    });
    let (code, stdout, _) = run(&folder, "old.yaml", "new.json", &["--fail-on", "breaking", "--format", "json"]);
    let report: Value = serde_json::from_str(&stdout).expect("JSON");
    let verdicts: Vec<_> = (report["changes"].as_array().into_iter().flatten())
        .map(|change| {
            [&change["rule"], &change["wire"], &change["source"], &change["client"]].map(|said| said.as_str())
        })
        .collect();
    let [warning, optional] = verdicts.as_slice() else { panic!("{stdout}") };
    assert_eq!(warning[..3], [Some("default-changed"), Some("warning"), Some("ok")]);
    assert_eq!(*optional, [Some("property-optional"), Some("ok"), Some("ok"), Some("break")]);
    assert_eq!((code, &report["bump"]), (0, &json!("minor")));
    let (_, stdout, _) = run(&folder, "old.yaml", "new.json", &[]);
    assert!(stdout.contains("\n    warning") && stdout.contains("\n    breaks client"), "{stdout}");
    let (_, stdout, _) = run(&folder, "old.yaml", "new.json", &["--format", "markdown"]);
    assert!(stdout.contains("\n| warning") && stdout.contains("\n| breaks client"), "{stdout}");
}

/// Two documents that are the same but for where an enum is written, and what the overlay calls it.
#[test]
fn an_overlay_gives_both_documents_its_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = |schema: &str, schemas: &str| {
        let content = format!("{{application/json: {{schema: {{type: object, properties: {{status: {schema}}}}}}}}}");
        let get = format!("{{operationId: a, responses: {{'200': {{description: ok, content: {content}}}}}}}");
        format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{get: {get}}}}}\ncomponents: {{schemas: {{{schemas}}}}}\n"
        )
    };
    let inline = "{type: string, enum: [a, b]}";
    let target = "$.paths['/a'].get.responses['200'].content['application/json'].schema.properties.status";
    let overlay = format!(
        "overlay: 1.1.0\ninfo: {{title: T, version: '1'}}\n\
         actions: [{{target: \"{target}\", description: d, update: {{x-type-name: Status}}}}]\n"
    );
    for (name, text) in [
        ("old.yaml", document(inline, "")),
        ("new.yaml", document("{$ref: '#/components/schemas/Status'}", &format!("Status: {inline}"))),
        ("overlay.yaml", overlay.clone()),
        ("unmatched.yaml", overlay.replace("status", "nothing")),
        ("malformed.yaml", "overlay: 1.1.0\n".to_owned()),
    ] {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let source = |overlay: Option<&str>| {
        let path = overlay.map(|name| folder.path().join(name).display().to_string());
        let mut options = vec!["--format", "json"];
        options.extend(path.iter().flat_map(|path| ["--overlay", path]));
        let (code, stdout, stderr) = run(&folder, "old.yaml", "new.yaml", &options);
        let report: Value = serde_json::from_str(&stdout).unwrap_or_default();
        let changes = report["changes"].as_array().cloned().unwrap_or_default();
        let extracted = changes.into_iter().find(|change| change["rule"] == "schema-extracted");
        (code, extracted.map(|change| change["source"].clone()), stderr)
    };
    assert_eq!(source(None), (0, Some(json!("break")), String::new()));
    let (code, with_names, stderr) = source(Some("overlay.yaml"));
    assert_eq!((code, with_names), (0, Some(json!("ok"))));
    // Beside a reference a name has no effect.
    assert_eq!(stderr, "1 action of overlay.yaml left out: new.yaml has nothing there to change\n");
    let (code, without, stderr) = source(Some("unmatched.yaml"));
    assert_eq!((code, without), (0, Some(json!("break"))));
    assert_eq!(stderr.matches("1 action of unmatched.yaml left out: ").count(), 2, "{stderr}");
    assert_eq!(source(Some("malformed.yaml")).0, 3);
    assert_eq!(source(Some("missing.yaml")).0, 2);
}

#[test]
fn a_failure_by_request_still_prints_the_report() {
    let options = ["--fail-on", "breaking", "--format", "json"];
    let (code, stdout, stderr) = run(&folder(some_changes), "old.yaml", "new.json", &options);
    assert_eq!(code, 1);
    assert!(serde_json::from_str::<Value>(&stdout).is_ok_and(|report| report["changes"].is_array()));
    assert!(stderr.starts_with("error: 1 breaking change\n"), "{stderr}");
}

#[test]
fn of_a_document_that_is_refused_nothing_is_promised() {
    let misspelt =
        folder(|document| document["paths"]["/api/v1/partner/verify-auth"]["get"]["sumary"] = json!("A check"));
    let (code, stdout, _) = run(&misspelt, "old.yaml", "new.json", &[]);
    assert_eq!(code, 0);
    let stdout = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(stdout.contains("new.json The new document is refused, so nothing is said of code: 1 defect."), "{stdout}");
    assert!(!stdout.contains("still compiles"), "{stdout}");
}

#[test]
fn a_document_does_not_differ_from_itself() {
    let (code, stdout, _) = run(&folder(|_| {}), "old.yaml", "new.json", &["--fail-on", "any"]);
    assert_eq!(code, 0);
    assert_eq!(stdout, "old.yaml → new.json\n\nnothing changed\n");
}

#[test]
fn wrong_usage_is_2_and_a_file_that_is_not_openapi_is_3() {
    let folder = folder(|_| {});
    for (name, text) in [("list.yaml", "- a\n"), ("broken.yaml", "a: [\n"), ("other.yaml", "swagger: '2.0'\n")] {
        fs::write(folder.path().join(name), text).expect("a file");
        for (old, new) in [("old.yaml", name), (name, "old.yaml")] {
            let (code, stdout, stderr) = run(&folder, old, new, &[]);
            assert_eq!((code, stdout.as_str()), (3, ""), "{name}");
            assert!(stderr.contains(name), "{stderr}");
            let (code, stdout, _) = run(&folder, old, new, &["--format", "json"]);
            let refusal: Value = serde_json::from_str(&stdout).expect("JSON");
            assert_eq!((code, &refusal["format_version"], &refusal["file"]), (3, &json!(1), &json!(name)));
            let defect = &refusal["defects"][0];
            assert!(["place", "problem", "remedy"].iter().all(|key| defect[*key].is_string()), "{refusal}");
        }
    }
    assert_eq!(run(&folder, "old.yaml", "missing.yaml", &[]).0, 2);
    assert_eq!(run(&folder, "old.yaml", ".", &[]).0, 2);
    let (code, _, stderr) = run(&folder, "old.yaml", "new.json", &["--format", "xml"]);
    assert_eq!(code, 2);
    assert!(stderr.ends_with("next: cargo xtask spec diff --help\n"), "{stderr}");
    assert_eq!(run(&folder, "old.yaml", "new.json", &["--fail-on", "nothing"]).0, 2);
}

/// Names come from somebody else: they steer neither the terminal nor the page.
#[test]
fn names_do_not_leave_their_place() {
    let odd = "x\u{1b}[31m\u{9b}\u{202e}`|<img src=a>@everyone\n# b";
    let folder = folder(|document| {
        document["components"]["schemas"]["PaymentProfile"]["properties"][odd] = json!({"type": "boolean"});
    });
    let (_, text, _) = run(&folder, "old.yaml", "new.json", &[]);
    let acts = |text: &str| text.contains(['\u{1b}', '\u{9b}', '\u{202e}']);
    assert!(!acts(&text) && text.contains("\\u{202e}"), "{text}");
    let (_, json, _) = run(&folder, "old.yaml", "new.json", &["--format", "json"]);
    assert!(!acts(&json) && json.contains("\\u202e"), "{json}");
    let report: Value = serde_json::from_str(&json).expect("JSON");
    assert!(report["changes"][0]["summary"].as_str().is_some_and(|summary| summary.contains(odd)), "{json}");
    let (_, markdown, _) = run(&folder, "old.yaml", "new.json", &["--format", "markdown"]);
    assert!(!acts(&markdown) && !markdown.contains("\n# b"), "{markdown}");
    // What is in code is shown as it is; outside, nothing of it means anything.
    let cells = markdown.lines().flat_map(|line| line.split(" | "));
    let outside: String = cells.flat_map(|cell| cell.split('`').step_by(2)).collect();
    assert!(!outside.contains("<img") && !outside.contains("@everyone"), "{markdown}");
}

/// A comment has a limit. What does not fit is counted, and the head stays.
#[test]
fn a_report_for_a_pull_request_keeps_within_its_limit() {
    let folder = folder(|document| {
        for index in 0..2_000 {
            let schema =
                json!({"get": {"operationId": format!("op{index}"), "responses": {"200": {"description": ""}}}});
            document["paths"][format!("/more/{index}")] = schema;
        }
    });
    let (_, markdown, _) = run(&folder, "old.yaml", "new.json", &["--format", "markdown"]);
    assert!(markdown.len() < 65_536, "{}", markdown.len());
    assert!(
        markdown.starts_with("## API drift: ")
            && markdown.contains(
                "\n\n**2000 changes (0 break the wire, 0 break the source of unigox, 0 break that of unigox-client): "
            ),
        "{}",
        &markdown[..200]
    );
    assert!(
        markdown.trim_end().ends_with("more: run `cargo xtask spec diff` to read them."),
        "{}",
        &markdown[60_000..]
    );
}
