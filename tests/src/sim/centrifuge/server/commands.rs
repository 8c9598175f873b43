//! The commands of a client, line by line.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Conn, Said, Server, Task};
use crate::sim::centrifuge::{
    line::{Line, Mark},
    plan::Answer,
};

/// The most bytes that a client may put into one message.
const MESSAGE_LIMIT: usize = 65_536;

impl Server {
    /// A message of a client.
    pub(in super::super) fn hear(&mut self, now: Duration, conn: u64, message: &str) {
        if message.len() > MESSAGE_LIMIT {
            self.wrong(format!("a message of {} bytes", message.len()));
        }
        for line in message.split('\n') {
            if !self.conns.contains_key(&conn) {
                return;
            }
            match serde_json::from_str::<Value>(line) {
                Ok(command) => self.command(now, conn, command),
                Err(_) => self.wrong(format!("a line that is no command: {line:?}")),
            }
        }
    }

    fn command(&mut self, now: Duration, conn: u64, command: Value) {
        let Some(state) = self.conns.get_mut(&conn) else {
            return;
        };
        if command == json!({}) {
            if !std::mem::take(&mut state.pong_due) {
                self.wrong("a pong that nobody asked for".into());
            }
            return;
        }
        let id = command["id"].as_u64().unwrap_or_default();
        if id <= state.last_id {
            self.wrong(format!("command {id} again, or without a number"));
            return;
        }
        state.last_id = id;
        if state.greeted == command.get("connect").is_some() {
            self.wrong(format!(
                "connect is the first command, and only that: {command}"
            ));
            return;
        }
        if command.get("connect").is_some() {
            match self.connects.at(now) {
                None => self.greet(now, conn, &command),
                Some(Answer::Close(code)) => self.close(conn, code),
                Some(Answer::Never) => self.refuse(conn, id, 103, false),
                Some(Answer::Silent) => {}
                Some(Answer::Slow(time)) => {
                    self.said
                        .push(Said::Later(time, Task::Connect { conn, command }));
                }
                Some(Answer::Temporary) => self.refuse(conn, id, 100, true),
            }
        } else if command.get("rpc").is_some() {
            match self.joins.at(now) {
                None => self.join(conn, &command),
                Some(Answer::Close(code)) => self.close(conn, code),
                Some(Answer::Never) if id % 2 == 0 => {
                    self.reply(conn, id, "rpc", &json!({ "data": { "success": false } }));
                }
                Some(Answer::Never) => self.refuse(conn, id, 103, false),
                Some(Answer::Silent) => {}
                Some(Answer::Slow(time)) => {
                    self.said
                        .push(Said::Later(time, Task::Join { conn, command }));
                }
                Some(Answer::Temporary) => self.refuse(conn, id, 100, true),
            }
        } else if command.get("refresh").is_some() && self.settings.tokens.is_some() {
            self.refresh(now, conn, id, &command);
        } else if let Some(channel) = command["subscribe"]["channel"].as_str() {
            let code = if self.conns[&conn].subs.contains_key(channel) {
                105
            } else {
                103
            };
            self.refuse(conn, id, code, false);
        } else if let Some(channel) = command["unsubscribe"]["channel"].as_str() {
            let carried = self.carried_by(channel);
            if let Some(state) = self.conns.get_mut(&conn) {
                state.subs.remove(channel);
                state.taken.remove(channel);
                state.last_publication = None;
                state.named.retain(|session| !carried.contains(session));
            }
            self.reply(conn, id, "unsubscribe", &json!({}));
        } else {
            self.wrong(format!("a command that is not known: {command}"));
        }
    }

