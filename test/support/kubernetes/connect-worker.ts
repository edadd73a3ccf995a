import { SystemClock } from '#libs/runtime';
import type { DesiredConnector } from './strimzi-connectors.js';

const TIMEOUT_MS = 10_000;
const STATUS_ATTEMPTS = 100;
const STATUS_AGAIN_MS = 100;
const clock = new SystemClock();

/** As `GET /connectors/<name>/status` answers. */
export interface WorkerStatus {
  readonly name?: string;
  readonly connector: { readonly state: string };
  readonly tasks: readonly { readonly id?: number; readonly state: string; readonly trace?: string }[];
}

/** What Strimzi's cluster operator asks of a Connect worker. */
export class ConnectWorker {
  constructor(
    private readonly url: string,
    private readonly stopped: AbortSignal,
  ) {}

  async names(): Promise<readonly string[]> {
    return (await this.must('GET', '/connectors')) as string[];
  }

  async config(name: string): Promise<Readonly<Record<string, string>> | undefined> {
    return (await this.ask('GET', `${pathOf(name)}/config`)) as Readonly<Record<string, string>> | undefined;
  }

  /** From Strimzi 1.2 on a connector is made in the state that it is wanted in. */
  async create({ name, config, state }: DesiredConnector): Promise<void> {
    await this.must('POST', '/connectors', { name, config, initial_state: state.toUpperCase() });
  }

  async configure({ name, config }: DesiredConnector): Promise<void> {
    await this.must('PUT', `${pathOf(name)}/config`, config);
  }

  async delete(name: string): Promise<void> {
    await this.must('DELETE', pathOf(name));
  }

  /** One that was just made has none for a moment. */
  async status(name: string): Promise<WorkerStatus> {
    for (let attempt = 1; ; attempt++) {
      const status = (await this.ask('GET', `${pathOf(name)}/status`)) as WorkerStatus | undefined;
      if (status !== undefined) return { ...status, name };
      if (attempt === STATUS_ATTEMPTS) throw new Error(`connector ${name} has no status`);
      await clock.sleep(STATUS_AGAIN_MS, this.stopped);
    }
  }

  async change(name: string, verb: 'pause' | 'stop' | 'resume'): Promise<void> {
    await this.must('PUT', `${pathOf(name)}/${verb}`);
  }

  async restart(name: string, query: string): Promise<void> {
    await this.must('POST', `${pathOf(name)}/restart?${query}`);
  }

  async offsets(name: string): Promise<unknown> {
    return this.must('GET', `${pathOf(name)}/offsets`);
  }

  async alter(name: string, offsets: unknown): Promise<void> {
    await this.must('PATCH', `${pathOf(name)}/offsets`, offsets);
  }

  private async must(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.ask(method, path, body);
    if (answer === undefined) throw new Error(`${method} ${path} returned 404`);
    return answer;
  }

  /** Undefined when it is not there. */
  private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([this.stopped, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await answer.text();
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`${method} ${path} returned ${answer.status}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }
}

const pathOf = (name: string): string => `/connectors/${encodeURIComponent(name)}`;
