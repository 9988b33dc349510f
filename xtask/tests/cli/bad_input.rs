//! Documents and overlays that `codegen` refuses, and what it says of them.

use super::*;

/// A bad input, and what is said about it.
struct Bad {
    named: &'static str,
    text: Vec<u8>,
    place: &'static str,
    says: &'static [&'static str],
}

impl Bad {
    fn new(named: &'static str, text: impl Into<Vec<u8>>, place: &'static str, says: &'static [&'static str]) -> Self {
        Self { named, text: text.into(), place, says }
    }
}

/// Each of `bad` ends with 3, says file, place, problem and remedy, and leaves the outputs as they were.
fn refuses(workspace: &Workspace, args: &[&str], bad: &[Bad]) {
    for Bad { named, text, place, says } in bad {
        workspace.write("bad.yaml", text);
        let before = workspace.tree();
        let (code, stdout, stderr) = workspace.run(args);
        assert_eq!((code, stdout.as_str()), (3, ""), "{named}: {stderr}");
        let at = format!("  at {place}");
        for part in ["bad.yaml: ", at.as_str(), "\n    to do: "].iter().chain(*says) {
            assert!(stderr.contains(part), "{named}: `{part}` is not in:\n{stderr}");
        }
        assert!(stderr.len() < 16 * 1024, "{named}: {} bytes are nothing for a person to read", stderr.len());
        workspace.assert_unchanged(&before, named);
    }
}

/// [`FINE`] with one thing changed.
fn fine_but(from: &str, to: &str) -> String {
    assert!(FINE.contains(from), "{from}");
    FINE.replacen(from, to, 1)
}

#[test]
fn refuses_what_is_no_yaml() {
    let workspace = Workspace::with_crate();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0".to_vec();
    refuses(
        &workspace,
        &ELSEWHERE,
        &[
            Bad::new("YAML with a slip", "openapi: 3.0.3\ninfo: [\n", "line 2", &["not YAML: "]),
            Bad::new(
                "JSON with a slip",
                "{\"openapi\": \"3.0.3\",\n \"info\": ]}",
                "line 2, column 10",
                &["not JSON: "],
            ),
            Bad::new("a tab for indentation", "openapi: 3.0.3\ninfo:\n\ttitle: T\n", "line 3", &["not YAML: "]),
            Bad::new("an empty file", "", "line 1", &["not a mapping"]),
            Bad::new("a comment alone", "# nothing\n", "line 1", &["not a mapping"]),
            Bad::new("prose", "Dear Sir or Madam\n", "line 1", &["not a mapping"]),
            Bad::new("a list", "- a\n- b\n", "line 1", &["not a mapping"]),
            Bad::new("two documents", "a: 1\n---\nb: 2\n", "line ", &["not YAML: "]),
            Bad::new("a picture", png, "line 1", &["not UTF-8"]),
            Bad::new("UTF-16", b"\xff\xfeo\0p\0e\0n\0".to_vec(), "line 1", &["not UTF-8"]),
            Bad::new("invalid UTF-8 further on", b"openapi: 3.0.3\ninfo: \xc3\x28\n".to_vec(), "line ", &["not UTF-8"]),
            Bad::new("a key given twice", fine_but("paths:", "info: {}\npaths:"), "line 3", &["not YAML: ", "info"]),
            Bad::new("an unknown alias", fine_but("title: T", "title: *no"), "line 2", &["not YAML: "]),
            Bad::new(
                "a tag that makes it binary",
                fine_but("title: T", "title: !!binary '//8='"),
                "line 2",
                &["not YAML: "],
            ),
        ],
    );
}

#[test]
fn refuses_what_is_no_openapi_3_0_and_says_what_it_is() {
    let workspace = Workspace::with_crate();
    let redocly = &["OpenAPI 3.1.0", "3.0"];
    refuses(
        &workspace,
        &ELSEWHERE,
        &[
            Bad::new("some other YAML", "name: T\non: {push: {}}\n", "/openapi", &["not an OpenAPI document"]),
            Bad::new("Swagger", "swagger: '2.0'\ninfo: {}\npaths: {}\n", "/openapi", &["Swagger 2.0"]),
            Bad::new("version 3.1", fine_but("3.0.3", "3.1.0"), "/openapi", redocly),
            Bad::new("no string for a version", fine_but("3.0.3", "3.0"), "/openapi", &["not a string"]),
            Bad::new("no info", fine_but("info", "Info"), "/info", &["missing"]),
            Bad::new("no paths", fine_but("paths", "Paths"), "/paths", &["missing"]),
            Bad::new(
                "paths as a list",
                "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: []\n",
                "/paths",
                &["mapping"],
            ),
            Bad::new(
                "no responses",
                fine_but("responses", "replies"),
                "/paths/~1users~1{id}/get/responses",
                &["missing"],
            ),
            Bad::new(
                "a number for a schema",
                fine_but("{type: object, properties: {name: {type: string}}}", "1"),
                "/components/schemas/User",
                &["not a schema"],
            ),
            Bad::new(
                "a type that does not exist",
                fine_but("{name: {type: string}}", "{name: {type: text}}"),
                "/components/schemas/User/properties/name",
                &["not OpenAPI 3.0"],
            ),
        ],
    );
}

