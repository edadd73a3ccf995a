import { rolesOf, type Caller, type Permission } from './access.js';
import { ApiError } from './api-error.js';

/** Whoever asks is known, and may not do this: anywhere, or in this group. */
export function forbidden(caller: Caller, permission?: Permission, group?: string): ApiError {
  const remedy = `Use a token with a role that may ${permission ?? 'do this'}${group === undefined ? '' : ` in ${group}`}.`;
  return new ApiError(403, 'SB_FORBIDDEN', `${caller.name} is ${rolesOf(caller)} and may not do this.`, remedy);
}
