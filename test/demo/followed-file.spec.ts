import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/runtime';
import { FollowedFile } from './followed-file.js';
import { waitFor } from './steady.js';

const clock = new SystemClock();

describe(FollowedFile.name, () => {
  let folder: string;
  let path: string;
  let sessions: { readonly address: string; readonly leave: AbortSignal; readonly fail: () => void }[];
  let stop: AbortController;
  let following: Promise<void>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-followed-file-'));
    path = join(folder, 'clients.json');
    sessions = [];
    stop = new AbortController();
    pointTo('a:1');
    following = new FollowedFile(path, clock).follow(
      stop.signal,
      (address, leave) =>
        new Promise((resolve, reject) => {
          sessions.push({ address, leave, fail: () => reject(new Error('the broker is gone')) });
          leave.addEventListener('abort', () => resolve());
        }),
    );
  });
  afterEach(async () => {
    stop.abort();
    await following;
    rmSync(folder, { recursive: true });
  });

  const put = (text: string) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  const pointTo = (address: string) => put(JSON.stringify({ epoch: 1, data: { 'bootstrap.servers': address } }));
  const visited = (...addresses: readonly string[]) =>
    waitFor(`sessions at ${addresses.join(', ')}`, { clock, withinMs: 20_000 }, () => {
      const seen = sessions.map(({ address }) => address).join();
      return Promise.resolve(seen === addresses.join() || undefined);
    });

  it('leaves for where the file points now, and ends when it is told to', async () => {
    expect(await visited('a:1')).toBe(true);
    pointTo('b:1');
    expect(await visited('a:1', 'b:1')).toBe(true);
    expect(sessions[0]?.leave.aborted).toBe(true);
  });

  it('reads the file again after an error', async () => {
    expect(await visited('a:1')).toBe(true);
    sessions[0]?.fail();
    expect(await visited('a:1', 'a:1')).toBe(true);
  });

  it('opens no session while the file says nothing, and goes on when it does', async () => {
    expect(await visited('a:1')).toBe(true);
    put('not yet');
    sessions[0]?.fail();
    pointTo('b:1');
    expect(await visited('a:1', 'b:1')).toBe(true);
  });
});
