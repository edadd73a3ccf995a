// Writes docs/transitions.md from the tables that decide: npm run docs
import { writeFileSync } from 'node:fs';
import { transitionsPage } from '../dist/libs/decision/src/index.js';

writeFileSync(new URL('../docs/transitions.md', import.meta.url), transitionsPage());
