import type { Instant } from '#libs/domain';
import { firstServed, type KafkaSite, type Served } from './ledger.js';
import { longestPauseMs } from './pauses.js';
import { reportStep, type MoveReport } from './report.js';
import { completed } from './requests.js';
import type { Stage } from './stage.js';
import { waitFor } from './steady.js';

const SERVED_WITHIN_MS = 60_000;
/** Produced and consumed at the new site before service counts as back for good. */
const ENOUGH_RECORDS = 100;

interface Move {
  readonly kind: 'switchover' | 'failback';
  readonly from: KafkaSite;
  readonly to: KafkaSite;
}

/** A person moves the group while the application works, which it does at the new site when this returns. */
export const moveUnderLoad = async (
  stage: Stage,
  { kind, from, to }: Move,
  ...options: readonly string[]
): Promise<MoveReport> => {
  const { clients, clock, timeline } = stage;
  const { run, steps, approval, askedAt, asked } = await completed(stage, kind, ...options, '--reason', 'demo');
  const served = await servedAt(stage, to, askedAt);
  timeline.tell(
    'client',
    `${served.id} is the first record that was produced and consumed at ${to}`,
    served.consumedAt,
  );
  const lastAckedAt = Math.max(
    ...clients.ledger.acknowledged.filter(({ site }) => site === from).map(({ ackedAt }) => ackedAt),
  );
  timeline.tell('end', `${ENOUGH_RECORDS} records later all is well`, clock.now());
  return {
    outcome: run.phase,
    asked,
    approvedBy: approval?.decidedBy ?? null,
    rtoMs: served.consumedAt - lastAckedAt,
    longestPauseMs: longestPauseMs(clients.ledger, askedAt),
    steps: steps.map(reportStep),
    exceptions: run.exceptions,
  };
};

/** The application has worked there for a while. */
export const servedAt = ({ clients, clock }: Stage, site: KafkaSite, since: Instant): Promise<Served> =>
  waitFor(`the application at ${site}`, { clock, withinMs: SERVED_WITHIN_MS }, () => {
    const { ledger } = clients;
    const produced = new Set(
      ledger.acknowledged.filter((record) => record.site === site && record.sentAt >= since).map(({ id }) => id),
    );
    const consumed = ledger.consumed.filter((record) => record.site === site && produced.has(record.id)).length;
    return Promise.resolve(consumed >= ENOUGH_RECORDS ? firstServed(ledger, site, since) : undefined);
  });
