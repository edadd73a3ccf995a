import type { NotificationSeverity } from '#libs/contracts';
import type { Facts } from './facts.js';

/** How one rule is told. */
export interface Telling {
  readonly severity: NotificationSeverity | ((facts: Facts) => NotificationSeverity);
  /** What follows the group's name in the title. */
  readonly says: string | ((facts: Facts) => string);
  readonly next?: (facts: Facts) => readonly string[];
}

const explain = ({ group }: Facts) => [`signalbox explain ${group}`];
const rpo = ({ group }: Facts) => [`signalbox rpo ${group}`];
const lookAtRun = ({ run }: Facts) => [run ? `signalbox run ${run}` : 'signalbox runs'];
const answer = ({ approval, group }: Facts) =>
  approval
    ? [`signalbox explain ${group}`, `signalbox approve ${approval}`, `signalbox deny ${approval}`]
    : [`signalbox explain ${group}`];

const aRun = ({ run }: Facts) => (run ? `run ${run}` : 'its run');
const move = ({ kind, from, to }: Facts) => `${kind ?? 'failover'}${from && to ? ` from ${from} to ${to}` : ''}`;
const until = (facts: Facts) => (facts.until === undefined ? '' : ` until ${new Date(facts.until).toISOString()}`);

function stageDone(facts: Facts): string {
  const done = facts.steps.filter(({ status }) => status === 'done').map(({ name }) => name);
  return done.length > 0 ? `${aRun(facts)} has done ${done.join(', ')}` : `a stage of ${aRun(facts)} is over`;
}

/** Somebody who froze a group knows that it does not move; whoever did not has an outage that nothing will end. */
const unlessFrozen = ({ vetoes }: Facts): NotificationSeverity =>
  vetoes.some(({ name }) => name === 'frozen') ? 'warning' : 'critical';

