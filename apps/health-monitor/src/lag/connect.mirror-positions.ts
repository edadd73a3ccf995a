import { messageOf, UnavailableError } from '#libs/domain';
import type { PartitionOffsets, SweptOffsets } from '#libs/kafka';
import { z } from 'zod';
import { MirrorPositions } from './mirror-positions.js';

const Answer = z.object({
  offsets: z.array(
    z.object({
      partition: z.object({ topic: z.string(), partition: z.int() }),
      offset: z.object({ offset: z.int() }).nullable(),
    }),
  ),
});

/**
 * Connect's own record of a MirrorSourceConnector. It is written every `offset.flush.interval.ms`, so it may be behind
 * the mirror by that much, and never ahead of it.
 * @see KIP-875 (GET /connectors/{name}/offsets)
 */
export class ConnectMirrorPositions extends MirrorPositions {
  private readonly url: string;

  constructor(
    connect: string,
    connector: string,
    private readonly timeoutMs: number,
  ) {
    super();
    this.url = `${connect}/connectors/${encodeURIComponent(connector)}/offsets`;
  }

  override async read(): Promise<SweptOffsets | undefined> {
    const answer = await this.ask();
    if (answer === undefined) return undefined;
    const byTopic = Map.groupBy(answer.offsets, ({ partition: { topic } }) => topic);
    return new Map([...byTopic].map(([topic, offsets]) => [topic, nextOf(offsets)]));
  }

  private async ask(): Promise<z.infer<typeof Answer> | undefined> {
    try {
      const response = await fetch(this.url, { signal: AbortSignal.timeout(this.timeoutMs) });
      // The way back has no connector before it is needed for the first time.
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return Answer.parse(await response.json());
    } catch (error) {
      // `fetch` says only that it failed; why stands in the cause.
      const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new UnavailableError(`Connect does not tell the offsets at ${this.url}: ${messageOf(reason)}`, {
        cause: error,
      });
    }
  }
}

/** Connect keeps the last offset that was replicated; we speak of the next one everywhere. */
function nextOf(stored: z.infer<typeof Answer>['offsets']): PartitionOffsets {
  const count = Math.max(...stored.map(({ partition: { partition } }) => partition + 1));
  const next = new Float64Array(count).fill(Number.NaN);
  for (const { partition, offset } of stored) if (offset) next[partition.partition] = offset.offset + 1;
  return next;
}
