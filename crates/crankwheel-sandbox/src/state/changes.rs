//! Changes to the state that come from the sandbox's owner, not over the API: checked, then made.

use super::api_key::Key;
use super::plan::{NO_PLAN, Plan};
use super::sessions::Session;
use super::store::World;
use super::users::{Role, User, looks_like_email};
use crate::error::SandboxError;

fn invalid<T>(text: String) -> Result<T, SandboxError> {
    Err(SandboxError::Invalid(text))
}

impl World {
    /// The place of a client's user in the list, if the client has one with this address.
    fn find_user(&self, client_id: i64, email: &str) -> Result<Option<u32>, SandboxError> {
        if self.client(client_id).is_none() {
            return Err(SandboxError::UnknownClient(client_id));
        }
        if !looks_like_email(email) {
            return invalid(format!("{email:?} is no e-mail address"));
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

    /// A user who does not exist yet is added.
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

    /// Adds a plan, or replaces the one of its name.
    pub(crate) fn new_plan(&mut self, plan: Plan) -> Result<(), SandboxError> {
        if plan.api_name.is_empty() || plan.api_name == NO_PLAN {
            return invalid(format!("a plan cannot have the API name {:?}", plan.api_name));
        }
        match self.plans.iter_mut().find(|known| known.api_name == plan.api_name) {
            Some(known) => *known = plan,
            None => self.plans.push(plan),
        }
        Ok(())
    }

    /// A change of plan at any time since the client came to life.
    pub(crate) fn new_plan_change(
        &mut self,
        client_id: i64,
        api_name: &str,
        at: Option<i64>,
        set_by: Option<String>,
    ) -> Result<(), SandboxError> {
        let at = at.unwrap_or_else(|| self.now());
        let set_by = set_by.unwrap_or_else(|| self.key_owner.clone());
        let Some(plan) = self.plans.iter().find(|plan| plan.api_name == api_name) else {
            return invalid(format!("there is no plan {api_name:?}"));
        };
        let change = plan.change(at, &set_by);
        let client = self.client_mut(client_id).ok_or(SandboxError::UnknownClient(client_id))?;
        if at < client.created_at {
            return invalid("the client did not exist then".to_owned());
        }
        client.change_plan(change);
        Ok(())
    }

    /// Adds a key, or replaces the one of its text.
    pub(crate) fn new_key(&mut self, key: Key) -> Result<(), SandboxError> {
        if key.key.is_empty() || !key.key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return invalid("a key must be visible ASCII characters without blanks".to_owned());
        }
        if !looks_like_email(&key.owner) {
            return invalid(format!("{:?} is no e-mail address", key.owner));
        }
        if key.key == self.key || key.key == self.read_only_key || key.key.starts_with("resellerimpersonate-")
        {
            return invalid("this key has a meaning already".to_owned());
        }
        self.more_keys.retain(|known| known.key != key.key);
        self.more_keys.push(key);
        Ok(())
    }
}
