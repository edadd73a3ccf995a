import { describe, expect, it } from '@jest/globals';
import { violationsOf, type PodSpec } from './restricted.js';

const GOOD: PodSpec = {
  securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'app',
      image: 'app',
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    },
  ],
  volumes: [{ name: 'secrets', secret: { secretName: 'a' } }],
};

describe('the restricted profile', () => {
  it('has nothing against a pod that has everything', () => expect(violationsOf(GOOD)).toEqual([]));

  it('says all that a plain pod lacks', () => {
    const said = violationsOf({ containers: [{ name: 'app', image: 'app' }] });
    expect(said).toEqual([
      'app: may gain privileges',
      'app: does not drop every capability',
      'app: may run as root',
      'app: runs as nobody in particular, or as root',
      'app: has no seccomp profile',
      'app: may write to its root',
    ]);
  });

  it.each([
    ['the network of its host', { ...GOOD, hostNetwork: true }],
    ['a folder of its host', { ...GOOD, volumes: [{ name: 'host', hostPath: { path: '/' } }] }],
    ['an init container that may do more', { ...GOOD, initContainers: [{ name: 'first', image: 'app' }] }],
  ])('sees %s', (_, pod) => expect(violationsOf(pod)).not.toEqual([]));
});
