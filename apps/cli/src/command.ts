import type { Clock } from '#libs/runtime';
import type { ExitCode } from './exit-code.js';
import { fitted } from './fitted.js';
import type { OperatorApi } from './operator-api.js';
import { painted } from './painted.js';

/** Where a command writes: answers to `out`, everything about how they were got to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Somebody looks at a screen that may be painted over; false for a pipe or a file. */
  readonly isScreen: boolean;
  /** Of that screen, when it says how wide it is. */
  readonly columns?: number;
  /** Whether alarms may be red; never without a screen. */
  readonly colours?: boolean;
}

/** What every command that asks an orchestrator is given. */
export interface Session {
  readonly api: OperatorApi;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly json: boolean;
  /** Where signalbox.yaml is, if it is at hand. */
  readonly config: string;
  /** For commands that go on until the operator stops them; all others end at once on Ctrl-C. */
  readonly interruption: () => AbortSignal;
}

/** With --json exactly what the orchestrator answered, otherwise what `render` makes of it for a person. */
export const show = <T>(
  { terminal, json }: Pick<Session, 'terminal' | 'json'>,
  answer: T,
  render: (answer: T) => string,
): void => terminal.out(json ? JSON.stringify(answer, null, 2) : laidOut(render(answer), terminal));

const laidOut = (text: string, { columns, colours = false }: Terminal): string => {
  const lines = fitted(text, columns);
  return colours ? painted(lines) : lines;
};

/** The path of a group, under `/v1`. */
export const groupPath = (group: string, ...rest: readonly string[]): string => pathOf('groups', group, ...rest);

export const runPath = (run: string, ...rest: readonly string[]): string => pathOf('runs', run, ...rest);

export const pathOf = (...segments: readonly string[]): string =>
  segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');

export type Outcome = Promise<ExitCode>;
