import { BaseRpcContext, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { invariant, type ClusterId } from '#libs/domain';
import type { Stop } from '#libs/runtime';
import type { Channel, EventBus } from './event-bus.js';

/** Which cluster an event came through first. */
export class EventContext extends BaseRpcContext<[ClusterId]> {
  get cluster(): ClusterId {
    return this.args[0];
  }
}

/** Lets a Nest app take verified events of the bus with `@EventPattern<string>('<topic>')`. Events only, no requests. */
export class MultiClusterKafkaStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('multi-cluster-kafka');
  private readonly subscriptions: Stop[] = [];

  constructor(
    private readonly bus: EventBus,
    private readonly channels: readonly Channel<unknown>[],
  ) {
    super();
  }

  override listen(callback: () => void): void {
    for (const pattern of this.messageHandlers.keys()) {
      const channel = this.channels.find(({ topic }) => topic === pattern);
      invariant(channel, `There is a handler for events of ${pattern}, and no channel that opens them.`);
      const stop = this.bus.subscribe(channel, (data, cluster) =>
        this.handleEvent(pattern, { pattern, data }, new EventContext([cluster])),
      );
      this.subscriptions.push(stop);
    }
    callback();
  }

  /** Ends the subscriptions; the bus belongs to whoever made it. */
  override close(): void {
    for (const stop of this.subscriptions.splice(0)) stop();
  }

  override on(): never {
    throw new Error('This transport has no events of its own; ask the bus what is missing.');
  }

  override unwrap<T>(): T {
    return this.bus as T;
  }
}
