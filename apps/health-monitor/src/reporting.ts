import { observationEvent, signVote, type SigningKey } from '#libs/contracts';
import type { ClusterId, Opinion, ProcessId, SiteId } from '#libs/domain';
import { OBSERVATIONS_TOPIC, type EventBus } from '#libs/messaging';
import { traceparent, type Clock, type Log, type Metrics, type Random } from '#libs/runtime';
import type { FlowWatch } from './lag/flow-watch.js';
import type { RoundReport } from './probing/cluster-watch.js';
import { FailureTraces } from './failure-traces.js';
import { measure } from './round-metrics.js';
import type { VoteKeeper } from './voting/vote-keeper.js';

/** Who speaks, and by which topology. */
export interface Speaker {
  readonly site: SiteId;
  readonly process: ProcessId;
  readonly key: SigningKey;
  readonly configHash: string;
}

export interface ReportingRuntime {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics?: Metrics;
}

/** Turns each round into a signed vote for the journal and a signed event for everybody; waits for neither. */
export class Reporting {
  private readonly incarnation: string;
  private readonly opinions = new Map<ClusterId, Opinion>();
  private readonly failures: FailureTraces;
  private sequence = 0;

  constructor(
    private readonly speaker: Speaker,
    private readonly runtime: ReportingRuntime,
    private readonly votes: VoteKeeper,
    private readonly bus: EventBus,
  ) {
    this.incarnation = runtime.random.id();
    this.failures = new FailureTraces(runtime.clock);
  }

  /** `flows` are those that end at this site. */
  report(round: RoundReport, flows: readonly FlowWatch[]): void {
    this.tellChange(round);
    const { site, process, key, configHash } = this.speaker;
    const { probes, lagAtMs, kafkaClusterId, score, ...judgement } = round;
    const own = flows.filter(({ source }) => source === round.cluster);
    const lags = own.flatMap((flow) => flow.lag(lagAtMs) ?? []);
    const [rebornBecause] = own.flatMap((flow) => flow.rebornBecause() ?? []);
    if (this.runtime.metrics) measure(this.runtime.metrics, round, lags);
    const common = {
      process,
      incarnation: this.incarnation,
      sequence: ++this.sequence,
      ...judgement,
      flows: lags,
    };
    const failure = this.failures.follow(round);
    const beside = {
      ...(kafkaClusterId && { kafkaClusterId }),
      ...(rebornBecause && { rebornBecause }),
      ...(failure && { traceparent: failure }),
    };
    this.votes.offer(signVote({ site, ...common, ...beside }, key));
    const seen = { probes: [...probes], ...(score !== undefined && { score }) };
    const observation = { vantage: site, ...common, ...seen, recorded: this.votes.isRecorded, configHash };
    const at = { time: new Date(this.runtime.clock.now()), traceparent: failure ?? traceparent(this.runtime.random) };
    const event = observationEvent(observation, at, key);
    this.bus.publish(OBSERVATIONS_TOPIC, `${process}/${round.cluster}`, JSON.stringify(event));
  }

  private tellChange({ cluster, opinion, reason, failedForMs }: RoundReport): void {
    const before = this.opinions.get(cluster);
    if (before === opinion) return;
    this.opinions.set(cluster, opinion);
    const from = before === undefined ? '' : `, was ${before}`;
    this.runtime.log.info({ cluster, opinion, failedForMs }, `Cluster ${cluster} is ${opinion}${from}: ${reason}`);
  }
}
