import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { failoverPlan, plannedMove, reprotectPlan } from '#libs/decision';
import { groupId, siteId } from '#libs/domain';
import { parseTopology } from '#libs/topology';
import { settingsOf } from '../group/group-settings.js';
import { instructionsFor } from './instructions.js';

const [a, b] = [siteId('a'), siteId('b')];
const topology = parseTopology(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'), 'the example');
const facts = { ...settingsOf(topology, groupId('orders')), from: a, to: b };
const failover = instructionsFor(failoverPlan({ ...facts, fromIsLost: true }), topology);

const KAFKA_A = 'kafka-acls.sh --bootstrap-server kafka.a.example:9094 --command-config admin.properties';
const KAFKA_B = 'kafka-acls.sh --bootstrap-server kafka.b.example:9094 --command-config admin.properties';
const EVERYBODY = "--deny-principal 'User:*' --operation Write --topic 'orders'";
const MIRROR = "--deny-principal 'User:mm2-ab' --operation Write --topic 'orders'";
const CONNECT_B = 'curl -fsS -X PUT http://connect.b.example:8083/connectors';

describe(instructionsFor.name, () => {
  it('spells a failover out, from the fence to the last look', () => {
    expect(failover.slice(failover.indexOf('# stage 1: fence-a, at a'))).toEqual([
      '# stage 1: fence-a, at a',
      `${KAFKA_A} --add ${EVERYBODY}`,
      `# to take it back: ${KAFKA_A} --remove --force ${EVERYBODY}`,
      `# look: ${KAFKA_A} --list`,
      '# stage 2: stop-mirror-a-to-b, at b',
      `${CONNECT_B}/a-to-b-source/stop`,
      `${CONNECT_B}/a-to-b-checkpoint/stop`,
      `# to take it back: ${CONNECT_B}/a-to-b-source/resume`,
      `# to take it back: ${CONNECT_B}/a-to-b-checkpoint/resume`,
      '# stage 2: deny-inbound-b, at b',
      `${KAFKA_B} --add ${EVERYBODY}`,
      `# to take it back: ${KAFKA_B} --remove --force ${EVERYBODY}`,
      `# look: ${KAFKA_B} --list`,
      '# stage 3: record-positions-a-to-b, at b',
      "kafka-get-offsets.sh --bootstrap-server kafka.b.example:9094 --command-config admin.properties --topic 'orders'",
      '# stage 4: promote-b, at b',
      `${KAFKA_B} --add ${MIRROR}`,
      `${KAFKA_B} --remove --force ${EVERYBODY}`,
      `# to take it back: ${KAFKA_B} --add ${EVERYBODY}`,
      `# to take it back: ${KAFKA_B} --remove --force ${MIRROR}`,
      `# look: ${KAFKA_B} --list`,
      '# stage 5: redirect-kafka.example.com, at b',
      "printf 'server ns0.w.example 53\\nzone example.com\\nupdate delete kafka.example.com A\\nupdate delete kafka.example.com AAAA\\nupdate add kafka.example.com 5 A 198.51.100.10\\nsend\\n' | nsupdate -k signalbox.key",
      "# to take it back: printf 'server ns0.w.example 53\\nzone example.com\\nupdate delete kafka.example.com A\\nupdate delete kafka.example.com AAAA\\nupdate add kafka.example.com 5 A 192.0.2.10\\nsend\\n' | nsupdate -k signalbox.key",
      'dig +short kafka.example.com',
      '# stage 5: config-orders-clients-b, at b',
      '# at b, replace the settings that clients follow in /etc/orders/clients.json, and keep the rest of the file: {"bootstrap.servers":"kafka.b.example:9092"}',
      '# stage 5: config-orders-clients-a, at a',
      '# at a, replace the settings that clients follow in /etc/orders/clients.json, and keep the rest of the file: {"bootstrap.servers":"kafka.b.example:9092"}',
      '# stage 6: verify-writes-b, at b',
      '# write a record to orders over kafka.b.example:9092: it must be accepted',
    ]);
  });

  it('waits for the drain of a planned move', () => {
    const lines = instructionsFor(plannedMove('switchover', facts), topology);
    const drain = lines.indexOf('# stage 2: drain-a-to-b, at b');
    expect(lines.slice(drain + 1, drain + 4).join('\n')).toMatch(
      /wait until.*\n.*kafka\.a\.example.*\n.*kafka\.b\.example/,
    );
  });

  it('starts replication back at the watermark, spelled as Connect spells it', () => {
    const plan = reprotectPlan({ ...facts, from: b, to: a, watermark: { 'orders-0': 100, 'orders-1': 0 } });
    const lines = instructionsFor(plan, topology).join('\n');
    const offsets =
      '{"offsets":[{"partition":{"cluster":"kafka-b","topic":"orders","partition":0},"offset":{"offset":99}}]}';
    expect(lines).toContain(`/connectors/b-to-a-source/offsets -d '${offsets}'`);
    expect(lines).toContain('curl -fsS -X PUT http://connect.a.example:8083/connectors/b-to-a-source/resume');
  });
});
