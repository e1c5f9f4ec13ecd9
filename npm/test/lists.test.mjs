// Lists are read-only arrays: all methods, comparison, cloning, and rows that are not stored.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect, isDeepStrictEqual } from 'node:util';
import { Client, List } from 'crankwheel';
import { json, withServer } from './support/server.mjs';

const NAMES = ['anna', 'bert', 'carl', 'dora'];

function rows(names) {
  return names.map((sname, index) => ({ id: index + 1, sname, settings: { id: `s-${index}` } }));
}

/** Calls `use` with lists of clients with these names. */
async function withLists(lists, use) {
  let next = 0;
  await withServer(
    (_, response) => json(response, rows(lists[next++])),
    async (cw) => {
      const read = [];
      for (const _ of lists) read.push(await cw.clients.list());
      await use(...read);
    },
  );
}

test('every method of arrays that changes nothing returns what it returns for an array of the same rows', async () => {
  const id = ({ id }) => id;
  const calls = {
    at: [[0], [-1], [4], [-5], ['1'], [Number.NaN]],
    concat: [[], [[1, 2]], [5]],
    entries: [[]],
    every: [[({ id }) => id > 0], [({ id }) => id > 1]],
    filter: [[({ id }) => id > 1]],
    find: [[({ id }) => id > 1], [() => false]],
    findIndex: [[({ id }) => id > 1], [() => false]],
    findLast: [[({ id }) => id < 4], [() => false]],
    findLastIndex: [[({ id }) => id < 4], [() => false]],
    flat: [[]],
    flatMap: [[({ id }) => [id, id]]],
    forEach: [[id]],
    includes: [],
    indexOf: [],
    join: [[], ['-']],
    keys: [[]],
    lastIndexOf: [],
    map: [[id], [(_, index) => index]],
    reduce: [[(all, { id }) => all + id, 0], [(all) => all]],
    reduceRight: [[(all, { id }) => all + id, ''], [(all) => all]],
    slice: [[], [1], [-2], [1, 3], [-3, -1], [9], [1.5], [undefined, undefined]],
    some: [[({ id }) => id > 3], [() => false]],
    toLocaleString: [[]],
    toReversed: [[]],
    toSorted: [[(a, b) => b.id - a.id]],
    toSpliced: [
      [1, 2],
      [0, 1, 'x'],
    ],
    toString: [[]],
    values: [[]],
    with: [
      [1, 'x'],
      [-1, 'x'],
    ],
  };
  const changing = ['copyWithin', 'fill', 'pop', 'push', 'reverse', 'shift', 'sort', 'splice', 'unshift'];
  const methods = Object.getOwnPropertyNames(Array.prototype).filter(
    (name) => !['constructor', 'length'].includes(name),
  );
  assert.deepEqual(methods.filter((name) => !changing.includes(name)).sort(), Object.keys(calls).sort());
  const plain = (value) => (typeof value?.next === 'function' ? [...value] : value);
  await withLists([NAMES], (list) => {
    const array = list.toArray();
    for (const [name, all] of Object.entries(calls)) {
      for (const args of all) {
        assert.deepStrictEqual(plain(list[name](...args)), plain(array[name](...args)), `${name}(${args})`);
      }
    }
    for (const name of changing) {
      assert.throws(() => list[name](0, 1), TypeError, name);
      assert.equal(list.length, 4);
    }
    for (const name of ['map', 'find', 'every', 'reduce', 'forEach', 'filter']) {
      assert.throws(() => list[name](5), /^TypeError: callback: must be a function, got 5$/, name);
    }
    const copies = [
      list.map(id),
      list.filter(id),
      list.slice(),
      list.concat([1]),
      list.toSorted(() => 0),
      list.flat(),
    ];
    for (const copy of copies) assert.equal(Object.getPrototypeOf(copy), Array.prototype);
    assert.deepEqual([...[0].concat(list)].length, 5);
    assert.deepEqual(Array.from(list, id), [1, 2, 3, 4]);
    const self = {};
    list.forEach(function () {
      assert.equal(this, self);
    }, self);
  });
});

