/** Tests on real parts: `*.e2e.spec.ts`, one at a time, since they share the machine's loopback addresses. */
/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.e2e.spec.js'],
  transform: {},
  maxWorkers: 1,
  testTimeout: 300_000,
};
