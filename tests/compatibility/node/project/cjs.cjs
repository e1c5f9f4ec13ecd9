const crankwheel = require('crankwheel');
const sandbox = require('crankwheel/sandbox');
const { check } = require('./work.cjs');

check(crankwheel, sandbox).then((result) => console.log(result));
