import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Clock, Stop } from '#libs/runtime';
import type { Exporter } from './exporter.js';

/** Exports to each cluster on its own, so that one that is gone holds up no other one, and no run. */
export class ExportService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stops: readonly Stop[] = [];

  constructor(
    private readonly exporters: readonly Exporter[],
    private readonly close: () => Promise<unknown>,
    private readonly clock: Clock,
    private readonly everyMs: number,
  ) {}

  onApplicationBootstrap(): void {
    this.stops = this.exporters.map((exporter) => this.clock.every(this.everyMs, () => exporter.catchUp()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const stop of this.stops) stop();
    await Promise.all(this.exporters.map((exporter) => exporter.stop()));
    await this.close();
  }
}
