import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FREE_NAMES } from '../../../../test/support/bind.js';
import { DnsLab, put } from '../../../../test/support/dns-lab.js';
import { oldAnswersOf, type Switched } from '../../../../test/support/old-answers.js';

/** Of the answer that is replaced, in seconds: four names side by side, five switches of each. */
const OLD_TTLS = [
  [1, 5, 2, 4, 3],
  [3, 1, 4, 2, 5],
  [5, 2, 3, 1, 4],
  [2, 4, 1, 5, 3],
];

describe('until when old answers live, over twenty switches', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-horizon-'));
  let lab: DnsLab;

  beforeAll(async () => {
    lab = await DnsLab.start(directory);
  });

  afterAll(async () => {
    await lab?.end();
    rmSync(directory, { recursive: true });
  });

  async function switchesOf(name: string, ttls: readonly number[]): Promise<Switched[]> {
    const watched = lab.name(name);
    const target = (index: number) => ({ addresses: [`192.0.2.${100 + index}`], ttlSeconds: ttls[index] ?? 1 });
    await put(watched, target(0));
    const switched: Switched[] = [];
    for (const index of ttls.keys()) switched.push(await oldAnswersOf(lab, watched, target(index + 1)));
    return switched;
  }

  it('is never before the last old answer, and close after it while the cache is warm', async () => {
    const all = await Promise.all(OLD_TTLS.map((ttls, index) => switchesOf(`horizon-${index}.${FREE_NAMES}`, ttls)));
    const laterMs = all.flat().map(({ earlyMs }) => Math.round(-earlyMs));
    console.log(
      `the horizon came so many ms after the last old answer: ${laterMs.toSorted((a, b) => a - b).join(', ')}`,
    );
    expect(laterMs).toHaveLength(20);
    expect(Math.min(...laterMs)).toBeGreaterThanOrEqual(0);
    expect(laterMs.filter((ms) => ms > 2_000)).toEqual([]);
  });
});
