import { explore } from './explore.js';
import { catchMutations } from './mutations/command.js';
import { measureNoise } from './noise/command.js';
import { parseOptions } from './options.js';

const MODES: Readonly<Record<string, (args: readonly string[]) => boolean | Promise<boolean>>> = {
  '--noise': measureNoise,
  '--mutations': catchMutations,
};

/** Each mode has options and a report of its own, and says whether all was well. */
const args = process.argv.slice(2);
const mode = Object.keys(MODES).find((flag) => args.includes(flag));
const isWell = await (mode === undefined ? explore(parseOptions(args)) : MODES[mode]?.(args));
process.exitCode = isWell ? 0 : 1;
