import { beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/runtime';
import type { ConsumerGroups, GroupCommit } from './consumer-groups.js';

const clock = new SystemClock();
const SOON_MS = 60_000;

export interface GroupsUnderTest {
  readonly groups: ConsumerGroups;
  /** Two partitions of it may be committed for. */
  readonly topic: string;
  /** Has a consumer join, and returns what has it leave. */
  readonly join: (group: string) => Promise<() => Promise<void>>;
}

/** What every ConsumerGroups adapter does. */
export function consumerGroupsConformance(make: () => Promise<GroupsUnderTest>): void {
  describe('consumer groups', () => {
    let under: GroupsUnderTest;
    const at = (partition: number, offset: number, metadata = ''): GroupCommit => ({
      topic: under.topic,
      partition,
      offset,
      metadata,
    });
    const commitsOf = async (group: string) =>
      (await under.groups.commits([group])).get(group)?.toSorted((a, b) => a.partition - b.partition);
    /** The first group of a cluster has its coordinator elected; a member is seen a moment after it joined. */
    const soon = async <T>(look: () => Promise<T>, isGood: (seen: T) => boolean): Promise<T> => {
      const startedMs = clock.monotonicMs();
      for (;;) {
        const isOver = clock.monotonicMs() - startedMs > SOON_MS;
        try {
          const seen = await look();
          if (isGood(seen) || isOver) return seen;
        } catch (error) {
          if (isOver) throw error;
        }
        await clock.sleep(50);
      }
    };

    beforeAll(async () => {
      under = await make();
      await soon(
        () => under.groups.commits(['conformance-nobody']),
        () => true,
      );
    });

    it('sets where a group goes on, group by group and partition by partition', async () => {
      const { groups } = under;
      expect(await groups.commit('conformance-one', [at(0, 3, 'by hand'), at(1, 4)])).toBe('committed');
      expect(await groups.commit('conformance-two', [at(0, 9)])).toBe('committed');
      expect(await groups.commit('conformance-one', [at(1, 5)])).toBe('committed');
      expect(await commitsOf('conformance-one')).toEqual([at(0, 3, 'by hand'), at(1, 5)]);
      expect(await commitsOf('conformance-two')).toEqual([at(0, 9)]);
      expect(await groups.list()).toEqual(expect.arrayContaining(['conformance-one', 'conformance-two']));
    });

    it('knows nothing of a group that is not there', async () => {
      expect(await under.groups.commits(['conformance-nobody'])).toEqual(new Map([['conformance-nobody', []]]));
      expect(await under.groups.occupied(['conformance-nobody'])).toEqual(new Set());
      expect(await under.groups.commits([])).toEqual(new Map());
    });

    it('leaves the place of a group with members to them, until they are gone', async () => {
      const { groups } = under;
      expect(await groups.commit('conformance-busy', [at(0, 1)])).toBe('committed');
      const leave = await under.join('conformance-busy');
      const both = ['conformance-busy', 'conformance-one'];
      const isBusy = (seen: ReadonlySet<string>) => seen.has('conformance-busy');
      try {
        expect(await soon(() => groups.occupied(both), isBusy)).toEqual(new Set(['conformance-busy']));
        expect(await groups.commit('conformance-busy', [at(0, 2)])).toBe('occupied');
        expect(await commitsOf('conformance-busy')).toEqual([at(0, 1)]);
      } finally {
        await leave();
      }
      expect(
        await soon(
          () => groups.occupied(both),
          (seen) => !isBusy(seen),
        ),
      ).toEqual(new Set());
      expect(await groups.commit('conformance-busy', [at(0, 2)])).toBe('committed');
    });
  });
}
