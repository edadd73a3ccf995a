import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './checkout.js';

const SETTINGS = ['.dependency-cruiser.cjs', '.oxlintrc.json', 'package.json', 'tsconfig.json'];

/** A throw-away checkout with this one's settings and packages, and with `files` (path → text) as its only sources. */
export class BadCheckout {
  readonly path = mkdtempSync(join(tmpdir(), 'signalbox-rules-'));

  constructor(files: Readonly<Record<string, string>>) {
    for (const name of SETTINGS) cpSync(join(ROOT, name), join(this.path, name));
    symlinkSync(join(ROOT, 'node_modules'), join(this.path, 'node_modules'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
