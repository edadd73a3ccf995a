import type { CannedAnswers } from '../fake-orchestrator.js';
import { EXIT, type ExitCode } from '../exit-code.js';

/** One command line with what an orchestrator answers to it. What it prints stands in docs/cli.md. */
export interface Example {
  /** As a person would type it, `signalbox` included. */
  readonly line: string;
  readonly answers: CannedAnswers;
  readonly exitCode: ExitCode;
  /** Files that lie where it is typed, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** By command, as in `run retry`. */
export type Examples = Readonly<Record<string, readonly Example[]>>;

export const example = (
  line: string,
  answers: CannedAnswers,
  more: Partial<Pick<Example, 'exitCode' | 'files'>> = {},
): Example => ({ line, answers, exitCode: EXIT.ok, files: {}, ...more });
