import { isDeepStrictEqual } from 'node:util';
import { AccessRules, type AccessRule } from './access-rules.js';
import type { InMemoryKafka } from './in-memory.kafka.js';

export class InMemoryAccessRules extends AccessRules {
  constructor(
    private readonly kafka: InMemoryKafka,
    private readonly principal: string,
  ) {
    super();
  }

  override async list(): Promise<readonly AccessRule[]> {
    await this.kafka.reach(this.principal);
    return [...this.kafka.rules];
  }

  override async add(rules: readonly AccessRule[]): Promise<void> {
    await this.kafka.reach(this.principal, true);
    this.kafka.rules.push(...rules.filter((rule) => !this.kafka.rules.some((other) => isDeepStrictEqual(rule, other))));
  }

  override async remove(rules: readonly AccessRule[]): Promise<void> {
    await this.kafka.reach(this.principal, true);
    const kept = this.kafka.rules.filter((rule) => !rules.some((other) => isDeepStrictEqual(rule, other)));
    this.kafka.rules.splice(0, Infinity, ...kept);
  }
}