    /// Answers a connect command: who is named is granted, what was asked for is recovered.
    pub(super) fn greet(&mut self, now: Duration, conn: u64, command: &Value) {
        if !self.conns.contains_key(&conn) {
            return;
        }
        let connect = &command["connect"];
        let id = command["id"].as_u64().unwrap_or_default();
        let allowed_until = match self.settings.tokens {
            None => None,
            Some(_) => match self.admit(now, conn, id, &connect["token"]) {
                None => return,
                until => until,
            },
        };
        let named: Vec<String> = connect["data"]["settings"]["sessions"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|session| session.as_str().map(str::to_owned))
            .collect();
        let mut granted: Vec<String> = named.iter().map(|session| self.channel(session)).collect();
        granted.sort_unstable();
        granted.dedup();
        if !self.settings.grants_on_connect {
            granted.clear();
        }
        let mut state = Conn {
            greeted: true,
            last_id: self.conns[&conn].last_id,
            named,
            ..Conn::default()
        };
        let mut marks = vec![Mark::Greeted];
        let mut subs = Vec::new();
        for channel in &granted {
            let sub = self.resume(now, channel, &connect["subs"][channel], &mut marks);
            subs.push(format!(r#""{channel}":{sub}"#));
            state
                .subs
                .insert(channel.clone(), self.streams[channel].top());
        }
        for channel in self.streams.keys().filter(|name| !granted.contains(name)) {
            // What is not granted any more is lost, as far as it was held.
            let asked = connect["subs"][channel]["offset"].is_u64();
            marks.extend(self.marks(channel, |session, up_to| {
                if asked && !self.settings.shared {
                    Mark::MustTell { session, up_to }
                } else {
                    Mark::MayMiss { session, up_to }
                }
            }));
        }
        self.conns.insert(conn, state);
        let ping = match self.settings.ping {
            0 => String::new(),
            ping => format!(r#","ping":{ping}"#),
        };
        let pong = if self.settings.pong {
            r#","pong":true"#
        } else {
            ""
        };
        let expiry = allowed_until.map_or_else(String::new, |until| {
            let ttl = self.allow(now, conn, until);
            marks.push(Mark::Allowed { ttl });
            format!(r#","expires":true,"ttl":{ttl}"#)
        });
        let text = format!(
            r#"{{"id":{id},"connect":{{"client":"c{conn}","version":"6","subs":{{{}}}{ping}{pong}{expiry}}}}}"#,
            subs.join(",")
        );
        self.said.push(Said::Line(conn, Line { text, marks }));
        if self.settings.ping > 0 {
            let first = Duration::from_millis(self.settings.ping * 750);
            self.said.push(Said::Later(first, Task::Ping { conn }));
        }
    }

    /// A granted channel in a connect reply.
    fn resume(
        &mut self,
        now: Duration,
        channel: &str,
        asked: &Value,
        marks: &mut Vec<Mark>,
    ) -> String {
        let top = self.streams[channel].top();
        let offset = asked["offset"].as_u64();
        let epoch = asked["epoch"].as_str();
        let wants = self.settings.recoverable && asked["recover"] == true;
        let stream = self.streams.get_mut(channel).filter(|_| wants);
        let missed = stream.and_then(|stream| stream.after(now, epoch, offset.unwrap_or(0)));
        if offset.is_none() && self.settings.recoverable {
            let first = missed.as_ref().map(Vec::len).unwrap_or_default() as u64;
            marks.extend(self.forgotten(channel, first));
        }
        let Some(missed) = missed else {
            marks.extend(self.marks(channel, |session, base| Mark::Granted { session, base }));
            marks.extend(self.marks(channel, |session, up_to| {
                // In a channel of several a session may have come after the position asked for.
                if offset.is_some() && !self.settings.shared {
                    Mark::MustTell { session, up_to }
                } else {
                    Mark::MayMiss { session, up_to }
                }
            }));
            return self.describe(channel, top).to_string();
        };
        marks.extend(self.marks(channel, |session, serial| {
            let missed = missed.iter().filter(|item| item.session == session);
            let base = serial - missed.count() as u64;
            Mark::Granted { session, base }
        }));
        marks.extend(missed.iter().map(|item| Mark::Recovered {
            session: item.session.clone(),
            serial: item.serial,
        }));
        // Recovered, a reply says the position that was asked for.
        let mut sub = self.describe(channel, offset.unwrap_or(0));
        sub["recovered"] = true.into();
        sub["was_recovering"] = true.into();
        let missed: Vec<_> = missed
            .iter()
            .map(|item| self.write_publication(channel, item))
            .collect();
        if missed.is_empty() {
            return sub.to_string();
        }
        let rest = sub.to_string();
        format!(r#"{{"publications":[{}],{}"#, missed.join(","), &rest[1..])
    }

    /// Answers a `joinSession`.
    pub(super) fn join(&mut self, conn: u64, command: &Value) {
        let Some(session) = command["rpc"]["data"]["id"].as_str() else {
            return self.wrong(format!("a join of nothing: {command}"));
        };
        let channel = self.channel(session);
        let Some(state) = self.conns.get_mut(&conn) else {
            return;
        };
        state.named.push(session.to_owned());
        let serial = self.published.get(session).copied().unwrap_or_default();
        let id = command["id"].as_u64().unwrap_or_default();
        let held = state.subs.contains_key(&channel);
        // The grant comes before or after the reply, as it happens.
        let grants = self.settings.grants_on_join && !held;
        if grants && id % 2 == 0 {
            self.grant(conn, &channel);
        }
        let session = session.to_owned();
        let mut marks = vec![Mark::Agreed {
            session: session.clone(),
            serial,
        }];
        if held {
            let base = serial;
            marks.push(Mark::Granted { session, base });
        }
        self.said.push(Said::Line(
            conn,
            Line {
                text: format!(r#"{{"id":{id},"rpc":{{"data":{{"success":true}}}}}}"#),
                marks,
            },
        ));
        if grants && id % 2 == 1 {
            self.grant(conn, &channel);
        }
    }

    pub(super) fn refuse(&mut self, conn: u64, id: u64, code: u32, temporary: bool) {
        let mut error = json!({ "code": code, "message": "no" });
        if temporary {
            error["temporary"] = true.into();
        }
        self.reply(conn, id, "error", &error);
    }

    pub(super) fn reply(&mut self, conn: u64, id: u64, kind: &str, value: &Value) {
        self.said
            .push(Said::Line(conn, Line::reply(id, kind, value)));
    }

    pub(super) fn wrong(&mut self, what: String) {
        self.said.push(Said::Wrong(what));
    }
}
