//! The state that a client shares with its copies and its calls.

use std::sync::Arc;

use super::config::Config;
use super::connections::Connections;
use super::retry::Budget;
use crate::error::Error;
use crate::secret::Redactor;

/// The configuration, connections and retry budget of a client.
pub(crate) struct Shared {
    pub config: Config,
    pub connections: Arc<Connections>,
    pub budget: Arc<Budget>,
}

impl Shared {
    pub fn new(config: Config) -> Self {
        let connections = Arc::new(Connections::new(config.connection.clone()));
        Shared { config, connections, budget: Arc::new(Budget::new()) }
    }

    /// Returns a copy with another configuration. It shares the connections, unless their options
    /// differ.
    pub fn with(&self, config: Config) -> Self {
        let connections = if *self.connections.options() == config.connection {
            Arc::clone(&self.connections)
        } else {
            Arc::new(Connections::new(config.connection.clone()))
        };
        Shared { config, connections, budget: Arc::clone(&self.budget) }
    }

    /// Returns the base URL without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.config.base_url.as_str().trim_end_matches('/')
    }

    /// Redacts an error from before a request is sent: it must not show a secret that was passed
    /// in the wrong place.
    pub fn redacted(&self, error: Error) -> Error {
        error.redacted(&Redactor::new(&self.config.key.known(), &self.config.secrets))
    }
}
