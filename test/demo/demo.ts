import type { StatusAnswer } from '#libs/contracts';
import type { Instant } from '#libs/domain';
import {
  askNameServers,
  awaitMirror,
  awaitSeenUp,
  fenceReport,
  mendUnderFire,
  readLogs,
  verifyAudit,
} from './aftermath.js';
import { count } from './counts.js';
import { DemoError } from './demo-error.js';
import { disappointments, disappointmentsOfUpgrade } from './expectations.js';
import { answerApproval, awaitFailover, awaitNothing, observationMs } from './outcome.js';
import { becomeSteady } from './opening.js';
import { policyFactors } from './policy-factors.js';
import { firstFailedRound, reportStep, rto, type FailoverRecord, type Report } from './report.js';
import { differences, isWhole } from './resources.js';
import { beginChapter, type Stage } from './stage.js';
import { waitFor } from './steady.js';
import { beginUpgrade } from './upgrade.js';
import { comeHome } from './way-home.js';

const FLOWING_WITHIN_MS = 60_000;
const STRANDED_RECORDS = 40;
const IDENTICAL_WITHIN_MS = 90_000;
/**
 * A round that began before the fault may fail whole; one that begins after it has its time-outs before it. A busy
 * machine adds failed rounds of its own, and begins rounds late.
 */
const ROUNDS_BEFORE = 6;
const ROUNDS_AFTER = 10;

/** The whole story on a lab that is up: applications, fault, what Signalbox does, and what is left afterwards. */
export const playDemo = async (stage: Stage): Promise<Report> => {
  const { fault, witness, clients } = stage;
  try {
    await becomeSteady(stage);
    const report = actsOn(stage) ? await failover(stage) : await nothing(stage);
    const { roundMs, probeTimeoutMs } = stage.policy;
    const tolerance = { beforeMs: ROUNDS_BEFORE * roundMs, afterMs: ROUNDS_AFTER * roundMs + probeTimeoutMs };
    const wrong = [
      ...disappointments(report, fault, tolerance),
      ...disappointmentsOfUpgrade(report, stage.lab.site('b').kafka.clientAddress),
    ];
    if (wrong.length > 0) throw new DemoError(`${wrong.join('; ')}\n${JSON.stringify(report, null, 2)}`);
    return report;
  } finally {
    await Promise.allSettled([witness.stop(), clients.stopFollowing(), clients.stopPinned()]);
  }
};

/** Whether a run is to be expected. */
const actsOn = ({ fault, options }: Stage): boolean => fault.verdict === 'down' && options.mode !== 'observe';

/** Whether the return of A is part of the story: a broker that outlives its fault has met the fence without it. */
const goesHome = ({ fault, options }: Stage): boolean => options.until === 'home' && !fault.survivesAtA;

const inject = async (stage: Stage): Promise<Instant> => {
  const { fault, lab, timeline, clock, witness } = stage;
  if (goesHome(stage)) await holdUpMirror(stage);
  timeline.tell('fault', fault.does, clock.now());
  const faultAt = clock.now();
  witness.faultInjected(faultAt);
  await fault.inject(lab);
  if (goesHome(stage)) lab.thaw('b', 'connect');
  return faultAt;
};

/** A mirror that always keeps up leaves nothing stranded, and then nobody sees what becomes of it. */
const holdUpMirror = async ({ lab, clients, clock, timeline }: Stage): Promise<void> => {
  timeline.tell(
    'mirror',
    "Connect at B is held up for a moment, so that the end of A's log is not copied",
    clock.now(),
  );
  lab.freeze('b', 'connect');
  const before = clients.ledger.acknowledged.length;
  await waitFor('records that are not copied', { clock, withinMs: FLOWING_WITHIN_MS }, () =>
    Promise.resolve(clients.ledger.acknowledged.length >= before + STRANDED_RECORDS || undefined),
  );
};

const failover = async (stage: Stage): Promise<Report> => {
  const { clients, options, witness, fault } = stage;
  const faultAt = await inject(stage);
  beginChapter(stage, 'failover');
  if (options.mode === 'approve') await answerApproval(stage);
  const endUpgrade = options.upgrade ? await beginUpgrade(stage, faultAt) : undefined;
  const record = await awaitFailover(stage, faultAt);
  const upgrade = await endUpgrade?.(record.run);
  if (!goesHome(stage)) await clients.stopFollowing();
  const mended = fault.survivesAtA ? await mendUnderFire(stage) : undefined;
  await clients.stopPinned();
  const atB = await remains(stage);
  const home = goesHome(stage) ? await comeHome(stage) : {};
  const { run, steps, verdict, decision, served } = record;
  const firstFailedRoundAt = firstFailedRound(record, witness.firstFailedRoundAt);
  return {
    outcome: 'failed-over',
    verdict: verdict.kind,
    verdictRule: verdict.rule,
    recorded: true,
    rule: decision.rule,
    ...rto(firstFailedRoundAt, served.consumedAt, verdict.dwellMs ?? 0),
    steps: steps.map(reportStep),
    milestones: {
      faultAt,
      firstFailedRoundAt,
      decidedAt: decision.at,
      ...(run.finishedAt !== undefined && { runClosedAt: run.finishedAt }),
      firstProducedAtBAt: served.producedAt,
      servedAt: served.consumedAt,
    },
    ...atB,
    ...(mended && { fence: fenceReport(stage, fencedAt(record), mended) }),
    ...home,
    ...(upgrade && { upgrade }),
    ...(await ends(stage)),
  };
};

