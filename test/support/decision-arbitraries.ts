import fc from 'fast-check';
import { quarantinePlan, type Evidence, type GroupEvent, type GroupState, type Settings } from '#libs/decision';
import {
  approvalId,
  clusterId,
  flowId,
  groupId,
  instant,
  runId,
  siteId,
  type ReturningSite,
  type RunKind,
  type SiteVoice,
  type Verdict,
  type VerdictKind,
} from '#libs/domain';
import { guard, lagOf, SETTINGS, verdict as verdictOn } from './decision-facts.js';

/** Whatever a group may be in and be told, likely or not: for properties that have to hold without exception. */

const SITES = [siteId('a'), siteId('b')] as const;
const site = fc.constantFrom(...SITES);
/** Few enough to meet each other; the first draw is what a group's own ids are made of. */
const run = fc.constantFrom('run-1', 'run-2', 'run-3').map(runId);
const approval = fc.constantFrom('approval-1', 'approval-2').map(approvalId);
const at = fc.integer({ min: 0, max: 20_000_000 }).map(instant);
/** Durations as they should be, and as a broken clock makes them. */
const ms = fc.oneof(fc.integer({ min: 0, max: 2_000_000 }), fc.constantFrom(-1, Number.NaN, Infinity, -Infinity));

const voice = fc.record<SiteVoice>(
  {
    site: fc.constantFrom(...SITES, siteId('w')),
    opinion: fc.constantFrom('up', 'degraded', 'suspect', 'down', 'abstain', 'silent'),
    failedForMs: ms,
    healthyForMs: ms,
    goodRounds: ms,
    reasons: fc.constant([]),
  },
  { requiredKeys: ['site', 'opinion', 'failedForMs', 'healthyForMs', 'reasons'] },
);

const KINDS: readonly VerdictKind[] = [
  'reborn-empty',
  'down',
  'link-down',
  'asymmetric',
  'no-quorum',
  'monitor-lost',
  'degraded',
  'up',
  'blind',
];

const verdict = fc.record<Verdict>(
  {
    cluster: fc.constantFrom('kafka-a', 'kafka-b', 'kafka-unknown').map(clusterId),
    // As often down as not: nothing else moves a group.
    kind: fc.oneof(fc.constant<VerdictKind>('down'), fc.constantFrom(...KINDS)),
    rule: fc.constant('verdict'),
    dwellMs: ms,
    failedForMs: ms,
    voices: fc.array(voice, { maxLength: 3 }),
  },
  { requiredKeys: ['cluster', 'kind', 'rule', 'failedForMs', 'voices'] },
);

const lag = fc.record({
  flow: fc.constantFrom('a-to-b', 'b-to-a').map(flowId),
  lagRecords: fc.integer({ min: -5, max: 1_000 }),
  lagMs: ms,
  sampleAgeMs: ms,
});

const said = { by: fc.constant('alice'), reason: fc.constant('because'), until: at };
const veto = fc.constantFrom(
  'lag-unknown',
  'lag-above-rpo',
  'cool-down',
  'target-healthy-too-short',
  'storm',
  'frozen',
);

const neighbours = fc.record(
  {
    siteEvent: fc.record({ site, since: at }),
    turns: fc.array(fc.record({ slot: fc.integer({ min: 1, max: 4 }), run, since: at }), { maxLength: 4 }),
    alone: fc.array(fc.record({ place: fc.integer({ min: 1, max: 2 }), group: fc.string(), at }), { maxLength: 2 }),
    inLine: fc.array(fc.record({ group: fc.string(), site }), { maxLength: 2 }),
  },
  { requiredKeys: ['turns', 'alone', 'inLine'] },
);

export const evidence: fc.Arbitrary<Evidence> = fc.record(
  {
    verdicts: fc.array(verdict, { maxLength: 4 }),
    lag: fc.dictionary(fc.constantFrom('kafka-a', 'kafka-b'), lag),
    guards: fc.record({ a: fc.boolean(), b: fc.boolean() }).map(({ a, b }) => ({ a: guard('a', a), b: guard('b', b) })),
    freeze: fc.record(said),
    overrides: fc.array(fc.record({ ...said, veto }), { maxLength: 3 }),
    attestations: fc.array(fc.record({ ...said, site }), { maxLength: 2 }),
    neighbours,
  },
  { requiredKeys: ['verdicts', 'lag', 'guards', 'overrides', 'attestations'] },
);

