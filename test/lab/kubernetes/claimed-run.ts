import { LabError } from '../lab-error.js';
import { isAlive, self } from '../processes.js';
import type { RunDirectory } from '../run-directory.js';

/**
 * A run directory of this process. One that somebody still owns is not touched; of one that a killed process left, `end` ends what
 * still runs, and the rest is cleared away. Synchronous.
 */
export function claimed(run: RunDirectory, end: (run: RunDirectory) => void): RunDirectory {
  const owner = run.owner();
  if (owner !== undefined && isAlive(owner)) {
    throw new LabError(
      `${run.path} belongs to process ${owner.pid}: end it, or set SIGNALBOX_LAB_NET to another number`,
    );
  }
  if (run.exists()) {
    end(run);
    run.remove();
  }
  run.create();
  run.setOwner({ ...self(), addedAddresses: [] });
  return run;
}
