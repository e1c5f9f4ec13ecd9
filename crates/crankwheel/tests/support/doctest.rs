// The setup of the examples in the documentation, which include this file: a sandbox with three
// clients and three months of history, and a `CrankWheel` that sends its requests there.

fn sandbox() -> (crankwheel::CrankWheel, crankwheel_sandbox::Sandbox) {
    let demo = crankwheel_sandbox::SandboxOptions { clients: 3, days: 90, ..Default::default() };
    let sandbox = crankwheel_sandbox::Sandbox::start(demo).unwrap();
    let options = crankwheel::Options::new().base_url(sandbox.url()).clock(sandbox.clock());
    let cw = crankwheel::CrankWheel::with(sandbox.api_key(), options).unwrap();
    (cw, sandbox)
}
