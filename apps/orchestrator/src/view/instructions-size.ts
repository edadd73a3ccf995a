import type { Epoch, WriteAccess } from '#libs/domain';
import type { Cluster, Group } from '#libs/topology';
import { quoted } from './by-hand.js';

const SETTING = 'max.message.bytes';
/** As the guard fences: transaction markers have to pass. */
const FENCED_BYTES = 78;

/**
 * The same where a size of messages is the fence. What topics had of their own stands in the guard's note on the cluster,
 * and only there.
 */
export function messageSizeLines(
  { bootstrap, adminBootstrap }: Cluster,
  { id, topics }: Group,
  access: WriteAccess,
  stamp: Epoch,
): readonly string[] {
  const at = `--bootstrap-server ${(adminBootstrap ?? bootstrap).join(',')}`;
  const note = `signalbox.fence.${id}`;
  const all = [...topics, `signalbox.probe.${id}`];
  const each = (change: string) => all.map((topic) => eachOf(topic, at, change));
  const look = `# look: kafka-configs.sh ${at} --describe --entity-type topics --entity-name <topic>`;
  const noted = (kept: string) => {
    const text = `fence ${JSON.stringify({ epoch: stamp, access, kept: {} }).replace('{}', kept)}`;
    const producer = `kafka-console-producer.sh ${at} --topic ${note} --property parse.key=true --property 'key.separator= '`;
    return `echo ${quoted(text)} | ${producer}`;
  };
  const lastNote = `kafka-console-consumer.sh ${at} --topic ${note} --from-beginning --timeout-ms 5000 | tail -n 1`;
  if (access === 'none')
    return [
      ...each('--describe'),
      `# kept: what these show as DYNAMIC_TOPIC_CONFIG of ${SETTING}, by topic, for example {"orders":"2000000"}; without it they are lost`,
      noted('{}'),
      ...each(`--alter --add-config ${SETTING}=${FENCED_BYTES}`),
      look,
    ];
  return [
    ...(access === 'inbound'
      ? ['# this opens the topics for clients as well: no authorizer tells them from the mirror']
      : []),
    '# what the topics had of their own is under kept:',
    lastNote,
    ...each(`--alter --delete-config ${SETTING}`),
    `# for each topic under kept: kafka-configs.sh ${at} --alter --entity-type topics --entity-name <topic> --add-config ${SETTING}=<kept>`,
    '# then, with the same kept:',
    noted('{}'),
    look,
  ];
}

/** One topic, or each of those that begin so. */
function eachOf(topic: string, at: string, change: string): string {
  const alter = (name: string) => `kafka-configs.sh ${at} --entity-type topics --entity-name ${name} ${change}`;
  if (!topic.endsWith('*')) return alter(quoted(topic));
  const beginning = quoted(`^${topic.slice(0, -1).replaceAll('.', String.raw`\.`)}`);
  return `kafka-topics.sh ${at} --list | grep ${beginning} | grep -v '^signalbox\\.' | while read -r topic; do ${alter('"$topic"')} < /dev/null; done`;
}
