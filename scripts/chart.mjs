// Writes what of helm/signalbox follows from elsewhere: npm run chart
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chartFiles } from '../dist/test/chart/chart-files.js';

const CHART = join(import.meta.dirname, '../helm/signalbox');

rmSync(join(CHART, 'files'), { recursive: true, force: true });
for (const [name, text] of await chartFiles()) {
  mkdirSync(dirname(join(CHART, name)), { recursive: true });
  writeFileSync(join(CHART, name), text);
}
