//! Which method of the facade calls which operation: the table in the documentation of `unigox`, read and checked.
//!
//! The facade is written by hand, so nothing generated says which operations it covers. The table is for people; what it
//! says is compared with the document and with the sources here, so that it can be relied on. An operation without a row
//! has no method that is written by hand, and needs none.

mod facade;

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use self::facade::{Facade, SOURCES, constant};
use crate::openapi::operations;

/// The heading of the table.
const HEADING: &str = "# Operations";

/// The table: operations, each with the methods that are said to call it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(Vec<(String, Vec<String>)>);

impl Coverage {
    /// The table of the facade in the workspace at `root`. A workspace without a facade covers nothing.
    pub fn read(root: &Path) -> Self {
        fs::read_to_string(root.join(SOURCES).join("lib.rs")).map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// The table in `text`, the source of a crate.
    pub fn parse(text: &str) -> Self {
        let docs = text.lines().filter_map(|line| line.strip_prefix("//!")).map(str::trim);
        let section = docs.skip_while(|line| *line != HEADING).skip(1).take_while(|line| !line.starts_with("# "));
        let rows = section.filter_map(|line| {
            let (operation, methods) = line.strip_prefix("| `")?.split_once("` |")?;
            Some((operation.to_owned(), linked(methods)))
        });
        Self(rows.collect())
    }

    /// The methods that call `operation_id`, such as `Users::create`; none if it has no row.
    pub fn of(&self, operation_id: &str) -> &[String] {
        let row = self.0.iter().find(|(operation, _)| operation == operation_id);
        row.map(|(_, methods)| methods.as_slice()).unwrap_or_default()
    }

    /// Every row, in its order.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(operation, methods)| (operation.as_str(), methods.as_slice()))
    }
}

/// What the links in `cell` lead to. The label says it, unless it is short and has a target: ``[`link`](Type::link)``.
fn linked(cell: &str) -> Vec<String> {
    let links = cell.split("[`").skip(1).filter_map(|link| {
        let (label, rest) = link.split_once("`]")?;
        let target = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        Some(target.map_or(label, |(target, _)| target).to_owned())
    });
    links.collect()
}

/// Every row of the table of the workspace at `root` that is wrong: it has to name an operation of `effective`, and methods
/// that reach it. Each with what to write.
///
/// # Errors
///
/// If the sources of the facade can't be read.
pub fn problems(root: &Path, effective: &Value) -> anyhow::Result<Vec<String>> {
    Ok(compare(&Coverage::read(root), &Facade::read(&root.join(SOURCES))?, effective))
}

fn compare(coverage: &Coverage, facade: &Facade, effective: &Value) -> Vec<String> {
    let documented: BTreeSet<&str> = operations(effective).filter_map(|operation| operation.id()).collect();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (operation, methods) in coverage.rows() {
        if !seen.insert(operation) {
            problems.push(format!("`{operation}` has two rows in the table of {SOURCES}/lib.rs: make them one"));
        }
        if !documented.contains(operation) {
            problems.push(format!(
                "the table of {SOURCES}/lib.rs has a row for `{operation}`, which is not in the document any more: delete the \
                 row, and the methods that it names ({})",
                methods.join(", ")
            ));
            continue;
        }
        let constant = constant(operation);
        for method in methods {
            match facade.reaches(method, &constant) {
                None => problems.push(format!(
                    "the table of {SOURCES}/lib.rs says that `{method}` calls `{operation}`, but there is no public method \
                     of that name: correct the row, or write the method"
                )),
                Some(false) => problems.push(format!(
                    "the table of {SOURCES}/lib.rs says that `{method}` calls `{operation}`, but nothing in it leads to \
                     `operations::{constant}`: correct the row, or the method"
                )),
                Some(true) => {}
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TABLE: &str = "\
//! # Elsewhere
//!
//! | `verifyAuth` | [`Wrong::table`] |
//!
//! # Operations
//!
//! | operationId | method |
//! |---|---|
//! | `createUser` | [`Users::create`] |
//! | `uploadDocument` | [`Documents::upload`], [`link`](Documents::link) |
//!
//! # After
//!
//! | `deleteUser` | [`Users::delete`] |
";

    const FACADE: &str = "
        impl Users {
            pub async fn create(&self) { call(&operations::CREATE_USER).await }
            fn hidden(&self) { call(&operations::CREATE_USER) }
        }
        impl Documents {
            pub async fn upload(&self) { self.send().await }
            pub async fn link(&self) { elsewhere().await }
            async fn send(&self) { trace!(operations::UPLOAD_DOCUMENT) }
        }
    ";

    fn document(ids: &[&str]) -> Value {
        let paths = ids.iter().map(|id| (format!("/{id}"), json!({"post": {"operationId": id}})));
        json!({"paths": Value::Object(paths.collect())})
    }

    fn check(table: &str, ids: &[&str]) -> String {
        let facade = Facade::parse([("users", FACADE)]).expect("it is Rust");
        compare(&Coverage::parse(table), &facade, &document(ids)).join("\n")
    }

    #[test]
    fn reads_the_table_of_operations_and_no_other() {
        let coverage = Coverage::parse(TABLE);
        assert_eq!(coverage.rows().map(|(id, _)| id).collect::<Vec<_>>(), ["createUser", "uploadDocument"]);
        assert_eq!(coverage.of("createUser"), ["Users::create"]);
        assert_eq!(coverage.of("uploadDocument"), ["Documents::upload", "Documents::link"]);
        assert!(coverage.of("verifyAuth").is_empty() && coverage.of("deleteUser").is_empty());
    }

    #[test]
    fn a_workspace_without_a_facade_covers_nothing() {
        assert_eq!(Coverage::read(Path::new("/dev/null")), Coverage::default());
    }

    #[test]
    fn a_method_reaches_its_operation_by_itself_or_by_what_it_calls() {
        let table = "//! # Operations\n//! | `createUser` | [`Users::create`] |\n//! | `uploadDocument` | [`Documents::upload`] |";
        assert_eq!(check(table, &["createUser", "uploadDocument"]), "");
    }

    #[test]
    fn a_row_without_an_operation_a_private_method_and_a_method_that_leads_elsewhere_are_reported() {
        let table = "//! # Operations\n//! | `createUser` | [`Users::hidden`], [`Users::created`] |\n\
                     //! | `uploadDocument` | [`Documents::link`] |\n//! | `deleteUser` | [`Users::delete`] |";
        insta::assert_snapshot!(check(table, &["createUser", "uploadDocument"]), @r"
        the table of crates/unigox/src/lib.rs says that `Users::hidden` calls `createUser`, but there is no public method of that name: correct the row, or write the method
        the table of crates/unigox/src/lib.rs says that `Users::created` calls `createUser`, but there is no public method of that name: correct the row, or write the method
        the table of crates/unigox/src/lib.rs says that `Documents::link` calls `uploadDocument`, but nothing in it leads to `operations::UPLOAD_DOCUMENT`: correct the row, or the method
        the table of crates/unigox/src/lib.rs has a row for `deleteUser`, which is not in the document any more: delete the row, and the methods that it names (Users::delete)
        ");
    }

    #[test]
    fn an_operation_without_a_method_written_by_hand_is_no_problem() {
        assert_eq!(check("//! # Operations", &["createUser"]), "");
    }
}
