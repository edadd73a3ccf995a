import { z } from 'zod';

/** As much of workloads and pods as their rollout is judged by; what a kind does not have is absent. */
const Texts = z.record(z.string(), z.string());
const Count = z.number().int().nonnegative();
const Share = z.union([Count, z.string()]);

export const MetadataWire = z.looseObject({
  name: z.string(),
  resourceVersion: z.string(),
  generation: z.number().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().nullish(),
  annotations: Texts.nullish(),
  labels: Texts.nullish(),
  managedFields: z.array(z.looseObject({ time: z.string().nullish(), subresource: z.string().nullish() })).nullish(),
});

/** Of a time as the API server writes it; undefined when there is none. */
export const timeIn = (text: string | null | undefined): number | undefined => {
  const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
};

export const SelectorWire = z.looseObject({
  matchLabels: Texts.nullish(),
  matchExpressions: z
    .array(z.looseObject({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }))
    .nullish(),
});
export type Selector = z.infer<typeof SelectorWire>;

export const ContainersWire = z
  .array(
    z.looseObject({
      env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).nullish(),
    }),
  )
  .default([]);

const ConditionsWire = z
  .array(
    z.looseObject({
      type: z.string(),
      status: z.string(),
      reason: z.string().nullish(),
      message: z.string().nullish(),
    }),
  )
  .nullish();

const RollingWire = z.looseObject({
  type: z.string().optional(),
  rollingUpdate: z
    .looseObject({ maxUnavailable: Share.nullish(), maxSurge: Share.nullish(), partition: Count.nullish() })
    .nullish(),
});

export const WorkloadWire = z.looseObject({
  metadata: MetadataWire,
  spec: z.looseObject({
    replicas: Count.nullish(),
    paused: z.boolean().nullish(),
    selector: SelectorWire.nullish(),
    strategy: RollingWire.nullish(),
    updateStrategy: RollingWire.nullish(),
    template: z
      .looseObject({
        metadata: z.looseObject({ annotations: Texts.nullish(), labels: Texts.nullish() }).nullish(),
        spec: z.looseObject({ containers: ContainersWire }).nullish(),
      })
      .nullish(),
  }),
  status: z
    .looseObject({
      // Argo Rollouts has it as a text.
      observedGeneration: z.union([z.number(), z.string()]).nullish(),
      replicas: Count.nullish(),
      updatedReplicas: Count.nullish(),
      availableReplicas: Count.nullish(),
      readyReplicas: Count.nullish(),
      desiredNumberScheduled: Count.nullish(),
      currentNumberScheduled: Count.nullish(),
      updatedNumberScheduled: Count.nullish(),
      numberAvailable: Count.nullish(),
      phase: z.string().nullish(),
      message: z.string().nullish(),
      conditions: ConditionsWire,
    })
    .default({}),
});
export type WorkloadRead = z.infer<typeof WorkloadWire>;

export const PodWire = z.looseObject({
  metadata: MetadataWire,
  spec: z.looseObject({ containers: ContainersWire }),
  status: z
    .looseObject({
      phase: z.string().nullish(),
      conditions: ConditionsWire,
      containerStatuses: z
        .array(
          z.looseObject({
            state: z
              .looseObject({
                waiting: z.looseObject({ reason: z.string().nullish(), message: z.string().nullish() }).nullish(),
              })
              .nullish(),
          }),
        )
        .nullish(),
    })
    .default({}),
});
export type PodRead = z.infer<typeof PodWire>;
export const PodListWire = z.looseObject({ items: z.array(PodWire) });

export const BudgetListWire = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: MetadataWire,
      spec: z.looseObject({ selector: SelectorWire.nullish() }).nullish(),
      status: z
        .looseObject({
          disruptionsAllowed: Count.nullish(),
          currentHealthy: Count.nullish(),
          desiredHealthy: Count.nullish(),
        })
        .nullish(),
    }),
  ),
});
