import { SignalboxError } from '#libs/domain';
import type { Clock, Log } from '#libs/runtime';
import type { SlackWeb } from './slack-web.js';

/** Members are asked for again after this; while Slack does not say, what it said last counts. */
const FRESH_MS = 300_000;

export interface Directory {
  /** Names by Slack id. */
  readonly people: Readonly<Record<string, string>>;
  /** Slack user groups by group of people. */
  readonly userGroups: Readonly<Record<string, string>>;
}

/** Who a person in Slack is to Signalbox: by ids that Slack vouches for, never by a name that people can change. */
export class People {
  readonly slackIdOf: ReadonlyMap<string, string>;
  private readonly members = new Map<string, { readonly users: readonly string[]; readonly atMs: number }>();

  constructor(
    private readonly directory: Directory,
    private readonly web: SlackWeb,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.slackIdOf = new Map(Object.entries(directory.people).map(([id, name]) => [name, id]));
  }

  principalOf(user: string): string | undefined {
    return Object.hasOwn(this.directory.people, user) ? this.directory.people[user] : undefined;
  }

  /** Never fails: a group of which nobody knows the members has none. */
  async groupsOf(user: string): Promise<readonly string[]> {
    const groups = Object.entries(this.directory.userGroups);
    const inThem = await Promise.all(
      groups.map(async ([, userGroup]) => (await this.membersOf(userGroup)).includes(user)),
    );
    return groups.filter((_, index) => inThem[index]).map(([group]) => group);
  }

  private async membersOf(userGroup: string): Promise<readonly string[]> {
    const known = this.members.get(userGroup);
    if (known && this.clock.monotonicMs() - known.atMs < FRESH_MS) return known.users;
    try {
      const users = await this.web.membersOf(userGroup);
      this.members.set(userGroup, { users, atMs: this.clock.monotonicMs() });
      return users;
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.log.debug(`The members of user group ${userGroup} are as they were last known: ${error.message}`);
      return known?.users ?? [];
    }
  }
}
