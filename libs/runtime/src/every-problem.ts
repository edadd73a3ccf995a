import { SignalboxError } from '#libs/domain';

/** Several things that a process was configured with cannot be used; lists all of them. */
export class SeveralProblemsError extends SignalboxError {
  readonly code = 'SB_SEVERAL_PROBLEMS';
  readonly retryable = false;

  constructor(readonly problems: ReadonlySet<string>) {
    super(`Several things are wrong:${[...problems].map((problem) => `\n- ${problem}`).join('')}`);
  }
}

/**
 * As `Promise.all`, but it waits for every one and says every problem, in the order of `promises`: what is told of a
 * wrong configuration neither depends on what failed first nor comes one start at a time.
 * @throws the only problem; SeveralProblemsError when there are more; at once whatever is no SignalboxError.
 */
export async function allOrEveryProblem<const P extends readonly Promise<unknown>[]>(
  promises: P,
): Promise<{ [K in keyof P]: Awaited<P[K]> }> {
  const settled = await Promise.allSettled(promises);
  const thrown = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const problems = new Set(thrown.flatMap(problemsOf));
  if (problems.size > 1) throw new SeveralProblemsError(problems);
  if (thrown.length > 0) throw thrown[0];
  return Promise.all(promises);
}

function problemsOf(thrown: unknown): readonly string[] {
  if (thrown instanceof SeveralProblemsError) return [...thrown.problems];
  if (thrown instanceof SignalboxError) return [thrown.message];
  throw thrown;
}
