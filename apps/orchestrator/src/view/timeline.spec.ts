import { describe, expect, it } from '@jest/globals';
import { epoch, groupId, instant, type AuditEntry, type Json } from '#libs/domain';
import { timelineOf } from './timeline.js';

let at = 0;
const entry = (rule: string, before: string, after: string, evidence: Json = {}, person?: string): AuditEntry => ({
  group: groupId('orders'),
  at: instant(++at * 1_000),
  actor: person === undefined ? { kind: 'process', id: 'orchestrator@w' } : { kind: 'person', id: person },
  rule,
  before,
  after,
  epoch: epoch(1),
  sequence: at,
  evidence,
  evidenceHash: '',
  previous: '',
  hash: '',
});
const veto = (name: string) => ({ vetoes: [{ name, message: '', overridable: true }], owes: [] });
const shown = (entries: readonly AuditEntry[]) =>
  timelineOf(entries).map(({ phase, rules, times, by }) => `${phase}: ${rules.join(', ')} ×${times} by ${by}`);

describe(timelineOf.name, () => {
  it('tells what was only looked at in one row, and each decision in one of its own, latest first', () => {
    const run = { vetoes: [], owes: [{ does: 'start-run', kind: 'failover', from: 'a', to: 'b' }] };
    const entries = [
      entry('active-degraded', 'steady', 'steady'),
      entry('active-up', 'steady', 'steady'),
      entry('active-degraded', 'steady', 'steady'),
      entry('dwelling', 'steady', 'suspecting'),
      entry('start-failover', 'suspecting', 'running', run),
      entry('stage-done', 'sealing/0', 'stepping/1'),
    ];
    expect(shown(entries)).toEqual([
      'stepping/1: stage-done ×1 by orchestrator@w',
      'running: start-failover ×1 by orchestrator@w',
      'suspecting: dwelling ×1 by orchestrator@w',
      'steady: active-degraded, active-up ×3 by orchestrator@w',
    ]);
    expect(timelineOf(entries)[1]).toMatchObject({ follows: ['start-run failover a → b'] });
  });

  it('says how long each of them stood, but for the one that still stands', () => {
    const [still, before] = timelineOf([
      entry('active-up', 'steady', 'steady'),
      entry('dwelling', 'steady', 'suspecting'),
    ]);
    expect(before?.until).toBe(still?.from);
    expect(still).not.toHaveProperty('until');
  });

  it('keeps apart what another veto stood in the way of, and what a person did', () => {
    const entries = [
      entry('failover-vetoed', 'suspecting', 'suspecting', veto('lag-unknown')),
      entry('failover-vetoed', 'suspecting', 'suspecting', veto('lag-unknown')),
      entry('failover-vetoed', 'suspecting', 'suspecting', veto('cool-down')),
      entry('override', 'suspecting', 'suspecting', { reason: 'known' }, 'alice'),
      entry('failover-vetoed', 'suspecting', 'suspecting', null),
    ];
    expect(shown(entries)).toEqual([
      'suspecting: failover-vetoed ×1 by orchestrator@w',
      'suspecting: override ×1 by alice',
      'suspecting: failover-vetoed ×1 by orchestrator@w',
      'suspecting: failover-vetoed ×2 by orchestrator@w',
    ]);
  });
});
