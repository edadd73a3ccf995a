import type { PreflightAnswer, PreflightCheck } from '#libs/contracts';
import { answerTo, quarantineMessage, vetoKind, type Facts, type Veto } from '#libs/decision';
import type { FlowPositions, ReassertedRecord, SiteId, Verdict } from '#libs/domain';
import type { JournalPlace } from '#libs/topology';
import type { GroupView } from '../group/group-view.js';
import { commands } from '../operation/commands.js';
import { misplacedJournal } from './journal-place.js';
import { fail, pass } from './preflight-check.js';
import { fenceChecks, type FencedSite } from './preflight-fences.js';
import { ownerChecks } from './preflight-owners.js';
import { mirrorChecks, type ReadiedFlow } from './preflight-mirrors.js';
import { nameChecks, type ReadiedNames } from './preflight-names.js';
import { positionChecks } from './preflight-positions.js';
import type { Prospect } from './prospect.js';

/** What the journal and this process know of a group. */
export interface Readied {
  readonly prospect: Prospect;
  readonly leader: GroupView['leader'];
  readonly voters: readonly SiteId[];
  readonly names: ReadiedNames;
  /** How the group's clusters keep clients from writing. */
  readonly fences?: readonly FencedSite[];
  /** How the group's flows run. */
  readonly mirrors?: readonly ReadiedFlow[];
  /** What was kept of the group's flows. */
  readonly positions?: readonly FlowPositions[];
  /** What had to be set again since somebody else had changed it. */
  readonly reasserted?: readonly ReassertedRecord[];
  /** The site that holds the majority of the journal, where there are but two. */
  readonly journalMajority?: JournalPlace;
  /** Journal members that do not answer, and parts this process cannot reach, in words. */
  readonly missing: { readonly members: readonly string[]; readonly parts: readonly string[] };
}

/** Whether a group could be moved now, and what to do where it could not. Pure. */
export function preflight(ready: Readied): PreflightAnswer {
  const checks = [
    hold(ready),
    leads(ready),
    settled(ready),
    ...votes(ready),
    ...verdicts(ready),
    ...guards(ready),
    ...fenceChecks(ready.fences ?? [], ready.prospect.state.active),
    ...lags(ready),
    ...positions(ready),
    ...mirrorChecks(ready.mirrors ?? [], ready.prospect.state.active),
    ...nameChecks(ready.names),
    ...ownerChecks(ready.reasserted ?? [], ready.prospect.at),
    ...returning(ready),
    ...missing(ready),
    ...journalPlace(ready),
    freeze(ready),
    overrides(ready),
    ...plans(ready),
  ];
  return {
    group: ready.prospect.settings.shape.group as PreflightAnswer['group'],
    ok: checks.every(({ ok }) => ok),
    checks,
  };
}

const hold = ({ prospect: { state, hold: why } }: Readied): PreflightCheck =>
  why === undefined
    ? pass('hold', 'the journal is not behind any resource that was seen')
    : fail('hold', `on hold: ${why}`, commands.rescue(state.group, state.active));

const leads = ({ leader, prospect }: Readied): PreflightCheck =>
  leader
    ? pass('leader', `${leader.value.split('#')[0]} leads ${prospect.state.group}`)
    : fail('leader', `nobody leads ${prospect.state.group}`, 'Start an orchestrator that reaches the journal.');

function settled({ prospect: { state } }: Readied): PreflightCheck {
  if (state.phase === 'steady') return pass('phase', `${state.group} is steady, ${state.active} is active`);
  return fail('phase', `${state.group} is ${state.phase}`, commands.explain(state.group));
}

function votes({ prospect: { evidence }, voters }: Readied): PreflightCheck[] {
  return evidence.verdicts.map(({ cluster, voices }) => {
    const name = `votes-${cluster}`;
    const quiet = voices.filter(({ opinion }) => opinion === 'silent' || opinion === 'abstain');
    if (quiet.length === 0) return pass(name, `${voters.join(', ')} vote on ${cluster}`);
    const who = quiet.map(({ site, opinion, reasons }) => `${site} is ${[opinion, ...reasons].join(': ')}`);
    return fail(
      name,
      `not every site votes on ${cluster}: ${who.join('; ')}`,
      'See the health-monitor of that site, and its /readyz.',
    );
  });
}

const verdicts = ({ prospect: { evidence } }: Readied): PreflightCheck[] =>
  evidence.verdicts.map(({ cluster, kind, voices }) => {
    const name = `verdict-${cluster}`;
    return kind === 'up' ? pass(name, `${cluster} is up`) : fail(name, `${cluster} is ${kind}`, complaintsOf(voices));
  });

const complaintsOf = (voices: Verdict['voices']): string =>
  voices
    .filter(({ opinion }) => opinion !== 'up')
    .map(({ site, reasons }) => `${site} says: ${reasons.join(', ') || 'nothing'}`)
    .join('; ');

