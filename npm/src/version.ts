// The version of the package.

import { native } from './native';

/** The version of this package. */
export const VERSION: string = native.version();
