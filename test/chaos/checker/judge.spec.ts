import { describe, expect, it } from '@jest/globals';
import { canonical, sha256 } from './canonical.js';
import type { Closing, Facts, Sample, StaleWrite, WriteAttempt } from './facts.js';
import { violationsIn } from './judge.js';

type Draft = Readonly<Record<string, unknown>> & { readonly epoch: number; readonly rule: string };

const actor = { kind: 'process', id: 'orchestrator@w' };
const SEALS = [
  { name: 'seal-name-kafka.test', site: 'b', status: 'done' },
  { name: 'seal-writes-a', site: 'a', status: 'done' },
  { name: 'seal-mirror-a-to-b', site: 'b', status: 'done' },
  { name: 'seal-config-clients-b', site: 'b', status: 'done' },
];

const started = (run: string, epoch: number, from = 'a', to = 'b'): Draft => ({
  epoch,
  rule: 'start-switchover',
  before: 'steady',
  after: 'running',
  evidence: { owes: [{ does: 'start-run', run, kind: 'switchover', from, to }] },
});
const sealed = (run: string, epoch: number, steps: readonly object[] = SEALS): Draft => ({
  epoch,
  rule: 'stage-done',
  before: 'sealing/0',
  after: 'stepping/1',
  evidence: { run, steps },
});
const closed = (run: string, epoch: number, phase = 'completed', exceptions: readonly object[] = []): Draft => ({
  epoch,
  rule: phase === 'aborted' ? 'run-aborted' : 'run-closed',
  before: 'running',
  after: 'steady',
  evidence: { run, phase, exceptions, steps: [] },
});
const tookOver = (run: string, epoch: number): Draft => ({
  epoch,
  rule: 'take-over-run',
  before: 'stepping',
  after: 'sealing',
  evidence: { run, previousLeader: null },
});

/** An export as a group's orchestrator writes it: one entry a second, from second 1 on. */
const exported = (...drafts: readonly Draft[]): string => {
  let previous = '0'.repeat(64);
  const entries = drafts.map((draft, index) => {
    const about = { group: 'orders', sequence: index + 1, at: 1_000 * (index + 1), actor, ...draft };
    const linked = { ...about, evidenceHash: sha256(canonical(draft['evidence'])), previous };
    previous = sha256(canonical(linked));
    return { ...linked, hash: previous };
  });
  const header = { format: 'signalbox.audit-export.v1', group: 'orders', last: entries.length, head: previous };
  const lines = [{ ...header, hash: sha256(canonical(header)) }, ...entries];
  return lines.map((line) => `${canonical(line)}\n`).join('');
};

const MOVE = [started('run-1', 1), sealed('run-1', 1), closed('run-1', 1)];

const seen = (resource: string, epoch: number, value?: string, at = 4_000): Sample => ({
  at,
  resource,
  epoch,
  ...(value !== undefined && { value }),
});
const wrote = (site: string, sentAt: number, answer: WriteAttempt['answer'] = 'accepted'): WriteAttempt => ({
  site,
  sentAt,
  answeredAt: sentAt + 10,
  answer,
});
const stale = (changes: Partial<StaleWrite>): StaleWrite => ({
  at: 4_000,
  resource: 'name/kafka.test',
  fence: 'strong',
  epoch: 1,
  inForce: 2,
  against: 'fresh',
  answer: 'refused',
  ...changes,
});

const AGREED: Closing = {
  run: 'run-1',
  down: [],
  samples: [
    seen('name/kafka.test', 1, '10.0.0.2'),
    seen('config/clients/b', 1, 'b:9092'),
    seen('mirror/a-to-b', 1, 'stopped'),
    seen('write-access/a', 1),
  ],
  writes: [wrote('a', 4_000, 'refused'), wrote('b', 4_000)],
};

const facts = (changes: Partial<Facts> = {}): Facts => ({
  home: 'a',
  siteOfAddress: { '10.0.0.1': 'a', '10.0.0.2': 'b' },
  bootstrapOf: { a: 'a:9092', b: 'b:9092' },
  auditFile: exported(...MOVE),
  until: 100_000,
  samples: AGREED.samples,
  writes: [wrote('a', 500), wrote('b', 2_500), wrote('b', 3_000)],
  closings: [AGREED],
  staleWrites: [stale({})],
  returns: [],
  deliveries: [{ site: 'b', acknowledged: 2, missing: [] }],
  ...changes,
});

const withSample = (sample: Sample): Partial<Facts> => ({
  closings: [{ ...AGREED, samples: [...AGREED.samples, sample] }],
});

