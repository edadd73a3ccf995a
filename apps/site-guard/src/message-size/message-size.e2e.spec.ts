import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch, groupId } from '#libs/domain';
import { openCluster, type KafkaCluster } from '#libs/kafka';
import { SystemRandom } from '#libs/runtime';
import { clock, until } from '../../../../test/lab/condition.js';
import { kafkaClient } from '../../../../test/lab/kafka.js';
import { Lab } from '../../../../test/lab/lab.js';
import { PORTS } from '../../../../test/lab/layout.js';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import { createTopic, labAccess } from '../../../../test/support/lab-kafka.js';
import type { HeldAccess } from '../fence/held-access.js';
import { WriteProbe } from '../fence/write-probe.js';
import { MessageSizeWriteAccess } from './message-size.write-access.js';
import { ledgerTopic } from './size-ledger.js';

const SOON_MS = 60_000;
const SETTING = 'max.message.bytes';
const signal = new AbortController().signal;
const record = [{ value: Buffer.from('an order of some bytes') }];
const refused = { outcome: 'refused', reason: 'MESSAGE_TOO_LARGE' };

/** As a super user, whom no ACL concerns: what is tried here is refused by the size alone, as without an authorizer. */
describe('write access by message size on a real broker', () => {
  let lab: Lab;
  let kafka: KafkaCluster;
  let groups = 0;

  beforeAll(async () => {
    lab = await Lab.up({ parts: ['kafka'] });
    kafka = openCluster(labAccess(lab, 'a', 'admin'));
  }, 300_000);
  afterAll(async () => {
    await kafka?.close();
    await lab?.down();
  });

  async function fresh() {
    const group = groupId(`sized-${++groups}`);
    const [topic, probeTopic, notes] = [`${group}-topic`, `signalbox.probe.${group}`, ledgerTopic(group)];
    for (const name of [topic, probeTopic, notes]) await createTopic(lab, 'a', name, 1);
    await kafka.configs.set('cleanup.policy', new Map([[notes, 'compact']]));
    const probe = new WriteProbe(kafka.log, new SystemRandom());
    const scope = { group, topics: [`${group}-*`], probeTopic, inbound: [], self: 'User:admin', openByDefault: false };
    const ports = { scope, rules: kafka.rules, probes: { clients: probe, control: probe }, clock };
    const access = new MessageSizeWriteAccess(ports, kafka);
    await until('the notes are there', SOON_MS, () => access.read(signal));
    const set = async (next: HeldAccess, stamp: number) =>
      expect(await access.write(await access.read(signal), next, epoch(stamp), signal)).toBe('written');
    return { topic, access, set };
  }

  fencedResourceConformance<HeldAccess>('write access by message size, on Kafka', async () => {
    const { access, set } = await fresh();
    await set('none', 0);
    return { resource: access, values: ['none', 'clients'], end: async () => undefined };
  });

  it('refuses a producer that is open, and gives back exactly the size that the topic had', async () => {
    const { topic, access, set } = await fresh();
    await kafka.configs.set(SETTING, new Map([[topic, '5000']]));
    await kafka.configs.set('retention.ms', new Map([[topic, '600000']]));
    expect(await kafka.log.append(topic, 0, record)).toMatchObject({ outcome: 'appended' });
    await set('none', 1);
    expect(await access.verify('none', signal)).toMatchObject({
      holds: true,
      observed: { write: 'MESSAGE_TOO_LARGE' },
    });
    expect(await kafka.log.append(topic, 0, record)).toEqual(refused);
    await set('clients', 2);
    expect(await access.verify('clients', signal)).toMatchObject({ holds: true });
    expect(await kafka.configs.own(SETTING, [topic])).toEqual(new Map([[topic, '5000']]));
    expect(await kafka.configs.own('retention.ms', [topic])).toEqual(new Map([[topic, '600000']]));
  });

  it('lets a transaction end that was open before, so that readers of committed records do not hang', async () => {
    const { topic, access, set } = await fresh();
    const client = kafkaClient(lab.layout, lab.run, 'a', 'admin', PORTS.kafkaAdmin);
    const producer = client.producer({
      transactionalId: 'open-when-fenced',
      maxInFlightRequests: 1,
      idempotent: true,
      retry: { retries: 5 },
    });
    await until('a producer connects', SOON_MS, () => producer.connect());
    const open = await until('a transaction begins', SOON_MS, () => producer.transaction());
    await open.send({ topic, messages: [{ value: 'before the fence' }] });
    await set('none', 1);
    await access.verify('none', signal);
    await until('the transaction ends', SOON_MS, () => open.commit());
    // The record and its marker.
    await until('the marker is written', SOON_MS, async () =>
      expect(await kafka.log.endOffsets(topic)).toEqual(new Map([[0, 2n]])),
    );
    await producer.disconnect();
  });
});
