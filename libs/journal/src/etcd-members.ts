import type { Clock, Readiness, Stop } from '#libs/runtime';
import type { Missed } from './etcd-errors.js';

/** Which members answer. All of them are asked all the time, so that a frozen one is known before it is needed. */
export class EtcdMembers {
  readonly #missing = new Set<string>();
  readonly #stops: readonly Stop[];

  /**
   * @param endpoints in order of preference: the member of the own site first.
   * @param problemAt asks one member for something that needs the quorum, and says what kept it from answering; never
   * rejects.
   */
  constructor(
    private readonly endpoints: readonly string[],
    problemAt: (endpoint: string) => Promise<Missed | undefined>,
    clock: Clock,
    everyMs: number,
    private readonly readiness?: Readiness,
  ) {
    const ask = async (endpoint: string) => {
      const problem = await problemAt(endpoint);
      return problem ? this.missed(endpoint, problem) : this.answered(endpoint);
    };
    this.#stops = endpoints.map((endpoint) => clock.every(everyMs, () => ask(endpoint)));
  }

  /** Those that answer first, each half in order of preference. */
  inOrder(): readonly string[] {
    return [...this.endpoints].sort((a, b) => Number(this.#missing.has(a)) - Number(this.#missing.has(b)));
  }

  /** Whether something better is known than this one. */
  shouldLeave(endpoint: string): boolean {
    return this.#missing.has(endpoint) && this.#missing.size < this.endpoints.length;
  }

  missed(endpoint: string, problem?: Missed): void {
    this.#missing.add(endpoint);
    const why = problem?.needsHands ? ` as it should: ${problem.message}` : '';
    this.readiness?.missing(componentOf(endpoint), `The journal member at ${endpoint} does not answer${why}`);
  }

  answered(endpoint: string): void {
    this.#missing.delete(endpoint);
    this.readiness?.ready(componentOf(endpoint));
  }

  missing(): readonly string[] {
    return this.endpoints.filter((endpoint) => this.#missing.has(endpoint));
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }
}

const componentOf = (endpoint: string): string => `journal member ${new URL(endpoint).host}`;
