// Writes docs/openapi.json from the routes and schemas of the API: npm run docs
import { writeFileSync } from 'node:fs';
import { openApiText } from '../dist/apps/orchestrator/src/api/openapi.js';

writeFileSync(new URL('../docs/openapi.json', import.meta.url), openApiText());
