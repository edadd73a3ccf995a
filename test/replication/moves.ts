import type { RequestKind } from '#libs/decision';
import type { RunPhase } from '#libs/domain';
import { completed } from '../demo/requests.js';
import { statusOf } from '../demo/return.js';
import type { Stage } from '../demo/stage.js';
import { waitFor } from '../demo/steady.js';
import type { KafkaSite } from '../lab/layout.js';
import type { LoadLedger, Stream } from './load.js';

const GOES_ON_WITHIN_MS = 60_000;
const PROTECTED_WITHIN_MS = 180_000;

export interface MoveReport {
  readonly kind: RequestKind;
  readonly outcome: RunPhase;
  /** How often it was asked for. */
  readonly asked: number;
  readonly runMs: number;
  /** The longest that each producer waited for an acknowledgement, from the request until both had gone on. */
  readonly longestPauseMs: Readonly<Record<Stream, number>>;
}

/** A person moves the group while a load follows it. */
export async function moveUnderLoad(
  stage: Stage,
  ledger: LoadLedger,
  kind: 'switchover' | 'failback',
  ...options: readonly string[]
): Promise<MoveReport> {
  const { run, asked, askedAt } = await completed(stage, kind, ...options, '--reason', 'the trial');
  const endedAt = run.finishedAt ?? askedAt;
  await waitFor(`load after the ${kind}`, { clock: stage.clock, withinMs: GOES_ON_WITHIN_MS }, () =>
    Promise.resolve(ledger.hasGoneOn(endedAt) || undefined),
  );
  return {
    kind,
    outcome: run.phase,
    asked,
    runMs: endedAt - run.startedAt,
    longestPauseMs: {
      plain: ledger.longestPauseMs('plain', askedAt),
      transactions: ledger.longestPauseMs('transactions', askedAt),
    },
  };
}

/** Replication toward a site again, until it could become active. */
export async function protectAgain(stage: Stage, site: KafkaSite): Promise<void> {
  await completed(stage, 'reprotect', '--site', site, '--reason', 'the trial');
  await waitFor(`protection of ${site}`, { clock: stage.clock, withinMs: PROTECTED_WITHIN_MS }, async () => {
    const returning = (await statusOf(stage)).returning[site];
    if (returning) throw new Error(`${site} is ${returning.phase} by ${returning.rule}`);
    return true;
  });
}
