import { z } from 'zod';
import { Endpoint, HttpAddress, record, SecretRef, Text } from './scalars.js';

const ZONE_ID_FORM = 'the id of a hosted zone, Z and then letters and digits';
const WEIGHT_FORM = 'a whole number from 0 to 255';

const By = z.union(
  [
    record({ weight: z.number(WEIGHT_FORM).int(WEIGHT_FORM).min(0, WEIGHT_FORM).max(255, WEIGHT_FORM) }),
    record({ failover: z.enum(['primary', 'secondary']) }),
    record({ latencyRegion: Text }),
    record({ multivalue: z.literal(true) }),
  ],
  'one of { weight: … }, { failover: … }, { latencyRegion: … } and { multivalue: true }',
);

/** A hosted zone of Amazon Route 53. */
export const Route53Text = record({
  kind: z.literal('route53'),
  hostedZoneId: z.string(ZONE_ID_FORM).regex(/^Z[A-Z0-9]{1,31}$/, ZONE_ID_FORM),
  region: Text.default('us-east-1').describe('What requests are signed for; us-east-1 for all of Route 53.'),
  endpoint: HttpAddress.optional().describe('Of the API, where it is not that of Route 53.'),
  nameServers: z
    .array(Endpoint, 'a list of addresses')
    .default([])
    .describe("Asked for proof that a change arrived; those of the zone's delegation when empty."),
  credentials: record({ accessKeyId: Text, secretAccessKey: SecretRef })
    .optional()
    .describe('Better absent: the environment, a role of the pod or one of the machine, as the AWS SDK finds them.'),
  requestsPerSecond: z
    .number('a number')
    .int('a whole number')
    .min(1, 'at least 1')
    .max(5, 'at most 5, which is what all clients of an account have together')
    .default(4)
    .describe("What this process asks of the account's 5 requests a second."),
  set: record({ identifier: Text.max(128, 'at most 128 characters'), by: By })
    .optional()
    .describe('Where Signalbox switches one of several sets of the name: which one, and how Route 53 chooses it.'),
  healthCheckId: Text.optional().describe('For a set that is new; one that is there keeps its health check.'),
});
