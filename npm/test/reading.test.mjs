// Models that `JSON.parse` and the generated constructors read are those that the core decodes, whatever the raw JSON has.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const sdk = require('../dist/index.js');
const { native } = require('../dist/native.js');
const { model } = require('../dist/model.js');
const { readExactForm, time } = require('../dist/readers.js');

/** Returns a function of pseudo-random numbers below its argument. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const TIMES = [
  '2019-02-28T23:59:59Z',
  '2019-02-01T00:00:00.0Z',
  '2020-04-23T09:56:02.000001Z',
  '2019-02-28T10:09:30.701107',
  '2019-03-03 15:08:10.0Z',
  '2019-03-03T16:08:10+01:00',
  '2019-03-03T15:08:10.25Z',
  '2019-03-03T15:08:10.123456789Z',
  '2019-03-03T15:08:60Z',
  '2019-03-03T15:08:10z',
  '2019-03-03t15:08:10Z',
  '2019-03-03T15:08:10.Z',
  '2019-03-03T15:08:1Z',
  '2019-03-03T15:08Z',
  '2019-03-03T24:00:00Z',
  '2019-02-29T00:00:00Z',
  '2020-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2100-02-28T12:00:00.999999Z',
  '2019-02-30T00:00:00Z',
  '2019-00-10T00:00:00Z',
  '2019-01-00T00:00:00Z',
  '2019-13-01T00:00:00Z',
  '1969-12-31T23:59:59.999500Z',
  '1970-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-30T22:00:00.999999Z',
  '2019-03-03T-1:08:10Z',
  '2019-03-03T15:08:10,5Z',
  ' 2019-03-03T15:08:10Z',
  '2019-03-03',
  '2019-W10-1',
  'March 3, 2019',
  '2019-3-3T15:08:10Z',
  '+002019-03-03T15:08:10Z',
  '１２３４-03-03T15:08:10Z',
  '2019-02-28T23:59:59[Europe/Berlin]',
  '2019-02-28T23:59:59+01:00[Europe/Berlin]',
  'yesterday',
  '',
];

const STRINGS = [
  '""',
  '"acme"',
  '"\\u00e9t\\u00e9"',
  '"\\ud83d\\ude00"',
  '"half \\ud800"',
  '"\\udfff\\n"',
  '"\\\\ud800"',
  '"ünï"',
];
const NUMBERS = [
  ...[
    '0',
    '-0',
    '-0.0',
    '5',
    '5.0',
    '5e0',
    '5.5',
    '1e3',
    '-7',
    '1e300',
    '1e999',
    '-1e999',
    '99999999',
    '0.1',
  ],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993', '9007199254740993.0'],
  ...['9223372036854775807', '9223372036854775808', '99999999999999999999', '0.02059690004832178', '1E2'],
];
const OTHERS = ['true', 'false', 'null', '[]', '{}', '[5]', '["9007199254740993"]', '{"id": 5}', '[null]'];
const IDS = [
  '5',
  '27084',
  '"27084"',
  '"007"',
  '9007199254740993',
  '"9007199254740993"',
  '9223372036854775807',
];
const UNKNOWN = [
  '"newer"',
  '"__proto__"',
  '"constructor"',
  '"\\ud800"',
  '"5"',
  '"audit_log"',
  '"extra"',
  '"toJSON"',
  '"auditLog"',
];

/** Creates raw JSON of the models, most of which the core accepts. */
class Generator {
  constructor(seed) {
    this.random = random(seed);
  }

  one(values) {
    return values[this.random(values.length)];
  }

  any() {
    const text = () => JSON.stringify(this.one(TIMES));
    return this.one([() => this.one(STRINGS), () => this.one(NUMBERS), () => this.one(OTHERS), text])();
  }

  /** Returns a value that fits a field, and now and then any value. */
  value({ kind }) {
    const fits = {
      string: () => this.one(STRINGS),
      boolean: () => this.one(['true', 'false']),
      integer: () => this.one(IDS),
      number: () => this.one(NUMBERS),
      'date-time': () => JSON.stringify(this.one(TIMES)),
      Settings: () => this.object('Settings'),
      'map of PlanProRata': () => this.plans(),
      'list of BillingPeriod': () => this.list('BillingPeriod'),
      'list of ClientBilling': () => this.list('ClientBilling'),
    };
    return this.random(12) === 0 ? this.any() : fits[kind]();
  }

  list(kind) {
    return `[${Array.from({ length: this.random(4) }, () => this.object(kind)).join(', ')}]`;
  }

  plans() {
    const name = () => this.one(['"plan_1"', '"plan_2"', '"__proto__"', '"7"', '"\\ud801"', '"plan_1"']);
    return `{${Array.from({ length: this.random(4) }, () => `${name()}: ${this.object('PlanProRata')}`).join(', ')}}`;
  }

