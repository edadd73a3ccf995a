import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parseTopology } from '#libs/topology';
import { ROOT } from '../architecture/checkout.js';
import { CHART, filesBelow } from './chart-files.js';
import { findHelm, helm, render, type Rendered } from './helm.js';
import { podOf, violationsOf } from './restricted.js';

const SETS = readdirSync(join(ROOT, CHART, 'ci'))
  .map((name) => name.replace(/\.yaml$/, ''))
  .filter((name) => name !== 'topology');
const AT_WITNESS = ['health-monitor', 'notifier', 'orchestrator'];
const AT_SITE = [...AT_WITNESS, 'config-switcher', 'dns-switcher', 'mirror-switcher', 'site-guard'].toSorted();

if (!findHelm()) process.stderr.write('chart: skipped: there is no helm; npm run test:kubernetes makes one\n');

const nameOf = ({ kind, metadata }: Rendered) => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`;
const ofKind = (all: readonly Rendered[], ...kinds: readonly string[]) =>
  all.filter(({ kind }) => kinds.includes(kind));
const componentOf = ({ metadata }: Rendered) => metadata.labels?.['app.kubernetes.io/component'] ?? '';
const processesIn = (all: readonly Rendered[]) =>
  ofKind(all, 'Deployment').filter((each) => componentOf(each) !== 'redis');

(findHelm() ? describe : describe.skip)('the chart', () => {
  it('comes with at least eight sets of values', () => expect(SETS.length).toBeGreaterThanOrEqual(8));

  describe.each(SETS)('with ci/%s.yaml', (set) => {
    let all: readonly Rendered[] = [];
    beforeAll(() => {
      all = render([set]);
    });

    it('passes helm lint', () => {
      const { code, said } = helm('lint', [set]);
      expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('0 chart(s) failed') });
    });

    it('names every object once, and says whose it is', () => {
      const names = all.map(nameOf);
      expect(names).toEqual([...new Set(names)]);
      const unlabelled = all.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] !== 'Helm');
      expect(unlabelled.map(nameOf)).toEqual([]);
    });

    it('makes pods that the restricted profile takes, with a read-only root', () => {
      const pods = all.flatMap((each) => podOf(each) ?? []);
      expect(pods.length).toBeGreaterThan(3);
      expect(pods.flatMap(violationsOf)).toEqual([]);
    });

    it('runs what belongs at such a site, each under an account of its own', () => {
      const expected = set === 'witness' ? AT_WITNESS : AT_SITE;
      const processes = processesIn(all);
      expect(processes.map(componentOf).toSorted()).toEqual(expected);
      const accounts = processes.map((each) => podOf(each)?.serviceAccountName);
      expect(new Set(accounts).size).toBe(expected.length);
      expect(ofKind(all, 'ServiceAccount').map(({ metadata }) => metadata.name)).toEqual(
        expect.arrayContaining(accounts),
      );
    });

    it('gives every container probes that wait for a cold start, and bounds to its memory', () => {
      const containers = ofKind(all, 'Deployment', 'StatefulSet').flatMap((each) => podOf(each)?.containers ?? []);
      for (const { startupProbe, livenessProbe, readinessProbe, resources } of containers) {
        expect([livenessProbe, readinessProbe, resources?.requests['cpu'], resources?.limits['memory']]).not.toContain(
          undefined,
        );
        const waits = (startupProbe?.periodSeconds ?? 0) * (startupProbe?.failureThreshold ?? 0);
        expect(waits).toBeGreaterThanOrEqual(60);
      }
    });

    it('keeps what comes in pairs apart, and lets a drain take one at a time', () => {
      const pairs = processesIn(all).filter(({ spec }) => (spec as { replicas: number }).replicas > 1);
      const budgets = ofKind(all, 'PodDisruptionBudget').map(componentOf);
      expect(budgets.toSorted()).toEqual(pairs.map(componentOf).toSorted());
      for (const pair of pairs) expect(podOf(pair)?.topologySpreadConstraints).not.toEqual([]);
    });

    it('grants nothing by wildcard, nothing cluster-wide that is bound, and no write to an object without its name', () => {
      const rules = ofKind(all, 'Role', 'ClusterRole').flatMap(({ rules: given }) => given as readonly Rule[]);
      expect(JSON.stringify(rules)).not.toContain('*');
      expect(ofKind(all, 'ClusterRoleBinding')).toEqual([]);
      const unnamed = rules
        .filter(({ resourceNames = [] }) => resourceNames.length === 0)
        .flatMap(({ verbs }) => verbs);
      expect(unnamed.filter((verb) => !['get', 'list', 'watch', 'break-glass'].includes(verb))).toEqual([]);
    });

    it('gives a token of the API server only to whoever has a role', () => {
      const bound = ofKind(all, 'RoleBinding').flatMap(({ subjects }) => (subjects as { name: string }[])[0]?.name);
      const withToken = all.filter((each) => podOf(each)?.automountServiceAccountToken !== false && podOf(each));
      expect(withToken.map((each) => podOf(each)?.serviceAccountName)).toEqual([...new Set(bound)]);
    });

    it('hands on a topology that Signalbox takes, as it was given', () => {
      const [file] = all.filter(({ metadata }) => metadata.name === 'signalbox-topology');
      const text = (file as unknown as { data: Record<string, string> }).data['signalbox.yaml'] ?? '';
      expect(() => parseTopology(text)).not.toThrow();
    });

    it("mounts every file that processes of this site read, and no other site's key", () => {
      const [file] = all.filter(({ metadata }) => metadata.name === 'signalbox-topology');
      const text = (file as unknown as { data: Record<string, string> }).data['signalbox.yaml'] ?? '';
      const site = processesIn(all)[0] && siteOf(all);
      const mounted = new Set(processesIn(all).flatMap(mountedFiles));
      const wanted = filesBelow(forSite(parse(text) as Document, site ?? ''));
      const relevant = wanted.filter((path) => set !== 'witness' || !/\/(tsig|connect)\//.test(path));
      expect([...mounted].toSorted()).toEqual([...new Set(relevant)].toSorted());
    });
  });
});

interface Rule {
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface Document {
  readonly sites: readonly { readonly id: string }[];
  readonly clusters: readonly { readonly id: string; readonly site: string }[];
  readonly flows: readonly { readonly target: string }[];
}

/** Without what concerns other sites alone: their keys, and the mirrors that end there. */
function forSite(document: Document, site: string): unknown {
  const here = document.clusters.filter((cluster) => cluster.site === site).map(({ id }) => id);
  return {
    ...document,
    sites: document.sites.filter(({ id }) => id === site),
    flows: document.flows.filter(({ target }) => here.includes(target)),
  };
}

function siteOf(all: readonly Rendered[]): string {
  const [process] = processesIn(all);
  const { env = [] } = (process && podOf(process)?.containers[0]) ?? {};
  return env.find(({ name }) => name === 'SIGNALBOX_SITE')?.value ?? '';
}

function mountedFiles(deployment: Rendered): readonly string[] {
  const { volumes = [], containers = [] } = podOf(deployment) ?? {};
  return volumes.flatMap(({ name, secret }) => {
    const at = containers[0]?.volumeMounts?.find((mount) => mount.name === name)?.mountPath ?? '';
    return (secret?.items ?? []).map(({ path }) => `${at}/${path}`);
  });
}
