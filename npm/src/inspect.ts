// How objects look in `util.inspect` and `console.log`: the class's name and what is set, no more.

type Inspect = (value: unknown, options: object) => string;

/** `Name { field: value, … }` with the fields that have a value. */
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
