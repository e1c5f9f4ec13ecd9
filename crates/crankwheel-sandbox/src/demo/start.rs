//! The state that a sandbox starts with: empty, then filled with demo data.

use super::companies;
use crate::options::SandboxOptions;
use crate::state::World;

/// Creates a state with demo data. `started` is "now" at the start; the history ends there.
pub(crate) fn start(options: SandboxOptions, base_url: String, started: i64) -> World {
    let mut world = World::new(options, base_url, started);
    companies::fill(&mut world);
    world
}

/// Puts everything back to the start. Address and keys stay.
pub(crate) fn reset(world: &mut World) {
    world.clear();
    companies::fill(world);
}
