import { isPending, isTerminal, type Approval, type Instant, type Run, type RunKind } from '#libs/domain';
import type { GroupStatus } from '#libs/contracts';
import { completed } from '../demo/requests.js';
import { statusOf } from '../demo/return.js';
import { signalbox } from '../demo/signalbox-cli.js';
import type { Stage } from '../demo/stage.js';
import { waitFor } from '../demo/steady.js';
import type { KafkaSite } from '../lab/layout.js';
import type { Ground } from './ground.js';
import type { Schedule } from './schedule.js';

const SETTLED_WITHIN_MS = 240_000;
const FAILED_OVER_WITHIN_MS = 300_000;
const DENIED_EVERY_MS = 2_000;
/** Runs from one failover to the next, and to the first. */
const FAILOVER_EVERY = 16;
const FIRST_FAILOVER_AFTER = 4;
export const SINCE_FAILOVER_AT_FIRST = FAILOVER_EVERY - FIRST_FAILOVER_AFTER;

/** A run that is asked for, and how. */
export interface Wanted {
  readonly kind: RunKind;
  readonly from: KafkaSite;
  readonly to: KafkaSite;
}

/** What is over. */
export interface Ended {
  readonly run: Run;
  readonly asked: number;
}

const otherSite = (site: string): KafkaSite => (site === 'a' ? 'b' : 'a');

/** What can be asked for now, once the group has come to rest. A failover is due after `FAILOVER_EVERY` runs at home. */
export const nextRun = async (stage: Stage, { seed }: Schedule, sinceFailover: number): Promise<Wanted> => {
  const { active, site } = await atRest(stage);
  const from = active as KafkaSite;
  const to = otherSite(from);
  if (site?.phase === 'quarantined') return { kind: 'reprotect', from, to };
  if (from === stage.home) return { kind: sinceFailover >= FAILOVER_EVERY ? 'failover' : 'switchover', from, to };
  return { kind: seed % 2 === 0 ? 'failback' : 'switchover', from, to };
};

const atRest = (stage: Stage): Promise<{ active: string; site: GroupStatus['returning'][string] | undefined }> =>
  waitFor('a group at rest', { clock: stage.clock, withinMs: SETTLED_WITHIN_MS }, async () => {
    const { active, returning, phase } = await statusOf(stage);
    const site = returning[otherSite(active)];
    if (phase === 'running') throw new Error('a run is under way');
    if (site && site.phase !== 'quarantined') throw new Error(`${otherSite(active)} is ${site.phase} by ${site.rule}`);
    return { active, site };
  });

/** Asks until it is done; a failover by taking everything away from the active site. @throws DemoError */
export const drive = async (ground: Ground, wanted: Wanted): Promise<Ended> => {
  if (wanted.kind === 'failover') return failOver(ground, wanted.from);
  const { clock } = ground.stage;
  const stop = clock.every(DENIED_EVERY_MS, () => denyWhatNobodyWants(ground.stage));
  return move(ground, wanted).finally(stop);
};

/** A site that a busy machine keeps too badly is offered to be failed over, and nothing else can be asked until somebody says no. */
const denyWhatNobodyWants = async ({ api, approver }: Stage): Promise<void> => {
  const open = (await api.get<readonly Approval[]>('/approvals').catch(() => [])).filter(
    ({ phase, kind }) => phase === 'pending' && kind === 'failover',
  );
  for (const { id } of open) await signalbox(approver, 'deny', id, '--reason', 'chaos').catch(() => undefined);
};

const move = async (ground: Ground, { kind, to }: Wanted): Promise<Ended> => {
  const why = ['--reason', 'chaos'];
  switch (kind) {
    case 'switchover':
      return completed(ground.stage, kind, '--to', to, ...why);
    case 'reprotect':
      return completed(ground.stage, kind, '--site', to, ...why);
    case 'failback':
      return completed(ground.stage, kind, ...why);
    case 'failover':
    case 'quarantine':
    case 'salvage':
    case 'survey':
    case 'rescue':
      throw new Error(`nobody asks for a ${kind} here`);
  }
};

const failOver = async ({ lab, stage }: Ground, from: KafkaSite): Promise<Ended> => {
  const since = stage.clock.now();
  await lab.kill(from);
  const run = await waitFor('a failover', { clock: stage.clock, withinMs: FAILED_OVER_WITHIN_MS }, async () => {
    const found = await failoverSince(stage, since);
    if (found && isTerminal(found.phase)) return found;
    if (!found) await approveWhatIsOpen(stage);
    // What failed has a reason that passes: this fault does.
    else if (found.phase === 'needs-human')
      await signalbox(stage.operator, 'run', 'retry', found.id, '--reason', 'chaos');
    throw new Error(found ? `${found.id} is ${found.phase}` : 'nobody has started one');
  });
  return { run, asked: 1 };
};

const failoverSince = async ({ api }: Stage, since: Instant): Promise<Run | undefined> =>
  (await api.get<readonly Run[]>('/runs')).find(
    ({ plan, startedAt }) => plan.kind === 'failover' && startedAt >= since,
  );

const approveWhatIsOpen = async ({ api, approver }: Stage): Promise<void> => {
  const open = (await api.get<readonly Approval[]>('/approvals')).find(isPending);
  if (open) await signalbox(approver, 'approve', open.id, '--reason', 'chaos');
};

/** Brings a lost site back, until it is in quarantine; for how long it took writes is noted. */
export const bringBack = async ({ lab, stage, observer, returns }: Ground, site: KafkaSite): Promise<void> => {
  const { clock } = stage;
  const from = clock.now();
  await lab.restart(site);
  const until = await waitFor(`${site} in quarantine and fenced`, { clock, withinMs: SETTLED_WITHIN_MS }, async () => {
    const phase = (await statusOf(stage)).returning[site]?.phase;
    if (phase !== 'quarantined') throw new Error(`${site} is ${phase ?? 'not on its way back'}`);
    return observer.writes.find((write) => write.site === site && write.sentAt >= from && write.answer === 'refused')
      ?.answeredAt;
  });
  returns.push({ site, from, until });
};
