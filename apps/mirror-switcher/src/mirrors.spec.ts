import { describe, expect, it } from '@jest/globals';
import { clusterId, flowId, siteId } from '#libs/domain';
import { InMemoryKafka, InMemoryTransactionalWriter, InMemoryWholeLog, openInMemory } from '#libs/kafka';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { ConnectRestMirror } from './connect-rest.mirror.js';
import { FlowBacklog } from './flow-backlog.js';
import { FlowGroups } from './groups/flow-groups.js';
import { mirrors } from './mirrors.js';
import { OwnPositions } from './own-positions.js';
import { FlowSalvage } from './salvage/flow-salvage.js';

describe(mirrors.name, () => {
  const clock = new VirtualClock();
  const [source, target] = ['kafka-b', 'kafka-a'].map(clusterId);
  const kafkaOf = (cluster = source!) => new InMemoryKafka({ cluster, timeoutMs: 100 }, clock);
  const logOf = (cluster = source!) => openInMemory(kafkaOf(cluster)).log;
  const wholeOf = (cluster = source!) => new InMemoryWholeLog(kafkaOf(cluster), 'User:signalbox');
  const resolve = mirrors(
    [
      {
        flow: {
          id: flowId('b-to-a'),
          source: source!,
          target: target!,
          topics: ['orders'],
          policy: 'identity',
          principal: 'User:mm2-ba',
          driver: { kind: 'connect', source: 's', checkpoint: 'c', settings: {}, secretSettings: {} },
        },
        connect: 'http://127.0.0.1:1',
        source: logOf(source),
        target: logOf(target),
        groups: { source: openInMemory(kafkaOf(source)).groups, target: openInMemory(kafkaOf(target)).groups },
        copying: {
          source: wholeOf(source),
          target: wholeOf(target),
          writer: new InMemoryTransactionalWriter(kafkaOf(target), 'User:signalbox'),
        },
        rendered: { source: {}, checkpoint: {} },
        secrets: [],
      },
    ],
    1_000,
    clock,
  );

  it('finds every resource of a flow that ends here', () => {
    const kinds = (['mirror', 'positions', 'backlog', 'salvage', 'group-offsets'] as const).map((kind) =>
      resolve({ kind, flow: 'b-to-a' }),
    );
    expect(kinds.map((resource) => resource?.constructor)).toEqual([
      ConnectRestMirror,
      OwnPositions,
      FlowBacklog,
      FlowSalvage,
      FlowGroups,
    ]);
  });

  it('knows no other flow and nothing else', () => {
    expect(resolve({ kind: 'positions', flow: 'a-to-b' })).toBeUndefined();
    expect(resolve({ kind: 'write-access', group: 'orders', site: siteId('a') })).toBeUndefined();
  });
});