/** One site is down and the other one could take over at once, if the numbers of the verdict say so. */
const oneIsLost: fc.Arbitrary<Evidence> = fc
  .tuple(fc.constantFrom('a', 'b'), ms, ms, evidence)
  .map(([lost, dwellMs, failedForMs, rest]) => {
    const other = lost === 'a' ? 'b' : 'a';
    const { freeze, ...open } = rest;
    return {
      ...open,
      verdicts: [{ ...verdictOn(lost, 'down', 'silent'), dwellMs, failedForMs }, verdictOn(other, 'up')],
      lag: lagOf(lost === 'a' ? 'a-to-b' : 'b-to-a'),
      guards: { a: guard('a'), b: guard('b') },
    };
  });

const returningSite = fc.record<ReturningSite>(
  {
    phase: fc.constantFrom('lost', 'quarantined', 'catching-up'),
    since: at,
    rule: fc.constantFrom('left-by-failover', 'take-in-failed', 'reprotected'),
    leftBy: run,
    watermark: fc.constant({ 'orders-0': 7 }),
    stranded: fc.constant({ records: 0, ranges: [] }),
    uncounted: fc.integer({ min: 1, max: 40 }),
    keepsUpSince: at,
  },
  { requiredKeys: ['phase', 'since', 'rule', 'leftBy'] },
);

const KIND: fc.Arbitrary<RunKind> = fc.constantFrom('failover', 'switchover', 'failback', 'quarantine', 'reprotect');
const ASKABLE = fc.constantFrom('failover', 'switchover', 'failback', 'reprotect');
const target = site;
const phase = fc.oneof(
  fc.record({ phase: fc.constantFrom('steady', 'suspecting') }),
  fc.record({ phase: fc.constant('observed'), target }),
  fc.record({ phase: fc.constant('declined'), approval }),
  fc.record({
    phase: fc.constant('awaiting-approval'),
    approval,
    kind: fc.constant('failover'),
    target,
    expiresAt: at,
  }),
  fc.record({
    phase: fc.constant('awaiting-approval'),
    approval,
    kind: ASKABLE,
    target,
    expiresAt: at,
    requestedBy: fc.constant('bob'),
  }),
  fc.record({ phase: fc.constant('running'), run, kind: KIND, from: site, target }),
);

export const groupState: fc.Arbitrary<GroupState> = fc
  .tuple(
    fc.record(
      {
        group: fc.constant(groupId('orders')),
        active: site,
        returning: fc.dictionary(site, returningSite, { maxKeys: 1 }),
        rule: fc.constantFrom('initial', 'dwelling', 'waits-for-its-turn'),
        vetoes: fc.constant([]),
        lastRunEndedAt: at,
      },
      { requiredKeys: ['group', 'active', 'returning', 'rule', 'vetoes'] },
    ),
    phase,
  )
  .map(([settled, rest]) => ({ ...settled, ...rest }) as GroupState);

const fresh = fc.record({ run, approval });
const rescue = quarantinePlan({ ...SETTINGS, from: SITES[0], to: SITES[1] });

export const groupEvent: fc.Arbitrary<GroupEvent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('evaluated' as const),
      at,
      evidence: fc.oneof(evidence, oneIsLost),
      fresh,
    }),
  },
  fc.record({
    kind: fc.constant('requested' as const),
    at,
    request: fc.record({ kind: ASKABLE, to: site, by: fc.constant('bob') }, { requiredKeys: ['kind', 'by'] }),
    evidence,
    fresh,
  }),
  fc.record({ kind: fc.constant('approved' as const), at, approval, evidence, fresh }),
  fc.record({ kind: fc.constant('denied' as const), at, approval }),
  fc.record({ kind: fc.constant('released' as const), at, site }),
  fc.record({
    kind: fc.constant('rescued' as const),
    at,
    by: fc.constant('ada'),
    plan: site.map((active) => ({ ...rescue, kind: 'rescue' as const, from: active, to: active })),
    sites: fc.constant(SITES),
    standing: fc.subarray([...SITES]),
    isBehind: fc.boolean(),
    fresh,
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('run-closed' as const),
      at,
      run,
      findings: fc.record(
        { outcome: fc.constantFrom('completed', 'aborted'), watermark: fc.constant({ 'orders-0': 9 }) },
        { requiredKeys: ['outcome'] },
      ),
    }),
  },
);

export const settings: fc.Arbitrary<Settings> = fc
  .record({
    mode: fc.constantFrom('observe', 'approve', 'automatic'),
    fenceMode: fc.constantFrom('strict', 'guarded', 'advisory'),
  })
  .map((choice) => ({ ...SETTINGS, policy: { ...SETTINGS.policy, ...choice } }));
