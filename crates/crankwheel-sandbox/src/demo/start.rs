//! The state that a sandbox starts with: empty, then filled with demo data.

use super::companies;
use crate::options::SandboxOptions;
use crate::state::State;

/// Creates a state with demo data, whose history ends at `started`.
pub(crate) fn start(options: SandboxOptions, base_url: String, started: i64) -> State {
    let mut state = State::new(options, base_url, started);
    companies::fill(&mut state);
    state
}

/// Restores the state of the start. The address and the first two keys stay.
pub(crate) fn reset(state: &mut State) {
    state.clear();
    companies::fill(state);
}
