import { epoch, processId, resourceKey, type ResourceRef, type SiteId, type WorkerKind } from '#libs/domain';
import { InMemoryFencedResource, StepWorker } from '#libs/jobs';
import type { Journal } from '#libs/journal';
import { InMemoryLog, ProcessReadiness } from '#libs/runtime';
import type { GroupLoop } from '../../apps/orchestrator/src/group/group-loop.js';
import { a, b, type Stage } from './group-stage.js';

const POLL_MS = 500;
const KINDS: readonly WorkerKind[] = ['site-guard', 'mirror-switcher', 'dns-switcher', 'config-switcher'];

/** Every resource of the stage's group, behind its fence, with the real loops of the workers of both sites. */
export class FencedWorld {
  readonly #resources: Map<string, InMemoryFencedResource<unknown>>;
  readonly #workers: StepWorker[] = [];

  /** `before`: the same resources, in another life of Signalbox. */
  constructor(
    private readonly stage: Stage<Journal>,
    before?: FencedWorld,
  ) {
    this.#resources = before ? before.#resources : new Map();
    if (before) return;
    this.#hold({ kind: 'write-access', group: 'orders', site: 'a' }, 'clients');
    this.#hold({ kind: 'write-access', group: 'orders', site: 'b' }, 'inbound');
    this.#hold({ kind: 'mirror', flow: 'a-to-b' }, 'running');
    this.#hold({ kind: 'mirror', flow: 'b-to-a' }, 'stopped');
    for (const flow of ['a-to-b', 'b-to-a']) this.#hold({ kind: 'backlog', flow }, 'empty');
    this.#hold({ kind: 'name', name: 'kafka.example' }, { addresses: ['10.0.0.1'], ttlSeconds: 1 });
  }

  start(site: SiteId): void {
    const { journal, clock } = this.stage;
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    for (const worker of KINDS) {
      const self = { site, worker, process: processId(`${worker}@${site}`), pollMs: POLL_MS };
      const started = new StepWorker({ journal, clock, readiness }, self, (ref) =>
        this.#resources.get(resourceKey(ref)),
      );
      started.start();
      this.#workers.push(started);
    }
  }

  startAll(): void {
    for (const site of [a, b]) this.start(site);
  }

  async stop(): Promise<void> {
    const stopped = this.#workers.map((worker) => worker.stop());
    await this.stage.clock.advance(2_000);
    await Promise.all(stopped);
  }

  /** As somebody does who asks no fence: another life of Signalbox, or a person. */
  set(key: string, value: unknown, stamped: number): void {
    this.#at(key).set(value, epoch(stamped));
  }

  value(key: string): unknown {
    return this.#at(key).held.value;
  }

  /** `[value, epoch]` by resource that can be written. */
  all(): Record<string, readonly [unknown, number]> {
    const written = [...this.#resources].filter(([key]) => !key.startsWith('backlog/'));
    return Object.fromEntries(written.map(([key, { held }]) => [key, [held.value, Number(held.epoch)] as const]));
  }

  /** Leader and workers, until nothing more happens. */
  async play(loop: GroupLoop, forMs = 8_000): Promise<void> {
    for (let passedMs = 0; passedMs < forMs; passedMs += 100) {
      await loop.settle();
      await this.stage.clock.advance(100);
    }
  }

  #hold(ref: ResourceRef, value: unknown): void {
    this.#resources.set(resourceKey(ref), new InMemoryFencedResource(value));
  }

  #at(key: string): InMemoryFencedResource<unknown> {
    const resource = this.#resources.get(key);
    if (!resource) throw new Error(`there is no ${key}`);
    return resource;
  }
}
