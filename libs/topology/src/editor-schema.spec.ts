import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { editorSchema } from './editor-schema.js';

describe('docs/signalbox.schema.json', () => {
  it('is what the schema generates: run npm run schema', () => {
    const file = new URL('../../../../docs/signalbox.schema.json', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(editorSchema());
  });
});
