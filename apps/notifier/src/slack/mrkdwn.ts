/** What could end a code span or make text bold, as a look-alike that means nothing to Slack. */
const LOOK_ALIKES: Readonly<Record<string, string>> = { '`': 'ˋ', '*': '∗', '~': '∼' };
/** Line ends, other control characters, and characters that turn the direction of what follows. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * Text from outside as Slack shows it and does nothing else: no mention, no link, no format, one line. Slack asks for
 * `&`, `<` and `>`; the rest would only change what a reader takes for ours.
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function literal(text: string, lengthMax = 500): string {
  const line = text.toWellFormed().replace(UNSEEN, ' ').trim();
  return shortened(line, lengthMax)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[`*~]/g, (mark) => LOOK_ALIKES[mark] ?? mark)
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ');
}

/** A value to be copied as it is. */
export const code = (text: string): string => `\`${literal(text)}\``;

/** As literal, for the one line of a notification on a phone. */
export const plain = (text: string, lengthMax = 140): string =>
  shortened(text.toWellFormed().replace(UNSEEN, ' ').trim(), lengthMax);

/** A person, by an id that Slack itself said; anything else is text. */
export const mention = (user: string): string => (/^[UW][A-Z0-9]{2,20}$/.test(user) ? `<@${user}>` : literal(user));

/** A moment in the reader's own time zone, and in UTC where that cannot be shown. */
export function moment(atMs: number): string {
  const utc = new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
  return `<!date^${Math.floor(atMs / 1_000)}^{date_short_pretty} {time_secs}|${utc} UTC>`;
}

const shortened = (text: string, lengthMax: number): string =>
  text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;
