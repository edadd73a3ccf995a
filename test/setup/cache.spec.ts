import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Fill = (folder: string, scratch: string) => Promise<void>;
type Options = { source: string; hashed?: boolean };
interface Cache {
  readonly isWhole: (folder: string, source: string) => boolean;
  readonly fillCache: (cache: string, name: string, options: Options, fill: Fill) => Promise<unknown>;
  readonly sweepCache: (cache: string) => void;
}
const scripts = new URL('../../../scripts/setup/cache.mjs', import.meta.url).href;
const { isWhole, fillCache, sweepCache } = (await import(scripts)) as Cache;

describe('the cache of the set-up', () => {
  let cache: string;
  let folder: string;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'signalbox-cache-'));
    folder = join(cache, 'jars');
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  const fill = (hashed = false, text = 'whole'): Promise<unknown> =>
    fillCache(cache, 'jars', { source: 'pom 1', hashed }, async (into) => writeFileSync(join(into, 'a.jar'), text));

  it('is whole after a fill, and leaves no scratch', async () => {
    await fill();
    expect(isWhole(folder, 'pom 1')).toBe(true);
    expect(readdirSync(cache)).toEqual(['jars']);
  });

  it('notices a truncated, a missing and an outdated file', async () => {
    await fill();
    expect(isWhole(folder, 'pom 2')).toBe(false);
    truncateSync(join(folder, 'a.jar'), 2);
    expect(isWhole(folder, 'pom 1')).toBe(false);
    rmSync(join(folder, 'a.jar'));
    expect(isWhole(folder, 'pom 1')).toBe(false);
  });

  it('notices a program that was changed at the same length', async () => {
    await fill(true);
    writeFileSync(join(folder, 'a.jar'), 'WHOLE');
    expect(isWhole(folder, 'pom 1')).toBe(false);
  });

  it('keeps what it had when a refill fails half-way', async () => {
    await fill();
    const failing = fillCache(cache, 'jars', { source: 'pom 1' }, async (into) => {
      writeFileSync(join(into, 'a.jar'), 'ha');
      throw new Error('stopped half-way');
    });
    await expect(failing).rejects.toThrow('stopped half-way');
    expect(readFileSync(join(folder, 'a.jar'), 'utf8')).toBe('whole');
    expect(isWhole(folder, 'pom 1')).toBe(true);
  });

  it('replaces what is broken, and sweeps what a killed run left', async () => {
    mkdtempSync(join(cache, '.tmp-jars-'));
    await fill(false, 'old');
    await fill(false, 'new');
    sweepCache(cache);
    expect(readFileSync(join(folder, 'a.jar'), 'utf8')).toBe('new');
    expect(readdirSync(cache)).toEqual(['jars']);
  });
});