/** Rules by name: the decisions, the runs, the site that returns, and what people do. */
export const RULES: Readonly<Record<string, Telling>> = {
  dwelling: { severity: 'warning', says: 'its active cluster is down; the dwell runs', next: explain },
  'waits-for-its-turn': {
    severity: 'warning',
    says: 'its active cluster is down, and it moves as soon as other groups have',
    next: explain,
  },
  'failover-vetoed': {
    severity: unlessFrozen,
    says: 'its active cluster is down, and a veto keeps it from moving',
    next: explain,
  },
  'would-fail-over': {
    severity: 'warning',
    says: 'its active cluster is down; mode observe moves nothing',
    next: explain,
  },
  'would-be-vetoed': {
    severity: 'warning',
    says: 'its active cluster is down; mode observe moves nothing, and a veto would stand in the way',
    next: explain,
  },
  'ask-approval': { severity: 'critical', says: (facts) => `a ${move(facts)} needs an approval`, next: answer },
  'ask-approval-because-vetoed': {
    severity: 'critical',
    says: (facts) => `a ${move(facts)} needs an approval, because vetoes stand in the way`,
    next: answer,
  },
  'approved-but-vetoed': {
    severity: 'warning',
    says: 'it was approved, and a veto that nobody may lift keeps it from moving',
    next: explain,
  },
  'would-have-no-target': {
    severity: 'warning',
    says: 'its active cluster is down; mode observe moves nothing, and no other site could take over',
    next: explain,
  },
  'approved-failover-vetoed': {
    severity: 'critical',
    says: 'it was approved, and a veto that nobody may lift keeps it from moving',
    next: explain,
  },
  'approved-in-vain': {
    severity: 'critical',
    says: 'it was approved, and a veto stood until the time of the approval was over',
    next: explain,
  },
  'approval-still-open': { severity: 'info', says: 'what stands in the way has changed', next: explain },
  'approval-expired': { severity: 'warning', says: 'nobody answered what the rules asked', next: explain },
  'approval-granted': { severity: 'info', says: ({ who }) => `${who} approved`, next: explain },
  'approval-escalated': {
    severity: 'critical',
    says: 'still nobody has decided what it asks',
    next: answer,
  },
  'approval-expired-as-no': {
    severity: 'critical',
    says: 'nobody answered what the rules asked, and that counts as a no for this incident',
    next: explain,
  },
  'question-superseded': {
    severity: 'warning',
    says: 'what people were asked is not so any more; they are asked anew if it is still needed',
    next: explain,
  },
  'request-superseded': {
    severity: 'warning',
    says: 'what somebody asked for would be something else now; ask again if it is still wanted',
    next: explain,
  },
  'request-cancelled': { severity: 'info', says: 'what somebody asked for was taken back', next: explain },
  'approval-cancelled': { severity: 'info', says: ({ who }) => `${who} took back what they asked for`, next: explain },
  'approval-reviewed': { severity: 'info', says: ({ who }) => `${who} reviewed what was decided alone`, next: explain },
  'approval-partly-granted': {
    severity: 'warning',
    says: ({ who }) => `${who} approved, and more people have to`,
    next: explain,
  },
  'approval-glass-broken': {
    severity: 'critical',
    says: ({ who }) => `${who} decided alone; somebody else has to review it`,
    next: explain,
  },
  'approval-denied': { severity: 'info', says: ({ who }) => `denied, as recorded by ${who}`, next: explain },
  'approval-unknown': { severity: 'info', says: 'an answer came for an approval that is not asked for', next: explain },
  'approval-refused': { severity: 'info', says: ({ who }) => `the answer of ${who} does not count`, next: explain },
  'request-refused': { severity: 'info', says: 'what somebody asked for is refused', next: explain },
  'request-denied': { severity: 'info', says: 'what somebody asked for is denied', next: explain },
  'request-still-open': { severity: 'info', says: 'what stands in the way has changed', next: explain },
  'request-overtaken': {
    severity: 'warning',
    says: 'its active cluster went down before anybody agreed to what was asked for',
    next: explain,
  },
  'request-expired': { severity: 'warning', says: 'nobody answered what somebody asked for', next: explain },
  'start-failover': { severity: 'critical', says: (facts) => `a ${move(facts)} has started`, next: lookAtRun },
  'start-approved-failover': {
    severity: 'critical',
    says: (facts) => `an approved ${move(facts)} has started`,
    next: lookAtRun,
  },
  'take-over-run': { severity: 'warning', says: (facts) => `another leader took over ${aRun(facts)}`, next: lookAtRun },
  'take-over-compensation': {
    severity: 'warning',
    says: (facts) => `another leader goes on with taking back ${aRun(facts)}`,
    next: lookAtRun,
  },
  'compensation-stage-done': { severity: 'info', says: stageDone, next: lookAtRun },
  'run-needs-human': {
    severity: 'critical',
    says: (facts) => `${aRun(facts)} needs a person and moves nothing more`,
    next: lookAtRun,
  },
  'stage-done': { severity: 'info', says: stageDone, next: lookAtRun },
  'run-closed': {
    severity: ({ phase }) => (phase === undefined || phase === 'completed' ? 'info' : 'warning'),
    says: (facts) => `${aRun(facts)} is closed: ${facts.phase ?? 'completed'}`,
    next: lookAtRun,
  },
  'stale-run': { severity: 'info', says: (facts) => `${aRun(facts)} closed after another one`, next: lookAtRun },
  'compensate-run': { severity: 'warning', says: (facts) => `${aRun(facts)} is being taken back`, next: lookAtRun },
  'run-aborted': { severity: 'warning', says: (facts) => `${aRun(facts)} was taken back`, next: lookAtRun },
  'retry-sealing': {
    severity: 'info',
    says: (facts) => `${facts.who} has ${aRun(facts)} tried again`,
    next: lookAtRun,
  },
  'retry-compensation': {
    severity: 'info',
    says: (facts) => `${facts.who} has taking back ${aRun(facts)} tried again`,
    next: lookAtRun,
  },
  'retry-run': { severity: 'info', says: (facts) => `${facts.who} has ${aRun(facts)} tried again`, next: lookAtRun },
  'skip-step': {
    severity: 'warning',
    says: (facts) => `${facts.who} has ${facts.step ?? 'a step'} of ${aRun(facts)} skipped`,
    next: lookAtRun,
  },
  'journal-behind-resources': {
    severity: 'critical',
    says: 'its journal is behind its resources: nothing is decided or changed until somebody has looked',
    next: ({ group }) => [`signalbox rescue ${group} --active '<site>'`],
  },
  survey: { severity: 'info', says: ({ who }) => `${who} asks what its resources hold`, next: explain },
  'start-rescue': {
    severity: 'critical',
    says: (facts) => `${facts.who} has its resources set anew${facts.to ? `, ${facts.to} is active` : ''}`,
    next: lookAtRun,
  },
  'take-in-failed': { severity: 'warning', says: 'a site that came back could not be taken in', next: explain },
  'site-quarantined': { severity: 'warning', says: 'a site that came back is in quarantine', next: explain },
  'returning-lost-again': { severity: 'warning', says: 'a site that came back is lost again', next: explain },
  'catching-up': { severity: 'info', says: 'replication toward the returned site runs', next: explain },
  'catching-up-under-rpo': { severity: 'info', says: 'the returned site lags less than the RPO', next: explain },
  'catching-up-above-rpo': {
    severity: 'warning',
    says: 'the returned site lags more than the RPO, and is not protected yet',
    next: explain,
  },
  'site-protected': { severity: 'info', says: 'it is protected again: the other site can take over', next: explain },
  'weak-fence-reasserted': {
    severity: 'warning',
    says: 'somebody changed from outside what a run had set, and it was set again',
    next: explain,
  },
  'mirror-runs-back': { severity: 'critical', says: 'replication runs in a circle, set going by hand', next: explain },
  'rpo-certified': {
    severity: 'warning',
    says: 'what the failover may lose is known, and grows until the old site is fenced',
    next: rpo,
  },
  'rpo-closed': { severity: 'warning', says: 'the old site is fenced: what may be lost grows no more', next: rpo },
  'rpo-measured': {
    severity: 'warning',
    says: 'what the failover had lost was measured at the site that returned',
    next: rpo,
  },
  'name-propagating': {
    severity: 'info',
    says: (facts) => `${facts.name ?? 'a name'} has changed and is propagating, seen from ${facts.site ?? 'a site'}`,
    next: () => ['signalbox status --verbose'],
  },
  'name-propagated': {
    severity: 'info',
    says: (facts) => `${facts.name ?? 'a name'} is the new one for everybody, seen from ${facts.site ?? 'a site'}`,
  },
  'name-drifted': {
    severity: 'critical',
    says: (facts) => `${facts.name ?? 'a name'} was changed by somebody else and does not point where it was put`,
    next: ({ group }) => [`signalbox preflight ${group}`],
  },
  'name-drift-ended': { severity: 'info', says: (facts) => `${facts.name ?? 'a name'} points where it was put again` },
  'name-owned-by-another': {
    severity: 'warning',
    says: (facts) => `somebody else says that ${facts.name ?? 'a name'} is theirs, and Signalbox will not switch it`,
    next: ({ group }) => [`signalbox preflight ${group}`],
  },
  'resolver-ignores-ttl': {
    severity: 'warning',
    says: (facts) =>
      `a resolver of ${facts.site ?? 'a site'} gives old answers of ${facts.name ?? 'a name'} for too long`,
    next: () => ['signalbox status --verbose'],
  },
  freeze: { severity: 'info', says: (facts) => `${facts.who} froze it${until(facts)}`, next: explain },
  unfreeze: { severity: 'info', says: ({ who }) => `${who} ended the freeze`, next: explain },
  override: {
    severity: 'warning',
    says: (facts) => `${facts.who} lifted ${facts.veto ? `the veto ${facts.veto}` : 'a veto'}${until(facts)}`,
    next: explain,
  },
  attest: {
    severity: 'warning',
    says: (facts) => `${facts.who} attests that ${facts.site ? `site ${facts.site}` : 'a site'} is off`,
    next: explain,
  },
  'site-released': {
    severity: 'info',
    says: ({ who, site }) => `${who} released ${site ? `site ${site}` : 'it'}`,
    next: explain,
  },
};

