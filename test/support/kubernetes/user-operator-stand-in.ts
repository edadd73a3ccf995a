import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '#libs/domain';
import type { AccessRule, AccessRules, TopicOperation } from '#libs/kafka';
import { SystemClock } from '#libs/runtime';
import type { Loose } from '../broken-topology.js';
import { WatchedApi, type ApiAccess, type ChangeEvent } from './watched.js';

export interface UserOperatorOptions extends ApiAccess {
  readonly namespace: string;
  /** Of the one cluster whose users these are. */
  readonly rules: AccessRules;
  /** In which the KafkaUsers are served. */
  readonly version?: 'v1' | 'v1beta2';
  /** Everything is looked at this often, whatever happens; 120 s as Strimzi has it. */
  readonly fullEveryMs?: number;
  /** STRIMZI_IGNORED_USERS_PATTERN: whose rules are nobody's business. */
  readonly ignored?: RegExp;
}

const FULL_EVERY_MS = 120_000;
/** Before a change that failed is tried again. */
const AGAIN_MS = 100;
const clock = new SystemClock();

const OPERATIONS: Readonly<Record<string, TopicOperation>> = {
  Read: 'read',
  Write: 'write',
  Create: 'create',
  Delete: 'delete',
  Alter: 'alter',
  Describe: 'describe',
  AlterConfigs: 'alter-configs',
  DescribeConfigs: 'describe-configs',
  All: 'all',
};

/**
 * Stands in for Strimzi's User Operator, which no registry has, as far as rules on topics go: a user's ACLs are made to be
 * exactly those of its KafkaUser, at once when that changes and every two minutes; then the ACLs of everybody who has none
 * are removed, those of `User:*` among them. A user that is told to pause is not looked at, and keeps what it has.
 */
export class UserOperatorStandIn {
  readonly #api: WatchedApi;
  readonly #stopped = new AbortController();
  #over: Promise<unknown> = Promise.resolve();
  #turn: Promise<void> = Promise.resolve();

  private constructor(private readonly options: UserOperatorOptions) {
    this.#api = new WatchedApi(options);
  }

  static async start(options: UserOperatorOptions): Promise<UserOperatorStandIn> {
    const started = new UserOperatorStandIn(options);
    const { items, version } = await started.#api.list(started.#path());
    const events = await started.#api.watch(started.#path(), version);
    for (const item of items) started.#enqueue(() => started.#reconcile(item));
    const follows = started.#follow(events).catch(() => undefined);
    const stop = clock.every(options.fullEveryMs ?? FULL_EVERY_MS, () => started.full().catch(() => undefined));
    started.#over = follows.finally(stop);
    return started;
  }

  /** Everybody's rules at once, as every two minutes. */
  async full(): Promise<void> {
    this.#enqueue(async () => {
      const { items } = await this.#api.list(this.#path());
      const known = new Set(items.map((item) => principalOf(item)));
      const { rules, ignored } = this.options;
      const foreign = (await rules.list()).filter(
        ({ principal }) => !known.has(principal) && !ignored?.test(principal.replace(/^User:/, '')),
      );
      await rules.remove(foreign);
      for (const item of items) await this.#reconcile(item);
    });
    await this.#turn;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#api.stop();
    await this.#over;
    await this.#turn.catch(() => undefined);
  }

  async #follow(events: AsyncIterable<ChangeEvent>): Promise<void> {
    for await (const { type, object } of events) {
      if (type === 'ADDED' || type === 'MODIFIED') this.#enqueue(() => this.#reconcile(object));
      if (type === 'DELETED') this.#enqueue(() => this.#bring(principalOf(object), []));
    }
  }

  #enqueue(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(async () => {
      for (;;) {
        if (this.#stopped.signal.aborted) return;
        try {
          await work();
          return;
        } catch {
          await clock.sleep(AGAIN_MS, this.#stopped.signal);
        }
      }
    });
  }

  async #reconcile(object: Loose): Promise<void> {
    const { metadata, spec, status } = object;
    if (metadata.annotations?.['strimzi.io/pause-reconciliation'] === 'true') return;
    const principal = principalOf(object);
    const path = `${this.#path()}/${metadata.name}/status`;
    const report = async (type: string, rest: object) => {
      const said = { username: principal.replace(/^User:/, ''), observedGeneration: metadata.generation };
      const isKnown = status?.username === said.username && status?.observedGeneration === said.observedGeneration;
      if (isKnown && status?.conditions?.[0]?.type === type) return;
      const body = { status: { ...said, conditions: [{ type, status: 'True', ...rest }] } };
      await this.#api.merge(path, 'strimzi', body);
    };
    try {
      await this.#bring(principal, rulesIn(principal, spec?.authorization?.acls ?? []));
    } catch (error) {
      await report('NotReady', { reason: 'Error', message: messageOf(error) });
      throw error;
    }
    await report('Ready', {});
  }

  /** First what is missing, then what is too much. */
  async #bring(principal: string, wanted: readonly AccessRule[]): Promise<void> {
    const { rules } = this.options;
    const there = (await rules.list()).filter((rule) => rule.principal === principal);
    const without = (all: readonly AccessRule[], others: readonly AccessRule[]) =>
      all.filter((rule) => !others.some((other) => isDeepStrictEqual(rule, other)));
    await rules.add(without(wanted, there));
    await rules.remove(without(there, wanted));
  }

  #path(): string {
    const { version = 'v1', namespace } = this.options;
    return `apis/kafka.strimzi.io/${version}/namespaces/${namespace}/kafkausers`;
  }
}

const principalOf = ({ metadata, spec }: Loose): string =>
  spec?.authentication?.type === 'scram-sha-512' ? `User:${metadata.name}` : `User:CN=${metadata.name}`;

const rulesIn = (principal: string, acls: readonly Loose[]): readonly AccessRule[] =>
  acls
    .filter(({ resource }) => resource.type === 'topic')
    .flatMap(({ type, resource, operation, operations, host }) =>
      [...(operations ?? []), ...(operation ? [operation] : [])].map((each: string) => ({
        permission: type === 'deny' ? 'deny' : 'allow',
        principal,
        operation: OPERATIONS[each] ?? 'describe',
        topic: resource.name,
        match: resource.patternType === 'prefix' ? 'prefixed' : 'literal',
        host: host ?? '*',
      })),
    );
