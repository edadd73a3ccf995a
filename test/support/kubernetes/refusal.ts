import { isFields, type Stored } from './stored.js';

/** As the API server says no: a `Status` with a code. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes?: readonly { readonly message: string }[];
}

/**
 * The two admission policies of the chart, as far as a writer meets them: an epoch is a decimal number that never falls
 * and is never removed, and the data of a stamped object changes only together with its write stamp.
 */
export function policyRefusal(before: Stored, after: Stored): Refusal | undefined {
  const [old, next] = [epochOf(before), epochOf(after)];
  if (old === undefined) return undefined;
  if (next === undefined) return denied(after, 'signalbox-epoch', 'signalbox.io/epoch may not be removed');
  if (!/^(0|[1-9][0-9]{0,17})$/.test(next))
    return { ...denied(after, 'signalbox-epoch', `${next} is no epoch`), code: 422, reason: 'Invalid' };
  if (Number(next) < Number(old)) return denied(after, 'signalbox-epoch', `epoch ${next} is below ${old}`);
  const isChanged = ['data', 'spec'].some((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]));
  const isStamped = annotation(before, 'write') !== annotation(after, 'write');
  return isChanged && !isStamped
    ? denied(after, 'signalbox-write', 'what it holds changes without signalbox.io/write')
    : undefined;
}

const annotation = ({ metadata }: Stored, name: string): string | undefined =>
  metadata.annotations?.[`signalbox.io/${name}`];
const epochOf = (object: Stored) => annotation(object, 'epoch');

const denied = ({ kind, metadata }: Stored, policy: string, why: string): Refusal => ({
  code: 403,
  reason: 'Forbidden',
  message: `${kind.toLowerCase()}s "${metadata.name}" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${why}`,
  causes: [{ message: `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${why}` }],
});

export const missing = (path: string): Refusal => ({
  code: 404,
  reason: 'NotFound',
  message: `${path.split('/').at(-1)} not found`,
});

/** "Operation cannot be fulfilled": the resourceVersion in the request is not the current one. */
export const conflict = ({ kind, metadata }: Stored): Refusal => ({
  code: 409,
  reason: 'Conflict',
  message: `Operation cannot be fulfilled on ${kind.toLowerCase()}s "${metadata.name}": the object has been modified; please apply your changes to the latest version and try again`,
});

export const statusOf = ({ code, reason, message, causes }: Refusal): string =>
  JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message,
    ...(causes && { details: { causes } }),
  });

/** ConfigMaps and Secrets hold texts, and nothing else. */
export function malformed(patch: unknown): Refusal | undefined {
  const data = isFields(patch) ? patch['data'] : undefined;
  const isFine =
    data === undefined || (isFields(data) && Object.values(data).every((text) => typeof text === 'string'));
  return isFine ? undefined : { code: 422, reason: 'Invalid', message: 'data: Invalid value: must be a string' };
}
