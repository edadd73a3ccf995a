import { z } from 'zod';
import { until } from '../condition.js';
import type { ControlPlane } from './control-plane.js';

const SERVED_WITHIN_MS = 60_000;

/** Definitions as the API server gives them back; one just made says null for its conditions. */
const Definitions = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z
        .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish() })
        .optional(),
    }),
  ),
});

/**
 * Makes resource definitions, and waits until they are served. `kubectl wait` is not asked to: it ends with an error
 * when it meets a definition whose conditions are null still, as they are for a moment.
 */
export async function define(plane: ControlPlane, definitions: readonly object[]): Promise<void> {
  await plane.must(['create', '--validate=false', '--filename', '-'], { input: list(definitions) });
  await until('resource definitions are established', SERVED_WITHIN_MS, async () => {
    const { items } = Definitions.parse(JSON.parse(await plane.must(['get', 'crd', '--output', 'json'])));
    const missing = items.filter(({ status }) => !isEstablished(status?.conditions ?? []));
    if (missing.length > 0) throw new Error(missing.map(({ metadata }) => metadata.name).join(', '));
  });
}

/** Several objects as one text for kubectl. */
export function list(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

function isEstablished(conditions: readonly { readonly type: string; readonly status: string }[]): boolean {
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}
