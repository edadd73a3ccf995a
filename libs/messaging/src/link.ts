import { messageOf, type ClusterId } from '#libs/domain';
import type { Readiness } from '#libs/runtime';

/** One direction of traffic with one cluster, as the process's readiness knows it. */
export class Link {
  private readonly component: string;

  constructor(
    private readonly readiness: Readiness,
    cluster: ClusterId,
    direction: 'to' | 'from',
  ) {
    this.component = `events ${direction} cluster ${cluster}`;
  }

  up(): void {
    this.readiness.ready(this.component);
  }

  down(error: unknown): void {
    this.readiness.missing(this.component, `No ${this.component}: ${messageOf(error)}`);
  }
}
