// Writes docs/cli.md from the program itself, with its examples as they run now: npm run docs
import { writeFileSync } from 'node:fs';
import { commandReference } from '../dist/apps/cli/src/reference.js';

writeFileSync(new URL('../docs/cli.md', import.meta.url), await commandReference());