  object(kind) {
    const members = [];
    for (const field of SCHEMA[kind]) {
      const times = this.one(field.nullable ? [0, 1, 1, 1, 2] : [1, 1, 1, 1, 1, 1, 2]);
      for (let time = 0; time < times; time += 1) {
        const aliases = {
          content_filter_pattern: 'black_list_pattern',
          content_filter_regex: 'black_list_regex',
        };
        const name = (this.random(2) && aliases[field.jsonName]) || field.jsonName;
        members.push(`"${name}": ${this.value(field)}`);
      }
    }
    while (this.random(4) === 0) members.push(`${this.one(UNKNOWN)}: ${this.any()}`);
    // The order is not always that of the API document.
    if (this.random(3) === 0) members.sort(() => this.random(3) - 1);
    return `{${members.join(', ')}}`;
  }
}

const SCHEMA = Object.fromEntries(native.schema().map(({ name, fields }) => [name, fields]));

/** Returns everything that can be seen of a model, in order. */
function seen(value) {
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return [Object.isFrozen(value), value.map(seen)];
  const own = Reflect.ownKeys(value).map((key) => {
    const { value: member, ...flags } = Object.getOwnPropertyDescriptor(value, key);
    return typeof key === 'symbol' ? String(key) : [key, seen(member), flags];
  });
  const wire = value instanceof sdk.Model ? value.wireText : undefined;
  return [Object.getPrototypeOf(value)?.constructor?.name, Object.isFrozen(value), wire, own];
}

for (const kind of Object.keys(SCHEMA).filter((name) => name !== 'BillingOverview')) {
  test(`${kind}: 4,000 bodies are read as the core reads them`, () => {
    const Class = sdk[kind];
    let accepted = 0;
    for (let seed = 1; seed <= 4_000; seed += 1) {
      const text = new Generator(seed * 7919).object(kind);
      let exact;
      try {
        exact = native.exactJson(kind, text);
      } catch {
        continue;
      }
      accepted += 1;
      const expected = readExactForm(exact, (own) => new Class(own, text));
      const read = model(Class)(text);
      assert.deepEqual(seen(read), seen(expected), text);
      assert.equal(read.wireText, text);
    }
    assert.ok(accepted > 400, `only ${accepted} are valid`);
  });
}

test('parts have their own raw JSON, exactly as received', () => {
  const settings = '{ "id": "7",  "audit_log": true, "newer": 1.50 }';
  const client = model(sdk.Client)(`{"settings": {"id": "old"}, "id": 5, "settings": ${settings}}`);
  assert.equal(client.settings.wireText, settings);
  for (const absent of ['{"id": 5}', '{"id": 5, "settings": null}', '{"id": 5, "settings": []}']) {
    const { settings: empty, wireText } = model(sdk.Client)(absent);
    assert.deepEqual([empty.wireText, empty.id, wireText], ['{}', '', absent]);
  }
  const plan = (units) => `{"units":  ${units}}`;
  const period = (seconds) => `{"effective_seconds":  ${seconds}, "pro_rata": 0.50}`;
  const bill = model(sdk.ClientBilling)(
    `{"company_id": "5", "total_period_seconds": 10, "periods": [${period(4)}, ${period(6)}],
      "plans_pro_rata": {"plan_2": ${plan('1.0')}, "7": ${plan('2.0')}, "plan_2": ${plan('3.0')}, "__proto__": ${plan('4.0')}}}`,
  );
  assert.deepEqual(
    bill.periods.map((each) => each.wireText),
    [period(4), period(6)],
  );
  const texts = Object.entries(bill.plansProRata).map(([name, { wireText }]) => [name, wireText]);
  assert.deepEqual(texts, [
    ['7', plan('2.0')],
    ['plan_2', plan('3.0')],
    ['__proto__', plan('4.0')],
  ]);
});

test('timestamps are those of the core in every form', () => {
  const milliseconds = (text) => time(text)?.getTime();
  for (const text of TIMES) assert.equal(milliseconds(text) ?? null, native.timestamp(text), text);
  assert.equal(milliseconds('2020-04-23T09:56:02.000001Z'), Date.UTC(2020, 3, 23, 9, 56, 2));
  const next = random(11);
  const pad = (number, count) => String(number).padStart(count, '0');
  let valid = 0;
  for (let turn = 0; turn < 20_000; turn += 1) {
    const [year, month, day] = [1960 + next(150), next(14), next(33)];
    const [hour, minute, second] = [next(26), next(61), next(61)];
    const digits = next(8);
    const fraction = digits === 0 ? '' : `.${pad(next(10 ** digits), digits)}`;
    const clock = [hour, minute, second].map((part) => pad(part, 2)).join(':');
    const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}${fraction}${next(3) ? 'Z' : ''}`;
    const expected = native.timestamp(text);
    assert.equal(milliseconds(text) ?? null, expected, text);
    if (expected !== null) valid += 1;
  }
  assert.ok(valid > 10_000);
});
