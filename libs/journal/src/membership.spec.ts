import { beforeEach, describe, expect, it } from '@jest/globals';
import { initialGroupState } from '#libs/decision';
import { groupId, processId, siteId, type RunId } from '#libs/domain';
import { InMemoryLog, ProcessReadiness } from '#libs/runtime';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { InMemoryJournal } from './in-memory.journal.js';
import { keys } from './keys.js';
import { Membership } from './membership.js';
import { raiseSchema } from './schema.js';

const TTL_MS = 15_000;
const orders = groupId('orders');
const a = siteId('a');

let clock: VirtualClock;
let journal: InMemoryJournal;
let readiness: ProcessReadiness;

/** A process of a version that knows schemas up to `schema`, once it has announced itself or was refused. */
async function start(name: string, schema: number, raises = false): Promise<Membership> {
  const self = { process: processId(name), site: a, schema, handlers: [] };
  const membership = new Membership({ journal, clock, readiness, raises }, self, TTL_MS);
  membership.start();
  await clock.advance(0);
  return membership;
}

const schema = async (): Promise<string | undefined> => (await journal.read(keys.schema())).entries[0]?.value;
const beat = (): Promise<void> => clock.advance(TTL_MS / 3);

const group = async (phase: 'steady' | 'running'): Promise<void> => {
  const steady = initialGroupState(orders, a);
  const run = 'run-1' as RunId;
  const state = phase === 'steady' ? steady : { ...steady, phase, run, kind: 'failover', from: a, target: 'b' };
  const changes = [{ kind: 'put', key: keys.groupState(orders), value: JSON.stringify(state) }] as const;
  await journal.commit({ conditions: [], changes });
};

beforeEach(() => {
  clock = new VirtualClock();
  journal = new InMemoryJournal(clock);
  readiness = new ProcessReadiness(new InMemoryLog(), clock);
});

describe(Membership.name, () => {
  it('announces a process for as long as it runs', async () => {
    const membership = await start('orchestrator@a', 1);
    await clock.advance(3 * TTL_MS);
    const [entry] = (await journal.read(keys.members())).entries;
    expect(JSON.parse(entry?.value ?? '')).toEqual({ process: 'orchestrator@a', site: 'a', schema: 1, handlers: [] });
    expect(membership.mayWrite).toBe(true);
    await membership.stop();
    expect((await journal.read(keys.members())).entries).toEqual([]);
  });

  it('announces again when its lease ended while it was away', async () => {
    const membership = await start('orchestrator@a', 1);
    await journal.commit({
      conditions: [],
      changes: [{ kind: 'delete', key: keys.member(processId('orchestrator@a')) }],
    });
    await beat();
    expect((await journal.read(keys.members())).entries).toHaveLength(1);
    await membership.stop();
  });

  it('puts a newer schema in force only when every live process knows it', async () => {
    const old = await start('orchestrator@b', 1);
    await start('orchestrator@a', 2, true);
    await beat();
    expect(await schema()).toBeUndefined();
    await old.stop();
    await beat();
    expect(await schema()).toBe('2');
  });

  it('does not raise it while a run is open', async () => {
    await group('running');
    await start('orchestrator@a', 2, true);
    await beat();
    expect(await schema()).toBeUndefined();
    await group('steady');
    await beat();
    expect(await schema()).toBe('2');
  });

  it('keeps a version that does not know the schema from writing, and says what to do', async () => {
    const late = await start('dns-switcher@b', 1);
    expect(late.mayWrite).toBe(true);
    await journal.commit({ conditions: [], changes: [{ kind: 'put', key: keys.schema(), value: '2' }] });
    await beat();
    expect(late.mayWrite).toBe(false);
    const old = await start('orchestrator@b', 1);
    expect(old.mayWrite).toBe(false);
    expect(readiness.report().components['journal schema']).toMatchObject({
      impact: 'blocked',
      reason: expect.stringContaining('has schema 2, and we know 1: start the version'),
    });
    expect((await start('orchestrator@a', 2)).mayWrite).toBe(true);
  });
});

describe(raiseSchema.name, () => {
  it('is refused when an older version announced itself meanwhile', async () => {
    await start('orchestrator@a', 2);
    const commit = journal.commit.bind(journal);
    journal.commit = async (transaction) => {
      journal.commit = commit;
      await start('orchestrator@b', 1);
      return journal.commit(transaction);
    };
    expect(await raiseSchema(journal)).toBe(1);
    expect(await schema()).toBeUndefined();
  });
});
