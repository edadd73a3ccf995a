import type { Clock } from '#libs/runtime';
import type { ExitCode } from './exit-code.js';
import type { OperatorApi } from './operator-api.js';

/** Where a command writes: answers to `out`, everything about how they were got to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** What every command that asks an orchestrator is given. */
export interface Session {
  readonly api: OperatorApi;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly json: boolean;
}

/** With --json exactly what the orchestrator answered, otherwise what `render` makes of it for a person. */
export const show = <T>(session: Session, answer: T, render: (answer: T) => string): void =>
  session.terminal.out(session.json ? JSON.stringify(answer, null, 2) : render(answer));

export type Outcome = Promise<ExitCode>;
