/** A string or number that only counts as itself: a `SiteId` cannot be passed where a `RunId` is wanted. */
type Branded<T, Name extends string> = T & { readonly __brand: Name };

export type SiteId = Branded<string, 'SiteId'>;
export type ClusterId = Branded<string, 'ClusterId'>;
export type FlowId = Branded<string, 'FlowId'>;
export type GroupId = Branded<string, 'GroupId'>;
export type RunId = Branded<string, 'RunId'>;
export type ApprovalId = Branded<string, 'ApprovalId'>;
/** One running process, e.g. `health-monitor@b`. Stable across restarts; an incarnation tells them apart. */
export type ProcessId = Branded<string, 'ProcessId'>;
/** The fencing token of a group: strictly rising; 0 means "never stamped". */
export type Epoch = Branded<number, 'Epoch'>;
/** Milliseconds since 1970-01-01 UTC. For records and people; never for ages that decide. */
export type Instant = Branded<number, 'Instant'>;

export const siteId = (value: string) => value as SiteId;
export const clusterId = (value: string) => value as ClusterId;
export const flowId = (value: string) => value as FlowId;
export const groupId = (value: string) => value as GroupId;
export const runId = (value: string) => value as RunId;
export const approvalId = (value: string) => value as ApprovalId;
export const processId = (value: string) => value as ProcessId;
export const epoch = (value: number) => value as Epoch;
export const instant = (value: number) => value as Instant;

export const NEVER_STAMPED = epoch(0);
