import type { RequestKind, VetoView } from '#libs/contracts';
import { vetoKind } from '#libs/decision';
import { RefusedError } from '../errors.js';
import { WHY } from '../text.js';

/** Everything in the way, one a line; what a dry run and an explanation show. */
export const vetoText = (vetoes: readonly VetoView[], head = 'In the way:'): string =>
  vetoes.length === 0 ? 'No veto stands.' : [head, ...vetoes.map(vetoLine)].join('\n');

const vetoLine = ({ name, message, overridable }: VetoView): string =>
  `  ${name}: ${message}${overridable ? ' (an approved run may go on)' : ' (nobody can lift this)'}`;

/** Everything that keeps a group from moving, one veto a line, each with what can be done about it. */
export const refusalLines = (vetoes: readonly VetoView[], group: string, kind?: RequestKind): readonly string[] =>
  vetoes.map((veto) => {
    const advice = adviceOn(veto, group, kind);
    return `  ${veto.name}: ${veto.message}${advice ? ` → ${advice}` : ''}`;
  });

/** Undefined where the message itself says what to type, or where nobody knows. */
const adviceOn = ({ name, message, overridable }: VetoView, group: string, kind?: RequestKind): string | undefined => {
  if (message.includes('signalbox ')) return undefined;
  const instead = COMMANDS[name]?.(group) ?? vetoKind(name)?.instead;
  if (!overridable) return instead;
  if (kind !== undefined && kind !== 'switchover') return 'lifted by whoever approves';
  return `${instead ?? 'wait'}, or: signalbox override ${group} ${name} --for 15m ${WHY}`;
};

/** What to type about a veto, where the catalogue only says what ends it. */
const COMMANDS: Readonly<Record<string, (group: string) => string>> = {
  frozen: (group) => `signalbox unfreeze ${group} ${WHY}`,
  'run-active': (group) => `wait for its end, or take it back: signalbox abort ${group} ${WHY}`,
  'approval-open': (group) => `answer it first; what it asks: signalbox explain ${group}`,
  'no-target': (group) => `protect a quarantined site again: signalbox reprotect ${group} ${WHY}`,
  'no-fence-possible': (group) => `when that site is off for certain: signalbox attest ${group} --site <site> ${WHY}`,
};

/** Lets a refusal tell what to do about each veto of this group. */
export const withAdvice = async <T>(group: string, answer: Promise<T>, kind?: RequestKind): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RefusedError) || error.vetoes.length === 0) throw error;
    throw error.told([headlineOf(error), ...refusalLines(error.vetoes, group, kind)].join('\n'));
  }
};

/** Its message up to the vetoes that it strings together, since each of them gets a line. */
const headlineOf = ({ message, vetoes }: RefusedError): string => {
  const starts = vetoes.map((veto) => message.indexOf(`: ${veto.message}`)).filter((start) => start > 0);
  return starts.length === 0 ? message : `${message.slice(0, Math.min(...starts))}:`;
};
