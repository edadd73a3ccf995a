import { beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, UnavailableError, type AddressTarget, type NameTarget } from '#libs/domain';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { DnsForeignRecordError } from '../errors.js';
import { setsOf } from '../target-sets.js';
import { heldByServers, type ServerAnswer } from './held.js';
import { NameTracker } from './name-tracker.js';

const NAME = 'kafka.example.com';
const A: AddressTarget = { addresses: ['192.0.2.1'], ttlSeconds: 5 };
const B: AddressTarget = { addresses: ['192.0.2.2'], ttlSeconds: 5 };
const says = (target: NameTarget, under = 7): ServerAnswer => ({
  seen: { name: NAME, sets: setsOf(NAME, target, {}, []), stamp: { epoch: epoch(under) } },
});

describe('what servers say that a provider holds', () => {
  let tracker: NameTracker;
  beforeEach(() => {
    tracker = new NameTracker(NAME, {}, new VirtualClock());
    tracker.provided(A, ['ns1:53', 'ns2:53'], 0);
  });

  it('is what all that answer say, also where somebody else changed it', () => {
    const silent: ServerAnswer = { problem: new UnavailableError('no answer') };
    expect(heldByServers([says(A), silent], tracker)).toEqual({ target: A, epoch: 7 });
    expect(heldByServers([says(B), says(B)], tracker)).toEqual({ target: B, epoch: 7 });
  });

  it('is nothing yet while they differ, or while a change of ours is on its way to them', () => {
    expect(heldByServers([says(A), says(B)], tracker)).toEqual({ isSpreading: true });
    expect(heldByServers([says(A), says(A, 8)], tracker)).toEqual({ isSpreading: true });
    tracker.wrote(A, B, ['ns1:53', 'ns2:53']);
    expect(heldByServers([says(A), says(A)], tracker)).toEqual({ isSpreading: true });
  });

  it('is the present value where the provider chooses between answers', () => {
    const both: NameTarget = {
      kind: 'weighted',
      members: [
        { id: 'a', weight: 1, target: A },
        { id: 'b', weight: 1, target: B },
      ],
    };
    const weighted = new NameTracker(NAME, {}, new VirtualClock());
    weighted.provided(both, ['ns1:53', 'ns2:53'], 0);
    expect(heldByServers([says(A), says(B)], weighted)).toEqual({ target: both, epoch: 7 });
  });

  it('is a problem where none answers, and somebody else’s where a stamp was overwritten', () => {
    expect(heldByServers([], tracker)).toMatchObject({ isForeign: false });
    const problem = new DnsForeignRecordError('holds something else');
    expect(heldByServers([{ problem }], tracker)).toEqual({ problem: 'holds something else', isForeign: true });
  });
});
