import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { ROOT } from '../architecture/checkout.js';

const promtool = (...args: string[]) => promisify(execFile)('promtool', args, { cwd: ROOT, timeout: 120_000 });

it('Prometheus itself reads the alert rules, and each fires and is quiet when it should', async () => {
  expect((await promtool('check', 'rules', 'observability/alerts.yaml')).stdout).toContain('SUCCESS');
  expect((await promtool('test', 'rules', 'observability/alerts.test.yaml')).stdout).toContain('SUCCESS');
});
