import { clusterId } from '#libs/domain';
import type { ClusterAccess } from '#libs/kafka';
import { hostAndPort } from '#libs/topology';
import { until } from '../lab/condition.js';
import type { Principal } from '../lab/credentials.js';
import { withAdmin } from '../lab/kafka.js';
import type { Lab } from '../lab/lab.js';
import type { KafkaSite } from '../lab/layout.js';

/** How a test reaches a lab's Kafka as one principal; a password of its own choice to be refused with. */
export const labAccess = (lab: Lab, site: KafkaSite, principal: Principal, password?: string): ClusterAccess => ({
  cluster: clusterId(`kafka-${site}`),
  bootstrap: [hostAndPort(lab.site(site).kafka.clientAddress)],
  credentials: { mechanism: 'PLAIN', username: principal, password: () => password ?? lab.password(principal) },
  timeoutMs: 1_000,
});

/** Returns when the topic's partitions can be asked: the answer to its creation comes long before. */
export async function createTopic(lab: Lab, site: KafkaSite, topic: string, numPartitions: number): Promise<void> {
  await withAdmin(lab.layout, lab.run, site, async (admin) => {
    // The client's own wait for leaders gives up at the first answer that does not know the topic yet.
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions, replicationFactor: 1 }] });
    await until(`topic ${topic} is there`, 10_000, () => admin.fetchTopicOffsets(topic));
  });
}
