import { Evaluation } from '../../../apps/orchestrator/src/group/evaluation.js';
import { Dispatcher } from '../../../apps/orchestrator/src/dispatch/dispatcher.js';
import type { KnownGroup } from '../../../apps/orchestrator/src/group/group-directory.js';
import { GroupLoop } from '../../../apps/orchestrator/src/group/group-loop.js';
import { GroupPulse } from '../../../apps/orchestrator/src/group/group-pulse.js';
import { GroupReader } from '../../../apps/orchestrator/src/group/group-reader.js';
import { leaderName } from '../../../apps/orchestrator/src/group/group-transaction.js';
import { GroupVersions } from '../../../apps/orchestrator/src/group/group-versions.js';
import type { GroupView } from '../../../apps/orchestrator/src/group/group-view.js';
import { Leadership } from '../../../apps/orchestrator/src/group/leadership.js';
import { NameNotes } from '../../../apps/orchestrator/src/group/name-notes.js';
import { ReassertionNotes } from '../../../apps/orchestrator/src/group/reassertion-notes.js';
import { Retention } from '../../../apps/orchestrator/src/group/retention.js';
import { SelfFenceWatch } from '../../../apps/orchestrator/src/group/self-fence-watch.js';
import { KeptAnswers } from '../../../apps/orchestrator/src/operation/kept-answers.js';
import { Operations } from '../../../apps/orchestrator/src/operation/operations.js';
import { RunDriver } from '../../../apps/orchestrator/src/run/run-driver.js';
import { ThisProcess } from '../../../apps/orchestrator/src/this-process.js';
import type { SimProcess } from '../kernel/sim-process.js';
import { GROUP, keyOf, SITES, W } from '../world/ground.js';
import type { Stage } from './stage.js';

const LOOKS_PER_ROUND = { calm: 2, urgent: 10 } as const;

/** The real orchestrator of a site, as its module puts it together: the group's loop, the dispatcher, and what people ask. */
export class SimOrchestrator {
  readonly operations: Operations;
  readonly group: KnownGroup;

  constructor(
    stage: Stage,
    readonly process: SimProcess,
  ) {
    const { topology, settings, keyring, policy, etcd, draw } = stage;
    const { clock, log, readiness } = process;
    const { fenceMarginMs, requestTimeoutMs: commitMs, leaderTtlMs: ttlMs, leaderLagMaxMs: lagMaxMs, roundMs } = policy;
    const journal = etcd.connection(process, commitMs);
    const newReader = () => new GroupReader(journal, settings, keyring, log);
    const selfFences = new SelfFenceWatch(clock, fenceMarginMs);
    const parts = {
      selfFences,
      reader: newReader(),
      evaluation: new Evaluation(settings, SITES, clock, draw),
      driver: new RunDriver(settings, clock, selfFences),
      notes: new ReassertionNotes(clock),
      nameNotes: new NameNotes(clock),
      versions: new GroupVersions(readiness),
      retention: new Retention(journal, clock, policy.retentionDays),
    };
    const ports = { journal, clock, log, readiness, timeSamples: () => process.timeSamples() };
    const leadership = new Leadership(ports, { ttlMs, commitMs, lagMaxMs });
    const name = leaderName(process.id, String(process.incarnation));
    let looks: number = LOOKS_PER_ROUND.calm;
    const onView = ({ state }: GroupView) => {
      looks = state.phase === 'steady' ? LOOKS_PER_ROUND.calm : LOOKS_PER_ROUND.urgent;
    };
    const actor = { kind: 'process', id: process.id } as const;
    const loop = new GroupLoop(parts, journal, clock, leadership, { name, actor }, onView);
    const pulse = new GroupPulse({
      clock,
      settle: () => loop.settle(),
      restMs: () => roundMs / looks,
      onAvailable: () => readiness.ready('journal'),
      onUnavailable: ({ message }) => readiness.missing('journal', message),
    });
    void pulse.run();
    const queue = stage.queues.get(process.site);
    if (queue && process.site !== W)
      new Dispatcher(journal, queue.bell(process), process.site, clock).start(policy.pollMs);
    const self = new ThisProcess({
      site: process.site,
      process: process.id,
      topology,
      topologyHash: 'simulated',
      signingKey: keyOf(process.site),
    });
    this.group = { id: GROUP, settings, reader: newReader() };
    this.operations = new Operations(self, journal, new KeptAnswers(journal), clock, draw);
  }
}
