import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { openFlowPositions } from '#libs/contracts';
import { flowId, instant, processId, siteId } from '#libs/domain';
import type { PositionSample } from '#libs/kafka';
import { InMemoryJournal, keys } from '#libs/journal';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import type { FlowWatch } from './flow-watch.js';
import { PositionKeeper } from './position-keeper.js';
import { positionRecord } from './position-record.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const speaker = {
  site: siteId('b'),
  process: processId('health-monitor@b'),
  key: { keyId: 'b-1', privateKey },
  configHash: 'x',
};
const flow = flowId('a-to-b');

const position = (partition: number, sourceEnd: number, copied: number) => ({
  topic: 'orders',
  partition,
  sourceEnd,
  copiedAtLeast: copied,
  copied,
  lagMs: 0,
  peakPerSecond: 10,
});
const sampleOf = (partitions: PositionSample['partitions']): PositionSample => ({
  lagRecords: 0,
  lagMs: 0,
  sourceAgeMs: 0,
  mirrorAgeMs: 0,
  peakPerSecond: 20,
  partitions,
  problems: [],
});

describe('positions that are kept', () => {
  it('are signed, in the journal, and replaced by later ones', async () => {
    const clock = new VirtualClock();
    const journal = new InMemoryJournal(clock);
    let sample: PositionSample | undefined;
    const watch = { flow, sample: () => sample, groups: () => undefined } as unknown as FlowWatch;
    new PositionKeeper(journal, clock, speaker, [watch], 5_000).start();
    const kept = async () => (await journal.read(keys.positions())).entries;
    await clock.advance(5_000);
    expect(await kept()).toEqual([]);

    sample = sampleOf([position(0, 9, 7)]);
    await clock.advance(5_000);
    const [entry] = await kept();
    const keyring = new Map([['b-1', { site: siteId('b'), publicKey }]]);
    const opened = openFlowPositions(entry?.value ?? '', keyring, 'positions');
    expect(opened).toMatchObject({ ok: true, value: { flow, site: 'b', partitions: [{ sourceEnd: 9, copied: 7 }] } });
    const forged = (entry?.value ?? '').replace('"sourceEnd":9', '"sourceEnd":8');
    expect(openFlowPositions(forged, keyring, 'positions')).toMatchObject({ ok: false });

    sample = sampleOf([position(0, 9, 9)]);
    await clock.advance(5_000);
    expect((await kept())[0]?.value).toContain('"copied":9');
  });

  it('name the partitions with the most at risk, and sum up the others', () => {
    const many = Array.from({ length: 1_000 }, (_, partition) => position(partition, 100, 100 - (partition % 500)));
    const record = positionRecord(flow, sampleOf(many), speaker, instant(0));
    expect(record.partitions).toHaveLength(200);
    expect(Math.min(...record.partitions.map(({ sourceEnd, copied }) => sourceEnd - copied))).toBe(400);
    expect(record.rest).toEqual({
      partitions: 800,
      recordsAtRisk: 2 * Array.from({ length: 400 }, (_, index) => index).reduce((sum, one) => sum + one),
      peakPerSecond: 8_000,
    });
  });
});
