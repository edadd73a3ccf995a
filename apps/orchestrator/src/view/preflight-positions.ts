import type { PreflightCheck } from '#libs/contracts';
import type { FlowPositions, PositionProblem, PositionProblemKind } from '#libs/domain';
import { fail, pass } from './preflight-check.js';

/** Whether every flow copies all that it should, by what was kept of its positions. Of several observers the latest. Pure. */
export const positionChecks = (flows: readonly string[], kept: readonly FlowPositions[]): PreflightCheck[] =>
  flows.flatMap((flow) => {
    const [latest] = kept.filter((one) => one.flow === flow).toSorted((a, b) => b.writtenAt - a.writtenAt);
    return latest ? [...new Map(checksOf(latest).map((check) => [check.message, check])).values()] : [];
  });

function checksOf({ flow, problems, partitions, rest }: FlowPositions): readonly PreflightCheck[] {
  const name = `positions-${flow}`;
  const grave = problems.filter(({ kind }) => REMEDIES[kind] !== undefined);
  if (grave.length > 0) return grave.map((problem) => fail(name, problem.message, remedyOf(problem)));
  const count = partitions.length + rest.partitions;
  const notes = problems.map(({ message }) => `; ${message}`).join('');
  return [pass(name, `${flow} is followed in ${count} partitions${notes}`)];
}

/** What is no fault by itself has none. */
const REMEDIES: Readonly<Record<PositionProblemKind, string | undefined>> = {
  'source-topic-missing': "Create it, correct the flow's topics, or let our principal DESCRIBE it at the source.",
  'target-topic-missing':
    "Look at the flow's connectors, and whether their principal may create and write it at the target; new topics are " +
    'found every refresh.topics.interval.seconds.',
  'target-partitions-missing': 'Give it as many partitions at the target: kafka-topics --alter --partitions.',
  'beyond-source-end': 'Keep the flow stopped until it is known which log is the right one: docs/runbooks/return.md.',
  'deleted-before-copied': 'Keep records longer at the source, or find out why the mirror is slower than retention.',
  'counts-apart': undefined,
  'probe-not-copied':
    "Look whether the flow's mirror copies its probeTopic, and whether it copies at all: its other positions are no evidence.",
  'mirror-silent': "See Connect at the flow's target, and the health-monitor's /readyz.",
};

const remedyOf = ({ kind }: PositionProblem): string => REMEDIES[kind] ?? '';
