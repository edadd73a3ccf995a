import { canonicalJson } from '#libs/contracts';
import {
  FencedResource,
  OutcomeUnknownError,
  UnavailableError,
  type Epoch,
  type Json,
  type SalvageOrder,
  type Stamped,
  type StrandedRange,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { TransactionalWriter, WriterSession } from '#libs/kafka';
import { SalvageImpossibleError } from '../errors.js';
import { PartitionSalvage, type Destination, type Progress } from './partition-salvage.js';
import { placeOf, SalvageLedger, type Ledger, type LedgerHead } from './salvage-ledger.js';
import { surveyTail, type SurveyOptions } from './survey.js';

export type SalvageValue = SalvageOrder | 'nothing';

export interface FlowSalvageOptions extends SurveyOptions {
  readonly flow: string;
  /** At the target. */
  readonly writer: TransactionalWriter;
  readonly targetTopic: (topic: string) => string;
  readonly now: () => number;
}

/**
 * What became of the stranded records in a flow's source. Written under one transactional name: a broker fences whoever
 * wrote under it before, so of two workers only the later one goes on, and the ledger tells it the higher epoch.
 */
export class FlowSalvage extends FencedResource<SalvageValue> {
  /** Whoever is late is refused by the broker; but of several at once each may fence the one before it, so that none wins. */
  override readonly fence = 'weak';
  /** What is done is done: nothing is to be set again. */
  override readonly movesByItself = true;
  private readonly ledger: SalvageLedger;

  constructor(private readonly options: FlowSalvageOptions) {
    super();
    const { target, writer, flow, now } = options;
    this.ledger = new SalvageLedger(target.whole, writer, flow, now);
  }

  override async read(_signal: AbortSignal): Promise<Stamped<SalvageValue>> {
    return stampedOf((await this.ledger.read()).head);
  }

  /** Goes on where the ledger ends, as often as it is called. */
  override async write(
    seen: Stamped<SalvageValue>,
    next: SalvageValue,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    if (seen.epoch > epoch) return 'refused';
    try {
      await this.ledger.prepare();
      const session = await this.options.writer.takeOver(`signalbox.salvage.${this.options.flow}`, signal);
      // Read under our own name: nobody else's lines are still to come.
      const ledger = await this.ledger.read();
      if (stampedOf(ledger.head).version !== seen.version) return 'refused';
      if (!(await this.stamp(session, { epoch, value: seen.value }))) return 'refused';
      if (canonicalJson(next) === canonicalJson(seen.value)) return 'written';
      const progress = next === 'nothing' ? 'complete' : await this.salvage(next, ledger, session, signal);
      if (progress === 'cut-short') return 'unknown';
      return progress === 'complete' && (await this.stamp(session, { epoch, value: next })) ? 'written' : 'refused';
    } catch (error) {
      if (error instanceof OutcomeUnknownError || error instanceof UnavailableError) return 'unknown';
      throw error;
    }
  }

  /** The accounts, which were written with the copies themselves. */
  override async verify(expected: SalvageValue | undefined, _signal: AbortSignal): Promise<Verification> {
    const { head, lines } = await this.ledger.read();
    const holds = expected === undefined || canonicalJson(head.value) === canonicalJson(expected);
    const own = head.value === 'nothing' ? [] : [...lines(head.value).values()];
    const partitions = own.map(({ isComplete: _, ...account }): Json => ({ ...account }));
    return {
      check: 'accounts of signalbox.salvage, in the transactions of the copies',
      observed: { partitions },
      holds,
    };
  }

  private async salvage(
    order: SalvageOrder,
    ledger: Ledger,
    session: WriterSession,
    signal: AbortSignal,
  ): Promise<Progress> {
    const lines = ledger.lines(order);
    const destinationOf = await this.destinations(order);
    for (const range of order.ranges) {
      const line = lines.get(placeOf(range));
      if (line?.isComplete) continue;
      const surveyed = await surveyTail(this.options, order, range, this.options.targetTopic(range.topic));
      const tools = { source: this.options.source.whole, ledger: this.ledger, session, signal };
      const partition = new PartitionSalvage(tools, order, range, destinationOf(range), surveyed);
      const progress = await partition.run(line);
      if (progress !== 'complete') return progress;
    }
    return 'complete';
  }

  /** Asked before anything is copied: what cannot be taken in whole is not begun. */
  private async destinations(order: SalvageOrder): Promise<(range: StrandedRange) => Destination> {
    const { target, targetTopic, writer } = this.options;
    switch (order.as) {
      case 'quarantined': {
        const topic = strandedTopicOf(order.group);
        const partitions = Math.max(1, ...order.ranges.map(({ partition }) => partition + 1));
        await writer.ensureTopic({ topic, partitions, settings: { 'retention.ms': '-1', 'retention.bytes': '-1' } });
        const { length } = await target.log.partitions(topic);
        return ({ partition }) => ({ topic, partition: partition % length });
      }
      case 'replayed': {
        const topics = [...new Set(order.ranges.map(({ topic }) => targetTopic(topic)))];
        const there = new Set<string>();
        for (const topic of topics)
          for (const partition of await target.log.partitions(topic)) there.add(placeOf({ topic, partition }));
        const missing = order.ranges.find((each) => !there.has(placeOf({ ...each, topic: targetTopic(each.topic) })));
        if (missing)
          throw new SalvageImpossibleError(
            `${placeOf(missing)} has no partition of that number where it would be appended`,
          );
        return ({ topic, partition }) => ({ topic: targetTopic(topic), partition });
      }
      case 'discarded':
        return ({ topic, partition }) => ({ topic: targetTopic(topic), partition });
    }
  }

  private async stamp(session: WriterSession, head: LedgerHead): Promise<boolean> {
    return (await session.commit([this.ledger.head(head)])) === 'committed';
  }
}

/** Where stranded records are kept for people to look at. */
export const strandedTopicOf = (group: string): string => `signalbox.stranded.${group}`;

const stampedOf = (head: LedgerHead): Stamped<SalvageValue> => ({
  value: head.value,
  epoch: head.epoch,
  version: canonicalJson(head),
});
