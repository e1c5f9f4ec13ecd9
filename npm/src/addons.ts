// Requires the addon of this platform: the one built in this checkout, else the package for the platform.
//
// Bundlers and file tracers carry only the files that they find by reading the code. So each file and
// package is required by a literal name, and inside `try`: one that is not installed is no error then.

/** The packages with the addon, by platform and processor; the likeliest C library first. */
export const PLATFORMS: Readonly<Record<string, readonly string[]>> = {
  'linux-x64': ['linux-x64-gnu', 'linux-x64-musl'],
  'linux-arm64': ['linux-arm64-gnu', 'linux-arm64-musl'],
  'darwin-x64': ['darwin-x64'],
  'darwin-arm64': ['darwin-arm64'],
  'win32-x64': ['win32-x64-msvc'],
  'win32-arm64': ['win32-arm64-msvc'],
};

/** Requires the addon of this platform. Calls `failed` with the error of each attempt that fails. */
export function requireAddon(failed: (error: unknown) => void): unknown {
  switch (`${process.platform}-${process.arch}`) {
    case 'linux-x64':
      try {
        return require('../native/crankwheel.linux-x64-gnu.node');
      } catch (error) {
        failed(error);
      }
      try {
        return require('crankwheel-linux-x64-gnu');
      } catch (error) {
        failed(error);
      }
      try {
        return require('../native/crankwheel.linux-x64-musl.node');
      } catch (error) {
        failed(error);
      }
      try {
        return require('crankwheel-linux-x64-musl');
      } catch (error) {
        failed(error);
      }
      break;
    case 'linux-arm64':
      try {
        return require('../native/crankwheel.linux-arm64-gnu.node');
      } catch (error) {
        failed(error);
      }
      try {
        return require('crankwheel-linux-arm64-gnu');
      } catch (error) {
        failed(error);
      }
      try {
        return require('../native/crankwheel.linux-arm64-musl.node');
      } catch (error) {
        failed(error);
      }
      try {
        return require('crankwheel-linux-arm64-musl');
      } catch (error) {
        failed(error);
      }
      break;
    case 'darwin-x64':
      try {
        return require('../native/crankwheel.darwin-x64.node');
      } catch (error) {
        failed(error);
      }
      try {
        return require('crankwheel-darwin-x64');
      } catch (error) {
        failed(error);
      }
      break;
    case 'darwin-arm64':
      try {
        return require('../native/crankwheel.darwin-arm64.node');
      } catch (error) {
        failed(error);
      }
      try {
        return require('crankwheel-darwin-arm64');
      } catch (error) {
        failed(error);
      }
      break;
    case 'win32-x64':
      try {
        return require('../native/crankwheel.win32-x64-msvc.node');
      } catch (error) {
        failed(error);
      }
      try {
        return require('crankwheel-win32-x64-msvc');
      } catch (error) {
        failed(error);
      }
      break;
    case 'win32-arm64':
      try {
        return require('../native/crankwheel.win32-arm64-msvc.node');
      } catch (error) {
        failed(error);
      }
      try {
        return require('crankwheel-win32-arm64-msvc');
      } catch (error) {
        failed(error);
      }
      break;
  }
  return undefined;
}
