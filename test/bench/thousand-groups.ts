import { signVote } from '#libs/contracts';
import { clusterId, groupId, processId, type SiteId } from '#libs/domain';
import { InMemoryJournal, keys, Membership, SCHEMA, type Change } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, SystemClock, SystemRandom, TimeSense } from '#libs/runtime';
import { DEFAULT_POLICY, type Topology } from '#libs/topology';
import { FITNESS_WINDOW_MS } from '../../apps/orchestrator/src/group/fitness.js';
import { GroupDirectory } from '../../apps/orchestrator/src/group/group-directory.js';
import { GroupLoops } from '../../apps/orchestrator/src/group/group-loops.service.js';
import { groupPulse } from '../../apps/orchestrator/src/group/group-pulses.js';
import { Leadership } from '../../apps/orchestrator/src/group/leadership.js';
import { LocalView } from '../../apps/orchestrator/src/observation/local-view.js';
import { ThisProcess } from '../../apps/orchestrator/src/this-process.js';
import { EventFeed } from '../../apps/orchestrator/src/view/event-feed.js';
import { JournalFollower } from '../../apps/orchestrator/src/view/journal-follower.js';
import { VoteAges } from '../../apps/orchestrator/src/view/vote-ages.js';
import { VerdictBoard } from '../../apps/orchestrator/src/view/verdict-board.js';
import { a, b, stageKey, stageTopology, w } from '../support/stage-topology.js';

const GROUPS = 1_000;
const SETTLE_MS = 15_000;
const MEASURED_MS = 30_000;
const clock = new SystemClock();

/** What one orchestrator takes that leads a thousand calm groups. */
export interface ThousandGroups {
  readonly groups: number;
  readonly led: number;
  readonly rssMb: number;
  /** Of one core. */
  readonly cpu: number;
  readonly looksPerSecond: number;
  /** The longest that any group was not looked at. */
  readonly unseenMsMax: number;
  readonly eventLoopLagMsMax: number;
}

function topologyOf(groups: number): Topology {
  const {
    groups: [one],
    ...rest
  } = stageTopology();
  if (!one) throw new Error('the example has no group');
  const names = Array.from({ length: groups }, (_, index) => `group-${String(index).padStart(4, '0')}`);
  return { ...rest, policy: DEFAULT_POLICY, groups: names.map((name) => groupNamed(one, name)) };
}

const groupNamed = (one: Topology['groups'][number], name: string): Topology['groups'][number] => ({
  ...one,
  id: groupId(name),
  topics: [name],
  traffic: one.traffic.map((traffic) => ({ ...traffic, name: `${name}.kafka.example` })),
});

/** Three sites that see both clusters well, and two guards that renew: at the pace of their processes. */
class Surroundings {
  private sequence = 0;

  constructor(
    private readonly journal: InMemoryJournal,
    private readonly voteTtlMs: number,
  ) {}

  start(): () => void {
    const stops = [a, b, w].map((site) => clock.every(this.voteTtlMs / 3, () => this.speak(site)));
    return () => stops.forEach((stop) => stop());
  }

  private async speak(site: SiteId): Promise<void> {
    const process = processId(`health-monitor@${site}`);
    const sequence = ++this.sequence;
    const said = {
      opinion: 'up',
      reason: 'all probes are good',
      failedForMs: 0,
      healthyForMs: 3_000 * sequence,
    } as const;
    const changes = ['kafka-a', 'kafka-b'].map((cluster): Change => {
      const draft = { site, process, incarnation: '1', sequence, cluster: clusterId(cluster), ...said, flows: [] };
      const vote = signVote(draft, stageKey(site));
      return { kind: 'put', key: keys.vote(vote.cluster, site, process), value: JSON.stringify(vote) };
    });
    const lease: Change = { kind: 'put', key: keys.guardLease(site), value: `site-guard@${site}` };
    await this.journal.commit({ conditions: [], changes: [...changes, ...(site === w ? [] : [lease])] });
  }
}

/** Runs the orchestrator's own loops in this process. */
export async function measureThousandGroups(): Promise<ThousandGroups> {
  const topology = topologyOf(GROUPS);
  const [journal, log, random] = [new InMemoryJournal(clock), new InMemoryLog(), new SystemRandom()];
  const readiness = new ProcessReadiness(log, clock);
  const process_ = processId('orchestrator@b');
  const self = new ThisProcess({
    site: b,
    process: process_,
    topology,
    topologyHash: 'bench',
    signingKey: stageKey(b),
  });
  const { leaderTtlMs: ttlMs, requestTimeoutMs: commitMs, leaderLagMaxMs: lagMaxMs, voteTtlMs } = topology.policy;
  const sense = new TimeSense(clock, FITNESS_WINDOW_MS);
  const ports = { journal, clock, log, readiness, timeSamples: () => sense.all() };
  const leadership = new Leadership(ports, { ttlMs, commitMs, lagMaxMs });
  const feed = new EventFeed();
  const board = new VerdictBoard(self, new LocalView(clock, voteTtlMs), feed);
  const membership = new Membership(
    { journal, clock, readiness, raises: true },
    { process: process_, site: b, schema: SCHEMA, handlers: [] },
    ttlMs,
  );
  const seen = new Map<string, number>();
  let [looks, unseenMsMax, isMeasured] = [0, 0, false];
  const directory = new GroupDirectory(topology, journal, log);
  for (const { id, reader } of directory.groups) {
    const read = reader.read.bind(reader);
    reader.read = () => {
      const nowMs = clock.monotonicMs();
      if (isMeasured) unseenMsMax = Math.max(unseenMsMax, nowMs - (seen.get(id) ?? nowMs));
      seen.set(id, nowMs);
      looks++;
      return read();
    };
  }
  const loopPorts = { journal, leadership, clock, random, readiness, membership, ages: new VoteAges(clock) };
  const pulses = directory.groups.map((group) => groupPulse(group, self, board, loopPorts));
  const follower = new JournalFollower(journal, feed, clock);
  const loops = new GroupLoops(pulses, { follower, leadership, sense, clock, membership });
  const stop = new Surroundings(journal, voteTtlMs).start();
  loops.onApplicationBootstrap();
  await clock.sleep(SETTLE_MS);
  [looks, isMeasured] = [0, true];
  const [cpuBefore, startedMs] = [process.cpuUsage(), clock.monotonicMs()];
  let eventLoopLagMsMax = 0;
  const watch = clock.every(1_000, async () => {
    eventLoopLagMsMax = Math.max(eventLoopLagMsMax, ...sense.since(startedMs).map(({ lagMs }) => lagMs));
  });
  await clock.sleep(MEASURED_MS);
  watch();
  const { user, system } = process.cpuUsage(cpuBefore);
  const elapsedMs = clock.monotonicMs() - startedMs;
  const looksPerSecond = Math.round(looks / (elapsedMs / 1_000));
  const rssMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  const { entries } = await journal.read(keys.groups());
  const led = entries.filter(({ key }) => key.endsWith('/leader')).length;
  stop();
  await loops.beforeApplicationShutdown();
  await journal.close();
  return {
    groups: GROUPS,
    led,
    rssMb,
    cpu: Number(((user + system) / 1_000 / elapsedMs).toFixed(2)),
    looksPerSecond,
    unseenMsMax: Math.round(unseenMsMax),
    eventLoopLagMsMax: Math.round(eventLoopLagMsMax),
  };
}
