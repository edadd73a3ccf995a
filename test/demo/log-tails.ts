import { basename } from 'node:path';
import { isSignalbox } from '../lab/app.js';
import type { Lab } from '../lab/lab.js';
import { logTail } from '../lab/processes.js';

const LINES = 6;

/** What each Signalbox process said last: where to look when the demo did not show what it should. */
export const logTails = (lab: Lab): string =>
  lab.run
    .processes()
    .filter(({ name }) => isSignalbox(name))
    .map(({ log }) => `--- ${basename(log)}\n${logTail(log, LINES)}`)
    .toSorted()
    .join('\n');
