import { clusterId } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { InMemoryKafka } from '../in-memory.kafka.js';
import { copyingConformance } from './copying.conformance.js';
import { InMemoryTransactionalWriter } from './in-memory.transactional-writer.js';
import { InMemoryWholeLog } from './in-memory.whole-log.js';

copyingConformance(async () => {
  const options = { cluster: clusterId('a'), timeoutMs: 10, superUsers: ['User:admin'] };
  const kafka = new InMemoryKafka(options, new SystemClock());
  return {
    log: new InMemoryWholeLog(kafka, 'User:admin'),
    writer: new InMemoryTransactionalWriter(kafka, 'User:admin'),
  };
});
