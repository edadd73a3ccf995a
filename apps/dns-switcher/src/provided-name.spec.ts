import { describe, expect, it } from '@jest/globals';
import { epoch, type NameTarget } from '#libs/domain';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { InMemoryNameProvider } from './in-memory.name-provider.js';
import { ProvidedName } from './provided-name.js';
import type { Applied } from './name-provider.js';
import { setsOf } from './target-sets.js';

const NAME = 'kafka.example';
const A: NameTarget = { addresses: ['192.0.2.1'], ttlSeconds: 5 };
const B: NameTarget = { addresses: ['192.0.2.2'], ttlSeconds: 5 };
const ASK = { attemptTimeoutMs: 1_000, pollMs: 10 };
const soon = () => AbortSignal.timeout(10_000);

const provided = (provider: InMemoryNameProvider, group = 'orders') =>
  new ProvidedName(provider, new VirtualClock(), {
    name: NAME,
    owner: { installation: 'test', group },
    shape: {},
    callTimeoutMs: 5_000,
    ask: ASK,
  });

/** Answers every change with this. */
class Answering extends InMemoryNameProvider {
  constructor(private readonly applied: Applied) {
    super();
  }
  override async apply(): Promise<Applied> {
    return this.applied;
  }
}

describe('a name at a provider', () => {
  it('stamps who switched it, and is not read by another group', async () => {
    const provider = new InMemoryNameProvider();
    const name = provided(provider);
    expect(await name.write(await name.read(soon()), A, epoch(3), soon())).toBe('written');
    expect(await name.read(soon())).toMatchObject({ value: A, epoch: 3 });
    await expect(provided(provider, 'payments').read(soon())).rejects.toThrow(
      'kafka.example belongs to group orders of installation test',
    );
  });

  it('refuses a lower epoch without asking the provider', async () => {
    const name = provided(new InMemoryNameProvider());
    await name.write(await name.read(soon()), A, epoch(3), soon());
    expect(await name.write(await name.read(soon()), B, epoch(2), soon())).toBe('refused');
  });

  it('stops where somebody else changed the records, and says what they are', async () => {
    const provider = new InMemoryNameProvider();
    const name = provided(provider);
    await name.write(await name.read(soon()), A, epoch(3), soon());
    const seen = await name.read(soon());
    provider.edit(NAME, setsOf(NAME, { addresses: ['203.0.113.9'], ttlSeconds: 60 }, {}, []));
    const writing = name.write(seen, B, epoch(3), soon());
    await expect(writing).rejects.toMatchObject({ code: 'SB_DNS_CHANGED', retryable: false });
    await expect(writing).rejects.toThrow('it held A 192.0.2.1 (5 s), and holds A 203.0.113.9 (60 s)');
    expect(await name.read(soon())).toMatchObject({ value: { addresses: ['203.0.113.9'] } });
  });

  it('is only refused where the other one wrote just what it would have written', async () => {
    const provider = new InMemoryNameProvider();
    const name = provided(provider);
    await name.write(await name.read(soon()), A, epoch(3), soon());
    const seen = await name.read(soon());
    await name.write(seen, B, epoch(3), soon());
    expect(await name.write(seen, B, epoch(3), soon())).toBe('refused');
  });

  it.each([
    ['throttled', 'SB_UNAVAILABLE'],
    ['transient', 'SB_UNAVAILABLE'],
  ] as const)('can be asked again when it was %s', async (outcome, code) => {
    const name = provided(new Answering({ outcome, reason: 'later' }));
    const writing = name.write(await name.read(soon()), B, epoch(3), soon());
    await expect(writing).rejects.toMatchObject({ code, retryable: true });
  });

  it('does not know what it was not told', async () => {
    const name = provided(new Answering({ outcome: 'unknown', reason: 'no answer' }));
    expect(await name.write(await name.read(soon()), B, epoch(3), soon())).toBe('unknown');
  });
});
