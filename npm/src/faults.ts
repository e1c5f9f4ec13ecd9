// Faults as the sandbox reads and describes them, in JSON.

import { typeError, unknown } from './check';
import { describe } from './describe';
import { type Fault, type FaultKind, MEMBERS, SCOPE } from './fault-kinds';
import { jsonText } from './sandbox-arguments';

/** Returns a fault as a rule in JSON. */
export function faultRule(given: Fault): string {
  const kind: unknown = given?.kind;
  const members = typeof kind === 'string' && Object.hasOwn(MEMBERS, kind) ? MEMBERS[given.kind] : undefined;
  if (members === undefined) {
    const kinds = Object.keys(MEMBERS).join(', ');
    const got = typeof kind === 'string' ? JSON.stringify(kind.slice(0, 80)) : describe(kind);
    throw new TypeError(`kind: must be one of ${kinds}, got ${got}`);
  }
  const rule: Record<string, unknown> = {};
  const fault: Record<string, unknown> = { kind: given.kind };
  for (const [name, value] of Object.entries(given)) {
    const member = members[name];
    if (name === 'kind' || value === undefined) continue;
    if (SCOPE.includes(name)) rule[name] = value === Number.POSITIVE_INFINITY ? undefined : value;
    else if (member !== undefined) fault[member] = value;
    else {
      // The sandbox ignores the options of other kinds.
      throw typeError(name, unknown(name, [...Object.keys(members), ...SCOPE]));
    }
  }
  const { json, ...rest } = fault;
  if (json === undefined) return jsonText('fault', { ...rule, fault });
  const headers = { 'content-type': 'application/json', ...(rest.headers ?? {}) };
  return jsonText('fault', { ...rule, fault: { ...rest, headers, body: jsonText('json', json) } });
}

/** Returns a fault that the sandbox describes as the argument of `fail`. */
export function givenFault({ kind, ...fault }: { kind: FaultKind['kind'] }): FaultKind {
  const names = Object.fromEntries(Object.entries(MEMBERS[kind]).map(([name, wire]) => [wire, name]));
  const members = Object.entries(fault).map(([wire, value]) => [names[wire] ?? wire, value]);
  return { kind, ...Object.fromEntries(members) };
}

/** Returns a rule that the sandbox describes as the argument of `fail`. */
export function givenRule({ fault, ...scope }: { fault: { kind: FaultKind['kind'] } }): Fault {
  // A rule without a limit has null, which `fail` does not take.
  const set = Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== null));
  return { ...givenFault(fault), ...set };
}
