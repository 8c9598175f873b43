//! Who may do what: users, their passwords, the tokens of their logins.
//!
//! Bounded: at most [`MAX_LOGINS`] logins are kept; the oldest go.

mod jwt;

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use twin_protocol::{
    id::UserId,
    model::{AuthTokens, Role, User},
    secret::Secret,
};

use self::jwt::Signer;

/// How long a token is valid that does not say (facts, 2: the default of the PHP SDK).
const DEFAULT_TTL: Duration = Duration::from_secs(3600);
/// How many logins are kept.
const MAX_LOGINS: usize = 10_000;

/// What a token is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It was good once.
    Expired,
    /// It opens the calls, as this user's.
    Granted(UserId),
    /// Nobody knows it.
    Unknown,
}

/// Users and tokens.
pub(crate) struct Identity {
    /// The token that is valid for ever.
    token: String,
    signer: Signer,
    state: Mutex<State>,
}

struct State {
    users: Vec<(User, Secret)>,
    logins: VecDeque<Login>,
}

/// One login, or one refresh.
struct Login {
    user: UserId,
    token: String,
    refresh_token: String,
    expires: Instant,
}

impl Identity {
    /// The users of every emulator; `token` belongs to the first of them and never expires.
    pub(super) fn new(token: String) -> Self {
        let user = |id: &str, email: &str, name: [&str; 2], role: &str| {
            let mut user = User::new(id.into());
            user.company_id = Some(1);
            user.company_name = Some("Emulator".into());
            user.first_name = Some(name[0].into());
            user.last_name = Some(name[1].into());
            user.email = Some(email.into());
            user.online = Some(true);
            let mut role = Role::new(role);
            role.company_id = Some(1);
            user.roles = vec![role];
            (user, Secret::from("demo"))
        };
        let users = vec![
            user("1", "demo@example.com", ["Demo", "User"], "admin"),
            user("389", "anna@example.com", ["Anna", "Operator"], "operator"),
            user(
                "494",
                "boris@example.com",
                ["Boris", "Operator"],
                "operator",
            ),
        ];
        Self {
            token,
            signer: Signer::new(),
            state: Mutex::new(State {
                users,
                logins: VecDeque::new(),
            }),
        }
    }

    /// What `token` is good for.
    pub(crate) fn access(&self, token: &str) -> Access {
        let state = self.locked();
        if token == self.token {
            return Access::Granted(state.users[0].0.id.clone());
        }
        match state.logins.iter().rev().find(|login| login.token == token) {
            Some(login) if login.expires > Instant::now() => Access::Granted(login.user.clone()),
            Some(_) => Access::Expired,
            None => Access::Unknown,
        }
    }

    /// Logs in; `None` where no user has this password.
    pub(crate) fn log_in(
        &self,
        email: &str,
        password: &Secret,
        ttl: Option<Duration>,
    ) -> Option<AuthTokens> {
        let mut state = self.locked();
        let (user, _) = state
            .users
            .iter()
            .find(|(user, known)| user.email.as_deref() == Some(email) && known == password)?;
        let user = user.id.clone();
        Some(state.issue(&self.signer, user, ttl.unwrap_or(DEFAULT_TTL)))
    }

    /// Exchanges a refresh token, which is then used up; `None` where it does not belong to `token`.
    pub(crate) fn refresh(
        &self,
        token: &Secret,
        refresh_token: &Secret,
        ttl: Option<Duration>,
    ) -> Option<AuthTokens> {
        let mut state = self.locked();
        let login = state.logins.iter_mut().find(|login| {
            login.token == token.expose()
                && !login.refresh_token.is_empty()
                && login.refresh_token == refresh_token.expose()
        })?;
        login.refresh_token.clear();
        let user = login.user.clone();
        Some(state.issue(&self.signer, user, ttl.unwrap_or(DEFAULT_TTL)))
    }

    /// Has every token of a login expire now.
    pub(crate) fn expire_tokens(&self) {
        let now = Instant::now();
        for login in &mut self.locked().logins {
            login.expires = login.expires.min(now);
        }
    }

    /// The user of this id.
    pub(crate) fn user(&self, id: &str) -> Option<User> {
        let state = self.locked();
        let found = state.users.iter().find(|(user, _)| user.id.as_str() == id);
        found.map(|(user, _)| user.clone())
    }

    /// All users.
    pub(crate) fn users(&self) -> Vec<User> {
        let state = self.locked();
        state.users.iter().map(|(user, _)| user.clone()).collect()
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn issue(&mut self, signer: &Signer, user: UserId, ttl: Duration) -> AuthTokens {
        let token = signer.token(user.as_str(), ttl);
        let refresh_token = uuid::Uuid::new_v4().simple().to_string();
        if self.logins.len() >= MAX_LOGINS {
            self.logins.pop_front();
        }
        let now = Instant::now();
        self.logins.push_back(Login {
            user,
            token: token.clone(),
            refresh_token: refresh_token.clone(),
            // Beyond what an instant can hold there is no telling the difference.
            expires: now.checked_add(ttl).unwrap_or(now + DEFAULT_TTL * 1000),
        });
        AuthTokens::new(token, refresh_token)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}
