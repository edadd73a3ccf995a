import type { WorkerKind } from '#libs/domain';
import { Reassertion, ReassertionTally, ResourceLanes, StepWorker } from '#libs/jobs';
import { SiteGuard } from '../../../apps/site-guard/src/site-guard.js';
import type { SimProcess } from '../kernel/sim-process.js';
import type { Stage } from './stage.js';

/** What a site has beside its guard. */
export const WORKERS: readonly WorkerKind[] = ['mirror-switcher', 'dns-switcher', 'config-switcher'];

/** The real loops of a worker process, as its module puts them together, on the resources of the world. */
export function startWorker(stage: Stage, process: SimProcess, worker: WorkerKind): void {
  const { etcd, world, policy, queues } = stage;
  const { clock, log, readiness, site, id } = process;
  const journal = etcd.connection(process, policy.requestTimeoutMs);
  const lanes = new ResourceLanes();
  const resolve = world.reachedBy(process);
  const doorbell = queues.get(site)?.bell(process);
  const ports = { journal, clock, readiness, ...(doorbell && { doorbell }) };
  new StepWorker(ports, { site, worker, process: id, pollMs: policy.pollMs }, resolve, lanes).start();
  // Only what is weak is given back, and that is mirrors.
  if (worker !== 'mirror-switcher') return;
  const tally = new ReassertionTally(journal, clock, id);
  const keeping = {
    site,
    worker,
    reassertMs: policy.reassertMs,
    callTimeoutMs: policy.stepTimeoutMs,
    mayKeep: () => true,
  };
  new Reassertion({ journal, clock, log, readiness, tally }, keeping, resolve, lanes).start();
}

/** The real guard of a site, on its Kafka and its listener. */
export function startGuard(stage: Stage, process: SimProcess): void {
  const { etcd, world, policy, topology, draw } = stage;
  const { clock, log, readiness, site, id } = process;
  const kafka = world.kafkaAt(site);
  const guard = new SiteGuard(
    { topology, site, process: id },
    {
      journal: etcd.connection(process, policy.requestTimeoutMs),
      clock,
      random: draw,
      log,
      readiness,
      open: (_cluster, behind) => kafka.open(process, behind),
      listener: () => process.using(kafka.listener),
    },
  );
  guard.start();
}
