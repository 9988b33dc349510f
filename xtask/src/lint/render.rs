//! The report for eyes: in a terminal, and in a pull request.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    RULES,
    report::{Finding, Report},
};
use crate::{
    defect::count,
    openapi::owner,
    page::{self, code, printable},
};

/// The report for a terminal: what stands in one operation or component together, and the counts at the end.
pub fn text(report: &Report, document: &Value) -> String {
    let mut out = page::header(&[&report.document]) + "\n";
    for group in report.findings.chunk_by(|a, b| owner(&a.pointer) == owner(&b.pointer)) {
        let _ = writeln!(out, "{}", printable(&heading(&group[0], document)));
        for finding in group {
            let place = if finding.pointer.is_empty() { "(document root)" } else { &finding.pointer };
            let _ = writeln!(out, "  {} at {}", finding.rule, printable(place));
            let _ = writeln!(out, "    {}", printable(&finding.problem));
            for also in &finding.also {
                let _ = writeln!(out, "    see {}", printable(also));
            }
            let _ = writeln!(out, "    to do: {}", printable(&finding.remedy));
        }
        out.push('\n');
    }
    let _ = writeln!(out, "{}", summary(report));
    out
}

/// The report for a pull request.
pub fn markdown(report: &Report, document: &Value) -> String {
    let mut out = page::markdown_header("Contradictions", &[&report.document]);
    for group in report.findings.chunk_by(|a, b| owner(&a.pointer) == owner(&b.pointer)) {
        let _ = write!(out, "\n### {}\n\n", page::markdown(&heading(&group[0], document)));
        for finding in group {
            let Finding { rule, pointer, problem, remedy, also, .. } = finding;
            let (pointer, problem, remedy) = (code(pointer), page::markdown(problem), page::markdown(remedy));
            let _ = write!(out, "- **{rule}** at {pointer}: {problem}; {remedy}");
            if !also.is_empty() {
                let also: Vec<String> = also.iter().map(|also| code(also)).collect();
                let _ = write!(out, ". See {}", also.join(", "));
            }
            out.push('\n');
        }
    }
    let _ = write!(out, "\n{}\n", summary(report));
    out
}

/// What a group of findings is about.
fn heading(finding: &Finding, document: &Value) -> String {
    let unescaped = |token: &str| token.replace("~1", "/").replace("~0", "~");
    let tokens: Vec<String> = finding.pointer.split('/').skip(1).map(unescaped).collect();
    match tokens.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["paths", path, method, ..] if *method != "parameters" => {
            let call = format!("{} {path}", method.to_uppercase());
            let id =
                document.pointer(owner(&finding.pointer)).and_then(|operation| operation.get("operationId")?.as_str());
            id.map_or_else(|| call.clone(), |id| format!("{id} ({call})"))
        }
        ["paths", path, ..] => (*path).to_owned(),
        ["components", "schemas", name, ..] => format!("schema {name}"),
        ["components", kind, name, ..] => format!("component {kind}/{name}"),
        _ => "the document".to_owned(),
    }
}

/// `3 findings: 2 tag, 1 reference`.
fn summary(report: &Report) -> String {
    let of = |name: &str| report.findings.iter().filter(|finding| finding.rule == name).count();
    let counts = RULES.iter().map(|rule| (of(rule.name), rule.name)).filter(|(n, _)| *n > 0);
    let counts: Vec<String> = counts.map(|(n, name)| format!("{n} {name}")).collect();
    match counts.as_slice() {
        [] => "no contradictions found".to_owned(),
        counts => format!("{}: {}", count(report.findings.len(), "finding"), counts.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{lint::lint, page::Document};

    fn report(document: &Value) -> Report {
        let file = Document { file: "d.yaml".to_owned(), sha256: String::new() };
        Report::new(file, lint(document).expect("an outline"))
    }

    #[test]
    fn groups_by_place_and_counts_at_the_end() {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "tags": [{"name": "a_tag"}],
            "paths": {"/a/{b}": {"get": {"operationId": "get_a", "responses": {"200": {}}}}},
        });
        insta::assert_snapshot!(text(&report(&document), &document), @r"
        d.yaml

        the document
          tag at /tags/0
            no operation uses the tag `a_tag`
            to do: remove it, or tag the operations that it is about

        get_a (GET /a/{b})
          path-parameter at /paths/~1a~1{b}/get
            the template has `b`, which no path parameter declares
            to do: declare the parameter, or correct the template
          missing-content at /paths/~1a~1{b}/get/responses/200
            the success 200 has no content, although only 204 and 205 are without one
            to do: describe the body, or make it status 204

        3 findings: 1 path-parameter, 1 tag, 1 missing-content
        ");
        insta::assert_snapshot!(markdown(&report(&document), &document), @r"
        ## Contradictions: `d.yaml`

        ### the document

        - **tag** at `/tags/0`: no operation uses the tag `a_tag`; remove it, or tag the operations that it is about

        ### get\_a (GET /a/{b})

        - **path-parameter** at `/paths/~1a~1{b}/get`: the template has `b`, which no path parameter declares; declare the parameter, or correct the template
        - **missing-content** at `/paths/~1a~1{b}/get/responses/200`: the success 200 has no content, although only 204 and 205 are without one; describe the body, or make it status 204

        3 findings: 1 path-parameter, 1 tag, 1 missing-content
        ");
    }

    #[test]
    fn says_so_if_there_is_nothing() {
        let document = json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}});
        assert_eq!(text(&report(&document), &document), "d.yaml\n\nno contradictions found\n");
    }
}
