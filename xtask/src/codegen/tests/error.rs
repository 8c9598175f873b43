//! What is not understood is an error that names its place.

use super::{NO_EVENTS, print_files, print_thing, rest};

#[track_caller]
fn check(result: anyhow::Result<impl std::fmt::Debug>, words: &[&str]) {
    let error = format!("{:#}", result.expect_err("it must be refused"));
    for word in words {
        assert!(error.contains(word), "expected {word:?} in {error:?}");
    }
}

#[test]
fn an_unknown_word_is_refused_at_its_place() {
    check(
        print_thing(
            "size: { type: string, pattern: x, description: Its size. }",
            false,
        ),
        &[
            "rest.yaml:18 at #/components/schemas/Thing/properties/size/pattern",
            "`pattern`",
        ],
    );
}

#[test]
fn what_has_no_rust_type_is_refused() {
    for (property, words) in [
        (
            "a: { type: number, description: X. }",
            "does not know this `type`",
        ),
        (
            "a: { type: [string, boolean], description: X. }",
            "does not know this `type`",
        ),
        (
            "a: { type: integer, description: X. }",
            "needs either `x-unit`",
        ),
        (
            "a: { type: integer, x-unit: hours, description: X. }",
            "needs either `x-unit`",
        ),
        (
            "a: { type: string, format: email, description: X. }",
            "`format`",
        ),
        ("a: { type: string }", "`description` is missing"),
        (
            "a: { $ref: '#/components/schemas/None', description: X. }",
            "no schema `None`",
        ),
        (
            "a: { $ref: 'other.yaml#/components/schemas/A', description: X. }",
            "must refer to",
        ),
        (
            "a: { type: string, x-optional: never, description: X. }",
            "`x-optional`",
        ),
        (
            "a: { type: string, x-source: [Z], description: X. }",
            "no `Z`",
        ),
        ("type: { type: string, description: X. }", "`x-name`"),
        (
            "a: { type: array, items: { type: [integer, string], format: int32, pattern: '^-?[0-9]{1,18}$' }, description: X. }",
            "only those of texts",
        ),
        (
            "a: { type: [integer, string], format: int32, description: X. }",
            "has the `pattern` of one",
        ),
        (
            "a: { type: integer, format: int32, pattern: '^[0-9]{1,9}$', description: X. }",
            "has the `pattern` of one",
        ),
        (
            "a: { type: [boolean, integer], minimum: 0, description: X. }",
            "is 0 or 1",
        ),
        (
            "a: { type: integer, format: int32, maximum: 5, description: X. }",
            "only in the body of a request",
        ),
    ] {
        check(print_thing(property, false), &[words]);
    }
}

#[test]
fn a_required_field_that_is_not_there_is_refused() {
    let schema = "Thing:\n  type: object\n  description: A thing.\n  required: [b]\n  properties:\n    \
                  a: { type: string, description: X. }\n";
    check(
        print_files(&rest("", schema), NO_EVENTS),
        &["`b` is missing"],
    );
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let schema = "Thing:\n  type: object\n  type: string\n  description: A thing.\n";
    check(
        print_files(&rest("", schema), NO_EVENTS),
        &["rest.yaml:15 at", "`type` stands twice"],
    );
}

#[test]
fn words_beside_a_reference_are_refused_where_they_would_be_ignored() {
    let events = "asyncapi: 3.0.0\ncomponents:\n  messages: {}\n  schemas:\n    A:\n      type: object\n      \
                  description: A.\n      properties:\n        a:\n          \
                  $ref: './twin.openapi.yaml#/components/schemas/ThingId'\n          description: A.\n";
    check(print_files(&rest("", ""), events), &["write `allOf`"]);
}

#[test]
fn a_call_must_say_what_cannot_be_guessed() {
    let call = |lines: &str| {
        format!(
            "/things:\n  post:\n    operationId: addThing\n    tags: [chats]\n    \
             summary: Adds\n    description: Adds.\n    responses: {{ '201': {{ description: Added. }} }}\n{lines}"
        )
    };
    let all = "    x-service: chats\n    x-certainty: documented\n    x-idempotent: false\n";
    assert!(print_files(&rest(&call(all), ""), NO_EVENTS).is_ok());
    for missing in ["x-service", "x-certainty", "x-idempotent"] {
        let lines: Vec<_> = all.lines().filter(|line| !line.contains(missing)).collect();
        let text = rest(&call(&lines.join("\n")), "");
        check(print_files(&text, NO_EVENTS), &["rest.yaml:", missing]);
    }
    let text = rest(&call(all).replace("/things:", "/things/{id}:"), "");
    check(print_files(&text, NO_EVENTS), &["its path names `id`"]);
}
