// The output of `util.inspect` and `console.log`: the name of the class and the fields that have a value.

type Inspect = (value: unknown, options: object) => string;

/** Returns `Name { field: value, … }` with the fields that have a value. */
export function inspectFields(
  name: string,
  fields: object,
  depth: number,
  options: object,
  inspect: Inspect | undefined,
): string {
  if (depth < 0 || inspect === undefined) return `[${name}]`;
  const set = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return `${name} ${inspect(Object.fromEntries(set), { ...options, depth: (options as { depth: number | null }).depth })}`;
}
