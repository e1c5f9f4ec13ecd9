//! Changes that the sandbox's owner makes, not the API: each is checked, then applied.

use super::api_key::ApiKey;
use super::plan::{NO_PLAN, Plan};
use super::sessions::Session;
use super::store::State;
use super::users::{Role, User, is_email_address};
use crate::error::SandboxError;
use crate::input::{invalid, quoted, short};
use crate::time;

impl State {
    /// Returns the index of a client's user, if the client has one with this address.
    fn find_user(&self, client_id: i64, email: &str) -> Result<Option<u32>, SandboxError> {
        if self.client(client_id).is_none() {
            return Err(SandboxError::UnknownClient(client_id));
        }
        if !is_email_address(email) {
            return Err(invalid(format!("email: not a valid e-mail address, got {}", quoted(email))));
        }
        Ok(self.users.find(client_id, email))
    }

    pub(crate) fn new_user(&mut self, client_id: i64, email: &str, role: Role) -> Result<(), SandboxError> {
        if self.find_user(client_id, email)?.is_some() {
            return Err(SandboxError::UserExists { client_id });
        }
        let created_at = self.now();
        self.users.add(User { email: email.to_owned(), client_id, role, created_at });
        Ok(())
    }

    /// Adds a session, and its user if the client has none with this address.
    pub(crate) fn new_session(
        &mut self,
        client_id: i64,
        email: &str,
        start: i64,
        seconds: u32,
        viewers: u32,
    ) -> Result<(), SandboxError> {
        let user = match self.find_user(client_id, email)? {
            Some(user) => user,
            None => {
                let created_at = start.min(self.now());
                self.users.add(User { email: email.to_owned(), client_id, role: Role::User, created_at })
            }
        };
        self.sessions.add(Session { start, user, seconds, viewers });
        Ok(())
    }

    /// Adds a plan, or replaces the one with its API name.
    pub(crate) fn new_plan(&mut self, plan: Plan) -> Result<(), SandboxError> {
        if plan.api_name.is_empty() || plan.api_name == NO_PLAN {
            let name = quoted(&plan.api_name);
            return Err(invalid(format!("api_name: must not be empty or {NO_PLAN:?}, got {name}")));
        }
        match self.plans.iter_mut().find(|known| known.api_name == plan.api_name) {
            Some(known) => *known = plan,
            None => self.plans.push(plan),
        }
        Ok(())
    }

    /// Adds a plan change at any time since the client was created.
    pub(crate) fn new_plan_change(
        &mut self,
        client_id: i64,
        api_name: &str,
        at: Option<i64>,
        set_by: Option<String>,
    ) -> Result<(), SandboxError> {
        let at = at.unwrap_or_else(|| self.now());
        let set_by = set_by.unwrap_or_else(|| self.key_owner.clone());
        let change = self.plan("api_name", api_name)?.change(at, &set_by);
        let client = self.client_mut(client_id).ok_or(SandboxError::UnknownClient(client_id))?;
        if at < client.created_at {
            let (created, at) = (time::to_rfc3339(client.created_at), time::to_rfc3339(at));
            return Err(invalid(format!(
                "at: must not be before the client was created ({created}), got {at}; create the client earlier"
            )));
        }
        client.change_plan(change);
        Ok(())
    }

    /// Returns the plan with this API name, which is the value of this argument.
    pub(crate) fn plan(&self, argument: &str, api_name: &str) -> Result<&Plan, SandboxError> {
        if let Some(plan) = self.plans.iter().find(|plan| plan.api_name == api_name) {
            return Ok(plan);
        }
        const MOST_SHOWN: usize = 10;
        let mut valid: Vec<String> =
            self.plans.iter().take(MOST_SHOWN).map(|plan| short(&plan.api_name)).collect();
        if let Some(more) = self.plans.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            valid.push(format!("and {more} more"));
        }
        let (name, valid) = (quoted(api_name), valid.join(", "));
        Err(invalid(format!("{argument}: unknown plan {name}; valid plans are {valid}")))
    }

    /// Adds a key, or replaces the same key.
    pub(crate) fn new_key(&mut self, key: ApiKey) -> Result<(), SandboxError> {
        if key.key.is_empty() || !key.key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid("key: must be visible ASCII characters without spaces"));
        }
        if !is_email_address(&key.owner) {
            return Err(invalid(format!("owner: not a valid e-mail address, got {}", quoted(&key.owner))));
        }
        if key.key == self.key || key.key == self.read_only_key || key.key.starts_with("resellerimpersonate-")
        {
            return Err(invalid("key: already in use by the sandbox; choose another one"));
        }
        self.more_keys.retain(|known| known.key != key.key);
        self.more_keys.push(key);
        Ok(())
    }
}
