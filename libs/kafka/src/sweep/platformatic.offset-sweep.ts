import { UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { BrokerPool } from '../broker-pool.js';
import { describeAccess } from '../cluster-access.js';
import { KafkaAuthenticationError } from '../errors.js';
import { askLeaders, type LeaderMap } from './leader-map.js';
import {
  decodeListOffsets,
  encodeListOffsets,
  listOffsetsApi,
  type AskedTopic,
  type OffsetKind,
} from './list-offsets.js';
import { OffsetSweep, type Isolation, type PartitionOffsets, type SweptOffsets } from './offset-sweep.js';

export interface SweepOptions {
  /** Partitions that were added, and leaders that moved without a refusal, are known after this. */
  readonly leadersMaxAgeMs: number;
  /** Of one request: a broker answers one at a time, and others wait for it. */
  readonly partitionsMax: number;
}

export const SWEEP_DEFAULTS: SweepOptions = { leadersMaxAgeMs: 10_000, partitionsMax: 5_000 };

interface SweepRequest {
  readonly broker: number;
  readonly bytes: Buffer;
}

/** What is sent for one set of topics, for as long as the leaders are what they were. */
interface SweepPlan {
  readonly leaders: LeaderMap;
  readonly requests: Map<string, readonly SweepRequest[]>;
}

/**
 * One request to each broker for each `partitionsMax` of its partitions, all brokers at once and the requests to one broker
 * one after the other. Requests are kept as bytes and sent again until leaders change.
 */
export class PlatformaticOffsetSweep extends OffsetSweep {
  private readonly plans = new Map<string, SweepPlan>();

  constructor(
    private readonly pool: BrokerPool,
    private readonly clock: Clock,
    private readonly options: SweepOptions = SWEEP_DEFAULTS,
  ) {
    super();
  }

  override ends(topics: readonly string[], isolation: Isolation): Promise<SweptOffsets> {
    return this.sweep(topics, 'end', isolation);
  }

  override starts(topics: readonly string[]): Promise<SweptOffsets> {
    return this.sweep(topics, 'start', 'read-uncommitted');
  }

  private async sweep(topics: readonly string[], kind: OffsetKind, isolation: Isolation): Promise<SweptOffsets> {
    if (topics.length === 0) return new Map();
    const name = topics.join(',');
    const plan = await this.planFor(name, topics);
    const swept = new Map([...plan.leaders.partitions].map(([topic, count]) => [topic, untold(count)]));
    const requests = requestsOf(plan, kind, isolation, this.options.partitionsMax);
    const answers = await Promise.allSettled(
      [...Map.groupBy(requests, ({ broker }) => broker).values()].map((own) => this.ask(own, swept)),
    );
    const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    const isRefused = answers.some((answer) => answer.status === 'fulfilled' && answer.value);
    if (failures.length > 0 || isRefused) this.plans.delete(name);
    const login = failures.find((failure) => failure instanceof KafkaAuthenticationError);
    if (login !== undefined || (failures.length > 0 && failures.length === answers.length)) throw login ?? failures[0];
    return swept;
  }

  private async planFor(name: string, topics: readonly string[]): Promise<SweepPlan> {
    const nowMs = this.clock.monotonicMs();
    const known = this.plans.get(name);
    if (known && nowMs - known.leaders.atMs < this.options.leadersMaxAgeMs) return known;
    const leaders = await this.pool.ask('its topics', () => askLeaders(this.pool, topics, nowMs));
    const plan = { leaders, requests: new Map() };
    // Sets of topics change now and then: those of before are not asked for again.
    for (const [other, { leaders: old }] of this.plans)
      if (nowMs - old.atMs > 2 * this.options.leadersMaxAgeMs) this.plans.delete(other);
    this.plans.set(name, plan);
    return plan;
  }

  /** True when the broker refused a partition: it does not lead it any more, or we may not ask. */
  private async ask(requests: readonly SweepRequest[], into: ReadonlyMap<string, PartitionOffsets>): Promise<boolean> {
    let isRefused = false;
    for (const { broker, bytes } of requests) {
      const what = `a sweep of ${describeAccess(this.pool.access)}`;
      const answer = await this.pool.ask(what, () => this.pool.brokerOf(broker, what).call(listOffsetsApi, bytes));
      isRefused = readAnswer(answer, into, what).size > 0 || isRefused;
    }
    return isRefused;
  }
}

/** Requests of one kind, made when they are first sent. */
function requestsOf(
  { leaders, requests }: SweepPlan,
  kind: OffsetKind,
  isolation: Isolation,
  partitionsMax: number,
): readonly SweepRequest[] {
  const name = `${kind}/${isolation}`;
  const made =
    requests.get(name) ??
    [...leaders.led].flatMap(([broker, topics]) =>
      inPieces(topics, partitionsMax).map((piece) => ({ broker, bytes: encodeListOffsets(piece, kind, isolation) })),
    );
  requests.set(name, made);
  return made;
}

/** Pieces of at most `partitionsMax` partitions; a topic may be in several. */
function inPieces(topics: ReadonlyMap<string, readonly number[]>, partitionsMax: number): readonly AskedTopic[][] {
  const pieces: AskedTopic[][] = [[]];
  let room = partitionsMax;
  for (const [topic, partitions] of topics) {
    for (let from = 0; from < partitions.length;) {
      if (room === 0) {
        pieces.push([]);
        room = partitionsMax;
      }
      const taken = partitions.slice(from, from + room);
      pieces.at(-1)?.push({ topic, partitions: taken });
      from += taken.length;
      room -= taken.length;
    }
  }
  return pieces.filter((piece) => piece.length > 0);
}

function readAnswer(
  answer: Buffer,
  into: ReadonlyMap<string, PartitionOffsets>,
  what: string,
): ReadonlyMap<number, number> {
  try {
    return decodeListOffsets(answer, into);
  } catch (cause) {
    throw new UnavailableError(`The answer to ${what} ends too early.`, { cause });
  }
}

const untold = (partitions: number): PartitionOffsets => new Float64Array(partitions).fill(Number.NaN);
