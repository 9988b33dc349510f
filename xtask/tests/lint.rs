//! `cargo xtask spec lint` as its callers see it, what it finds in the checked-in document, and that no document stops it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::{
    lint::{self, Finding},
    openapi,
};

const USERS: &str = "xtask/tests/users/document.yaml";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs the binary in the workspace: it doesn't panic, and whatever is no success ends with what to do next.
fn run(args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let command = command.args(["spec", "lint"]).args(args).current_dir(root()).stdin(Stdio::null());
    let output = command.output().expect("the binary starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let Some(code) = output.status.code() else { panic!("{args:?} ended with {}:\n{stderr}", output.status) };
    assert!(!stderr.contains("panicked at"), "{args:?} panicked:\n{stderr}");
    if code == 0 {
        assert_eq!(stderr, "");
    } else {
        let last = stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("next: "), "{args:?} ended with {code}, but not with what to do next:\n{stderr}");
    }
    (code, stdout, stderr)
}

fn file(content: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("document.yaml");
    fs::write(&path, content).expect("a file that can be written");
    let path = path.display().to_string();
    (folder, path)
}

const FINE: &str = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n";
const WRONG: &str = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a/{b}:\n    get:\n      operationId: a\n      \
                     responses: {'204': {description: d}}\n";

#[test]
fn ends_with_0_where_nothing_contradicts_itself() {
    let (_folder, path) = file(FINE);
    assert_eq!(run(&[&path]), (0, format!("{path}\n\nno contradictions found\n"), String::new()));
}

#[test]
fn ends_with_1_and_lists_what_does_in_each_format() {
    let (_folder, path) = file(WRONG);
    let (code, text, stderr) = run(&[&path]);
    assert_eq!(code, 1);
    assert!(
        text.starts_with(&format!("{path}\n\na (GET /a/{{b}})\n  path-parameter at /paths/~1a~1{{b}}/get\n")),
        "{text}"
    );
    assert!(text.ends_with("\n1 finding: 1 path-parameter\n"), "{text}");
    assert!(stderr.contains("1 finding\n"), "{stderr}");
    let (code, markdown, _) = run(&[&path, "--format", "markdown"]);
    assert_eq!(code, 1);
    assert!(markdown.contains("\n### a (GET /a/{b})\n\n- **path-parameter** at "), "{markdown}");
    let (code, report, _) = run(&[&path, "--format", "json"]);
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["format_version"], 1);
    assert_eq!(report["document"]["file"], path.as_str());
    let expected = json!([{
        "rule": "path-parameter",
        "pointer": "/paths/~1a~1{b}/get",
        "also": [],
        "operations": ["a"],
        "problem": "the template has `b`, which no path parameter declares",
        "remedy": "declare the parameter, or correct the template",
    }]);
    assert_eq!(report["findings"], expected);
}

#[test]
fn without_a_file_it_is_about_the_checked_in_document() {
    let (code, stdout, stderr) = run(&[]);
    assert_eq!(code, 1);
    assert!(stdout.contains("uploadPartnerKYCDocument ("), "{stdout}");
    assert!(stderr.contains("unigox-partner.yaml"), "{stderr}");
}

#[test]
fn ends_with_2_and_prints_nothing_for_what_can_not_be_read() {
    for args in [&["no-such-file.yaml"] as &[&str], &["openapi"], &["--format", "xml"], &["a", "b"]] {
        let (code, stdout, _) = run(args);
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}");
    }
}

#[test]
fn ends_with_3_and_prints_nothing_for_what_is_no_openapi_3_0() {
    for content in
        ["openapi: 3.1.0\n", "a: [\n", "- a\n", "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: []\n"]
    {
        let (_folder, path) = file(content);
        let (code, stdout, stderr) = run(&[&path]);
        assert_eq!((code, stdout.as_str()), (3, ""), "{content}{stderr}");
    }
}

fn lint(path: &Path) -> Vec<Finding> {
    let value = openapi::load(path).expect("a document that can be read").value;
    lint::lint(&value).unwrap_or_else(|defects| panic!("{}: {defects:?}", path.display()))
}

/// The document keeps the oddities of the vendor's, so that one can take its place: what is found is so. Errors without
/// a body, an upload whose discriminator tells nothing apart, and two enums that are not the same everywhere. What the
/// upload's file variant is about is settled by a pass, the rest is said in the document's prose.
#[test]
fn the_checked_in_document_has_the_vendors_oddities_and_no_others() {
    let findings = lint(&root().join(USERS));
    let short = |pointer: &str| {
        let pointer = pointer.replace("~1api~1v1~1partner~1", "").replace("users~1{user_uuid}", "U");
        pointer.replace("/requestBody/content/application~1json/schema", "/BODY")
    };
    let shown: Vec<_> =
        findings.iter().map(|finding| format!("{} {}", finding.rule, short(&finding.pointer))).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    missing-content /paths/users/post/responses/400
    missing-content /paths/U/get/responses/401
    missing-content /paths/U~1kyc-submissions/post/responses/401
    missing-content /paths/U~1kyc~1documents/post/responses/400
    differing-enums /paths/U~1kyc~1documents/post/BODY/oneOf/0/properties/document_type/enum
    discriminator /paths/U~1kyc~1documents/post/BODY/discriminator
    discriminator /paths/U~1kyc~1documents/post/BODY/discriminator
    discriminator /paths/U~1kyc~1documents/post/BODY/discriminator
    overlapping-variants /paths/U~1kyc~1documents/post/BODY/oneOf
    missing-content /paths/U~1kyc/patch/responses/400
    missing-content /paths/U~1verification-status/get/responses/401
    missing-content /paths/U~1payment-details/get/responses/401
    missing-content /paths/U~1payment-details/post/responses/401
    missing-content /paths/U~1payment-details~1{payment_details_id}/delete/responses/401
    differing-enums /components/schemas/CreateUserResponse/allOf/1/properties/data/properties/kyc_status/enum
    ");
}

