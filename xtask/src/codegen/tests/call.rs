//! Calls and events.

use super::{assert_has, print_files, rest};

const PATHS: &str = r"
/things/{thingId}:
  parameters:
    - { name: thingId, in: path, required: true, description: The thing., schema: { $ref: '#/components/schemas/ThingId' } }
  get:
    operationId: listThings
    tags: [chats]
    summary: Lists things
    description: Lists things.
    x-service: chats
    x-idempotent: true
    x-certainty: documented
    security: []
    parameters:
      - { name: from, in: query, description: Begin., schema: { type: string, format: date-time } }
      - { name: word, in: query, required: true, description: Word., schema: { type: string } }
      - { name: sort, in: query, style: form, explode: false, description: Order., schema: { type: array, items: { type: string } } }
      - name: x_widget
        in: query
        description: Through the widget.
        x-selects: { service: widget, auth: none }
        schema: { type: integer, const: 1 }
    responses:
      '200': { description: Things., content: { application/json: { schema: { $ref: '#/components/schemas/ThingPage' } } } }
  put:
    operationId: putThing
    tags: [chats]
    summary: Puts a thing
    description: Puts a thing.
    x-service: iam
    x-idempotent: true
    x-certainty: documented
    requestBody:
      required: true
      description: What it is.
      x-name: draft
      content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }
    responses:
      '201': { description: Put., content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
  delete:
    operationId: dropThing
    tags: [chats]
    summary: Drops a thing
    description: Drops a thing.
    x-service: chats
    x-idempotent: false
    x-certainty: documented
    requestBody:
      required: false
      content: { application/json: { schema: { type: object, properties: { reason: { type: string, description: Why. }, wait: { type: integer, x-unit: seconds, description: How long. } } } } }
    responses:
      '204': { description: Dropped. }
";

const SCHEMAS: &str = r"
Thing:
  type: object
  description: A thing.
  properties:
    ttl: { type: integer, x-unit: seconds, minimum: 1, maximum: 60, description: Life. }
ThingPage:
  type: object
  description: Things.
  x-page: true
  properties:
    count: { type: integer, format: uint64, description: All. }
    items: { type: array, items: { $ref: '#/components/schemas/Thing' }, description: These. }
";

const EVENTS: &str = r"
asyncapi: 3.0.0
components:
  messages:
    thingGone:
      name: thingGone
      summary: a thing is gone
      x-certainty: documented
      payload: { $ref: '#/components/schemas/ThingGone' }
  schemas:
    ThingGone:
      type: object
      description: A thing is gone.
      required: [thingId]
      properties:
        thingId:
          allOf: [{ $ref: './twin.openapi.yaml#/components/schemas/ThingId' }]
          description: The thing.
";

fn file(path: &str) -> String {
    print_files(&rest(PATHS, SCHEMAS), EVENTS).unwrap()[path].clone()
}

#[test]
fn a_call_with_a_query_is_printed_both_ways() {
    let text = file("api/chats/list_things.rs");
    for lines in [
        "//! Lists things: `GET /things/{thingId}`.",
        "pub from: Option<Timestamp>,",
        "pub fn new(thing_id: ThingId, word: impl Into<String>) -> Self {",
        "const AUTH: Auth = Auth::None;",
        "const METHOD: Method = Method::GET;",
        "const IDEMPOTENT: bool = true;",
        "type Response = Page<Thing>;",
        "if self.x_widget {\nService::Widget\n} else {\nSelf::SERVICE\n}",
        ".path(\"thingId\", self.thing_id.as_str())\n\
         .query(\"from\", self.from.as_ref())\n\
         .query(\"word\", Some(&self.word))\n\
         .list(\"sort\", &self.sort)\n\
         .flag(\"x_widget\", self.x_widget)\n\
         .empty()",
        "thing_id: path.get(\"thingId\")?,\n\
         from: query.parse(\"from\")?,\n\
         word: server::required(\"word\", query.text(\"word\"))?,\n\
         sort: query.list(\"sort\"),\n\
         x_widget: query.flag(\"x_widget\")?,",
        "server::json_response(http::StatusCode::OK, response)",
    ] {
        assert_has(&text, lines);
    }
}

#[test]
fn a_body_that_is_a_model_is_a_field_and_its_limits_are_checked() {
    let text = file("api/chats/put_thing.rs");
    for lines in [
        "const SERVICE: Service = Service::Iam;",
        "const AUTH: Auth = Auth::Bearer;",
        ".json(&self.draft)",
        "let draft: Thing = server::json_body(request)?;\ndraft.check()?;",
        "server::json_response(http::StatusCode::CREATED, response)",
    ] {
        assert_has(&text, lines);
    }
    assert_has(
        &file("model/thing.rs"),
        "let ttl = self.ttl.map(|value| value.as_secs());\n\
         server::check_limits(\"ttl\", ttl, Some(1), Some(60))?;",
    );
}

#[test]
fn a_body_that_is_no_model_becomes_fields_of_the_call() {
    let text = file("api/chats/drop_thing.rs");
    for lines in [
        "/// Why.\npub reason: Option<String>,",
        "let body = Body {\nreason: self.reason.clone(),\nwait: self.wait,\n};",
        "let body: Body = server::optional_json_body(request)?;",
        "#[derive(Default, Serialize, Deserialize)]",
        "response::empty(response)",
        "Ok(server::empty_response(http::StatusCode::NO_CONTENT))",
    ] {
        assert_has(&text, lines);
    }
}

#[test]
fn a_payload_stands_with_the_events() {
    let text = file("event/payload/thing_gone.rs");
    assert_has(
        &text,
        "//! `thingGone`: a thing is gone.\n\nuse serde::{Deserialize, Serialize};",
    );
    assert_has(&text, "pub thing_id: ThingId,");
}

#[test]
fn the_modules_name_every_file() {
    assert_has(
        &file("api/chats.rs"),
        "pub use self::{drop_thing::DropThing, list_things::ListThings, put_thing::PutThing};",
    );
    assert_has(
        &file("event/payload.rs"),
        "pub use self::thing_gone::ThingGone;",
    );
    assert_has(
        &file("model.rs"),
        "mod thing;\n\npub use self::thing::Thing;",
    );
}
