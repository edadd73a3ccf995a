import { SignalboxError } from '#libs/domain';

/** One thing that is wrong with a document. */
export interface Problem {
  /** Where: `groups[0].mode`. */
  readonly path: string;
  /** 1-based line of the file, when it is known. */
  readonly line?: number;
  /** What stands there; never a secret. */
  readonly found: string;
  /** What to write instead. */
  readonly expected: string;
}

/** The document cannot be used. Carries everything that is wrong with it, not just the first. */
export class TopologyError extends SignalboxError {
  readonly code = 'SB_TOPOLOGY_INVALID';
  readonly retryable = false;

  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
    options?: ErrorOptions,
  ) {
    super(`${file} cannot be used:\n${problems.map((problem) => `  ${describeProblem(problem)}`).join('\n')}`, options);
  }
}

export const describeProblem = ({ path, line, found, expected }: Problem): string =>
  `${line === undefined ? '' : `line ${line}: `}${path || 'document'}: found ${found}; write ${expected}`;

export type Path = readonly (string | number)[];

export const pathText = (path: Path): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('');
