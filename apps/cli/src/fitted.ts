/** Narrower than this nothing can be laid out. */
const NARROWEST = 40;

/**
 * Text for a screen of so many columns: a line that is too long goes on below its last column, word by word, so that a
 * table stays one. What is to be typed is left alone: a copied line must still be one.
 */
export const fitted = (text: string, columns: number | undefined): string =>
  columns === undefined || columns < NARROWEST
    ? text
    : text
        .split('\n')
        .flatMap((line) => (line.length <= columns || isToBeTyped(line) ? [line] : wrapped(line, columns)))
        .join('\n');

const isToBeTyped = (line: string): boolean => /^\s*(signalbox|\$|curl) /.test(line);

function wrapped(line: string, columns: number): string[] {
  const indent = ' '.repeat(hangOf(line, columns));
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    // A word that is wider than what is left stays whole: names and hashes are copied as well.
    const end = space > indent.length ? space : rest.indexOf(' ', columns);
    if (end < 0) break;
    lines.push(rest.slice(0, end).trimEnd());
    rest = indent + rest.slice(end + 1).trimStart();
  }
  return [...lines, rest];
}

/** Where the last column begins, if that leaves half of the screen; otherwise a little deeper than the line. */
function hangOf(line: string, columns: number): number {
  const last = /^.*\S {2,}(?=\S)/.exec(line)?.[0].length ?? 0;
  const own = line.length - line.trimStart().length;
  return last > own && last <= columns / 2 ? last : own + 2;
}
