import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evidence, groupEvent, groupState, settings } from '../../../test/support/decision-arbitraries.js';
import { decide } from './decide.js';
import type { GroupEvent } from './decision.js';
import { GROUP } from './group-machine.js';
import { rowsOf } from './machine.js';
import { perceive, placeOf } from './perceive.js';

const rowAt = rowsOf(GROUP);
const RUNS = { numRuns: 2_000 };

describe('decide, whatever it is told', () => {
  it('answers, by a row of its table and into the phase that the row names, and always the same', () => {
    fc.assert(
      fc.property(groupState, groupEvent, settings, (state, event, by) => {
        const decision = decide(state, event, by);
        const row = rowAt(placeOf(state), perceive(state, event, by).input);
        const next = placeOf(decision.state);
        expect(next).toBe(row === undefined || row.to === 'same' ? placeOf(state) : row.to);
        expect(decision.rule).not.toBe('');
        expect(decide(state, event, by)).toEqual(decision);
      }),
      RUNS,
    );
  });

  it('changes nothing where the table says that nothing follows', () => {
    fc.assert(
      fc.property(groupState, groupEvent, settings, (state, event, by) => {
        fc.pre(rowAt(placeOf(state), perceive(state, event, by).input) === undefined);
        expect(decide(state, event, by)).toMatchObject({ state, effects: [] });
      }),
      RUNS,
    );
  });

  it('starts nothing by itself while a veto stands, and nothing in mode observe', () => {
    fc.assert(
      fc.property(groupState, groupEvent, settings, (state, event, by) => {
        fc.pre(event.kind === 'evaluated');
        const { effects, vetoes, rule } = decide(state, event, by);
        if (effects.every(({ kind }) => kind !== 'start-run')) return;
        expect({ rule, vetoes, mode: by.policy.mode }).not.toMatchObject({ mode: 'observe' });
        expect(rule === 'start-quarantine' || by.policy.mode === 'automatic').toBe(true);
        expect(vetoes).toEqual([]);
        if (rule !== 'start-failover') return;
        const down = event.evidence.verdicts.find(({ cluster }) => cluster === by.shape.clusters[state.active]);
        expect(down?.failedForMs).toBeGreaterThanOrEqual(down?.dwellMs ?? Infinity);
      }),
      RUNS,
    );
  });

  it('never has two runs open, in whatever order things happen', () => {
    const events = fc.array(groupEvent, { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(groupState, events, settings, (first, all, by) => {
        let state = first;
        let open = runsIn(first);
        for (const [index, event] of all.entries()) {
          const decision = decide(state, withFreshIds(event, index), by);
          const started = decision.effects.filter(({ kind }) => kind === 'start-run').length;
          const ended = endsRun(event, state) ? 1 : 0;
          open = open - ended + started;
          expect(started).toBeLessThanOrEqual(1);
          expect(open).toBe(runsIn(decision.state));
          state = decision.state;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('needs nothing from the evidence to be there', () => {
    fc.assert(
      fc.property(groupState, evidence, settings, (state, { neighbours, freeze, ...bare }, by) => {
        const event = { kind: 'evaluated', at: 1, evidence: bare, fresh: { run: 'r', approval: 'q' } };
        expect(() => decide(state, event as GroupEvent, by)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

const runsIn = (state: { readonly phase: string }): number => (state.phase === 'running' ? 1 : 0);

/** A rescue abandons the open run in the commit that begins its own. */
const endsRun = (event: GroupEvent, state: Parameters<typeof decide>[0]): boolean =>
  state.phase === 'running' && ((event.kind === 'run-closed' && event.run === state.run) || event.kind === 'rescued');

/** As the shell draws them: never the same twice. */
const withFreshIds = (event: GroupEvent, index: number): GroupEvent =>
  'fresh' in event
    ? ({ ...event, fresh: { run: `fresh-${index}`, approval: `asked-${index}` } } as unknown as GroupEvent)
    : event;
