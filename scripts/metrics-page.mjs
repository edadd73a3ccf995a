// Writes docs/metrics.md from the catalogue of metrics: npm run docs
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { metricsPage } from '../dist/libs/runtime/src/index.js';

const page = fileURLToPath(new URL('../docs/metrics.md', import.meta.url));
const options = await resolveConfig(page);
writeFileSync(page, await format(metricsPage(), { ...options, parser: 'markdown' }));
