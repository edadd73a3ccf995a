import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { Endpoint, record, Text } from './scalars.js';

const NODES_MAX = 1_000;
const NODE_ID_FORM = 'the id of a broker, from 0';
const NodeId = z.int(NODE_ID_FORM).min(0, NODE_ID_FORM).max(2_147_483_647, NODE_ID_FORM);
const AsItIs = z.record(z.string(), z.unknown(), 'a map');

const servers = Text.default('bootstrap.servers').describe('The setting that names the servers.');

/** The mapping of grepplabs kafka-proxy: each bootstrap server has a port of its own. */
export const KafkaProxy = record({
  as: z
    .literal('kafka-proxy')
    .describe('The bootstrap servers as grepplabs kafka-proxy maps them. It reads them once, when it starts.'),
  form: z
    .enum(['environment', 'flags'])
    .describe(
      'environment: for its variable BOOTSTRAP_SERVER_MAPPING. flags: --bootstrap-server-mapping=…, one a line, for its command line; where there is one, it does not look at the variable.',
    ),
  setting: servers,
  listen: Endpoint.describe('Where it listens for the first server; each further one has the next port.'),
});

/** The file of Kroxylicious: one virtual cluster, whose brokers are told apart by port. */
export const Kroxylicious = record({
  as: z
    .literal('kroxylicious')
    .describe('The bootstrap servers in the configuration file of Kroxylicious. It reads it once, when it starts.'),
  setting: servers,
  listen: Endpoint.describe('Its bootstrap address, as clients reach it. The ports after it are those of the brokers.'),
  nodeIds: z
    .array(record({ start: NodeId, end: NodeId }), 'a list of { start: …, end: … }')
    .min(1, 'at least one range')
    .refine((ranges) => portsFor(ranges) <= NODES_MAX, `at most ${NODES_MAX} brokers`)
    .default([{ start: 0, end: 2 }])
    .describe('The ids of the brokers of every site: a broker with another id is reached by nobody.'),
  targetTls: AsItIs.optional().describe('tls of targetCluster, as it is.'),
  gatewayTls: AsItIs.optional().describe('tls of the gateway, as it is.'),
  settings: AsItIs.optional().describe('All else of the file, as filterDefinitions or management, as it is.'),
});

export type ProxyRendering = Immutable<z.infer<typeof KafkaProxy> | z.infer<typeof Kroxylicious>>;

/** How many ports a number of ranges takes; one that runs backwards takes none. */
export const portsFor = (ranges: readonly { readonly start: number; readonly end: number }[]): number =>
  ranges.reduce((sum, { start, end }) => sum + Math.max(0, end - start + 1), 0);
