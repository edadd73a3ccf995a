import { decodeOrThrow, MalformedError } from '#libs/contracts';
import { epoch, NEVER_STAMPED, type Epoch, type GroupId } from '#libs/domain';
import { KafkaRefusedError, type KafkaCluster } from '#libs/kafka';
import { z } from 'zod';
import { FenceLedgerError } from '../errors.js';
import type { HeldAccess } from '../fence/held-access.js';

/** A topic's settings have no room for a note, so what the guard must remember is the last record of a topic of its own. */
export const ledgerTopic = (group: GroupId): string => `${LEDGER_PREFIX}${group}`;
export const LEDGER_PREFIX = 'signalbox.fence.';

const PARTITION = 0;
/** A ledger needs no more than its last record, and must never lose that one. */
const KEY = Buffer.from('fence');
const CLEANUP = 'cleanup.policy';
/** How long a broker may take to show a record it has acknowledged. */
const READ_WAIT_MS = 200;

const NoteWire = z.object({
  epoch: z.int().nonnegative().transform(epoch),
  access: z.enum(['clients', 'inbound', 'none', 'unset']),
  kept: z.record(z.string(), z.string()),
});

export interface SizeNote {
  readonly epoch: Epoch;
  readonly access: HeldAccess;
  /** The own max.message.bytes of topics that had one before they were fenced, by topic. */
  readonly kept: Readonly<Record<string, string>>;
}

export interface WrittenNote extends SizeNote {
  /** Where the next one will stand: grows with every one that is written. */
  readonly end: bigint;
}

const NEVER_WRITTEN = { epoch: NEVER_STAMPED, access: 'unset', kept: {} } as const;

/**
 * The epoch of a group at a cluster, what was ordered under it, and what topics had before: a compacted topic of one
 * partition on that very cluster, since a fence has to be lifted, and its epoch compared, while nothing else answers.
 */
export class SizeLedger {
  private readonly topic: string;

  constructor(
    private readonly kafka: Pick<KafkaCluster, 'log' | 'configs'>,
    group: GroupId,
  ) {
    this.topic = ledgerTopic(group);
  }

  /** @throws FenceLedgerError, MalformedError, UnavailableError, KafkaRefusedError */
  async read(): Promise<WrittenNote> {
    const end = await this.end();
    await this.assertCompacted();
    if (end === 0n) return { ...NEVER_WRITTEN, end };
    const what = `The last record of ${this.topic}`;
    const found = await this.kafka.log.read(this.topic, PARTITION, end - 1n, { waitMs: READ_WAIT_MS });
    const text = found.at(-1)?.value?.toString();
    if (text === undefined) throw new MalformedError(what, 'it is gone, or empty: somebody deletes records there');
    return { ...decodeOrThrow(NoteWire, text, what), end: (found.at(-1)?.offset ?? end) + 1n };
  }

  /** Whether it came right behind what was seen; if not, somebody else has written. @throws as `read`, OutcomeUnknownError */
  async write({ epoch: stamp, access, kept }: SizeNote, seen: WrittenNote): Promise<boolean> {
    const value = Buffer.from(JSON.stringify({ epoch: stamp, access, kept }));
    const answer = await this.kafka.log.append(this.topic, PARTITION, [{ key: KEY, value }]);
    if (answer.outcome === 'appended') return answer.offset === seen.end;
    throw new KafkaRefusedError(`The broker answered ${answer.reason} for topic ${this.topic}.`, answer.reason);
  }

  private async end(): Promise<bigint> {
    try {
      return (await this.kafka.log.endOffsets(this.topic)).get(PARTITION) ?? 0n;
    } catch (error) {
      if (error instanceof KafkaRefusedError && error.reason === 'UNKNOWN_TOPIC_OR_PARTITION')
        throw new FenceLedgerError(this.topic, 'is not there', { cause: error });
      throw error;
    }
  }

  /** With retention the values that topics had would be lost a week after they were fenced. */
  private async assertCompacted(): Promise<void> {
    const policy = (await this.kafka.configs.own(CLEANUP, [this.topic])).get(this.topic);
    if (policy !== 'compact')
      throw new FenceLedgerError(this.topic, `is not compacted: its ${CLEANUP} is ${policy ?? 'not set'}`);
  }
}
