export {
  chain,
  chainOf,
  GENESIS,
  linkProblem,
  type AnyEntry,
  type AuditDraft,
  type ChainHead,
  type SiteAuditDraft,
} from './chain.js';
export { EVIDENCE_MAX_BYTES, gather, layOut, referenceIn, type EvidenceReference, type LaidOut } from './evidence.js';
export { evidenceLine, exportChain, exportSiteChain, lineOf, type Beside, type ExportOrigin } from './export.js';
export type { Problem } from './problem.js';
export { recordsIn, type Records } from './records.js';
export { isIntact, verifyBundle, type AuditFile, type BundleVerdict, type LogVerdict } from './verify-bundle.js';
export { inWords, verifyChain, type ChainVerdict } from './verify-chain.js';
export { verifyExport, type ExportVerdict } from './verify-export.js';
export { rpoCertificate, rpoMeasurement, type Certified } from './rpo-certificate.js';
export { rpoProblem } from './rpo-problem.js';
