import { WITHOUT_SEAL_PASS, type Mutation } from '../../chaos/mutation.js';
import type { Mix } from '../faults/schedule.js';

const at = (file: string) => (is: string, becomes: string) => ({ file: `dist/${file}.js`, is, becomes });

const performStep = at('libs/jobs/src/perform-step');
const perceive = at('libs/decision/src/perceive');
const verdict = at('libs/decision/src/verdict');
const vetoes = at('libs/decision/src/vetoes');
const request = at('libs/decision/src/request');
const identity = at('libs/decision/src/identity');
const plan = at('libs/decision/src/plan');
const record = at('apps/orchestrator/src/group/decision-record');
const loop = at('apps/orchestrator/src/group/group-loop');
const evaluation = at('apps/orchestrator/src/group/evaluation');
const transaction = at('apps/orchestrator/src/group/group-transaction');
const selfFenceWatch = at('apps/orchestrator/src/group/self-fence-watch');
const driver = at('apps/orchestrator/src/run/run-driver');
const approvals = at('libs/decision/src/approval-answer');
const selfFence = at('apps/site-guard/src/lease/self-fence');
const resource = at('test/simulation/world/sim-resource');

/** A rule that is broken, and the faults in which it is what stands between a group and harm. */
export interface Hunt {
  /** All of them at once. Where one rule is kept in two places, breaking one of them breaks nothing: both are named. */
  readonly changes: readonly Mutation[];
  readonly mix: Mix;
}

/** By themselves, and people who ask for moves besides. */
const STRICT = { fenceMode: 'strict', mode: 'automatic' } as const;
const MOVES: Mix = { causes: ['kafka-killed', 'people-move'], ambushes: ['people-abort'], terms: STRICT };
/** A worker that hangs over a change, and a leader that is replaced meanwhile. */
const LATE_WRITES: Mix = {
  causes: ['kafka-killed', 'people-move'],
  ambushes: [
    'zombie-worker',
    'dns-unanswered',
    'config-unanswered',
    'config-conflict',
    'leader-crash',
    'commit-unknown',
  ],
  terms: STRICT,
};

