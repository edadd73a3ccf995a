import { z } from 'zod';
import { TopologyText } from './topology.js';

/** JSON schema of signalbox.yaml for editors, as text. Relations between values are left to `signalbox config check`. */
export const editorSchema = (): string => {
  const schema = z.toJSONSchema(TopologyText, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'signalbox.yaml', ...schema }, null, 2)}\n`;
};
