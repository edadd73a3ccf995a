import { clusterId } from '#libs/domain';
import type { ClusterAccess } from '#libs/kafka';
import { hostAndPort } from '#libs/topology';
import { until } from '../lab/condition.js';
import type { Principal } from '../lab/credentials.js';
import { withAdmin } from '../lab/kafka.js';
import type { Lab } from '../lab/lab.js';
import type { KafkaSite } from '../lab/layout.js';

/** Long enough for a busy machine to answer; a frozen broker costs it in full. */
const CALL_TIMEOUT_MS = 4_000;
const CREATED_WITHIN_MS = 60_000;

/** How a test reaches a lab's Kafka as one principal; a password of its own choice to be refused with. */
export const labAccess = (lab: Lab, site: KafkaSite, principal: Principal, password?: string): ClusterAccess => ({
  cluster: clusterId(`kafka-${site}`),
  bootstrap: [hostAndPort(lab.site(site).kafka.clientAddress)],
  credentials: { mechanism: 'PLAIN', username: principal, password: () => password ?? lab.password(principal) },
  timeoutMs: CALL_TIMEOUT_MS,
});

/** Returns when the topic's partitions can be asked: the answer to its creation comes long before. */
export async function createTopic(lab: Lab, site: KafkaSite, topic: string, numPartitions: number): Promise<void> {
  await withAdmin(lab.layout, lab.run, site, async (admin) => {
    // The client's own wait for leaders gives up at the first answer that does not know the topic yet.
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions, replicationFactor: 1 }] });
    await until(`topic ${topic} is there`, CREATED_WITHIN_MS, () => admin.fetchTopicOffsets(topic));
  });
}
