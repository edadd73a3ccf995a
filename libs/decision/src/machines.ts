import { APPROVAL } from './approval-machine.js';
import { GROUP } from './group-machine.js';
import type { AnyMachine } from './machine.js';
import { RETURNING } from './returning-machine.js';
import { RUN } from './run-machine.js';

/** Every machine there is. */
export const MACHINES: readonly AnyMachine[] = [GROUP, RUN, APPROVAL, RETURNING];
