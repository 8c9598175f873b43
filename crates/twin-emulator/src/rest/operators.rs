//! The operators of a session.

use std::sync::Arc;

use twin_protocol::api::chats::{
    AddSessionOperator, RemoveSessionOperator, SwitchSessionGroup, SwitchSessionOperator,
};

use super::{
    Rest,
    call::{Caller, Serve},
    error::Failure,
};
use crate::platform::{Operator, Refusal};

impl Serve for AddSessionOperator {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        let operator = operator(&rest, self.operator_id.as_str())?;
        let session = self.session_id.as_str();
        Ok(rest.platform.add_operator(session, operator)?)
    }
}

impl Serve for RemoveSessionOperator {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        let (session, operator) = (self.session_id.as_str(), self.operator_id.as_str());
        Ok(rest.platform.remove_operator(session, operator)?)
    }
}

impl Serve for SwitchSessionGroup {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        let session = self.session_id.as_str();
        Ok(rest.platform.hand_to_group(session, self.group_id)?)
    }
}

impl Serve for SwitchSessionOperator {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<(), Failure> {
        let operator = operator(&rest, self.operator_id.as_str())?;
        let session = self.session_id.as_str();
        Ok(rest.platform.hand_over(session, operator)?)
    }
}

/// The user of this id, as an operator.
pub(super) fn operator(rest: &Rest, id: &str) -> Result<Operator, Refusal> {
    let user = rest
        .platform
        .identity
        .user(id)
        .ok_or(Refusal::NoSuchOperator)?;
    let names = [user.first_name, user.last_name];
    let names: Vec<_> = names.into_iter().flatten().collect();
    Ok(Operator {
        id: user.id.to_string(),
        name: names.join(" "),
        avatar: None,
    })
}
