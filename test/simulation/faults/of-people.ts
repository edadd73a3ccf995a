import type { FaultKind } from './fault.js';

const MINUTE_MS = 60_000;

const habit = (name: string, says: string, of: 'late' | 'double' | 'wrong'): FaultKind => ({
  name,
  lasts: [2 * MINUTE_MS, 15 * MINUTE_MS],
  strike: ({ people }) => {
    people.habits.add(of);
    return { says, end: () => void people.habits.delete(of) };
  },
});

export const ofPeople: readonly FaultKind[] = [
  habit('people-late', 'people answer when it is nearly too late, or after', 'late'),
  habit('people-double', 'people click twice, at two orchestrators', 'double'),
  habit('people-wrong', 'people click what they should not', 'wrong'),
  {
    name: 'people-move',
    lasts: [1_000, 2_000],
    strike: ({ people }, draw) => {
      const wish = draw.pick(['switchover', 'failover', 'failback', 'reprotect'] as const);
      people.wants(wish);
      return { says: `somebody asks for a ${wish}` };
    },
  },
  {
    name: 'people-abort',
    lasts: [1_000, 2_000],
    strike: ({ people }) => {
      people.wants('abort');
      return { says: 'somebody takes the run back' };
    },
  },
  {
    name: 'people-freeze',
    lasts: [20_000, 3 * MINUTE_MS],
    strike: ({ people, forMs }) => {
      people.wants('freeze', forMs);
      return { says: 'somebody freezes the group' };
    },
  },
];
