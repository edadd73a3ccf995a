/**
 * @typedef {object} Variant
 * @property {string} model the file `models/<model>.pml`
 * @property {string} name
 * @property {'holds' | 'refuted'} expected
 * @property {Record<string, number>} flags what the preprocessor defines
 * @property {'depth'} [search] where the shortest way to the error would take too much memory to find
 * @property {readonly string[]} [neverHappens] events of the model that cannot come about in this variant, as the model tells them
 */

const SMALL = { TURNS: 2, LATE_COMMITS: 0 };

/** What the product does, and what it must not do. An unsafe variant that is not refuted shows that the model is blind. */
export const VARIANTS = /** @type {readonly Variant[]} */ ([
  { model: 'fence', name: 'as-built', expected: 'holds', flags: { CHECKS_SEAL: 1 } },
  {
    model: 'fence',
    name: 'as-built-sleeping-worker',
    expected: 'holds',
    flags: { CHECKS_SEAL: 1, SLEEPERS: 1, HELD: 1 },
    neverHappens: ['refuses'], // With one write under way there is no other one whose version it could outdate.
  },
  {
    model: 'fence',
    name: 'stamped-without-seal',
    expected: 'holds',
    flags: { SEALS: 0, TURNS: 2 },
    neverHappens: ['sealed'],
  },
  { model: 'fence', name: 'blind-writes', expected: 'refuted', flags: { TURNS: 2, COMPARES: 0 } },
  { model: 'fence', name: 'resource-version-only', expected: 'refuted', flags: { TURNS: 2, COMPARES: 1 } },
  { model: 'fence', name: 'epoch-only', expected: 'refuted', flags: { TURNS: 2, COMPARES: 2 } },
  { model: 'fence', name: 'skip-when-equal', expected: 'refuted', flags: { TURNS: 2, SKIPS_EQUAL: 1 } },
  { model: 'fence', name: 'no-seal', expected: 'refuted', flags: { TURNS: 2, SKIPS_EQUAL: 1, SEALS: 0 } },
  { model: 'fence', name: 'seal-at-start-only', expected: 'refuted', flags: { TURNS: 2, SKIPS_EQUAL: 1, SEALS: 1 } },
  { model: 'fence', name: 'one-epoch-for-two-runs', expected: 'refuted', flags: { TURNS: 2, EPOCH_PER_RUN: 0 } },
  {
    model: 'fence',
    name: 'no-epoch-for-compensation',
    expected: 'refuted',
    flags: { TURNS: 2, EPOCH_PER_COMPENSATION: 0 },
  },

  {
    model: 'run',
    name: 'as-built',
    expected: 'holds',
    flags: { LATE_COMMITS: 0 },
  },
  {
    model: 'run',
    name: 'as-built-late-commits',
    expected: 'holds',
    flags: { TURNS: 2 },
    neverHappens: ['a run that is taken back is taken over'], // That takes three turns.
  },
  {
    model: 'run',
    name: 'take-back-compares-no-steps',
    expected: 'refuted',
    flags: { ...SMALL, TAKE_BACK_COMPARES_STEPS: 0 },
  },
  { model: 'run', name: 'blind-reports', expected: 'refuted', flags: { ...SMALL, WORKER_COMPARES: 0 } },
  {
    model: 'run',
    name: 'resume-forgets-intents',
    expected: 'refuted',
    flags: { LATE_COMMITS: 0, RESUME_REMEMBERS: 0 },
    search: 'depth',
  },
  { model: 'run', name: 'intent-does-not-count', expected: 'refuted', flags: { ...SMALL, INTENT_COUNTS: 0 } },
  { model: 'run', name: 'no-point-of-no-return', expected: 'refuted', flags: { ...SMALL, POINT_OF_NO_RETURN: 0 } },
  {
    model: 'run',
    name: 'no-epoch-for-compensation',
    expected: 'refuted',
    flags: { ...SMALL, EPOCH_PER_COMPENSATION: 0 },
    search: 'depth',
  },
  { model: 'run', name: 'advisory-fence', expected: 'refuted', flags: { ...SMALL, FENCE_REQUIRED: 0 } },

  { model: 'self-fence', name: 'as-built', expected: 'holds', flags: {} },
  { model: 'self-fence', name: 'no-wait', expected: 'refuted', flags: { WAITS: 0 } },
  { model: 'self-fence', name: 'no-drift', expected: 'refuted', flags: { DRIFT: 0 } },
  { model: 'self-fence', name: 'no-margin', expected: 'refuted', flags: { MARGIN: 0 } },
  { model: 'self-fence', name: 'counts-from-the-answer', expected: 'refuted', flags: { COUNTS_FROM_SENDING: 0 } },
  { model: 'self-fence', name: 'guard-not-armed', expected: 'refuted', flags: { WANTS_ARMED: 0 } },
  { model: 'self-fence', name: 'guard-is-dead-too', expected: 'refuted', flags: { GUARD_LIVES: 0 } },
]);

/** @param {Variant} variant */
export const nameOf = ({ model, name }) => `${model}/${name}`;
