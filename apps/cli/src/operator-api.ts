import { IDEMPOTENCY_KEY, type ProblemDetails } from '#libs/contracts';
import { messageOf } from '#libs/domain';
import { ForbiddenError, NobodyReachableError, RefusedError } from './errors.js';

/** A frozen orchestrator accepts the connection and never answers: it may cost this much and no more. */
const DEADLINE_MS = 2_000;

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

export interface OperatorApiOptions {
  /** In the order in which they are asked. */
  readonly endpoints: readonly string[];
  /** Empty where what is sent says itself who it is from. */
  readonly token: string;
  /** Told which orchestrators were tried, when the first one was of no use. */
  readonly note: (text: string) => void;
  readonly deadlineMs?: number;
  /** Goes with every request that changes something, so that sent twice it is done once. */
  readonly idempotencyKey?: string;
}

/**
 * Asks one orchestrator after the other until one can answer. Every command of the API is absolute or decides once, and
 * carries the same key wherever it goes, so a request that may have arrived can be sent again to the next one.
 */
export class OperatorApi {
  /** The one that was of use is asked first from then on: who follows a run does not wait for a dead site each time. */
  private endpoints: readonly string[];

  constructor(private readonly options: OperatorApiOptions) {
    this.endpoints = options.endpoints;
  }

  async get<T>(path: string, usable: (answer: T) => boolean = () => true): Promise<T> {
    // The shapes are libs/contracts'; unknown fields are ignored, so that versions may differ during an upgrade.
    return this.ask({ method: 'GET', path }, async (response) => (await response.json()) as T, usable);
  }

  async text(path: string): Promise<string> {
    return this.ask({ method: 'GET', path }, (response) => response.text());
  }

  async post<T>(path: string, body: object): Promise<T> {
    return this.ask({ method: 'POST', path, body }, async (response) => (await response.json()) as T);
  }

  /** An answer that is not `usable` is kept, and returned only when nobody has a better one. */
  private async ask<T>(
    request: Request,
    parse: (response: Response) => Promise<T>,
    usable: (answer: T) => boolean = () => true,
  ): Promise<T> {
    const failures: string[] = [];
    let fallback: { readonly answer: T } | undefined;
    for (const endpoint of this.endpoints) {
      const attempt = await this.attempt(endpoint, request, parse);
      if (!attempt.answered) {
        failures.push(`${endpoint}: ${attempt.reason}`);
        continue;
      }
      if (usable(attempt.answer)) {
        if (failures.length > 0) this.options.note(`answered by ${endpoint}; tried before: ${failures.join('; ')}`);
        this.endpoints = [endpoint, ...this.endpoints.filter((each) => each !== endpoint)];
        return attempt.answer;
      }
      failures.push(`${endpoint}: cannot reach the journal`);
      fallback ??= attempt;
    }
    if (fallback) {
      this.options.note(
        `nobody answered from the journal; this is one orchestrator's own view (${failures.join('; ')})`,
      );
      return fallback.answer;
    }
    throw new NobodyReachableError(`no orchestrator answered: ${failures.join('; ')}`, this.adviceOn(request));
  }

  /** No answer is no news: what was asked for may have happened. */
  private adviceOn({ method }: Request): string {
    const { idempotencyKey } = this.options;
    const reach = 'check that you can reach the sites, or name an orchestrator with --api <url>';
    if (method === 'GET' || idempotencyKey === undefined) return reach;
    return `${reach}; it may have arrived all the same: to send it again, add --idempotency-key ${idempotencyKey}`;
  }

  private async attempt<T>(
    endpoint: string,
    request: Request,
    parse: (response: Response) => Promise<T>,
  ): Promise<{ readonly answered: true; readonly answer: T } | { readonly answered: false; readonly reason: string }> {
    const { token, deadlineMs = DEADLINE_MS, idempotencyKey } = this.options;
    try {
      const response = await fetch(new URL(`/v1${request.path}`, endpoint), {
        method: request.method,
        headers: {
          ...(token !== '' && { authorization: `Bearer ${token}` }),
          'content-type': 'application/json',
          ...(request.method === 'POST' && idempotencyKey !== undefined && { [IDEMPOTENCY_KEY]: idempotencyKey }),
        },
        body: request.body ? JSON.stringify(request.body) : null,
        signal: AbortSignal.timeout(deadlineMs),
      });
      if (response.ok) return { answered: true, answer: await parse(response) };
      const problem = await problemIn(response);
      if (response.status >= 500) return { answered: false, reason: `${response.status} ${problem.detail}` };
      throw refusal(response.status, problem);
    } catch (error) {
      if (error instanceof ForbiddenError || error instanceof RefusedError) throw error;
      return { answered: false, reason: reasonOf(error, deadlineMs) };
    }
  }
}

const refusal = (status: number, { code, detail, remedy, vetoes }: Refused) =>
  status === 401 || status === 403
    ? new ForbiddenError(detail, remedy)
    : new RefusedError(code, detail, remedy, vetoes);

type Refused = Pick<ProblemDetails, 'code' | 'detail' | 'remedy' | 'vetoes'>;

/** A proxy in between may answer in a form of its own. */
const problemIn = async (response: Response): Promise<Refused> => {
  const body = (await response.json().catch(() => undefined)) as Partial<ProblemDetails> | undefined;
  return { code: `HTTP_${response.status}`, detail: response.statusText, remedy: '', ...body };
};

/** `fetch` hides what happened in `cause`; with several addresses that one has a code and no message. */
const reasonOf = (error: unknown, deadlineMs: number): string => {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: string } };
  if (name === 'TimeoutError') return `no answer within ${deadlineMs} ms`;
  return messageOf(cause ?? error) || (cause?.code ?? 'no connection');
};
