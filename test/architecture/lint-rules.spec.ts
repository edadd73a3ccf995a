import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BadCheckout } from './bad-checkout.js';
import { ROOT } from './checkout.js';

/** One piece of code that each rule has to refuse: rule → code. */
const REFUSED: Readonly<Record<string, string>> = {
  'no-floating-promises': 'export function act(): void {\n  Promise.resolve(1);\n}\n',
  'no-misused-promises': 'export const act = (): void => [1].forEach(async (n) => void (await Promise.resolve(n)));\n',
  'switch-exhaustiveness-check':
    "export function act(way: 'a' | 'b'): void {\n  switch (way) {\n    case 'a':\n  }\n}\n",
  'no-explicit-any': 'export const act = (value: any): string => String(value);\n',
  'no-restricted-globals': 'export const act = (): unknown => setTimeout(() => {}, 1);\n',
  'no-restricted-properties': 'export const act = (): number => Date.now() + Math.random() + performance.now();\n',
};
const CLOCK = 'libs/runtime/src/clock.ts';

interface Report {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
}

describe('lint rules', () => {
  let checkout: BadCheckout;
  let diagnostics: Report['diagnostics'];

  beforeAll(() => {
    checkout = new BadCheckout({
      [CLOCK]: 'export const now = (): number => Date.now();\n',
      ...Object.fromEntries(Object.entries(REFUSED).map(([rule, code]) => [`libs/domain/src/${rule}.ts`, code])),
    });
    const args = [join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--type-aware', '--format', 'json', 'libs'];
    const { stdout } = spawnSync(process.execPath, args, { cwd: checkout.path, encoding: 'utf8' });
    diagnostics = (JSON.parse(stdout) as Report).diagnostics;
  });
  afterAll(() => checkout.remove());

  const rulesBrokenBy = (file: string): string[] =>
    diagnostics.filter(({ filename }) => filename.endsWith(file)).map(({ code }) => /\((.+)\)/.exec(code)?.[1] ?? code);

  it.each(Object.keys(REFUSED))('%s refuses its bad code', (rule) => {
    expect(rulesBrokenBy(`/domain/src/${rule}.ts`)).toContain(rule);
  });

  it('refuses every source of time and randomness by itself', () => {
    const broken = rulesBrokenBy('/no-restricted-properties.ts');
    expect(broken.filter((rule) => rule === 'no-restricted-properties')).toHaveLength(3);
  });

  it('lets the clock read the time', () => {
    expect(rulesBrokenBy(CLOCK)).toEqual([]);
  });
});
