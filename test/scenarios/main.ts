import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from './play.js';
import { parseScript, printScript } from './script.js';

const FOLDER = 'test/scenarios';

/** `main.js --record [name…]`: writes down what happens now, of all scenarios or of some; without the flag it prints it. */
const args = process.argv.slice(2);
const names = args.filter((arg) => arg !== '--record');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
for (const file of files.filter((name) => names.length === 0 || names.includes(name.replace('.txt', '')))) {
  const path = join(FOLDER, file);
  const { cues, wrongs } = await play(parseScript(readFileSync(path, 'utf8')));
  const text = printScript(cues);
  if (args.includes('--record')) writeFileSync(path, text);
  else process.stdout.write(text);
  for (const wrong of wrongs) {
    process.stderr.write(`${file}: ${wrong}\n`);
    process.exitCode = 1;
  }
}
