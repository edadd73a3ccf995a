import type { Outcome, Session } from '../command.js';
import { EXIT } from '../exit-code.js';

/** The lines as the orchestrator wrote them, byte for byte: what is kept is what is verified. */
export const exportAudit = async ({ api, terminal }: Session, group: string): Outcome => {
  terminal.out((await api.text(`/groups/${encodeURIComponent(group)}/audit/export`)).trimEnd());
  return EXIT.ok;
};
