import type { SiteAudit } from '../audit/site-audit.js';

const TEXT_MAX = 300;

/** Into the site's own chain: that somebody who is no site writes observations, and how often. Whoever does it writes parts of the text. */
export const noteForged = (audit: Pick<SiteAudit, 'noteOnce'>, problem: string): void =>
  audit.noteOnce('observation-forged', (times) => ({
    rule: 'observation-forged',
    evidence: { problem: problem.slice(0, TEXT_MAX).toWellFormed(), times },
  }));