function guards({ prospect: { settings, evidence } }: Readied): PreflightCheck[] {
  return settings.shape.sites.map((site) => {
    const name = `guard-${site}`;
    const guard = evidence.guards[site];
    if (!guard?.leaseHeld)
      return fail(name, `the site-guard of ${site} does not renew`, `Start the site-guard of ${site}.`);
    if (!guard.record?.armed) {
      const why = guard.record?.armedBy ?? 'it said nothing';
      return fail(
        name,
        `the site-guard of ${site} is not armed: ${why}`,
        'Until it can prove its fence, nothing waits it out.',
      );
    }
    return pass(name, `the site-guard of ${site} renews and is armed by ${guard.record.armedBy}`);
  });
}

/** Of the flows out of the active site. */
const positions = ({ prospect: { state, settings }, positions: kept = [] }: Readied): PreflightCheck[] =>
  positionChecks(
    settings.shape.flows.filter(({ from }) => from === state.active).map(({ id }) => id),
    kept,
  );

/** Of the flows out of the active site. */
function lags({ prospect: { state, settings, evidence } }: Readied): PreflightCheck[] {
  const { shape, policy } = settings;
  return shape.flows
    .filter(({ from }) => from === state.active)
    .map(({ id }) => {
      const name = `lag-${id}`;
      const lag = evidence.lag[shape.clusters[state.active] ?? ''];
      if (lag?.flow !== id)
        return fail(name, `nobody measures the lag of ${id}`, 'See the health-monitor where the flow ends.');
      const text = `${id} is ${lag.lagMs} ms (${lag.lagRecords} records) behind, measured ${lag.sampleAgeMs} ms ago`;
      if (lag.lagMs + lag.sampleAgeMs <= policy.rpoMs) return pass(name, text);
      return fail(name, `${text}; the RPO is ${policy.rpoMs} ms`, `See the connectors of ${id}.`);
    });
}

function returning({ prospect: { state } }: Readied): PreflightCheck[] {
  const sites = Object.entries(state.returning);
  if (sites.length === 0) return [pass('quarantine', 'no site is on its way back')];
  return sites.map(([site, record]) => {
    const message = quarantineMessage(site as SiteId, record, state.group);
    const remedy =
      record.phase === 'quarantined' ? commands.ask('reprotect', state.group, site) : commands.explain(state.group);
    return fail(`quarantine-${site}`, message, remedy);
  });
}

const missing = ({ missing: { members, parts } }: Readied): PreflightCheck[] => [
  members.length === 0
    ? pass('journal', 'every member of the journal answers')
    : fail(
        'journal',
        `members of the journal do not answer: ${members.join(', ')}`,
        'Start them: with one more lost nothing is decided.',
      ),
  parts.length === 0
    ? pass('parts', 'this orchestrator reaches everything it works with')
    : fail('parts', parts.join('; '), 'See what the message names.'),
];

/** With two sites the loss of the active one must leave a journal in which people can attest and approve. */
function journalPlace({ journalMajority: most, prospect: { state } }: Readied): PreflightCheck[] {
  if (!most) return [];
  const problem = misplacedJournal(most, state.active);
  return problem
    ? [fail('journal-place', problem.message, problem.remedy)]
    : [pass('journal-place', `the majority of the journal is at ${most.site}, away from ${state.active}`)];
}

function freeze({ prospect: { state, evidence, at } }: Readied): PreflightCheck {
  const stop = evidence.freeze;
  if (!stop || stop.until <= at) return pass('freeze', 'nobody has frozen it');
  return fail('freeze', `frozen by ${stop.by}: ${stop.reason}`, commands.unfreeze(state.group));
}

/** In force they are no fault, but whoever asks should know what no longer stands in the way. */
function overrides({ prospect: { evidence, at } }: Readied): PreflightCheck {
  const lifted = [...evidence.overrides, ...evidence.attestations].filter(({ until }) => until > at);
  if (lifted.length === 0) return pass('overrides', 'nothing is lifted or attested');
  const names = lifted.map((each) =>
    'veto' in each ? `${each.veto} by ${each.by}` : `${each.site} is off, says ${each.by}`,
  );
  return fail('overrides', `lifted or attested: ${names.join(', ')}`, 'They end by themselves.');
}

function plans({ prospect: { state, settings, evidence, at } }: Readied): PreflightCheck[] {
  const facts: Facts = { ...settings, state, evidence, at };
  return (['failover', 'switchover'] as const).map((kind) => {
    const { target, vetoes } = answerTo({ kind }, facts);
    // A failover away from a site that is well is always said to be the worse choice.
    const inTheWay = vetoes.filter(({ name }) => kind !== 'failover' || name !== 'active-is-up');
    if (inTheWay.length === 0) return pass(`plan-${kind}`, `a ${kind} to ${target} could start`);
    return fail(`plan-${kind}`, inTheWay.map(({ message }) => message).join('; '), endsOf(inTheWay));
  });
}

const endsOf = (vetoes: readonly Veto[]): string =>
  vetoes.map(({ name }) => vetoKind(name)?.instead ?? name).join('; ');
