import heavy from './jest.heavy.config.js';

/** What asks an API server and runs no pods: mostly it waits, so that two of them get along on two cores. */
/** @type {import('jest').Config} */
export default {
  ...heavy,
  maxWorkers: 2,
  setupFiles: ['<rootDir>/dist/test/kubernetes/lab-of-worker.js'],
};
