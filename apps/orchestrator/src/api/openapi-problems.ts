import type { Route } from './routes.js';

type Problem = readonly [status: string, description: string];

const ALWAYS: readonly Problem[] = [
  ['400', 'The request cannot be read, or a field of it is wrong.'],
  ['401', 'No known token was sent.'],
  ['403', 'The token may not do this, or not in this group.'],
  ['429', 'Asked too often; Retry-After says how long to wait.'],
  ['503', 'The journal did not answer, or nobody knows what it did.'],
];
const NAMED: Problem = ['404', 'There is nothing of that name; the problem says what there is.'];
const CONFLICT: Problem = ['409', 'Not as things stand; the problem lists everything in the way.'];
const WRITTEN: readonly Problem[] = [
  CONFLICT,
  ['413', 'The body is too large.'],
  ['415', 'The body is no JSON by its content type.'],
];

/** Every answer of a route that is not what was asked for. A bug of ours, 500, is promised to nobody. */
export const problemsOf = ({ method, path, query }: Route): readonly Problem[] => [
  ...ALWAYS,
  ...(path.includes('{') ? [NAMED] : []),
  ...(method === 'post' ? WRITTEN : query ? [CONFLICT] : []),
];
