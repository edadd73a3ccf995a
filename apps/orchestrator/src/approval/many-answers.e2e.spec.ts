import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EtcdJournal } from '#libs/journal';
import { SystemClock } from '#libs/runtime';
import { AnswerStorm, contradictions } from '../../../../test/support/answer-storm.js';
import { RealEtcd } from '../../../../test/support/real-etcd.js';

const COUNT = 100;
/** Where no member fails, so that a busy machine is not taken for one that does. */
const PATIENT_MS = 20_000;

describe('a hundred answers at once to one approval on etcd', () => {
  let etcd: RealEtcd;
  let journal: EtcdJournal;
  beforeAll(async () => {
    etcd = await RealEtcd.start(1);
    journal = new EtcdJournal({ endpoints: etcd.endpoints, requestTimeoutMs: PATIENT_MS }, new SystemClock());
  });
  afterAll(async () => {
    await journal?.close();
    await etcd?.end();
  });

  it('have one outcome that fits all of them, and stand in the audit each', async () => {
    const storm = await AnswerStorm.brew(journal);
    try {
      const said = await storm.break(COUNT, 7);
      const noted = await storm.noted(COUNT);
      expect(contradictions(said, await storm.outcome(), noted)).toEqual([]);
      expect(noted).toHaveLength(COUNT);
    } finally {
      await storm.end();
    }
  });
});
