export type Operation = 'change' | 'list' | 'get-change' | 'get-zone';

/**
 * What goes wrong with one request. `before` and `after` say whether the request was carried out first.
 * - `error`: HTTP 500, `InternalFailure`; `unavailable`: HTTP 503
 * - `silence`: no answer, ever; `reset`: the connection ends
 * - `throttled`: `Rate exceeded`; `busy`: `PriorRequestNotComplete`; `denied`: `AccessDenied`
 * - `stale`: a list is answered from before the last change. The API reference promises otherwise.
 * - `lost`: a change is taken, said to be PENDING, and then nobody knows it
 */
export type Fault =
  | {
      readonly on: Operation;
      readonly how: 'error' | 'unavailable' | 'silence' | 'reset';
      readonly when: 'before' | 'after';
    }
  | { readonly on: Operation; readonly how: 'throttled' | 'denied' }
  | { readonly on: 'change'; readonly how: 'busy' | 'lost' }
  | { readonly on: 'list'; readonly how: 'stale' };

/** Faults that are to come, each for one request. */
export class Faults {
  private readonly coming: Fault[] = [];

  add(fault: Fault, times = 1): void {
    for (let n = 0; n < times; n++) this.coming.push(fault);
  }

  take(operation: Operation): Fault | undefined {
    const at = this.coming.findIndex(({ on }) => on === operation);
    return at === -1 ? undefined : this.coming.splice(at, 1)[0];
  }
}
