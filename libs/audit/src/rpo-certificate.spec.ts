import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { signFlowPositions, type Keyring } from '#libs/contracts';
import { flowId, instant, processId, runId, siteId, type FlowPositions, type Json } from '#libs/domain';
import { rpoCertificate, rpoMeasurement } from './rpo-certificate.js';
import { rpoProblem } from './rpo-problem.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keyring: Keyring = new Map([['b-1', { site: siteId('b'), publicKey }]]);

const positions: FlowPositions = signFlowPositions(
  {
    flow: flowId('a-to-b'),
    site: siteId('b'),
    process: processId('health-monitor@b'),
    writtenAt: instant(10_000),
    lagRecords: 5,
    lagMs: 200,
    sourceAgeMs: 1_000,
    mirrorAgeMs: 0,
    partitions: [
      { topic: 'orders', partition: 0, sourceEnd: 100, copiedAtLeast: 90, copied: 95, lagMs: 200, peakPerSecond: 50 },
      { topic: 'orders', partition: 1, sourceEnd: 70, copiedAtLeast: 70, copied: 70, lagMs: 0, peakPerSecond: 0 },
    ],
    rest: { partitions: 3, recordsAtRisk: 2, peakPerSecond: 10 },
    groups: [
      { group: 'billing', topic: 'orders', partition: 0, upstream: 80 },
      { group: 'billing', topic: 'orders', partition: 1, upstream: 70 },
      { group: 'shipping', topic: 'orders', partition: 1, upstream: 60 },
    ],
    problems: [],
  },
  { keyId: 'b-1', privateKey },
);
const facts = { run: runId('run-1'), from: siteId('a'), at: instant(11_000), isOpen: true };
const certificate = rpoCertificate(positions, facts);
const evidence = (change: object = {}) =>
  ({ certificates: [{ ...certificate, ...change }], unknown: [] }) as unknown as Json;

describe('an RPO certificate', () => {
  it('says what was seen and not copied, and what nobody can have seen', () => {
    expect(certificate).toMatchObject({
      flow: 'a-to-b',
      sampleAgeMs: 2_000,
      // 5 to 10 of the first partition; of those that are summed up only the most that it can be.
      observedRange: { min: 5, max: 12 },
      // 2 s at twice 50 and twice 10 records a second.
      unobservedMaxRecords: 240,
      atRiskMs: 2_200,
      isOpen: true,
    });
    expect(certificate.partitions[0]).toMatchObject({ observedRange: { min: 5, max: 10 }, unobservedMaxRecords: 200 });
    expect(certificate.partitions[1]).toMatchObject({ observedRange: { min: 0, max: 0 }, unobservedMaxRecords: 0 });
  });

  it('names the groups, with what they may read once more', () => {
    expect(certificate.groups).toEqual([
      { group: 'billing', rereadMaxRecords: 20 },
      { group: 'shipping', rereadMaxRecords: 10 },
    ]);
  });

  it('grows until the old site was fenced', () => {
    const closed = rpoCertificate(positions, { ...facts, at: instant(15_000), isOpen: false });
    expect(closed).toMatchObject({ sampleAgeMs: 6_000, unobservedMaxRecords: 720, isOpen: false });
  });

  it('ends with the fence, however late somebody looked', () => {
    const late = { ...facts, at: instant(15_000), isOpen: false };
    expect(rpoCertificate(positions, { ...late, fencedAt: instant(12_000) })).toMatchObject({
      certifiedAt: 15_000,
      fencedAt: 12_000,
      sampleAgeMs: 3_000,
      unobservedMaxRecords: 360,
    });
    // The source told its end after it took writes no more: what it held then is all there is.
    expect(rpoCertificate(positions, { ...late, fencedAt: instant(8_500) })).toMatchObject({
      sampleAgeMs: 0,
      unobservedMaxRecords: 0,
      observedRange: { max: 12 },
    });
  });

  it('takes the flow as a whole for no faster than it was ever seen', () => {
    const together = rpoCertificate({ ...positions, peakPerSecond: 40 }, facts);
    expect(together.unobservedMaxRecords).toBe(160);
    expect(together.partitions).toEqual(certificate.partitions);
    expect(rpoCertificate({ ...positions, peakPerSecond: 400 }, facts).unobservedMaxRecords).toBe(240);
  });

  it('is set against what was stranded, in all and by partition', () => {
    const stranded = (from: number, to: number) => ({
      records: to - from,
      ranges: [{ topic: 'orders', partition: 0, from, to }],
    });
    expect(rpoMeasurement(certificate, stranded(95, 110))).toMatchObject({
      verdict: 'within',
      strandedRecords: 15,
      beyond: [],
    });
    expect(rpoMeasurement(certificate, stranded(90, 400))).toMatchObject({
      verdict: 'beyond',
      beyond: [{ where: 'orders-0', certifiedMax: 210, stranded: 310 }],
    });
  });

  it('is verified by computing it again, and by who signed what it is computed from', () => {
    expect(rpoProblem('rpo-certified', evidence(), keyring)).toBeUndefined();
    const fenced = rpoCertificate(positions, { ...facts, isOpen: false, fencedAt: instant(10_500) });
    expect(rpoProblem('rpo-closed', evidence(fenced), keyring)).toBeUndefined();
    expect(rpoProblem('start-failover', null, keyring)).toBeUndefined();
    expect(rpoProblem('rpo-closed', evidence({ unobservedMaxRecords: 1 }), keyring)).toBe(
      'the certificate of a-to-b does not follow from its positions',
    );
    const other = rpoCertificate({ ...positions, lagMs: 300 }, facts);
    expect(rpoProblem('rpo-certified', evidence(other), keyring)).toContain('signature by b-1 does not hold');
    expect(rpoProblem('rpo-certified', evidence(other), undefined)).toBeUndefined();
    expect(rpoProblem('rpo-certified', {}, keyring)).toBe('it names no certificate');
  });
});
