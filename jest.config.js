/** Unit, scenario and architecture tests: everything that needs no real part. Runs on the built output. */
/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.spec.js'],
  testPathIgnorePatterns: ['\\.e2e\\.spec\\.js$'],
  transform: {},
  coverageProvider: 'v8',
};
