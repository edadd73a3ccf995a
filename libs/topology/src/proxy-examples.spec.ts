import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { problemsAfter, type Loose } from '../../../test/support/broken-topology.js';
import { documented, ofKind } from '../../../test/support/kubernetes/manifests.js';
import { renderedData } from './key-rendering.js';

const page = readFileSync(new URL('../../../../docs/clients-behind-a-proxy.md', import.meta.url), 'utf8');
const shown: Loose = parse(/```yaml\n([^]*?)```/.exec(page)?.[1] ?? '');
const [config] = shown.configs;
const renderings: [map: string, key: string, rendering: Loose][] = config.target.sites.a.targets.flatMap(
  ({ name, keys }: Loose) =>
    Object.entries<Loose>(keys).map(([key, rendering]) => [name, key, { setting: 'bootstrap.servers', ...rendering }]),
);

describe('docs/clients-behind-a-proxy.md', () => {
  it('shows a config that the check takes', () => {
    expect(problemsAfter((document) => void (document.groups[0].configs = shown.configs))).toEqual([]);
  });

  it.each(renderings)('goes with the manifest of ConfigMap %s, byte by byte of %s', (name, key, rendering) => {
    const maps = [...documented('kroxylicious'), ...documented('kafka-proxy')].filter(
      ({ kind }) => kind === 'ConfigMap',
    );
    const map = maps.find(({ metadata }) => metadata.name === name);
    expect(map.data[key]).toBe(renderedData(rendering, config.data.a));
  });

  it('names the workload, and its annotation for Reloader, as the manifests do', () => {
    for (const [index, manifest] of (['kroxylicious', 'kafka-proxy'] as const).entries()) {
      const { name, workloads } = config.target.sites.a.targets[index];
      const { metadata } = ofKind(documented(manifest), 'Deployment');
      expect(metadata.name).toBe(workloads[0].name);
      expect(metadata.annotations).toEqual({ 'configmap.reloader.stakater.com/reload': name });
    }
  });
});
