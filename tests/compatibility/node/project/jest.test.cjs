const crankwheel = require('crankwheel');
const sandbox = require('crankwheel/sandbox');
const { check } = require('./work.cjs');

test('the work', async () => {
  expect(await check(crankwheel, sandbox)).toBe('ok');
});

test('errors are of the classes of this realm', async () => {
  const cw = new crankwheel.CrankWheel({ apiKey: 'test-key-1234' });
  const error = await cw.clients.get('no id').catch((error) => error);
  expect(error).toBeInstanceOf(Error);
  expect(error).toBeInstanceOf(crankwheel.InvalidRequestError);
});