#[test]
fn says_what_a_document_is_even_if_the_overlay_has_lost_its_targets() {
    let workspace = Workspace::new();
    for (text, says) in [
        ("swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n", "Swagger 2.0"),
        ("openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n", "OpenAPI 3.1.0"),
        ("hello: world\n", "not an OpenAPI document"),
    ] {
        workspace.write(DOCUMENT, text);
        let before = workspace.tree();
        let (code, _, stderr) = workspace.run(&["codegen"]);
        assert_eq!(code, 3, "{stderr}");
        assert!(stderr.contains("unigox-partner.yaml") && stderr.contains(says), "`{says}` is not in:\n{stderr}");
        workspace.assert_unchanged(&before, says);
    }
}

#[test]
fn refuses_references_that_lead_nowhere_or_in_a_circle() {
    let workspace = Workspace::with_crate();
    let user = "{type: object, properties: {name: {type: string}}}";
    let reference = |target: &str| fine_but(user, &format!("{{$ref: '{target}'}}"));
    let through = |schema: &str| fine_but(user, schema) + "    B: {$ref: '#/components/schemas/User'}\n";
    let place = "/components/schemas/User";
    refuses(
        &workspace,
        &ELSEWHERE,
        &[
            Bad::new(
                "a dangling reference",
                fine_but("schemas/User", "schemas/Usr"),
                "/paths/~1users~1{id}/get/responses/200/content/application~1json/schema/$ref",
                &["dangling reference", "#/components/schemas/Usr", "`User`"],
            ),
            Bad::new("a reference to nothing at all", reference(""), place, &["refers to"]),
            Bad::new("another file", reference("user.yaml"), place, &["another file, `user.yaml`", "redocly bundle"]),
            Bad::new("part of another file", reference("user.yaml#/User"), place, &["another file"]),
            Bad::new("a URL", reference("https://a.example/user.yaml"), place, &["another file"]),
            Bad::new("itself", reference("#/components/schemas/User"), place, &["circular reference"]),
            Bad::new(
                "itself by another",
                through("{$ref: '#/components/schemas/B'}"),
                "/components/schemas/",
                &["circular"],
            ),
            Bad::new(
                "itself by allOf",
                through("{allOf: [{$ref: '#/components/schemas/B'}, {type: object}]}"),
                "/components/schemas/",
                &["circular reference", "schemas/User", "schemas/B"],
            ),
            Bad::new(
                "itself by oneOf",
                through("{oneOf: [{type: string}, {$ref: '#/components/schemas/B'}]}"),
                "/components/schemas/",
                &["circular reference"],
            ),
            Bad::new(
                "a response that is itself",
                FINE.to_owned() + "  responses: {R: {$ref: '#/components/responses/R'}}\n",
                "/components/responses/R",
                &["circular reference"],
            ),
            Bad::new(
                "an operation elsewhere",
                fine_but("components:", "  /a: {get: {$ref: '#/paths/~1users~1{id}/get'}}\ncomponents:"),
                "/paths/~1a/get/$ref",
                &["an operation that is a reference"],
            ),
            Bad::new("a number for a reference", fine_but(user, "{$ref: 1}"), place, &["$ref"]),
        ],
    );
}

#[test]
fn refuses_names_that_collide() {
    let workspace = Workspace::with_crate();
    let second = |id: &str| {
        let operation = format!("  /a: {{get: {{operationId: {id}, responses: {{'200': {{description: ''}}}}}}}}\n");
        fine_but("components:", &format!("{operation}components:"))
    };
    refuses(
        &workspace,
        &ELSEWHERE,
        &[
            Bad::new(
                "two equal ids",
                second("getUser"),
                "/paths/~1a/get/operationId",
                &["`getUser` is taken already, at /paths/~1users~1{id}/get"],
            ),
            Bad::new(
                "two ids for one method",
                second("get_user"),
                "/paths/~1a/get/operationId",
                &["`get_user`", "same method name", "/paths/~1users~1{id}/get"],
            ),
        ],
    );
}

