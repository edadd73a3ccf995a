import 'reflect-metadata';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import { clusterId } from '#libs/domain';
import { EventBus, type Channel, type EventListener } from './event-bus.js';
import { EventContext, MultiClusterKafkaStrategy } from './multi-cluster-kafka.strategy.js';

interface Seen {
  readonly text: string;
}

const channel: Channel<Seen> = {
  topic: 'test.topic',
  open: (text) => ({
    ok: true,
    value: { event: { text }, identity: { source: 's', incarnation: 'i', sequence: 1 } },
  }),
};

/** Delivers what it is told to, as if it came through cluster a. */
class HandBus extends EventBus {
  readonly listeners = new Set<EventListener<Seen>>();
  override publish(): void {}
  override subscribe<T>(_channel: Channel<T>, listener: EventListener<T>): () => void {
    const added = listener as EventListener<unknown>;
    this.listeners.add(added);
    return () => this.listeners.delete(added);
  }
  override async close(): Promise<void> {}
}

const received: [Seen, string][] = [];

@Controller()
class SeenController {
  @EventPattern<string>('test.topic')
  onSeen(@Payload() event: Seen, @Ctx() context: EventContext): void {
    received.push([event, context.cluster]);
  }
}

describe('multi-cluster Kafka strategy', () => {
  it('brings verified events to the handlers of a Nest app, with the cluster they came through', async () => {
    const bus = new HandBus();
    const module = await Test.createTestingModule({ controllers: [SeenController] }).compile();
    const app = module.createNestApplication({ logger: false });
    app.connectMicroservice({ strategy: new MultiClusterKafkaStrategy(bus, [channel]) });
    await app.startAllMicroservices();

    for (const listener of bus.listeners) await listener({ text: 'hello' }, clusterId('a'));
    expect(received).toEqual([[{ text: 'hello' }, 'a']]);

    await app.close();
    expect(bus.listeners.size).toBe(0);
  });

  it('refuses a handler for a topic that nobody can open', async () => {
    const module = await Test.createTestingModule({ controllers: [SeenController] }).compile();
    const app = module.createNestApplication({ logger: false });
    app.connectMicroservice({ strategy: new MultiClusterKafkaStrategy(new HandBus(), []) });
    await expect(app.startAllMicroservices()).rejects.toThrow('no channel that opens them');
    await app.close();
  });
});
