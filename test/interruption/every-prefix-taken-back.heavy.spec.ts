import { everyPrefix } from './every-prefix.js';
import { TAKEN_BACK } from './plans.js';

everyPrefix('a plan that is taken back and cut anywhere gives everything back', TAKEN_BACK);
