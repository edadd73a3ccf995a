import { describe, expect, it } from '@jest/globals';
import { clusterId, processId, siteId, type Opinion, type Vote } from '#libs/domain';
import { voiceOf } from './voices.js';

const vote = (process: string, opinion: Opinion, failedForMs = 0): Vote => ({
  site: siteId('b'),
  process: processId(process),
  incarnation: '1',
  sequence: 1,
  cluster: clusterId('kafka-a'),
  opinion,
  reason: opinion,
  failedForMs,
  healthyForMs: opinion === 'up' ? 7 : 0,
  flows: [],
  keyId: 'b-1',
  signature: 's',
});

describe(voiceOf.name, () => {
  it('says down only if every process that does not abstain says so', () => {
    expect(voiceOf(siteId('b'), [vote('1', 'down', 9), vote('2', 'abstain'), vote('3', 'down', 5)])).toMatchObject({
      opinion: 'down',
      failedForMs: 5,
    });
    expect(voiceOf(siteId('b'), [vote('1', 'down', 9), vote('2', 'suspect')]).opinion).toBe('suspect');
    expect(voiceOf(siteId('b'), [vote('1', 'down', 9), vote('2', 'up')]).opinion).toBe('up');
  });

  it('tells silence from abstention', () => {
    expect(voiceOf(siteId('b'), []).opinion).toBe('silent');
    expect(voiceOf(siteId('b'), [vote('1', 'abstain')]).opinion).toBe('abstain');
  });

  it('says of a log that fell what a process says that reaches it, and nothing that another one remembers', () => {
    const rebornBecause = 'orders-0 ends at 0 and ended at 7';
    expect(voiceOf(siteId('b'), [{ ...vote('1', 'up'), rebornBecause }, vote('2', 'up')])).toMatchObject({
      rebornBecause,
    });
    expect(voiceOf(siteId('b'), [{ ...vote('1', 'down'), rebornBecause }]).rebornBecause).toBeUndefined();
  });
});
