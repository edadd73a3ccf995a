import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ROOT } from '../architecture/checkout.js';
import { CACHE } from '../lab/cache.js';
import { CHART } from './chart-files.js';

export const RELEASE = 'signalbox';
export const NAMESPACE = 'signalbox';

/** An object that Helm would send to the API server. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface HelmAnswer {
  readonly code: number | null;
  readonly out: string;
  /** Both streams: what went wrong is on either. */
  readonly said: string;
}

/** The Helm of the set-up, else one in the search path; undefined where there is none. */
export function findHelm(): string | undefined {
  const folders = [join(CACHE, 'bin'), ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.flatMap((folder) => [join(folder, 'helm4'), join(folder, 'helm')]).find((path) => existsSync(path));
}

/** It has a topology of its own; all the others are written over that of the example. */
const STANDS_ALONE = 'evaluation';

/** `values`: more of them, over those of the sets. */
export function helm(verb: 'lint' | 'template', sets: readonly string[], values: object = {}): HelmAnswer {
  const base = sets.includes(STANDS_ALONE) ? [] : ['topology'];
  const files = [...base, ...sets].flatMap((set) => ['-f', join(ROOT, CHART, 'ci', `${set}.yaml`)]);
  const name = verb === 'template' ? [RELEASE] : [];
  const args = [verb, ...name, join(ROOT, CHART), '--namespace', NAMESPACE, ...files, '-f', '-'];
  const input = JSON.stringify(values);
  const { status, stdout, stderr } = spawnSync(findHelm() ?? 'helm', args, { encoding: 'utf8', input });
  return { code: status, out: stdout, said: `${stdout}${stderr}` };
}

/** Everything that the chart makes of these values. @throws with what Helm said */
export function render(sets: readonly string[], values?: object): readonly Rendered[] {
  const { code, out, said } = helm('template', sets, values);
  if (code !== 0) throw new Error(said);
  return parseAllDocuments(out).flatMap((document) => (document.toJS() as Rendered | null) ?? []);
}
