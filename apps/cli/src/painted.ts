const BOLD = '\u001b[1m';
const RED = '\u001b[31m';
const PLAIN = '\u001b[0m';

/** A table's head, and the words that must not be missed. */
const HEAD = /^[A-Z][A-Z-]*(?: [A-Z-]+)*(?: {2,}[A-Z][A-Z-]*(?: [A-Z-]+)*)+$/gm;
const ALARMING = /\b(?:FAILED|UNRECORDED|NOT ready|FROZEN|needs-human|not now)\b/g;

/** For a screen: heads in bold, alarms in red. Nothing is said by colour alone. */
export const painted = (text: string): string =>
  text.replace(HEAD, (head) => BOLD + head + PLAIN).replace(ALARMING, (word) => RED + word + PLAIN);

/** Whether a screen should be painted on: not for those who say otherwise, whatever they set it to (no-color.org). */
export const mayPaint = (isScreen: boolean, environment: Readonly<Record<string, string | undefined>>): boolean =>
  isScreen && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
