// Errors of the native side, as objects of their classes.

import * as classes from './error-classes';
import { headerRecord } from './error-data';
import { type ErrorData, native } from './native';

const { CrankWheelError } = classes;
type CrankWheelError = classes.CrankWheelError;

type ErrorClass = new (message: string, attributes: classes.ErrorAttributes) => CrankWheelError;

const CLASSES: Record<string, ErrorClass> = {};

for (const [name, value] of Object.entries(classes)) {
  if (typeof value !== 'function') continue;
  CLASSES[name] = value as ErrorClass;
  // On the prototype, written out: bundlers rename classes.
  Object.defineProperty(value.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** Returns the error that the data describes. Its arrays and objects are created here, in the realm of the caller. */
export function makeError(data: ErrorData): CrankWheelError {
  const { className, message, cause, failedKey, errors, headers, existingId, ...others } = data;
  return new (CLASSES[className] ?? CrankWheelError)(message, {
    ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== null)),
    errors: Object.fromEntries(errors.map((error) => [error.field, [...error.messages]])),
    headers: headerRecord(headers),
    // A larger id was rounded when it became a number.
    ...(Number.isSafeInteger(existingId) && { existingId }),
    ...(typeof cause === 'string' && { cause: causeOf(cause, data) }),
  });
}

/** Returns the cause as an error. The place of its only frame is the request: the rest is in native code. */
function causeOf(message: string, { code, method, path }: ErrorData): Error {
  const cause = new Error(message);
  const stack = `Error: ${message}\n    at ${method ?? ''} ${path ?? ''} (crankwheel)`;
  Object.defineProperty(cause, 'stack', { value: stack, configurable: true, writable: true });
  if (typeof code === 'string') Object.defineProperty(cause, 'code', { value: code, enumerable: true });
  return cause;
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
