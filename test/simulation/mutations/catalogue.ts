import { WITHOUT_SEAL_PASS, type Mutation } from '../../chaos/mutation.js';

const at = (file: string) => (is: string, becomes: string) => ({ file: `dist/${file}.js`, is, becomes });

const performStep = at('libs/jobs/src/perform-step');
const perceive = at('libs/decision/src/perceive');
const verdict = at('libs/decision/src/verdict');
const vetoes = at('libs/decision/src/vetoes');
const request = at('libs/decision/src/request');
const plan = at('libs/decision/src/plan');
const record = at('apps/orchestrator/src/group/decision-record');
const loop = at('apps/orchestrator/src/group/group-loop');
const evaluation = at('apps/orchestrator/src/group/evaluation');
const transaction = at('apps/orchestrator/src/group/group-transaction');
const selfFenceWatch = at('apps/orchestrator/src/group/self-fence-watch');
const driver = at('apps/orchestrator/src/run/run-driver');
const approvals = at('apps/orchestrator/src/operation/answer-approval');
const selfFence = at('apps/site-guard/src/lease/self-fence');
const resource = at('test/simulation/world/sim-resource');

/** Rules of the product, each of them broken in a build that is thrown away. The names say what it then does. */
export const MUTATIONS: Readonly<Record<string, readonly Mutation[]>> = {
  'skips-the-seal': [WITHOUT_SEAL_PASS],
  'skips-the-stamp': [
    performStep(
      'if (this.shows(seen))',
      "if (this.shows(seen) || (step.action === 'apply' && canonicalJson(seen.value) === canonicalJson(desired)))",
    ),
  ],
  'drops-the-epoch-comparison': [
    performStep('if (seen.epoch > step.epoch)', 'if (false)'),
    resource('isStrong && epoch < before.epoch ?', 'false ?'),
  ],
  'retries-after-a-fence-refusal': [performStep('if (seen.epoch > step.epoch)', 'if (false)')],
  'takes-silence-for-success': [
    performStep("case 'unknown':\n", "case 'unknown':\n                return { over: done('assumed', null) };\n"),
  ],
  'does-not-dwell': [
    perceive(
      'verdict?.dwellMs !== undefined && verdict.failedForMs >= verdict.dwellMs',
      'verdict?.dwellMs !== undefined',
    ),
  ],
  'believes-one-vantage': [
    verdict('matches: ({ down }, { quorum }) => down.length >= quorum,', 'matches: ({ down }) => down.length >= 1,'),
  ],
  'does-not-ask-who-sees-it-up': [
    verdict('matches: ({ down, up }) => down.length >= 1 && up.length >= 1', 'matches: () => false'),
    verdict('matches: ({ down }, { quorum }) => down.length >= quorum,', 'matches: ({ down }) => down.length >= 1,'),
  ],
  'acts-without-re-observing': [record('if (decision.effects.length > 0)', 'if (false)')],
  'unlocks-a-run-by-time': [
    loop(
      'return hasRun(view) ? this.drive(view) : this.evaluate(view);',
      'return hasRun(view) && this.clock.now() - view.run.value.startedAt < 20_000 ? this.drive(view) : this.evaluate(view);',
    ),
    evaluation(
      'decide(view.state, event, this.settings)',
      "decide(view.state.phase === 'running' ? { ...view.state, phase: 'steady' } : view.state, event, this.settings)",
    ),
  ],
  'brings-home-without-approval': [request("needsApproval: request.kind !== 'switchover'", 'needsApproval: false')],
  'lets-people-approve-their-own': [
    approvals('const isOwn = approval.requestedBy === caller.name;', 'const isOwn = false;'),
  ],
  'promotes-before-the-self-fence': [selfFenceWatch('if (silentMs < neededMs)', 'if (silentMs < neededMs / 2)')],
  'promotes-without-a-fence': [plan('return { ...fence, waitOut: from };', 'return { ...fence, mayFail: true };')],
  'does-not-fence-itself': [
    selfFence("case 'strict':\n            return true;", "case 'strict':\n            return false;"),
  ],
  'ignores-the-cool-down': [vetoes('return remainingMs > 0', 'return remainingMs > Infinity')],
  'ignores-the-lag': [vetoes('if (atRiskMs <= policy.rpoMs)', 'if (atRiskMs <= Infinity)')],
  'moves-into-a-quarantine': [vetoes('site !== state.active && !(site in state.returning)', 'site !== state.active')],
  'takes-over-without-an-epoch': [
    driver(
      'const inForce = epoch(view.epoch + 1);\n        const resumed',
      'const inForce = epoch(view.epoch);\n        const resumed',
    ),
  ],
  'takes-back-without-an-epoch': [
    driver(
      'const inForce = epoch(view.epoch + 1);\n    const { by',
      'const inForce = epoch(view.epoch);\n    const { by',
    ),
  ],
  'leads-without-the-lead': [
    transaction(
      "this.conditions.push({ kind: 'equals', key: keys.leader(this.view.group), value: holder });",
      'void holder;',
    ),
  ],
};