/** What the verdict on the active cluster means for the group while nothing moves. */
const VERDICTS: Readonly<Record<string, Telling>> = {
  up: { severity: 'info', says: 'its active cluster is up' },
  'link-down': { severity: 'warning', says: 'one site cannot reach its active cluster, and another one can' },
  asymmetric: { severity: 'warning', says: 'other sites cannot reach its active cluster, which says that it is well' },
  degraded: { severity: 'warning', says: 'its active cluster is seen up, and its own monitor says down' },
  'monitor-lost': { severity: 'warning', says: 'the monitor beside its active cluster is silent' },
  'no-quorum': { severity: 'warning', says: 'its active cluster may be down, and no quorum says so' },
  blind: { severity: 'critical', says: 'nobody can tell how its active cluster is, so nothing will be decided' },
  'reborn-empty': { severity: 'critical', says: 'its active cluster is another one than it was, and empty' },
};

/** A planned move interrupts clients for a moment; taking in and protecting a site does not touch them. */
const start = (kind: string): Telling => ({
  severity: kind === 'switchover' || kind === 'failback' ? 'warning' : kind === 'failover' ? 'critical' : 'info',
  says: (facts) => `a ${move({ ...facts, kind: facts.kind ?? kind })} has started`,
  next: lookAtRun,
});

/** Rules of which there are many alike, by how they begin. */
const FAMILIES: readonly (readonly [prefix: string, telling: (rest: string) => Telling | undefined])[] = [
  ['active-', (verdict) => VERDICTS[verdict]],
  ['suspicion-cleared-', (verdict) => VERDICTS[verdict]],
  ['start-approved-', start],
  ['start-', start],
  [
    'ask-approval-for-',
    (kind) => ({
      severity: 'critical',
      says: (facts) => `a ${move({ ...facts, kind: facts.kind ?? kind })} that somebody asked for needs an approval`,
      next: answer,
    }),
  ],
];

/** Every rule is told: one that is not in a table by its name. */
export function tellingOf(rule: string): Telling {
  const own = Object.hasOwn(RULES, rule) ? RULES[rule] : undefined;
  const [prefix, family] = FAMILIES.find(([begins]) => rule.startsWith(begins)) ?? [];
  const alike = prefix === undefined ? undefined : family?.(rule.slice(prefix.length));
  return own ?? alike ?? { severity: 'info', says: `rule ${rule} applied`, next: explain };
}
