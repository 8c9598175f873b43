//! The table of calls: every call of the specification has a row, and every row a test that is there.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Finding, Tree};
use crate::codegen;

const TABLE: &str = "docs/spec/operations.md";

/// A row: the call, its method and path, and where its test is.
struct Row<'a> {
    line: usize,
    call: &'a str,
    address: &'a str,
    test: &'a str,
}

/// Holds the table against the specification and the tests.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let (Some(rest), Some(events)) = (tree.text(codegen::REST)?, tree.text(codegen::EVENTS)?)
    else {
        return Ok(Vec::new());
    };
    let mut missing: BTreeMap<String, String> =
        codegen::operations(&rest, &events)?.into_iter().collect();
    let Some(table) = tree.text(TABLE)? else {
        return Ok(vec![Finding::new(TABLE, "is missing")]);
    };
    let mut findings = Vec::new();
    for row in rows(&table) {
        match missing.remove(row.call) {
            None => findings.push(Finding::at(
                TABLE,
                row.line,
                format!(
                    "the specification has no call `{}`, or it has two rows",
                    row.call
                ),
            )),
            Some(address) if address != row.address => findings.push(Finding::at(
                TABLE,
                row.line,
                format!("`{}` is `{address}`", row.call),
            )),
            Some(_) => {}
        }
        let is_there = match row.test.split_once("::") {
            Some((file, name)) => tree
                .text(file)?
                .is_some_and(|text| text.contains(&format!("fn {name}("))),
            None => false,
        };
        if !is_there {
            let text = format!("there is no test `{}`", row.test);
            findings.push(Finding::at(TABLE, row.line, text));
        }
    }
    for (call, _) in missing {
        findings.push(Finding::new(TABLE, format!("lacks a row for `{call}`")));
    }
    Ok(findings)
}

/// The rows whose first cell is code.
fn rows(table: &str) -> impl Iterator<Item = Row<'_>> {
    table.lines().enumerate().filter_map(|(at, line)| {
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim()).collect();
        let code = |cell: &'_ &str| cell.len() > 2 && cell.starts_with('`');
        match cells[..] {
            ["", call, _, address, _, test, ""] if code(&call) => Some(Row {
                line: at + 1,
                call: call.trim_matches('`'),
                address: address.trim_matches('`'),
                test: test.trim_matches('`'),
            }),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::testing;

    const REST: &str = "openapi: 3.1.0\nx-sources: {}\nsecurity: []\n\
        tags: [{ name: chats, description: Chats. }]\npaths:\n  /things:\n    get:\n      \
        operationId: listThings\n      tags: [chats]\n      summary: Lists\n      \
        description: Lists.\n      x-service: chats\n      x-idempotent: true\n      \
        x-certainty: documented\n      responses: { '204': { description: None. } }\n\
        components: { schemas: {} }\n";
    const EVENTS: &str = "asyncapi: 3.0.0\ncomponents: { messages: {}, schemas: {} }\n";
    const ROW: &str = "| `listThings` | chats | `GET /things` | documented | `a.rs::it_lists` |\n";

    fn found(table: &str) -> Vec<String> {
        let (tree, _folder) = testing::tree(&[
            (codegen::REST, REST),
            (codegen::EVENTS, EVENTS),
            ("a.rs", "//! A.\nfn it_lists() {}\n"),
            (TABLE, table),
        ]);
        let findings = check(&tree).unwrap();
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_row_for_every_call_with_a_test_is_in_order() {
        assert_eq!(found(ROW), Vec::<String>::new());
    }

    #[test]
    fn a_table_that_says_otherwise_is_found() {
        for (table, words) in [
            (String::new(), "lacks a row for `listThings`"),
            (
                ROW.replace("/things", "/thing"),
                "`listThings` is `GET /things`",
            ),
            (
                ROW.replace("it_lists", "it_is_not"),
                "there is no test `a.rs::it_is_not`",
            ),
            (ROW.replace("a.rs::", ""), "there is no test `it_lists`"),
            (format!("{ROW}{ROW}"), "it has two rows"),
            (
                format!("{ROW}{}", ROW.replace("listThings", "x")),
                "has no call `x`",
            ),
        ] {
            let findings = found(&table).join("\n");
            assert!(findings.contains(words), "{findings}");
        }
    }
}
