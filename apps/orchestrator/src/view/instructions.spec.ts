import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { failoverPlan, plannedMove, reprotectPlan } from '#libs/decision';
import { epoch, groupId, siteId } from '#libs/domain';
import { parseTopology } from '#libs/topology';
import { settingsOf } from '../group/group-settings.js';
import { instructionsFor } from './instructions.js';

const [a, b] = [siteId('a'), siteId('b')];
const topology = parseTopology(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'), 'the example');
const facts = { ...settingsOf(topology, groupId('orders')), from: a, to: b };
const failover = instructionsFor(failoverPlan({ ...facts, fromIsLost: true }), topology, epoch(40));

const KAFKA_A = 'kafka-acls.sh --bootstrap-server kafka.a.example:9094 --command-config admin.properties';
const KAFKA_B = 'kafka-acls.sh --bootstrap-server kafka.b.example:9094 --command-config admin.properties';
const GROUPS_B = 'kafka-consumer-groups.sh --bootstrap-server kafka.b.example:9094 --command-config admin.properties';
const TOPICS = ['orders', 'signalbox.probe.orders'];
const LEDGER = "--add --operation Describe --topic 'signalbox.epoch.orders' --deny-principal";
const stampAt = (acls: string) => `${acls} ${LEDGER} 'User:signalbox-epoch-540'`;
const rule = (who: string, topic: string) =>
  `--deny-principal '${who}' --operation Write --resource-pattern-type literal --topic '${topic}'`;
const add = (acls: string, who: string) =>
  TOPICS.flatMap((topic) => [
    `${acls} ${LEDGER} 'User:signalbox-made deny write on literal ${topic} to ${who} from *'`,
    `${acls} --add ${rule(who, topic)}`,
  ]);
const remove = (acls: string, who: string) => TOPICS.map((topic) => `${acls} --remove --force ${rule(who, topic)}`);
const back = (line: string) => `# to take it back: ${line}`;
const nameAt = (address: string) =>
  "printf 'server ns0.w.example 53\\nzone example.com\\nupdate delete kafka.example.com A\\n" +
  `update add kafka.example.com 5 A ${address}\\nupdate delete _signalbox.kafka.example.com TXT\\n` +
  "update add _signalbox.kafka.example.com 5 TXT epoch=540\\nsend\\n' | nsupdate -k signalbox.key";
const FILE = "'/etc/orders/clients.json'";
const DRAFT = "'/etc/orders/clients.json.by-hand'";
const configAt = (site: string) =>
  `{ cp -p ${FILE} ${DRAFT} || [ ! -e ${FILE} ]; } && printf '%s\\n' '{"epoch":540,"data":{"bootstrap.servers":"kafka.${site}.example:9092"}}' > ${DRAFT} && mv ${DRAFT} ${FILE}`;
const CONNECT_B = 'curl -fsS -X PUT http://connect.b.example:8083/connectors';

describe(instructionsFor.name, () => {
  it('spells a failover out, from the fence to the last look', () => {
    expect(failover.slice(failover.indexOf('# stage 1: fence-a, at a'))).toEqual([
      '# stage 1: fence-a, at a',
      `${stampAt(KAFKA_A)}`,
      ...add(KAFKA_A, 'User:*'),
      ...remove(KAFKA_A, 'User:*').map(back),
      `# look: ${KAFKA_A} --list`,
      '# stage 2: stop-mirror-a-to-b, at b',
      `${CONNECT_B}/a-to-b-source/stop`,
      `${CONNECT_B}/a-to-b-checkpoint/stop`,
      `# to take it back: ${CONNECT_B}/a-to-b-source/resume`,
      `# to take it back: ${CONNECT_B}/a-to-b-checkpoint/resume`,
      '# stage 2: deny-inbound-b, at b',
      `${stampAt(KAFKA_B)}`,
      ...add(KAFKA_B, 'User:*'),
      ...remove(KAFKA_B, 'User:*').map(back),
      `# look: ${KAFKA_B} --list`,
      '# stage 3: record-positions-a-to-b, at b',
      "kafka-get-offsets.sh --bootstrap-server kafka.b.example:9094 --command-config admin.properties --topic 'orders'",
      '# stage 4: promote-b, at b',
      `${stampAt(KAFKA_B)}`,
      ...add(KAFKA_B, 'User:mm2-ab'),
      expect.stringMatching(
        /--list --topic 'signalbox\.epoch\.orders' \| sed .*'User:mm2-ab'\) ;; \*\) .*--remove --force/,
      ),
      ...[...add(KAFKA_B, 'User:*'), ...remove(KAFKA_B, 'User:mm2-ab')].map(back),
      `# look: ${KAFKA_B} --list`,
      '# stage 5: seed-groups-a-to-b, at b',
      `${GROUPS_B} --describe --all-groups --offsets`,
      '# for each partition of a group that has no CURRENT-OFFSET, before its consumers start here:',
      `# ${GROUPS_B} --group <group> --topic <topic>:<partition> --reset-offsets --to-earliest --execute`,
      '# stage 6: redirect-kafka.example.com, at b',
      '# signalbox.key: key "signalbox" { algorithm hmac-sha256; secret "…"; };',
      nameAt('198.51.100.10'),
      back(nameAt('192.0.2.10')),
      'dig +short kafka.example.com',
      '# stage 6: config-orders-clients-b, at b',
      configAt('b'),
      back(configAt('a')),
      '# stage 6: config-orders-clients-a, at a',
      configAt('b'),
      back(configAt('a')),
      '# stage 7: verify-writes-b, at b',
      '# write a record to orders over kafka.b.example:9092: it must be accepted',
    ]);
  });

  it('says what Signalbox makes of it when it is back', () => {
    expect(failover.join('\n')).toMatch(/epoch 540.*\n.*signalbox rescue orders --active b/);
  });

  it('waits for the drain of a planned move', () => {
    const lines = instructionsFor(plannedMove('switchover', facts), topology, epoch(40));
    const drain = lines.indexOf('# stage 2: drain-a-to-b, at b');
    expect(lines.slice(drain + 1, drain + 4).join('\n')).toMatch(
      /wait until.*\n.*kafka\.a\.example.*\n.*kafka\.b\.example/,
    );
  });

  it('starts replication back at the watermark, spelled as Connect spells it', () => {
    const plan = reprotectPlan({ ...facts, from: b, to: a, watermark: { 'orders-0': 100, 'orders-1': 0 } });
    const lines = instructionsFor(plan, topology, epoch(40)).join('\n');
    const offsets =
      '{"offsets":[{"partition":{"cluster":"kafka-b","topic":"orders","partition":0},"offset":{"offset":99}}]}';
    expect(lines).toContain(`/connectors/b-to-a-source/offsets -d '${offsets}'`);
    expect(lines).toContain('curl -fsS -X PUT http://connect.a.example:8083/connectors/b-to-a-source/resume');
  });
});
