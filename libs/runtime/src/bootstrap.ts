import type { Application } from './application.js';

/**
 * Runs a process from start to end; see `process.ts`. Loaded on demand, so that the command line, which needs a clock
 * and no server, does not pay for Nest.
 */
export async function bootstrap(application: Application): Promise<void> {
  const { run } = await import('./process.js');
  await run(application);
}
