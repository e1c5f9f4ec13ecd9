// The contract of the API (crates/crankwheel/openapi.json), and the SDK's names of its fields.

import { readFileSync } from 'node:fs';

export const contract = JSON.parse(
  readFileSync(new URL('../../../crates/crankwheel/openapi.json', import.meta.url), 'utf8'),
);
export const { schemas } = contract.components;

export const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());

export const reference = (schema) => (schema.$ref ?? schema.allOf?.[0].$ref)?.split('/').pop();

/** Returns a schema with the members of all its parts. */
export function whole(schema) {
  if (schema.$ref) return whole(schemas[reference(schema)]);
  const parts = [...(schema.allOf ?? []).map(whole), schema];
  return Object.assign({}, ...parts, {
    properties: Object.assign({}, ...parts.map((part) => part.properties)),
  });
}

/** Returns the properties that are fields of the SDK, without other names of the same field. */
export function fields(schema) {
  const own = Object.entries(whole(schema).properties);
  const aliases = own.flatMap(([, property]) => property['x-wire-aliases'] ?? []);
  return own.filter(([name]) => !aliases.includes(name));
}

/** Returns the properties of a schema as the SDK has them: flattened and renamed. */
export function properties(schema) {
  const key = schema['x-sdk-key'];
  const own = fields(schema).flatMap(([name, property]) =>
    property['x-sdk-flattened']
      ? properties(property)
      : [[camel(property['x-sdk-attribute'] ?? name), property]],
  );
  return key ? [[key.name, key], ...own] : own;
}
