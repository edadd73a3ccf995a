import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { verifyChain } from '#libs/audit';
import { processId, isTerminal, MOVES, type StepStatus } from '#libs/domain';
import { keyringOf } from '#libs/contracts';
import { keys } from '#libs/journal';
import { SystemRandom } from '#libs/runtime';
import { askedBy } from '../../../../test/support/asked-by.js';
import { a, b, group, Stage, stageKey } from '../../../../test/support/group-stage.js';
import { ApiError } from '../api/api-error.js';
import { abortRun } from '../operation/abort.js';
import { answerApproval } from '../approval/answer-approval.js';
import { freeze, unfreeze } from '../operation/freeze.js';
import { retryRun } from '../operation/intervene.js';
import { KeptAnswers } from '../operation/kept-answers.js';
import { requestMove } from '../operation/move-request.js';
import type { Operation } from '../operation/operation.js';
import { Operations } from '../operation/operations.js';
import { ThisProcess } from '../this-process.js';
import { GroupReader } from './group-reader.js';

const REASON = { reason: 'a property wants to know' };

/** A group with two orchestrators, its workers and two people, who may do anything at any time. */
class Town {
  readonly stage = new Stage();
  private readonly leaderships = [this.stage.leadership(), this.stage.leadership()];
  private readonly loops = this.leaderships.map((each, index) => this.stage.loopOf(`orchestrator-${index}`, each));
  private readonly reader: GroupReader;
  private readonly operations: Operations;

  constructor() {
    const { topology, journal, clock, settings, log } = this.stage;
    this.reader = new GroupReader(journal, settings, keyringOf(topology), log);
    const identity = { site: b, process: processId('orchestrator@b'), topologyHash: 'hash', signingKey: stageKey(b) };
    const self = new ThisProcess({ ...identity, topology });
    this.operations = new Operations(self, journal, new KeptAnswers(journal), clock, new SystemRandom());
  }

  settle = (which: number) => this.loops[which]?.settle();
  resign = (which: number) => this.leaderships[which]?.resign('a test says so');