#[test]
fn refuses_what_would_exhaust_it() {
    let workspace = Workspace::with_crate();
    let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (from, to) in ('a'..='h').zip('b'..='i') {
        bomb += &format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 10].join(","));
    }
    let mut block = String::from("openapi: 3.0.3\n");
    (0..2_000).for_each(|depth| block += &format!("{}a:\n", " ".repeat(depth)));
    refuses(
        &workspace,
        &ELSEWHERE,
        &[
            Bad::new("an alias bomb", bomb, "line ", &["not YAML: "]),
            Bad::new("an alias to itself", "a: &a [*a]\n", "line 1", &["not YAML: "]),
            Bad::new("deep JSON", format!("{{\"a\":{}", "[".repeat(100_000)), "line 1", &["not JSON: "]),
            Bad::new("deep flow", format!("a: {}", "[".repeat(100_000)), "line 1", &["not YAML: "]),
            Bad::new(
                "deep flow that is closed",
                format!("a: {}{}", "{a: ".repeat(9_000), "}".repeat(9_000)),
                "line 1",
                &["not YAML: "],
            ),
            Bad::new("deep blocks", block, "line ", &["not YAML: "]),
        ],
    );
}

#[test]
fn takes_what_is_deep_but_allowed() {
    let workspace = Workspace::new();
    let nested = |depth: usize| {
        let (open, close) = ("{type: object, properties: {a: ".repeat(depth), "}}".repeat(depth));
        fine_but("{type: object, properties: {name: {type: string}}}", &format!("{open}{{type: string}}{close}"))
    };
    workspace.write("deep.yaml", nested(100));
    let (code, _, stderr) = workspace.run(&["codegen", "--spec", "deep.yaml", "--overlay", "none", "--out", "out"]);
    assert_eq!(code, 0, "{stderr}");
    let (open, close) = ("{a: ".repeat(200), "}".repeat(200));
    workspace.write(
        "deep-overlay.yaml",
        format!(
            "overlay: 1.1.0\ninfo: {{title: T, version: '1'}}\nactions:\n\
        - {{target: $.info, description: d, update: {{x-deep: {open}1{close}}}}}\n"
        ),
    );
    let (code, stdout, stderr) =
        workspace.run(&["codegen", "--spec", "deep.yaml", "--overlay", "deep-overlay.yaml", "--stage", "overlay"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("x-deep"));
}

#[test]
fn answers_at_once_to_a_file_past_the_limit() {
    let workspace = Workspace::with_crate();
    // Far more than could be read or held: only a tool that looks at the size first can report at all.
    let size = 1_u64 << 40;
    let file = File::create(workspace.path("bad.yaml")).expect("a file");
    if file.set_len(size).is_err() {
        file.set_len(100 << 20).expect("any file system has files of 100 MiB");
    }
    let size = file.metadata().expect("a size").len();
    let (code, _, stderr) = workspace.run(&ELSEWHERE);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains(&format!("{size} bytes, more than the limit of ")), "{stderr}");
    let (code, _, stderr) = workspace.run(&["codegen", "--overlay", "bad.yaml", "--out", "out"]);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains(&format!("{size} bytes, more than the limit of ")), "{stderr}");
}

#[cfg(unix)]
#[test]
fn reads_no_device_to_its_end() {
    let workspace = Workspace::with_crate();
    let (code, _, stderr) = workspace.run(&ELSEWHERE.map(|arg| if arg == "bad.yaml" { "/dev/zero" } else { arg }));
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("more than the limit of "), "{stderr}");
}

// ---- A broken document in its place ----------------------------------------------------------------------------------

#[test]
fn a_defect_in_place_names_the_file_and_leaves_the_outputs() {
    let workspace = Workspace::new();
    let [first, second] = ["operationId: verifyAuth", "operationId: submitKYC"];
    let cases: [(&str, &str, &str, &[&str]); 5] = [
        ("openapi: 3.0.3", "openapi: 3.1.0", "/openapi", &["OpenAPI 3.1.0"]),
        ("schemas/APIResponse'", "schemas/APIRespons'", "/$ref", &["dangling reference", "`APIResponse`"]),
        (second, first, "/operationId", &["`verifyAuth` is taken already"]),
        ("openapi: 3.0.3", "openapi: [3.0.3", "line ", &["not YAML"]),
        ("info:\n", "info:\n  title: T\n", "line 4", &["not YAML", "title"]),
    ];
    let fine = workspace.read(DOCUMENT);
    for (from, to, place, says) in cases {
        workspace.replace(DOCUMENT, from, to);
        let before = workspace.tree();
        for args in [&["codegen"][..], &["codegen", "--check"], &["codegen", "--stage", "lower"]] {
            let (code, stdout, stderr) = workspace.run(args);
            assert_eq!((code, stdout.as_str()), (3, ""), "{to}: {stderr}");
            for part in ["unigox-partner.yaml: ", "  at ", place, "\n    to do: "].iter().chain(says) {
                assert!(stderr.contains(part), "{to}: `{part}` is not in:\n{stderr}");
            }
            workspace.assert_unchanged(&before, to);
        }
        workspace.write(DOCUMENT, &fine);
    }
}

