/**
 * @typedef {object} Variant
 * @property {string} model the file `models/<model>.pml`
 * @property {string} name
 * @property {'holds' | 'refuted'} expected
 * @property {Record<string, number>} flags what the preprocessor defines
 * @property {readonly string[]} [neverHappens] events of the model that cannot come about in this variant, as the model tells them
 */

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
]);

/** @param {Variant} variant */
export const nameOf = ({ model, name }) => `${model}/${name}`;
