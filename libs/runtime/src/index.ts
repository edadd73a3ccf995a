export { Clock, SystemClock, type Stop } from './clock.js';
export { Random, SystemRandom } from './random.js';
