import { isDeepStrictEqual } from 'node:util';
import { decodeValue } from '#libs/contracts';
import type { Epoch, Json, SiteId } from '#libs/domain';
import { epochIn, STAMPS } from '#libs/kubernetes';
import type { Site } from '#libs/topology';
import { z } from 'zod';
import { FencePolicyError } from '../errors.js';
import type { FenceOrder } from '../fence/listener-switch.js';

export type PolicySettings = NonNullable<Site['fencePolicy']>;

/** Whose the policy is: there is one for each site of an installation. */
export interface PolicyOwner {
  readonly installation: string;
  readonly site: SiteId;
}

/**
 * Tells that we made it. Not the label of what is switched: what carries that is never deleted, and this one a person
 * may delete to let clients in when Signalbox is gone.
 */
const LABEL = 'signalbox.io/fence';
const SITE = 'signalbox.io/site';
/** The highest epoch of each group that it was changed under, as JSON: it is one object for all groups of the site. */
const EPOCHS = 'signalbox.io/epochs';
/** A label that no pod has: selected by it, nothing is kept from anybody. */
const NOBODY = { key: 'signalbox.io/selects-nothing', operator: 'Exists' };
const PORT_MAX = 65_535;

const Texts = z.record(z.string(), z.string()).nullish();
const PolicyWire = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string().min(1),
    labels: Texts,
    annotations: Texts,
    managedFields: z.array(z.looseObject({ manager: z.string().nullish() })).nullish(),
  }),
  spec: z.looseObject({
    podSelector: z.looseObject({ matchLabels: Texts, matchExpressions: z.array(z.unknown()).nullish() }),
    policyTypes: z.array(z.string()).nullish(),
    ingress: z.array(z.unknown()).nullish(),
    egress: z.array(z.unknown()).nullish(),
  }),
});
type PolicyWire = z.infer<typeof PolicyWire>;

const Epochs = z.record(z.string(), z.number());

/** A NetworkPolicy of ours, as it was seen. */
export interface HeldPolicy {
  /** The resourceVersion, which a write compares. */
  readonly version: string;
  /** `changed`: it selects pods, and is not what we write to close them. */
  readonly state: 'open' | 'closed' | 'changed';
  readonly epochs: ReadonlyMap<string, Epoch>;
}

/** @throws MalformedError, EpochPoisonedError, FencePolicyError when it is somebody else's */
export function heldPolicy(answer: unknown, name: string, settings: PolicySettings, owner: PolicyOwner): HeldPolicy {
  const decoded = decodeValue(PolicyWire, answer, name);
  if (!decoded.ok) throw decoded.problem;
  const { metadata, spec } = decoded.value;
  checkOwner(metadata, name, owner);
  const { podSelector, ...shown } = shownIn(spec);
  // Whatever else stands in it: so it may have been written for other ports or pods than signalbox.yaml has now.
  const isOpen = podSelector.matchExpressions.some((each) => isDeepStrictEqual(each, NOBODY));
  const isClosed = isDeepStrictEqual({ podSelector, ...shown }, specOf(settings, 'closed'));
  return {
    version: metadata.resourceVersion,
    state: isOpen ? 'open' : isClosed ? 'closed' : 'changed',
    epochs: epochsIn(metadata.annotations?.[EPOCHS], name),
  };
}

/** As it stands before anything was ordered: it keeps nobody out. */
export const newPolicy = (settings: PolicySettings, { installation, site }: PolicyOwner) =>
  object(settings, { [STAMPS.installation]: installation, [SITE]: site }, 'open');

/** All of it, for server-side apply against the version that was seen. */
export function orderedPolicy(
  settings: PolicySettings,
  { installation, site }: PolicyOwner,
  { version, epochs }: HeldPolicy,
  state: 'open' | 'closed',
  { group, epoch, run }: FenceOrder,
): Json {
  const annotations = {
    [STAMPS.installation]: installation,
    [SITE]: site,
    [STAMPS.group]: group,
    [STAMPS.epoch]: String(epoch),
    ...(run !== undefined && { [STAMPS.run]: run }),
    [EPOCHS]: JSON.stringify(Object.fromEntries([...epochs, [group, epoch]])),
  };
  const { metadata, ...rest } = object(settings, annotations, state);
  return { ...rest, metadata: { ...metadata, resourceVersion: version } };
}

function object(settings: PolicySettings, annotations: Readonly<Record<string, string>>, state: 'open' | 'closed') {
  const { namespace, name } = settings;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: { [LABEL]: 'listener' }, annotations },
    spec: specOf(settings, state),
  };
}

/** A NetworkPolicy only ever allows: to keep one port closed it selects the pods, and allows all the others. */
const specOf = ({ podLabels, ports }: PolicySettings, state: 'open' | 'closed') => ({
  podSelector: { matchLabels: { ...podLabels }, matchExpressions: state === 'open' ? [NOBODY] : [] },
  policyTypes: ['Ingress'],
  ingress: [
    { ports: [...portsBut(ports).map((each) => ({ protocol: 'TCP', ...each })), { protocol: 'UDP', ...ALL_PORTS }] },
  ],
});
const ALL_PORTS = { port: 1, endPort: PORT_MAX };

/** Every other port, as ranges. */
export function portsBut(closed: readonly number[]): readonly { readonly port: number; readonly endPort: number }[] {
  const ends = [...new Set(closed), PORT_MAX + 1].sort((one, other) => one - other);
  return ends.flatMap((end, at) => {
    const port = (ends[at - 1] ?? 0) + 1;
    return port < end ? [{ port, endPort: end - 1 }] : [];
  });
}

/** What we write of it; empty lists are left out by the API server. */
const shownIn = ({ podSelector, policyTypes, ingress, egress }: PolicyWire['spec']) => ({
  podSelector: {
    matchLabels: { ...podSelector.matchLabels },
    matchExpressions: (podSelector.matchExpressions ?? []) as unknown[],
  },
  policyTypes,
  ingress,
  ...(egress && { egress }),
});

function checkOwner({ labels, annotations, managedFields }: PolicyWire['metadata'], name: string, owner: PolicyOwner) {
  if (labels?.[LABEL] === undefined) {
    const manager = labels?.['app.kubernetes.io/managed-by'] ?? managedFields?.[0]?.manager ?? 'somebody else';
    throw new FencePolicyError(
      `${name} is of ${manager}, and no fence of Signalbox: it is left alone. Give fencePolicy another name, or remove it`,
    );
  }
  const [installation, site] = [annotations?.[STAMPS.installation], annotations?.[SITE]];
  if (installation === owner.installation && site === owner.site) return;
  throw new FencePolicyError(
    `${name} is the fence of site ${site} of ${installation} (we are ${owner.site} of ${owner.installation}): ` +
      'give every site a fencePolicy of its own',
  );
}

function epochsIn(text: string | undefined, name: string): HeldPolicy['epochs'] {
  if (text === undefined) return new Map();
  const found = Epochs.safeParse(jsonIn(text));
  if (!found.success)
    throw new FencePolicyError(`${name} has an annotation ${EPOCHS} that no epochs are in: remove it`);
  return new Map(Object.entries(found.data).map(([group, held]) => [group, epochIn(String(held), name)]));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
