// Makes private state visible to comparison (`assert.deepStrictEqual`, `toEqual`), which sees only own enumerable
// properties.

import type * as Crypto from 'node:crypto';

let key: Buffer | undefined;

/** Returns a digest of a secret. Its key is random and stays in the process, so that nothing can be tried against it. */
function digest(secret: string | Uint8Array): string {
  // Loaded when it is needed: most programs never compare.
  const { createHmac, randomBytes } = require('node:crypto') as typeof Crypto;
  key ??= randomBytes(32);
  return createHmac('sha256', key).update(secret).digest('base64url');
}

/** Defines `fingerprint`, a digest of what must not be shown. It is computed when it is read. */
export function compareBy(target: object, secret: () => string | Uint8Array): void {
  Object.defineProperty(target, 'fingerprint', { get: () => digest(secret()), enumerable: true });
}

/** Makes a credential comparable, and `structuredClone` of it throw. */
export function compareCredential(target: object, secret: () => string): void {
  compareBy(target, secret);
  // `structuredClone` would return an object without the credential. It throws if a property is a function.
  Object.defineProperty(target, 'toString', { value: target.toString, enumerable: true });
}

const IDENTITY = Symbol('identity');
let last = 0;

/** Makes an object equal only to itself: one that has connections or other state that cannot be compared. */
export function compareByIdentity(target: object): void {
  last += 1;
  Object.defineProperty(target, IDENTITY, { value: last, enumerable: true });
}
