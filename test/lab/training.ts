import { copyFileSync, rmSync } from 'node:fs';
import { type Archives, RECORDINGS } from './archives.js';
import { setUpCluster } from './cluster-setup.js';
import { until } from './condition.js';
import { ConnectPart } from './connect.js';
import { startFlow } from './flow.js';
import { BOOTSTRAP_CHECKPOINT, KafkaPart } from './kafka.js';
import type { Layout } from './layout.js';
import { isAlive, logTail, type Processes, signal } from './processes.js';
import type { ProcessRecord, RunDirectory } from './run-directory.js';

const WRITTEN_WITHIN_MS = 60_000;

/**
 * Runs two brokers and a worker that mirrors between them, and keeps the classes they loaded for all later starts.
 * Once for each JDK and set of jars; leaves no data behind.
 */
export async function recordArchives(
  layout: Layout,
  run: RunDirectory,
  processes: Processes,
  archives: Archives,
): Promise<void> {
  const recorded = new KafkaPart('b', layout, run, { writeAtExit: archives.draft('kafka.jsa') });
  const worker = new ConnectPart('b', layout, run, { writeAtExit: archives.draft('connect.jsa') });
  const [broker] = await Promise.all([
    processes.startPart(recorded),
    processes.startPart(new KafkaPart('a', layout, run, 'none')),
  ]);
  await Promise.all([setUpCluster(layout, run, 'a'), setUpCluster(layout, run, 'b')]);
  const connect = await processes.startPart(worker);
  await startFlow(layout, run, 'a', 'b');
  // The worker first: it says goodbye to the broker.
  await written(connect);
  await written(broker);
  copyFileSync(run.file('b', 'kafka', BOOTSTRAP_CHECKPOINT), archives.draft(BOOTSTRAP_CHECKPOINT));
  for (const recording of RECORDINGS) archives.keep(recording);
  await processes.kill((record) => record.name === 'kafka');
  for (const site of ['a', 'b']) rmSync(run.file(site), { recursive: true, force: true });
}

async function written(record: ProcessRecord): Promise<void> {
  signal(record, 'SIGTERM');
  await until(`${record.name} wrote its class archive`, WRITTEN_WITHIN_MS, () =>
    isAlive(record) ? Promise.reject(new Error(logTail(record.log))) : Promise.resolve(),
  );
}
