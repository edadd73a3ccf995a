import { beforeAll, describe, expect, it } from '@jest/globals';
import { chain, exportChain, GENESIS, layOut, recordsIn, type AnyEntry } from '#libs/audit';
import type { Settings } from '#libs/decision';
import { instant, type AuditEntry, type Json } from '#libs/domain';
import { replay, type Replayed } from '#libs/journal';
import { a, b, group, Stage, stageKey } from '../../../../test/support/group-stage.js';

/** A failover of group `orders` from its first suspicion to the end of its run, as the audit holds it. */
async function failover(): Promise<{ readonly stage: Stage; readonly entries: readonly AuditEntry[] }> {
  const stage = new Stage({ mode: 'automatic', fenceMode: 'strict' });
  await stage.allWell();
  const loop = stage.orchestrator('one');
  await stage.play(loop);
  await stage.silence(a);
  await stage.loseA(1_000);
  await stage.play(loop);
  await stage.loseA(6_000);
  await stage.play(loop);
  await stage.allWell();
  await stage.play(loop);
  return { stage, entries: await stage.audit() };
}

const outcomes = (replayed: readonly Replayed[]): Record<string, number> =>
  Object.fromEntries(['same', 'otherwise', 'unreadable', 'no-decision'].map((each) => [each, count(replayed, each)]));
const count = (replayed: readonly Replayed[], outcome: string) =>
  replayed.filter((each) => each.outcome === outcome).length;

const withEvidence = (entry: AuditEntry, change: object): AuditEntry => ({
  ...entry,
  evidence: { ...(entry.evidence as object), ...change } as Json,
});

describe('what was decided', () => {
  let stage: Stage;
  let entries: readonly AuditEntry[];
  beforeAll(async () => ({ stage, entries } = await failover()));
  const entryOf = (rule: string): AuditEntry => entries.find((entry) => entry.rule === rule)!;

  it('is decided again as it was, from the audit alone', async () => {
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: b });
    const rules = entries.map(({ rule }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['dwelling', 'start-failover', 'run-closed', 'start-quarantine']));
    const replayed = entries.map((entry) => replay(entry));
    const decisions = entries.filter(({ evidence }) => 'decided' in (evidence as object));
    expect(outcomes(replayed)).toEqual({
      same: decisions.length,
      otherwise: 0,
      unreadable: 0,
      'no-decision': entries.length - decisions.length,
    });
    expect(decisions.length).toBeGreaterThanOrEqual(5);
  });

  it('comes out otherwise by other settings, and says how', () => {
    const by: Settings = { ...stage.settings, policy: { ...stage.settings.policy, mode: 'approve' } };
    const started = entryOf('start-failover');
    expect(replay(started, by)).toMatchObject({
      outcome: 'otherwise',
      differences: [
        { what: 'rule', was: 'start-failover', wouldBe: 'ask-approval' },
        { what: 'phase', was: 'running', wouldBe: 'awaiting-approval' },
        { what: 'what follows' },
      ],
    });
  });

  it('is weighed anew from the voices, also where the verdict itself comes out otherwise', () => {
    const by: Settings = { ...stage.settings, policy: { ...stage.settings.policy, quorum: 3 } };
    const started = entryOf('start-failover');
    expect(replay(started, by)).toMatchObject({
      outcome: 'otherwise',
      differences: expect.arrayContaining([{ what: 'verdict on kafka-a', was: 'down', wouldBe: expect.any(String) }]),
    });
  });

  it('is not guessed where this core does not know what was recorded', () => {
    const started = entryOf('start-failover');
    const { decided } = started.evidence as { readonly decided: { readonly event: object; readonly settings: object } };
    const strange = [
      { ...decided, version: 2 },
      { ...decided, event: { ...decided.event, kind: 'dreamed' } },
      { ...decided, settings: {} },
      { ...decided, settings: { policy: {}, shape: { clusters: {} } } },
      null,
    ];
    for (const each of strange) {
      expect(replay(withEvidence(started, { decided: each }))).toMatchObject({ outcome: 'unreadable' });
    }
  });

  it('can be read from an export, also where the evidence lies beside the chain', () => {
    const started = entryOf('start-failover');
    const { sequence, evidenceHash, previous, hash, ...draft } = withEvidence(started, {
      padding: 'x'.repeat(100_000),
    });
    const laidOut = layOut(draft.evidence);
    const entry = chain(GENESIS, { ...draft, evidence: laidOut.evidence });
    const { sha256 } = laidOut.reference!;
    const text = exportChain(
      group,
      [entry],
      { exportedAt: instant(0), exportedBy: a, topologyHash: 'f00', key: stageKey(a) },
      laidOut.chunks.map((chunk, at) => ({ sha256, chunk: at, text: chunk })),
    );
    const read = recordsIn(Buffer.from(text));
    const records: readonly AnyEntry[] = read.ok ? read.records : [];
    expect(records.map((each) => replay(each as AuditEntry))).toMatchObject([{ outcome: 'same' }]);
    expect(replay(entry)).toMatchObject({ outcome: 'no-decision' });
  });
});
