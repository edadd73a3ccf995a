import { decodeOrThrow, SalvagedPartitionWire, SalvageOrderWire } from '#libs/contracts';
import { NEVER_STAMPED, type Epoch, type SalvagedPartition, type SalvageOrder } from '#libs/domain';
import { KafkaRefusedError, type PartitionAppend, type TransactionalWriter, type WholeLog } from '#libs/kafka';
import { z } from 'zod';

/** On the cluster of the site that serves: what was salvaged stands in the same transactions as the copies. */
export const SALVAGE_TOPIC = 'signalbox.salvage';
const PARTITION = 0;

/** What a flow's salvage was last set to, and under which epoch; `nothing` until one is complete. */
export interface LedgerHead {
  readonly epoch: Epoch;
  readonly value: SalvageOrder | 'nothing';
}

/** How far the salvage of one partition has come, and what became of what was read up to there. */
export interface LedgerLine extends SalvagedPartition {
  readonly isComplete: boolean;
}

export interface Ledger {
  readonly head: LedgerHead;
  /** By `topic-partition`: of one order alone. */
  readonly lines: (order: SalvageOrder) => ReadonlyMap<string, LedgerLine>;
}

const HeadWire = z.object({ epoch: z.int().nonnegative(), value: z.union([z.literal('nothing'), SalvageOrderWire]) });
const LineWire = SalvagedPartitionWire.extend({ isComplete: z.boolean() });
const NOTHING: LedgerHead = { epoch: NEVER_STAMPED, value: 'nothing' };

/** The journal of a flow's salvage, in a compacted topic. */
export class SalvageLedger {
  constructor(
    private readonly log: WholeLog,
    private readonly writer: TransactionalWriter,
    private readonly flow: string,
    private readonly now: () => number,
  ) {}

  /** @throws UnavailableError, KafkaRefusedError when it may not be created */
  prepare(): Promise<void> {
    const settings = { 'cleanup.policy': 'compact' };
    return this.writer.ensureTopic({ topic: SALVAGE_TOPIC, partitions: 1, settings });
  }

  /** As it was committed. @throws UnavailableError, MalformedError */
  async read(): Promise<Ledger> {
    const latest = await this.latest();
    const head = latest.get(headKey(this.flow));
    return {
      head: head === undefined ? NOTHING : (valueOf(HeadWire, head) as LedgerHead),
      lines: (order) => linesOf(latest, linePrefix(this.flow, order)),
    };
  }

  head(head: LedgerHead): PartitionAppend {
    return this.append(headKey(this.flow), head);
  }

  line(order: SalvageOrder, line: LedgerLine): PartitionAppend {
    return this.append(linePrefix(this.flow, order) + placeOf(line), line);
  }

  private append(key: string, value: object): PartitionAppend {
    const record = { key: Buffer.from(key), value: Buffer.from(JSON.stringify(value)), headers: [] };
    return { topic: SALVAGE_TOPIC, partition: PARTITION, records: [{ ...record, timestamp: this.now() }] };
  }

  private async latest(): Promise<ReadonlyMap<string, string>> {
    const latest = new Map<string, string>();
    try {
      for (let from = 0; ;) {
        const { records, next } = await this.log.read(SALVAGE_TOPIC, PARTITION, from);
        for (const { key, value } of records) if (key && value) latest.set(key.toString(), value.toString());
        if (next === from) return latest;
        from = next;
      }
    } catch (error) {
      if (error instanceof KafkaRefusedError && error.reason === 'UNKNOWN_TOPIC_OR_PARTITION') return new Map();
      throw error;
    }
  }
}

export const placeOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string =>
  `${topic}-${partition}`;

const headKey = (flow: string): string => `${flow}/head`;
/** Each failover leaves a tail of its own, and of each something else may become. */
const linePrefix = (flow: string, { leftBy, as }: SalvageOrder): string => `${flow}/${leftBy}/${as}/`;

function linesOf(latest: ReadonlyMap<string, string>, prefix: string): ReadonlyMap<string, LedgerLine> {
  const own = [...latest].filter(([key]) => key.startsWith(prefix));
  return new Map(own.map(([key, value]) => [key.slice(prefix.length), valueOf(LineWire, value)]));
}

const valueOf = <S extends z.ZodType>(wire: S, text: string): z.output<S> =>
  decodeOrThrow(wire, text, `a record of ${SALVAGE_TOPIC}`);