#[test]
fn every_unmatched_action_is_listed_at_once() {
    let workspace = Workspace::new();
    let actions = workspace.read(OVERLAY).matches("\n  - target:").count();
    workspace.replace(OVERLAY, "$.components.schemas.PaymentProfile\n", "$.components.schemas.PaymentProfil\n");
    let unmatched = "  - target: $.paths['/a']\n    description: d\n    remove: true\n  - target: $.tags[7]\n    \
                description: d\n    update: {x-a: 1}\n";
    let text = workspace.read(OVERLAY);
    workspace.write(OVERLAY, format!("{}\n{unmatched}", text.trim_end()));
    let before = workspace.tree();
    let (code, _, stderr) = workspace.run(&["codegen"]);
    assert_eq!(code, 3, "{stderr}");
    let last = [format!("at /actions/{actions}: "), format!("at /actions/{}: ", actions + 1)];
    for part in ["overlay.yaml: 3 defects", "PaymentProfil`", "did you mean `PaymentProfile`?", &last[0], &last[1]] {
        assert!(stderr.contains(part), "`{part}` is not in:\n{stderr}");
    }
    assert_eq!(stderr.matches("matches nothing").count(), 3, "{stderr}");
    workspace.assert_unchanged(&before, "an unmatched action");
}

#[test]
fn refuses_what_is_not_an_overlay() {
    let workspace = Workspace::with_crate();
    let overlay = |action: &str| {
        format!("overlay: 1.1.0\ninfo: {{title: T, version: '1'}}\nactions:\n- {{description: d, {action}}}\n")
    };
    let args = ["codegen", "--spec", "fine.yaml", "--overlay", "bad.yaml", "--out", "out"];
    refuses(
        &workspace,
        &args,
        &[
            Bad::new(
                "a path that is not a valid JSONPath",
                overlay("target: '$.paths[', remove: true"),
                "/actions/0/target",
                &["`$.paths[` is not a valid JSONPath"],
            ),
            Bad::new(
                "a path by another standard",
                overlay("target: /paths, remove: true"),
                "/actions/0/target",
                &["`/paths` is not a valid JSONPath"],
            ),
            Bad::new(
                "a path that nests",
                overlay(&format!("target: '$[?{}@.a{}]', remove: true", "(".repeat(9_000), ")".repeat(9_000))),
                "/actions/0/target",
                &["nested"],
            ),
            Bad::new("an OpenAPI document", FINE, "(document root)", &["`overlay` is missing", "`actions` is missing"]),
            Bad::new(
                "a version that is not there yet",
                overlay("target: $.info, remove: true").replacen("1.1.0", "2.0.0", 1),
                "/overlay",
                &["2.0.0 is not supported"],
            ),
            Bad::new("an action that does nothing", overlay("target: $.info"), "/actions/0", &["changes nothing"]),
            Bad::new("nothing", "", "line 1", &["not a mapping"]),
            Bad::new("no YAML", "overlay: [\n", "line 1", &["not YAML"]),
            Bad::new("deep flow", format!("a: {}", "[".repeat(100_000)), "line 1", &["not YAML: "]),
            Bad::new("a key given twice", "overlay: 1.1.0\noverlay: 1.1.0\n", "line 2", &["not YAML"]),
            Bad::new("no UTF-8", b"overlay: \xff".to_vec(), "line 1", &["not UTF-8"]),
        ],
    );
}

#[test]
fn an_overlay_that_breaks_the_document_is_a_defect() {
    let workspace = Workspace::with_crate();
    for (action, place) in [
        ("target: $.paths, remove: true", "/paths"),
        ("target: $.components.schemas.User, remove: true", "/$ref"),
        ("target: $.openapi, update: 3.1.0", "/openapi"),
    ] {
        let overlay = "overlay: 1.1.0\ninfo: {title: T, version: '1'}\nactions:\n";
        workspace.write("overlay.yaml", format!("{overlay}- {{description: d, {action}}}\n"));
        let before = workspace.tree();
        let args = ["codegen", "--spec", "fine.yaml", "--overlay", "overlay.yaml", "--out", "out"];
        let (code, _, stderr) = workspace.run(&args);
        assert_eq!(code, 3, "{action}: {stderr}");
        assert!(stderr.contains("fine.yaml: ") && stderr.contains(place), "{action}: {stderr}");
        workspace.assert_unchanged(&before, action);
    }
}