/// The defects that are known of the vendor's documents: rule, and what the pointer ends with.
#[test]
fn the_known_defects_of_vendor_documents_are_found() {
    let Some(folder) = std::env::var_os("UNIGOX_VENDOR_DOCUMENTS") else { return };
    let folder = root().join(folder);
    let old: &[(&str, &str)] = &[
        (
            "required-property",
            "~1kyc~1documents/post/requestBody/content/multipart~1form-data/schema/properties/document_type/required",
        ),
        ("path-parameter", "~1payment-details/delete/parameters/1"),
        ("tag", "/tags/0"),
        ("unused-schema", "/components/schemas/WebhookEventPayload"),
        ("missing-content", "~1kyc~1documents/post/responses/400"),
    ];
    let upload = "~1kyc~1documents/post/requestBody/content/application~1json";
    let middle = [
        ("discriminator", format!("{upload}/schema/discriminator")),
        ("overlapping-variants", format!("{upload}/schema/oneOf")),
        ("example-mismatch", format!("{upload}/examples/batch_url/value")),
        ("differing-enums", format!("{upload}/schema/oneOf/0/properties/document_type/enum")),
        ("missing-content", "~1kyc~1documents/post/responses/400".to_owned()),
    ];
    let middle: Vec<(&str, &str)> = middle.iter().map(|(rule, end)| (*rule, end.as_str())).collect();
    let new: &[(&str, &str)] =
        &[("differing-enums", "/properties/id_type/enum"), ("overlapping-variants", "/schema/oneOf")];
    let known = [
        ("2026-03-06.yaml", old),
        ("2026-03-11.yaml", old),
        ("2026-07-13.user-management.yaml", &middle),
        ("2026-10-08.user-management.yaml", new),
    ];
    for (name, defects) in known {
        let path = folder.join(name);
        if !path.exists() {
            continue;
        }
        let findings = lint(&path);
        for (rule, end) in defects {
            let is_it = |finding: &&Finding| finding.rule == *rule && finding.pointer.ends_with(end);
            assert!(findings.iter().any(|finding| is_it(&finding)), "{name}: no {rule} at …{end}");
        }
        // What was corrected is no longer found.
        let is_valid = !name.starts_with("2026-03");
        assert_eq!(findings.iter().any(|finding| finding.rule == "path-parameter"), !is_valid, "{name}");
    }
}

// ---- Documents that nobody would write ------------------------------------------------------------------------------

/// SplitMix64: the same numbers everywhere, for good.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end.max(1) as u64).expect("below a usize")
    }
}

fn pointers(value: &Value, pointer: &str, out: &mut Vec<String>) {
    let mut child = |key: &str, value: &Value| {
        let pointer = openapi::join(pointer, key);
        pointers(value, &pointer, out);
        out.push(pointer);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| child(key, value)),
        Value::Array(members) => members.iter().enumerate().for_each(|(index, value)| child(&index.to_string(), value)),
        _ => {}
    }
}

/// Changes one thing: a copy from elsewhere, a reference to elsewhere, another word, or something of another kind.
fn edit(document: &mut Value, random: &mut Random) -> String {
    const WORDS: [&str; 14] = [
        "$ref",
        "allOf",
        "oneOf",
        "not",
        "enum",
        "type",
        "nullable",
        "required",
        "example",
        "default",
        "pattern",
        "content",
        "discriminator",
        "additionalProperties",
    ];
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    let (at, other) = (all[random.below(all.len())].clone(), all[random.below(all.len())].clone());
    let copy = document.pointer(&other).cloned().unwrap_or_default();
    let simple =
        [Value::Null, json!(-1), json!(1.5e308), json!(true), json!({}), json!([]), json!("(\u{202e}"), json!([1])];
    let value = match random.below(4) {
        0 => json!({"$ref": format!("#{other}")}),
        1 => simple[random.below(simple.len())].clone(),
        _ => copy,
    };
    let word = (random.below(2) == 0).then(|| WORDS[random.below(WORDS.len())]);
    match (document.pointer_mut(&at), word) {
        (Some(Value::Object(members)), Some(word)) => drop(members.insert(word.to_owned(), value)),
        (Some(slot), _) => *slot = value,
        (None, _) => {}
    }
    format!("{at} from {other}, {word:?}")
}

#[test]
fn no_document_stops_it_and_every_finding_says_where() {
    let constructs = openapi::parse(include_str!("constructs.yaml")).expect("YAML without a slip");
    let checked_in = openapi::load(&root().join(USERS)).expect("a document").value;
    let mut judged = 0;
    for seed in 0..300 {
        let mut document = if seed % 3 == 0 { checked_in.clone() } else { constructs.clone() };
        let mut random = Random(seed);
        let edits: Vec<String> = (0..=random.below(6)).map(|_| edit(&mut document, &mut random)).collect();
        let Ok(findings) = lint::lint(&document) else { continue };
        judged += 1;
        assert_eq!(Ok(&findings), lint::lint(&document).as_ref(), "{seed}: {edits:?}");
        for finding in &findings {
            let Finding { rule, pointer, problem, remedy, .. } = finding;
            let is_there = pointer.starts_with('/') && document.pointer(pointer).is_some();
            assert!(is_there, "{seed}: {rule} at {pointer}, which is not there, after {edits:?}");
            assert!(!problem.is_empty() && !remedy.is_empty(), "{seed}: {finding:?}");
        }
    }
    assert!(judged > 150, "{judged} of the documents still had an outline");
}
