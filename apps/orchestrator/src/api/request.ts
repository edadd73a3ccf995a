import { decodeValue } from '#libs/contracts';
import type { z } from 'zod';
import type { GroupDirectory, KnownGroup } from '../group/group-directory.js';
import { ApiError } from './api-error.js';

/** The body as its schema wants it. @throws ApiError 400 that names every field that is wrong. */
export function bodyAs<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const decoded = decodeValue(schema, body ?? {}, 'The body');
  if (decoded.ok) return decoded.value;
  throw new ApiError(400, 'SB_BAD_REQUEST', decoded.problem.message, 'Correct the fields that are named.');
}

/** The query as its schema wants it. @throws ApiError 400 */
export function queryAs<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const decoded = decodeValue(schema, query ?? {}, 'The query');
  if (decoded.ok) return decoded.value;
  throw new ApiError(400, 'SB_BAD_REQUEST', decoded.problem.message, 'Correct what is named.');
}

/** @throws ApiError 404 that names the groups there are. */
export function knownGroup(directory: GroupDirectory, id: string): KnownGroup {
  const group = directory.find(id);
  if (group) return group;
  const known = directory.groups.map((each) => each.id).join(', ');
  throw new ApiError(404, 'SB_UNKNOWN_GROUP', `There is no group ${id}.`, `The groups are: ${known}`);
}
