// The methods of resources: each finds the runner of its object, or says that it was called without one.

import type { CallOptions } from './options';
import type { Decode, Runner, Start } from './runner';

/** The key of the runner. A symbol, because a private field cannot be read through a proxy such as Vue's. */
export const RUNNER = Symbol('runner');

/** Sets the runner of an object. */
export function setRunner(target: object, runner: Runner): void {
  Object.defineProperty(target, RUNNER, { value: runner });
}

/** Returns the runner of an object. Refuses a method that was called without its object. */
export function runnerOf(target: { readonly [RUNNER]?: Runner } | undefined | null, method: string): Runner {
  const runner = target?.[RUNNER];
  if (runner !== undefined) return runner;
  throw new TypeError(
    `${method}: called without its object; call it as a method, as in cw.clients.${method}(…), or bind it: ` +
      `cw.clients.${method}.bind(cw.clients)`,
  );
}

/**
 * Makes the methods of a class say when they are called without their object, as after `const { close } = cw`. `example`
 * is the name of an object in the message; `isOwn` tells objects of the class by their private field.
 */
export function refuseUnbound(
  Class: { readonly prototype: object },
  example: string,
  isOwn: (target: object) => boolean,
): void {
  for (const [name, { value, ...descriptor }] of Object.entries(
    Object.getOwnPropertyDescriptors(Class.prototype),
  )) {
    if (name === 'constructor' || typeof value !== 'function') continue;
    const method = value as Methods[string];
    const checked = {
      [name](this: object, ...args: unknown[]): unknown {
        if (typeof this === 'object' && this !== null && isOwn(this)) return method.apply(this, args);
        throw new TypeError(
          `${name}: called without its object, or on a proxy of it; call it as a method, as in ${example}.${name}(…), ` +
            `or bind it: ${example}.${name}.bind(${example})`,
        );
      },
    }[name] as Methods[string];
    Object.defineProperty(checked, 'length', { value: method.length, configurable: true });
    Object.defineProperty(Class.prototype, name, { ...descriptor, value: checked });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: any method
type Methods = Record<string, (...args: any[]) => unknown>;

/** Runs a call of the method with this name. */
export function run<T>(
  target: { readonly [RUNNER]: Runner },
  method: string,
  start: Start,
  decode: Decode<T>,
  options?: CallOptions | null,
  names?: readonly string[],
): Promise<T> {
  const runner = runnerOf(target, method);
  return runner.run((target as unknown as Methods)[method] as Methods[string], start, decode, options, names);
}
