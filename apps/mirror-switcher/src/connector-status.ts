import type { MirrorState } from '#libs/domain';

/** As `GET /connectors/<name>/status` reports them. */
export interface ConnectorStatus {
  readonly connector: string;
  readonly tasks: readonly string[];
  /** Why the first part that is `FAILED` is, in one line; absent while none is. */
  readonly failure?: string;
}

/** The two connectors of a flow. */
export interface FlowStatus {
  readonly source: ConnectorStatus;
  readonly checkpoint: ConnectorStatus;
}

const rests = ({ connector }: ConnectorStatus): boolean => connector === 'STOPPED' || connector === 'PAUSED';

/** Neither connector is set going: with `stopped`, nobody has set one going again behind our back. */
export const isHalted = ({ source, checkpoint }: FlowStatus): boolean => rests(source) && rests(checkpoint);

/** A flow that is half stopped counts as stopped: sealing it then ends what was begun and never sets it going again. */
export const mirrorState = ({ source, checkpoint }: FlowStatus): MirrorState =>
  rests(source) || rests(checkpoint) ? 'stopped' : 'running';

/**
 * - `stopped`: both connectors are, and no task is left that could still copy or commit.
 * - `running`: both connectors and all tasks are. A source without tasks copies nothing; a checkpoint connector has none
 *   while no group matches.
 */
export function isSettled(expected: MirrorState, { source, checkpoint }: FlowStatus): boolean {
  const both = [source, checkpoint];
  if (expected === 'stopped')
    return both.every(({ connector, tasks }) => connector === 'STOPPED' && tasks.length === 0);
  const states = both.flatMap(({ connector, tasks }) => [connector, ...tasks]);
  return source.tasks.length > 0 && states.every((state) => state === 'RUNNING');
}

/** The innermost cause of a stack trace: what is above it only says that a task failed. */
export const causeIn = (trace = ''): string => {
  const lines = trace.split('\n').map((line) => line.trim());
  const cause = lines.findLast((line) => line.startsWith('Caused by: ')) ?? lines[0] ?? '';
  return cause.replace(/^Caused by: /, '') || 'Connect does not say why';
};
