// The version of the package.

/** The version of this package. */
export const VERSION: string = (require('../package.json') as { version: string }).version;
