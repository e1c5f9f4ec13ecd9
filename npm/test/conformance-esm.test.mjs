// The conformance table through `import`.

import * as sdk from 'crankwheel';
import { testConformance } from './support/conformance.mjs';

testConformance('ESM', sdk);
