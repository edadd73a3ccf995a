import type { Examples } from './example.js';
import { FILE_EXAMPLES } from './files.js';
import { ORDER_EXAMPLES } from './orders.js';
import { QUESTION_EXAMPLES } from './questions.js';
import { RPO_EXAMPLES } from './rpo.js';
import { REPLAY_EXAMPLES } from './replay.js';
import { RESCUE_EXAMPLES } from './rescue.js';
import { REQUEST_EXAMPLES } from './requests.js';

export const EVERY_EXAMPLE: Examples = {
  ...QUESTION_EXAMPLES,
  ...RPO_EXAMPLES,
  ...REQUEST_EXAMPLES,
  ...ORDER_EXAMPLES,
  ...RESCUE_EXAMPLES,
  ...FILE_EXAMPLES,
  ...REPLAY_EXAMPLES,
};
