import * as crankwheel from 'crankwheel';
import * as sandbox from 'crankwheel/sandbox';
import { expect, test } from 'vitest';
import { check } from './work.cjs';

test('the work', async () => {
  expect(await check(crankwheel, sandbox)).toBe('ok');
});