  /** What is refused changes nothing: that is an answer too. */
  async ask(caller: 'ada' | 'bob', operation: Operation<object>): Promise<void> {
    const known = { id: group, settings: this.stage.settings, reader: this.reader };
    try {
      await this.operations.perform(known, askedBy(caller), operation);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  async answer(decision: 'grant' | 'deny'): Promise<void> {
    const approval = (await this.reader.read()).approval?.value;
    const given = { decision, by: 'bob', mayApprove: true, memberOf: [], channel: 'api' } as const;
    if (approval) await this.ask('bob', answerApproval(approval, given));
  }

  async retry(): Promise<void> {
    const run = (await this.reader.read()).run?.value;
    if (run) await this.ask('bob', retryRun(run.id, REASON));
  }
}

type Deed = readonly [name: string, does: (town: Town) => Promise<unknown> | undefined];

/** One after the other: what seldom comes about by itself. */
const inTurn =
  (...deeds: readonly Deed[1][]): Deed[1] =>
  async (town) => {
    for (const does of deeds) await does(town);
  };
const BEGINNINGS: readonly Deed[] = [
  [
    'a is gone, and its guard was armed',
    inTurn(
      ({ stage }) => stage.silence(a),
      ({ stage }) => stage.guardA(),
      ({ stage }) => stage.loseA(5_000),
      (town) => town.settle(0),
    ),
  ],
  [
    'ada switches over',
    inTurn(
      ({ stage }) => stage.allWell(),
      (town) => town.ask('ada', requestMove({ kind: 'switchover', ...REASON })),
    ),
  ],
];
const ROUND: Deed = [
  'a round of work',
  inTurn(
    (town) => town.settle(0),
    ({ stage }) => stage.work(),
    (town) => town.settle(1),
  ),
];

const OUTCOMES: readonly StepStatus[] = ['done', 'failed', 'unknown', 'unreachable', 'open'];
const DEEDS: readonly Deed[] = [
  ...BEGINNINGS,
  ['first settles', (town) => town.settle(0)],
  ['second settles', (town) => town.settle(1)],
  ['first resigns', (town) => town.resign(0)],
  ['second resigns', (town) => town.resign(1)],
  ['half a second', ({ stage }) => stage.clock.advance(500)],
  ['four seconds', ({ stage }) => stage.clock.advance(4_000)],
  ['a minute', ({ stage }) => stage.clock.advance(60_000)],
  ['all is well', ({ stage }) => stage.allWell()],
  ['a is lost', ({ stage }) => stage.loseA(5_000)],
  ['a is silent', ({ stage }) => stage.silence(a)],
  ['guard of a was armed', ({ stage }) => stage.guardA()],
  ...OUTCOMES.map((outcome): Deed => [`workers: ${outcome}`, ({ stage }) => stage.work(() => outcome)]),
  ...MOVES.map((kind): Deed => [
    `ada asks: ${kind}`,
    (town) => town.ask('ada', requestMove({ kind: kind as 'failover', ...REASON })),
  ]),
  ['ada asks: reprotect', (town) => town.ask('ada', requestMove({ kind: 'reprotect', ...REASON }))],
  ['bob agrees', (town) => town.answer('grant')],
  ['bob denies', (town) => town.answer('deny')],
  ['ada aborts', (town) => town.ask('ada', abortRun(REASON))],
  ['bob tries again', (town) => town.retry()],
  ['ada freezes', (town) => town.ask('ada', freeze({ ...REASON, forMs: 3_000 }))],
  ['ada unfreezes', (town) => town.ask('ada', unfreeze(REASON))],
];

const deeds = fc
  .tuple(
    fc.constantFrom(...BEGINNINGS),
    fc.array(
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...DEEDS) }, { weight: 2, arbitrary: fc.constant(ROUND) }),
      { minLength: 20, maxLength: 40 },
    ),
  )
  .map(([first, rest]) => [first, ...rest]);

/** Whoever leads a run, or turns it around, does so under an epoch of its own. */
const BEGINS_EPOCH = /^(take-over-|compensate-)/;

describe('a group, in whatever order things happen to it', () => {
  it('never has two runs open, its epoch never falls, and its audit chain holds', async () => {
    const seen = { runs: 0, epochs: 0 };
    await fc.assert(
      fc.asyncProperty(deeds, async (all) => {
        const town = new Town();
        await town.stage.allWell();
        await town.settle(0);
        let before = 0;
        for (const [, does] of all) {
          await does(town);
          const [epoch, runs] = [await town.stage.epoch(), await town.stage.runs()];
          expect(epoch).toBeGreaterThanOrEqual(before);
          const open = runs.filter(({ phase }) => !isTerminal(phase));
          const { entries } = await town.stage.journal.read(keys.groupState(group));
          const state = entries.length > 0 ? await town.stage.state() : undefined;
          expect(open.map(({ id }) => id)).toEqual(state?.phase === 'running' ? [state.run] : []);
          for (const run of open) expect(run.epoch).toBe(epoch);
          before = epoch;
        }
        const audit = await town.stage.audit();
        expect(verifyChain(audit)).toMatchObject({ ok: true });
        const begun = audit.filter(({ rule }) => BEGINS_EPOCH.test(rule));
        const stale = begun.filter(({ sequence, epoch }) => epoch <= (audit[sequence - 2]?.epoch ?? 0));
        expect(stale).toEqual([]);
        seen.runs += (await town.stage.runs()).length;
        seen.epochs += before;
      }),
      { numRuns: 12 },
    );
    // Otherwise it has only shown that nothing happens.
    expect(seen.runs).toBeGreaterThanOrEqual(8);
    expect(seen.epochs).toBeGreaterThan(seen.runs);
  });
});
