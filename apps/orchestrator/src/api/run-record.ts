import { decodeOrThrow, RunWire, type RunAnswer } from '#libs/contracts';
import { runId, type Run } from '#libs/domain';
import { keys, type Journal } from '#libs/journal';
import { stepsOf } from '../group/group-view.js';
import { ApiError } from './api-error.js';

/** A run with its steps, at one revision. @throws ApiError when there is none of that name */
export async function readRun(journal: Journal, id: string): Promise<RunAnswer> {
  const snapshot = await journal.read(keys.runRecords(runId(id)));
  const entry = snapshot.entries.find(({ key }) => key === keys.run(runId(id)));
  if (!entry) {
    throw new ApiError(404, 'SB_UNKNOWN_RUN', `There is no run ${id}.`, 'See which there are: signalbox runs');
  }
  const run = decodeOrThrow(RunWire, entry.value, entry.key);
  return { run, steps: stepsOf(snapshot, run).map(({ value }) => value) };
}

/** Every run that the journal still holds, latest first. @throws UnavailableError */
export async function readRuns(journal: Journal): Promise<readonly Run[]> {
  const { entries } = await journal.read(keys.runs());
  const runs = entries.filter(({ key }) => key.endsWith('/run'));
  return runs.map(({ key, value }) => decodeOrThrow(RunWire, value, key)).toSorted((a, b) => b.startedAt - a.startedAt);
}
