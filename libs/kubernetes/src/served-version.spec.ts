import { describe, expect, it } from '@jest/globals';
import type { ApiServer } from './api-server.js';
import { KubernetesMissingError } from './errors.js';
import { servedVersion } from './served-version.js';

const PLURAL = 'kafkamirrormaker2s';

/** An API server that serves these kinds, by version of Strimzi's group. */
const serving = (kinds: Readonly<Record<string, readonly string[]>>) => {
  const asked: string[] = [];
  const read = async (_what: string, path: string) => {
    asked.push(path);
    const names = kinds[path.replace('/apis/kafka.strimzi.io/', '')];
    if (!names) throw new KubernetesMissingError(`${path} not found`);
    return { kind: 'APIResourceList', resources: names.map((name) => ({ name })) };
  };
  return { asked, api: { read } as unknown as ApiServer };
};
const version = (api: ApiServer) => servedVersion(api, PLURAL, AbortSignal.timeout(1_000));

describe(servedVersion.name, () => {
  it.each([
    ['v1', { v1: [PLURAL], v1beta2: [PLURAL] }],
    ['v1', { v1: [PLURAL] }],
    ['v1beta2', { v1beta2: [PLURAL] }],
    ['v1beta2', { v1: ['kafkatopics'], v1beta2: [PLURAL] }],
  ] as const)('is %s where these are served: %j', async (expected, kinds) => {
    expect(await version(serving(kinds).api)).toBe(expected);
  });

  it('says what is not installed', async () => {
    await expect(version(serving({ v1: ['kafkatopics'] }).api)).rejects.toMatchObject({
      code: 'SB_KUBERNETES_MISSING',
      message: expect.stringContaining('is Strimzi installed?'),
    });
  });
});
