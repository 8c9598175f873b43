//! What happens on the server's side without the client: events, and what goes wrong with them.

use std::time::Duration;

use super::{Conn, Said, Server};
use crate::sim::{
    centrifuge::line::{Line, Mark},
    client::date,
};

impl Server {
    /// Publishes an event of a session to everyone who listens.
    pub(in super::super) fn publish(&mut self, now: Duration, session: &str) {
        self.emit(now, session, "chatMessageRead", true);
    }

    /// Publishes an event that reaches nobody, though the history has it.
    pub(in super::super) fn publish_unheard(&mut self, now: Duration, session: &str) {
        self.emit(now, session, "chatMessageRead", false);
    }

    /// Publishes the last event of a session.
    pub(in super::super) fn close_session(&mut self, now: Duration, session: &str) {
        self.emit(now, session, "sessionClosed", true);
        self.silent.push(session.to_owned());
    }

    fn emit(&mut self, now: Duration, session: &str, event: &str, heard: bool) {
        if self.silent.iter().any(|silent| silent == session) {
            return;
        }
        let channel = self.channel(session);
        let Some(serial) = self.published.get_mut(session) else {
            return;
        };
        *serial += 1;
        let serial = *serial;
        let name = if event == "sessionClosed" || self.settings.named || self.settings.shared {
            format!(r#","sessionId":"{session}""#)
        } else {
            String::new()
        };
        let data = if self.settings.messages && event == "chatMessageRead" {
            // No two have the same date: in which order a list has those, nobody knows.
            let at = now.max(self.last_date + Duration::from_millis(1));
            self.last_date = at;
            self.spoken.push((at, session.to_owned(), serial));
            let date = date(at);
            format!(
                r#"{{"event":"chatMessageCreated","payload":{{"id":"{session}-{serial}","authorType":"BOT","body":"b","createdAt":"{date}","sessionId":"{session}"}}}}"#
            )
        } else {
            format!(
                r#"{{"event":"{event}","payload":{{"messageId":"{session}-{serial}","chatId":"c","sessionRatingRequired":false{name}}}}}"#
            )
        };
        let Some(stream) = self.streams.get_mut(&channel) else {
            return;
        };
        let item = stream.publish(now, session, serial, data);
        if !heard {
            return;
        }
        let text = format!(
            r#"{{"push":{{"channel":"{channel}","pub":{}}}}}"#,
            self.write_publication(&channel, &item)
        );
        let before = |it: String, serial| {
            let up_to = serial - u64::from(it == session);
            (it, up_to)
        };
        let missing = self.marks(&channel, |it, serial| {
            let (session, up_to) = before(it, serial);
            Mark::MayMiss { session, up_to }
        });
        // Of the stream before nobody can know that all had come.
        let renewed = self.marks(&channel, |it, serial| {
            let (session, up_to) = before(it, serial);
            Mark::MustTell { session, up_to }
        });
        for (conn, state) in &mut self.conns {
            let Some(last) = state.subs.get_mut(&channel) else {
                continue;
            };
            let before = *last;
            *last = item.offset;
            let event = Mark::Event {
                session: session.to_owned(),
                serial,
            };
            let mut marks = vec![Mark::Life, event];
            if before == u64::MAX {
                marks.extend(renewed.clone());
            } else if before != item.offset - 1 {
                marks.extend(missing.clone());
            }
            let line = Line {
                text: text.clone(),
                marks,
            };
            state.last_publication = Some(Line {
                text: text.clone(),
                marks: vec![Mark::Life],
            });
            self.said.push(Said::Line(*conn, line));
        }
    }

    /// Says the last publication of a connection again.
    pub(in super::super) fn repeat(&mut self, conn: u64) {
        let last = self
            .conns
            .get(&conn)
            .and_then(|conn| conn.last_publication.clone());
        self.said.extend(last.map(|line| Said::Line(conn, line)));
    }

    /// Removes the history of a session's channel.
    pub(in super::super) fn clear_history(&mut self, session: &str) {
        let channel = self.channel(session);
        if let Some(stream) = self.streams.get_mut(&channel) {
            stream.clear();
        }
    }

    /// A session's channel begins anew. Newer servers say so with the next publication, older ones
    /// end the connections that hold the old one.
    pub(in super::super) fn renew(&mut self, session: &str) {
        let channel = self.channel(session);
        if let Some(stream) = self.streams.get_mut(&channel) {
            stream.renew();
        }
        let holds = |conn: &u64| self.conns[conn].subs.contains_key(&channel);
        let holders: Vec<u64> = self.conns.keys().copied().filter(holds).collect();
        for conn in holders {
            if self.settings.epoch_on_publications {
                if let Some(state) = self.conns.get_mut(&conn) {
                    state.subs.insert(channel.clone(), u64::MAX);
                    state.last_publication = None;
                }
            } else {
                self.close(conn, 3010);
            }
        }
    }

    /// All that was kept is gone.
    pub(in super::super) fn renew_all(&mut self) {
        for stream in self.streams.values_mut() {
            stream.renew();
        }
    }

    /// Takes a session's channel away from a connection.
    pub(in super::super) fn take(&mut self, conn: u64, session: &str) {
        let channel = self.channel(session);
        let Some(state) = self.conns.get_mut(&conn) else {
            return;
        };
        let Some(last) = state.subs.remove(&channel) else {
            return;
        };
        // Of a stream that began anew in silence the client knows the old epoch.
        let epoch = match last {
            u64::MAX => String::new(),
            _ => self.streams[&channel].epoch(),
        };
        state.taken.insert(channel.clone(), epoch);
        state.last_publication = None;
        let mut marks = Vec::new();
        if !self.settings.recoverable {
            marks = self.marks(&channel, |session, up_to| Mark::MayMiss { session, up_to });
        }
        let text = format!(
            r#"{{"push":{{"channel":"{channel}","unsubscribe":{{"code":2000,"reason":"server unsubscribe"}}}}}}"#
        );
        self.said.push(Said::Line(conn, Line { text, marks }));
    }

    /// Gives the channel of a session that the client has named; it may have it already.
    pub(in super::super) fn give(&mut self, conn: u64, session: &str) {
        let channel = self.channel(session);
        let knows = |conn: &Conn| conn.named.iter().any(|named| named == session);
        if self.conns.get(&conn).is_some_and(knows) {
            self.grant(conn, &channel);
        }
    }

    /// Gives back everything that was taken away.
    pub(in super::super) fn give_back(&mut self) {
        let taken = |(conn, state): (&u64, &Conn)| {
            let channels = state.taken.keys().cloned();
            channels.map(|channel| (*conn, channel)).collect::<Vec<_>>()
        };
        let taken: Vec<_> = self.conns.iter().flat_map(taken).collect();
        for (conn, channel) in taken {
            self.grant(conn, &channel);
        }
    }

    pub(super) fn grant(&mut self, conn: u64, channel: &str) {
        let stream = &self.streams[channel];
        let (top, epoch) = (stream.top(), stream.epoch());
        let Some(state) = self.conns.get_mut(&conn) else {
            return;
        };
        let before = state.subs.get(channel).copied();
        // It says the epoch, which is known from then on.
        let at = before.filter(|last| *last != u64::MAX).unwrap_or(top);
        state.subs.insert(channel.to_owned(), at);
        let (missed, renewed) = match (state.taken.remove(channel), before) {
            _ if !self.settings.recoverable => (true, false),
            (Some(then), _) => (false, then != epoch),
            // Held already: where the stream is the same, the next publication says what is missing.
            (None, Some(last)) => (false, last == u64::MAX),
            // New: what was said before it was given is not owed.
            (None, None) => (true, false),
        };
        let mut marks = self.marks(channel, |session, base| Mark::Granted { session, base });
        if self.settings.recoverable && before.is_none() {
            marks.extend(self.forgotten(channel, 0));
        }
        if missed {
            marks.extend(self.marks(channel, |session, up_to| Mark::MayMiss { session, up_to }));
        }
        if renewed {
            marks.extend(self.marks(channel, |session, up_to| Mark::MustTell { session, up_to }));
        }
        let text = format!(
            r#"{{"push":{{"channel":"{channel}","subscribe":{}}}}}"#,
            self.describe(channel, top)
        );
        self.said.push(Said::Line(conn, Line { text, marks }));
    }
}
