//! Logins and users.

use std::sync::Arc;

use http::StatusCode;
use twin_protocol::{
    api::{
        Page,
        iam::{GetCurrentUser, GetUser, ListUsers, Login, RefreshToken},
    },
    model::{AuthTokens, User},
};

use super::{
    Rest,
    call::{Caller, Serve},
    error::Failure,
    page::paging,
};

/// The fields that a user in a list can have.
const FIELDS: [&str; 15] = [
    "avatar",
    "blockedAt",
    "companyId",
    "companyName",
    "email",
    "firstName",
    "id",
    "lastName",
    "middleName",
    "online",
    "phone",
    "resellerId",
    "resellerName",
    "roles",
    "settings",
];

impl Serve for Login {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<AuthTokens, Failure> {
        let identity = &rest.platform.identity;
        let tokens = identity.log_in(&self.email, &self.password, self.ttl);
        tokens.ok_or_else(|| {
            Failure::new(StatusCode::UNAUTHORIZED, "Wrong mail address or password.")
        })
    }
}

impl Serve for RefreshToken {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<AuthTokens, Failure> {
        let identity = &rest.platform.identity;
        let tokens = identity.refresh(&self.token, &self.refresh_token, self.ttl);
        tokens.ok_or_else(Failure::unauthorized)
    }
}

impl Serve for GetCurrentUser {
    async fn serve(self, rest: Arc<Rest>, caller: Caller) -> Result<User, Failure> {
        let user = caller.user.ok_or_else(Failure::unauthorized)?;
        find(&rest, user.as_str())
    }
}

impl Serve for GetUser {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<User, Failure> {
        find(&rest, self.user_id.as_str())
    }
}

impl Serve for ListUsers {
    async fn serve(self, rest: Arc<Rest>, _: Caller) -> Result<Page<User>, Failure> {
        let mut users = rest.platform.identity.users();
        users.retain(|user| {
            let mut roles = user.roles.iter();
            let has_role =
                self.roles.is_empty() || roles.any(|role| self.roles.contains(&role.name));
            has_role
                && self.company_id.is_none_or(|id| user.company_id == Some(id))
                && self.user_id.as_ref().is_none_or(|id| user.id == *id)
                && self.online.is_none_or(|online| user.online == Some(online))
        });
        paging!(self).cut(users, &FIELDS)
    }
}

fn find(rest: &Rest, id: &str) -> Result<User, Failure> {
    let user = rest.platform.identity.user(id);
    user.ok_or_else(|| Failure::not_found("User not found."))
}
