import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryLog, ProcessReadiness, SystemClock, SystemRandom, type ComponentState } from '#libs/runtime';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { ConfigWatch } from './config-watch.js';
import { DirectoryConfig } from './directory.config.js';

const EVERY_MS = 5_000;
const LONG_MS = 10_000;

describe(ConfigWatch.name, () => {
  let folder: string;
  let file: string;
  let clock: VirtualClock;
  let log: InMemoryLog;
  let readiness: ProcessReadiness;
  let watch: ConfigWatch;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-config-watch-'));
    file = join(folder, 'clients', 'orders.json');
    clock = new VirtualClock();
    log = new InMemoryLog();
    readiness = new ProcessReadiness(log, clock);
    const resource = new DirectoryConfig(file, clock, new SystemRandom());
    watch = new ConfigWatch([{ id: 'orders-clients', resource }], clock, readiness);
    watch.start();
  });
  afterEach(() => {
    watch.stop();
    rmSync(folder, { recursive: true });
  });

  /** Looks again and again, by virtual time, until it says so; the file system takes real time. */
  const says = async (expected: Partial<ComponentState>) => {
    const real = new SystemClock();
    const startedMs = real.monotonicMs();
    for (;;) {
      const found = readiness.report().components['config orders-clients'];
      if (real.monotonicMs() - startedMs > LONG_MS) return expect(found).toMatchObject(expected);
      if (found?.state === expected.state && found?.state === 'ready') return;
      if (found?.state === 'missing' && expected.state === 'missing' && found.impact === expected.impact) {
        return expect(found).toMatchObject(expected);
      }
      await real.sleep(5);
      await clock.advance(EVERY_MS);
    }
  };

  it('says what a run would be missing, before one needs it, and each thing once', async () => {
    await says({
      state: 'missing',
      impact: 'blocked',
      reason: expect.stringMatching(/orders\.json .*create it/) as never,
    });
    mkdirSync(join(folder, 'clients'));
    await says({ state: 'missing', impact: 'degraded', reason: expect.stringMatching(/is not there/) as never });
    writeFileSync(file, JSON.stringify({ epoch: 0, data: {} }));
    await says({ state: 'ready' });
    writeFileSync(file, 'bootstrap.servers=kafka');
    await says({ state: 'missing', impact: 'blocked', reason: expect.stringMatching(/is malformed/) as never });
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'info', 'warn']);
  });
});
