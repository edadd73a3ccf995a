import { signVote } from '#libs/contracts';
import { doubtIn, type Doubt } from '#libs/decision';
import { clusterId, flowId, type ClusterId, type FlowLag, type Opinion, type SiteId } from '#libs/domain';
import { largestJumpMs } from '#libs/runtime';
import { ClusterWatch, type RoundReport } from '../../../apps/health-monitor/src/probing/cluster-watch.js';
import { ProbeSet, type ProbeRound } from '../../../apps/health-monitor/src/probing/probe-set.js';
import { VoteKeeper } from '../../../apps/health-monitor/src/voting/vote-keeper.js';
import type { SimProcess } from '../kernel/sim-process.js';
import { clusterAt, DATA_SITES, keyOf, SITES } from '../world/ground.js';
import type { Stage } from './stage.js';

const PARTITIONS = 3;
const SICK_LAG_MS = 900;

/** What a vantage suffers from, and what it does to others. */
export interface Ailment {
  /** Share of its produces that are lost on the way. */
  lossShare: number;
  /** It says what it likes: of a cluster, or nothing when it is honest. */
  lie: { readonly cluster: string; readonly opinion: Opinion } | undefined;
  /** It is starved, and knows. */
  isSick: boolean;
}

export const healthy = (): Ailment => ({ lossShare: 0, lie: undefined, isSick: false });

/** Since when rounds of a vantage truly failed; what the judge holds against votes. */
export interface TruthOf {
  readonly vantage: SiteId;
  readonly cluster: string;
  failingSinceMs: number | undefined;
  /** Not counted while it is pressed into lying. */
  isHonest: boolean;
}

class SimProbes extends ProbeSet {
  constructor(
    private readonly stage: Stage,
    private readonly process: SimProcess,
    private readonly target: SiteId,
    private readonly ailment: Ailment,
    private readonly truth: TruthOf,
  ) {
    super();
  }

  override async round(): Promise<ProbeRound> {
    const { stage, process, ailment } = this;
    const startedMs = stage.timeline.nowMs;
    let failed = 0;
    const isLost = !this.answers;
    if (isLost) await stage.timeline.pause(stage.policy.probeTimeoutMs);
    // A cluster that is back before the probe has given up answers it.
    const isDown = isLost && !this.answers;
    for (let partition = 0; partition < PARTITIONS; partition++)
      if (isDown || stage.draw.isSo(ailment.lossShare)) failed += 1;
    this.truth.failingSinceMs = failed * 2 > PARTITIONS ? (this.truth.failingSinceMs ?? startedMs) : undefined;
    const name = isDown ? {} : { kafkaClusterId: stage.world.kafkaAt(this.target).name };
    return process.ask(async () => ({ probes: [], canary: { partitions: PARTITIONS, failed }, ...name }));
  }

  private get answers(): boolean {
    const { stage, process, target } = this;
    const kafka = stage.world.kafkaAt(target);
    return stage.network.connects(process.site, target) && kafka.serves && kafka.listener.isOpen;
  }
}

/** A vantage: the real watch, detector and votes, on probes of the world. What it says of itself is told by its ailment. */
export function startMonitor(stage: Stage, process: SimProcess, ailment: Ailment, truths: readonly TruthOf[]): void {
  const { policy, etcd, draw } = stage;
  const { clock, readiness, site } = process;
  const journal = etcd.connection(process, policy.requestTimeoutMs);
  const keeper = new VoteKeeper(journal, clock, readiness, { ttlMs: policy.voteTtlMs, everyMs: policy.voteTtlMs / 3 });
  keeper.start();
  let sequence = 0;
  const lags = new Map<ClusterId, FlowLag & { readonly atMs: number }>();
  const observer = {
    clock,
    random: draw,
    readiness,
    doubtSince: (atMs: number) => doubtOf(stage, process, ailment, atMs),
  };
  for (const target of DATA_SITES) {
    const cluster = clusterId(clusterAt(target));
    const truth = truths.find((one) => one.vantage === site && one.cluster === cluster);
    if (!truth) throw new Error(`nobody keeps the truth of ${cluster} as seen from ${site}`);
    const onRound = (report: RoundReport): void => {
      measure(stage, site, target, clock.monotonicMs(), lags);
      const { probes, lagAtMs, score, ...judgement } = report;
      const lie = ailment.lie?.cluster === cluster ? ailment.lie : undefined;
      truth.isHonest = lie === undefined;
      const said = lie ? lied(lie.opinion) : {};
      const flows = lagsAsOf(lags.get(cluster), lagAtMs);
      const common = {
        site,
        process: process.id,
        incarnation: String(process.incarnation),
        sequence: ++sequence,
        flows,
      };
      keeper.offer(signVote({ ...common, ...judgement, ...said }, keyOf(site)));
    };
    const probes = new SimProbes(stage, process, target, ailment, truth);
    new ClusterWatch(cluster, probes, observer, policy).start(onRound);
  }
}

const lied = (opinion: Opinion) => ({
  opinion,
  reason: 'says so',
  failedForMs: opinion === 'down' ? 3_600_000 : 0,
  healthyForMs: opinion === 'up' ? 3_600_000 : 0,
});

/** The site where a flow ends measures it, for as long as it reaches both ends. */
function measure(
  stage: Stage,
  site: SiteId,
  source: SiteId,
  atMs: number,
  lags: Map<ClusterId, FlowLag & { readonly atMs: number }>,
): void {
  const flow = stage.world.flows.find(({ ends }) => ends.to === site && ends.from === source);
  if (!flow) return;
  flow.look();
  if (!stage.network.connects(site, source) || !stage.world.kafkaAt(source).serves) return;
  const lagMs = Math.round(flow.lagMs);
  const sample = { flow: flowId(flow.ends.id), lagRecords: lagMs, lagMs, sampleAgeMs: 0, atMs };
  lags.set(clusterId(clusterAt(source)), sample);
}

function lagsAsOf(sample: (FlowLag & { readonly atMs: number }) | undefined, lagAtMs: number): readonly FlowLag[] {
  if (!sample) return [];
  const { atMs, ...lag } = sample;
  return [{ ...lag, sampleAgeMs: Math.max(0, Math.round(lagAtMs - atMs)) }];
}

/** What its own looks at itself would tell it: its own gateway and two other sites are its anchors. */
function doubtOf(stage: Stage, process: SimProcess, { isSick }: Ailment, sinceMs: number): Doubt | undefined {
  const samples = process.timeSamples().filter(({ atMs }) => atMs >= sinceMs);
  const lagMs = Math.max(isSick ? SICK_LAG_MS : 0, ...samples.map((sample) => sample.lagMs));
  const reached = SITES.filter((site) => stage.network.connects(process.site, site)).length;
  const sight = { lagMs, jumpMs: largestJumpMs(samples), anchors: { reached, of: SITES.length } };
  return doubtIn(sight, stage.policy);
}
