import { describe } from '@jest/globals';
import { ControlPlane, type ControlPlaneOptions } from '../lab/kubernetes/control-plane.js';
import { missingForHelm, missingForKubernetes } from '../lab/kubernetes/preflight.js';

const say = (line: string) => void process.stderr.write(`kubernetes: ${line}\n`);

/** Tests on a real API server. Where there can be none they count as skipped, and why is said. */
export function describeOnKubernetes(name: string, body: () => void): void {
  const missing = [...missingForKubernetes(), ...missingForHelm()];
  if (missing.length > 0) say(`skipped, "${name}": missing ${missing.join(', ')}`);
  (missing.length === 0 ? describe : describe.skip)(name, body);
}

/** A control plane that says what is waited for. */
export function startPlane(options: Omit<ControlPlaneOptions, 'say'> = {}): Promise<ControlPlane> {
  return ControlPlane.start({ ...options, say });
}
