import { canonicalJson, decode, ReassertedRecordWire } from '#libs/contracts';
import {
  resourceKey,
  SignalboxError,
  type Epoch,
  type GroupId,
  type ProcessId,
  type ReassertedRecord,
  type ResourceRef,
} from '#libs/domain';
import { keys, type Journal } from '#libs/journal';
import type { Clock } from '#libs/runtime';

const AGAIN_MS = 1_000;
/** What was found may be anything that somebody wrote there. */
const SHOWN_CHARS = 200;

/** One re-assertion that was read back, or what was found and left. */
export interface Reasserted {
  readonly group: GroupId;
  readonly resource: ResourceRef;
  readonly epoch: Epoch;
  readonly ordered: unknown;
  readonly found: unknown;
  readonly isLeft?: boolean;
}

interface Pending {
  readonly last: Reasserted;
  readonly times: number;
}

/**
 * Counts re-assertions in the journal, where the group's leader takes them into the audit chain. Nothing waits for it:
 * while the journal is away they are kept here. One whose counting went unanswered may be counted twice.
 */
export class ReassertionTally {
  readonly #pending = new Map<string, Pending>();
  readonly #stopped = new AbortController();
  #flushing: Promise<void> | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly process: ProcessId,
  ) {}

  note(last: Reasserted): void {
    this.#keep(last, 1);
    this.#flushing ??= this.#flush().finally(() => (this.#flushing = undefined));
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#flushing;
  }

  #keep(last: Reasserted, times: number): void {
    const key = resourceKey(last.resource);
    this.#pending.set(key, { last, times: times + (this.#pending.get(key)?.times ?? 0) });
  }

  async #flush(): Promise<void> {
    for (;;) {
      const [pending] = this.#pending.values();
      if (!pending || this.#stopped.signal.aborted) return;
      this.#pending.delete(resourceKey(pending.last.resource));
      if (await this.#isCounted(pending)) continue;
      this.#keep(pending.last, pending.times);
      await this.clock.sleep(AGAIN_MS, this.#stopped.signal);
    }
  }

  async #isCounted({ last, times }: Pending): Promise<boolean> {
    const { group, resource, epoch } = last;
    const key = keys.reasserted(group, resource);
    try {
      const [entry] = (await this.journal.read(key)).entries;
      const before = entry && decode(ReassertedRecordWire, entry.value, key);
      const counted = before?.ok ? before.value : { times: 0, audited: 0 };
      const record: ReassertedRecord = {
        resource,
        times: counted.times + times,
        audited: counted.audited,
        at: this.clock.now(),
        by: this.process,
        epoch,
        ordered: shown(last.ordered),
        found: shown(last.found),
        ...(last.isLeft && { isLeft: true }),
      };
      const { committed } = await this.journal.commit({
        conditions: [entry ? { kind: 'unchanged', key, revision: entry.revision } : { kind: 'absent', key }],
        changes: [{ kind: 'put', key, value: JSON.stringify(record) }],
      });
      return committed;
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      return false;
    }
  }
}

const shown = (value: unknown): string => {
  const text = canonicalJson(value);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
};
