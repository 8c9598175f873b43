//! The operators of a session, its group, its mark of spam, its name: what the operator's side of
//! the platform changes.

use twin_protocol::{
    id::{ClientId, GroupId, SessionId},
    time::Timestamp,
};

use super::{
    Platform, clock,
    event::Event,
    message::{Message, Operator},
    refusal::Refusal,
    session::Session,
};

/// An operator who takes part in a session.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) operator: Operator,
    pub(crate) since: Timestamp,
}

impl Session {
    /// Has `operator` take part, in the place of whoever has the id already.
    pub(super) fn seat(&mut self, operator: Operator) {
        self.seats.retain(|seat| seat.operator.id != operator.id);
        let since = clock::now();
        self.seats.push(Seat { operator, since });
    }
}

impl Platform {
    /// Hands the session over to an operator, and tells of it.
    pub(crate) fn hand_over(&self, session: &str, operator: Operator) -> Result<(), Refusal> {
        let mut state = self.locked();
        let session = state.session(session)?;
        session.open()?;
        if let Some(before) = &session.operator {
            session.seats.retain(|seat| seat.operator.id != before.id);
        }
        session.seat(operator.clone());
        self.appoint(session, operator);
        Ok(())
    }

    /// Has another operator take part. Where nobody has the session yet, this one gets it.
    pub(crate) fn add_operator(&self, session: &str, operator: Operator) -> Result<(), Refusal> {
        let mut state = self.locked();
        let session = state.session(session)?;
        session.open()?;
        session.seat(operator.clone());
        if session.operator.is_none() {
            self.appoint(session, operator);
        }
        Ok(())
    }

    /// Takes an operator away. The session goes to the next one who takes part, or to the bot; of the
    /// latter there is no event that is known.
    pub(crate) fn remove_operator(&self, session: &str, operator: &str) -> Result<(), Refusal> {
        let mut state = self.locked();
        let session = state.session(session)?;
        session.open()?;
        let before = session.seats.len();
        session.seats.retain(|seat| seat.operator.id != operator);
        if session.seats.len() == before {
            return Err(Refusal::NoSuchOperator);
        }
        if session
            .operator
            .as_ref()
            .is_some_and(|now| now.id == operator)
        {
            match session.seats.first().map(|seat| seat.operator.clone()) {
                Some(next) => self.appoint(session, next),
                None => session.operator = None,
            }
        }
        Ok(())
    }

    /// Hands the session over to a group: whoever of it is free may take it.
    pub(crate) fn hand_to_group(&self, session: &str, group: GroupId) -> Result<(), Refusal> {
        let mut state = self.locked();
        let session = state.session(session)?;
        session.open()?;
        session.group = Some(group);
        session.operator = None;
        session.seats.clear();
        Ok(())
    }

    /// Renames a session.
    pub(crate) fn rename(&self, session: &str, name: String) -> Result<(), Refusal> {
        self.locked().session(session)?.name = name;
        Ok(())
    }

    /// Marks a session as spam, or as none.
    pub(crate) fn mark_spam(&self, session: &str, is_spam: bool) -> Result<(), Refusal> {
        self.locked().session(session)?.is_spam = is_spam;
        Ok(())
    }

    /// What `look` makes of a session.
    pub(crate) fn look_at<R>(
        &self,
        session: &str,
        look: impl FnOnce(&Session) -> R,
    ) -> Result<R, Refusal> {
        self.locked().session(session).map(|session| look(session))
    }

    /// What `look` makes of those sessions that it does not pass over, oldest first.
    pub(crate) fn look_at_all<R>(&self, look: impl Fn(&Session) -> Option<R>) -> Vec<R> {
        self.locked().sessions_by_age().filter_map(look).collect()
    }

    /// Those messages of all sessions of a client that were created between the two points in time,
    /// both included, oldest first.
    pub(crate) fn messages_of_client(
        &self,
        client: &ClientId,
        from: Option<&Timestamp>,
        to: Option<&Timestamp>,
    ) -> Result<Vec<(SessionId, Message)>, Refusal> {
        let state = self.locked();
        let sessions: Vec<_> = state
            .sessions_by_age()
            .filter(|session| session.client == *client)
            .collect();
        if sessions.is_empty() {
            return Err(Refusal::NoSuchClient);
        }
        let mut messages: Vec<_> = sessions
            .into_iter()
            .flat_map(|session| {
                session
                    .messages_between(from, to)
                    .map(|message| (session.id.clone(), message.clone()))
            })
            .collect();
        messages.sort_by_key(|(_, message)| message.created_at.clone());
        Ok(messages)
    }

    /// Gives the session to `operator`, and tells of it.
    fn appoint(&self, session: &mut Session, operator: Operator) {
        let before = session.operator.replace(operator);
        if let Some(now) = &session.operator {
            let before = before.as_ref();
            self.outlet
                .tell(session.whose(), &Event::OperatorChanged { now, before });
        }
    }
}
