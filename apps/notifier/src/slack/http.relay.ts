import { IDEMPOTENCY_KEY } from '#libs/contracts';
import { messageOf, UnavailableError } from '#libs/domain';
import { z } from 'zod';
import {
  Relay,
  type FreezeOutcome,
  type Refused,
  type RelayedAnswer,
  type RelayedFreeze,
  type RelayOutcome,
} from './relay.js';

/** A frozen orchestrator takes the connection and says nothing: the next one is asked soon. */
const TIMEOUT_MS = 4_000;

const AnsweredWire = z
  .object({
    phase: z.string(),
    decidedBy: z.string().optional(),
    outcome: z.enum(['counted', 'already-decided']).default('counted'),
  })
  .transform(({ outcome, phase, decidedBy }) =>
    outcome === 'counted' ? { kind: outcome, phase } : { kind: outcome, phase, by: decidedBy },
  );
const FrozenWire = z
  .object({ by: z.string(), until: z.number() })
  .transform(({ by, until }) => ({ kind: 'frozen' as const, by, until }));
const Problem = z.object({ code: z.string(), detail: z.string().optional(), message: z.string().optional() });
/** As it stands at the top, or under `error`. */
const RefusedWire = z.union([Problem, z.object({ error: Problem }).transform(({ error }) => error)]);

export interface RelayAccess {
  /** Orchestrators in the order in which they are asked. */
  readonly endpoints: readonly string[];
  /** Of role relay. */
  readonly token: string;
}

interface Letter<S extends z.ZodType> {
  readonly path: string;
  readonly body: object;
  readonly key: string;
  /** What it is answered with when it was taken. */
  readonly taken: S;
}

/** Asks one orchestrator after the other. Sent twice it is done once, so it may go to the next one at any time. */
export class HttpRelay extends Relay {
  constructor(private readonly access: RelayAccess) {
    super();
  }

  override answer({ approval, idempotencyKey: key, ...body }: RelayedAnswer): Promise<RelayOutcome> {
    const path = `/v1/approvals/${encodeURIComponent(approval)}/relayed-answers`;
    return this.send({ path, body, key, taken: AnsweredWire });
  }

  override freeze({ group, idempotencyKey: key, ...body }: RelayedFreeze): Promise<FreezeOutcome> {
    const path = `/v1/groups/${encodeURIComponent(group)}/relayed-freezes`;
    return this.send({ path, body, key, taken: FrozenWire });
  }

  private async send<S extends z.ZodType<object>>(letter: Letter<S>): Promise<z.output<S> | Refused> {
    const failures: string[] = [];
    for (const endpoint of this.access.endpoints) {
      const outcome = await this.ask(endpoint, letter);
      if (typeof outcome === 'object') return outcome;
      failures.push(`${endpoint}: ${outcome}`);
    }
    throw new UnavailableError(`No orchestrator took it: ${failures.join('; ')}`);
  }

  /** A text when somebody else is to be asked. */
  private async ask<S extends z.ZodType<object>>(
    endpoint: string,
    { path, body, key, taken }: Letter<S>,
  ): Promise<z.output<S> | Refused | string> {
    try {
      const response = await fetch(new URL(path, endpoint), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.access.token}`,
          'content-type': 'application/json',
          [IDEMPOTENCY_KEY]: key,
        },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (response.status >= 500 || response.status === 429) return `${response.status}`;
      if (!response.ok) return refused(response.status, answer);
      const read = taken.safeParse(answer);
      return read.success ? read.data : 'it answered something else than was asked for';
    } catch (error) {
      return messageOf((error as { readonly cause?: unknown }).cause ?? error);
    }
  }
}

function refused(status: number, answer: unknown): Refused {
  const read = RefusedWire.safeParse(answer);
  const { code, detail, message } = read.success ? read.data : { code: `HTTP_${status}` };
  return { kind: 'refused', code, message: detail ?? message ?? `The orchestrator answered ${status}.` };
}
