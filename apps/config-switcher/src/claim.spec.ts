import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { Claim } from './claim.js';

const clock = new SystemClock();
const random = new SystemRandom();
const soon = () => AbortSignal.timeout(20_000);

const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
const IMPORTS = `
  const { Claim } = await import(${url('./claim.js')});
  const { DirectoryConfig } = await import(${url('./directory.config.js')});
  const { SystemClock, SystemRandom } = await import(${url('../../../libs/runtime/src/index.js')});
  const [file] = process.argv.slice(1), clock = new SystemClock(), random = new SystemRandom();
  const soon = () => AbortSignal.timeout(20_000);`;
const HOLD = `${IMPORTS}
  await Claim.take(file, clock, random, soon());
  console.log('held');
  await clock.sleep(60_000);`;
const COUNTS = 25;
/** Reads, adds one and writes, again and again: a lost update shows in the sum. */
const COUNT = `${IMPORTS}
  const config = new DirectoryConfig(file, clock, random);
  for (let done = 0; done < ${COUNTS};) {
    const seen = await config.read(soon());
    const next = { count: String(Number(seen.value.count ?? 0) + 1) };
    if (await config.write(seen, next, seen.epoch + 1, soon()) === 'written') done += 1;
  }`;

const until = async <T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> => {
  const startedMs = clock.monotonicMs();
  for (;;) {
    const found = await attempt();
    if (found !== undefined) return found;
    if (clock.monotonicMs() - startedMs > 20_000) throw new Error(`${what}: not within 20 s`);
    await clock.sleep(5);
  }
};

describe(Claim.name, () => {
  let folder: string;
  let file: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-claim-'));
    file = join(folder, 'clients.json');
    writeFileSync(file, 'old');
  });
  afterEach(async () => {
    const running = children.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ended = running.map((child) => once(child, 'exit'));
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(ended);
    rmSync(folder, { recursive: true });
  });

  const take = () => Claim.take(file, clock, random, soon());
  const replace = async (content: string) => {
    const claim = await take();
    const outcome = await claim.replace(content, soon());
    await claim.withdraw();
    return outcome;
  };
  const run = (program: string) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  };

  it('makes the text the file, and nothing of it is left beside it', async () => {
    expect(await replace('new')).toBe('written');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['clients.json']);
  });

  it('has its turn when the holder is done, and not before', async () => {
    const held = await take();
    let taken: Claim | undefined;
    const virtual = new VirtualClock();
    void Claim.take(file, virtual, random, soon()).then((claim) => (taken = claim));
    for (let look = 0; look < 10; look++) {
      await virtual.advance(25);
      await clock.sleep(1);
    }
    expect(taken).toBeUndefined();
    await held.withdraw();
    await until('its turn', async () => {
      await virtual.advance(25);
      return taken;
    });
    await taken?.withdraw();
  });

  it('takes the turn of a holder that froze, whose own change then comes to nothing', async () => {
    const frozen = await take();
    expect(await replace('new')).toBe('written');
    expect(await frozen.replace('stale', soon())).toBe('refused');
    await frozen.withdraw();
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['clients.json']);
  });

  it('takes the turn of a process that was killed', async () => {
    const holder = run(HOLD);
    await once(holder.stdout!, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(readdirSync(folder)).toHaveLength(2);
    expect(await replace('new')).toBe('written');
    expect(readdirSync(folder)).toEqual(['clients.json']);
  });

  it('loses no update of several processes', async () => {
    writeFileSync(file, JSON.stringify({ epoch: 0, data: {} }));
    const counters = [run(COUNT), run(COUNT), run(COUNT)];
    await Promise.all(counters.map(({ stdout }) => textOf(stdout!)));
    const sum = counters.length * COUNTS;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ epoch: sum, data: { count: String(sum) } });
  }, 60_000);

  it('gives up, having changed nothing, when its turn does not come in time', async () => {
    const held = await take();
    const waiting = Claim.take(file, new VirtualClock(), random, AbortSignal.abort());
    await expect(waiting).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    await held.withdraw();
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['clients.json']);
  });

  it('changes nothing once it is too late', async () => {
    const claim = await take();
    await expect(claim.replace('late', AbortSignal.abort())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    await claim.withdraw();
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  it('keeps the owner of the file', async () => {
    const { uid, gid } = process.getuid?.() === 0 ? { uid: 12_345, gid: 23_456 } : statSync(file);
    chownSync(file, uid, gid);
    expect(await replace('new')).toBe('written');
    expect(statSync(file)).toMatchObject({ uid, gid });
  });
});