test('a list is an array with elements that cannot be changed', async () => {
  await withLists([NAMES], (list) => {
    assert.ok(Array.isArray(list) && list instanceof List);
    assert.ok(
      0 in list && '3' in list && !(4 in list) && !('-1' in list) && !('01' in list) && 'map' in list,
    );
    assert.deepEqual(Object.keys(list), ['0', '1', '2', '3']);
    assert.deepEqual(Object.getOwnPropertyDescriptor(list, 'length').value, 4);
    assert.ok(Object.hasOwn(list, 2) && !Object.hasOwn(list, 4));
    assert.equal(Object.getOwnPropertyDescriptor(list, 1).value.id, 2);
    const changes = [
      () => (list[0] = 1),
      () => (list[4] = 1),
      () => (list.length = 0),
      () => (list.colour = 1),
      () => delete list[0],
      () => Object.defineProperty(list, 0, { value: 1 }),
      () => Object.setPrototypeOf(list, null),
      Function('list', 'list[0] = 1').bind(null, list),
    ];
    for (const change of changes) assert.throws(change, /^TypeError: .*read-only/, String(change));
    assert.equal(list[0].id, 1);
    assert.throws(() => structuredClone(list), { name: 'DataCloneError' });
    assert.throws(() => structuredClone({ list }), { name: 'DataCloneError' });
    assert.equal(structuredClone(list.toArray())[1].sname, 'bert');
    assert.equal(JSON.parse(JSON.stringify({ list })).list[3].sname, 'dora');
    const before = list.toArray();
    assert.ok(Object.isFrozen(Object.freeze(list)));
    assert.deepStrictEqual([list.length, list.toArray(), list[4]], [4, before, undefined]);
    assert.equal(list[1], list[1], 'a frozen list has stored its rows');
    assert.throws(() => (list[0] = 1), TypeError);
    assert.match(inspect(list), /^ClientList\(4\) \[ \[Client\], .* 1 more \]/);
  });
});

test('lists are equal if their rows are', async () => {
  const others = [
    ['bert', 'anna', 'carl', 'dora'],
    ['anna', 'bert', 'carl'],
    ['anna', 'bert', 'carl', 'dorA'],
    [],
  ];
  await withLists([NAMES, NAMES, ...others], (list, same, ...different) => {
    assert.deepStrictEqual(list, same);
    assert.ok(isDeepStrictEqual({ list }, { list: same }));
    for (const other of different) {
      assert.notDeepStrictEqual(list, other);
      assert.notDeepStrictEqual([list], [other]);
      assert.ok(!isDeepStrictEqual(new Map([[1, list]]), new Map([[1, other]])));
    }
  });
});

test('rows are the same through proxies, as Vue and Immer create them', async () => {
  await withLists([NAMES], (list) => {
    const proxy = new Proxy(list, {});
    assert.deepEqual([proxy.length, proxy[1].id, proxy.at(-1).id], [4, 2, 4]);
    assert.deepEqual(
      [...proxy].map(({ id }) => id),
      proxy.map(({ id }) => id),
    );
    assert.equal(JSON.stringify(proxy), JSON.stringify(list));
    assert.ok(proxy[0] instanceof Client);
  });
});

test('a long list creates only the rows that are accessed', async () => {
  const session = '{"email":"a@b.example","sname":"acme","lname":null,"duration":12}';
  const body = `{"stats":{"user_stats":[]},"sessions":[${`${session},`.repeat(199_999)}${session}]}`;
  await withServer(
    (_, response) => json(response, body),
    async (cw) => {
      const { sessions } = await cw.reseller.usage();
      const begin = process.memoryUsage().heapUsed;
      let seconds = 0;
      for (let index = 0; index < sessions.length; index += 1) seconds += sessions[index].duration;
      for (const { duration } of sessions) seconds += duration;
      assert.equal(seconds, 2 * 12 * 200_000);
      assert.equal(sessions.at(-1).duration, 12);
      // Rows that were kept would take more than 20 MB. Without --expose-gc, garbage can remain.
      assert.ok(process.memoryUsage().heapUsed - begin < 60e6);
    },
  );
});
