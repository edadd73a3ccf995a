import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HELM } from '../lab/cache.js';
import { type CommandAnswer, runCommand } from '../lab/kubernetes/command.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';

export const CHART = join(import.meta.dirname, '../../../helm/signalbox');
/** The chart's release in these tests, and the namespace it is in. */
export const RELEASE = 'signalbox';

export type HelmVersion = keyof typeof HELM;

/** What CI tries the chart with; `topology` stands below each of the others. */
export const VALUE_SETS = readdirSync(join(CHART, 'ci'))
  .map((name) => name.replace(/\.yaml$/, ''))
  .filter((name) => name !== 'topology');

export const valuesOf = (set: string): string[] =>
  ['topology', set].flatMap((name) => ['--values', join(CHART, 'ci', `${name}.yaml`)]);

/** One version of Helm against one cluster. */
export class Helm {
  constructor(
    private readonly plane: ControlPlane,
    readonly version: HelmVersion,
    private readonly namespace: string = RELEASE,
  ) {}

  /** Whatever it answers is an answer. `input`: for `--values -`. */
  run(args: readonly string[], input?: string): Promise<CommandAnswer> {
    const all = [...args, '--namespace', this.namespace];
    return runCommand(HELM[this.version], all, {
      env: this.plane.environment,
      ...(input !== undefined && { input }),
    });
  }

  /** What it printed. Throws what it complained about. */
  async must(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, input);
    if (code !== 0) throw new Error(`${this.version} ${args.join(' ')} (${code}): ${stderr}`);
    return stdout;
  }
}