describe('violationsIn', () => {
  it('finds nothing where a run did what it is for', () => {
    expect(violationsIn(facts())).toEqual([]);
  });

  it.each<[what: string, changes: Partial<Facts>, violation: RegExp]>([
    ['the name at the wrong site', withSample(seen('name/kafka.test', 1, '10.0.0.1')), /points to 10\.0\.0\.1/],
    ['clients told the wrong site', withSample(seen('config/clients/b', 1, 'a:9092')), /says a:9092/],
    ['a mirror into the active site', withSample(seen('mirror/a-to-b', 1, 'running')), /runs toward b/],
    ['a resource without the stamp', withSample(seen('name/kafka.test', 0, '10.0.0.2')), /carries epoch 0, not 1/],
    [
      'a resource that could not be read',
      { closings: [{ ...AGREED, samples: AGREED.samples.slice(1) }] },
      /name\/kafka\.test could not be read/,
    ],
    [
      'the old site open',
      { closings: [{ ...AGREED, writes: [wrote('a', 4_000), wrote('b', 4_000)] }] },
      /a is not active, and took a write/,
    ],
    [
      'the new site closed',
      { closings: [{ ...AGREED, writes: [wrote('b', 4_000, 'refused')] }] },
      /b is active, and a write there was refused/,
    ],
    [
      'a seal that failed without an exception',
      {
        auditFile: exported(
          started('run-1', 1),
          sealed('run-1', 1, [{ ...SEALS[0], status: 'unreachable' }]),
          closed('run-1', 1),
        ),
      },
      /seal-name-kafka\.test is unreachable/,
    ],
    [
      'both sites open',
      { writes: [wrote('b', 2_500), wrote('a', 2_600), wrote('b', 2_700)] },
      /both sites took writes/,
    ],
    [
      'an epoch that falls',
      { samples: [seen('name/kafka.test', 1, undefined, 3_000), seen('name/kafka.test', 0, undefined, 3_500)] },
      /epoch of name\/kafka\.test went from 1 down to 0/,
    ],
    ['an epoch of no run', { samples: [seen('name/kafka.test', 7)] }, /carries epoch 7, which no run had/],
    [
      'an effect before its intent',
      { samples: [seen('name/kafka.test', 1, undefined, 900)] },
      /100 ms before it was begun/,
    ],
    [
      'both directions of replication',
      { samples: [seen('mirror/a-to-b', 1, 'running'), seen('mirror/b-to-a', 1, 'running')] },
      /ran at the same time/,
    ],
    [
      'a stale write on a strong resource',
      { staleWrites: [stale({ answer: 'accepted' })] },
      /took a write of epoch 1 \(fresh\)/,
    ],
    [
      'a stale write on a weak resource that stays',
      { staleWrites: [stale({ resource: 'config/clients/b', fence: 'weak', answer: 'accepted' })] },
      /nobody put it right/,
    ],
    [
      'an acknowledged record that is lost',
      { deliveries: [{ site: 'b', acknowledged: 9, missing: ['app-4'] }] },
      /app-4/,
    ],
    ['a run that is not over', { auditFile: exported(...MOVE.slice(0, 2)) }, /switchover run-1 is not over/],
    [
      'two runs at a time',
      { auditFile: exported(...MOVE.slice(0, 2), started('run-2', 2), closed('run-1', 2)) },
      /two runs at a time/,
    ],
    [
      'an epoch that falls in the audit',
      { auditFile: exported(...MOVE, started('run-2', 3), closed('run-2', 2)) },
      /epoch fell: entry 5/,
    ],
    [
      'an epoch with two owners',
      {
        auditFile: exported(...MOVE.slice(0, 2), {
          ...closed('run-1', 1),
          actor: { kind: 'process', id: 'orchestrator@a' },
        }),
      },
      /epoch 1 has two owners/,
    ],
    [
      'a takeover without an epoch of its own',
      { auditFile: exported(...MOVE.slice(0, 2), tookOver('run-1', 1)) },
      /begun twice/,
    ],
    [
      'a flipped byte in the audit',
      { auditFile: exported(...MOVE).replace('sealing/0', 'sealing/1') },
      /audit chain: line 3/,
    ],
    ['a removed entry', { auditFile: withoutLine(exported(...MOVE), 2) }, /not linked to the entry before/],
    ['a removed tail', { auditFile: withoutLine(exported(...MOVE), 3) }, /does not end where its header says/],
  ])('reports %s', (_, changes, violation) => {
    expect(violationsIn(facts(changes)).join('\n')).toMatch(violation);
  });

  it.each<[what: string, changes: Partial<Facts>]>([
    [
      'what the run names as its exception',
      {
        auditFile: exported(
          ...MOVE.slice(0, 2),
          closed('run-1', 1, 'completed-with-exceptions', [{ step: 'config-clients-b' }]),
        ),
        ...withSample(seen('config/clients/b', 1, 'a:9092')),
      },
    ],
    [
      'resources while another run is under way',
      {
        auditFile: exported(...MOVE, started('run-2', 2, 'b', 'a')),
        ...withSample(seen('name/kafka.test', 2, '10.0.0.1')),
      },
    ],
    [
      'silence of a site that is off',
      {
        closings: [
          { ...AGREED, down: ['b'], samples: AGREED.samples.filter(({ resource }) => !resource.startsWith('mirror/')) },
        ],
      },
    ],
    [
      'a weak resource that carries a later epoch, since it was put right',
      {
        auditFile: exported(
          ...MOVE,
          started('run-2', 2, 'b', 'a'),
          sealed('run-2', 2, SEALS.slice(1, 2)),
          closed('run-2', 2, 'aborted'),
        ),
        closings: [
          { ...AGREED, samples: [...AGREED.samples, seen('config/clients/b', 2, 'b:9092'), seen('write-access/a', 2)] },
        ],
      },
    ],
    [
      'a site that came back and is not fenced yet',
      {
        writes: [wrote('b', 2_500), wrote('a', 2_600), wrote('b', 2_700)],
        returns: [{ site: 'a', from: 2_550, until: 2_650 }],
      },
    ],
    [
      'a stale write on a weak resource that is put right',
      {
        samples: [seen('config/clients/b', 1, 'b:9092', 6_000)],
        staleWrites: [stale({ resource: 'config/clients/b', fence: 'weak', epoch: 0, inForce: 1, answer: 'accepted' })],
      },
    ],
  ])('lets %s pass', (_, changes) => {
    expect(violationsIn(facts(changes))).toEqual([]);
  });
});

/** 0 is the header. */
function withoutLine(text: string, index: number): string {
  return text.split('\n').toSpliced(index, 1).join('\n');
}
