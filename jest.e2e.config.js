/** Tests on real parts: `*.e2e.spec.ts`, one at a time, since they share the machine's loopback addresses. */
/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.e2e.spec.js'],
  transform: {},
  maxWorkers: 1,
  // A guard against what hangs, no statement about how fast a test is.
  testTimeout: 300_000,
  // A test that failed may leave a connection open, and a CI that waits for it says nothing until it is cut off.
  // What is left open is shown all the same.
  forceExit: true,
  globalTeardown: '<rootDir>/dist/test/e2e/left-open.js',
};
