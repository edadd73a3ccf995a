import type { Observation } from '#libs/contracts';
import { Subject, type Observable } from 'rxjs';
import type { Approval, AuditEntry, Run, StepRecord, Verdict } from '#libs/domain';

/** What the event stream tells, as it happens. A listener that was away reads the state anew. */
export type FeedEvent =
  | { readonly kind: 'observation'; readonly data: Observation }
  | { readonly kind: 'verdict'; readonly data: { readonly verdict: Verdict; readonly recorded: boolean } }
  | { readonly kind: 'decision'; readonly data: AuditEntry }
  | { readonly kind: 'run'; readonly data: Run }
  | { readonly kind: 'step'; readonly data: StepRecord }
  | { readonly kind: 'approval'; readonly data: Approval };

export class EventFeed {
  private readonly subject = new Subject<FeedEvent>();

  get events(): Observable<FeedEvent> {
    return this.subject;
  }

  emit(event: FeedEvent): void {
    this.subject.next(event);
  }

  close(): void {
    this.subject.complete();
  }
}
