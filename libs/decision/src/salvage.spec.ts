import { describe, expect, it } from '@jest/globals';
import { evidence, guard, SETTINGS } from '../../../test/support/decision-facts.js';
import { a, approve, AT, ask, away, b, close, fresh, names } from '../../../test/support/decision-play.js';
import { instant, runId, type ReturningSite, type SalvageAs } from '#libs/domain';
import { decide } from './decide.js';
import { permittedAccess, type GroupState } from './group-state.js';

const STRANDED = { records: 2, ranges: [{ topic: 'orders', partition: 0, from: 100, to: 102 }] };
const salvage = (as: SalvageAs, state: GroupState = away({}), facts = evidence('b')) => {
  const request = { kind: 'salvage', as, by: 'alice' } as const;
  return decide(state, { kind: 'requested', at: instant(AT), request, evidence: facts, fresh }, SETTINGS);
};
const done = { as: 'replayed', run: runId('run-2'), records: 2, copied: 1, superseded: 1 } as const;

describe('stranded records', () => {
  it('are salvaged as one person asked and another one agreed to', () => {
    const asked = salvage('replayed');
    expect(asked).toMatchObject({
      rule: 'ask-approval-for-salvage',
      state: { phase: 'awaiting-approval', kind: 'salvage', as: 'replayed', target: 'a' },
    });
    const started = approve(asked.state);
    expect(started.rule).toBe('start-approved-salvage');
    const [effect] = started.effects;
    const steps = effect?.kind === 'start-run' ? effect.plan.steps : [];
    expect(steps.map(({ name, action, runsAt }) => [name, action, runsAt])).toEqual([
      ['seal-salvage-a-to-b', 'seal', 'b'],
      ['verify-fence-a', 'inspect', 'a'],
      ['salvage-a-to-b', 'apply', 'b'],
    ]);
    expect(steps.at(-1)?.desired).toEqual({
      as: 'replayed',
      group: 'orders',
      site: 'a',
      leftBy: 'run-1',
      conflicts: 'keep-newest',
      ranges: STRANDED.ranges,
      watermark: { 'orders-0': 100 },
    });
  });

  it('are read while the site that holds them stays fenced, and the other one serves', () => {
    const { state } = approve(salvage('quarantined').state);
    expect([permittedAccess(state, a), permittedAccess(state, b)]).toEqual(['none', 'clients']);
    const closed = close(state, { salvaged: done });
    expect(closed.returning['a']).toMatchObject({ phase: 'quarantined', rule: 'site-salvaged', salvaged: done });
  });

  it('are as they were when the run was taken back', () => {
    const { state } = approve(salvage('quarantined').state);
    expect(close(state, { outcome: 'aborted' }).returning['a']).toEqual(away({}).returning['a']);
  });

  it.each<[string, Partial<ReturningSite>, string]>([
    ['of a site that has not come back', { phase: 'lost' }, 'not-quarantined'],
    ['of a site that is protected already', { phase: 'catching-up' }, 'not-quarantined'],
    ['where there are none', { stranded: { records: 0, ranges: [] } }, 'nothing-stranded'],
  ])('are not salvaged %s', (_, site, veto) => {
    const refused = salvage('quarantined', away(site));
    expect(refused.rule).toBe('request-refused');
    expect(names(refused)).toContain(veto);
  });

  it('are not salvaged while nobody keeps their site from taking writes', () => {
    const facts = evidence('b', { guards: { a: guard('a', false), b: guard('b') } });
    expect(names(salvage('quarantined', away({}), facts))).toContain('no-guard-a');
  });

  it('are a reason to ask before replication goes over them, until it is decided what becomes of them', () => {
    const undecided = ask(away({}), 'reprotect');
    expect(undecided).toMatchObject({
      rule: 'ask-approval-for-reprotect',
      vetoes: [{ name: 'stranded-undecided', message: expect.stringContaining('2 records'), overridable: true }],
    });
    expect(names(ask(away({ salvaged: done }), 'reprotect'))).toEqual([]);
  });

  it('that were salvaged once are only done with again by somebody who reads that', () => {
    const again = salvage('discarded', away({ salvaged: done }));
    expect(again).toMatchObject({ rule: 'ask-approval-for-salvage', vetoes: [{ name: 'salvaged-already' }] });
  });
});
