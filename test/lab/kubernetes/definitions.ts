import type { ControlPlane } from './control-plane.js';

/** Makes resource definitions, and waits until they are served. */
export async function define(plane: ControlPlane, definitions: readonly object[]): Promise<void> {
  await plane.must(['create', '--validate=false', '--filename', '-'], { input: list(definitions) });
  await plane.must(['wait', 'crd', '--all', '--for', 'condition=Established', '--timeout', '60s']);
}

/** Several objects as one text for kubectl. */
export function list(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
