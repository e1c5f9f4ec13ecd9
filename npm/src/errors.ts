// Errors of the native side, as objects of their classes.

import * as classes from './error-classes';
import { type ErrorData, native } from './native';

const { CrankWheelError } = classes;
type CrankWheelError = classes.CrankWheelError;

const CLASSES: Record<string, new (data: ErrorData) => CrankWheelError> = { ...classes };

for (const [name, Class] of Object.entries(CLASSES)) {
  // On the prototype, written out: bundlers rename classes.
  Object.defineProperty(Class.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** Returns the error that the data describes. */
export function makeError(data: ErrorData): CrankWheelError {
  return new (CLASSES[data.className] ?? CrankWheelError)(data);
}

/** Returns what the native side returned, unless it is an error: then that is thrown. */
export function unwrap<T extends object>(result: T | ErrorData): T {
  if ('className' in result) throw makeError(result);
  return result;
}

/** Returns the error for an argument of the wrong type. */
export function invalidArgument(field: string, message: string): CrankWheelError {
  return makeError(native.invalidArgument(field, message));
}

/** Returns the error for an option of the wrong type. */
export function invalidOption(message: string): CrankWheelError {
  return makeError(native.invalidOption(message));
}
