// Arguments of operations on their way to the native side: names to the wire's, objects to JSON text.

import { invalidArgument } from './errors';
import type { ClientFields } from './fields';
import { Client, Plan } from './models';
import type { ClientArgument } from './native';

/** Names a client: its id, the digits of it as text, or the client itself. */
export type ClientLike = number | bigint | string | Client;

/** Names a plan: its API name, or the plan itself. */
export type PlanLike = string | Plan;

/** A client argument as the native side takes it, which also refuses what names none. */
export function clientArgument(client: ClientLike): ClientArgument {
  if (client instanceof Client) return { id: String(client.id), wire: client.wireText };
  const plain = typeof client !== 'object' && typeof client !== 'symbol' && typeof client !== 'function';
  return { id: plain ? String(client) : `(${client === null ? 'null' : typeof client})` };
}

/** The API name of a plan. */
export function planArgument(plan: PlanLike): string {
  return plan instanceof Plan ? plan.apiName : text('plan', plan);
}

/** A text, and nothing else. */
export function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw invalidArgument(name, `must be a text, not ${describe(value)}`);
}

/** Fields of a client as JSON text with wire names. */
export function clientFields(fields: ClientFields): string {
  if (typeof fields !== 'object' || fields === null) {
    throw invalidArgument('', `an object of fields was expected, not ${describe(fields)}`);
  }
  const wire = wireNames(fields);
  if (typeof fields.settings === 'object' && fields.settings !== null)
    wire.settings = wireNames(fields.settings);
  return jsonText('', wire);
}

/** JSON text of a value. What JSON would silently turn into null or leave out is refused. */
export function jsonText(name: string, value: unknown): string {
  const check = function (this: Record<string, unknown>, key: string, encoded: unknown): unknown {
    const given = this[key];
    const lost =
      (typeof given === 'number' && !Number.isFinite(given)) ||
      (given instanceof Date && Number.isNaN(given.getTime())) ||
      ['bigint', 'function', 'symbol'].includes(typeof given);
    if (lost) throw invalidArgument(key || name, `cannot be sent: ${describe(given)}`);
    return encoded;
  };
  const text = JSON.stringify(value, check);
  if (text === undefined) throw invalidArgument(name, 'cannot be sent: undefined');
  return text;
}

/** Options of one method: an object with no other names than these. */
export function methodOptions<T extends object>(
  given: T | undefined | null,
  names: readonly string[],
): Partial<T> {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object') {
    throw invalidArgument('options', `must be an object, not ${describe(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) {
      throw invalidArgument(name, `is no option of this method; it takes ${names.join(', ')}`);
    }
  }
  return given;
}

/** `auditLog` as `audit_log`, for the keys of one object; what is in `extra` keeps its names. */
function wireNames(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' || typeof value === 'function'
    ? `a value of type ${typeof value}`
    : String(value);
}
