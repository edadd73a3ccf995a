import { z } from 'zod';
import { Milliseconds, record } from './scalars.js';

const ms = (standard: number, description: string) => Milliseconds.describe(description).default(standard);
const count = (standard: number, description: string) =>
  z.number('a number').int('a whole number').min(1, 'at least 1').describe(description).default(standard);

/** Settings of a decision: every group may have its own. */
const groupSettings = {
  quorum: count(2, 'Sites that must say down when the failing site itself is silent.'),
  dwellShortMs: ms(60_000, 'From the first failed round to the decision when the failing site says down itself.'),
  dwellLongMs: ms(90_000, 'From the first failed round to the decision when the failing site is silent.'),
  targetHealthyMs: ms(600_000, 'The target must have been healthy for this long; binds automatic runs.'),
  recoveredAfterRounds: count(
    60,
    'Good rounds in a row, seen by as many sites as the quorum, after which a cluster that was lost has recovered: no failback before.',
  ),
  rpoMs: ms(10_000, 'Data-loss ceiling: more replication lag than this is a veto.'),
  coolDownMs: ms(
    3_600_000,
    'Least time between two runs of a group, and between two site events, or it is a storm; binds automatic runs.',
  ),
  fenceMarginMs: ms(2_000, 'Added to 1.1 × selfFenceMs before a silent site counts as fenced.'),
  sealTimeoutMs: ms(1_000, 'Sealing a resource takes no longer; a lost site is not waited for.'),
  stepTimeoutMs: ms(5_000, 'A step without a report by then is unreachable.'),
  approvalTtlMs: ms(600_000, 'An approval that nobody answered ends after this.'),
  drainTimeoutMs: ms(
    60_000,
    'A planned move waits this long, with writes stopped, until nothing is left to replicate.',
  ),
  protectedAfterMs: ms(60_000, 'A returned site is protected once its lag has been under the RPO for this long.'),
  runBudgetMs: ms(5_000, 'What a run may take from decision to redirected traffic; a term of the RTO sum.'),
  clientBudgetMs: ms(5_000, 'What clients need to follow a changed name; a term of the RTO sum.'),
  rtoGoalMs: ms(120_000, 'What a failover may take in all, for clients; the RTO sum must not exceed it.'),
};

/** Settings of processes, which serve every group alike. */
const processSettings = {
  runsAtOnce: count(3, 'Groups that leave a lost site at the same time; the others wait for their turn.'),
  roundMs: ms(3_000, 'One round of probes starts this long after the previous one.'),
  jitter: z
    .number('a share between 0 and 0.5')
    .min(0, 'at least 0')
    .max(0.5, 'at most 0.5')
    .describe('Rounds are spread by this share, so that vantages do not probe in step.')
    .default(0.2),
  probeTimeoutMs: ms(2_000, 'A probe without an answer by then has failed.'),
  suspectAfterRounds: count(3, 'Failed rounds in a row before a vantage says suspect.'),
  downAfterRounds: count(6, 'Failed rounds in a row before a vantage says down.'),
  selfFenceMs: ms(30_000, 'A site-guard that could not renew for this long fences its own site.'),
  guardRenewMs: ms(5_000, "A site-guard renews its site's lease this often."),
  armProofMaxAgeMs: ms(60_000, 'A guard is armed while its last proof that it can fence and lift is younger.'),
  reassertMs: ms(5_000, 'What a weak fence holds is asserted again this often.'),
  voteTtlMs: ms(10_000, 'A vote that is not renewed is gone after this.'),
  leaderTtlMs: ms(15_000, 'A leader that does not renew is replaced after this.'),
  eventLoopLagMaxMs: ms(200, 'An observer whose own event loop lags more than this abstains.'),
  leaderLagMaxMs: ms(500, 'A leader whose own event loop lags more than this again and again resigns.'),
  checkpointMs: ms(60_000, 'A site signs where the audit chains end this often, and whenever a run is closed.'),
  pollMs: ms(2_000, 'Leaders and workers look at the journal this often, whatever they were told.'),
  retentionDays: count(90, 'Runs that ended and approvals that were answered are removed from the journal after this.'),
  requestTimeoutMs: ms(2_000, 'Any single call to another process or resource.'),
};

export const PolicyText = record({ ...processSettings, ...groupSettings });
export type Policy = Readonly<z.infer<typeof PolicyText>>;

export const DEFAULT_POLICY: Policy = PolicyText.parse({});

type Overrides = { [Key in keyof typeof groupSettings]: z.ZodOptional<z.ZodNumber> };
const withoutDefault = Object.entries(groupSettings).map(([name, setting]) => [name, setting.unwrap().optional()]);
/** Only what differs from the policy of the whole document. */
export const PolicyOverrides = record(Object.fromEntries(withoutDefault) as Overrides);
