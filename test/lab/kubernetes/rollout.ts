import { until } from '../condition.js';
import type { ControlPlane } from './control-plane.js';

/** Of one question; kubectl itself is ended after two minutes. */
const ASKED_FOR = '60s';

/** A Deployment has only pods as it is now, and they are ready. Asks again until then, `withinMs` at most. */
export async function rolledOut(
  plane: ControlPlane,
  namespace: string,
  deployment: string,
  withinMs: number,
): Promise<void> {
  const status = ['rollout', 'status', `deployment/${deployment}`, '--namespace', namespace, '--timeout', ASKED_FOR];
  await until(`${deployment} of site ${plane.site} is rolled out`, withinMs, async () => {
    const { code, stderr } = await plane.kubectl(status);
    if (code !== 0) throw new Error(stderr);
  });
}
