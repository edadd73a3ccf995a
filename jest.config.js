/** Unit, scenario and architecture tests: everything that needs no real part. Runs on the built output. */
/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.spec.js'],
  testPathIgnorePatterns: ['\\.(e2e|heavy)\\.spec\\.js$'],
  transform: {},
  // A guard against what hangs, not a measurement: a busy machine may take its time.
  testTimeout: 60_000,
  // Jest leaves a core to whoever watches; of two cores that is half of them.
  maxWorkers: '100%',
  coverageProvider: 'v8',
};
