import { explore } from './explore.js';
import { measureNoise } from './noise/command.js';
import { parseOptions } from './options.js';

/** Each mode has options and a report of its own, and says whether all was well. */
const args = process.argv.slice(2);
const isWell = args.includes('--noise') ? measureNoise(args) : await explore(parseOptions(args));
process.exitCode = isWell ? 0 : 1;