/** The end of the step that fenced A: its fence was read back then, or had been waited out. */
const fencedAt = ({ steps, run }: FailoverRecord): Instant => {
  const fence = steps.find(
    ({ resource, action, desired }) =>
      resource.kind === 'write-access' && resource.site === run.plan.from && action === 'apply' && desired === 'none',
  );
  if (fence?.finishedAt !== undefined) return fence.finishedAt;
  throw new DemoError(`run ${run.id} has no finished step that fences ${run.plan.from}`);
};

const nothing = async (stage: Stage): Promise<Report> => {
  const { clients, timeline, clock } = stage;
  const before = await wholeSnapshot(stage);
  const faultAt = await inject(stage);
  timeline.tell(
    'watch',
    `for ${observationMs(stage)} ms: twice what an automatic failover takes to be decided`,
    clock.now(),
  );
  const quiet = await awaitNothing(stage, faultAt);
  await clients.stopFollowing();
  const changedResources = await changesAndMending(stage, before);
  await awaitMirror(stage);
  const { verdict, recorded, rule, decidedAt } = quiet;
  return {
    outcome: 'no-action',
    verdict: verdict.kind,
    verdictRule: verdict.rule,
    recorded,
    rule,
    rtoMs: null,
    dwellMs: null,
    aboveDwellMs: null,
    steps: [],
    milestones: { faultAt, ...(decidedAt !== undefined && { decidedAt }) },
    resourcesIdentical: changedResources.length === 0,
    changedResources,
    ...(await remains(stage)),
    ...(await ends(stage)),
  };
};

/** A part that does not answer cannot be compared later: the fault before this one may just have been mended. */
const wholeSnapshot = ({ lab, clock }: Stage): Promise<string> =>
  waitFor('resources that all answer', { clock, withinMs: IDENTICAL_WITHIN_MS }, async () => {
    const shown = await lab.snapshot();
    return isWhole(shown) ? shown : undefined;
  });

/** What changed of everything that still answers; then waits until all of it is as before, when the fault is undone. */
const changesAndMending = async (stage: Stage, before: string): Promise<readonly string[]> => {
  const { lab, fault, clock, timeline, api } = stage;
  const limits = { clock, withinMs: IDENTICAL_WITHIN_MS };
  const changed = differences(before, await lab.snapshot());
  for (const difference of changed) timeline.tell('changed', difference, clock.now());
  timeline.tell('mend', 'the fault is undone', clock.now());
  await fault.mend(lab, () => awaitSeenUp(stage));
  await waitFor('journal', limits, async () =>
    (await api.get<StatusAnswer>('/status')).journal.reachable ? true : undefined,
  );
  await waitFor('unchanged resources', limits, async () => {
    const now = await lab.snapshot();
    if (now !== before) throw new Error(differences(before, now).join('; ') || 'a part does not answer yet');
    return true;
  });
  return changed;
};

const epochOf = async ({ api, group }: Stage): Promise<Report['epoch']> => {
  const { groups } = await api.get<StatusAnswer>('/status', ({ journal }) => journal.reachable);
  const found = groups.find((each) => each.group === group);
  if (found) return found.epoch;
  throw new DemoError(`no orchestrator knows ${group}`);
};

/** What is told the same way of every failover, and of none. The clients may go on. */
const remains = async (stage: Stage) => {
  const { clients, options, policy } = stage;
  // Whatever was acknowledged by now is in the logs that are read after it.
  const ledger = clients.ledger.snapshot();
  const { readAtA, ...logs } = await readLogs(stage);
  return {
    fault: options.fault,
    mode: options.mode,
    ...count(ledger, logs),
    readAtA,
    dnsAnswers: await askNameServers(stage),
    policy: policyFactors(policy),
  };
};

/** What holds at the very end. */
const ends = async (stage: Stage): Promise<Pick<Report, 'epoch' | 'auditVerified' | 'killed'>> => {
  const killed = await stage.randomKill?.end();
  return { epoch: await epochOf(stage), auditVerified: await verifyAudit(stage), ...(killed && { killed }) };
};