/** Rules of the product, each of them broken in a build that is thrown away. The names say what it then does. */
export const MUTATIONS: Readonly<Record<string, Hunt>> = {
  'skips-the-seal': { changes: [WITHOUT_SEAL_PASS], mix: LATE_WRITES },
  'skips-the-stamp': {
    changes: [
      performStep(
        'if (this.shows(seen))',
        "if (this.shows(seen) || (step.action === 'apply' && canonicalJson(seen.value) === canonicalJson(desired)))",
      ),
    ],
    // The seal stamps what it reaches: what was away then carries the new epoch only if the step writes it all the same.
    mix: {
      causes: ['kafka-killed', 'people-move'],
      ambushes: ['connect-away', 'connect-away', 'connect-unanswered', 'latency', 'leader-crash'],
      terms: STRICT,
    },
  },
  'drops-the-epoch-comparison': {
    changes: [
      performStep('if (seen.epoch > step.epoch)', 'if (false)'),
      resource('isStrong && epoch < before.epoch ?', 'false ?'),
    ],
    mix: LATE_WRITES,
  },
  'retries-after-a-fence-refusal': {
    changes: [performStep('if (seen.epoch > step.epoch)', 'if (false)')],
    mix: LATE_WRITES,
  },
  'takes-silence-for-success': {
    changes: [
      performStep("case 'unknown':\n", "case 'unknown':\n                return { over: done('assumed', null) };\n"),
    ],
    mix: { ...LATE_WRITES, ambushes: ['dns-unanswered', 'config-unanswered', 'connect-unanswered'] },
  },
  'does-not-dwell': {
    changes: [
      perceive(
        'verdict?.dwellMs !== undefined && verdict.failedForMs >= verdict.dwellMs',
        'verdict?.dwellMs !== undefined',
      ),
    ],
    mix: MOVES,
  },
  'believes-one-vantage': {
    changes: [
      verdict('matches: ({ down }, { quorum }) => down.length >= quorum,', 'matches: ({ down }) => down.length >= 1,'),
    ],
    mix: { causes: ['two-sites-at-once', 'vantage-lies'], ambushes: [], terms: STRICT },
  },
  'does-not-ask-who-sees-it-up': {
    changes: [
      verdict('matches: ({ down, up }) => down.length >= 1 && up.length >= 1', 'matches: () => false'),
      verdict('matches: ({ down }, { quorum }) => down.length >= quorum,', 'matches: ({ down }) => down.length >= 1,'),
    ],
    mix: { causes: ['link-cut', 'link-one-way', 'vantage-lies'], ambushes: [], terms: STRICT },
  },
  'acts-without-re-observing': {
    changes: [record('if (decision.effects.length > 0)', 'if (false)')],
    mix: MOVES,
  },
  'unlocks-a-run-by-time': {
    changes: [
      loop(
        'return hasRun(view) ? this.drive(view) : this.evaluate(view);',
        'return hasRun(view) && this.clock.now() - view.run.value.startedAt < 20_000 ? this.drive(view) : this.evaluate(view);',
      ),
      evaluation(
        'decide(view.state, event, this.settings)',
        "decide(view.state.phase === 'running' ? { ...view.state, phase: 'steady' } : view.state, event, this.settings)",
      ),
    ],
    mix: {
      causes: ['kafka-killed', 'people-move'],
      ambushes: ['connect-away', 'dns-away', 'worker-pause', 'crash-loop'],
      terms: STRICT,
    },
  },
  'brings-home-without-approval': {
    changes: [request("needsApproval: request.kind !== 'switchover'", 'needsApproval: false')],
    mix: MOVES,
  },
  'lets-people-approve-their-own': {
    changes: [approvals('if (approval.requestedBy === given.by)', 'if (false)')],
    mix: { causes: ['people-wrong', 'people-move', 'people-move'], ambushes: ['people-wrong'], terms: STRICT },
  },
  'promotes-before-the-self-fence': {
    changes: [selfFenceWatch('if (silentMs < neededMs)', 'if (silentMs < neededMs / 2)')],
    // A site that goes dark after its cluster: its guard's silence is then younger than the dwell.
    mix: { causes: ['kafka-killed'], ambushes: ['site-loss'], terms: STRICT },
  },
  'promotes-without-a-fence': {
    changes: [plan('return { ...fence, waitOut: from };', 'return { ...fence, mayFail: true };')],
    mix: { causes: ['site-loss'], ambushes: ['leader-crash'], terms: STRICT },
  },
  'does-not-fence-itself': {
    changes: [selfFence("case 'strict':\n            return true;", "case 'strict':\n            return false;")],
    mix: { causes: ['site-isolated'], ambushes: ['leader-crash'], terms: STRICT },
  },
  'ignores-the-cool-down': {
    changes: [vetoes('return remainingMs > 0', 'return remainingMs > Infinity')],
    mix: { causes: ['lost-after-a-move'], ambushes: [], terms: STRICT },
  },
  'ignores-the-lag': {
    changes: [vetoes('if (atRiskMs <= policy.rpoMs)', 'if (atRiskMs <= Infinity)')],
    mix: { causes: ['lost-while-behind'], ambushes: [], terms: STRICT },
  },
  'moves-into-a-quarantine': {
    changes: [vetoes('site !== state.active && !(site in state.returning)', 'site !== state.active')],
    mix: { causes: ['lost-one-after-the-other'], ambushes: [], terms: STRICT },
  },
  'trusts-another-cluster': {
    changes: [identity('return others.length * 2 >= named.length ? others[0] : undefined;', 'return undefined;')],
    mix: { causes: ['lost-after-a-rebirth'], ambushes: [], terms: STRICT },
  },
  'takes-over-without-an-epoch': {
    changes: [
      driver(
        'const inForce = epoch(view.epoch + 1);\n        const resumed',
        'const inForce = epoch(view.epoch);\n        const resumed',
      ),
    ],
    mix: { causes: ['kafka-killed', 'people-move'], ambushes: ['leader-crash'], terms: STRICT },
  },
  'takes-back-without-an-epoch': {
    changes: [
      driver(
        'const inForce = epoch(view.epoch + 1);\n    const { by',
        'const inForce = epoch(view.epoch);\n    const { by',
      ),
    ],
    mix: {
      causes: ['people-move', 'kafka-killed'],
      ambushes: ['people-abort', 'connect-away', 'latency'],
      terms: STRICT,
    },
  },
  // A leader looks who leads before it decides, and its commit compares it once more. The second look alone is seldom
  // what refuses: whoever leads next changes the state first, which the commit compares too.
  'leads-without-the-lead': {
    changes: [
      loop('if (!leads || !(await this.leadership.hold()))', 'if (false)'),
      transaction(
        "this.conditions.push({ kind: 'equals', key: keys.leader(this.view.group), value: holder });",
        'void holder;',
      ),
    ],
    mix: MOVES,
  },
};
