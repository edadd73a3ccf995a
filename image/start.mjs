/**
 * The one entry of the image: `<app>` runs a process of Signalbox, `signalbox <command>` the operator's command,
 * `answers <url>…` asks processes whether they work. Node is process 1: it passes signals on to what listens for them.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const APPS = join(import.meta.dirname, '../dist/apps');
const USAGE = 78; // As every process of ours ends when it is started in a way that cannot work.

const [name = '', ...args] = process.argv.slice(2);
process.argv.splice(2, Infinity, ...args);

if (name === 'signalbox') await import(join(APPS, 'cli/src/main.js'));
else if (name === 'answers') await import('./answers.mjs');
else if (/^[a-z-]+$/.test(name) && name !== 'cli' && existsSync(mainOf(name))) await import(mainOf(name));
else {
  const known = readdirSync(APPS).filter((app) => app !== 'cli');
  console.error(`found ${name || 'no argument'}; write one of: ${[...known, 'signalbox', 'answers'].join(', ')}`);
  process.exitCode = USAGE;
}

/** @param {string} app */
function mainOf(app) {
  return join(APPS, app, 'src/main.js');
}
