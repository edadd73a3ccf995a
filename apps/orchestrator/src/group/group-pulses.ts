import { keyringOf } from '#libs/contracts';
import type { SignalboxError } from '#libs/domain';
import { keys, type Journal, type Membership } from '#libs/journal';
import type { Clock, Metrics, Random, Readiness } from '#libs/runtime';
import { RunDriver } from '../run/run-driver.js';
import type { ThisProcess } from '../this-process.js';
import type { VerdictBoard } from '../view/verdict-board.js';
import type { VoteAges } from '../view/vote-ages.js';
import { Evaluation } from './evaluation.js';
import type { KnownGroup } from './group-directory.js';
import { GroupLoop } from './group-loop.js';
import { GroupMetrics } from './group-metrics.js';
import { GroupPulse } from './group-pulse.js';
import { GroupVersions } from './group-versions.js';
import { leaderName } from './group-transaction.js';
import type { GroupView } from './group-view.js';
import type { Leadership } from './leadership.js';
import { NameNotes } from './name-notes.js';
import { RpoNotes } from './rpo-notes.js';
import { ReassertionNotes } from './reassertion-notes.js';
import { Retention } from './retention.js';
import { SelfFenceWatch } from './self-fence-watch.js';

/** Looks are spread by this share, so that a thousand groups are not looked at in the same moment. */
const JITTER = 0.2;

/** How often a group is looked at in one round of probes: while nothing happens, and while something does. */
const LOOKS_PER_ROUND = { calm: 2, urgent: 10 } as const;

export interface LoopPorts {
  readonly journal: Journal;
  readonly leadership: Leadership;
  readonly clock: Clock;
  readonly random: Random;
  readonly readiness: Readiness;
  readonly membership: Membership;
  readonly ages: VoteAges;
  readonly metrics?: Metrics;
}

/** Puts one group's loop together. */
export function groupPulse(group: KnownGroup, self: ThisProcess, board: VerdictBoard, ports: LoopPorts): GroupPulse {
  const { journal, leadership, clock, random, readiness, membership, ages } = ports;
  const { settings, reader } = group;
  const { roundMs, fenceMarginMs, retentionDays } = self.topology.policy;
  const selfFences = new SelfFenceWatch(clock, fenceMarginMs);
  const metrics = ports.metrics && new GroupMetrics(ports.metrics, settings, clock);
  const parts = {
    reader,
    selfFences,
    versions: new GroupVersions(readiness, () => membership.mayWrite),
    retention: new Retention(journal, clock, retentionDays),
    evaluation: new Evaluation(settings, self.voters, clock, random, metrics),
    driver: new RunDriver(settings, clock, selfFences, metrics),
    notes: new ReassertionNotes(clock),
    nameNotes: new NameNotes(clock),
    rpoNotes: new RpoNotes(journal, clock, settings, keyringOf(self.topology)),
  };
  const ownPrefix = keys.group(group.id);
  let looks: number = LOOKS_PER_ROUND.calm;
  const onView = (view: GroupView) => {
    looks = view.state.phase === 'steady' ? LOOKS_PER_ROUND.calm : LOOKS_PER_ROUND.urgent;
    ages.saw(view.votes);
    metrics?.saw(view, view.leader?.value === leader.name);
    board.showRecorded(
      group,
      view.votes.map(({ value }) => value),
      view.state.knownAs,
    );
  };
  const leader = {
    name: leaderName(self.process, random.id()),
    actor: { kind: 'process', id: self.process },
  } as const;
  const loop = new GroupLoop(parts, journal, clock, leadership, leader, onView);
  return new GroupPulse({
    clock,
    settle: () => loop.settle(),
    concerns: (key) => key.startsWith(ownPrefix) || (looks === LOOKS_PER_ROUND.urgent && isOfSomeGroup(key)),
    restMs: () => (roundMs / looks) * (1 + JITTER * (2 * random.fraction() - 1)),
    onAvailable: () => readiness.ready('journal'),
    onUnavailable: (problem: SignalboxError) => {
      readiness.missing('journal', `The journal does not take decisions: ${problem.message}`);
      board.showLocal(group);
    },
  });
}

/** Runs, their steps and approvals do not say in their keys whose they are; a group that is calm has none. */
const isOfSomeGroup = (key: string): boolean => key.startsWith(keys.runs()) || key.startsWith(keys.approvals());
