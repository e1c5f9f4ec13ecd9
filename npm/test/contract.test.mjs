// The package's types and classes are those of the contract, including which fields can be null.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { typeCheck, withProject } from './support/consumer.mjs';
import { camel, contract, fields, properties, reference, schemas, whole } from './support/contract.mjs';

const require = createRequire(import.meta.url);
const { native } = require('../dist/native.js');

const MODELS = ['Client', 'Settings', 'Plan', 'ClientUsage', 'ClientBilling', 'BillingPeriod', 'PlanProRata'];
MODELS.push('BillingOverview', 'LoginOption');
const TABLES = ['UsageHistory', 'UsageStats', 'UserStats', 'Session'];

const union = (names) => names.map((name) => `'${name}'`).join(' | ') || 'never';

function typeOf(owner, property) {
  if (reference(property)) return reference(property);
  const type = property['x-sdk-type'] ?? property.type;
  const plain = {
    string: property.format === 'date-time' ? 'Date' : 'string',
    'date-time': 'Date',
    boolean: 'boolean',
    integer: 'number',
    number: 'number',
    object: () => `Readonly<Record<string, ${reference(property.additionalProperties ?? {})}>>`,
    array: () => listOf(owner, property),
  }[type];
  const name = typeof plain === 'function' ? plain() : plain;
  if (!property.nullable) return name;
  return TABLES.includes(owner) ? `${name} | null` : `${name} | null | undefined`;
}

function listOf(owner, property) {
  const item = property['x-sdk-items'] ?? reference(property.items);
  if (owner === 'ClientBilling') return `readonly ${item}[]`;
  return item.endsWith('Stats') ? `${item}List` : `${item}List`;
}

test('the core has the models and fields of the contract', () => {
  const names = native.schema().map((model) => model.name);
  assert.deepEqual(names.sort(), [...MODELS].sort());
  for (const { name, fields: known } of native.schema()) {
    assert.deepEqual(
      known.map((field) => field.jsonName).sort(),
      fields(schemas[name])
        .map(([wire]) => wire)
        .sort(),
      name,
    );
    assert.deepEqual(
      known.map((field) => field.name).sort(),
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
    "type Members = 'extra' | 'toJSON' | 'wireText' | 'columns' | 'toRows' | 'toArrowIPC';",
    'void sdk;',
  ];
  const same = (a, b) => lines.push(`export const _${lines.length}: Same<${a}, ${b}> = true;`);
  for (const name of [...MODELS, ...TABLES]) {
    const own = properties(schemas[name]);
    // What the SDK adds: `clientId` to the rows of a usage history, and methods to the history.
    const added = TABLES.includes(name) ? " | 'clientId' | 'withClients' | 'countMeetings'" : '';
    same(`Exclude<keyof ${name}, Members${added}>`, union(own.map(([property]) => property)));
    for (const [property, schema] of own) same(`${name}['${property}']`, typeOf(name, schema));
  }
  const derived = [
    ...properties(schemas.LoginLink).map(([name]) => name),
    ...schemas.LoginLink['x-sdk-derived'].map(camel),
  ];
  same("Exclude<keyof LoginLink, 'toJSON' | 'toString' | 'fingerprint'>", union(derived));
  // Inputs have the same names; values are compared by their plain type.
  const inputs = { ClientFields: 'CreateClient', SettingsFields: 'UpdateSettings' };
  for (const [type, schema] of Object.entries(inputs)) {
    const own = properties(schemas[schema]);
    const only = type === 'SettingsFields' ? " | 'contentFilterRegex'" : '';
    same(`Exclude<keyof ${type}, 'extra'${only}>`, union(own.map(([property]) => property)));
    for (const [property, schema] of own) {
      const plain = { string: 'string', boolean: 'boolean' }[schema.type ?? whole(schema).type];
      if (plain) same(`Exclude<${type}['${property}'], null | undefined | Date>`, plain);
      if (schema.nullable) same(`Extract<null, ${type}['${property}']>`, 'null');
    }
  }
  const readOnly = properties(schemas.Client).filter(([, property]) => property['x-read-only']);
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
