/** One line of a scenario that somebody wrote, and what happened when it was played. */
export interface Cue {
  /** A verb, a remark after `#`, or nothing. */
  readonly line: string;
  readonly happened: readonly string[];
}

/** What happened is indented; everything else was written by a person. */
export function parseScript(text: string): readonly Cue[] {
  const cues: { line: string; happened: string[] }[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (line.startsWith('  ')) cues.at(-1)?.happened.push(line.slice(2));
    else cues.push({ line, happened: [] });
  }
  return cues;
}

export const printScript = (cues: readonly Cue[]): string =>
  `${cues.flatMap(({ line, happened }) => [line, ...happened.map((each) => `  ${each}`)]).join('\n')}\n`;

export const isRemark = (line: string): boolean => line.trim() === '' || line.startsWith('#');
