//! The state that a client shares with its copies and its calls.

use std::sync::{Arc, OnceLock};

use super::config::Config;
use super::connections::Connections;
use super::key_source::KeySource;
use super::retry::Budget;
use crate::error::Error;
use crate::secret::{Redactor, Secret};

/// The configuration, connections and retry budget of a client.
pub(crate) struct Shared {
    pub config: Config,
    pub connections: Arc<Connections>,
    pub budget: Arc<Budget>,
    /// Masks the secrets of all calls, if the key is always the same.
    redactor: OnceLock<Redactor>,
}

impl Shared {
    pub fn new(config: Config) -> Self {
        let connections = Arc::new(Connections::new(config.connection.clone()));
        Shared { config, connections, budget: Arc::new(Budget::new()), redactor: OnceLock::new() }
    }

    /// Returns a copy with another configuration. It shares the connections, unless their options
    /// differ.
    pub fn with(&self, config: Config) -> Self {
        let connections = if *self.connections.options() == config.connection {
            Arc::clone(&self.connections)
        } else {
            Arc::new(Connections::new(config.connection.clone()))
        };
        Shared { config, connections, budget: Arc::clone(&self.budget), redactor: OnceLock::new() }
    }

    /// Returns the base URL without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.config.base_url.as_str().trim_end_matches('/')
    }

    /// Redacts an error from before a request is sent: it must not show a secret that was passed
    /// in the wrong place.
    pub fn redacted(&self, error: Error) -> Error {
        error.redacted(&self.redactor(&self.config.key.known()))
    }

    /// Returns a redactor for the keys of a call.
    pub fn redactor<'a>(&self, keys: impl IntoIterator<Item = &'a Secret>) -> Redactor {
        let new = || Redactor::new(keys, &self.config.secrets);
        match self.config.key {
            KeySource::Fixed(_) => self.redactor.get_or_init(new).clone(),
            KeySource::Function(_) => new(),
        }
    }
}
