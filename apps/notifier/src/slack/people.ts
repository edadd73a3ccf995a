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

/** Whom signalbox.yaml knows in Slack: by ids that Slack vouches for, never by a name that people can change. */
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

  /** Whether there is any use in asking them: who they are is looked up by the rules. */
  knows(user: string): boolean {
    return Object.hasOwn(this.directory.people, user);
  }

  /** Those of signalbox.yaml that they are in, by Slack's ids. Never fails: a group of which nobody knows the members has none. */
  async userGroupsOf(user: string): Promise<readonly string[]> {
    const groups = [...new Set(Object.values(this.directory.userGroups))];
    const inThem = await Promise.all(groups.map(async (group) => (await this.membersOf(group)).includes(user)));
    return groups.filter((_, index) => inThem[index]);
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
