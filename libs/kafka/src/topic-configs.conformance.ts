import { beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/runtime';
import type { TopicConfigs } from './topic-configs.js';

const SETTING = 'max.message.bytes';
const OTHER = 'retention.ms';
const TOPICS = ['configured', 'configured-too'];
const SHOWN_WITHIN_MS = 30_000;
const clock = new SystemClock();

/** What every TopicConfigs adapter does. `make` returns one of a principal that may change the topics `configured` and `configured-too`. */
export function topicConfigsConformance(make: () => Promise<TopicConfigs>): void {
  describe('topic configs', () => {
    let configs: TopicConfigs;
    /** A change is durable when it is answered; a broker shows it a moment later. */
    const ownSoon = async (expected: Readonly<Record<string, string>>, setting = SETTING) => {
      const endsAtMs = clock.monotonicMs() + SHOWN_WITHIN_MS;
      for (;;) {
        const own = Object.fromEntries(await configs.own(setting, TOPICS));
        const isOver = clock.monotonicMs() >= endsAtMs;
        if (isOver || JSON.stringify(own) === JSON.stringify(expected)) return own;
        await clock.sleep(20);
      }
    };

    beforeAll(async () => {
      configs = await make();
    });

    it('tells what topics have of their own, and nothing of what they inherit', async () => {
      expect(await configs.own(SETTING, TOPICS)).toEqual(new Map());
      await configs.set(SETTING, new Map([['configured', '5000']]));
      expect(await ownSoon({ configured: '5000' })).toEqual({ configured: '5000' });
    });

    it('changes several at once, takes back what one had, also when repeated, and leaves other settings alone', async () => {
      await configs.set(OTHER, new Map([['configured', '600000']]));
      const values = new Map([
        ['configured', undefined],
        ['configured-too', '6000'],
      ]);
      await configs.set(SETTING, values);
      await configs.set(SETTING, values);
      expect(await ownSoon({ 'configured-too': '6000' })).toEqual({ 'configured-too': '6000' });
      expect(await ownSoon({ configured: '600000' }, OTHER)).toEqual({ configured: '600000' });
    });

    it('names what Kafka says of a topic that is not there', async () => {
      await expect(configs.own(SETTING, ['nowhere'])).rejects.toMatchObject({
        code: 'SB_KAFKA_REFUSED',
        reason: 'UNKNOWN_TOPIC_OR_PARTITION',
      });
      await expect(configs.set(SETTING, new Map([['nowhere', '1']]))).rejects.toMatchObject({
        reason: 'UNKNOWN_TOPIC_OR_PARTITION',
      });
    });
  });
}
