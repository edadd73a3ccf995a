/** What the process ends with. Scripts may rely on them: they are part of the interface (docs/cli.md). */
export const EXIT = {
  ok: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  forbidden: 4,
  auditBroken: 5,
  aborted: 6,
  needsHuman: 7,
  otherwise: 8,
  different: 9,
  badConfig: 78,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each of them means, for the help and for docs/cli.md. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done; with `--wait`, the run completed, with or without exceptions',
  refused: 'an orchestrator answered and refused, a preflight check failed, or there is no such thing',
  usage: 'the command line cannot be understood, or there is no token',
  unreachable: 'no orchestrator answered; the message names each one and the reason',
  forbidden: 'the token may not do that',
  auditBroken: 'an audit chain is broken; the message names the first bad entry',
  aborted: 'the run that was waited for was taken back',
  needsHuman: 'the run that was waited for stands still until a person decides',
  otherwise: 'this Signalbox would decide otherwise than was decided, or cannot tell; each entry is named',
  different: 'the two ends of a flow hold different records; the first difference is named',
  badConfig: 'signalbox.yaml cannot be used; every problem is listed',
  interrupted: 'waiting was interrupted; the run goes on',
};
