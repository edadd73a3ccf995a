import { describe, expect, it } from '@jest/globals';
import { epoch, FencedResource, type Positions, type Stamped, type WriteOutcome } from '#libs/domain';
import { OwnPositions } from './own-positions.js';

const soon = () => AbortSignal.timeout(1_000);

/** Keeps what it is given, and refuses nothing. */
class Kept extends FencedResource<Positions> {
  override readonly fence = 'weak';
  held: Positions = { 'orders-0': 3, 'bills-0': 9 };
  seen?: Positions;

  override read = () => Promise.resolve({ value: this.held, epoch: epoch(1), version: 'v' });
  override write = (seen: Stamped<Positions>, next: Positions): Promise<WriteOutcome> => {
    this.seen = seen.value;
    this.held = next;
    return Promise.resolve('written');
  };
  override verify = (expected: Positions | undefined) =>
    Promise.resolve({ check: '', observed: { ...expected }, holds: true });
  override shows = (held: Positions, next: Positions) =>
    Object.entries(next).every(([key, offset]) => (held[key] ?? 0) >= offset);
}

describe(OwnPositions.name, () => {
  const WATERMARK = { 'orders-0': 7, 'a.orders-0': 5, 'bills-0': 9 };
  const make = () => {
    const kept = new Kept();
    return { kept, own: new OwnPositions(kept, (topic) => topic === 'orders') };
  };

  it('sets those of topics that the flow reads', async () => {
    const { kept, own } = make();
    expect(await own.write(await own.read(soon()), WATERMARK, epoch(2), soon())).toBe('written');
    expect(kept.held).toEqual({ 'orders-0': 7 });
  });

  it('shows and verifies nothing else', async () => {
    const { own } = make();
    expect(own.shows({ 'orders-0': 7 }, WATERMARK)).toBe(true);
    expect(own.shows({ 'orders-0': 6 }, WATERMARK)).toBe(false);
    expect(await own.verify(WATERMARK, soon())).toMatchObject({ observed: { 'orders-0': 7 } });
    expect(await own.verify(undefined, soon())).toMatchObject({ observed: {} });
  });

  it('is sealed with what it was read as, which is no change', async () => {
    const { kept, own } = make();
    const seen = await own.read(soon());
    expect(seen.value).toEqual({ 'orders-0': 3 });
    await own.write(seen, seen.value, epoch(2), soon());
    expect(kept.seen).toEqual(kept.held);
  });
});
