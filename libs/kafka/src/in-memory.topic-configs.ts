import type { InMemoryKafka } from './in-memory.kafka.js';
import { TopicConfigs } from './topic-configs.js';

export class InMemoryTopicConfigs extends TopicConfigs {
  constructor(
    private readonly kafka: InMemoryKafka,
    private readonly principal: string,
  ) {
    super();
  }

  override async own(setting: string, topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
    await this.kafka.reach(this.principal);
    return new Map(
      topics.flatMap((topic) => {
        this.kafka.demand(this.principal, 'describe-configs', topic);
        const value = this.kafka.settingsOf(topic).get(setting);
        return value === undefined ? [] : [[topic, value] as const];
      }),
    );
  }

  override async set(setting: string, values: ReadonlyMap<string, string | undefined>): Promise<void> {
    await this.kafka.reach(this.principal, true);
    for (const [topic, value] of values) {
      this.kafka.demand(this.principal, 'alter-configs', topic);
      if (value === undefined) this.kafka.settingsOf(topic).delete(setting);
      else this.kafka.settingsOf(topic).set(setting, value);
    }
  }
}
