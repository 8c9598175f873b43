//! Connections that have tokens: fetched before, renewed meanwhile, expired.

use super::*;
use crate::{
    link::{TokenId, TokenInput},
    secret::Secret,
};

/// A link that fetches tokens, and the number of its last request.
struct Authorized {
    link: Link,
    last: TokenId,
}

impl Authorized {
    fn new() -> Self {
        let mut link = Link::with(Config {
            tokens: true,
            ..Config::default()
        });
        link.join("a");
        assert_eq!(link.say(), ["connecting 1", "fetch token 1"]);
        let last = TokenId::FIRST;
        Self { link, last }
    }

    /// Connected, with a token that expires in an hour.
    fn live() -> Self {
        let mut this = Self::new();
        this.token("one").link.opened();
        this.connect(3600).say();
        this
    }

    fn news(&mut self, news: TokenInput) -> &mut Self {
        self.link.input(Input::Token(self.last, news));
        self.last = self.last.next();
        self
    }

    fn token(&mut self, token: &str) -> &mut Self {
        self.news(TokenInput::Given(Secret::from(token)))
    }

    fn connect(&mut self, ttl: u32) -> &mut Link {
        let id = self.link.last_id("connect");
        let subs = r#""widget:a":{"recoverable":true,"epoch":"e"}"#;
        let expiry = format!(r#""expires":true,"ttl":{ttl}"#);
        self.link.text(&format!(
            r#"{{"id":{id},"connect":{{"subs":{{{subs}}},{expiry}}}}}"#
        ));
        self.link.agree();
        &mut self.link
    }

    fn say(&mut self) -> Vec<String> {
        self.link.say()
    }
}

#[test]
fn a_token_is_fetched_first_and_used_for_every_connection() {
    let mut this = Authorized::new();
    this.token("one");
    assert_eq!(this.say(), ["dial 1"]);
    this.link.opened();
    assert!(this.say()[0].contains(r#""name":"js","token":"one"}"#));
    this.link.lost().pass(500).opened();
    let said = this.say();
    assert_eq!(said[1..3], ["connecting 2", "dial 2"]);
    assert!(said[3].contains(r#""token":"one""#));
}

#[test]
fn an_empty_token_is_none() {
    let mut this = Authorized::new();
    this.token("").link.opened();
    assert!(!this.say()[1].contains("token"));
}

#[test]
fn a_token_that_cannot_be_had_now_is_asked_for_again_after_a_pause() {
    let mut this = Authorized::new();
    this.news(TokenInput::Failed("backend down".into()));
    assert_eq!(this.say(), ["waiting 1 no_token"]);
    this.link.pass(500);
    assert_eq!(this.say(), ["connecting 2", "fetch token 2"]);
    // One that never comes is given up.
    this.link.pass(10_000);
    assert_eq!(this.say(), ["waiting 2 no_token"]);
    // Its late answer is nobody's.
    this.token("late");
    assert_eq!(this.say(), ["note StaleToken(TokenId(2))"]);
}

#[test]
fn who_is_not_let_in_is_told_so_for_good() {
    let mut this = Authorized::new();
    this.news(TokenInput::Unauthorized("blocked".into()));
    assert_eq!(
        this.say(),
        ["ended a link unauthorized", "closed unauthorized"]
    );
}

#[test]
fn an_expired_token_is_replaced_by_another_after_a_pause() {
    let mut this = Authorized::new();
    this.token("one").link.opened();
    let id = this.link.last_id("connect");
    this.say();
    this.link.text(&format!(
        r#"{{"id":{id},"error":{{"code":109,"message":"token expired"}}}}"#
    ));
    assert_eq!(this.say(), ["1 hang up 1000", "waiting 1 unauthorized 109"]);
    this.link.pass(500);
    assert_eq!(this.say(), ["connecting 2", "fetch token 2"]);
    this.token("two").link.opened();
    assert!(this.say()[1].contains(r#""token":"two""#));
}

#[test]
fn a_connection_that_the_server_ends_as_expired_takes_another_token_with_it() {
    for code in [3005, 3014] {
        let mut this = Authorized::live();
        this.link.closed(code).pass(500);
        let said = this.say();
        assert!(said[2] == "fetch token 2", "{code}: {said:?}");
    }
    let mut this = Authorized::live();
    this.link.closed(3001).pass(500);
    assert!(this.say()[2].starts_with("dial"));
}

#[test]
fn a_live_token_is_renewed_when_it_is_due_and_again_and_again() {
    let mut this = Authorized::live();
    for round in 2..5 {
        this.link.pass(3_599_999);
        assert!(this.say().is_empty());
        this.link.pass(1);
        assert_eq!(this.say(), [format!("fetch token {round}")]);
        this.token(&format!("token{round}"));
        let said = this.say();
        assert!(
            said[0].contains(&format!(r#"{{"refresh":{{"token":"token{round}"}}"#)),
            "{said:?}"
        );
        this.link.out = said;
        let id = this.link.last_id("refresh");
        this.say();
        this.link.text(&format!(
            r#"{{"id":{id},"refresh":{{"expires":true,"ttl":3600}}}}"#
        ));
        assert!(this.say().is_empty());
    }
    // The last of them is what the next connection has.
    this.link.lost().pass(500).opened();
    assert!(this.say().pop().unwrap().contains(r#""token":"token4""#));
}

#[test]
fn a_renewal_that_fails_for_now_is_tried_again_in_five_to_ten_seconds() {
    let fails: [fn(&mut Authorized); 4] = [
        |this| {
            this.news(TokenInput::Failed("backend down".into()));
        },
        // The token never comes.
        |this| {
            this.link.pass(10_000);
        },
        // The server never answers.
        |this| {
            this.token("two").link.pass(10_000);
        },
        |this| {
            this.token("two");
            let id = this.link.last_id("refresh");
            this.link
                .text(&format!(r#"{{"id":{id},"error":{{"code":109}}}}"#));
        },
    ];
    for fail in fails {
        let mut this = Authorized::live();
        this.link.pass(3_600_000);
        fail(&mut this);
        this.say();
        this.link.pass(4_999);
        assert!(this.say().is_empty());
        this.link.pass(5_001);
        assert!(this.say()[0].starts_with("fetch token"));
    }
}

#[test]
fn a_renewal_that_is_refused_ends_the_link() {
    let mut this = Authorized::live();
    this.link.pass(3_600_000);
    this.token("two");
    let id = this.link.last_id("refresh");
    this.say();
    this.link
        .text(&format!(r#"{{"id":{id},"error":{{"code":103}}}}"#));
    let said = this.say();
    assert_eq!(said[0], "1 hang up 1000");
    assert_eq!(said[2], "closed forbidden 103");

    for news in [
        TokenInput::Unauthorized("blocked".into()),
        TokenInput::Given(Secret::from("")),
    ] {
        let mut this = Authorized::live();
        this.link.pass(3_600_000).say();
        this.link.input(Input::Token(TokenId::FIRST, news.clone()));
        this.news(news);
        let said = this.say();
        assert_eq!(said[0], "note StaleToken(TokenId(1))");
        assert_eq!(said[1], "1 hang up 1000");
        assert_eq!(said[3], "closed unauthorized");
    }
}

#[test]
fn a_server_that_renews_by_itself_says_for_how_long() {
    let mut this = Authorized::live();
    this.link
        .text(r#"{"push":{"refresh":{"expires":true,"ttl":7200}}}"#)
        .pass(7_199_999);
    assert!(this.say().is_empty());
    this.link.pass(1);
    assert_eq!(this.say(), ["fetch token 2"]);
    let mut this = Authorized::live();
    this.link
        .text(r#"{"push":{"refresh":{}}}"#)
        .pass(86_400_000);
    assert!(this.say().is_empty());
}

#[test]
fn without_a_source_of_tokens_what_expires_is_the_servers_to_end() {
    let mut link = Link::new();
    link.join("a").opened();
    link.text(r#"{"id":1,"connect":{"subs":{"widget:a":{}},"expires":true,"ttl":1}}"#);
    link.agree();
    link.say();
    link.pass(60_000);
    assert!(link.say().is_empty());
    link.closed(3005);
    assert_eq!(link.say(), ["waiting 1 closed 3005"]);
    link.pass(500).opened();
    let id = link.last_id("connect");
    link.say();
    link.text(&format!(r#"{{"id":{id},"error":{{"code":109}}}}"#));
    assert_eq!(link.say().pop().unwrap(), "closed unauthorized 109");
}

#[test]
fn what_expires_at_once_is_renewed_after_a_second() {
    let mut this = Authorized::live();
    this.link.text(r#"{"push":{"refresh":{"expires":true}}}"#);
    this.link.pass(999);
    assert!(this.say().is_empty());
    this.link.pass(1);
    assert_eq!(this.say(), ["fetch token 2"]);
}

#[test]
fn an_early_wake_up_renews_nothing() {
    let mut this = Authorized::live();
    this.link.input(Input::Elapsed);
    assert!(this.say().is_empty());
    this.link.pass(3_600_000).say();
    this.link.input(Input::Elapsed);
    // Still being fetched: what comes is taken.
    this.token("two");
    assert!(this.say()[0].contains(r#"{"refresh":{"token":"two"}"#));
}

#[test]
fn the_reply_to_a_renewal_has_its_own_ten_seconds() {
    let mut this = Authorized::live();
    this.link.pass(3_600_000).pass(5_000);
    this.token("two").say();
    this.link.pass(14_999);
    assert!(this.say().is_empty());
    this.link.pass(5_001);
    assert_eq!(this.say(), ["fetch token 3"]);
}

#[test]
fn only_a_token_that_has_expired_is_thrown_away() {
    for (error, next) in [
        (r#"{"code":109}"#, "fetch token 3"),
        (r#"{"code":100,"temporary":true}"#, "dial 2"),
    ] {
        let mut this = Authorized::live();
        this.link.pass(3_600_000);
        this.token("two");
        let id = this.link.last_id("refresh");
        this.link
            .text(&format!(r#"{{"id":{id},"error":{error}}}"#))
            .lost()
            .pass(500);
        assert_eq!(this.say().pop().unwrap(), next, "{error}");
    }
    let mut this = Authorized::new();
    this.token("one").link.opened();
    this.link
        .text(r#"{"id":1,"error":{"code":100,"temporary":true}}"#)
        .pass(500);
    assert_eq!(this.say().pop().unwrap(), "dial 2");
}
