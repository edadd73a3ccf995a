import { everyPrefix } from './every-prefix.js';
import { CARRIED_OUT } from './plans.js';

everyPrefix('a plan that is cut anywhere ends as if it had not been', CARRIED_OUT);
