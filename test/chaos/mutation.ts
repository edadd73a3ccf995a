import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** One place in the built output, and what stands there instead. */
export interface Mutation {
  readonly file: string;
  readonly is: string;
  readonly becomes: string;
}

/** Workers report a seal as done without writing it: everything else goes on as before. */
export const WITHOUT_SEAL_PASS: Mutation = {
  file: 'dist/libs/jobs/src/perform-step.js',
  is: 'if (this.shows(seen))',
  becomes: "if (step.action === 'seal' || this.shows(seen))",
};

/** A copy of the built product with a fault of our making, which no switch in the product could give it. */
export class MutatedBuild {
  readonly path = mkdtempSync(join(tmpdir(), 'signalbox-mutation-'));

  /** @throws Error unless each text stands in its file exactly once. */
  constructor(...mutations: readonly Mutation[]) {
    for (const name of ['dist', 'package.json']) cpSync(join(ROOT, name), join(this.path, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.path, 'node_modules'));
    try {
      mutations.forEach((mutation) => this.mutate(mutation));
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  private mutate({ file, is, becomes }: Mutation): void {
    const text = readFileSync(join(this.path, file), 'utf8');
    const places = text.split(is).length - 1;
    if (places !== 1) throw new Error(`"${is}" stands ${places} times in ${file}: say anew what is to be mutated`);
    writeFileSync(
      join(this.path, file),
      text.replace(is, () => becomes),
    );
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
