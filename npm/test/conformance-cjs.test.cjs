// The conformance table through `require`.

const sdk = require('crankwheel');

import('./support/conformance.mjs').then(({ testConformance }) => testConformance('CommonJS', sdk));
