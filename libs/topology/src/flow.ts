import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { ClusterIdText, FlowIdText, record, SecretRef, Text } from './scalars.js';

const TOPIC = /^[A-Za-z0-9._-]{1,249}\*?$|^\*$/;
const TOPIC_FORM = 'a topic name, or a prefix with a final *';
export const Topics = z
  .array(z.string(TOPIC_FORM).regex(TOPIC, TOPIC_FORM), 'a list of topics')
  .min(1, 'at least one topic');

const PRINCIPAL_FORM = 'a Kafka principal, for example User:mm2-ab';

export const FlowText = record({
  id: FlowIdText,
  source: ClusterIdText,
  target: ClusterIdText,
  topics: Topics,
  policy: z
    .enum(['identity', 'default'])
    .describe('MirrorMaker 2 replication policy: same topic name on both sides, or prefixed with the source alias.'),
  principal: z
    .string(PRINCIPAL_FORM)
    .regex(/^User:.+$/, PRINCIPAL_FORM)
    .describe('Writes at the target; denied there when the target is promoted.'),
  driver: record({
    kind: z.literal('connect'),
    source: Text.describe('Name of the MirrorSourceConnector.'),
    checkpoint: Text.describe('Name of the MirrorCheckpointConnector.'),
    settings: z
      .record(Text, z.union([z.string(), z.number(), z.boolean()]), 'texts, numbers or booleans by name')
      .default({})
      .describe(
        'Of both connectors, over what Signalbox sets when it has to create them: security, time-outs. ' +
          "What stands for target.cluster. is the workers' producer's too, for these connectors.",
      ),
    secretSettings: z
      .record(Text, SecretRef, 'references to files by name')
      .default({})
      .describe('Settings whose whole value is a secret, such as source.cluster.sasl.jaas.config.'),
  }).describe("Connectors on the target cluster's Connect workers."),
});
export type Flow = Immutable<z.infer<typeof FlowText>>;
