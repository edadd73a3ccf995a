import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failoverPlan } from '#libs/decision';
import { epoch, groupId, siteId, type GroupId } from '#libs/domain';
import type { AccessRule } from '#libs/kafka';
import { SystemClock, SystemRandom } from '#libs/runtime';
import type { Topology } from '#libs/topology';
import { readConfigFile } from '../../apps/config-switcher/src/config-file.js';
import { NameServer } from '../../apps/dns-switcher/src/name-server.js';
import { seenAt } from '../../apps/dns-switcher/src/seen-at.js';
import { settingsOf } from '../../apps/orchestrator/src/group/group-settings.js';
import { instructionsFor } from '../../apps/orchestrator/src/view/instructions.js';
import { planAccess, readAccess } from '../../apps/site-guard/src/fence/acl-plan.js';
import { Bind, KEY, NAME, ZONE } from '../support/bind.js';
import { freePort, onFreePorts } from '../support/free-port.js';
import { stageTopology } from '../support/group-stage.js';

const [a, b] = [siteId('a'), siteId('b')];
const ORDERS: GroupId = groupId('orders');
const run = promisify(execFile);
const LINES_WITHIN_MS = 60_000;

/**
 * Kafka's own tool, as far as the lines use it: keeps rules in a file for each cluster, one JSON a line, and lists them
 * in its format. What the shell makes of the lines is real.
 */
const KAFKA_ACLS = `#!/usr/bin/env node
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
const of = (name) => args[args.indexOf(name) + 1];
const file = __dirname + '/' + of('--bootstrap-server').split(':')[0] + '.acls';
const held = existsSync(file) ? readFileSync(file, 'utf8').split('\\n').filter(Boolean) : [];
const match = args.includes('--resource-pattern-type') ? of('--resource-pattern-type') : 'literal';
if (args.includes('--list')) {
  for (const line of held.map((text) => JSON.parse(text)).filter(({ topic }) => topic === of('--topic')))
    console.log('\\t(principal=' + line.principal + ', host=*, operation=' + line.operation.toUpperCase() + ', permissionType=DENY)');
} else {
  const rule = { permission: 'deny', principal: of('--deny-principal'), operation: of('--operation').toLowerCase(), topic: of('--topic'), match, host: '*' };
  const rest = held.filter((text) => text !== JSON.stringify(rule));
  writeFileSync(file, [...rest, ...(args.includes('--add') ? [JSON.stringify(rule)] : [])].join('\\n') + '\\n');
}
`;

describe('a plan that is executed by hand', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-by-hand-'));
  const file = (name: string) => join(folder, name);
  let bind: Bind;
  let port: number;
  let topology: Topology;

  beforeAll(async () => {
    bind = await onFreePorts(async () => {
      port = await freePort();
      return Bind.start({ directory: file('bind'), port });
    });
    topology = exampleHere();
    mkdirSync(file('bin'));
    writeFileSync(file('bin/kafka-acls.sh'), KAFKA_ACLS);
    chmodSync(file('bin/kafka-acls.sh'), 0o755);
    const secret = KEY.secret.export().toString('base64');
    writeFileSync(file('signalbox.key'), `key "${KEY.name}" { algorithm ${KEY.algorithm}; secret "${secret}"; };\n`, {
      mode: 0o600,
    });
    for (const site of [a, b]) writeFileSync(file(`${site}.json`), JSON.stringify({ epoch: 7, data: { at: 'a' } }));
    writeFileSync(
      file('bin/kafka.b.example.acls'),
      standingFence()
        .map((rule) => JSON.stringify(rule))
        .join('\n'),
    );
    writeFileSync(file('bin/kafka.a.example.acls'), '');
  });
  afterAll(async () => {
    await bind?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  function exampleHere(): Topology {
    const example = stageTopology();
    return {
      ...example,
      groups: example.groups.map((group) => ({
        ...group,
        configs: [
          {
            id: 'clients' as never,
            target: { kind: 'directory', files: { a: file('a.json'), b: file('b.json') } },
            data: { a: { at: 'a' }, b: { at: 'b', note: "it's b" } },
          },
        ],
        traffic: group.traffic.map((each) => ({
          ...each,
          name: NAME,
          zone: ZONE,
          ttlSeconds: 5,
          addresses: { a: ['192.0.2.10'], b: ['198.51.100.10'] },
          provider: { ...each.provider, primary: `127.0.0.1:${port}` },
        })),
      })),
    };
  }

  const scopeAt = (site: string, inbound: string) => ({
    group: ORDERS,
    topics: ['orders'],
    probeTopic: 'signalbox.probe.orders',
    inbound: [inbound],
    self: 'User:signalbox',
    openByDefault: false,
    site,
  });

  /** B as its guard left it: passive, its clients denied by name. */
  function standingFence(): readonly AccessRule[] {
    const client = { permission: 'allow', principal: 'User:app', operation: 'write', topic: 'orders' } as const;
    const theirs: AccessRule[] = [{ ...client, match: 'literal', host: '*' }];
    return [...theirs, ...planAccess(scopeAt('b', 'User:mm2-ab'), 'inbound', epoch(7), theirs).add];
  }

  const rulesAt = (site: string): AccessRule[] =>
    readFileSync(file(`bin/kafka.${site}.example.acls`), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AccessRule);

  it(
    'changes what its lines say when a shell runs them, under an epoch that no guard undoes',
    async () => {
      const facts = { ...settingsOf(topology, ORDERS), from: a, to: b };
      const lines = instructionsFor(failoverPlan({ ...facts, fromIsLost: true }), topology, epoch(7));
      // Connect and Kafka's offsets are looked at by tests of their own.
      const here = lines.filter((line) => !/^(curl|kafka-get-offsets)/.test(line));
      writeFileSync(file('by-hand.sh'), `set -eu\n${here.join('\n')}\n`);
      const path = `${file('bin')}:${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`;
      await run('bash', [file('by-hand.sh')], { cwd: folder, env: { ...process.env, PATH: path } });

      const clock = new SystemClock();
      const server = new NameServer({ host: '127.0.0.1', port }, clock, new SystemRandom(), KEY);
      const [seen] = await seenAt(server, [NAME], AbortSignal.timeout(10_000));
      expect(seen).toMatchObject({
        sets: [{ name: NAME, type: 'A', values: ['198.51.100.10'], ttlSeconds: 5 }],
        stamp: { epoch: 507 },
      });
      for (const site of [a, b]) {
        expect(await readConfigFile(file(`${site}.json`))).toMatchObject({
          value: { at: 'b', note: "it's b" },
          epoch: 507,
        });
        expect(existsSync(file(`${site}.json.by-hand`))).toBe(false);
      }
      const atB = readAccess(scopeAt('b', 'User:mm2-ab'), rulesAt('b'));
      expect([atB.value, atB.epoch]).toEqual(['clients', 507]);
      const atA = readAccess(scopeAt('a', 'User:mm2-ba'), rulesAt('a'));
      expect([atA.value, atA.epoch]).toEqual(['none', 507]);
      // What was made by hand is the guard's to lift again.
      expect(planAccess(scopeAt('a', 'User:mm2-ba'), 'clients', epoch(1_507), rulesAt('a')).remove).toContainEqual(
        expect.objectContaining({ principal: 'User:*', operation: 'write', topic: 'orders' }),
      );
    },
    LINES_WITHIN_MS,
  );
});
