import { IDEMPOTENCY_KEY } from '#libs/contracts';
import { messageOf, UnavailableError } from '#libs/domain';
import { z } from 'zod';
import { Relay, type RelayedAnswer, type RelayOutcome } from './relay.js';

/** A frozen orchestrator takes the connection and says nothing: the next one is asked soon. */
const TIMEOUT_MS = 4_000;

const AnsweredWire = z.object({
  phase: z.string(),
  decidedBy: z.string().optional(),
  outcome: z.enum(['counted', 'already-decided']).default('counted'),
});
const Problem = z.object({ code: z.string(), detail: z.string().optional(), message: z.string().optional() });
/** As it stands at the top, or under `error`. */
const RefusedWire = z.union([Problem, z.object({ error: Problem }).transform(({ error }) => error)]);

export interface RelayAccess {
  /** Orchestrators in the order in which they are asked. */
  readonly endpoints: readonly string[];
  /** Of role relay. */
  readonly token: string;
}

/** Asks one orchestrator after the other. Sent twice it is done once, so it may go to the next one at any time. */
export class HttpRelay extends Relay {
  constructor(
    private readonly access: RelayAccess,
    private readonly channel: string,
  ) {
    super();
  }

  override async answer({ approval, idempotencyKey, ...answer }: RelayedAnswer): Promise<RelayOutcome> {
    const body = JSON.stringify({ ...answer, channel: this.channel });
    const failures: string[] = [];
    for (const endpoint of this.access.endpoints) {
      const outcome = await this.ask(endpoint, approval, body, idempotencyKey);
      if (typeof outcome === 'object') return outcome;
      failures.push(`${endpoint}: ${outcome}`);
    }
    throw new UnavailableError(`No orchestrator took the answer: ${failures.join('; ')}`);
  }

  /** A text when somebody else is to be asked. */
  private async ask(endpoint: string, approval: string, body: string, key: string): Promise<RelayOutcome | string> {
    try {
      const path = `/v1/approvals/${encodeURIComponent(approval)}/relayed-answers`;
      const response = await fetch(new URL(path, endpoint), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.access.token}`,
          'content-type': 'application/json',
          [IDEMPOTENCY_KEY]: key,
        },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (response.status >= 500 || response.status === 429) return `${response.status}`;
      return response.ok ? counted(answer) : refused(response.status, answer);
    } catch (error) {
      return messageOf((error as { readonly cause?: unknown }).cause ?? error);
    }
  }
}

function counted(answer: unknown): RelayOutcome | string {
  const read = AnsweredWire.safeParse(answer);
  if (!read.success) return 'it answered something that is no approval';
  const { outcome, phase, decidedBy } = read.data;
  return outcome === 'counted' ? { kind: outcome, phase } : { kind: outcome, phase, by: decidedBy };
}

function refused(status: number, answer: unknown): RelayOutcome {
  const read = RefusedWire.safeParse(answer);
  const { code, detail, message } = read.success ? read.data : { code: `HTTP_${status}` };
  return { kind: 'refused', code, message: detail ?? message ?? `The orchestrator answered ${status}.` };
}
