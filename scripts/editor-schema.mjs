// Writes docs/signalbox.schema.json from the one schema of signalbox.yaml: npm run schema
import { writeFileSync } from 'node:fs';
import { editorSchema } from '../dist/libs/topology/src/index.js';

writeFileSync(new URL('../docs/signalbox.schema.json', import.meta.url), editorSchema());
