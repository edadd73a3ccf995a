import type { AddressTarget, AliasTarget, CnameTarget, ServiceTarget, WeightedTarget } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';

// What has no order is sorted here, as it is when it is read back: equal targets are equal texts.
const sorted = <T>(by: (one: T) => string) => {
  const compare = (one: T, other: T) => (by(one) < by(other) ? -1 : 1);
  return (all: readonly T[]): T[] => all.toSorted(compare);
};

const TtlSeconds = z.int().nonnegative();
const HostName = z
  .string()
  .min(1)
  .max(254)
  .transform((name) => name.toLowerCase().replace(/\.$/, ''));

/** The form without a kind: journals have held it from the start. */
const AddressTargetWire = z.object({
  kind: z.undefined().optional(),
  addresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .transform(sorted((address) => address)),
  ttlSeconds: TtlSeconds,
});

const CnameTargetWire = z.object({ kind: z.literal('cname'), canonicalName: HostName, ttlSeconds: TtlSeconds });

const AliasTargetWire = z.object({
  kind: z.literal('alias'),
  zoneId: z.string().min(1).max(32),
  aliasOf: HostName,
  evaluateHealth: z.boolean(),
  families: z
    .array(z.enum(['ipv4', 'ipv6']))
    .min(1)
    .transform(sorted((family) => family)),
});

const U16 = z.int().min(0).max(65_535);
const ServiceTargetWire = z.object({
  kind: z.literal('services'),
  services: z
    .array(z.object({ priority: U16, weight: U16, port: U16, host: HostName }))
    .min(1)
    .transform(sorted((service) => Object.values(service).join(' '))),
  ttlSeconds: TtlSeconds,
});

const WeightedTargetWire = z.object({
  kind: z.literal('weighted'),
  members: z
    .array(
      z.object({
        id: z.string().min(1).max(128),
        weight: z.int().min(0).max(255),
        target: z.union([AddressTargetWire, CnameTargetWire, AliasTargetWire]),
      }),
    )
    .min(1)
    .transform(sorted(({ id }) => id)),
});

/** Decodes to the canonical form: sorted, host names in lower case and without a final dot. */
export const NameTargetWire = z.union([
  AddressTargetWire,
  CnameTargetWire,
  ServiceTargetWire,
  AliasTargetWire,
  WeightedTargetWire,
]);

const mirrors: [
  Mirrors<z.infer<typeof AddressTargetWire>, AddressTarget>,
  Mirrors<z.infer<typeof CnameTargetWire>, CnameTarget>,
  Mirrors<z.infer<typeof ServiceTargetWire>, ServiceTarget>,
  Mirrors<z.infer<typeof AliasTargetWire>, AliasTarget>,
  Mirrors<z.infer<typeof WeightedTargetWire>, WeightedTarget>,
] = [true, true, true, true, true];
void mirrors;
