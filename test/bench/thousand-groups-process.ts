import { measureThousandGroups } from './thousand-groups.js';

/** Prints what it measured, as JSON. */
process.stdout.write(JSON.stringify(await measureThousandGroups()));
