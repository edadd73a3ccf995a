import type { Observation } from '#libs/contracts';
import type { Approval, AuditEntry, Run, StepRecord, Verdict } from '#libs/domain';

/** What the event stream tells, as it happens. After a `gap` a listener reads the state anew. */
export type FeedEvent =
  | { readonly kind: 'observation'; readonly data: Observation }
  | { readonly kind: 'verdict'; readonly data: { readonly verdict: Verdict; readonly recorded: boolean } }
  | { readonly kind: 'decision'; readonly data: AuditEntry }
  | { readonly kind: 'run'; readonly data: Run }
  | { readonly kind: 'step'; readonly data: StepRecord }
  | { readonly kind: 'approval'; readonly data: Approval }
  | { readonly kind: 'gap'; readonly data: Readonly<Record<string, never>> };
