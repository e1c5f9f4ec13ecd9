//! The handle's access to the sandbox's clock.

use jiff::{SignedDuration, Timestamp};

use super::sandbox::Sandbox;

impl Sandbox {
    /// Returns the time of the sandbox's clock.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// println!("it is {}", sandbox.now());
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.state().now()).unwrap_or_default()
    }

    /// Returns a function that returns the time of the sandbox's clock, also after the sandbox was
    /// stopped. A client takes it as its option `clock`.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.freeze();
    /// let now = sandbox.clock();
    /// assert_eq!(now(), sandbox.now());
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn clock(&self) -> impl Fn() -> Timestamp + Send + Sync + 'static {
        let shared = self.shared();
        move || Timestamp::from_microsecond(shared.state().now()).unwrap_or_default()
    }

    /// Sets the clock. A frozen clock stays frozen. A clock that is set back shows the past: later
    /// changes are not visible.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.set_now("2030-01-01T00:00:00Z".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_now(&self, instant: Timestamp) {
        self.state().clock.set(instant.as_microsecond());
    }

    /// Moves the clock; a negative duration moves it back.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.advance(jiff::SignedDuration::from_mins(5));
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn advance(&self, by: SignedDuration) {
        self.state().clock.advance(by);
    }

    /// Stops the clock at the present instant.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.freeze();
    /// assert_eq!(sandbox.now(), sandbox.now());
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn freeze(&self) {
        self.state().clock.freeze();
    }

    /// Lets the clock continue from the present instant.
    ///
    /// ```
    /// # use crankwheel_sandbox::{Sandbox, SandboxOptions};
    /// # let sandbox = Sandbox::start(SandboxOptions::default())?;
    /// sandbox.freeze();
    /// sandbox.unfreeze();
    /// # Ok::<(), crankwheel_sandbox::SandboxError>(())
    /// ```
    pub fn unfreeze(&self) {
        self.state().clock.unfreeze();
    }
}
