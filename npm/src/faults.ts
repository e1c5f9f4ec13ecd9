// Faults as the sandbox reads and describes them, in JSON.

import { members as membersOf, typeError, unknown } from './check';
import { describe } from './describe';
import { type Fault, type FaultKind, MEMBERS, SCOPE } from './fault-kinds';
import { jsonText } from './json-text';

/** Returns a fault as a rule in JSON. */
export function faultRule(fault: Fault): string {
  const given = membersOf('fault', fault, typeError) as unknown as Fault;
  const kind: unknown = given.kind;
  const members = typeof kind === 'string' && Object.hasOwn(MEMBERS, kind) ? MEMBERS[given.kind] : undefined;
  if (members === undefined) {
    const kinds = Object.keys(MEMBERS).join(', ');
    const got = typeof kind === 'string' ? JSON.stringify(kind.slice(0, 80)) : describe(kind);
    throw new TypeError(`kind: must be one of ${kinds}, got ${got}`);
  }
  const rule: Record<string, unknown> = {};
  const own: Record<string, unknown> = { kind: given.kind };
  for (const [name, value] of Object.entries(given)) {
    const member = members[name];
    if (name === 'kind' || value === undefined) continue;
    const isForever = SCOPE.includes(name) && value === Number.POSITIVE_INFINITY;
    if (!isForever) jsonText(name, value, typeError);
    if (SCOPE.includes(name)) rule[name] = isForever ? undefined : value;
    else if (member !== undefined) own[member] = value;
    else {
      // The sandbox ignores the options of other kinds.
      throw typeError(name, unknown(name, [...Object.keys(members), ...SCOPE]));
    }
  }
  const { json, ...rest } = own;
  if (json === undefined) return jsonText('fault', { ...rule, fault: own }, typeError);
  const headers = { 'content-type': 'application/json', ...(rest.headers ?? {}) };
  return jsonText(
    'fault',
    { ...rule, fault: { ...rest, headers, body: jsonText('json', json, typeError) } },
    typeError,
  );
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
