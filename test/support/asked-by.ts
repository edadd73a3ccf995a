import type { Asked } from '../../apps/orchestrator/src/operation/asked.js';

/** A person who may do everything asks, without the HTTP around it. */
export const askedBy = (name: string): Asked => ({
  caller: { name, grants: [{ role: 'admin' }] },
  permission: 'administer',
});
