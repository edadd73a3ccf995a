import { OutcomeUnknownError, UnavailableError, type Epoch, type Stamped, type WriteOutcome } from '#libs/domain';
import type { KafkaCluster } from '#libs/kafka';
import {
  ClusterWriteAccess,
  IN_FORCE_WITHIN_MS,
  LOOK_AGAIN_MS,
  type ProvenBy,
  type WriteAccessPorts,
} from '../fence/cluster.write-access.js';
import type { HeldAccess } from '../fence/held-access.js';
import type { WriteAttempt } from '../fence/write-probe.js';
import { SizeLedger } from './size-ledger.js';
import { fencedTopics, planSizes, readSizes, type SizeSituation } from './size-plan.js';

const SETTING = 'max.message.bytes';

/**
 * Write access where no authorizer tells who may write: a size of messages that no record fits. It closes out everybody or
 * nobody. `none` is a fence; under `inbound` the mirror can write, and so can clients, which is said and not called proven.
 */
export class MessageSizeWriteAccess extends ClusterWriteAccess {
  override readonly means = 'message size';
  protected override readonly enforcedBy = SETTING;
  protected override readonly refusal = 'MESSAGE_TOO_LARGE';
  private readonly ledger: SizeLedger;

  constructor(
    ports: WriteAccessPorts,
    private readonly kafka: Pick<KafkaCluster, 'log' | 'configs'>,
  ) {
    super(ports);
    this.ledger = new SizeLedger(kafka, ports.scope.group);
  }

  override readonly provenBy = (access: HeldAccess): ProvenBy => (access === 'inbound' ? 'unproven' : 'size');

  override async read(signal: AbortSignal): Promise<Stamped<HeldAccess>> {
    return readSizes(await this.situation(signal));
  }

  override async write(
    seen: Stamped<HeldAccess>,
    next: HeldAccess,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const situation = await this.situation(signal);
    const now = readSizes(situation);
    if (now.version !== seen.version || now.epoch > epoch) return 'refused';
    const { kept, sizes } = planSizes(next, situation);
    try {
      // Noted first: what a topic had must be known for as long as it is fenced.
      const isNext = await this.answer(signal, this.ledger.write({ epoch, access: next, kept }, situation.note));
      if (!isNext) return 'unknown';
      await this.answer(signal, this.kafka.configs.set(SETTING, sizes));
      return (await this.comesToHold(next, epoch, signal)) ? 'written' : 'unknown';
    } catch (error) {
      if (error instanceof OutcomeUnknownError || error instanceof UnavailableError) return 'unknown';
      throw error;
    }
  }

  protected override async observed(signal: AbortSignal) {
    const situation = await this.situation(signal);
    const { value, epoch } = readSizes(situation);
    return { value, observed: { access: value, epoch, sizes: sizesInWords(situation) } };
  }

  protected override isFelt(expected: HeldAccess, attempt: WriteAttempt): boolean {
    return expected === 'inbound' ? attempt.result === 'accepted' : super.isFelt(expected, attempt);
  }

  protected override readonly exceptionAt = (expected: HeldAccess | undefined): string | undefined =>
    expected === 'inbound'
      ? `The mirror can write to ${this.scope.topics.join(', ')}, and so can clients: without an authorizer nothing tells ` +
        'them apart (fence: weak). Keep clients away from this site by names and configs.'
      : undefined;

  private async comesToHold(next: HeldAccess, epoch: Epoch, signal: AbortSignal): Promise<boolean> {
    const endsAtMs = this.clock.monotonicMs() + IN_FORCE_WITHIN_MS;
    for (;;) {
      const { value, epoch: stamped } = await this.read(signal);
      if (stamped === epoch && (next === 'unset' || value === next)) return true;
      if (signal.aborted || this.clock.monotonicMs() >= endsAtMs) return false;
      await this.clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }

  /** Asked anew each time: topics come and go. */
  private situation(signal: AbortSignal): Promise<SizeSituation> {
    return this.answer(signal, this.ask());
  }

  private async ask(): Promise<SizeSituation> {
    const { configs, log } = this.kafka;
    const [note, present] = await Promise.all([this.ledger.read(), log.topics()]);
    const topics = fencedTopics(this.scope, present);
    const own = await configs.own(SETTING, topics);
    return { note, sizes: new Map(topics.map((topic) => [topic, own.get(topic)])) };
  }
}

/** `orders 78; payments as the broker's` */
const sizesInWords = ({ sizes }: SizeSituation): string =>
  [...sizes].map(([topic, size]) => `${topic} ${size ?? "as the broker's"}`).join('; ');
