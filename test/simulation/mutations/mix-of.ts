import type { Mix } from '../faults/schedule.js';
import { MUTATIONS } from './catalogue.js';

/** The faults of a hunt; the usual ones without its name. */
export const mixOf = (hunt: string | undefined): Mix | undefined => (hunt === undefined ? hunt : MUTATIONS[hunt]?.mix);
