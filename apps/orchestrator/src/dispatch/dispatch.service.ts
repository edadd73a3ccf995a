import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { QueueStatus } from '#libs/contracts';
import type { Stop } from '#libs/runtime';
import type { Dispatcher } from './dispatcher.js';

/** Rings this site's workers for as long as the process runs. */
export class DispatchService implements OnApplicationBootstrap, OnApplicationShutdown {
  private stop: Stop = () => undefined;

  constructor(
    private readonly dispatcher: Dispatcher | undefined,
    private readonly everyMs: number,
  ) {}

  onApplicationBootstrap(): void {
    if (this.dispatcher) this.stop = this.dispatcher.start(this.everyMs);
  }

  /** What waits at this site; nothing at a witness. */
  async queues(): Promise<readonly QueueStatus[]> {
    return this.dispatcher?.queues() ?? [];
  }

  onApplicationShutdown(): void {
    this.stop();
  }
}
