import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from './play.js';
import { parseScript, printScript } from './script.js';

const FOLDER = 'test/scenarios';

/** Of many groups: played by the heavy suite. */
export const HEAVY: readonly string[] = ['hundred-groups.txt'];
export const FILES: readonly string[] = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

export const textOf = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** What happens now: the same text as was recorded, and nothing that must never be. */
export async function happening(file: string): Promise<{ readonly text: string; readonly wrongs: readonly string[] }> {
  const { cues, wrongs } = await play(parseScript(textOf(file)));
  return { text: printScript(cues), wrongs };
}
