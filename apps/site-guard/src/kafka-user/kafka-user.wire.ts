import { decodeValue } from '#libs/contracts';
import { z } from 'zod';

const Texts = z.record(z.string(), z.string()).nullish();

/** A rule of a KafkaUser; what of it does not count here is kept as it is. */
const Acl = z.looseObject({
  type: z.enum(['allow', 'deny']).nullish(),
  resource: z.looseObject({
    type: z.string(),
    name: z.string().nullish(),
    patternType: z.enum(['literal', 'prefix']).nullish(),
  }),
  host: z.string().nullish(),
  /** Until v1beta2. */
  operation: z.string().nullish(),
  operations: z.array(z.string()).nullish(),
});
export type AclWire = z.infer<typeof Acl>;

const KafkaUserWire = z.looseObject({
  metadata: z.looseObject({ name: z.string(), resourceVersion: z.string().min(1), annotations: Texts, labels: Texts }),
  spec: z
    .looseObject({
      authentication: z.looseObject({ type: z.string() }).nullish(),
      authorization: z.looseObject({ type: z.string(), acls: z.array(Acl).nullish() }).nullish(),
    })
    .nullish(),
  /** Without the type: `CN=orders-app`. */
  status: z.looseObject({ username: z.string().nullish() }).nullish(),
});
export type KafkaUserWire = z.infer<typeof KafkaUserWire>;

/** `name`: of the resource, for messages. @throws MalformedError */
export function kafkaUserWire(answer: unknown, name: string): KafkaUserWire {
  const decoded = decodeValue(KafkaUserWire, answer, name);
  if (!decoded.ok) throw decoded.problem;
  return decoded.value;
}
