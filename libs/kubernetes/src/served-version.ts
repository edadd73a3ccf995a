import { z } from 'zod';
import type { ApiServer } from './api-server.js';
import { KubernetesMissingError } from './errors.js';

export const STRIMZI = 'kafka.strimzi.io';
/** The newest one first: v1 from Strimzi 0.49 on, and the only one from 1.0 on. */
const VERSIONS: readonly string[] = ['v1', 'v1beta2'];

const Resources = z.looseObject({ resources: z.array(z.looseObject({ name: z.string() })).default([]) });

/**
 * In which version this API server serves a kind of Strimzi's: an upgrade of the operator changes it while we run.
 * @throws KubernetesMissingError
 */
export async function servedVersion(
  api: ApiServer,
  plural: string,
  signal: AbortSignal,
  preferred = VERSIONS,
): Promise<string> {
  for (const version of preferred) {
    const what = `${STRIMZI}/${version}`;
    try {
      const found = Resources.safeParse(await api.read(what, `/apis/${what}`, signal));
      if (found.success && found.data.resources.some(({ name }) => name === plural)) return version;
    } catch (error) {
      if (!(error instanceof KubernetesMissingError)) throw error;
    }
  }
  const looked = preferred.join(' or ');
  throw new KubernetesMissingError(`the API server serves no ${plural}.${STRIMZI} as ${looked}: is Strimzi installed?`);
}
