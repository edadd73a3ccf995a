import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { describeOnKubernetes, startPlane } from './ground.js';

describeOnKubernetes('the control plane of the lab', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startPlane();
  });
  afterAll(() => plane?.stop());

  it('is the version that the set-up pins', async () => {
    const { serverVersion } = JSON.parse(await plane.must(['version', '--output', 'json'])) as {
      serverVersion: { gitVersion: string };
    };
    expect(serverVersion.gitVersion).toBe('v1.36.3');
  });

  it('asks everybody but its administrator for a right', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    expect((await plane.request({ method: 'GET', path })).status).toBe(200);
    expect((await plane.request({ method: 'GET', path, as: { user: 'somebody' } })).status).toBe(403);
  });

  it('rolls a Deployment out as far as it gets without a node: its pods are made, and stay pending', async () => {
    await plane.must(['create', 'deployment', 'idle', '--image', 'idle', '--replicas', '2']);
    await plane.must(['wait', 'deployment/idle', '--for', 'jsonpath={.status.replicas}=2', '--timeout', '60s']);
    const phases = await plane.must(['get', 'pods', '--output', 'jsonpath={.items[*].status.phase}']);
    expect(phases.split(' ')).toEqual(['Pending', 'Pending']);
  });

  it('has what it had, when it was killed and started again', async () => {
    await plane.must(['create', 'configmap', 'kept', '--from-literal', 'key=value']);
    await plane.kill();
    await expect(plane.request({ method: 'GET', path: '/readyz' })).rejects.toThrow(/ECONN|closed/);
    await plane.restart();
    expect(await plane.must(['get', 'configmap', 'kept', '--output', 'jsonpath={.data.key}'])).toBe('value');
  });
});
