//! Forms with files, replies that are bytes or bare lists, tokens without a scheme, secrets.

use super::{NO_EVENTS, assert_has, print_files, print_thing, rest};

const PATHS: &str = r"
/files:
  post:
    operationId: putFiles
    tags: [chats]
    summary: Puts files
    description: Puts files.
    x-service: iam
    x-idempotent: false
    x-certainty: documented
    requestBody:
      required: true
      description: The files.
      content:
        multipart/form-data:
          schema:
            type: object
            required: ['file[]']
            properties:
              'file[]': { type: array, items: { type: string, format: binary }, description: The files. }
              private: { type: boolean, x-name: is_private, description: For a few. }
              folder: { type: string, description: Where. }
              ttl: { type: integer, x-unit: seconds, description: How long. }
    responses:
      '201': { description: Put., content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Thing' } } } } }
  get:
    operationId: getFile
    tags: [chats]
    summary: Gets a file
    description: Gets a file.
    x-service: iam
    x-idempotent: true
    x-certainty: documented
    security: [{ bareToken: [] }]
    parameters:
      - { name: key, in: query, required: true, description: Key., schema: { type: string, format: password } }
      - { name: ttl, in: query, description: Life., schema: { type: integer, x-unit: seconds } }
      - { name: page, in: query, description: Page., schema: { type: integer, format: uint32, minimum: 1 } }
      - { name: online, in: query, description: Online., schema: { type: integer, enum: [0, 1] } }
    responses:
      '200': { description: The file., content: { '*/*': { schema: { type: string, format: binary } } } }
";

const SCHEMAS: &str = r"
Thing:
  type: object
  description: A thing.
  properties:
    key: { type: string, format: password, description: Its key. }
    parts: { type: [array, string], items: { type: string }, description: Its parts. }
";

fn file(path: &str) -> String {
    print_files(&rest(PATHS, SCHEMAS), NO_EVENTS).unwrap()[path].clone()
}

#[test]
fn of_a_form_there_are_the_head_and_the_fields() {
    let text = file("api/chats/put_files.rs");
    for lines in [
        "#[derive(Clone, Debug, Default, PartialEq)]",
        "pub is_private: Option<bool>,",
        "pub fn new() -> Self {\nSelf::default()\n}",
        "RequestBuilder::new::<Self>(base).head()",
        "type Response = Vec<Item<Thing>>;",
        "const FILES: &'static str = \"file[]\";",
        "FormFields::default()\n\
         .boolean(\"private\", self.is_private)\n\
         .value(\"folder\", self.folder.as_ref())\n\
         .seconds(\"ttl\", self.ttl)\n\
         .finish()",
        "impl ServerMultipartEndpoint for PutFiles {",
        "\"private\" => self.is_private = Some(server::boolean(name, value)?),\n\
         \"folder\" => self.folder = Some(value.to_owned()),\n\
         \"ttl\" => self.ttl = Some(server::seconds(name, value)?),\n\
         _ => {}",
    ] {
        assert_has(&text, lines);
    }
}

#[test]
fn a_call_brings_a_token_without_a_scheme_itself_and_reads_bytes() {
    let text = file("api/chats/get_file.rs");
    for lines in [
        "const AUTH: Auth = Auth::Bare;",
        "pub fn new(token: impl Into<Secret>, key: impl Into<Secret>) -> Self {",
        ".bare_token(&self.token)\n\
         .query(\"key\", Some(&self.key.expose()))\n\
         .seconds(\"ttl\", self.ttl)\n\
         .query(\"page\", self.page.as_ref())\n\
         .boolean(\"online\", self.online)\n\
         .empty()",
        "type Response = Content;",
        "response::content(response)",
        "token: server::bare_token(request)?,\n\
         key: server::required(\"key\", query.text(\"key\"))?,\n\
         ttl: query.seconds(\"ttl\")?,\n\
         page: query.limited(\"page\", Some(1), None)?,\n\
         online: query.boolean(\"online\")?,",
        "Ok(server::content_response(http::StatusCode::OK, response))",
    ] {
        assert_has(&text, lines);
    }
}

#[test]
fn secrets_and_lists_written_as_text_have_their_types() {
    let text = file("model/thing.rs");
    assert_has(&text, "pub key: Option<Secret>,");
    assert_has(
        &text,
        "#[serde(\ndefault,\ndeserialize_with = \"wire::list_or_text\",\n\
         skip_serializing_if = \"Vec::is_empty\"\n)]\npub parts: Vec<String>,",
    );
}

#[test]
fn a_form_or_a_reply_that_is_neither_is_refused() {
    for (from, to, words) in [
        (
            "format: binary }, description",
            "format: uri }, description",
            "should be JSON",
        ),
        (
            "folder: { type: string,",
            "folder: { type: string, minLength: 1,",
            "`folder`",
        ),
        ("enum: [0, 1]", "enum: [1, 2]", "closed enumeration"),
        ("minimum: 1", "minimum: 1, minLength: 2", "minLength"),
        (
            "'*/*': { schema: { type: string, format: binary",
            "'*/*': { schema: { type: string, format: uri",
            "`binary`",
        ),
    ] {
        assert!(PATHS.contains(from));
        let error = print_files(&rest(&PATHS.replace(from, to), SCHEMAS), NO_EVENTS);
        let error = format!("{:#}", error.expect_err(from));
        assert!(error.contains(words), "{error}");
    }
    assert!(print_thing("a: { type: string, minLength: 1, description: X. }", true).is_err());
}

#[test]
fn the_tests_have_any_value_of_every_call() {
    let files = print_files(&rest(PATHS, SCHEMAS), NO_EVENTS).unwrap();
    let text = &files["crates/twin-protocol/tests/calls/printed.rs"];
    for lines in [
        "let mut value = chats::GetFile::new(source.token(), source.secret());\n\
         value.ttl = source.any();\n\
         value.page = source.coin().then(|| source.number(Some(1), None));",
        "$test::<twin_protocol::api::chats::PutFiles>($($argument),*);",
        "let mut value = Thing::default();",
    ] {
        assert_has(text, lines);
    }
    assert_has(
        &files["tests/src/fuzz/target/api/calls.rs"],
        "\"getFile\" => $function::<twin_protocol::api::chats::GetFile>($($argument),*),",
    );
}
