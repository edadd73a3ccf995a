import type { Epoch, GroupId, Instant, ProcessId, RunId, SiteId } from './ids.js';
import type { Json } from './json.js';
import type { ResourceRef, WorkerKind } from './step.js';

/**
 * What a resource is to hold until further notice. It stands from the report that a change is done until another change
 * of the resource is intended: in between only the worker of that step knows. Weak fences are re-asserted from it.
 */
export interface ResourceOrder {
  readonly resource: ResourceRef;
  readonly group: GroupId;
  readonly value: Json;
  /** What the value is stamped with. */
  readonly epoch: Epoch;
  /** The step that reported it; `runsAt` is the site whose worker keeps it. */
  readonly run: RunId;
  readonly step: string;
  readonly worker: WorkerKind;
  readonly runsAt: SiteId;
}

/** How often a weak fence was found to hold something else than was ordered, or than may be, and what became of it. */
export interface ReassertedRecord {
  readonly resource: ResourceRef;
  readonly times: number;
  /** How many of them stand in the group's audit chain. */
  readonly audited: number;
  /** The last time: by whom, to which value, and what was found, shortened. */
  readonly at: Instant;
  readonly by: ProcessId;
  readonly epoch: Epoch;
  readonly ordered: string;
  readonly found: string;
  /** No run had ordered it, so it was left as it was found; it was given back its order when absent. */
  readonly isLeft?: boolean;
}
