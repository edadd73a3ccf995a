/** What the process ends with. Scripts may rely on them: they are part of the interface (docs/cli.md). */
export const EXIT = {
  ok: 0,
  /** The orchestrator answered and said no, or the thing asked for does not exist. */
  refused: 1,
  usage: 2,
  unreachable: 3,
  forbidden: 4,
  auditBroken: 5,
  badConfig: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
