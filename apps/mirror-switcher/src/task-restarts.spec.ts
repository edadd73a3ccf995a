import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import { FakeConnect } from '../../../test/support/fake-connect.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { ConnectClient } from './connect-client.js';
import { TaskRestarts } from './task-restarts.js';

const LONG_MS = 30_000;
const LOOK_MS = 5_000;
const RESTART = 'POST /connectors/source/restart?includeTasks=true&onlyFailed=true';
const REASON = 'TopicAuthorizationException: Not authorized to access topics: [orders]';

describe('TaskRestarts', () => {
  let fake: FakeConnect;
  let clock: VirtualClock;
  let log: InMemoryLog;
  let readiness: ProcessReadiness;
  let restarts: TaskRestarts;

  /** One look after the other, as far apart as the real ones. */
  const looks = async (count: number, mayRestart = true, before: () => void = () => undefined) => {
    const connect = new ConnectClient(fake.url, new SystemClock(), LONG_MS);
    const flow = { flow: 'a-to-b', connect, connectors: ['source', 'checkpoint'], source: 'source', mayRestart };
    for (let look = 0; look < count; look += 1) {
      before();
      await restarts.tend(flow);
      await clock.advance(LOOK_MS);
    }
  };

  beforeEach(async () => {
    fake = await FakeConnect.start();
    clock = new VirtualClock();
    log = new InMemoryLog();
    readiness = new ProcessReadiness(log, clock);
    fake.add('source', {});
    fake.add('checkpoint', {});
    restarts = new TaskRestarts([], { clock, readiness, log }, LONG_MS);
  });

  afterEach(async () => {
    await fake.end();
  });

  const component = () => readiness.report().components['tasks of a-to-b'];
  const fail = () => void (fake.connectors.get('source')!.tasks = ['FAILED']);
  const restarted = () => fake.calls.filter((call) => call === RESTART).length;

  it('starts a failed task again, and says why it had failed', async () => {
    fail();
    await looks(1);
    expect(restarted()).toBe(1);
    expect(component()).toMatchObject({ state: 'missing', reason: expect.stringContaining(REASON) });
    await looks(2);
    expect(component()?.state).toBe('ready');
    expect(restarted()).toBe(1);
    expect(log.lines.map(({ message }) => message)).toContainEqual(expect.stringContaining('was started again'));
  });

  it('starts what keeps failing ever more slowly', async () => {
    await looks(13, true, fail);
    // At 0, 5, 15 and 35 s; the next one is due at 75 s.
    expect(restarted()).toBe(4);
  });

  it('begins anew with what was well for a minute', async () => {
    await looks(8, true, fail);
    await looks(14);
    await looks(2, true, fail);
    expect(restarted()).toBe(4 + 2);
  });

  it('starts a source again that came to no tasks for half a minute, and says so', async () => {
    const begun = 'POST /connectors/source/restart?includeTasks=true';
    Object.assign(fake.connectors.get('source')!, { tasks: [] });
    await looks(6);
    expect(fake.changes).toEqual([]);
    expect(component()?.state).toBe('ready');
    await looks(1);
    expect(fake.changes).toEqual([begun]);
    expect(component()).toMatchObject({ state: 'missing', reason: expect.stringContaining('without a task') });
    await looks(1);
    expect(component()?.state).toBe('ready');
  });

  it('only says so where nothing may be touched', async () => {
    fail();
    await looks(2, false);
    expect(component()?.state).toBe('missing');
    expect(fake.changes).toEqual([]);
  });

  it('leaves alone what runs, what is stopped and what is not there', async () => {
    Object.assign(fake.connectors.get('source')!, { state: 'STOPPED', tasks: [] });
    fake.connectors.delete('checkpoint');
    await looks(9);
    expect(component()?.state).toBe('ready');
    expect(fake.changes).toEqual([]);
  });

  it('leaves a checkpoint connector alone that has nothing to do', async () => {
    Object.assign(fake.connectors.get('checkpoint')!, { tasks: [] });
    await looks(9);
    expect(fake.changes).toEqual([]);
  });
});
