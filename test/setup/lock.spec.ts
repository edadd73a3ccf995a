import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

interface Lock {
  readonly withLock: <T>(
    subject: string,
    context: { say: (line: string) => void; signal: AbortSignal },
    work: () => Promise<T>,
  ) => Promise<T>;
}
const scripts = new URL('../../../scripts/setup/lock.mjs', import.meta.url).href;
const { withLock } = (await import(scripts)) as Lock;

const subject = `lock.spec ${process.pid}`;
const quiet = { say: (): void => {}, signal: new AbortController().signal };

describe('the lock of the set-up', () => {
  it('lets one work at a time', async () => {
    let working = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++working);
      await new Promise((resolve) => process.nextTick(resolve));
      working -= 1;
    };
    await Promise.all([1, 2, 3, 4].map(() => withLock(subject, quiet, work)));
    expect(most).toBe(1);
  });

  it('is free again when its holder is killed, and names the holder until then', async () => {
    const hold = `const { withLock } = await import(${JSON.stringify(scripts)});
      const quiet = { say() {}, signal: new AbortController().signal };
      await withLock(${JSON.stringify(subject)}, quiet, async () => { console.log('held'); process.stdin.resume(); await new Promise(() => {}); });`;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', hold], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');

    const said: string[] = [];
    const waiting = withLock(
      subject,
      {
        ...quiet,
        say: (line) => {
          said.push(line);
          holder.kill('SIGKILL');
        },
      },
      async () => 'mine',
    );

    expect(await waiting).toBe('mine');
    expect(said).toEqual([expect.stringContaining(`pid ${holder.pid}`)]);
  });

  it('stops waiting when told to', async () => {
    const stop = new AbortController();
    const waiting = withLock(subject, quiet, () =>
      withLock(subject, { signal: stop.signal, say: () => stop.abort(new Error('told to')) }, async () => 'never'),
    );
    await expect(waiting).rejects.toThrow('told to');
  });
});
