import endToEnd from './jest.e2e.config.js';

/** Tests that take minutes, on real parts or for every case: `*.heavy.spec.ts`. CI runs those of them that it can rely on, after all the others. */
/** @type {import('jest').Config} */
export default {
  ...endToEnd,
  testMatch: ['**/*.heavy.spec.js'],
  // A guard against what hangs, no statement about how fast a test is.
  testTimeout: 30 * 60_000,
};
