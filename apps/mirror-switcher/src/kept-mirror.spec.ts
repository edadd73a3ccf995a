import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, processId, siteId } from '#libs/domain';
import { Reassertion, ReassertionTally, ResourceLanes, StepWorker, type ResolveResource } from '#libs/jobs';
import { InMemoryJournal } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import { FakeConnect } from '../../../test/support/fake-connect.js';
import { StepBook } from '../../../test/support/step-book.js';
import { ConnectClient } from './connect-client.js';
import { ConnectRestMirror } from './connect-rest.mirror.js';
import { ConnectRestPositions } from './connect-rest.positions.js';
import { EpochMarker } from './epoch-marker.js';

const MARKER = 'signalbox-epoch-a-to-b';
const clock = new SystemClock();
const process = processId('mirror-switcher@b');
const worker = { worker: 'mirror-switcher', runsAt: siteId('b') } as const;
const mirrorStep = { ...worker, resource: { kind: 'mirror', flow: 'a-to-b' } } as const;

/** A deadline, and no statement about how fast it is. */
async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const startedMs = clock.monotonicMs();
  while (!(await isSo())) {
    if (clock.monotonicMs() - startedMs > 30_000) throw new Error(`${what}: not within 30 s`);
    await clock.sleep(10);
  }
}

describe('a flow that a run has stopped', () => {
  let fake: FakeConnect;
  let book: StepBook;
  let journal: InMemoryJournal;
  let steps: StepWorker;
  let reassertion: Reassertion;

  beforeEach(async () => {
    fake = await FakeConnect.start();
    fake.add('source', { 'source.cluster.alias': 'a' });
    fake.add('checkpoint', {});
    fake.store('source', 'a', 'orders', 0, 9);
    const connect = new ConnectClient(fake.url, clock, 5_000);
    const marker = new EpochMarker(connect, 'a-to-b', { source: 'a', target: 'b' });
    const connectors = { source: 'source', checkpoint: 'checkpoint', pollMs: 5 };
    const rendered = { source: { 'source.cluster.alias': 'a' }, checkpoint: {} };
    const resources = {
      mirror: new ConnectRestMirror(connect, marker, async () => ({}), clock, connectors),
      positions: new ConnectRestPositions(connect, marker, clock, { ...connectors, rendered }),
    };
    const resolve: ResolveResource = ({ kind }) =>
      kind === 'mirror' || kind === 'positions' ? resources[kind] : undefined;

    journal = new InMemoryJournal(clock);
    book = new StepBook(journal);
    const log = new InMemoryLog();
    const readiness = new ProcessReadiness(log, clock);
    const lanes = new ResourceLanes();
    const self = { site: siteId('b'), worker: 'mirror-switcher' } as const;
    steps = new StepWorker({ journal, clock, readiness }, { ...self, process, pollMs: 20 }, resolve, lanes);
    const tally = new ReassertionTally(journal, clock, process);
    const settings = { ...self, reassertMs: 40, callTimeoutMs: 10_000, mayKeep: () => true };
    reassertion = new Reassertion({ journal, clock, readiness, log, tally }, settings, resolve, lanes);
    steps.start();
    reassertion.start();
    await book.epoch(7);
    await book.open({ ...mirrorStep, desired: 'stopped', deadlineMs: 20_000 });
    await until('the step is done', async () => (await book.status()) === 'done');
  });

  afterEach(async () => {
    await Promise.all([steps.stop(), reassertion.stop()]);
    await journal.close();
    await fake.end();
  });

  const set = (name: 'source' | 'checkpoint', state: string) =>
    Object.assign(fake.connectors.get(name)!, { state, tasks: state === 'RUNNING' ? ['RUNNING'] : [] });
  const states = () => ['source', 'checkpoint'].map((name) => fake.connectors.get(name)?.state).join();
  const isStopped = () => states() === 'STOPPED,STOPPED';

  it('is stopped again when somebody sets both of its connectors going, or one', async () => {
    for (const names of [['source', 'checkpoint'], ['source'], ['checkpoint']] as const) {
      for (const name of names) set(name, 'RUNNING');
      await until(`${names.join()} stopped again`, isStopped);
    }
    expect(fake.connectors.get(MARKER)?.config).toMatchObject({ 'signalbox.epoch': '7' });
  });

  it('is stopped and stamped again after a late write of an older run', async () => {
    const stamp = fake.connectors.get(MARKER)!;
    stamp.config = { ...stamp.config, 'signalbox.epoch': '3' };
    set('source', 'RUNNING');
    await until('stopped again', isStopped);
    expect(fake.connectors.get(MARKER)?.config).toMatchObject({ 'signalbox.epoch': '7' });
  });

  it('keeps the positions that it comes to, whatever a run had set', async () => {
    const positions = { ...worker, name: 'set', resource: { kind: 'positions', flow: 'a-to-b' } } as const;
    await book.open({ ...positions, desired: { 'orders-0': 20 }, deadlineMs: 20_000 });
    await until('the step is done', async () => (await book.status('set')) === 'done');
    await book.open({ ...mirrorStep, name: 'start', desired: 'running', deadlineMs: 20_000, epoch: epoch(7) });
    await until('the flow is started', async () => (await book.status('start')) === 'done');
    fake.connectors.get('source')!.offsets.length = 0;
    fake.store('source', 'a', 'orders', 0, 4);
    const before = fake.calls.length;
    await until('it was looked at some more', () => fake.calls.length > before + 20);
    expect(fake.stored('source')).toEqual(['a orders 0 4']);
    expect(states()).toBe('RUNNING,RUNNING');
  });
});
