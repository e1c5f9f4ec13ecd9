// The types and the classes here are those of the contract, nullability included.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { typeCheck, withProject } from './support/consumer.mjs';

const require = createRequire(import.meta.url);
const { native } = require('../dist/native.js');
const contract = JSON.parse(
  readFileSync(new URL('../../crates/crankwheel/openapi.json', import.meta.url), 'utf8'),
);
const { schemas } = contract.components;

const MODELS = ['Client', 'Settings', 'Plan', 'ClientUsage', 'ClientBilling', 'BillingPeriod', 'PlanProRata'];
MODELS.push('BillingOverview', 'LoginOption');
const TABLES = ['UsageHistory', 'UsageStats', 'UserStats', 'Session'];

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const union = (names) => names.map((name) => `'${name}'`).join(' | ') || 'never';

/** The properties of a schema as the SDK has them: flattened, renamed. */
function properties(schema) {
  return Object.entries(schema.properties).flatMap(([name, property]) =>
    property['x-sdk-flattened']
      ? properties(property)
      : [[camel(property['x-sdk-attribute'] ?? name), property]],
  );
}

function typeOf(owner, property) {
  if (property.$ref) return property.$ref.split('/').pop();
  const types = [property.type].flat();
  const nullable = types.includes('null');
  const type = types.find((name) => name !== 'null');
  const plain = {
    string: property.format === 'date-time' ? 'Date' : 'string',
    boolean: 'boolean',
    integer: 'number',
    number: 'number',
    object: () => `Readonly<Record<string, ${property.additionalProperties.$ref?.split('/').pop()}>>`,
    array: () => listOf(owner, property),
  }[type];
  const name = typeof plain === 'function' ? plain() : plain;
  if (!nullable) return name;
  return TABLES.includes(owner) ? `${name} | null` : `${name} | null | undefined`;
}

function listOf(owner, property) {
  const item = property['x-sdk-items'] ?? property.items.$ref.split('/').pop();
  if (owner === 'ClientBilling') return `readonly ${item}[]`;
  return item.endsWith('Stats') ? `${item}List` : `${item}List`;
}

test('the core names the models and fields of the contract', () => {
  const names = native.schema().map((model) => model.name);
  assert.deepEqual(names.sort(), [...MODELS].sort());
  for (const { name, fields } of native.schema()) {
    assert.deepEqual(
      fields.map((field) => field.wire).sort(),
      Object.keys(schemas[name].properties).sort(),
      name,
    );
    assert.deepEqual(
      fields.map((field) => field.name).sort(),
      properties(schemas[name])
        .map(([p]) => p)
        .sort(),
    );
  }
});

test('the declared types are those of the contract', async () => {
  const lines = [
    "import * as sdk from 'crankwheel';",
    `import type { ${[...MODELS, ...TABLES].join(', ')} } from 'crankwheel';`,
    "import type { ClientBillingList, ClientFields, ClientUpdate, LoginLink, SessionList } from 'crankwheel';",
    "import type { SettingsFields, UserStatsList } from 'crankwheel';",
    'type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;',
    "type Members = 'extra' | 'toJSON' | 'wireText';",
    'void sdk;',
  ];
  const same = (a, b) => lines.push(`export const _${lines.length}: Same<${a}, ${b}> = true;`);
  for (const name of [...MODELS, ...TABLES]) {
    const own = properties(schemas[name]);
    same(`Exclude<keyof ${name}, Members>`, union(own.map(([property]) => property)));
    for (const [property, schema] of own) same(`${name}['${property}']`, typeOf(name, schema));
  }
  const derived = [
    ...properties(schemas.LoginLink).map(([name]) => name),
    ...schemas.LoginLink['x-sdk-derived'].map(camel),
  ];
  same("Exclude<keyof LoginLink, 'toJSON' | 'toString'>", union(derived));
  // What is sent: the same names; values by their plain type.
  const inputs = { ClientFields: 'CreateClient', SettingsFields: 'SettingsInput' };
  for (const [type, schema] of Object.entries(inputs)) {
    const own = properties(schemas[schema]);
    const only = type === 'SettingsFields' ? " | 'contentFilterRegex'" : '';
    same(`Exclude<keyof ${type}, 'extra'${only}>`, union(own.map(([property]) => property)));
    for (const [property, { type: types = [] }] of own) {
      const plain = { string: 'string', boolean: 'boolean' }[[types].flat().find((name) => name !== 'null')];
      if (plain) same(`Exclude<${type}['${property}'], null | undefined | Date>`, plain);
      if (types.includes('null')) same(`Extract<null, ${type}['${property}']>`, 'null');
    }
  }
  const readOnly = properties(schemas.Client).filter(([, property]) => property.readOnly);
  const writable = properties(schemas.UpdateClient).map(([property]) => property);
  same(
    "Exclude<keyof ClientUpdate, 'extra'>",
    union([...writable, ...readOnly.map(([property]) => property)]),
  );

  await withProject({ 'package.json': '{}', 'contract.mts': `${lines.join('\n')}\n` }, (folder) => {
    const messages = typeCheck(folder).map((message) => {
      const line = Number(message.match(/\((\d+),/)?.[1]);
      return `${lines[line - 1]}: ${message}`;
    });
    assert.deepEqual(messages, []);
    assert.ok(lines.length > 100);
  });
});

test('every operation of the contract is a method', async () => {
  const { CrankWheel } = require('crankwheel');
  const cw = new CrankWheel({ apiKey: 'test-key-1234' });
  for (const path of Object.values(contract.paths)) {
    for (const operation of Object.values(path)) {
      if (!operation['x-sdk-name']) continue;
      const [resource, method] = operation['x-sdk-name'].split('.');
      assert.equal(typeof cw[resource][camel(method)], 'function', operation['x-sdk-name']);
      const { 'x-sdk-error': _, ...responses } = operation.responses;
      for (const response of Object.values(responses)) {
        if (response['x-sdk-error']) assert.ok(require('crankwheel')[response['x-sdk-error']]);
      }
    }
  }
});
